// The writer's side of alarms.sqlite: rows and the states they leave in one transaction, chained. Everything here is synchronous and
// throws DatabaseError, except the waits for the disk (journal-log.ts); when to write, and what to do when it fails, is the business of
// journal-recorder.ts.
import type { AlarmDefinition, AlarmEvent } from '../../shared/alarm.ts'
import { asDatabaseError, type Database, DatabaseError, openDatabase, type Statement } from '../../storage/database.ts'
import { alarmsMigrations } from '../../storage/migrations/alarms/alarms-migrations.ts'
import type { AlarmTransition, StoredAlarm } from '../alarm-transition.ts'
import { OpenBlock } from './journal-blocks.ts'
import { chainHash, codeOf, recordOf, storedValue } from './journal-codec.ts'
import { JournalDictionary } from './journal-dictionary.ts'
import { JournalLog, type SyncFile } from './journal-log.ts'
import { splitMessage } from './journal-message.ts'
import { isNothingToKeep, keptState, stateOf } from './journal-state.ts'

/** Sequences without a row, and why. */
export interface JournalGap {
  readonly first: number
  readonly last: number
  readonly timestamp: number
  readonly reason: string
}

export interface JournalFigures {
  /** receivedTimestamp of the oldest row; null when there is none. */
  readonly oldestTimestamp: number | null
  readonly byteCount: number
  /** Rows that moved to archive files. */
  readonly archivedCount: number
}

interface Chain {
  readonly lastSequence: number
  readonly lastHash: Buffer
  readonly lastReceived: number
  readonly archivedSequence: number
}

type EventColumns = [
  number,
  Buffer,
  number,
  number,
  number,
  number,
  number,
  number,
  number | string | null,
  number | string | null,
  number,
  string | null,
  number,
  number,
  number,
]

export class JournalStore {
  readonly #database: Database
  readonly #dictionary: JournalDictionary
  readonly #block: OpenBlock
  /** When what was committed is on the disk, see there. */
  readonly log: JournalLog
  readonly #insert: Statement<EventColumns>
  readonly #readChain: Statement<[], Chain>
  readonly #writeChain: Statement<[number, Buffer, number]>
  readonly #writeState: Statement<[string, number, number, number, string | null]>
  readonly #removeState: Statement<[string]>
  readonly #writeGap: Statement<[number, number, number, string]>
  #hash: Buffer
  #lastSequence: number
  #lastReceived: number

  /** Opens or makes the database. Throws {@link DatabaseError}. */
  static open(file: string, sync?: SyncFile): JournalStore {
    const database = openDatabase({ file, migrations: alarmsMigrations })
    try {
      return new JournalStore(database, file, sync)
    } catch (error) {
      database.close()
      throw asDatabaseError(error, 'opening the alarm journal')
    }
  }

