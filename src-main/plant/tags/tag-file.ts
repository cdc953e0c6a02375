// tags/*.yaml: free tags under `tags:`. The same keys serve members of equipment types and columns of tags/*.csv.
import * as v from 'valibot'
import { interpolations } from '../../shared/history.ts'
import { dataTypes } from '../../shared/tag.ts'
import { alarmSchema, signals } from '../alarms/alarm-entry.ts'
import { words } from '../alarms/alarm-words.ts'
import {
  amount,
  expressionText,
  freeText,
  interval,
  longDuration,
  nameText,
  numberValue,
  plainName,
  wordOf,
  yesNo,
} from '../source/plant-words.ts'

const typeRule = `${dataTypes.join(', ')} is expected, arrays as int16[8]`

const stateWord = v.pipe(
  v.string('a text is expected; put it into quotes'),
  v.maxLength(200, 'at most 200 characters are possible'),
)
const languageTag = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/, 'a language is expected, as en or zh-CN'),
)

/** How a tag is recorded. */
const historyKeys = v.strictObject({
  /** A change by less is not kept; engineering units. */
  deadband: v.optional(amount),
  /** Swinging door: what lies closer to the straight line between its neighbours is not kept; engineering units. */
  compression: v.optional(amount),
  /** How long its samples are kept, if not as long as the plant says. */
  retention: v.optional(longDuration),
  interpolation: v.optional(wordOf(interpolations)),
})

/** Keys every tag has, whatever its protocol; members of equipment types have the same. */
export const tagEntries = {
  name: nameText,
  /** One text, or one for each language. */
  description: v.optional(words(freeText), ''),
  device: v.optional(plainName),
  address: v.optional(
    v.pipe(
      v.union(
        [
          v.string(),
          v.pipe(v.number(), v.integer('put the address into quotes'), v.minValue(0, 'put the address into quotes')),
        ],
        'an address text is expected',
      ),
      v.transform(String),
      v.minLength(1, 'an address text is expected'),
      v.maxLength(4096, 'an address has at most 4096 characters'),
    ),
  ),
  expression: v.optional(expressionText),
  dataType: v.optional(
    v.pipe(v.string(typeRule), v.regex(new RegExp(`^(${dataTypes.join('|')})(\\[\\d{1,6}\\])?$`), typeRule)),
  ),
  /** UCUM code. */
  unit: v.optional(
    v.pipe(
      v.string('a unit is expected, in quotes if it is a number'),
      v.maxLength(40, 'a unit has at most 40 characters'),
    ),
    '',
  ),
  writable: v.optional(yesNo),
  /** Name of a scan rate of the device. */
  scan: v.optional(plainName, 'normal'),
  scaling: v.optional(
    v.strictObject(
      { rawLow: numberValue, rawHigh: numberValue, low: numberValue, high: numberValue },
      'scaling is expected as { rawLow, rawHigh, low, high }',
    ),
  ),
  limits: v.optional(
    v.strictObject(
      { low: v.optional(numberValue), high: v.optional(numberValue) },
      'limits are expected as { low: 0, high: 100 }',
    ),
  ),
  deadband: v.optional(amount, 0),
  readBackTimeout: v.optional(interval, '2 s'),
  interlock: v.optional(expressionText),
  decimals: v.optional(
    v.pipe(
      v.number('a whole number from 0 to 15 is expected'),
      v.integer('a whole number from 0 to 15 is expected'),
      v.minValue(0, 'a whole number from 0 to 15 is expected'),
      v.maxValue(15, 'a whole number from 0 to 15 is expected'),
    ),
  ),
  states: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^(-?\d{1,20}|true|false)$/, 'states are named by whole numbers, true or false')),
      v.union(
        [stateWord, v.record(languageTag, stateWord)],
        'a text in quotes is expected, or one for each language: { en: Running, zh-CN: 运行 }',
      ),
      'states are expected as { 0: Stopped, 1: Running }',
    ),
  ),
  history: v.optional(v.union([v.boolean(), historyKeys], 'history is false, true or { deadband: 0.1 }'), true),
  /** What is measured; gives its alarms delays and deadbands where they do not say their own. */
  signal: v.optional(wordOf(signals)),
  /** `exclusive`: of its limits only the outermost one is active at a time (OPC 10000-9 ExclusiveLimitAlarmType). */
  alarmLevels: v.optional(wordOf(['all', 'exclusive'])),
  alarms: v.optional(
    v.pipe(v.array(alarmSchema, 'a list of alarms is expected'), v.maxLength(100, 'at most 100 alarms are possible')),
    [],
  ),
} as const

/** One tag; keys beyond these belong to the device's protocol. */
export const tagSchema = v.objectWithRest(tagEntries, v.unknown(), 'the keys of a tag are expected')
export type TagEntry = v.InferOutput<typeof tagSchema>

export const tagFileSchema = v.strictObject({ tags: v.array(v.unknown(), 'a list of tags is expected') })
