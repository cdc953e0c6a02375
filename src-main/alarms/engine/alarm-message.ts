// The one line an operator reads: the words of the plant with the values of the occurrence, which stay as they were.
import type { AlarmDefinition, PlantWords } from '../../shared/alarm.ts'
import type { JsonValue } from '../../shared/data-value.ts'

/** A message in the first language of the plant, and in all of them where they differ. */
export interface AlarmMessage {
  readonly message: string
  readonly messages: Readonly<Record<string, string>> | null
}

/** Text and names of values in turn: the even parts are text. */
type Template = readonly string[]

const templates = new Map<string, Template>()

/** Fills in `{value}`, `{limit}`, `{unit}` and `{tag}`. `languages`: those of the plant, the first is the default. */
export function fillMessage(
  definition: AlarmDefinition,
  value: JsonValue,
  limit: JsonValue,
  languages: readonly string[],
): AlarmMessage {
  const first = languages[0] ?? 'en'
  const { message } = definition
  if (typeof message === 'string' && !message.includes('{')) return { message, messages: null }
  const isOne = typeof message === 'string' && (definition.states === null || !message.includes('{value}'))
  const text = fill(definition, value, limit, first, first)
  if (isOne || languages.length < 2) return { message: text, messages: null }
  const messages: Record<string, string> = {}
  for (const language of languages)
    messages[language] = language === first ? text : fill(definition, value, limit, language, first)
  return { message: text, messages }
}

function fill(
  definition: AlarmDefinition,
  value: JsonValue,
  limit: JsonValue,
  language: string,
  first: string,
): string {
  const template = templateOf(wordsIn(definition.message, language, first))
  let text = template[0]!
  for (let at = 1; at < template.length; at += 2) {
    const name = template[at]
    if (name === 'value') text += valueInWords(value, definition, language, first)
    else if (name === 'limit') text += inWords(limit, definition.decimals)
    else text += name === 'unit' ? definition.unit : definition.tag
    text += template[at + 1]!
  }
  return text
}

function templateOf(words: string): Template {
  let template = templates.get(words)
  if (template === undefined) {
    if (templates.size > mostTemplates) templates.clear()
    template = words.split(/\{(value|limit|unit|tag)\}/)
    templates.set(words, template)
  }
  return template
}

/** Plants have fewer messages; names that change with every plant must not pile up. */
const mostTemplates = 200_000

/** Words of the plant in a language; of the plant's first one, or of any, where it has none. */
export function wordsIn(words: PlantWords, language: string, first: string): string {
  if (typeof words === 'string') return words
  return words[language] ?? words[first] ?? Object.values(words)[0] ?? ''
}

function valueInWords(value: JsonValue, definition: AlarmDefinition, language: string, first: string): string {
  if (definition.states === null) return inWords(value, definition.decimals)
  const key = typeof value === 'boolean' ? String(Number(value)) : String(value)
  const words = definition.states[key] ?? definition.states[String(value)]
  return words === undefined ? inWords(value, definition.decimals) : wordsIn(words, language, first)
}

function inWords(value: JsonValue, decimals: number | null): string {
  if (value === null) return '–'
  if (typeof value === 'number') return decimals === null ? String(Number(value.toFixed(3))) : value.toFixed(decimals)
  return oneLine(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** Texts of devices stay one line that fits a row; the journal has the value itself. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
  return line.length <= longestValue ? line : `${line.slice(0, longestValue).toWellFormed()}…`
}

const longestValue = 256
