// How large values that are no plain numbers are, and which of them are too large to be kept.
import type { TagValue } from '../shared/data-value.ts'

/**
 * Limits of one value. They keep a frame of the journal (32 MB) and a chunk (64 MB, 4 million items) far from theirs: a value takes at
 * most three times its rough bytes in the journal.
 */
const mostBytes = 8 * 1024 * 1024
const mostItems = 262_144
/** Arrays and structures inside each other; the journal reads no more back. */
const deepestNesting = 32
/** Whole numbers of tags have 64 bits; a chunk keeps up to 4096 bytes. */
const largestInteger = 1n << 32_767n
const largestShortInteger = 1n << 64n

/** Rough bytes of such values in one chunk; a chunk has room for more, but encoding and decoding them takes its time. */
export const chunkValueBytes = 4 * 1024 * 1024

/** What has been counted of one value. */
interface Tally {
  byteCount: number
  itemCount: number
}

/** About what a value costs in memory and in a chunk; bytes. The value is one that {@link refusalOf} lets pass. */
export function roughByteCount(value: TagValue): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length * 2
    case 'bigint':
      return isShort(value) ? 16 : 4096
    case 'object': {
      if (value === null) return 0
      if (value instanceof Uint8Array) return 64 + value.length
      let sum = 64
      if (Array.isArray(value)) for (const item of value as readonly TagValue[]) sum += 8 + roughByteCount(item)
      else for (const [field, inner] of Object.entries(value)) sum += 24 + field.length * 2 + roughByteCount(inner)
      return sum
    }
    default:
      return 16
  }
}

/** Why history cannot keep this value, as the end of a sentence; null when it can. Bounded, whatever is given. */
export function refusalOf(value: unknown): string | null {
  return refusal(value, 0, { byteCount: 0, itemCount: 0 })
}

function refusal(value: unknown, depth: number, tally: Tally): string | null {
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return counted(tally, 16)
    case 'string':
      return counted(tally, 16 + value.length * 2)
    case 'bigint':
      if (value >= largestInteger || value <= -largestInteger) return 'is a whole number of more than 4096 bytes'
      return counted(tally, isShort(value) ? 16 : 4096)
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return counted(tally, 64 + value.length)
      if (depth >= deepestNesting) return `has arrays and structures nested more than ${deepestNesting} deep`
      return Array.isArray(value) ? arrayRefusal(value, depth, tally) : structureRefusal(value, depth, tally)
    default:
      return `is or contains something of type ${typeof value}`
  }
}

function arrayRefusal(items: readonly unknown[], depth: number, tally: Tally): string | null {
  let found = counted(tally, 64 + 8 * items.length, items.length)
  for (let index = 0; index < items.length && found === null; index++) found = refusal(items[index], depth + 1, tally)
  return found
}

function structureRefusal(structure: object, depth: number, tally: Tally): string | null {
  const prototype: unknown = Object.getPrototypeOf(structure)
  if (prototype !== null && prototype !== Object.prototype) return 'is or contains an object that is no structure'
  const fields = Object.entries(structure)
  let found = counted(tally, 64 + 24 * fields.length, fields.length)
  for (const [field, inner] of fields) {
    found ??= counted(tally, field.length * 2) ?? refusal(inner, depth + 1, tally)
    if (found !== null) break
  }
  return found
}

function counted(tally: Tally, byteCount: number, itemCount = 0): string | null {
  tally.byteCount += byteCount
  tally.itemCount += itemCount
  if (tally.byteCount > mostBytes)
    return `takes more than ${mostBytes / 2 ** 20} MB (a text: more than 4 million characters)`
  return tally.itemCount > mostItems ? `has more than ${mostItems} items and fields` : null
}

function isShort(integer: bigint): boolean {
  return integer < largestShortInteger && integer > -largestShortInteger
}
