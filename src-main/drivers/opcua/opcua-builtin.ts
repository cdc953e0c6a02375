// The odd representations of OPC UA's built-in types in the library, and the outcomes of conversions.
import type { Variant } from 'node-opcua-client'
import type { TagValue } from '../../shared/data-value.ts'

/** A raw value, or a sentence why the server's value is not what the tag says. */
export type FromServer =
  | { readonly ok: true; readonly value: TagValue }
  | { readonly ok: false; readonly message: string }

/** What the server is sent, or why the value cannot be one of the server's type. */
export type ToServer =
  | { readonly ok: true; readonly variant: Variant }
  | { readonly ok: false; readonly code: 'BadTypeMismatch' | 'BadOutOfRange'; readonly message: string }

/** The library keeps 64-bit integers as [high, low] words of 32 bits. */
export function toBigInt(words: readonly [number, number], signed: boolean): bigint {
  const bits = (BigInt(words[0] >>> 0) << 32n) | BigInt(words[1] >>> 0)
  return signed ? BigInt.asIntN(64, bits) : bits
}

/** The inverse of {@link toBigInt}; the number must fit 64 bits. */
export function toWords(value: bigint): [number, number] {
  const bits = BigInt.asUintN(64, value)
  return [Number(bits >> 32n), Number(bits & 0xffffffffn)]
}

/** LocalizedText and QualifiedName give their text, NodeIds and GUIDs their standard form, nothing gives null. */
export function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  const { text, name } = value as { text?: string | null; name?: string | null }
  if (text !== undefined) return text
  if (name !== undefined) return name
  return String(value)
}
