// The witness: remembers outside of the database up to where identifiers may have been given out, so that a database that came back
// from a backup, was deleted, or runs a second time is found out before it gives out a serial twice. docs/identifiers.md has the rules.
//
// Database and notes share a token that is replaced at every opening, closing and step of a counter. The notes are written first and
// name the tokens that may still be the database's if its transaction does not come about. A database whose token they do not name is
// not the one that wrote them last.
import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, realpathSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { makeFolder } from '../../base/make-folder.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { Database, Statement } from '../../storage/database.ts'
import type { PoolKey, PoolTable } from './pool-table.ts'
import {
  besideName,
  lastFile,
  mergedPools,
  notesOfFolder,
  outsideFile,
  type PoolNote,
  readNote,
  type WitnessNote,
  writeNote,
} from './witness-note.ts'

export interface WitnessOptions {
  readonly database: Database
  readonly pools: PoolTable
  readonly clock: Clock
  readonly logger: Logger
  /** Outside of the data folder; null = there is none, and only the note beside the database is kept. */
  readonly stateFolder: string | null
  /** Somebody named that folder: nothing is given out while it cannot be written to. Else a station without it runs, and says so. */
  readonly isStateFolderNamed: boolean
}

interface StationRow {
  readonly id: string
  readonly token: string
  readonly hasOutside: number
}

/** The notes of a station as they lie on the disk. */
interface Notes {
  readonly beside: WitnessNote | null
  readonly outside: WitnessNote | null
  /** Of notes that cannot be read. */
  readonly damage: readonly string[]
}

/** Periods that are over are remembered so long; clocks do not go back further. */
const mostPeriods = 40

export class Witness {
  readonly #options: WitnessOptions
  /** Of the database; null = it is in memory, and there is nothing to watch over. */
  readonly #folder: string | null
  readonly #station: Statement<[], StationRow>
  readonly #putStation: Statement<[string, string, number]>
  readonly #touched = new Map<string, PoolKey>()
  #isOpen = false
  /** The notes name tokens that may not be the database's. */
  #isUnsettled = false
  #settling: Timer | null = null
  #lastHandle: number | null = null
  #refusal: string | null = null
  #outsideFault: string | null = null

