// A chunk: up to 4096 samples of one series, without their time stamps, as bytes; read in blocks of 256. FORMAT.md draws it all.
//
//   byte    version (1)
//   byte    1: the rows have runs of status and kind; 0: all are Good numbers
//   varint  count − 1
//   runs    (row-runs.ts) where there are some
//   numbers (number-column.ts)
//   texts   (text-codec.ts) where rows have kind 5
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Samples } from '../samples.ts'
import { type BlockFigures, figuresOfRows } from './block-figures.ts'
import { ByteReader, damaged } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { type ChunkSummary, summarize, summarizeGood } from './chunk-summary.ts'
import { rowLimit } from './integer-column.ts'
import { chooseNumbers, NumberColumn, type NumberHint, writeNumbers } from './number-column.ts'
import {
  type BlockRows,
  blocksOf,
  classifyRows,
  negativeZeroKind,
  nullKind,
  numberKind,
  otherKind,
  type RowRuns,
  rawKind,
  readRowRuns,
  runsOf,
  uniformBlocks,
  writeRowRuns,
} from './row-runs.ts'
import { readTexts, writeTexts } from './text-codec.ts'
import { blockSampleCount } from './timestamp-codec.ts'
import { fromNumberRuns } from './value-runs.ts'

/** A chunk has at most so many samples. */
export const largestChunkCount = rowLimit

const version = 1

/**
 * What the last chunk of a series taught (coder, decimals, predictor, code): saves the search. Keep it per series in memory,
 * never on disk; any hint, also none or one of another series, gives a right chunk.
 */
export type ChunkHint = NumberHint

/** A chunk ready to be written. `bytes` is a fresh array owned by the caller. */
export interface EncodedChunk {
  readonly bytes: Uint8Array
  readonly summary: ChunkSummary
  /** For the next chunk of the same series. */
  readonly hint: ChunkHint
}

/** Columns to decode into: rows of a block go to `at`, `at` + 1, …; `others` is made when a row needs it, and cleared where not. */
export interface ValueColumns {
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  others: (TagValue | undefined)[] | null
}

/** What is known of each block without decoding it, one row per block; the words are those of SampleSummary. Read-only. */
export interface BlockSummaries extends BlockFigures {
  readonly count: Uint16Array
  readonly usableCount: Uint16Array
  readonly goodCount: Uint16Array
  readonly worstStatusCode: Uint32Array
}

/** A chunk whose blocks can be read one by one. Holds on to the bytes it was opened from. */
export interface OpenChunk {
  /** 1 to {@link largestChunkCount}. */
  readonly count: number
  /** ⌈count / 256⌉. */
  readonly blockCount: number
  /** Every row is a Good number: status code 0, and no other value. */
  readonly isUniform: boolean
  /** Without decoding values. */
  readonly blocks: BlockSummaries
  /** Writes the rows of one block to `into` from `at` on; how many. RuntimeError BadDecodingError on damaged bytes. */
  decodeBlock(index: number, into: ValueColumns, at: number): number
  /** All rows in fresh columns of exactly `count`. RuntimeError BadDecodingError on damaged bytes. */
  decodeAll(): ValueColumns
}

// Work space; nobody keeps anything in it between two calls.
const output = new ByteWriter()
const numbers = new Float64Array(rowLimit)
const kinds = new Uint8Array(rowLimit)
const rowOfNumber = new Uint16Array(rowLimit)
const misfits: number[] = []

/**
 * Bytes and summary of 1 to 4096 samples, ordered by time. Values come back bit by bit. The time stamps are used for the
 * integrals only; they are not among the bytes. RuntimeError BadInvalidArgument for more or no samples, and for texts that
 * take more than 64 MB together or values nested more than 64 deep.
 */
