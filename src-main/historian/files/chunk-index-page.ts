// Writes rows of an index: of one chunk from its summary, of a page from the rows of up to 64 neighbouring chunks.
import { isGood } from '../../shared/status-code.ts'
import { type ChunkSummary, severity } from '../codec/chunk-summary.ts'
import { rowFlags, rowLayout, rowWords } from './chunk-rows.ts'

/** Chunks whose rows are taken together as one page. */
export const chunksPerPage = 64
/** Series with fewer rows in a partition have no pages: reading the rows costs as little. */
export const leastRowsForPages = 8

const { numbers: n, words: w } = rowLayout

/** Where a chunk is and what it came with. */
export interface ChunkPlace {
  readonly offset: number
  /** Of the whole record. */
  readonly length: number
  readonly sealNumber: number
  readonly joinedSeals: number
  readonly isBackFill: boolean
}

/** Writes one row at row `at` of the columns, which are two views of the same bytes. */
export function writeRow(
  numbers: Float64Array,
  words: Uint32Array,
  at: number,
  summary: ChunkSummary,
  place: ChunkPlace,
): void {
  const number = at * rowWords
  const word = number * 2
  numbers[number + n.firstTimestamp] = summary.firstTimestamp
  numbers[number + n.lastTimestamp] = summary.lastTimestamp
  numbers[number + n.minimum] = summary.minimum
  numbers[number + n.maximum] = summary.maximum
  numbers[number + n.sum] = summary.sum
  numbers[number + n.first] = summary.first
  numbers[number + n.last] = summary.last
  numbers[number + n.slopedIntegral] = summary.slopedIntegral
  numbers[number + n.steppedIntegral] = summary.steppedIntegral
  numbers[number + n.offset] = place.offset
  numbers[number + n.sealNumber] = place.sealNumber
  words[word + w.count] = summary.count
  words[word + w.usableCount] = summary.usableCount
  words[word + w.goodCount] = summary.goodCount
  words[word + w.badCount] = summary.badCount
  words[word + w.uncertainCount] = summary.uncertainCount
  words[word + w.worstStatusCode] = summary.worstStatusCode
  words[word + w.firstStatusCode] = summary.firstStatusCode
  words[word + w.lastStatusCode] = summary.lastStatusCode
  words[word + w.usableDurationMs] = summary.usableDurationMs
  words[word + w.goodDurationMs] = summary.goodDurationMs
  words[word + w.lengthAndFlags] =
    place.length * 32 +
    (place.isBackFill ? rowFlags.backFill : 0) +
    (summary.startsUsable ? rowFlags.startsUsable : 0) +
    (summary.endsUsable ? rowFlags.endsUsable : 0)
  words[word + w.joinedSeals] = place.joinedSeals
}

/** Length of the chunk's record, or chunks of the page, in a row's words. */
export function lengthOf(words: Uint32Array, row: number): number {
  return (words[row * 2 * rowWords + w.lengthAndFlags] as number) >>> 5
}

export function flagsOf(words: Uint32Array, row: number): number {
  return (words[row * 2 * rowWords + w.lengthAndFlags] as number) & 31
}

/**
 * The rows [begin, end) as one: what a summary of all their samples would say, with the time between two chunks counted as between
 * two samples of one chunk. Marked `mixed` when they overlap. Given as {@link rowWords} numbers.
 */
