// Errors of a predictor of which most are zero: how many zeros come before the next other one, and that one, in turns, each kind
// with a prefix code of its own. A signal that rests costs a small part of a bit for each sample.
//
//   block: { zeros until the next error, or until the end | error − 1 (zigzag; not at the end) } …
import type { BitWriter } from './bit-writer.ts'
import { damaged } from './byte-reader.ts'
import { bitsOf, numberAt, smallEntryAt } from './dense-code.ts'
import type { PrefixCode } from './huffman.ts'
import { tokenOf } from './token.ts'

/** Adds the tokens of one block's errors (zigzag) to the histograms of gaps and errors. */
export function countSparse(
  errors: Int32Array,
  from: number,
  count: number,
  gaps: Uint32Array,
  others: Uint32Array,
): void {
  let gap = 0
  for (let index = from; index < from + count; index++) {
    const error = errors[index]!
    if (error === 0) {
      gap++
      continue
    }
    gaps[tokenOf(gap)]!++
    others[tokenOf(error - 1)]!++
    gap = 0
  }
  if (gap > 0) gaps[tokenOf(gap)]!++
}

const pair = new Int32Array(2)

/** Writes one block's errors (zigzag). */
export function writeSparse(
  output: BitWriter,
  errors: Int32Array,
  from: number,
  count: number,
  gaps: PrefixCode,
  others: PrefixCode,
): void {
  let gap = 0
  for (let index = from; index < from + count; index++) {
    const error = errors[index]!
    if (error === 0) {
      gap++
      continue
    }
    pair[0] = gap
    pair[1] = error - 1
    output.writeTokens(pair, 0, 1, gaps.codes)
    output.writeTokens(pair, 1, 1, others.codes)
    gap = 0
  }
  pair[0] = gap
  if (gap > 0) output.writeTokens(pair, 0, 1, gaps.codes)
}

/** Reads one block's errors from the loaded bits into `into`, signed; the position behind them. The tables are those of smallTable. */
export function readSparse(
  gaps: Uint16Array,
  others: Uint16Array,
  from: number,
  count: number,
  into: Int32Array,
): number {
  let position = from
  let index = 0
  while (index < count) {
    const gapEntry = smallEntryAt(gaps, position)
    const gap = numberAt(gapEntry, position)
    position += bitsOf(gapEntry)
    if (gap > count - index) throw damaged(`a gap of ${gap} rows where ${count - index} are left`)
    for (const end = index + gap; index < end; index++) into[index] = 0
    if (index === count) break
    const entry = smallEntryAt(others, position)
    const zigzag = numberAt(entry, position) + 1
    position += bitsOf(entry)
    into[index++] = (zigzag >>> 1) ^ -(zigzag & 1)
  }
  return position
}
