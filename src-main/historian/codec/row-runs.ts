// What each row of a chunk is, apart from its number: its status code, and where its value stands. Both change rarely, so they
// are runs; a chunk of Good numbers has none.
//
//   varint  number of states; for each: uint32 status code, byte kind (below)
//   only when there are several states:
//   varint  number of runs; for each: varint state, varint length − 1
//   8 bytes for each row of kind 4, little-endian

import type { Samples } from '../samples.ts'
import { type ByteReader, damaged } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { isUsable, severity } from './chunk-summary.ts'
import { type BlockBounds, rowLimit } from './integer-column.ts'
import { blockSampleCount } from './timestamp-codec.ts'

/** A number that the coder of numbers has; never NaN nor −0. */
export const numberKind = 0
/** No value (null). */
export const nullKind = 1
/** The usual NaN (bits 7ff80000 00000000). */
export const nanKind = 2
export const negativeZeroKind = 3
/** Any 64 bits: other NaNs, and single numbers that do not fit the coder of the others. */
export const rawKind = 4
/** A text or whatever else is no number: text-codec.ts. */
export const otherKind = 5
const kindCount = 6

/** Runs of rows with the same status code and kind, in order; `end[i]` is the first row behind run i. */
export interface RowRuns {
  readonly end: Uint16Array
  readonly statusCode: Uint32Array
  readonly kind: Uint8Array
}

/** Which of the two words of a float64 has sign and exponent. */
export const highWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0
export const lowWord = 1 - highWord

/**
 * Fills `kinds` with the kind of each row; false when all of them are Good numbers (then `kinds` is not filled).
 * `value` are the bits of the samples' values.
 */
export function classifyRows(samples: Samples, kinds: Uint8Array): boolean {
  const { count, value, statusCode, others } = samples
  let isPlain = others === null
  for (let row = 0; row < count && isPlain; row++) {
    const number = value[row]!
    // 1 / −0 is −∞; NaN is not equal to itself.
    isPlain = statusCode[row] === 0 && (number !== 0 ? number <= 0 || number > 0 : 1 / number > 0)
  }
  if (isPlain) return false
  const bits = new Uint32Array(value.buffer, value.byteOffset, 2 * count)
  for (let row = 0; row < count; row++) kinds[row] = kindOf(value[row]!, others?.[row], bits, row)
  return true
}

function kindOf(number: number, other: unknown, bits: Uint32Array, row: number): number {
  if (other !== undefined) return other === null ? nullKind : otherKind
  if (number === 0) return Object.is(number, 0) ? numberKind : negativeZeroKind
  if (!Number.isNaN(number)) return numberKind
  return bits[2 * row + highWord] === 0x7ff8_0000 && bits[2 * row + lowWord] === 0 ? nanKind : rawKind
}

/** The runs of classified rows. */
export function runsOf(statusCode: Uint32Array, kinds: Uint8Array, count: number): RowRuns {
  const end = new Uint16Array(count)
  let runCount = 0
  for (let row = 1; row <= count; row++)
    if (row === count || statusCode[row] !== statusCode[row - 1] || kinds[row] !== kinds[row - 1]) end[runCount++] = row
  const ends = end.slice(0, runCount)
  return {
    end: ends,
    statusCode: Uint32Array.from(ends, (behind) => statusCode[behind - 1]!),
    kind: Uint8Array.from(ends, (behind) => kinds[behind - 1]!),
  }
}

/** Appends runs and raw rows. */
export function writeRowRuns(output: ByteWriter, runs: RowRuns, samples: Samples): void {
  const states = new Map<number, number>()
  const stateOf = (run: number) => runs.statusCode[run]! * kindCount + runs.kind[run]!
  for (let run = 0; run < runs.end.length; run++) if (!states.has(stateOf(run))) states.set(stateOf(run), states.size)
  output.varint(states.size)
  for (const state of states.keys()) {
    output.uint32(Math.floor(state / kindCount))
    output.byte(state % kindCount)
  }
  if (states.size > 1) {
    output.varint(runs.end.length)
    for (let run = 0; run < runs.end.length; run++) {
      output.varint(states.get(stateOf(run))!)
      output.varint(runs.end[run]! - (runs.end[run - 1] ?? 0) - 1)
    }
  }
  const bytes = new Uint8Array(samples.value.buffer, samples.value.byteOffset, 8 * samples.count)
  for (let run = 0, from = 0; run < runs.end.length; from = runs.end[run++]!)
    if (runs.kind[run] === rawKind) output.append(bytes.subarray(8 * from, 8 * runs.end[run]!))
}

const noRaw = new Float64Array(0)

