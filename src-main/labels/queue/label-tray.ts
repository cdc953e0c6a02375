// The tray of virtual printers: which labels lie in it, newest first. The pictures are those of the jobs.
import type { Clock } from '../../base/clock.ts'
import type { Database, Statement } from '../../storage/database.ts'

/** Labels that stay in the tray of a printer; older ones are thrown away. */
const labelsKept = 200

export interface TrayLabel {
  readonly job: string
  readonly identifier: string | null
  readonly timestamp: number
  readonly isTorn: boolean
  readonly imageHash: string | null
}

export class LabelTray {
  readonly #clock: Clock
  readonly #insert: Statement<[string, string, number, number]>
  readonly #trim: Statement<[string, string, number]>
  readonly #newest: Statement<[string, number], Omit<TrayLabel, 'isTorn'> & { isTorn: number }>

  constructor(database: Database, clock: Clock) {
    this.#clock = clock
    this.#insert = database.prepare('INSERT INTO label_tray (printer, job, is_torn, timestamp) VALUES (?, ?, ?, ?)')
    this.#trim = database.prepare(
      `DELETE FROM label_tray WHERE printer = ? AND number <=
         (SELECT number FROM label_tray WHERE printer = ? ORDER BY number DESC LIMIT 1 OFFSET ?)`,
    )
    this.#newest = database.prepare(
      `SELECT job, identifier, label_tray.timestamp AS timestamp, is_torn AS isTorn, image_hash AS imageHash
       FROM label_tray JOIN label_job ON label_job.id = job WHERE label_tray.printer = ? ORDER BY label_tray.number DESC LIMIT ?`,
    )
  }

  /** In the transaction that is open. */
  put(printer: string, job: string, isTorn: boolean): void {
    this.#insert.run(printer, job, Number(isTorn), this.#clock.now())
    this.#trim.run(printer, printer, labelsKept)
  }

  newest(printer: string, limit: number): readonly TrayLabel[] {
    return this.#newest.all(printer, limit).map((row) => ({ ...row, isTorn: row.isTorn === 1 }))
  }
}
