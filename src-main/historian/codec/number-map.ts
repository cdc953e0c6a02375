// Integers of a chunk back to its numbers, as its coder says.
import { decimalCoder, float32Coder, type IntegerCoding, latticeCoder } from './number-coding.ts'
import { fromDecimals } from './value-decimal.ts'
import { fromFloat32, fromFloat64 } from './value-float.ts'
import { fromLattice, latticeTable } from './value-lattice.ts'

const one = new Int32Array(1)
const result = new Float64Array(1)

/** What the integers of one chunk mean. */
export class NumberMap {
  readonly #coding: IntegerCoding
  /** Of the coder float64: the chunk, and where in it the low halves are. */
  readonly #bytes: Uint8Array
  readonly #lowOffset: number
  #low: DataView | null = null
  #latticeTable: Float64Array | null = null

  constructor(coding: IntegerCoding, bytes: Uint8Array, lowOffset: number) {
    this.#coding = coding
    this.#bytes = bytes
    this.#lowOffset = lowOffset
  }

  /** Writes the numbers of the first `count` integers to `into` from `at` on; the first of them is number `first` of the chunk. */
  write(integers: Int32Array, count: number, first: number, into: Float64Array, at: number): void {
    const coding = this.#coding
    if (coding.coder === decimalCoder) fromDecimals(integers, count, coding.scale, into, at)
    else if (coding.coder === latticeCoder) fromLattice(integers, count, coding.lattice, this.#table(), into, at)
    else if (coding.coder === float32Coder) fromFloat32(integers, count, coding.origin, into, at)
    else fromFloat64(integers, count, coding.origin, this.#lowHalves(), this.#lowOffset + 4 * first, into, at)
  }

  /** One of them; `place`: which number of the chunk it is. */
  numberOf(integer: number, place: number): number {
    one[0] = integer
    this.write(one, 1, place, result, 0)
    return result[0]!
  }

  #lowHalves(): DataView {
    this.#low ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength)
    return this.#low
  }

  /** Values of the counts of a lattice with corrections; null for others. */
  #table(): Float64Array | null {
    if (this.#coding.coder !== latticeCoder || this.#coding.lattice.corrections === null) return null
    this.#latticeTable ??= latticeTable(this.#coding.lattice)
    return this.#latticeTable
  }
}