  constructor(options: WitnessOptions) {
    this.#options = options
    this.#folder = options.database.memory ? null : realpathSync(dirname(options.database.name))
    this.#station = options.database.prepare('SELECT id, token, has_outside AS hasOutside FROM station')
    this.#putStation = options.database.prepare(
      `INSERT INTO station (only, id, token, has_outside) VALUES (1, ?, ?, ?)
       ON CONFLICT (only) DO UPDATE SET id = excluded.id, token = excluded.token, has_outside = excluded.has_outside`,
    )
  }

  /** Why no scheme at all gives out anything: another copy of this station does. null = they may. */
  get refusal(): string | null {
    return this.#refusal
  }

  /** Why there is no note outside of the data folder; null = there is, or none is needed yet. */
  get outsideFault(): string | null {
    return this.#outsideFault
  }

  /**
   * Compares database and notes, once, before anything is given out; what does not fit stops the pools. Never throws: what cannot be
   * read or written is the refusal, and the next call tries again. Nothing is tried inside of a transaction.
   */
  open(): void {
    const { database } = this.#options
    if (this.#isOpen || database.inTransaction) return
    this.#refusal = null
    try {
      this.#transaction(() => {
        const station = this.#station.get()
        if (station) this.#compare(station)
        else this.#lookForLost()
      })
      this.#isOpen = true
    } catch (error) {
      this.#refusal = `Nothing is given out, for the witness of identifiers cannot be kept: ${messageOf(error)}`
      return
    }
    this.settle()
  }

  /** Inside of the transaction that gives out identifiers: on the disk, in both notes, when it returns. Throws RuntimeError. */
  reserve(pool: PoolKey, upTo: number): void {
    if (this.#refusal !== null) throw new RuntimeError('BadInvalidState', this.#refusal)
    if (this.#folder === null) return
    const station = this.#station.get()
    if (!this.#isOpen || !station)
      throw new RuntimeError('BadInvalidState', 'Nothing is given out before database and witness have been compared.')
    const notes = this.#readNotes(station.id)
    const latest = notes.outside ?? notes.beside
    if (latest && !names(latest, station.token)) {
      this.#refusal = `Another copy of this station, in ${latest.folder}, has given out identifiers since this one was started; this one gives out none any more.`
      throw new RuntimeError('BadInvalidState', this.#refusal)
    }
    this.#advance(station, [station.token, ...tokensOf(latest)], [...poolsOf(notes), { ...pool, upTo }])
  }

  /** A person says that this database goes on as the station: it takes the notes over. Inside of a transaction. */
  takeOver(): void {
    if (!this.#isOpen) throw new RuntimeError('BadInvalidState', this.#refusal ?? 'The witness is not open.')
    const station = this.#station.get()
    if (station) this.#advance(station, [station.token], poolsOf(this.#readNotes(station.id)))
    this.#refusal = null
    this.#settleSoon()
  }

  /** A transaction gave out identifiers of the pool; call `settle` once it is over, or it happens by itself soon. */
  touch(pool: PoolKey): void {
    this.#touched.set(JSON.stringify([pool.scheme, pool.period]), pool)
    this.#settleSoon()
  }

  #settleSoon(): void {
    this.#settling ??= this.#options.clock.after(0, () => {
      this.#settling = null
      this.settle()
    })
  }

  /**
   * Outside of a transaction: notes that the database has come to the token they announced, and how far the counters went. What cannot
   * be written is logged: it is said again at the next step.
   */
  settle(): void {
    const { database, logger } = this.#options
    if (this.#folder === null || !database.open || database.inTransaction) return
    try {
      this.#transaction(() => {
        const station = this.#station.get()
        if (!station || this.#refusal !== null) return
        if (this.#isUnsettled) this.#confirm(station)
        this.#noteLast(station)
      })
    } catch (error) {
      logger.warn(`the witness of identifiers could not be brought up to date: ${messageOf(error)}`)
    }
  }

  /** The notes name a new token, so that a copy made while the station ran is not taken for the one that was ended. */
  close(): void {
    this.#settling?.cancel()
    this.#settling = null
    const { database, logger } = this.#options
    if (this.#folder === null || !database.open || !this.#isOpen) return
    try {
      this.#transaction(() => {
        const station = this.#station.get()
        if (!station || this.#refusal !== null) return
        const notes = this.#readNotes(station.id)
        const latest = notes.outside ?? notes.beside
        if (latest && names(latest, station.token))
          this.#advance(station, [station.token, ...tokensOf(latest)], poolsOf(notes))
      })
      this.settle()
    } catch (error) {
      // The station can end without it: a copy made since the last step is found out a little later then.
      logger.warn(`the witness of identifiers could not be ended: ${messageOf(error)}`)
    }
    if (this.#lastHandle !== null) closeSync(this.#lastHandle)
    this.#lastHandle = null
  }

  /** A database that has given out nothing: was there another in its place? */
  #lookForLost(): void {
    const { stateFolder } = this.#options
    if (this.#folder === null) return
    const beside = readNote(this.#besideFile)
    const lost = [
      ...(beside.kind === 'note' ? [beside.note] : []),
      ...(stateFolder === null ? [] : notesOfFolder(stateFolder, this.#folder)),
    ]
    const [first] = lost
    if (beside.kind === 'damaged' && !first) {
      const reason = `The witness beside the database of identifiers is damaged and the database is empty: ${beside.message}.`
      this.#refusal = `${reason} Identifiers may have been given out that nobody knows of; put back the database, or delete ${besideName} if there were none.`
      return
    }
    if (!first) {
      // Committed before there are notes: notes that name a station the database does not know mean that it is another one.
      this.#putStation.run(randomUUID(), randomUUID(), 0)
      return
    }
    const pools = mergedPools(...lost.map((note) => note.pools))
    this.#stop(
      pools,
      'the database of identifiers was deleted or is another one: it is empty, and the witness knows of identifiers that were given out',
    )
    this.#advance({ id: first.station, token: randomUUID(), hasOutside: 0 }, lost.flatMap(tokensOf), pools)
  }

  #compare(station: StationRow): void {
    const notes = this.#readNotes(station.id)
    const fault = this.#fault(station, notes)
    const pools = poolsOf(notes)
    if (fault === null) {
      const isUnused = notes.beside === null && notes.outside === null && this.#options.pools.all().length === 0
      if (!isUnused) this.#advance(station, [station.token], pools)
      return
    }
    this.#stop([...pools, ...this.#ownPools()], fault.reason)
    if (fault.isCopy) {
      this.#refusal = `Nothing is given out: ${fault.reason}.`
      return
    }
    // The notes keep their own tokens and not this database's: killed here, it is found out again.
    this.#advance(station, [...tokensOf(notes.beside), ...tokensOf(notes.outside)], pools)
  }

  /** Why the notes do not fit the database, as the end of a sentence; null = they do. */
  #fault(station: StationRow, { beside, outside, damage }: Notes): { reason: string; isCopy: boolean } | null {
    const { stateFolder } = this.#options
    const because = (reason: string, isCopy = false) => ({ reason, isCopy })
    if (outside && outside.folder !== this.#folder && isStationIn(outside.folder, station.id))
      return because(
        `this is a second copy of the station in ${outside.folder}; two of them would give out the same identifiers`,
        true,
      )
    if (outside && !names(outside, station.token))
      return because(
        'an older state of the database came back, as from a backup: the witness outside of the data folder knows more',
      )
    if (beside && beside.station !== station.id)
      return because('the database is that of another station than the witness beside it')
    if (beside && !names(beside, station.token))
      return because('an older state of the database came back, as from a backup: the witness beside it knows more')
    if (outside && this.#isBehindLast(station))
      return because('an older state of the database came back, as from a backup: it has lost what it had committed')
    if (damage.length > 0 && !outside && !beside) return because(`the witness is damaged: ${damage.join('; ')}`)
    if (!outside && station.hasOutside === 1 && stateFolder !== null)
      return because(
        `the database came to this machine or user, or its witness in ${stateFolder} was lost: whether it is the newest state cannot be told`,
      )
    return null
  }

  /** Stops the schemes of the pools; their counters go on behind everything that may have been given out. */
  #stop(notes: readonly PoolNote[], reason: string): void {
    const { pools, clock, logger } = this.#options
    const timestamp = clock.now()
    for (const note of mergedPools(notes)) {
      const pool = pools.findOrAdd(note, 0)
      pools.passOver(pool, note.upTo + 1, `Passed over: ${reason}.`, timestamp)
      const sentence = `The pool ${note.scheme} gives out nothing: ${reason}. It goes on behind everything it may have given out when a person releases it.`
      pools.stop({ scheme: note.scheme, reason: sentence, period: note.period, next: 0, timestamp })
    }
    logger.error(`identifiers are not given out: ${reason}`)
  }

  /** Notes first, then the database: a new token, and everything that may be given out. */
  #advance(station: StationRow, before: readonly string[], pools: readonly PoolNote[]): void {
    if (this.#folder === null) return
    const note: WitnessNote = {
      version: 1,
      station: station.id,
      folder: this.#folder,
      token: randomUUID(),
      before: [...new Set(before)],
      pools: [...latestPeriods(mergedPools(pools))],
    }
    const hasOutside = this.#writeNotes(note, station.hasOutside === 1)
    this.#isUnsettled = true
    this.#putStation.run(station.id, note.token, hasOutside ? 1 : 0)
  }

  /** Once the transaction is committed or rolled back, only its token is left. */
  #confirm(station: StationRow): void {
    const notes = this.#readNotes(station.id)
    const latest = notes.outside ?? notes.beside
    if (latest && names(latest, station.token))
      this.#writeNotes({ ...latest, token: station.token, before: [] }, station.hasOutside === 1)
    this.#isUnsettled = false
  }

  /** The note outside first. A folder that was named, or could be written to before, has to take it. */
  #writeNotes(note: WitnessNote, hasOutside: boolean): boolean {
    const { stateFolder, isStateFolderNamed, logger } = this.#options
    let isOutside = false
    if (stateFolder !== null)
      try {
        writeNote(outsideFile(stateFolder, note.station), note)
        isOutside = true
        this.#outsideFault = null
      } catch (error) {
        if (hasOutside || isStateFolderNamed) throw error
        if (this.#outsideFault === null) logger.warn(`no witness outside of the data folder: ${messageOf(error)}`)
        this.#outsideFault = messageOf(error)
      }
    writeNote(this.#besideFile, note)
    return isOutside
  }

  #readNotes(station: string): Notes {
    const { stateFolder } = this.#options
    const beside = readNote(this.#besideFile)
    const outside = stateFolder === null ? null : readNote(outsideFile(stateFolder, station))
    const damage: string[] = []
    for (const read of [beside, outside]) if (read?.kind === 'damaged') damage.push(read.message)
    return {
      beside: beside.kind === 'note' ? beside.note : null,
      outside: outside?.kind === 'note' ? outside.note : null,
      damage,
    }
  }

  /** What the database itself says that it may have given out. */
  #ownPools(): readonly PoolNote[] {
    return this.#options.pools.all().map(({ scheme, period, template, next, reserved }) => ({
      scheme,
      period,
      template,
      upTo: Math.max(next - 1, reserved),
    }))
  }

  /** In place and not synced: cheap enough for every commit, and there after the process was killed. */
  #noteLast(station: StationRow): void {
    const { stateFolder, pools } = this.#options
    if (stateFolder === null || station.hasOutside === 0 || this.#touched.size === 0) return
    const next = [...this.#touched.values()].map(({ scheme, period }) => [
      scheme,
      period,
      pools.find(scheme, period)?.next,
    ])
    if (this.#touched.size > mostPeriods) this.#touched.clear()
    makeFolder(stateFolder)
    this.#lastHandle ??= openSync(lastFile(stateFolder, station.id), 'w', 0o600)
    const bytes = Buffer.from(JSON.stringify({ token: station.token, next }))
    writeSync(this.#lastHandle, bytes, 0, bytes.length, 0)
    ftruncateSync(this.#lastHandle, bytes.length)
  }

  #isBehindLast(station: StationRow): boolean {
    const { stateFolder, pools } = this.#options
    if (stateFolder === null) return false
    for (const [scheme, period, next] of readLast(lastFile(stateFolder, station.id), station.token)) {
      if (next > (pools.find(scheme, period)?.next ?? 0)) return true
    }
    return false
  }

  get #besideFile(): string {
    return join(this.#folder ?? '', besideName)
  }

  #transaction(run: () => void): void {
    this.#options.database.transaction(run).immediate()
  }
}

