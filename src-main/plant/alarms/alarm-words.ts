// Texts of alarms: one for all languages of the plant or one for each, with values that are filled in at the occurrence.
import * as v from 'valibot'
import { type AlarmCondition, alarmConditions, type PlantWords } from '../../shared/alarm.ts'
import type { Path } from '../source/fault-list.ts'
import type { Origin } from '../source/origin.ts'

/** Conditions the station raises by itself; no tag can have them. */
export type TagAlarmCondition = Exclude<AlarmCondition, 'deviceLost' | 'system'>
export const tagAlarmConditions = alarmConditions.filter(
  (condition): condition is TagAlarmCondition => condition !== 'deviceLost' && condition !== 'system',
)

function text(longest: number, pattern: RegExp, rule: string) {
  return v.pipe(
    v.string('a text is expected; put it into quotes'),
    v.minLength(1, 'a text is expected'),
    v.maxLength(longest, `at most ${longest} characters are possible`),
    v.regex(pattern, rule),
  )
}

/** One line: messages, titles, names of people (ALARMS.md A22). */
export const line = text(
  200,
  /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u,
  'one line without blanks at its ends is expected',
)
/** Guidance: a few lines. */
export const paragraph = text(
  2000,
  /^[^\s\p{Cc}](?:[^\p{Cc}\n]|\n)*[^\s\p{Cc}]$|^[^\s\p{Cc}]$/u,
  'a text without control characters and without blanks at its ends is expected',
)

/** One text, or one for each language: `{ en: Level high, zh-CN: 液位高 }`. */
export function words<Text extends v.GenericSchema<string, string>>(schema: Text) {
  return v.union(
    [
      schema,
      v.pipe(
        v.record(
          v.pipe(
            v.string(),
            v.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language is expected, as en or zh-CN (BCP 47)'),
          ),
          schema,
        ),
        v.minEntries(1, 'a text for at least one language is expected'),
      ),
    ],
    'a text is expected, or one for each language: { en: Level high, zh-CN: 液位高 }',
  )
}

/** Languages of the plant; null = plant.yaml is faulty, then nobody knows. */
export type Languages = readonly string[] | null

/** Faults for languages that plant.yaml does not list. */
export function checkLanguages(given: PlantWords, origin: Origin, path: Path, languages: Languages): void {
  if (typeof given === 'string' || languages === null) return
  for (const language of Object.keys(given))
    if (!languages.includes(language))
      origin.atKey(
        [...path, language],
        `plant.yaml does not list the language "${language}"; it has ${languages.join(', ')}`,
      )
}

/** What a message may hold; filled in when the alarm occurs. */
const placeholders = ['value', 'limit', 'unit', 'tag']

/** Faults for `{…}` that nothing fills in. */
export function checkPlaceholders(message: PlantWords, origin: Origin, path: Path): void {
  const texts =
    typeof message === 'string'
      ? [[path, message] as const]
      : Object.entries(message).map(([language, one]) => [[...path, language], one] as const)
  for (const [at, one] of texts)
    for (const { 1: name, index } of one.matchAll(/\{([^{}]*)\}/g))
      if (!placeholders.includes(name!))
        origin.inText(
          at,
          index,
          `{${name}} is filled in by nothing; possible are ${placeholders.map((each) => `{${each}}`).join(', ')}`,
        )
}

const conditionWords: Readonly<
  Record<TagAlarmCondition, { readonly en: string; readonly 'zh-CN': string; readonly hasValue: boolean }>
> = {
  highHigh: { en: 'very high', 'zh-CN': '过高', hasValue: true },
  high: { en: 'high', 'zh-CN': '高', hasValue: true },
  low: { en: 'low', 'zh-CN': '低', hasValue: true },
  lowLow: { en: 'very low', 'zh-CN': '过低', hasValue: true },
  deviation: { en: 'away from what is wanted', 'zh-CN': '偏差过大', hasValue: true },
  rateOfChange: { en: 'changes too fast', 'zh-CN': '变化过快', hasValue: true },
  discrete: { en: 'not normal', 'zh-CN': '状态异常', hasValue: false },
  changeOfState: { en: 'has changed', 'zh-CN': '状态改变', hasValue: true },
  badQuality: { en: 'no valid value', 'zh-CN': '数值无效', hasValue: false },
  stale: { en: 'no new values', 'zh-CN': '数据未更新', hasValue: false },
  expression: { en: 'not normal', 'zh-CN': '状态异常', hasValue: false },
}

/** What an alarm says whose file gives no message. `subject`: description or name of the tag. */
export function usualMessage(
  condition: TagAlarmCondition,
  subject: string,
  hasUnit: boolean,
  languages: Languages,
): PlantWords {
  const { hasValue, ...said } = conditionWords[condition]
  const value = hasValue ? (hasUnit ? ' ({value} {unit})' : ' ({value})') : ''
  return inLanguages(
    languages,
    (language) => `${subject}${language === 'zh-CN' ? '：' : ': '}${said[language]}${value}`,
  )
}

/** Words of this program for the languages of a plant: Chinese for Chinese, English for all others. */
export function inLanguages(languages: Languages, say: (language: 'en' | 'zh-CN') => string): PlantWords {
  const spoken = (language: string) => say(language.startsWith('zh') ? 'zh-CN' : 'en')
  const [only] = languages ?? []
  return languages === null || languages.length <= 1
    ? spoken(only ?? 'en')
    : Object.fromEntries(languages.map((language) => [language, spoken(language)]))
}