export function joinedRow(numbers: Float64Array, begin: number, end: number): Float64Array {
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2)
  const joined = numbers.slice(begin * rowWords, (begin + 1) * rowWords)
  const joinedWords = new Uint32Array(joined.buffer)
  let lowestSeal = lowestSealOf(numbers, words, begin)
  let isMixed = false
  for (let row = begin + 1; row < end; row++) {
    if ((numbers[row * rowWords + n.firstTimestamp] as number) <= (joined[n.lastTimestamp] as number)) isMixed = true
    addGap(joined, joinedWords, numbers, words, row)
    addRow(joined, joinedWords, numbers, words, row)
    lowestSeal = Math.min(lowestSeal, lowestSealOf(numbers, words, row))
  }
  const flags =
    rowFlags.page |
    (isMixed ? rowFlags.mixed : 0) |
    (flagsOf(words, begin) & rowFlags.startsUsable) |
    (flagsOf(words, end - 1) & rowFlags.endsUsable)
  joined[n.offset] = begin
  joinedWords[w.lengthAndFlags] = (end - begin) * 32 + flags
  joinedWords[w.joinedSeals] = Math.min(0xffffffff, (joined[n.sealNumber] as number) - lowestSeal)
  return joined
}

function lowestSealOf(numbers: Float64Array, words: Uint32Array, row: number): number {
  const joined = words[row * 2 * rowWords + w.joinedSeals] as number
  return joined === 0xffffffff ? 0 : (numbers[row * rowWords + n.sealNumber] as number) - joined
}

/** Adds what lies between the last sample so far and the first of `row`. */
function addGap(
  joined: Float64Array,
  joinedWords: Uint32Array,
  numbers: Float64Array,
  words: Uint32Array,
  row: number,
): void {
  const at = row * rowWords
  const gap = (numbers[at + n.firstTimestamp] as number) - (joined[n.lastTimestamp] as number)
  if (gap <= 0) return
  if (isGood(joinedWords[w.lastStatusCode] as number)) (joinedWords[w.goodDurationMs] as number) += gap
  if ((flagsOf(joinedWords, 0) & rowFlags.endsUsable) === 0) return
  const last = joined[n.last] as number
  const next = (flagsOf(words, row) & rowFlags.startsUsable) !== 0 ? (numbers[at + n.first] as number) : last
  ;(joinedWords[w.usableDurationMs] as number) += gap
  ;(joined[n.steppedIntegral] as number) += last * gap
  ;(joined[n.slopedIntegral] as number) += ((last + next) / 2) * gap
}

function addRow(
  joined: Float64Array,
  joinedWords: Uint32Array,
  numbers: Float64Array,
  words: Uint32Array,
  row: number,
): void {
  const at = row * rowWords
  const word = at * 2
  joined[n.lastTimestamp] = Math.max(joined[n.lastTimestamp] as number, numbers[at + n.lastTimestamp] as number)
  joined[n.sealNumber] = Math.max(joined[n.sealNumber] as number, numbers[at + n.sealNumber] as number)
  if ((words[word + w.usableCount] as number) > 0) {
    if ((joinedWords[w.usableCount] as number) === 0) {
      for (const column of [n.minimum, n.maximum, n.first]) joined[column] = numbers[at + column] as number
      joined[n.sum] = 0
    }
    joined[n.minimum] = Math.min(joined[n.minimum] as number, numbers[at + n.minimum] as number)
    joined[n.maximum] = Math.max(joined[n.maximum] as number, numbers[at + n.maximum] as number)
    ;(joined[n.sum] as number) += numbers[at + n.sum] as number
    joined[n.last] = numbers[at + n.last] as number
  }
  for (const column of [n.steppedIntegral, n.slopedIntegral])
    (joined[column] as number) += numbers[at + column] as number
  for (const column of countColumns) (joinedWords[column] as number) += words[word + column] as number
  const worst = words[word + w.worstStatusCode] as number
  if (severity(worst) > severity(joinedWords[w.worstStatusCode] as number)) joinedWords[w.worstStatusCode] = worst
  joinedWords[w.lastStatusCode] = words[word + w.lastStatusCode] as number
  joinedWords[w.lengthAndFlags] =
    (flagsOf(joinedWords, 0) & rowFlags.startsUsable) | (flagsOf(words, row) & rowFlags.endsUsable)
}

const countColumns = [
  w.count,
  w.usableCount,
  w.goodCount,
  w.badCount,
  w.uncertainCount,
  w.usableDurationMs,
  w.goodDurationMs,
] as const