export function encodeChunk(samples: Samples, hint: ChunkHint | null = null): EncodedChunk {
  const { count } = samples
  if (!(count >= 1 && count <= largestChunkCount))
    throw new RuntimeError('BadInvalidArgument', `A chunk of ${count} samples; 1 to ${largestChunkCount} are possible`)
  const isGood = !classifyRows(samples, kinds)
  let hasRuns = !isGood
  let numberCount = gatherNumbers(samples, hasRuns)
  let coding = chooseNumbers(numbers, numberCount, hint, misfits)
  while (misfits.length > 0) {
    if (!hasRuns) kinds.fill(numberKind, 0, count)
    for (const index of misfits) kinds[hasRuns ? rowOfNumber[index]! : index] = rawKind
    hasRuns = true
    numberCount = gatherNumbers(samples, hasRuns)
    coding = chooseNumbers(numbers, numberCount, hint, misfits)
  }

  output.clear()
  output.byte(version)
  output.byte(hasRuns ? 1 : 0)
  output.varint(count - 1)
  let blocks = uniformBlocks(count)
  if (hasRuns) {
    const runs = runsOf(samples.statusCode, kinds, count)
    writeRowRuns(output, runs, samples)
    blocks = blocksOf(runs, rawRows(samples), count)
  }
  const next = writeNumbers(output, coding, blocks, () => figuresOfRows(samples), hint)
  if (hasRuns) {
    const texts = otherValues(samples)
    if (texts.length > 0) writeTexts(output, texts)
  }
  return { bytes: output.take(), summary: isGood ? summarizeGood(samples) : summarize(samples), hint: next }
}

/** Fills `numbers` with those of the rows that are numbers, and `rowOfNumber` when not all are; how many. */
function gatherNumbers(samples: Samples, hasRuns: boolean): number {
  if (!hasRuns) {
    numbers.set(samples.value.subarray(0, samples.count))
    return samples.count
  }
  let count = 0
  for (let row = 0; row < samples.count; row++)
    if (kinds[row] === numberKind) {
      rowOfNumber[count] = row
      numbers[count++] = samples.value[row]!
    }
  return count
}

function rawRows(samples: Samples): Float64Array {
  const raw: number[] = []
  for (let row = 0; row < samples.count; row++) if (kinds[row] === rawKind) raw.push(samples.value[row]!)
  return Float64Array.from(raw)
}

function otherValues(samples: Samples): TagValue[] {
  const others: TagValue[] = []
  for (let row = 0; row < samples.count; row++) if (kinds[row] === otherKind) others.push(samples.others![row]!)
  return others
}

/** Opens what {@link encodeChunk} gave. RuntimeError BadDecodingError on anything else, in bounded time and memory. */
export function openChunk(bytes: Uint8Array): OpenChunk {
  const input = new ByteReader(bytes)
  const found = input.byte()
  if (found !== version) throw damaged(`version ${found} of a chunk is not known`)
  const flags = input.byte()
  if (flags > 1) throw damaged(`a chunk with flags ${flags}`)
  const count = input.varint(largestChunkCount - 1) + 1
  const rows = flags === 1 ? readRowRuns(input, count) : null
  const blocks = rows ? blocksOf(rows.runs, rows.raw, count) : uniformBlocks(count)
  const column = new NumberColumn(input, blocks)
  return rows
    ? new MixedChunk(count, blocks, column, rows.runs, rows.raw, input)
    : new UniformChunk(count, blocks, column)
}

/** A chunk of Good numbers. */
class UniformChunk implements OpenChunk {
  readonly isUniform = true
  readonly count: number
  readonly blockCount: number
  readonly #blocks: BlockRows
  readonly #numbers: NumberColumn
  #summaries: BlockSummaries | null = null

  constructor(count: number, blocks: BlockRows, column: NumberColumn) {
    this.count = count
    this.blockCount = blocks.count.length
    this.#blocks = blocks
    this.#numbers = column
  }

  get blocks(): BlockSummaries {
    this.#summaries ??= summariesOf(this.#blocks, this.#numbers.figures ?? this.#runFigures())
    return this.#summaries
  }

  decodeBlock(index: number, into: ValueColumns, at: number): number {
    return this.#decode(index, index + 1, into, at)
  }

  decodeAll(): ValueColumns {
    const into = { value: new Float64Array(this.count), statusCode: new Uint32Array(this.count), others: null }
    this.#numbers.decode(0, this.blockCount, into.value, 0)
    return into
  }

