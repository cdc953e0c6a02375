// From the payload of a message to the values of the tags of its topic, and from a written value to a payload.
import { isUtf8 } from 'node:buffer'
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, StatusCodes } from '../../shared/status-code.ts'
import type { DriverItem } from '../driver.ts'
import { type BinaryLayout, decodeBinary, decodeText, encodeBinary } from './binary-value.ts'
import { documentWith, type JsonPath, parseJsonPath, valueAt } from './json-path.ts'
import { type MqttAddress, parseMqttAddress } from './mqtt-address.ts'
import type { MqttTagOptions } from './mqtt-protocol.ts'
import { bad, convertValue, type Decoded, parseTimestamp, type ValueType } from './payload-value.ts'

export type PayloadKind = 'json' | 'text' | 'binary'

/** How one tag's value stands in its payload; made once from the address and the options of the tag. */
export interface PayloadRule extends ValueType {
  readonly topic: string
  readonly kind: PayloadKind
  /** Only for JSON; the empty path is the whole document. */
  readonly path: JsonPath
  readonly timestampPath: JsonPath | null
  readonly layout: BinaryLayout
  /** True when a message without the path says nothing about this tag. */
  readonly keepsWhenMissing: boolean
}

/** The rule of an item whose address and options were accepted by the protocol. Throws a RuntimeError where they were not. */
export function payloadRule(item: RuledItem): PayloadRule {
  return payloadRuleAt(item, requireAddress(item.address))
}

/** What of an item decides how its payloads look. */
export type RuledItem = Pick<DriverItem, 'address' | 'dataType' | 'arrayLength' | 'options'>

/** The same value at another address, as a tag's `writeAddress`. */
export function payloadRuleAt(item: RuledItem, { topic, path }: MqttAddress): PayloadRule {
  const options = item.options as MqttTagOptions
  const isJsonType = item.dataType === 'structure' || item.arrayLength !== null
  const kind = options.payload ?? (path || isJsonType ? 'json' : item.dataType === 'bytes' ? 'binary' : 'text')
  const timestampPath = options.timestampPath === undefined ? null : parseJsonPath(options.timestampPath)
  return {
    topic,
    kind,
    path: path ?? [],
    dataType: item.dataType,
    arrayLength: item.arrayLength,
    trueText: options.trueText ?? null,
    falseText: options.falseText ?? null,
    timestampPath: timestampPath?.ok ? timestampPath.path : null,
    layout: { byteOffset: options.byteOffset ?? 0, littleEndian: options.byteOrder !== 'big-endian' },
    keepsWhenMissing: options.missing === 'keep',
  }
}

/** The address as parsed. Throws a RuntimeError BadNodeIdInvalid. */
export function requireAddress(address: string): MqttAddress {
  const parsed = parseMqttAddress(address)
  if (!parsed.ok) throw new RuntimeError('BadNodeIdInvalid', parsed.message)
  return parsed
}

/** One message, decoded no further than its tags ask: text and JSON once, however many tags read them. */
export class Message {
  readonly payload: Buffer
  readonly #exactIntegers: boolean
  #text: string | null | undefined
  #document: unknown
  #isParsed = false
  #isJson = false

  /** `exactIntegers`: whole numbers beyond 2^53 become bigint instead of being rounded; costs time on large documents. */
  constructor(payload: Buffer, exactIntegers: boolean) {
    this.payload = payload
    this.#exactIntegers = exactIntegers
  }