/** Runs that reach exactly to `count`, and the raw rows' bits. */
export function readRowRuns(input: ByteReader, count: number): { runs: RowRuns; raw: Float64Array } {
  const stateCount = input.varint(count)
  if (stateCount === 0) throw damaged('rows without a state')
  const states = Array.from({ length: stateCount }, () => ({ statusCode: input.uint32(), kind: input.byte() }))
  for (const { kind } of states) if (kind >= kindCount) throw damaged(`a row of kind ${kind}`)
  const runCount = stateCount === 1 ? 1 : input.varint(count)
  const runs = {
    end: new Uint16Array(runCount),
    statusCode: new Uint32Array(runCount),
    kind: new Uint8Array(runCount),
  }
  let end = 0
  let rawCount = 0
  for (let run = 0; run < runCount; run++) {
    const state = states[stateCount === 1 ? 0 : input.varint(stateCount - 1)]!
    const length = stateCount === 1 ? count : input.varint(count - 1) + 1
    end += length
    if (end > count) throw damaged(`runs of ${end} of ${count} rows`)
    if (state.kind === rawKind) rawCount += length
    runs.end[run] = end
    runs.statusCode[run] = state.statusCode
    runs.kind[run] = state.kind
  }
  if (end !== count) throw damaged(`runs of ${end} of ${count} rows`)
  if (rawCount === 0) return { runs, raw: noRaw }
  const raw = new Float64Array(rawCount)
  // Copied: the bytes may lie anywhere in a larger buffer, as those of a file do.
  new Uint8Array(raw.buffer).set(input.take(8 * rawCount))
  return { runs, raw }
}

/** What runs say of the blocks of a chunk. */
export interface BlockRows {
  /** Numbers of each block among all numbers of the chunk. */
  readonly bounds: BlockBounds
  /** 1: every usable row is a number and every number is usable. */
  readonly isPlain: Uint8Array
  readonly count: Uint16Array
  readonly usableCount: Uint16Array
  readonly goodCount: Uint16Array
  readonly worstStatusCode: Uint32Array
  /** The run in which each block begins, and the rows of kind raw and other before it. */
  readonly firstRun: Uint16Array
  readonly rawBefore: Uint16Array
  readonly othersBefore: Uint16Array
}

function emptyBlocks(blockCount: number): BlockRows {
  return {
    bounds: new Uint16Array(blockCount + 1),
    isPlain: new Uint8Array(blockCount).fill(1),
    count: new Uint16Array(blockCount),
    usableCount: new Uint16Array(blockCount),
    goodCount: new Uint16Array(blockCount),
    worstStatusCode: new Uint32Array(blockCount),
    firstRun: new Uint16Array(blockCount),
    rawBefore: new Uint16Array(blockCount),
    othersBefore: new Uint16Array(blockCount),
  }
}

/** Blocks of a chunk with runs. */
export function blocksOf(runs: RowRuns, raw: Float64Array, count: number): BlockRows {
  const blocks = emptyBlocks(Math.ceil(count / blockSampleCount))
  let run = 0
  let raws = 0
  let others = 0
  let numbers = 0
  for (let block = 0; block < blocks.count.length; block++) {
    let row = block * blockSampleCount
    const end = Math.min(count, row + blockSampleCount)
    blocks.bounds[block] = numbers
    blocks.count[block] = end - row
    blocks.firstRun[block] = run
    blocks.rawBefore[block] = raws
    blocks.othersBefore[block] = others
    blocks.worstStatusCode[block] = runs.statusCode[run]!
    while (row < end) {
      const length = Math.min(end, runs.end[run]!) - row
      countRun(blocks, block, runs.statusCode[run]!, runs.kind[run]!, length, raw, raws)
      if (runs.kind[run] === numberKind) numbers += length
      if (runs.kind[run] === rawKind) raws += length
      if (runs.kind[run] === otherKind) others += length
      row += length
      if (row === runs.end[run]) run++
    }
  }
  blocks.bounds[blocks.count.length] = numbers
  return blocks
}

function countRun(
  blocks: BlockRows,
  block: number,
  statusCode: number,
  kind: number,
  length: number,
  raw: Float64Array,
  rawFrom: number,
): void {
  const worst = severity(statusCode)
  if (worst > severity(blocks.worstStatusCode[block]!)) blocks.worstStatusCode[block] = statusCode
  let usable = 0
  if (kind === numberKind || kind === negativeZeroKind) usable = worst === 2 ? 0 : length
  else if (kind === rawKind)
    for (let index = rawFrom; index < rawFrom + length; index++) if (isUsable(raw[index]!, statusCode)) usable++
  if (kind === numberKind ? usable !== length : usable > 0) blocks.isPlain[block] = 0
  blocks.usableCount[block]! += usable
  if (worst === 0) blocks.goodCount[block]! += usable
}

// Blocks of a chunk of Good numbers only differ in their count: made once.
const uniform: (BlockRows | undefined)[] = new Array(rowLimit + 1).fill(undefined)

/** Blocks of a chunk without runs. Shared: never written to. */
export function uniformBlocks(count: number): BlockRows {
  const known = uniform[count]
  if (known !== undefined) return known
  const blocks = emptyBlocks(Math.ceil(count / blockSampleCount))
  for (let block = 0; block < blocks.count.length; block++) {
    const rows = Math.min(blockSampleCount, count - block * blockSampleCount)
    blocks.count[block] = rows
    blocks.usableCount[block] = rows
    blocks.goodCount[block] = rows
    blocks.bounds[block + 1] = block * blockSampleCount + rows
  }
  uniform[count] = blocks
  return blocks
}
