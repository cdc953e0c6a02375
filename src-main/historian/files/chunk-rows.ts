// Rows of a chunk index as a reader gets them: one series, in order of (first time stamp, seal number), summaries by column.

/** Words of 8 bytes of one row; two 32-bit numbers share one where named so. All little-endian, on disk as in memory. */
export const rowWords = 17
export const rowByteCount = rowWords * 8

/** Places of the columns: `numbers` in words of 8 bytes, `words` in words of 4 bytes. */
export const rowLayout = {
  numbers: {
    firstTimestamp: 0,
    lastTimestamp: 1,
    minimum: 4,
    maximum: 5,
    sum: 6,
    first: 7,
    last: 8,
    slopedIntegral: 9,
    steppedIntegral: 10,
    offset: 12,
    sealNumber: 13,
  },
  words: {
    count: 4,
    usableCount: 5,
    goodCount: 6,
    worstStatusCode: 7,
    usableDurationMs: 22,
    goodDurationMs: 23,
    badCount: 28,
    uncertainCount: 29,
    firstStatusCode: 30,
    lastStatusCode: 31,
    /** Upper 27 bits: length; lower 5: flags. */
    lengthAndFlags: 32,
    /** Seal number less the lowest one joined into the row; 2³² − 1 = at least so much. */
    joinedSeals: 33,
  },
} as const

/** Bits of a row's flags; `mixed`: the chunks of this page overlap, so that it says nothing. */
export const rowFlags = { backFill: 1, page: 2, startsUsable: 4, endsUsable: 8, mixed: 16 } as const

const { numbers: n, words: w } = rowLayout

/**
 * Rows of one series; the words are those of ChunkSummary. A page's figures are those of its chunks' samples taken together, with what lies
 * between them.
 */
export class ChunkRows {
  readonly count: number
  /** For each row: the partition it is in, as a number of the view; only the view knows what it means. */
  readonly partition: Int32Array
  readonly #numbers: Float64Array
  readonly #words: Uint32Array
  readonly #isAlone: Uint8Array

  /** `numbers`: `count` rows of {@link rowWords}. `isAlone`: 1 where no other row overlaps. */
  constructor(count: number, numbers: Float64Array, partition: Int32Array, isAlone: Uint8Array) {
    this.count = count
    this.partition = partition
    this.#numbers = numbers
    this.#words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2)
    this.#isAlone = isAlone
  }

  /** ms since 1970-01-01 UTC. */
  firstTimestamp(row: number): number {
    return this.#numbers[row * rowWords + n.firstTimestamp] as number
  }

  lastTimestamp(row: number): number {
    return this.#numbers[row * rowWords + n.lastTimestamp] as number
  }

  /** Samples of any quality. */
  sampleCount(row: number): number {
    return this.#words[row * 2 * rowWords + w.count] as number
  }

  usableCount(row: number): number {
    return this.#words[row * 2 * rowWords + w.usableCount] as number
  }

  goodCount(row: number): number {
    return this.#words[row * 2 * rowWords + w.goodCount] as number
  }

  badCount(row: number): number {
    return this.#words[row * 2 * rowWords + w.badCount] as number
  }

  uncertainCount(row: number): number {
    return this.#words[row * 2 * rowWords + w.uncertainCount] as number
  }

  worstStatusCode(row: number): number {
    return this.#words[row * 2 * rowWords + w.worstStatusCode] as number
  }

  firstStatusCode(row: number): number {
    return this.#words[row * 2 * rowWords + w.firstStatusCode] as number
  }

  lastStatusCode(row: number): number {
    return this.#words[row * 2 * rowWords + w.lastStatusCode] as number
  }

  minimum(row: number): number {
    return this.#numbers[row * rowWords + n.minimum] as number
  }

  maximum(row: number): number {
    return this.#numbers[row * rowWords + n.maximum] as number
  }

  sum(row: number): number {
    return this.#numbers[row * rowWords + n.sum] as number
  }

  first(row: number): number {
    return this.#numbers[row * rowWords + n.first] as number
  }

  last(row: number): number {
    return this.#numbers[row * rowWords + n.last] as number
  }

  /** Value × ms, see ChunkSummary. */
  slopedIntegral(row: number): number {
    return this.#numbers[row * rowWords + n.slopedIntegral] as number
  }

  steppedIntegral(row: number): number {
    return this.#numbers[row * rowWords + n.steppedIntegral] as number
  }

  usableDurationMs(row: number): number {
    return this.#words[row * 2 * rowWords + w.usableDurationMs] as number
  }

  goodDurationMs(row: number): number {
    return this.#words[row * 2 * rowWords + w.goodDurationMs] as number
  }

  /** Place of the chunk's record in its file in bytes; of a page: number of its first row in the index. */
  offset(row: number): number {
    return this.#numbers[row * rowWords + n.offset] as number
  }

  /** Of the append it came with; the highest of those joined. */
  sealNumber(row: number): number {
    return this.#numbers[row * rowWords + n.sealNumber] as number
  }

  /** The lowest seal number joined into this row, or a lower one. */
  lowestSealNumber(row: number): number {
    const joined = this.#words[row * 2 * rowWords + w.joinedSeals] as number
    return joined === 0xffffffff ? 0 : this.sealNumber(row) - joined
  }

  /** Bytes of the chunk's record; chunks of a page. */
  length(row: number): number {
    return (this.#words[row * 2 * rowWords + w.lengthAndFlags] as number) >>> 5
  }

  startsUsable(row: number): boolean {
    return ((this.#words[row * 2 * rowWords + w.lengthAndFlags] as number) & rowFlags.startsUsable) !== 0
  }

  endsUsable(row: number): boolean {
    return ((this.#words[row * 2 * rowWords + w.lengthAndFlags] as number) & rowFlags.endsUsable) !== 0
  }

  isBackFill(row: number): boolean {
    return ((this.#words[row * 2 * rowWords + w.lengthAndFlags] as number) & rowFlags.backFill) !== 0
  }

  isPage(row: number): boolean {
    return ((this.#words[row * 2 * rowWords + w.lengthAndFlags] as number) & rowFlags.page) !== 0
  }

  /** No other row has samples in this one's span: its summary counts as it is. */
  isAlone(row: number): boolean {
    return this.#isAlone[row] === 1
  }
}
