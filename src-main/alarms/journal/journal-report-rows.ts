// Rows of the journal as reports read them, on one state of the journal that does not change meanwhile.
import type { AlarmEvent } from '../../shared/alarm.ts'
import type { JournalRows, ReportRow } from '../journal-rows.ts'
import { type BlockSummary, blockColumns, blockLength } from './journal-blocks.ts'
import type { JournalSource, StoredEvent } from './journal-source.ts'

const reportColumns = 'sequence, alarm, code, timestamp, lag, occurrence, user'

/** `source` belongs to this report alone; {@link close} ends both. */
export class StoredJournalRows implements JournalRows {
  readonly #source: JournalSource
  readonly #isCancelled: () => boolean

  constructor(source: JournalSource, isCancelled: () => boolean) {
    this.#source = source
    this.#isCancelled = isCancelled
    source.database.exec('BEGIN')
  }

  get isCancelled(): boolean {
    return this.#isCancelled()
  }

  get oldestTimestamp(): number | null {
    const row = this.#source.database
      .prepare<[number], { received: number }>(
        'SELECT timestamp + lag AS received FROM event WHERE sequence > ? ORDER BY sequence LIMIT 1',
      )
      .get(this.#archived())
    return row?.received ?? null
  }

  *rows(from: number, to: number, ids: readonly string[] | null = null): Iterable<ReportRow> {
    const alarms = ids === null ? null : this.#numbersOf(ids)
    const condition = alarms === null ? '' : 'AND +alarm IN (SELECT value FROM json_each(@alarms))'
    const statement = this.#source.database.prepare<[object], StoredEvent>(
      `SELECT ${reportColumns} FROM event WHERE sequence BETWEEN @first AND @last
       AND (timestamp BETWEEN @from AND @to OR timestamp + lag BETWEEN @from AND @to) ${condition} ORDER BY sequence`,
    )
    const archived = this.#archived()
    for (const run of this.#runs(from, to))
      for (const row of statement.iterate({
        first: Math.max(archived + 1, run.first),
        last: run.last,
        from,
        to,
        alarms: JSON.stringify(alarms),
      }))
        yield this.#source.reportRowOf(row)
  }

  *lastBefore(timestamp: number): Iterable<ReportRow> {
    const bound = this.#lastReceivedBefore(timestamp)
    const newest = this.#source.database.prepare<[number, number, number], StoredEvent>(
      `SELECT ${reportColumns} FROM event WHERE alarm = ? AND sequence BETWEEN ? AND ? ORDER BY sequence DESC LIMIT 1`,
    )
    const archived = this.#archived()
    const found = new Map<string, ReportRow>()
    // An alarm that changed has several numbers; its last row is under one of them.
    for (const { number, id } of this.#source.alarms().values()) {
      const row = newest.get(number, archived + 1, bound)
      if (row === undefined) continue
      const known = found.get(id)
      if (known === undefined || known.sequence < row.sequence) found.set(id, this.#source.reportRowOf(row))
    }
    yield* found.values()
  }

  event(sequence: number): AlarmEvent | null {
    const row = sequence > this.#archived() ? this.#source.row(sequence) : null
    return row === null ? null : this.#source.eventOf(row)
  }

  eventsOf(id: string, beforeSequence: number, limit: number): readonly AlarmEvent[] {
    const statement = this.#source.database.prepare<[number, number, number, number], StoredEvent>(
      'SELECT * FROM event WHERE alarm = ? AND sequence > ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
    )
    return this.#numbersOf([id])
      .flatMap((number) => statement.all(number, this.#archived(), beforeSequence, limit))
      .sort((a, b) => b.sequence - a.sequence)
      .slice(0, limit)
      .map((row) => this.#source.eventOf(row))
  }

  eventsBefore(beforeSequence: number, limit: number): readonly AlarmEvent[] {
    return this.#source.database
      .prepare<[number, number, number], StoredEvent>(
        'SELECT * FROM event WHERE sequence > ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
      )
      .all(this.#archived(), beforeSequence, limit)
      .map((row) => this.#source.eventOf(row))
  }

  close(): void {
    this.#source.close()
  }

  #numbersOf(ids: readonly string[]): number[] {
    const wanted = new Set(ids)
    return [...this.#source.alarms().values()].filter(({ id }) => wanted.has(id)).map(({ number }) => number)
  }

  #archived(): number {
    const chain = this.#source.database
      .prepare<[], { archived: number }>('SELECT archived_sequence AS archived FROM chain')
      .get()
    return chain?.archived ?? 0
  }

  /** Sequences of blocks that may have rows of [from, to], neighbours together. */
  #runs(from: number, to: number): { first: number; last: number }[] {
    const blocks = this.#source.database
      .prepare<[number, number], { number: number }>(
        'SELECT number FROM block WHERE first_time <= ? AND last_time >= ? ORDER BY number',
      )
      .all(to, from)
    const runs: { first: number; last: number }[] = []
    for (const { number } of blocks) {
      const first = number * blockLength + 1
      const run = runs.at(-1)
      if (run !== undefined && run.last === first - 1) run.last += blockLength
      else runs.push({ first, last: first + blockLength - 1 })
    }
    return runs
  }

  /** Sequence of the last row received before an instant; 0 = none. */
  #lastReceivedBefore(timestamp: number): number {
    const blocks = this.#source.database
      .prepare<[number], BlockSummary>(`SELECT ${blockColumns} FROM block WHERE first_time < ? ORDER BY number DESC`)
      .iterate(timestamp)
    for (const { number } of blocks) {
      const row = this.#source.database
        .prepare<[number, number, number], { sequence: number }>(
          `SELECT sequence FROM event WHERE sequence BETWEEN ? AND ? AND timestamp + lag < ? ORDER BY sequence DESC LIMIT 1`,
        )
        .get(number * blockLength + 1, (number + 1) * blockLength, timestamp)
      if (row !== undefined) return row.sequence
    }
    return 0
  }
}
