// Opens the alarm journal at the start of the station. A damaged one is put aside under a dated name and a new one begins with what
// can still be read of it: a station always starts, and an alarm that waits for an operator is not forgotten.
import { existsSync, renameSync } from 'node:fs'
import { basename } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { AlarmDefinition, AlarmEvent } from '../../shared/alarm.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import { asDatabaseError, DatabaseError, openDatabase } from '../../storage/database.ts'
import { alarmsMigrations } from '../../storage/migrations/alarms/alarms-migrations.ts'
import type { StoredAlarm } from '../alarm-transition.ts'
import type { SyncFile } from './journal-log.ts'
import { stateOf } from './journal-state.ts'
import { JournalStore } from './journal-store.ts'

export interface OpenedJournal {
  readonly store: JournalStore
  readonly states: readonly StoredAlarm[]
  /** Where the damaged journal is; null when it was whole. */
  readonly damagedFile: string | null
}

/** Throws DatabaseError when no journal can be written there at all (no room, no permission, made by a newer Lineside). */
export function openJournal(file: string, clock: Clock, logger: Logger, sync?: SyncFile): OpenedJournal {
  let store: JournalStore | null = null
  try {
    store = JournalStore.open(file, sync)
    return { store, states: store.load(), damagedFile: null }
  } catch (thrown) {
    store?.close()
    const error = asDatabaseError(thrown, 'reading the alarm journal')
    if (!isDamage(error)) throw error
    const salvaged = salvage(file)
    return renewJournal({ file, clock, logger, ...salvaged, reason: messageOf(error), isWithRow: true })
  }
}

export interface Renewal {
  readonly file: string
  readonly clock: Clock
  readonly logger: Logger
  /** Of the last row of the damaged journal, as far as known. */
  readonly lastSequence: number
  readonly states: readonly StoredAlarm[]
  readonly reason: string
  /** Whether its first row says what happened; false while rows wait whose sequences are given already. */
  readonly isWithRow: boolean
}

/** Puts the file aside and begins a new one: its sequence goes on, its first row says what happened. */
export function renewJournal({ file, clock, logger, lastSequence, states, reason, isWithRow }: Renewal): OpenedJournal {
  const damagedFile = putAside(file, clock)
  logger.error(
    `The alarm journal was damaged and a new one began; the damaged one is kept as ${damagedFile}: ${reason}`,
    { damagedFile, lastSequence, stateCount: states.length },
  )
  const store = JournalStore.open(file)
  const timestamp = clock.now()
  const name = basename(damagedFile)
  store.begin()
  if (lastSequence > 0)
    store.writeGap({
      first: 1,
      last: lastSequence,
      timestamp,
      reason: `the journal was damaged and put aside as ${name}`,
    })
  if (isWithRow) store.writeRow(renewalEvent(lastSequence + 1, timestamp, name), new Set())
  for (const stored of states) store.writeStateOnly(stored)
  store.commit()
  store.log.syncNow()
  return { store, states, damagedFile }
}

/** True for an error that a new file mends: broken pages, a foreign or half-made schema, a state that is no JSON. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return error instanceof SyntaxError
  // A disk that cannot be read or has no room says nothing about the file: it stays where it is.
  const isDisk = String((error.cause as { code?: unknown } | undefined)?.code).startsWith('SQLITE_IOERR')
  return error.kind === 'corrupt' || (error.kind === 'other' && !isDisk)
}

/** The file and its logs under a name that nothing has; the name. */
function putAside(file: string, clock: Clock): string {
  const stamp = new Date(clock.now()).toISOString().replace(/[:.]/g, '-')
  let name = `${file}.damaged-${stamp}`
  for (let count = 2; existsSync(name); count++) name = `${file}.damaged-${stamp}-${count}`
  for (const ending of ['', '-wal', '-shm']) if (existsSync(file + ending)) renameSync(file + ending, name + ending)
  return name
}

/** What can be read of a damaged journal: each part by itself, for one may be whole where another is not. */
function salvage(file: string): { lastSequence: number; states: StoredAlarm[] } {
  const states: StoredAlarm[] = []
  let lastSequence = 0
  try {
    const database = openDatabase({ file, migrations: alarmsMigrations, readOnly: true })
    try {
      lastSequence = attempt(() => sequenceIn(database, 'SELECT last_sequence AS sequence FROM chain')) ?? 0
      lastSequence = Math.max(
        lastSequence,
        attempt(() => sequenceIn(database, 'SELECT max(sequence) AS sequence FROM event')) ?? 0,
      )
      const rows = database.prepare<
        [],
        { id: string; definition: string; eventId: number; count: number; stored: string | null }
      >(
        `SELECT id, definition.definition AS definition, event_id AS eventId, occurrence_count AS count, stored
         FROM state JOIN definition ON definition.number = state.definition`,
      )
      for (const { id, definition, eventId, count, stored } of rows.iterate()) {
        const state = attempt(() => stateOf(id, JSON.parse(definition) as AlarmDefinition, eventId, count, stored))
        if (state !== null) states.push(state)
      }
    } finally {
      database.close()
    }
  } catch (error) {
    // What was read up to the damage is used; a file that is no database at all gives nothing.
    if (!(error instanceof Error)) throw error
  }
  return { lastSequence, states }
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

function sequenceIn(database: ReturnType<typeof openDatabase>, sql: string): number {
  return database.prepare<[], { sequence: number | null }>(sql).get()?.sequence ?? 0
}

function renewalEvent(sequence: number, timestamp: number, name: string): AlarmEvent {
  return {
    sequence,
    id: 'runtime:alarm-journal/damaged',
    tag: 'runtime:alarm-journal',
    condition: 'system',
    event: 'comment',
    state: 'normal',
    previousState: 'normal',
    priority: 'low',
    timestamp,
    receivedTimestamp: timestamp,
    value: null,
    limit: null,
    statusCode: 0,
    message: 'Alarm journal damaged; a new one began',
    user: '',
    station: '',
    comment: `The damaged journal is kept as ${name}`,
    isActive: false,
    eventId: 0,
    isFirstOut: false,
    isTest: false,
    alarmClass: 'system',
    area: '',
    equipment: null,
  }
}
