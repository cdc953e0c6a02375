// Bytes of a scanner as texts, one for each scan: cut at the terminator, bounded, whatever garbage comes.
import type { Clock, Timer } from '../base/clock.ts'

/** No symbol holds more. */
export const longestScan = 8192
/** A scanner without a terminator says nothing for so long after a scan; ms. */
const silenceMs = 50
/** Some send STX in front and ETX behind; neither is part of any symbol's text in practice. */
const frameMarks = new Set([0x02, 0x03])

export interface ScanFramesOptions {
  /** Any of these characters ends a scan; '' = the silence after it does. */
  readonly terminator: string
  readonly clock: Clock
  /** A scan; never empty. */
  readonly onScan: (text: string) => void
}

export class ScanFrames {
  readonly #options: ScanFramesOptions
  readonly #ends: ReadonlySet<number>
  readonly #bytes = Buffer.alloc(longestScan)
  #length = 0
  /** Too long to be a scan: everything up to the next terminator is thrown away. */
  #isFlooded = false
  #discardedCount = 0
  #timer: Timer | null = null

  constructor(options: ScanFramesOptions) {
    this.#options = options
    this.#ends = new Set(Buffer.from(options.terminator, 'latin1'))
  }

  /** Scans that were longer than any symbol. */
  get discardedCount(): number {
    return this.#discardedCount
  }

  take(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#ends.has(byte)) this.#end()
      else if (this.#length === longestScan) this.#isFlooded = true
      else this.#bytes[this.#length++] = byte
    }
    if (this.#ends.size > 0) return
    this.#timer?.cancel()
    this.#timer = this.#options.clock.after(silenceMs, () => this.#end())
  }

  /** The connection is gone: half a scan is none. */
  reset(): void {
    this.#timer?.cancel()
    this.#length = 0
    this.#isFlooded = false
  }

  #end(): void {
    const isFlooded = this.#isFlooded
    const text = isFlooded ? '' : textOf(this.#bytes.subarray(0, this.#length))
    this.reset()
    if (isFlooded) this.#discardedCount++
    else if (text !== '') this.#options.onScan(text)
  }
}

/** UTF-8 where it is, else one character for each byte. */
function textOf(bytes: Uint8Array): string {
  let from = 0
  let to = bytes.length
  while (from < to && frameMarks.has(bytes[from]!)) from++
  while (to > from && frameMarks.has(bytes[to - 1]!)) to--
  const kept = bytes.subarray(from, to)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(kept)
  } catch {
    // Not UTF-8: an old scanner with a code page of its own.
    return Buffer.from(kept).toString('latin1')
  }
}
