// Values that are no numbers: texts, exact integers, bytes, arrays, structures. A chunk often has the same few again and again:
// each different one is stored once, then which one comes how often; all of it deflated (RFC 1951) where that is shorter.
//
//   varint  bytes of the body; varint bytes of the deflated body, 0 = it stands as it is
//   body:   varint number of different values, each as below
//           then runs that cover all rows: varint 0 = the first value not yet used, p = value p − 1; varint length − 1
//   value:  byte type, then
//           0 null, 1 false, 2 true     nothing
//           3 number                    8 bytes, bits of a float64
//           4 text                      varint bytes, UTF-8
//           5 text with lone surrogates varint 16-bit units, each little-endian
//           6, 7 integer ≥ 0, < 0       varint bytes, absolute value, lowest byte first
//           8 bytes                     varint bytes, the bytes
//           9 array                     varint items, each a value
//          10 structure                 varint fields, for each its name (value of type 4 or 5) and a value
//          11, 12 integer after integer varint bytes: what it is more, or less, than the different value before it (an integer)
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { TagValue, TagValueArray, TagValueStructure } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { ByteReader, damaged } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

const nullType = 0
const falseType = 1
const trueType = 2
const numberType = 3
const textType = 4
const surrogateTextType = 5
const integerType = 6
const negativeIntegerType = 7
const bytesType = 8
const arrayType = 9
const structureType = 10
const moreType = 11
const lessType = 12

/** More than any device nests; keeps the decoder's stack small. */
const deepestNesting = 64
/** All values of a chunk together; bytes. Bounds what damaged bytes can make the decoder allocate. */
export const largestTextBody = 1 << 26
/** Items of arrays and fields of structures of a chunk together, for the same reason: each takes more memory than bytes. */
const mostItems = 1 << 22
/** Bytes of a whole number; those of tags have 8. */
const longestInteger = 4096
/** Shorter bodies are not worth deflating. */
const shortestDeflated = 48

const body = new ByteWriter()
/** Items of arrays and fields of structures, of the chunk that is written or read at the moment. */
let itemCount = 0
const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Appends the values. RuntimeError BadInvalidArgument when they are nested more than 64 deep, take more than 64 MB, have more
 * than 4 million items and fields, or whole numbers of more than 4096 bytes.
 */
export function writeTexts(output: ByteWriter, values: readonly TagValue[]): void {
  const places: number[] = []
  const different = distinct(values, places)
  body.clear()
  itemCount = 0
  body.varint(different.length)
  different.forEach((value, place) => {
    const before = different[place - 1]
    if (typeof value === 'bigint' && typeof before === 'bigint') writeDifference(body, value - before)
    else writeValue(body, value, 0)
  })
  let usedCount = 0
  for (let from = 0; from < places.length; ) {
    const place = places[from]!
    let end = from + 1
    while (end < places.length && places[end] === place) end++
    body.varint(place === usedCount ? 0 : place + 1)
    body.varint(end - from - 1)
    if (place === usedCount) usedCount++
    from = end
  }
  const plain = body.take()
  const deflated = plain.length < shortestDeflated ? plain : deflateRawSync(plain, { level: constants.Z_BEST_SPEED })
  output.varint(plain.length)
  output.varint(deflated.length < plain.length ? deflated.length : 0)
  output.append(deflated.length < plain.length ? deflated : plain)
}

/** The different ones in order of appearance, and for each value which of them it is. Objects are compared by identity. */
function distinct(values: readonly TagValue[], places: number[]): TagValue[] {
  const known = new Map<TagValue, number>()
  for (const value of values) {
    const place = known.get(value) ?? known.size
    known.set(value, place)
    places.push(place)
  }
  return [...known.keys()]
}

function writeValue(output: ByteWriter, value: TagValue, depth: number): void {
  if (depth > deepestNesting) throw tooLarge(`it is nested more than ${deepestNesting} deep`)
  switch (typeof value) {
    case 'boolean':
      return output.byte(value ? trueType : falseType)
    case 'number':
      output.byte(numberType)
      return output.float64(value)
    case 'string':
      return writeText(output, value)
    case 'bigint':
      return writeInteger(output, value)
    default:
      if (value === null) return output.byte(nullType)
      if (value instanceof Uint8Array) {
        output.byte(bytesType)
        return writeBytes(output, value)
      }
      if (Array.isArray(value)) return writeArray(output, value, depth)
      return writeStructure(output, value as TagValueStructure, depth)
  }
}

function writeText(output: ByteWriter, text: string): void {
  if (text.isWellFormed()) {
    output.byte(textType)
    return writeBytes(output, utf8.encode(text))
  }
  output.byte(surrogateTextType)
  output.varint(text.length)
  const units = new DataView(new ArrayBuffer(2 * text.length))
  for (let index = 0; index < text.length; index++) units.setUint16(2 * index, text.charCodeAt(index), true)
  append(output, new Uint8Array(units.buffer))
}

function writeInteger(output: ByteWriter, integer: bigint): void {
  output.byte(integer < 0n ? negativeIntegerType : integerType)
  writeMagnitude(output, integer)
}

function writeDifference(output: ByteWriter, difference: bigint): void {
  output.byte(difference < 0n ? lessType : moreType)
  writeMagnitude(output, difference)
}

