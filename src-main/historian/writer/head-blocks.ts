// Memory of the heads: blocks of rows cut from large pages, small ones first, so that a hundred thousand quiet tags cost little.
// Values have blocks of one head each; time stamps and status codes ("stamps") of a scan are shared by all its heads in step.

/** Rows of a block by size class; each fits a whole number of times into the next. */
export const rowsPerUnit = 512
export const blockRowCounts = [8, 32, 128, rowsPerUnit] as const
export const largestClass = blockRowCounts.length - 1
const pageBits = 13
const rowsPerPage = 1 << pageBits
const rowMask = rowsPerPage - 1
/** Figures of a stamp block stand at its place divided by the rows of the smallest block. */
const blockBits = 3
const blocksPerPage = rowsPerPage >> blockBits

/** Places of free blocks. A place is page × rows of a page + row. */
class BlockPlaces {
  readonly #free: number[][] = blockRowCounts.map(() => [])
  readonly #addPage: () => void
  pageCount = 0

  constructor(addPage: () => void) {
    this.#addPage = addPage
  }

  take(sizeClass: number): number {
    const free = this.#free[sizeClass]!
    const known = free.pop()
    if (known !== undefined) return known
    const size = blockRowCounts[sizeClass]!
    if (sizeClass < largestClass) {
      const unit = this.take(largestClass)
      for (let row = rowsPerUnit - size; row > 0; row -= size) free.push(unit + row)
      return unit
    }
    const page = this.pageCount++ * rowsPerPage
    this.#addPage()
    for (let row = rowsPerPage - size; row > 0; row -= size) free.push(page + row)
    return page
  }

  give(place: number, sizeClass: number): void {
    this.#free[sizeClass]!.push(place)
  }
}

/** Blocks of values. */
export class ValueBlocks {
  readonly #pages: Float64Array[] = []
  readonly #places = new BlockPlaces(() => this.#pages.push(new Float64Array(rowsPerPage)))

  get byteCount(): number {
    return this.#pages.length * rowsPerPage * 8
  }

  take(sizeClass: number): number {
    return this.#places.take(sizeClass)
  }

  give(place: number, sizeClass: number): void {
    this.#places.give(place, sizeClass)
  }

  set(place: number, value: number): void {
    this.#pages[place >> pageBits]![place & rowMask] = value
  }

  /** The page of a place, and where on it: for loops over the rows of one block. */
  page(place: number): Float64Array {
    return this.#pages[place >> pageBits]!
  }

  copy(from: number, to: number, count: number): void {
    const begin = from & rowMask
    this.page(to).set(this.page(from).subarray(begin, begin + count), to & rowMask)
  }

  read(place: number, count: number, into: Float64Array, at: number): void {
    const page = this.page(place)
    // A loop: for so few rows `set` of a `subarray` takes several times as long.
    for (let from = place & rowMask, end = from + count, to = at; from < end; ) into[to++] = page[from++]!
  }
}

/** Row of a place on its page. */
export function rowOf(place: number): number {
  return place & rowMask
}

/**
 * Blocks of time stamps and status codes. Those heads that are filling a block **hold** it: all of them have exactly its rows. Units that are
 * full refer to it; it is free when nobody does.
 */
export class StampBlocks {
  readonly #times: Float64Array[] = []
  readonly #codes: Uint32Array[] = []
  readonly #places = new BlockPlaces(() => this.#addPage())
  #references = new Int32Array(0)
  #holders = new Int32Array(0)
  #filled = new Uint16Array(0)
  /** Latest time stamp of its rows; −Infinity without rows. */
  #latest = new Float64Array(0)
  /** A row before this is not in order of time for one of its holders. */
  #floor = new Float64Array(0)
  #isMixed = new Uint8Array(0)

  get byteCount(): number {
    return this.#times.length * (rowsPerPage * 12 + blocksPerPage * 27)
  }

  /** An empty block that nobody holds. */
  take(sizeClass: number): number {
    const place = this.#places.take(sizeClass)
    const block = place >> blockBits
    this.#references[block] = 0
    this.#holders[block] = 0
    this.#filled[block] = 0
    this.#latest[block] = Number.NEGATIVE_INFINITY
    this.#floor[block] = Number.NEGATIVE_INFINITY
    this.#isMixed[block] = 0
    return place
  }

