// Address texts of MQTT tags: `topic` or `topic#$.json.path`. A topic never holds '#', so the first '#' divides.
import { type JsonPath, parseJsonPath } from './json-path.ts'

/** A tag's place on the broker. `path` is null where the whole payload is the value. */
export interface MqttAddress {
  readonly topic: string
  readonly path: JsonPath | null
}

export type ParsedMqttAddress = ({ readonly ok: true } & MqttAddress) | { readonly ok: false; readonly message: string }

/** MQTT 5.0 section 1.5.4: a UTF-8 string has at most this many bytes. */
const maximumTopicBytes = 65_535

/** The address a text describes, or a sentence why it describes none. */
export function parseMqttAddress(text: string): ParsedMqttAddress {
  const divide = text.search(/#(?=\$)/)
  const topic = divide < 0 ? text : text.slice(0, divide)
  const problem = checkTopic(topic)
  if (problem) return { ok: false, message: `"${text}": ${problem}` }
  if (divide < 0) return { ok: true, topic, path: null }
  const parsed = parseJsonPath(text.slice(divide + 1))
  return parsed.ok ? { ok: true, topic, path: parsed.path } : { ok: false, message: `"${text}": ${parsed.message}` }
}

/** A sentence why a text is not the name of one topic (MQTT 5.0 section 4.7), or null. */
export function checkTopic(topic: string): string | null {
  if (topic === '') return 'the topic is missing'
  if (topic.includes('+')) return '"+" is a wildcard; a tag has the value of exactly one topic'
  if (topic.includes('#')) return '"#" is a wildcard, and a JSON path after it starts with $, as in line/filler#$.level'
  if (topic.startsWith('$share/')) return 'a shared subscription gives every message to only one of many receivers'
  if (topic.includes('\u0000')) return 'the topic holds the character U+0000, which MQTT does not allow'
  if (Buffer.byteLength(topic) > maximumTopicBytes) return `the topic has more than ${maximumTopicBytes} bytes`
  return null
}
