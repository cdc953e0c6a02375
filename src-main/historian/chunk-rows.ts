// Rows of a chunk index as a reader gets them: one series, in order of (first time stamp, seal number), summaries by column.

/** Words of 8 bytes of one row; two 32-bit numbers share one where named so. All little-endian, on disk as in memory. */
export const rowWords = 16

/**
 * Rows of one series. Extremes, sum, first and last are over the usable samples (see SampleSummary); a page's figures are those of its
 * chunks taken together, its integrals leave out what is between two chunks.
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
    return this.#numbers[row * rowWords] as number
  }

  lastTimestamp(row: number): number {
    return this.#numbers[row * rowWords + 1] as number
  }

  /** Samples of any quality. */
  sampleCount(row: number): number {
    return this.#words[row * rowWords * 2 + 4] as number
  }

  usableCount(row: number): number {
    return this.#words[row * rowWords * 2 + 5] as number
  }

  goodCount(row: number): number {
    return this.#words[row * rowWords * 2 + 6] as number
  }

  worstStatusCode(row: number): number {
    return this.#words[row * rowWords * 2 + 7] as number
  }

  minimum(row: number): number {
    return this.#numbers[row * rowWords + 4] as number
  }

  maximum(row: number): number {
    return this.#numbers[row * rowWords + 5] as number
  }

  sum(row: number): number {
    return this.#numbers[row * rowWords + 6] as number
  }

  first(row: number): number {
    return this.#numbers[row * rowWords + 7] as number
  }

  last(row: number): number {
    return this.#numbers[row * rowWords + 8] as number
  }

  /** See SealedSummary; value·ms and ms. */
  slopedIntegral(row: number): number {
    return this.#numbers[row * rowWords + 9] as number
  }

  steppedIntegral(row: number): number {
    return this.#numbers[row * rowWords + 10] as number
  }

  slopedDuration(row: number): number {
    return this.#words[row * rowWords * 2 + 22] as number
  }

  steppedDuration(row: number): number {
    return this.#words[row * rowWords * 2 + 23] as number
  }

  /** Place of the chunk's record in its file, or of the page's first row; bytes, rows. */
  offset(row: number): number {
    return this.#numbers[row * rowWords + 12] as number
  }

  /** Place of the record of the time stamps. Rows of one partition with the same one share their column. */
  timestampsOffset(row: number): number {
    return this.#numbers[row * rowWords + 13] as number
  }

  sealNumber(row: number): number {
    return this.#numbers[row * rowWords + 14] as number
  }

  /** Bytes of the chunk's record; chunks of a page. */
  length(row: number): number {
    return this.#words[row * rowWords * 2 + 30] as number
  }

  isBackFill(row: number): boolean {
    return ((this.#words[row * rowWords * 2 + 31] as number) & rowFlags.backFill) !== 0
  }

  isPage(row: number): boolean {
    return ((this.#words[row * rowWords * 2 + 31] as number) & rowFlags.page) !== 0
  }

  /** No other row has samples in this one's span: its summary counts as it is. */
  isAlone(row: number): boolean {
    return this.#isAlone[row] === 1
  }
}

/** Bits of a row's last 32-bit word; the upper 24 bits are the seal number less the lowest one that was folded into the chunk. */
export const rowFlags = { backFill: 1, page: 2, selection: 4, joined: 8 } as const
