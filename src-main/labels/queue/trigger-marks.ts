// How far each trigger is: kept in the same transaction as the labels it made, so that none is lost and none comes twice.
import type { Clock } from '../../base/clock.ts'
import type { JsonValue } from '../../shared/data-value.ts'
import type { Database, Statement } from '../../storage/database.ts'

export interface TriggerMark {
  readonly trigger: string
  readonly mark: JsonValue
}

export class TriggerMarks {
  readonly #clock: Clock
  readonly #put: Statement<[string, string, number]>
  readonly #all: Statement<[], { name: string; mark: string }>

  constructor(database: Database, clock: Clock) {
    this.#clock = clock
    this.#put = database.prepare(
      `INSERT INTO label_trigger_mark (name, mark, timestamp) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET mark = excluded.mark, timestamp = excluded.timestamp`,
    )
    this.#all = database.prepare('SELECT name, mark FROM label_trigger_mark ORDER BY name')
  }

  /** In the transaction that is open. */
  put({ trigger, mark }: TriggerMark): void {
    this.#put.run(trigger, JSON.stringify(mark), this.#clock.now())
  }

  all(): readonly TriggerMark[] {
    return this.#all.all().map(({ name, mark }) => ({ trigger: name, mark: JSON.parse(mark) as JsonValue }))
  }
}
