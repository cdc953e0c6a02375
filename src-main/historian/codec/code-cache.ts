// Decoding tables take longer to build than a block takes to decode, and the encoder keeps to a code while it fits: so the
// tables of the last codes are kept, found by the bytes that describe the code.
import type { ByteReader } from './byte-reader.ts'
import { denseTable, readDense, readSmall, smallTable } from './dense-code.ts'
import { PrefixCode, readCodeLengths } from './huffman.ts'
import { tokenCount } from './token.ts'

/** Codes that are kept: half a KB each, 8 KB more where much was read with it. A year of one tag has some hundreds. */
const slotCount = 1024

/** Making the large table takes as long as it saves on so many numbers. */
const numbersPerLargeTable = 16_384
/** It is 8 KB, which pay when so many numbers are read one after the other. */
const leastRun = 1024

/** A code with its decoding tables, made when they are worth it. */
export class TokenCode {
  readonly description: Uint8Array
  readonly #code: PrefixCode
  #dense: Uint32Array | null = null
  #small: Uint16Array | null = null
  #readCount = 0

  constructor(description: Uint8Array, code: PrefixCode) {
    this.description = description
    this.#code = code
  }

  /** Table for one token after the other (smallTable). */
  get small(): Uint16Array {
    this.#small ??= smallTable(this.#code)
    return this.#small
  }

  /**
   * Reads `count` errors from the loaded bits into `into` (room for two more), signed; the position behind them. `runCount`: how many are
   * read with this code one after the other.
   */
  read(position: number, count: number, into: Int32Array, runCount: number): number {
    if (runCount < leastRun) return readSmall(this.small, position, count, into)
    if (this.#dense === null) {
      this.#readCount += count
      if (this.#readCount < numbersPerLargeTable) return readSmall(this.small, position, count, into)
      this.#dense = denseTable(this.#code)
    }
    return readDense(this.#dense, position, count, into)
  }
}

const slots: (TokenCode | undefined)[] = new Array(slotCount).fill(undefined)

/** The code of tokens that is described next in the bytes. BadDecodingError when it is none. */
export function readTokenCode(input: ByteReader): TokenCode {
  const slot = slotOf(input)
  const kept = slots[slot]
  if (kept !== undefined && isNext(input, kept.description)) {
    input.offset += kept.description.length
    return kept
  }
  const from = input.offset
  const lengths = readCodeLengths(input, tokenCount)
  const found = new TokenCode(input.bytes.slice(from, input.offset), new PrefixCode(lengths))
  slots[slot] = found
  return found
}

/** By the first bytes; of the same code they are the same. */
function slotOf(input: ByteReader): number {
  const { bytes, offset } = input
  let hash = 0
  for (let index = offset; index < Math.min(offset + 8, bytes.length); index++)
    hash = Math.imul(hash ^ bytes[index]!, 0x9e37_79b1)
  return (hash >>> 16) % slotCount
}

function isNext(input: ByteReader, description: Uint8Array): boolean {
  if (input.remaining < description.length) return false
  for (let index = 0; index < description.length; index++)
    if (input.bytes[input.offset + index] !== description[index]) return false
  return true
}
