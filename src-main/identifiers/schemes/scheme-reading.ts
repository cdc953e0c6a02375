// What reading a text by one scheme gives; parse-identifier.ts chooses among the schemes.
import type { JsonValue } from '../../shared/data-value.ts'

export interface SchemeReading {
  /** The one spelling; '' = nothing is left. */
  readonly identifier: string
  readonly parts: Readonly<Record<string, JsonValue>>
  /** Sentences; empty = every rule of the scheme is kept. */
  readonly faults: readonly string[]
  readonly notes?: readonly string[]
}

/** Length in bytes of UTF-8, in which most schemes count. */
export function byteLength(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}
