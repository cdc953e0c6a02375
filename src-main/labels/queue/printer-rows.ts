// What is remembered of each printer between two starts: how far its queue got, whether a person holds it, whether it ever answered.
import type { Database, Statement } from '../../storage/database.ts'

export interface StoredPrinter {
  readonly name: string
  /** Of the jobs that were ever given to it. */
  readonly lastSequence: number
  readonly printedCount: number
  readonly isPaused: boolean
  readonly pausedBy: string
  readonly pauseReason: string
  readonly hasAnswered: boolean
  readonly mayHoldRest: boolean
}

interface PrinterRow extends Omit<StoredPrinter, 'isPaused' | 'hasAnswered' | 'mayHoldRest'> {
  readonly isPaused: number
  readonly hasAnswered: number
  readonly mayHoldRest: number
}

export class PrinterRows {
  readonly #get: Statement<[string], PrinterRow>
  readonly #insert: Statement<[string]>
  readonly #nextSequence: Statement<[string], number>
  readonly #count: Statement<[number, string]>
  readonly #pause: Statement<[number, string, string, string]>
  readonly #answered: Statement<[number, string]>
  readonly #rest: Statement<[number, string]>

  constructor(database: Database) {
    this.#get = database.prepare(
      `SELECT name, last_sequence AS lastSequence, printed_count AS printedCount, is_paused AS isPaused, paused_by AS pausedBy,
         pause_reason AS pauseReason, has_answered AS hasAnswered, may_hold_rest AS mayHoldRest FROM label_printer WHERE name = ?`,
    )
    this.#insert = database.prepare("INSERT OR IGNORE INTO label_printer VALUES (?, 0, 0, 0, '', '', 0, 0)")
    this.#nextSequence = database
      .prepare<[string], number>(
        'UPDATE label_printer SET last_sequence = last_sequence + 1 WHERE name = ? RETURNING last_sequence',
      )
      .pluck()
    this.#count = database.prepare('UPDATE label_printer SET printed_count = printed_count + ? WHERE name = ?')
    this.#pause = database.prepare(
      'UPDATE label_printer SET is_paused = ?, paused_by = ?, pause_reason = ? WHERE name = ?',
    )
    this.#answered = database.prepare('UPDATE label_printer SET has_answered = ? WHERE name = ?')
    this.#rest = database.prepare('UPDATE label_printer SET may_hold_rest = ? WHERE name = ?')
  }

  /** The printer; a row is made when it has none. */
  get(name: string): StoredPrinter {
    this.#insert.run(name)
    const row = this.#get.get(name)!
    return {
      ...row,
      isPaused: row.isPaused === 1,
      hasAnswered: row.hasAnswered === 1,
      mayHoldRest: row.mayHoldRest === 1,
    }
  }

  nextSequence(name: string): number {
    this.#insert.run(name)
    return this.#nextSequence.get(name)!
  }

  countPrinted(name: string, labelCount: number): void {
    this.#count.run(labelCount, name)
  }

  setPaused(name: string, isPaused: boolean, user: string, reason: string): void {
    this.#insert.run(name)
    this.#pause.run(Number(isPaused), user, reason, name)
  }

  setAnswered(name: string, hasAnswered: boolean): void {
    this.#answered.run(Number(hasAnswered), name)
  }

  setMayHoldRest(name: string, mayHoldRest: boolean): void {
    this.#rest.run(Number(mayHoldRest), name)
  }
}