function names(note: WitnessNote, token: string): boolean {
  return note.token === token || note.before.includes(token)
}

function tokensOf(note: WitnessNote | null): readonly string[] {
  return note === null ? [] : [note.token, ...note.before]
}

function poolsOf({ beside, outside }: Notes): readonly PoolNote[] {
  return mergedPools(beside?.pools ?? [], outside?.pools ?? [])
}

/** Of each scheme the newest periods. */
function latestPeriods(pools: readonly PoolNote[]): readonly PoolNote[] {
  const counts = new Map<string, number>()
  return [...pools]
    .sort((a, b) => (a.period < b.period ? 1 : -1))
    .filter(({ scheme }) => {
      const count = (counts.get(scheme) ?? 0) + 1
      counts.set(scheme, count)
      return count <= mostPeriods
    })
}

/** The folder still has a database of the station. */
function isStationIn(folder: string, station: string): boolean {
  const read = readNote(join(folder, besideName))
  return read.kind === 'note' && read.note.station === station && existsSync(join(folder, 'identifiers.sqlite'))
}

/** How far the counters went by the last note of that token; nothing when there is none or it was torn. */
function readLast(file: string, token: string): readonly [string, string, number][] {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as { token: string; next: [string, string, number][] }
    return read.token === token ? read.next : []
  } catch {
    // Written without a sync: after a power failure it may be missing or torn, and then says nothing.
    return []
  }
}
