// Maintenance counters on disk: counters.sqlite of the data folder. What is written survives a killed process.
import { join } from 'node:path'
import { asDatabaseError, type Database, openDatabase } from '../storage/database.ts'
import { countersMigrations } from '../storage/migrations/counters/counters-migrations.ts'

/** What is kept of a counter. */
export interface KeptCounter {
  readonly equipment: string
  readonly name: string
  readonly kind: string
  readonly unit: string
  /** Counted since the last reset, in the unit; 0 where the device counts. */
  readonly total: number
  /** What the device showed when Lineside set it back. */
  readonly zero: number
  /** The last reset, or when it was first seen; ms since 1970-01-01 UTC. */
  readonly since: number
  /** Its value then, null = not known. */
  readonly sinceValue: number | null
  readonly resetTimestamp: number | null
  readonly resetBy: string | null
}

export interface CounterStore {
  /** What was kept when it was opened. */
  readonly kept: readonly KeptCounter[]
  /** All or none; they survive a killed process when it returns. Throws DatabaseError. */
  save(counters: readonly KeptCounter[]): void
  close(): void
}

/** Throws DatabaseError when it cannot be opened. */
export function openCounterStore(dataFolder: string): CounterStore {
  const file = join(dataFolder, 'counters.sqlite')
  const database = openDatabase({ file, migrations: countersMigrations, durability: 'normal' })
  try {
    return new SqliteCounterStore(database)
  } catch (error) {
    database.close()
    throw asDatabaseError(error, 'reading maintenance counters')
  }
}

class SqliteCounterStore implements CounterStore {
  readonly kept: readonly KeptCounter[]
  readonly #database: Database
  readonly #saveAll: (counters: readonly KeptCounter[]) => void

  constructor(database: Database) {
    this.#database = database
    this.kept = database
      .prepare<[], KeptCounter>(
        `SELECT equipment, name, kind, unit, total, zero, since, since_value AS sinceValue,
                reset_timestamp AS resetTimestamp, reset_by AS resetBy FROM counter`,
      )
      .all()
    const put = database.prepare<[KeptCounter]>(
      `INSERT OR REPLACE INTO counter
         (equipment, name, kind, unit, total, zero, since, since_value, reset_timestamp, reset_by)
       VALUES (@equipment, @name, @kind, @unit, @total, @zero, @since, @sinceValue, @resetTimestamp, @resetBy)`,
    )
    const transaction = database.transaction((counters: readonly KeptCounter[]) => {
      for (const counter of counters) put.run(counter)
    })
    this.#saveAll = (counters) => transaction.immediate(counters)
  }

  save(counters: readonly KeptCounter[]): void {
    try {
      this.#saveAll(counters)
    } catch (error) {
      throw asDatabaseError(error, 'saving maintenance counters')
    }
  }

  close(): void {
    this.#database.close()
  }
}
