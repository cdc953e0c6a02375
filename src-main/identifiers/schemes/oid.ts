// Object identifiers (ITU-T X.660): numbers between points, their DER (X.690 clause 8.19) and their name for the ORS (X.672).
import type { SchemeReading } from './scheme-reading.ts'

/** DER and name are given for OIDs up to so many characters. */
const longestEncoded = 512
/** Longest OID below China's arc 1.2.156, in bytes with its points. */
const longestChinese = 100

/** Text with `urn:oid:` before it, or arcs between points of which the first has one digit and two or more are numbers. */
export function looksLikeOid(text: string): boolean {
  return /^(?:urn:)?oid:/i.test(text) || /^\d(?:\.-?\d*)+$/.test(text) || /^[0-2]\.\d{1,3}\.\d[^\s/]*$/.test(text)
}

/** Reads dotted arcs; behind `der:` or where only hexadecimal digits fit, their DER. */
export function readOid(text: string): SchemeReading {
  const bare = text.replace(/^(?:urn:)?oid:/i, '')
  const dotted = /^06[0-9A-Fa-f]{4,}$/.test(bare) ? (dottedOfDer(bare) ?? bare) : bare
  const arcs = dotted.split('.')
  const faults = arcFaults(arcs)
  if (dotted.startsWith('1.2.156.') && dotted.length > longestChinese)
    faults.push(`It has ${dotted.length} bytes; OIDs below 1.2.156 have ${longestChinese} at most.`)
  if (dotted === '') return { identifier: '', parts: {}, faults: ['There is nothing.'] }
  const parts =
    faults.length > 0 || dotted.length > longestEncoded
      ? { arcs }
      : { arcs, der: derOf(arcs), ors: `${arcs.toReversed().join('.')}.oid-res.org.` }
  return { identifier: dotted, parts, faults }
}

function arcFaults(arcs: readonly string[]): string[] {
  const faults: string[] = []
  for (const arc of arcs) {
    if (arc === '') faults.push('An arc between two points is empty.')
    else if (!/^\d+$/.test(arc)) faults.push(`The arc ${JSON.stringify(arc)} is not a number.`)
    else if (arc.length > 1 && arc.startsWith('0')) faults.push(`The arc ${arc} begins with 0.`)
    if (faults.length >= 5) return faults
  }
  if (faults.length > 0) return faults
  const [first = '', second] = arcs
  if (!/^[012]$/.test(first)) faults.push(`The first arc is ${first}; 0, 1 and 2 are the only ones.`)
  if (second === undefined) faults.push('There is only one arc; an OID has two at least.')
  else if (first !== '2' && (second.length > 2 || Number(second) > 39))
    faults.push(`The second arc is ${second}; below ${first} there are 0 to 39.`)
  return faults
}

/** Tag, length and contents, as hexadecimal digits in small letters. */
export function derOf(arcs: readonly string[]): string {
  const [first = '0', second = '0', ...rest] = arcs
  const bytes = [BigInt(first) * 40n + BigInt(second), ...rest.map(BigInt)].flatMap(base128)
  return hex([0x06, ...lengthBytes(bytes.length), ...bytes])
}

function base128(value: bigint): number[] {
  const bytes = [Number(value & 0x7fn)]
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80)
  return bytes
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The arcs of a DER in hexadecimal digits; null = it is none. */
export function dottedOfDer(text: string): string | null {
  if (text.length % 2 !== 0) return null
  const bytes = (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  const header = bytes[1] === 0x81 ? 3 : bytes[1] === 0x82 ? 4 : 2
  const contents = bytes.slice(header)
  const expected = [0x06, ...lengthBytes(contents.length)]
  if (contents.length === 0 || expected.some((byte, at) => byte !== bytes[at]) || header !== expected.length)
    return null
  if (contents.at(-1)! >= 0x80) return null
  const values: bigint[] = []
  let value = 0n
  for (const [at, byte] of contents.entries()) {
    if (byte === 0x80 && (at === 0 || contents[at - 1]! < 0x80)) return null
    value = (value << 7n) | BigInt(byte & 0x7f)
    if (byte >= 0x80) continue
    values.push(value)
    value = 0n
  }
  const [joined = 0n, ...rest] = values
  const first = joined >= 80n ? 2n : joined / 40n
  return [first, joined - first * 40n, ...rest].join('.')
}
