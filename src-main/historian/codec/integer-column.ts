// Whole numbers (32 bits) of a chunk or of a column of time stamps, in blocks that can be read one by one: every block begins
// anew with its first number; the others are what a predictor could not guess, as a dense or sparse code.
//
//   byte      predictor (predictor.ts), + 128 when the code is sparse
//   zigzag    parameter of the predictor: step or jump
//   code(s)   dense: one code of tokens; sparse: of the gaps, of the errors (huffman.ts)
//   packed    bits of each block
//   packed    first number of each block less the last one of the block before (the first block: less 0), as zigzag
//   packed    last number of each block less its first one, as zigzag
//   bits      the blocks without a gap between them, filled up to a byte
//
// "Each block": each that has a number at all.
import { loadBits } from './bit-reader.ts'
import { BitWriter } from './bit-writer.ts'
import { type ByteReader, damaged } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { readTokenCode, type TokenCode } from './code-cache.ts'
import { countTokens, extraCost } from './dense-code.ts'
import { codeLengths, PrefixCode, writeCode } from './huffman.ts'
import { fromZigzag, readPackedColumn, toZigzag, writePackedColumn } from './packed-column.ts'
import {
  deltaPredictor,
  firstSmoothing,
  linePredictor,
  type Prediction,
  predictErrors,
  predictorCount,
  restoreNumbers,
} from './predictor.ts'
import { countSparse, readSparse, writeSparse } from './sparse-code.ts'
import { tokenBase, tokenCount } from './token.ts'

const sparseFlag = 0x80
/** Rows and blocks of a chunk at most. */
export const rowLimit = 4096
export const blockLimit = 16
/** Chunks after which the predictor is chosen anew. */
const longestTrust = 16
/** Blocks that predictors are compared on. */
const trialBlockCount = 2
/** Smoothing predictors that are tried first: one of four. */
const coarseStep = 4
const coarseSmoothings = [firstSmoothing, firstSmoothing + coarseStep, firstSmoothing + 2 * coarseStep]
/** A change so many times larger than nine of ten others is a jump. */
const jumpFactor = 8
/** From this share of zeros on a sparse code may be shorter. */
const sparseShare = 0.5
/** The code of the last chunk is kept while it costs at most so much more, because readers then have its tables already. */
const keptCodeCost = 1.004
const keptCodeBits = 24

/** What the last column of a series taught. */
export interface IntegerHint {
  readonly age: number
  readonly prediction: Prediction
  /** null: the code was sparse. */
  readonly code: PrefixCode | null
}

/**
 * Rows of the blocks among the numbers: block b has the numbers bounds[b] to bounds[b + 1] − 1. One more entry than blocks;
 * at most 16 blocks and 4096 numbers.
 */
export type BlockBounds = Uint16Array

// Work space; nobody keeps anything in it between two calls.
const errors = new Int32Array(rowLimit + 4)
const tokens = new Uint32Array(tokenCount)
const gapTokens = new Uint32Array(tokenCount)
const otherTokens = new Uint32Array(tokenCount)
const column = new Float64Array(blockLimit)
const stream = new BitWriter()
// A small array of numbers is made faster than a typed array, which has memory outside the heap.
const noBits: readonly number[] = Array.from({ length: blockLimit + 1 }, () => 0)

/** Appends the numbers of all blocks; what to hand over with the next column of the same series. */
export function writeIntegers(
  output: ByteWriter,
  numbers: Int32Array,
  bounds: BlockBounds,
  hint: IntegerHint | null,
): IntegerHint {
  const blockCount = bounds.length - 1
  const isTrusted = hint !== null && hint.age < longestTrust
  const prediction = isTrusted ? hint.prediction : choosePrediction(numbers, bounds)
  tokens.fill(0)
  for (let block = 0; block < blockCount; block++) {
    const from = bounds[block]!
    const to = bounds[block + 1]!
    if (from === to) continue
    predictErrors(numbers, from, to, prediction, errors)
    countTokens(errors, from, to - from - 1, tokens)
  }
  const sparse = chooseSparse(bounds)
  const code = sparse ? null : chooseCode(hint?.code ?? null)
  output.byte(sparse ? prediction.predictor | sparseFlag : prediction.predictor)
  output.zigzag(prediction.parameter)
  if (sparse) {
    writeCode(output, sparse.gaps)
    writeCode(output, sparse.others)
  } else writeCode(output, code!)

  stream.clear()
  let used = 0
  for (let block = 0; block < blockCount; block++) {
    const from = bounds[block]!
    const count = bounds[block + 1]! - from - 1
    if (count < 0) continue
    const before = stream.bitCount
    if (sparse) writeSparse(stream, errors, from, count, sparse.gaps, sparse.others)
    else stream.writeTokens(errors, from, count, code!.codes)
    column[used++] = stream.bitCount - before
  }
  writePackedColumn(output, column, used)
  writeEnds(output, numbers, bounds)
  output.append(stream.finish())
  return { age: isTrusted ? hint.age + 1 : 0, prediction, code }
}

