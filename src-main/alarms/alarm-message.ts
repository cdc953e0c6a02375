// The one line an operator reads: the words of the plant with the values of the occurrence, which stay as they were.
import type { AlarmDefinition, PlantWords } from '../shared/alarm.ts'
import type { JsonValue } from '../shared/data-value.ts'

/** A message in the first language of the plant, and in all of them where they differ. */
export interface AlarmMessage {
  readonly message: string
  readonly messages: Readonly<Record<string, string>> | null
}

/** Fills in `{value}`, `{limit}`, `{unit}` and `{tag}`. `languages`: those of the plant, the first is the default. */
export function fillMessage(
  definition: AlarmDefinition,
  value: JsonValue,
  limit: JsonValue,
  languages: readonly string[],
): AlarmMessage {
  const first = languages[0] ?? 'en'
  const { message, states } = definition
  if (typeof message === 'string' && !message.includes('{')) return { message, messages: null }
  const isOne = typeof message === 'string' && (states === null || !message.includes('{value}'))
  const fill = (language: string) =>
    wordsIn(message, language, first).replaceAll(/\{(value|limit|unit|tag)\}/g, (_, name: string) => {
      if (name === 'unit') return definition.unit
      if (name === 'tag') return definition.tag
      return name === 'value' ? valueInWords(value, definition, language, first) : inWords(limit, definition.decimals)
    })
  if (isOne || languages.length < 2) return { message: fill(first), messages: null }
  const messages = Object.fromEntries(languages.map((language) => [language, fill(language)]))
  return { message: messages[first]!, messages }
}

/** Words of the plant in a language; of the plant's first one, or of any, where it has none. */
export function wordsIn(words: PlantWords, language: string, first: string): string {
  if (typeof words === 'string') return words
  return words[language] ?? words[first] ?? Object.values(words)[0] ?? ''
}

function valueInWords(value: JsonValue, definition: AlarmDefinition, language: string, first: string): string {
  const key = typeof value === 'boolean' ? String(Number(value)) : String(value)
  const words = definition.states?.[key] ?? definition.states?.[String(value)]
  return words === undefined ? inWords(value, definition.decimals) : wordsIn(words, language, first)
}

function inWords(value: JsonValue, decimals: number | null): string {
  if (value === null) return '–'
  if (typeof value === 'number') return decimals === null ? String(Number(value.toFixed(3))) : value.toFixed(decimals)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
