// Rows of the pools: counters that only go up, what was passed over, and which schemes are stopped.
import type { Database, Statement } from '../../storage/database.ts'

export interface PoolKey {
  readonly scheme: string
  /** '' = for ever. */
  readonly period: string
  readonly template: string
}

export interface PoolRow extends PoolKey {
  readonly number: number
  /** Given out next. */
  readonly next: number
  /** The witness knows of everything up to here. */
  readonly reserved: number
}

export interface PoolStop {
  readonly scheme: string
  /** As sentences. */
  readonly reason: string
  readonly period: string
  /** Counter it goes on with, if higher than the pool's; 0 = the pool's. */
  readonly next: number
  readonly timestamp: number
}

export class PoolTable {
  readonly #find: Statement<[string, string], PoolRow>
  readonly #all: Statement<[], PoolRow>
  readonly #add: Statement<[string, string, string, number], PoolRow>
  readonly #nextOfTemplate: Statement<[string, string], number | null>
  readonly #move: Statement<[number, number, number]>
  readonly #skip: Statement<[number, number, number, number, string]>
  readonly #isSkipped: Statement<[number, number], number>
  readonly #stop: Statement<[string], PoolStop>
  readonly #stops: Statement<[], PoolStop>
  readonly #addStop: Statement<[string, string, string, number, number]>
  readonly #removeStop: Statement<[string]>

  constructor(database: Database) {
    this.#find = database.prepare('SELECT * FROM pool WHERE scheme = ? AND period = ?')
    this.#all = database.prepare('SELECT * FROM pool ORDER BY scheme, period')
    this.#add = database.prepare(
      'INSERT INTO pool (scheme, period, template, next, reserved) VALUES (?, ?, ?, ?, 0) RETURNING *',
    )
    this.#nextOfTemplate = database
      .prepare<[string, string], number | null>('SELECT max(next) FROM pool WHERE template = ? AND period = ?')
      .pluck()
    this.#move = database.prepare('UPDATE pool SET next = ?, reserved = ? WHERE number = ?')
    this.#skip = database.prepare('INSERT INTO skipped (pool, first, last, timestamp, reason) VALUES (?, ?, ?, ?, ?)')
    this.#isSkipped = database
      .prepare<[number, number], number>('SELECT 1 FROM skipped WHERE pool = ? AND ? BETWEEN first AND last')
      .pluck()
    this.#stop = database.prepare('SELECT * FROM stop WHERE scheme = ?')
    this.#stops = database.prepare('SELECT * FROM stop ORDER BY scheme')
    this.#addStop = database.prepare(
      `INSERT INTO stop (scheme, reason, period, next, timestamp) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (scheme) DO UPDATE SET reason = excluded.reason, timestamp = excluded.timestamp,
         next = CASE WHEN period = excluded.period THEN max(next, excluded.next) ELSE excluded.next END, period = excluded.period`,
    )
    this.#removeStop = database.prepare('DELETE FROM stop WHERE scheme = ?')
  }

  find(scheme: string, period: string): PoolRow | undefined {
    return this.#find.get(scheme, period)
  }

  all(): readonly PoolRow[] {
    return this.#all.all()
  }

  /** The counter a pool has or would begin with: a scheme that was given another name goes on where its template was. */
  nextOf(pool: PoolKey, first: number): number {
    const next = this.find(pool.scheme, pool.period)?.next
    return Math.max(next ?? this.#nextOfTemplate.get(pool.template, pool.period) ?? first, first)
  }

  /** A new one has given out nothing and reserved nothing. */
  findOrAdd(pool: PoolKey, first: number): PoolRow {
    const { scheme, period, template } = pool
    return this.find(scheme, period) ?? this.#add.get(scheme, period, template, this.nextOf(pool, first))!
  }

  move(pool: PoolRow, next: number, reserved: number): void {
    this.#move.run(next, reserved, pool.number)
  }

  /** Goes on with a higher counter; what is passed over is written down with the reason. Nothing happens when it is there already. */
  passOver(pool: PoolRow, next: number, reason: string, timestamp: number): void {
    if (next <= pool.next) return
    this.#skip.run(pool.number, pool.next, next - 1, timestamp, reason)
    this.move(pool, next, Math.max(pool.reserved, next - 1))
  }

  isSkipped(pool: PoolRow, counter: number): boolean {
    return this.#isSkipped.get(pool.number, counter) !== undefined
  }

  stopOf(scheme: string): PoolStop | undefined {
    return this.#stop.get(scheme)
  }

  /** By the names of their schemes. */
  stops(): readonly PoolStop[] {
    return this.#stops.all()
  }

  /** A stopped one has the new reason then, and the higher counter. */
  stop({ scheme, reason, period, next, timestamp }: PoolStop): void {
    this.#addStop.run(scheme, reason, period, next, timestamp)
  }

  release(scheme: string): void {
    this.#removeStop.run(scheme)
  }
}