  #decode(from: number, to: number, into: ValueColumns, at: number): number {
    const count = this.#numbers.decode(from, to, into.value, at)
    into.statusCode.fill(0, at, at + count)
    into.others?.fill(undefined, at, at + count)
    return count
  }

  /** Figures of numbers that are stored as runs. */
  #runFigures(): BlockFigures {
    const runs = this.#numbers.runs!
    fromNumberRuns(runs, 0, this.count, numbers, 0)
    return figuresOfRows({ count: this.count, value: numbers, statusCode: allGood, others: null })
  }
}

const allGood = new Uint32Array(rowLimit)

/** A chunk with different status codes, or values that are no numbers. */
class MixedChunk implements OpenChunk {
  readonly isUniform = false
  readonly count: number
  readonly blockCount: number
  readonly #blocks: BlockRows
  readonly #numbers: NumberColumn
  readonly #runs: RowRuns
  readonly #raw: Float64Array
  readonly #input: ByteReader
  #texts: readonly TagValue[] | null = null
  #summaries: BlockSummaries | null = null

  constructor(
    count: number,
    blocks: BlockRows,
    column: NumberColumn,
    runs: RowRuns,
    raw: Float64Array,
    input: ByteReader,
  ) {
    this.count = count
    this.blockCount = blocks.count.length
    this.#blocks = blocks
    this.#numbers = column
    this.#runs = runs
    this.#raw = raw
    this.#input = input
  }

  get blocks(): BlockSummaries {
    this.#summaries ??= summariesOf(this.#blocks, this.#numbers.figures ?? this.#rowFigures())
    return this.#summaries
  }

  decodeBlock(index: number, into: ValueColumns, at: number): number {
    return this.#decode(index, index + 1, into, at)
  }

  decodeAll(): ValueColumns {
    const into = { value: new Float64Array(this.count), statusCode: new Uint32Array(this.count), others: null }
    this.#decode(0, this.blockCount, into, 0)
    return into
  }

  #rowFigures(): BlockFigures {
    return figuresOfRows({ count: this.count, ...this.decodeAll() })
  }

  #decode(from: number, to: number, into: ValueColumns, at: number): number {
    this.#numbers.decode(from, to, numbers, 0)
    const begin = from * blockSampleCount
    const end = Math.min(this.count, to * blockSampleCount)
    let run = this.#blocks.firstRun[from]!
    let number = 0
    let raw = this.#blocks.rawBefore[from]!
    let other = this.#blocks.othersBefore[from]!
    into.others?.fill(undefined, at, at + end - begin)
    for (let row = begin; row < end; run++) {
      const length = Math.min(end, this.#runs.end[run]!) - row
      const target = at + row - begin
      const kind = this.#runs.kind[run]!
      into.statusCode.fill(this.#runs.statusCode[run]!, target, target + length)
      if (kind === numberKind) {
        into.value.set(numbers.subarray(number, number + length), target)
        number += length
      } else if (kind === rawKind) {
        into.value.set(this.#raw.subarray(raw, raw + length), target)
        raw += length
      } else {
        into.value.fill(kind === negativeZeroKind ? -0 : Number.NaN, target, target + length)
        if (kind === nullKind || kind === otherKind) {
          into.others ??= []
          for (let index = 0; index < length; index++)
            into.others[target + index] = kind === nullKind ? null : this.#text(other++)
        }
      }
      row += length
    }
    return end - begin
  }

  /** Texts are read all at once, when the first is needed. */
  #text(index: number): TagValue {
    if (this.#texts === null) {
      const count = this.#runs.kind.reduce((sum, kind, run) => sum + (kind === otherKind ? this.#lengthOf(run) : 0), 0)
      this.#texts = readTexts(this.#input, count)
    }
    return this.#texts[index]!
  }

  #lengthOf(run: number): number {
    return this.#runs.end[run]! - (this.#runs.end[run - 1] ?? 0)
  }
}

function summariesOf(blocks: BlockRows, figures: BlockFigures): BlockSummaries {
  return {
    count: blocks.count,
    usableCount: blocks.usableCount,
    goodCount: blocks.goodCount,
    worstStatusCode: blocks.worstStatusCode,
    minimum: figures.minimum,
    maximum: figures.maximum,
    sum: figures.sum,
    first: figures.first,
    last: figures.last,
  }
}
