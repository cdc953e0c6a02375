// Messages of the Internet Printing Protocol (RFC 8010): requests as bytes, answers as attribute groups.
//   version 2 B | operation or status 2 B | request id 4 B | groups: tag 1 B, attributes | 0x03 end | document
//   attribute: value tag 1 B | name length 2 B | name | value length 2 B | value; an empty name goes on with the one before
import { RuntimeError } from '../../shared/runtime-error.ts'

/** Operations that are used (RFC 8011 clause 4). */
export const ippOperations = { printJob: 0x0002, cancelJob: 0x0008, getJob: 0x0009, getPrinter: 0x000b } as const

export const ippGroups = { operation: 0x01, job: 0x02, printer: 0x04 } as const

const valueTags = {
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  begCollection: 0x34,
  textWithLanguage: 0x35,
  nameWithLanguage: 0x36,
  endCollection: 0x37,
  text: 0x41,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  charset: 0x47,
  naturalLanguage: 0x48,
  mimeMediaType: 0x49,
  memberName: 0x4a,
} as const
const endOfAttributes = 0x03

export type IppSyntax = 'integer' | 'name' | 'keyword' | 'uri' | 'charset' | 'naturalLanguage' | 'mimeMediaType'

/** An attribute of a request. */
export interface IppAttribute {
  readonly syntax: IppSyntax
  readonly name: string
  readonly values: readonly (string | number)[]
}

export interface IppRequest {
  readonly operation: number
  readonly requestId: number
  /** Of the operation, in the order the standard asks for: charset, language, target first. */
  readonly attributes: readonly IppAttribute[]
}

/** A value of an answer; null = out of band (unknown, no value), of a kind that is not looked at, or a collection. */
export type IppValue = string | number | boolean | null

export interface IppGroup {
  readonly tag: number
  readonly attributes: ReadonlyMap<string, readonly IppValue[]>
}

export interface IppAnswer {
  /** RFC 8011 appendix B; below 0x0100 all went well. */
  readonly status: number
  readonly requestId: number
  readonly groups: readonly IppGroup[]
}

/** The request without its document. */
export function encodeIpp({ operation, requestId, attributes }: IppRequest): Buffer {
  const parts: Buffer[] = [Buffer.alloc(9)]
  parts[0]!.writeUInt16BE(0x0200, 0)
  parts[0]!.writeUInt16BE(operation, 2)
  parts[0]!.writeUInt32BE(requestId, 4)
  parts[0]!.writeUInt8(ippGroups.operation, 8)
  for (const { syntax, name, values } of attributes)
    for (const [index, value] of values.entries()) {
      const nameBytes = Buffer.from(index === 0 ? name : '', 'utf8')
      const bytes = encodeValue(value)
      const head = Buffer.alloc(3)
      head.writeUInt8(valueTags[syntax], 0)
      head.writeUInt16BE(nameBytes.length, 1)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(bytes.length, 0)
      parts.push(head, nameBytes, length, bytes)
    }
  parts.push(Buffer.from([endOfAttributes]))
  return Buffer.concat(parts)
}

function encodeValue(value: string | number): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8')
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value, 0)
  return bytes
}

/** Throws RuntimeError BadDecodingError for what is no answer; reads nothing beyond the bytes. */
export function decodeIpp(bytes: Buffer): IppAnswer {
  const reader = new IppReader(bytes)
  reader.number(2)
  const status = reader.number(2)
  const requestId = reader.number(4)
  const groups: { readonly tag: number; readonly attributes: Map<string, IppValue[]> }[] = []
  let current: IppValue[] | null = null
  let depth = 0
  for (;;) {
    const tag = reader.number(1)
    if (tag === endOfAttributes) return { status, requestId, groups }
    if (tag < 0x10) {
      groups.push({ tag, attributes: new Map() })
      current = null
      continue
    }
    const group = groups.at(-1)
    if (!group) throw undecodable('an attribute stands before its group')
    const name = reader.text(reader.number(2))
    const value = readValue(tag, reader.bytes(reader.number(2)))
    if (tag === valueTags.endCollection) {
      depth = Math.max(0, depth - 1)
      continue
    }
    // What stands inside of a collection is not looked at.
    if (depth === 0 && tag !== valueTags.memberName) {
      if (name !== '') {
        current = []
        group.attributes.set(name, current)
      }
      if (!current) throw undecodable('a further value stands before the first one')
      current.push(value)
    }
    if (tag === valueTags.begCollection) depth++
  }
}

function readValue(tag: number, bytes: Buffer): IppValue {
  if (tag === valueTags.integer || tag === valueTags.enum) return bytes.length === 4 ? bytes.readInt32BE(0) : null
  if (tag === valueTags.boolean) return bytes.length === 1 ? bytes[0] !== 0 : null
  if (tag === valueTags.textWithLanguage || tag === valueTags.nameWithLanguage) {
    const languageLength = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0
    const text = bytes.subarray(Math.min(bytes.length, 2 + languageLength + 2))
    return text.toString('utf8')
  }
  return tag >= 0x40 && tag <= 0x5f ? bytes.toString('utf8') : null
}

class IppReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  number(length: 1 | 2 | 4): number {
    const bytes = this.bytes(length)
    return bytes.readUIntBE(0, length)
  }

  text(length: number): string {
    return this.bytes(length).toString('utf8')
  }

  bytes(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw undecodable(`it ends after ${this.#bytes.length} bytes, in the middle`)
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }
}

function undecodable(why: string): RuntimeError {
  return new RuntimeError('BadDecodingError', `the answer is no message of the Internet Printing Protocol: ${why}`)
}
