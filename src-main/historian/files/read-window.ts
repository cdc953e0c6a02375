// Pieces of files that are asked for one after the other, read with few calls of the system: whoever reads forwards gets what lies
// ahead with the same call, and what lies just before a piece (the time stamps of a chunk, usually) comes along.
import { readInto } from './chunk-index.ts'

const windowByteCount = 128 * 1024
/** A piece that begins no further behind the last one is taken as a step of reading forwards. */
const strideByteCount = 32 * 1024
const behindByteCount = 2048

/** What was read last; one for all files of a thread. */
export class ReadWindow {
  #bytes: Buffer = Buffer.alloc(0)
  #owner: object | null = null
  /** Where in the file the window is. */
  #begin = 0
  #end = 0
  /** End of the last piece that was asked for. */
  #pieceEnd = 0

  /**
   * The bytes of an open file from `offset` on; fewer than `byteCount` at its end. Valid until the next call, for whatever file. `owner`: stands for
   * the file as long as it is open, as its descriptor may be given to another one.
   */
  read(owner: object, descriptor: number, offset: number, byteCount: number): Buffer {
    const end = offset + byteCount
    if (this.#owner !== owner || offset < this.#begin || end > this.#end) this.#fill(owner, descriptor, offset, end)
    this.#pieceEnd = end
    const from = offset - this.#begin
    return this.#bytes.subarray(from, Math.min(from + byteCount, this.#end - this.#begin))
  }

  /** Nothing is known of this file any more. */
  forget(owner: object): void {
    if (this.#owner === owner) this.#owner = null
  }

  #fill(owner: object, descriptor: number, offset: number, end: number): void {
    const isForwards = this.#owner === owner && offset >= this.#pieceEnd && offset - this.#pieceEnd <= strideByteCount
    const begin = isForwards ? offset : Math.max(0, offset - behindByteCount)
    const wanted = isForwards ? Math.max(end - begin, windowByteCount) : end - begin
    if (wanted > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(Math.max(wanted, windowByteCount))
    this.#owner = null
    const count = readInto(descriptor, this.#bytes.subarray(0, wanted), begin)
    this.#owner = owner
    this.#begin = begin
    this.#end = begin + count
  }
}

const slabByteCount = 64 * 1024

/** Copies of small pieces, many of them in one allocation: memory outside the heap is costly to get and to give back. */
export class KeptBytes {
  #slab = Buffer.alloc(0)

  /** A copy. The memory it lies in is given back when all of its neighbours are. */
  copy(bytes: Uint8Array): Buffer {
    const { length } = bytes
    if (length > slabByteCount / 4) return Buffer.from(bytes)
    if (length > this.#slab.length) this.#slab = Buffer.allocUnsafeSlow(slabByteCount)
    const room = this.#slab.subarray(0, length)
    this.#slab = this.#slab.subarray(length)
    room.set(bytes)
    return room
  }
}