  /** A block with the rows of another one. */
  takeCopy(from: number, sizeClass: number): number {
    const to = this.take(sizeClass)
    const count = this.filled(from)
    const begin = from & rowMask
    this.#times[to >> pageBits]!.set(this.#times[from >> pageBits]!.subarray(begin, begin + count), to & rowMask)
    this.#codes[to >> pageBits]!.set(this.#codes[from >> pageBits]!.subarray(begin, begin + count), to & rowMask)
    const [source, target] = [from >> blockBits, to >> blockBits]
    this.#filled[target] = count
    this.#latest[target] = this.#latest[source]!
    this.#floor[target] = this.#floor[source]!
    this.#isMixed[target] = this.#isMixed[source]!
    return to
  }

  /** One more head fills the block. `latest`: of all its samples. */
  hold(place: number, latest: number): void {
    const block = place >> blockBits
    this.#references[block]!++
    this.#holders[block]!++
    if (latest > this.#floor[block]!) this.#floor[block] = latest
  }

  /** A head fills it no more, but its full unit refers to it. */
  stopHolding(place: number): void {
    this.#holders[place >> blockBits]!--
  }

  /** A unit does not refer to it any more. */
  release(place: number, sizeClass: number): void {
    if (--this.#references[place >> blockBits]! === 0) this.#places.give(place, sizeClass)
  }

  holders(place: number): number {
    return this.#holders[place >> blockBits]!
  }

  /** Rows that are filled. */
  filled(place: number): number {
    return this.#filled[place >> blockBits]!
  }

  latest(place: number): number {
    return this.#latest[place >> blockBits]!
  }

  /** True when its rows may not be in order of time, or not behind all earlier ones of a holder. */
  isMixed(place: number): boolean {
    return this.#isMixed[place >> blockBits] === 1
  }

  append(place: number, timestamp: number, statusCode: number): void {
    const block = place >> blockBits
    const at = (place & rowMask) + this.#filled[block]!++
    this.#times[place >> pageBits]![at] = timestamp
    this.#codes[place >> pageBits]![at] = statusCode
    if (timestamp < this.#floor[block]!) this.#isMixed[block] = 1
    else this.#floor[block] = timestamp
    if (timestamp > this.#latest[block]!) this.#latest[block] = timestamp
  }

  /** Appends `count` rows of the columns, from `from` on. */
  appendRows(place: number, timestamp: Float64Array, statusCode: Uint32Array, from: number, count: number): void {
    const block = place >> blockBits
    const times = this.#times[place >> pageBits]!
    const codes = this.#codes[place >> pageBits]!
    let to = (place & rowMask) + this.#filled[block]!
    let floor = this.#floor[block]!
    let latest = this.#latest[block]!
    for (let row = from; row < from + count; row++, to++) {
      const time = timestamp[row]!
      times[to] = time
      codes[to] = statusCode[row]!
      if (time < floor) this.#isMixed[block] = 1
      else floor = time
      if (time > latest) latest = time
    }
    this.#filled[block]! += count
    this.#floor[block] = floor
    this.#latest[block] = latest
  }

  timestamp(place: number, row: number): number {
    return this.#times[place >> pageBits]![(place & rowMask) + row]!
  }

  read(place: number, from: number, count: number, timestamp: Float64Array, statusCode: Uint32Array, at: number): void {
    const times = this.#times[place >> pageBits]!
    const codes = this.#codes[place >> pageBits]!
    for (let row = (place & rowMask) + from, end = row + count, to = at; row < end; row++, to++) {
      timestamp[to] = times[row]!
      statusCode[to] = codes[row]!
    }
  }

  #addPage(): void {
    this.#times.push(new Float64Array(rowsPerPage))
    this.#codes.push(new Uint32Array(rowsPerPage))
    const blocks = this.#times.length * blocksPerPage
    if (blocks <= this.#filled.length) return
    const room = Math.max(blocks, this.#filled.length * 2)
    this.#references = grown(this.#references, new Int32Array(room))
    this.#holders = grown(this.#holders, new Int32Array(room))
    this.#filled = grown(this.#filled, new Uint16Array(room))
    this.#latest = grown(this.#latest, new Float64Array(room))
    this.#floor = grown(this.#floor, new Float64Array(room))
    this.#isMixed = grown(this.#isMixed, new Uint8Array(room))
  }
}

/** `to` with the contents of the shorter column `from`. */
export function grown<T extends Int32Array | Uint16Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from as never)
  return to
}