  private constructor(database: Database, file: string, sync: SyncFile | undefined) {
    this.#database = database
    this.#dictionary = new JournalDictionary(database)
    this.#block = new OpenBlock(database)
    this.#insert = database.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#readChain = database.prepare(
      `SELECT last_sequence AS lastSequence, last_hash AS lastHash, last_received AS lastReceived,
       archived_sequence AS archivedSequence FROM chain`,
    )
    this.#writeChain = database.prepare('UPDATE chain SET last_sequence = ?, last_hash = ?, last_received = ?')
    this.#writeState = database.prepare('INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?)')
    this.#removeState = database.prepare('DELETE FROM state WHERE id = ?')
    this.#writeGap = database.prepare('INSERT OR REPLACE INTO gap VALUES (?, ?, ?, ?)')
    const chain = this.#chain()
    this.#hash = chain.lastHash
    this.#lastSequence = chain.lastSequence
    this.#lastReceived = chain.lastReceived
    this.log = new JournalLog(database, file, sync)
  }

  get lastSequence(): number {
    return this.#lastSequence
  }

  get lastReceived(): number {
    return this.#lastReceived
  }

  get figures(): JournalFigures {
    const pages = Number(this.#database.pragma('page_count', { simple: true }))
    const oldest = this.#database
      .prepare<[], { received: number }>(
        `SELECT timestamp + lag AS received FROM event WHERE sequence > (SELECT archived_sequence FROM chain)
         ORDER BY sequence LIMIT 1`,
      )
      .get()
    return {
      oldestTimestamp: oldest?.received ?? null,
      byteCount: pages * Number(this.#database.pragma('page_size', { simple: true })),
      archivedCount: this.#chain().archivedSequence,
    }
  }

  #chain(): Chain {
    const chain = this.#readChain.get()
    if (chain === undefined) throw new DatabaseError('corrupt', 'the alarm journal is damaged: its chain has no end')
    return chain
  }

  /** The alarms as they were left. Definitions that no state needs any more are removed. */
  load(): StoredAlarm[] {
    this.#database.exec('DELETE FROM definition WHERE number NOT IN (SELECT definition FROM state)')
    const definitions = new Map<number, AlarmDefinition>()
    const rows = this.#database.prepare<[], { number: number; definition: string }>(
      'SELECT number, definition FROM definition',
    )
    for (const { number, definition } of rows.iterate())
      definitions.set(number, JSON.parse(definition) as AlarmDefinition)
    const states = this.#database.prepare<
      [],
      { id: string; definition: number; eventId: number; count: number; stored: string | null }
    >('SELECT id, definition, event_id AS eventId, occurrence_count AS count, stored FROM state')
    return states.all().flatMap(({ id, definition, eventId, count, stored }) => {
      const known = definitions.get(definition)
      return known === undefined ? [] : [stateOf(id, known, eventId, count, stored)]
    })
  }

  begin(): void {
    this.#database.exec('BEGIN IMMEDIATE')
  }

  /** A row and the state it leaves, into the open transaction. */
  write(transition: AlarmTransition): void {
    const { event, stored } = transition
    this.writeRow(event, this.#dictionary.constants(stored.definition))
    this.#writeStored(stored, stored.isRemoved || event.event === 'removed')
  }

  /** A row into the open transaction; `constants` are numbers of its message that do not vary. */
  writeRow(event: AlarmEvent, constants: ReadonlySet<string>): void {
    const dictionary = this.#dictionary
    const { text, figures } = splitMessage(event.message, constants)
    const message = dictionary.word(text)
    const alarm = dictionary.alarm(event, message)
    const hash = chainHash(this.#hash, recordOf(event))
    this.#insert.run(
      event.sequence,
      hash,
      alarm,
      codeOf(event),
      event.timestamp,
      event.receivedTimestamp - event.timestamp,
      event.eventId,
      event.statusCode,
      storedValue(event.value),
      storedValue(event.limit),
      message,
      figures,
      dictionary.word(event.user),
      dictionary.word(event.station),
      dictionary.word(event.comment),
    )
    this.#hash = hash
    this.#lastSequence = event.sequence
    this.#lastReceived = event.receivedTimestamp
    this.#block.add(event)
  }

  /** Into the open transaction: the next row follows after these sequences. */
  writeGap({ first, last, timestamp, reason }: JournalGap): void {
    this.#writeGap.run(first, last, timestamp, reason)
    this.#lastSequence = last
  }

  /** Into the open transaction: the state of an alarm whose row could not be kept. */
  writeStateOnly(stored: StoredAlarm): void {
    this.#writeStored(stored, stored.isRemoved)
  }

  /** A killed station keeps it from here on; a power cut takes it until {@link JournalLog.sync}. */
  commit(): void {
    this.#block.write()
    this.#writeChain.run(this.#lastSequence, this.#hash, this.#lastReceived)
    this.#database.exec('COMMIT')
    this.log.committed()
  }

  /** An alarm that left the plant is forgotten as soon as nobody has to acknowledge it any more. */
  #writeStored(stored: StoredAlarm, isRemoved: boolean): void {
    if (isRemoved && isNothingToKeep(stored.regions)) {
      this.#removeState.run(stored.id)
      return
    }
    const definition = this.#dictionary.definition(stored.definition)
    this.#writeState.run(stored.id, definition, stored.eventId, stored.occurrenceCount, keptState(stored))
  }

  /** Nothing of the open transaction happened. */
  rollback(): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
    this.#dictionary.forget()
    this.#block.forget()
    const chain = this.#chain()
    this.#hash = chain.lastHash
    this.#lastSequence = chain.lastSequence
    this.#lastReceived = chain.lastReceived
  }

  /** Rows up to `sequence` are safe in an archive file: they may go (removeArchived). */
  markArchived(sequence: number): void {
    this.#database
      .prepare(
        'UPDATE chain SET archived_sequence = @sequence, archived_hash = (SELECT hash FROM event WHERE sequence = @sequence)',
      )
      .run({ sequence })
  }

  /** Removes the oldest archived rows, at most `count`; true when there are more. */
  removeArchived(count: number): boolean {
    const { archivedSequence } = this.#chain()
    const { changes } = this.#database
      .prepare(
        'DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE sequence <= ? ORDER BY sequence LIMIT ?)',
      )
      .run(archivedSequence, count)
    if (changes === count) return true
    this.#database.prepare('DELETE FROM block WHERE (number + 1) * 1024 <= ?').run(archivedSequence)
    return false
  }

  /** What was committed is on the disk when it returns. */
  close(): void {
    this.log.close()
  }
}