  /** What the message says of a tag; null where it says nothing (see {@link PayloadRule.keepsWhenMissing}). */
  valueFor(rule: PayloadRule): Decoded | null {
    if (rule.kind === 'binary') return decodeBinary(this.payload, rule, rule.layout)
    if (rule.kind === 'text') return this.#textFor(rule)
    if (this.payload.length === 0) return bad(StatusCodes.BadNoData)
    this.#parse()
    if (!this.#isJson) return bad(StatusCodes.BadDecodingError)
    const found = valueAt(this.#document, rule.path)
    if (found !== undefined) return convertValue(found, rule)
    return rule.keepsWhenMissing ? null : bad(StatusCodes.BadNodeIdUnknown)
  }

  /** The source time at a path of the JSON payload in ms; null where there is none. */
  timestampAt(path: JsonPath): number | null {
    this.#parse()
    return this.#isJson ? parseTimestamp(valueAt(this.#document, path)) : null
  }

  #textFor(rule: PayloadRule): Decoded {
    this.#text ??= this.#readText()
    if (this.#text === null) return bad(StatusCodes.BadDecodingError)
    if (rule.arrayLength !== null || rule.dataType === 'structure') return bad(StatusCodes.BadTypeMismatch)
    if (this.#text === '' && rule.dataType !== 'string') return bad(StatusCodes.BadNoData)
    return convertValue(this.#text, rule)
  }

  #readText(): string | null {
    const decoded = decodeText(this.payload)
    return isBad(decoded.statusCode) ? null : (decoded.value as string)
  }

  #parse(): void {
    if (this.#isParsed) return
    this.#isParsed = true
    try {
      this.#document = parseJson(this.payload, this.#exactIntegers)
      this.#isJson = true
    } catch {
      this.#isJson = false
    }
  }
}

type ReviverWithSource = (key: string, value: unknown, context: { readonly source?: string }) => unknown

const exactly: ReviverWithSource = (_key, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d{1,20}$/.test(source)
    ? BigInt(source)
    : value

/** The document of a JSON payload, with or without a byte order mark (RFC 8259 section 8.1); throws where it is none. */
export function parseJson(payload: Buffer, exactIntegers: boolean): unknown {
  const text = payload.toString('utf8').replace(/^\ufeff/, '')
  // Bytes that are no UTF-8 become U+FFFD, which may also stand in a text that is.
  if (text.includes('\ufffd') && !isUtf8(payload)) throw new SyntaxError('JSON is UTF-8 (RFC 8259 section 8.1)')
  return exactIntegers ? JSON.parse(text, exactly as (key: string, value: unknown) => unknown) : JSON.parse(text)
}

/** True where a rounded whole number would be a wrong value. */
export function needsExactIntegers(rule: PayloadRule): boolean {
  return rule.dataType === 'int64' || rule.dataType === 'uint64' || rule.dataType === 'structure'
}

/** A write as it goes to the broker. */
export interface OutgoingMessage {
  readonly topic: string
  readonly payload: Buffer
}

/**
 * The message that writes a value. Throws a RuntimeError: BadNotWritable where the tag does not say how to write one
 * value of a larger payload, BadTypeMismatch where the value does not fit.
 */
export function encodeWrite(item: DriverItem, value: TagValue): OutgoingMessage {
  const options = item.options as MqttTagOptions
  const own = requireAddress(item.address)
  if (options.writeAddress === undefined && options.writeTemplate === undefined && own.path && own.path.length > 0)
    throw new RuntimeError(
      'BadNotWritable',
      `"${item.address}" is one value of a JSON payload; writing it to the same topic would wipe out the others: give the tag a writeAddress`,
    )
  const target = options.writeAddress === undefined ? own : requireAddress(options.writeAddress)
  const rule = payloadRuleAt(item, target)
  if (options.writeTemplate !== undefined)
    return { topic: target.topic, payload: fillTemplate(options.writeTemplate, value, rule) }
  return { topic: target.topic, payload: encodePayload(value, rule) }
}

/** A payload that holds the value and nothing else. Throws a RuntimeError as {@link encodeWrite} does. */
export function encodePayload(value: TagValue, rule: PayloadRule): Buffer {
  switch (rule.kind) {
    case 'binary':
      return encodeBinary(value, rule, rule.layout)
    case 'text':
      return value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(plainText(value, rule))
    case 'json': {
      const document = documentWith(rule.path, jsonReady(value, rule))
      if (document === null && rule.path.length > 0)
        throw new RuntimeError(
          'BadNotWritable',
          `one element of an array in "${rule.topic}" cannot be written alone: give the tag a writeTemplate`,
        )
      return Buffer.from(jsonText(document))
    }
  }
}

function fillTemplate(template: string, value: TagValue, rule: PayloadRule): Buffer {
  const isJson = /^\s*[[{]/.test(template)
  const text = isJson ? jsonText(jsonReady(value, rule)) : plainText(value, rule)
  return Buffer.from(template.replaceAll('{value}', () => text))
}

function plainText(value: TagValue, rule: PayloadRule): string {
  const ready = jsonReady(value, rule)
  return typeof ready === 'string' ? ready : jsonText(ready)
}

/** The value as JSON writes it: bytes as base64, times as RFC 3339, truth in the words of the source. */
export function jsonReady(value: TagValue, rule: PayloadRule): unknown {
  if (Array.isArray(value)) return (value as readonly TagValue[]).map((element) => jsonReady(element, rule))
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (rule.dataType === 'bool' && (typeof value === 'boolean' || typeof value === 'number')) {
    const isTrue = Boolean(value)
    return (isTrue ? rule.trueText : rule.falseText) ?? isTrue
  }
  if (rule.dataType === 'datetime' && typeof value === 'number') return isoText(value)
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RuntimeError('BadOutOfRange', `JSON and text cannot carry ${value}`)
  return value
}

/** RFC 3339 text, which knows the years 0 to 9999. */
function isoText(timestamp: number): string {
  const date = new Date(timestamp)
  const year = date.getUTCFullYear()
  if (year >= 0 && year <= 9999) return date.toISOString()
  throw new RuntimeError('BadOutOfRange', `${timestamp} ms since 1970 is no date that RFC 3339 can write`)
}

/** JSON text in which a bigint stands with all its digits. */
export function jsonText(value: unknown): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }
  const text: string | undefined = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? rawJSON(inner.toString()) : inner,
  )
  return text ?? 'null'
}
