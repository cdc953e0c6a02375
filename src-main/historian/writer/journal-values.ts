// Values that are no plain numbers, as the journal writes them: JSON in which everything that JSON cannot say has a mark.
import type { TagValue, TagValueStructure } from '../../shared/data-value.ts'
import { fromBase64, toBase64 } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'

/** [row, value] of each row that has one. Values: text, number and truth as they are; all else `{ mark: … }`, see FORMAT.md. */
type Written = string | number | boolean | null | { readonly [mark: string]: unknown }

/** Deepest arrays and structures inside each other; what is deeper is refused when it is read back. */
const deepest = 32

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Bytes of the values in `others`; rows beyond `count` do not count. Empty when there is none. */
export function encodeOthers(others: readonly (TagValue | undefined)[] | null, count: number): Uint8Array {
  if (others === null) return new Uint8Array(0)
  const rows: [number, Written][] = []
  for (let row = 0; row < count; row++) {
    const other = others[row]
    if (other !== undefined && other !== null) rows.push([row, write(other)])
  }
  return rows.length === 0 ? new Uint8Array(0) : encoder.encode(JSON.stringify(rows))
}

/** What {@link encodeOthers} gave; null for no bytes. RuntimeError BadDecodingError on anything else. */
export function decodeOthers(bytes: Uint8Array, count: number): (TagValue | undefined)[] | null {
  if (bytes.length === 0) return null
  try {
    const rows: unknown = JSON.parse(decoder.decode(bytes))
    if (!Array.isArray(rows)) throw new Error('no list')
    const others: (TagValue | undefined)[] = []
    for (const [row, written] of rows as [unknown, Written][]) {
      if (typeof row !== 'number' || !Number.isInteger(row) || row < 0 || row >= count) throw new Error('no row')
      others[row] = read(written, 0)
    }
    return others
  } catch (error) {
    throw new RuntimeError('BadDecodingError', 'Values of a journal frame cannot be read', error)
  }
}

function write(value: TagValue): Written {
  switch (typeof value) {
    case 'bigint':
      return { i: value.toString() }
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { n: Object.is(value, -0) ? '-0' : String(value) }
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return { b: toBase64(value) }
      if (Array.isArray(value)) return { a: (value as readonly TagValue[]).map(write) }
      return { s: Object.entries(value as TagValueStructure).map(([field, inner]) => [field, write(inner)]) }
    default:
      return value
  }
}

function read(written: Written, depth: number): TagValue {
  if (written === null || typeof written !== 'object') return written
  if (depth > deepest) throw new Error('too deep')
  const [mark, content] = Object.entries(written)[0] ?? []
  switch (mark) {
    case 'i':
      return BigInt(content as string)
    case 'n':
      return Number(content)
    case 'b': {
      const bytes = fromBase64(content as string)
      if (bytes === null) throw new Error('no base64')
      return bytes
    }
    case 'a':
      return (content as Written[]).map((inner) => read(inner, depth + 1))
    case 's':
      return Object.fromEntries(
        (content as [string, Written][]).map(([field, inner]) => [field, read(inner, depth + 1)]),
      )
    default:
      throw new Error('unknown mark')
  }
}