function writeMagnitude(output: ByteWriter, integer: bigint): void {
  const digits = (integer < 0n ? -integer : integer).toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  if (bytes.length > longestInteger) throw tooLarge(`a whole number has ${bytes.length} bytes`)
  writeBytes(output, bytes.reverse())
}

function writeArray(output: ByteWriter, items: TagValueArray, depth: number): void {
  output.byte(arrayType)
  countItems(items.length, tooLarge)
  output.varint(items.length)
  for (const item of items) writeValue(output, item, depth + 1)
}

function writeStructure(output: ByteWriter, structure: TagValueStructure, depth: number): void {
  const fields = Object.entries(structure)
  output.byte(structureType)
  countItems(fields.length, tooLarge)
  output.varint(fields.length)
  for (const [name, value] of fields) {
    writeText(output, name)
    writeValue(output, value, depth + 1)
  }
}

function writeBytes(output: ByteWriter, bytes: Uint8Array): void {
  output.varint(bytes.length)
  append(output, bytes)
}

function append(output: ByteWriter, bytes: Uint8Array): void {
  if (output.length + bytes.length > largestTextBody)
    throw tooLarge(`its values take more than ${largestTextBody} bytes`)
  output.append(bytes)
}

/** Counts items on; the refusal when there are too many of them. */
function countItems(count: number, refusal: (reason: string) => RuntimeError): void {
  itemCount += count
  if (itemCount > mostItems) throw refusal(`its arrays and structures have more than ${mostItems} items`)
}

function tooLarge(reason: string): RuntimeError {
  body.clear()
  return new RuntimeError('BadInvalidArgument', `A chunk of history cannot be stored: ${reason}`)
}

/** Exactly `count` values. Equal ones may be the same object: nobody may change them. */
export function readTexts(input: ByteReader, count: number): TagValue[] {
  const plainLength = input.varint(largestTextBody)
  const deflatedLength = input.varint(largestTextBody)
  const plain = deflatedLength === 0 ? input.take(plainLength) : inflate(input.take(deflatedLength), plainLength)
  const reader = new ByteReader(plain)
  itemCount = 0
  const different: TagValue[] = []
  for (let left = reader.varint(count); left > 0; left--) different.push(readDifferent(reader, different.at(-1)))
  const values: TagValue[] = []
  let usedCount = 0
  while (values.length < count) {
    const reference = reader.varint(different.length)
    const place = reference === 0 ? usedCount++ : reference - 1
    if (place >= different.length) throw damaged(`text ${place} of ${different.length}`)
    const value = different[place]!
    const length = reader.varint(count - values.length - 1) + 1
    for (let index = 0; index < length; index++) values.push(value)
  }
  return values
}

/** The next of the different values; `before`: the one before it. */
function readDifferent(input: ByteReader, before: TagValue | undefined): TagValue {
  const type = input.remaining > 0 ? input.bytes[input.offset]! : 0
  if (type !== moreType && type !== lessType) return readValue(input, 0)
  if (typeof before !== 'bigint') throw damaged('a difference to something that is no integer')
  input.skip(1)
  const difference = readInteger(input)
  return type === moreType ? before + difference : before - difference
}

function inflate(deflated: Uint8Array, plainLength: number): Uint8Array {
  try {
    const plain = inflateRawSync(deflated, { maxOutputLength: Math.max(1, plainLength) })
    if (plain.length === plainLength) return plain
  } catch (error) {
    throw damaged('texts cannot be inflated', error)
  }
  throw damaged(`texts are not the ${plainLength} bytes they should be`)
}

function readValue(input: ByteReader, depth: number): TagValue {
  if (depth > deepestNesting) throw damaged(`a value is nested more than ${deepestNesting} deep`)
  const type = input.byte()
  switch (type) {
    case nullType:
      return null
    case falseType:
      return false
    case trueType:
      return true
    case numberType:
      return input.float64()
    case textType:
    case surrogateTextType:
      return readText(input, type)
    case integerType:
      return readInteger(input)
    case negativeIntegerType:
      return -readInteger(input)
    case bytesType:
      return new Uint8Array(input.take(input.varint()))
    case arrayType:
      return Array.from({ length: readItemCount(input) }, () => readValue(input, depth + 1))
    case structureType: {
      const fields = Array.from(
        { length: readItemCount(input) },
        () => [readText(input, input.byte()), readValue(input, depth + 1)] as const,
      )
      return Object.fromEntries(fields)
    }
    default:
      throw damaged(`a value of type ${type}`)
  }
}

function readItemCount(input: ByteReader): number {
  const count = input.varint(input.remaining)
  countItems(count, damaged)
  return count
}

function readText(input: ByteReader, type: number): string {
  if (type === textType)
    try {
      return fromUtf8.decode(input.take(input.varint()))
    } catch (error) {
      throw error instanceof RuntimeError ? error : damaged('a text is not UTF-8', error)
    }
  if (type !== surrogateTextType) throw damaged(`a text of type ${type}`)
  const units = input.take(2 * input.varint())
  let text = ''
  for (let index = 0; index < units.length; index += 2)
    text += String.fromCharCode(units[index]! | (units[index + 1]! << 8))
  return text
}

function readInteger(input: ByteReader): bigint {
  const bytes = input.take(input.varint(longestInteger))
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}