function writeEnds(output: ByteWriter, numbers: Int32Array, bounds: BlockBounds): void {
  const ends = new Float64Array(blockLimit)
  let before = 0
  let used = 0
  for (let block = 0; block + 1 < bounds.length; block++) {
    if (bounds[block] === bounds[block + 1]) continue
    const first = numbers[bounds[block]!]!
    const last = numbers[bounds[block + 1]! - 1]!
    column[used] = toZigzag((first - before) | 0)
    ends[used++] = toZigzag((last - first) | 0)
    before = last
  }
  writePackedColumn(output, column, used)
  writePackedColumn(output, ends, used)
}

/** The code for the counted tokens: the last one while it is nearly as good as the best. */
function chooseCode(last: PrefixCode | null): PrefixCode {
  const best = new PrefixCode(codeLengths(tokens))
  if (last === null || last === best) return best
  return last.cost(tokens) <= best.cost(tokens) * keptCodeCost + keptCodeBits ? last : best
}

/** Codes of a sparse code where it is shorter than a dense one; null where not. */
function chooseSparse(bounds: BlockBounds): { gaps: PrefixCode; others: PrefixCode } | null {
  const count = tokens.reduce((sum, ofToken) => sum + ofToken, 0)
  if (count === 0 || tokens[0]! < sparseShare * count) return null
  gapTokens.fill(0)
  otherTokens.fill(0)
  for (let block = 0; block + 1 < bounds.length; block++) {
    const from = bounds[block]!
    const inBlock = bounds[block + 1]! - from - 1
    if (inBlock > 0) countSparse(errors, from, inBlock, gapTokens, otherTokens)
  }
  const gaps = new PrefixCode(codeLengths(gapTokens))
  const others = new PrefixCode(codeLengths(otherTokens))
  const sparseCost = gaps.cost(gapTokens) + extraCost(gapTokens) + others.cost(otherTokens) + extraCost(otherTokens)
  const denseCost = new PrefixCode(codeLengths(tokens)).cost(tokens) + extraCost(tokens)
  return sparseCost < denseCost ? { gaps, others } : null
}

/** What leaves least on a few blocks: `delta`, `line`, or smoothing with a weight found in steps that get smaller. */
function choosePrediction(numbers: Int32Array, bounds: BlockBounds): Prediction {
  const blocks = trialBlocks(bounds)
  let best: Prediction = { predictor: deltaPredictor, parameter: commonStep(numbers, bounds, blocks) }
  let bestCost = trialCost(numbers, bounds, blocks, best)
  const jump = usualChange() * jumpFactor
  const trial = (predictor: number) => {
    const prediction = { predictor, parameter: predictor === linePredictor ? 0 : jump }
    const cost = trialCost(numbers, bounds, blocks, prediction)
    if (cost >= bestCost) return
    best = prediction
    bestCost = cost
  }
  trial(linePredictor)
  for (const predictor of coarseSmoothings) trial(predictor)
  for (let reach = coarseStep >> 1; reach > 0; reach >>= 1) {
    const { predictor } = best
    if (predictor < firstSmoothing) break
    if (predictor + reach < predictorCount) trial(predictor + reach)
    if (predictor - reach >= firstSmoothing) trial(predictor - reach)
  }
  return best
}

/** Bits that the errors on these blocks take at least; their tokens stay counted. */
function trialCost(numbers: Int32Array, bounds: BlockBounds, blocks: readonly number[], by: Prediction): number {
  tokens.fill(0)
  for (const block of blocks) {
    const from = bounds[block]!
    const to = bounds[block + 1]!
    predictErrors(numbers, from, to, by, errors)
    countTokens(errors, from, to - from - 1, tokens)
  }
  return entropy(tokens) + extraCost(tokens)
}

/** What nine of ten counted errors are not above; at least 1, at most 2^24. */
function usualChange(): number {
  const count = tokens.reduce((sum, ofToken) => sum + ofToken, 0)
  let token = 0
  for (let seen = tokens[0]!; seen < 0.9 * count; seen += tokens[token]!) token++
  return Math.min(1 << 24, Math.max(1, tokenBase[token]! / 2))
}

function trialBlocks(bounds: BlockBounds): number[] {
  const filled: number[] = []
  for (let block = 0; block + 1 < bounds.length; block++)
    if (bounds[block + 1]! - bounds[block]! > 1) filled.push(block)
  const stride = Math.max(1, Math.floor(filled.length / trialBlockCount))
  return filled.filter((_, index) => index % stride === 0).slice(0, trialBlockCount)
}

/** The step that more than half of all steps are, or 0 (majority vote: Boyer and Moore 1981). */
function commonStep(numbers: Int32Array, bounds: BlockBounds, blocks: readonly number[]): number {
  let candidate = 0
  let votes = 0
  const eachStep = (visit: (step: number) => void) => {
    for (const block of blocks)
      for (let index = bounds[block]! + 1; index < bounds[block + 1]!; index++)
        visit((numbers[index]! - numbers[index - 1]!) | 0)
  }
  eachStep((step) => {
    if (votes === 0) candidate = step
    votes += step === candidate ? 1 : -1
  })
  let found = 0
  let count = 0
  eachStep((step) => {
    count++
    if (step === candidate) found++
  })
  return 2 * found > count ? candidate : 0
}

