// Pictures of labels as they were printed, dot by dot: what a reprint is made of and what "as printed" means afterwards. Each is kept
// once, however many labels look like it, and for a time that the disk can bear.
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Database, Statement } from '../../storage/database.ts'
import type { LabelImage } from './label-renderer.ts'

/** What is kept: a label of 100 × 50 mm at 203 dpi takes 1 to 4 kB. */
export interface ImageRetention {
  /** Pictures not used for so long go; ms. */
  readonly ageMs: number
  /** The oldest ones go first when there is more; bytes. */
  readonly size: number
}

export const usualRetention: ImageRetention = { ageMs: 400 * 86_400_000, size: 2 * 2 ** 30 }

/** Pictures taken away in one transaction. */
const removedPerSlice = 500

interface ImageRow {
  readonly width: number
  readonly height: number
  readonly dots: Buffer
}

export class StoredImages {
  readonly #database: Database
  readonly #get: Statement<[string], ImageRow>
  readonly #put: Statement<[string, number, number, Buffer, number]>
  readonly #touch: Statement<[number, string]>
  readonly #size: Statement<[], number>
  readonly #removable: Statement<[number, number], { hash: string; length: number }>
  readonly #remove: Statement<[string]>

  constructor(database: Database) {
    this.#database = database
    this.#get = database.prepare('SELECT width, height, dots FROM label_image WHERE hash = ?')
    this.#put = database.prepare(
      `INSERT INTO label_image (hash, width, height, dots, timestamp) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (hash) DO UPDATE SET timestamp = excluded.timestamp`,
    )
    this.#touch = database.prepare('UPDATE label_image SET timestamp = ? WHERE hash = ?')
    this.#size = database.prepare<[], number>('SELECT coalesce(sum(length(dots)), 0) FROM label_image').pluck()
    // What is still to be printed, or in doubt, is never taken away.
    this.#removable = database.prepare(
      `SELECT hash, length(dots) AS length FROM label_image WHERE timestamp <= ? AND NOT EXISTS (
         SELECT 1 FROM label_job WHERE image_hash = hash AND state IN ('allocated', 'queued', 'sent', 'inDoubt'))
       ORDER BY timestamp LIMIT ?`,
    )
    this.#remove = database.prepare('DELETE FROM label_image WHERE hash = ?')
  }

  /** Deflated dots, made outside of a transaction: it takes a millisecond. */
  static pack(image: LabelImage): Buffer {
    return deflateRawSync(image.bitmap, { level: 6 })
  }

  /** In the transaction that is open. */
  put(image: Pick<LabelImage, 'width' | 'height' | 'hash'>, packed: Buffer, timestamp: number): void {
    this.#put.run(image.hash, image.width, image.height, packed, timestamp)
  }

  /** It is used again: its time begins anew. In the transaction that is open. */
  touch(hash: string, timestamp: number): void {
    this.#touch.run(timestamp, hash)
  }

  /** undefined = it is not kept any more. */
  get(hash: string): LabelImage | undefined {
    const row = this.#get.get(hash)
    if (!row) return undefined
    return { width: row.width, height: row.height, hash, bitmap: inflateRawSync(row.dots) }
  }

  has(hash: string): boolean {
    return this.#get.get(hash) !== undefined
  }

  /** Takes away what is too old or too much, at most so many at once; gives back how many went. */
  retain(now: number, { ageMs, size }: ImageRetention): number {
    return this.#database
      .transaction(() => {
        let removedCount = 0
        for (const { hash } of this.#removable.all(now - ageMs, removedPerSlice)) {
          this.#remove.run(hash)
          removedCount++
        }
        let excess = this.#size.get()! - size
        if (excess <= 0) return removedCount
        for (const { hash, length } of this.#removable.all(now, removedPerSlice)) {
          if (excess <= 0) break
          this.#remove.run(hash)
          excess -= length
          removedCount++
        }
        return removedCount
      })
      .immediate()
  }
}
