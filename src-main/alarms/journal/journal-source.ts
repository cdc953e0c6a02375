// The reader's side of alarms.sqlite, or of an archive file: rows become events again. One connection, one thread.
import type { AlarmCondition, AlarmEvent, AlarmPriority } from '../../shared/alarm.ts'
import { type Database, openDatabase, type Statement } from '../../storage/database.ts'
import { alarmsMigrations } from '../../storage/migrations/alarms/alarms-migrations.ts'
import type { ReportRow } from '../journal-rows.ts'
import { meaningOf, valueIn } from './journal-codec.ts'
import { joinedMessage } from './journal-message.ts'

/** A row of the table `event`. */
export interface StoredEvent {
  readonly sequence: number
  readonly hash: Buffer
  readonly alarm: number
  readonly code: number
  readonly timestamp: number
  readonly lag: number
  readonly occurrence: number
  readonly status: number
  readonly value: number | string | null
  readonly limit: number | string | null
  readonly message: number
  readonly figures: string | null
  readonly user: number
  readonly station: number
  readonly comment: number
}

/** What rows of one alarm share. */
export interface AlarmAttributes {
  readonly number: number
  readonly id: string
  readonly tag: string
  readonly condition: AlarmCondition
  readonly priority: AlarmPriority
  readonly alarmClass: string
  readonly area: string
  readonly equipment: string | null
}

const alarmColumns = 'number, id, tag, condition, priority, class AS alarmClass, area, equipment'
/** Texts kept in memory. */
const mostWords = 50_000
/** What a damaged row refers to and is not there. */
const noAlarm: AlarmAttributes = {
  number: 0,
  id: '',
  tag: '',
  condition: 'system',
  priority: 'low',
  alarmClass: '',
  area: '',
  equipment: null,
}

export class JournalSource {
  readonly database: Database
  readonly #alarms = new Map<number, AlarmAttributes>()
  readonly #words = new Map<number, string>()
  readonly #newAlarms: Statement<[number], AlarmAttributes>
  readonly #word: Statement<[number], { text: string }>
  readonly #row: Statement<[number], StoredEvent>
  #lastAlarm = 0

  /** Throws DatabaseError when there is no such file, or it cannot be read. */
  static open(file: string): JournalSource {
    return new JournalSource(openDatabase({ file, migrations: alarmsMigrations, readOnly: true }))
  }

  constructor(database: Database) {
    this.database = database
    this.#newAlarms = database.prepare(`SELECT ${alarmColumns} FROM alarm WHERE number > ? ORDER BY number`)
    this.#word = database.prepare('SELECT text FROM word WHERE number = ?')
    this.#row = database.prepare('SELECT * FROM event WHERE sequence = ?')
  }

  /** All alarms that ever had a row, by number; those of an alarm that changed under several. */
  alarms(): ReadonlyMap<number, AlarmAttributes> {
    for (const alarm of this.#newAlarms.iterate(this.#lastAlarm)) {
      this.#alarms.set(alarm.number, alarm)
      this.#lastAlarm = alarm.number
    }
    return this.#alarms
  }

  alarm(number: number): AlarmAttributes {
    return this.#alarms.get(number) ?? this.alarms().get(number) ?? noAlarm
  }

  word(number: number): string {
    if (number === 0) return ''
    let text = this.#words.get(number)
    if (text === undefined) {
      text = this.#word.get(number)?.text ?? ''
      if (this.#words.size >= mostWords) this.#words.clear()
      this.#words.set(number, text)
    }
    return text
  }

  /** Number of a text; null when no row has it. */
  wordNumber(text: string): number | null {
    if (text === '') return 0
    const row = this.database.prepare<[string], { number: number }>('SELECT number FROM word WHERE text = ?').get(text)
    return row?.number ?? null
  }

  message(row: StoredEvent): string {
    return joinedMessage(this.word(row.message), row.figures)
  }

  /** Null when there is no such row. */
  row(sequence: number): StoredEvent | null {
    return this.#row.get(sequence) ?? null
  }

  eventOf(row: StoredEvent): AlarmEvent {
    const { event, state, previousState, isActive, isFirstOut, isTest, isClockSetBack } = meaningOf(row.code)
    const { id, tag, condition, priority, alarmClass, area, equipment } = this.alarm(row.alarm)
    return {
      sequence: row.sequence,
      id,
      tag,
      condition,
      event,
      state,
      previousState,
      priority,
      timestamp: row.timestamp,
      receivedTimestamp: row.timestamp + row.lag,
      value: valueIn(row.value),
      limit: valueIn(row.limit),
      statusCode: row.status,
      message: this.message(row),
      user: this.word(row.user),
      station: this.word(row.station),
      comment: this.word(row.comment),
      isActive,
      eventId: row.occurrence,
      isFirstOut,
      isTest,
      alarmClass,
      area,
      equipment,
      ...(isClockSetBack ? { isClockSetBack } : {}),
    }
  }

  /** Without texts and values. */
  reportRowOf(
    row: Pick<StoredEvent, 'sequence' | 'alarm' | 'code' | 'timestamp' | 'lag' | 'occurrence' | 'user'>,
  ): ReportRow {
    const { event, state, previousState, isActive, isFirstOut, isTest } = meaningOf(row.code)
    const { id, tag, condition, priority, alarmClass, area, equipment } = this.alarm(row.alarm)
    return {
      sequence: row.sequence,
      id,
      tag,
      condition,
      event,
      state,
      previousState,
      priority,
      timestamp: row.timestamp,
      receivedTimestamp: row.timestamp + row.lag,
      user: this.word(row.user),
      isActive,
      eventId: row.occurrence,
      isFirstOut,
      isTest,
      alarmClass,
      area,
      equipment,
    }
  }

  close(): void {
    this.database.close()
  }
}