/** Bits that symbols which occur so often take at least. */
function entropy(histogram: Uint32Array): number {
  let count = 0
  let bits = 0
  for (const ofToken of histogram)
    if (ofToken > 0) {
      count += ofToken
      bits -= ofToken * Math.log2(ofToken)
    }
  return count === 0 ? 0 : bits + count * Math.log2(count)
}

/** The numbers of a column, read by blocks. Holds on to the bytes it was opened from. */
export class IntegerColumn {
  /** Of each block; 0 where a block has no numbers. */
  readonly first: Int32Array
  readonly last: Int32Array
  readonly #bytes: Uint8Array
  readonly #bounds: BlockBounds
  readonly #prediction: Prediction
  readonly #code: TokenCode
  readonly #gaps: TokenCode | null
  /** Bit at which each block begins, and at which the last one ends. */
  readonly #begin: readonly number[]

  /** Reads up to the end of the column. BadDecodingError when it is none. */
  constructor(input: ByteReader, bounds: BlockBounds) {
    const blockCount = bounds.length - 1
    const predictor = input.byte()
    this.#bytes = input.bytes
    this.#bounds = bounds
    this.#prediction = { predictor: predictor & ~sparseFlag, parameter: input.zigzag() | 0 }
    if (this.#prediction.predictor >= predictorCount) throw damaged(`predictor ${predictor} is not known`)
    this.#gaps = predictor & sparseFlag ? readTokenCode(input) : null
    this.#code = readTokenCode(input)

    let used = 0
    for (let block = 0; block < blockCount; block++) if (bounds[block] !== bounds[block + 1]) used++
    const begin = noBits.slice(0, blockCount + 1)
    readPackedColumn(input, used, column)
    let at = 0
    for (let block = 0, filled = 0; block < blockCount; block++) {
      begin[block] = at
      if (bounds[block] !== bounds[block + 1]) at += column[filled++]!
    }
    begin[blockCount] = at
    this.first = new Int32Array(blockCount)
    this.last = new Int32Array(blockCount)
    readPackedColumn(input, used, column)
    spread(column, bounds, this.first)
    readPackedColumn(input, used, column)
    spread(column, bounds, this.last)
    let before = 0
    for (let block = 0; block < blockCount; block++) {
      if (bounds[block] === bounds[block + 1]) continue
      this.first[block]! += before
      this.last[block]! += this.first[block]!
      before = this.last[block]!
    }
    const streamBytes = Math.ceil(at / 8)
    for (let block = 0; block <= blockCount; block++) begin[block]! += 8 * input.offset
    input.skip(streamBytes)
    this.#begin = begin
  }

  /** Writes the numbers of the blocks `from` to `to` − 1 to `into`, beginning at 0; how many. `into` has room for 4096. */
  decode(from: number, to: number, into: Int32Array): number {
    const start = this.#begin[from]!
    let position = loadBits(this.#bytes, start, this.#begin[to]! - start)
    const shift = position - start
    const all = this.#bounds[to]! - this.#bounds[from]!
    let at = 0
    for (let block = from; block < to; block++) {
      const count = this.#bounds[block + 1]! - this.#bounds[block]!
      if (count === 0) continue
      position = this.#gaps
        ? readSparse(this.#gaps.small, this.#code.small, position, count - 1, errors)
        : this.#code.read(position, count - 1, errors, all)
      if (position !== this.#begin[block + 1]! + shift)
        throw damaged(`block ${block} does not end where the next begins`)
      restoreNumbers(errors, count, this.first[block]!, this.#prediction, into, at)
      at += count
    }
    return at
  }

  /** Writes at least the first `wanted` numbers of one block to `into`; how many. Whether the rest is sound is not looked at. */
  decodeFirst(block: number, wanted: number, into: Int32Array): number {
    const all = this.#bounds[block + 1]! - this.#bounds[block]!
    // Gaps of a sparse code would have to be cut, and are quick to read.
    if (wanted >= all || this.#gaps !== null) return this.decode(block, block + 1, into)
    const start = this.#begin[block]!
    const position = loadBits(this.#bytes, start, this.#begin[block + 1]! - start)
    this.#code.read(position, wanted - 1, errors, wanted)
    restoreNumbers(errors, wanted, this.first[block]!, this.#prediction, into, 0)
    return wanted
  }
}

/** Numbers of the blocks that have some, as zigzag, to their blocks. */
function spread(packed: Float64Array, bounds: BlockBounds, into: Int32Array): void {
  for (let block = 0, filled = 0; block < into.length; block++)
    if (bounds[block] !== bounds[block + 1]) into[block] = fromZigzag(packed[filled++]!)
}
