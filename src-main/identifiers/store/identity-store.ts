// Identifiers of this station: given out once and never again, what became of each, the record behind it, and where the part was.
// All calls are synchronous and durable when they return; inside of an open transaction they join it.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type {
  IdentifierKind,
  IdentifierRecord,
  IdentifierScheme,
  PartWindow,
  SerialGap,
  SerialPool,
  SerialState,
} from '../../shared/identifier.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { asDatabaseError, type Database } from '../../storage/database.ts'
import { type GapQuery, IdentifierRecords, type SearchQuery, type WrittenValue } from './identifier-records.ts'
import { type PartQuery, PartWindows } from './part-windows.ts'
import { type PoolStop, PoolTable } from './pool-table.ts'
import { type AllocationRequest, type PoolRelease, SerialPools } from './serial-pools.ts'
import { Witness } from './witness.ts'
import { WordTable } from './word-table.ts'

export interface IdentityStoreOptions {
  /** identifiers.sqlite, opened with durability full. The store does not close it. */
  readonly database: Database
  readonly clock: Clock
  readonly logger: Logger
  /** Of the witness outside of the data folder (state-folder.ts); null = none is kept. */
  readonly stateFolder: string | null
  /** Nothing is given out while it cannot be written to; absent = it is only said. */
  readonly isStateFolderNamed?: boolean
  /** Newest print job of an identifier, for the gap report; none without. */
  readonly jobOf?: (identifier: string) => string | null
}

/** A part that was in equipment; a part that came back has a row for each time. */
export interface PartInEquipment {
  readonly identifier: string
  readonly scheme: string | null
  readonly equipment: string
  readonly from: number
  readonly to: number | null
  readonly state: SerialState | null
  readonly isHeld: boolean
}

export interface PlaceRequest {
  readonly identifier: string
  /** Of an identifier that is new here. */
  readonly kind?: IdentifierKind
  readonly equipment: string
  readonly enteredTimestamp: number
  /** null = it is there still. */
  readonly leftTimestamp: number | null
  /** It is nowhere else then: it left where it was when it entered here, and leaves when it entered the next. */
  readonly leavesOthers?: boolean
  readonly user?: string
}

/** All calls throw DatabaseError when the disk is full or the database damaged; nothing is half done then. */
export class IdentityStore {
  readonly #database: Database
  readonly #pools: SerialPools
  readonly #poolTable: PoolTable
  readonly #records: IdentifierRecords
  readonly #windows: PartWindows
  readonly #witness: Witness
  readonly #jobOf: (identifier: string) => string | null

  /** Compares the database with its witness: what does not fit stops the pools, and `pools` says why. Throws DatabaseError. */
  constructor(options: IdentityStoreOptions) {
    const { database, clock, logger, stateFolder, isStateFolderNamed = false, jobOf = () => null } = options
    const words = new WordTable(database)
    this.#database = database
    this.#jobOf = jobOf
    this.#poolTable = new PoolTable(database)
    this.#witness = new Witness({ database, pools: this.#poolTable, clock, logger, stateFolder, isStateFolderNamed })
    this.#pools = new SerialPools(database, this.#poolTable, words, clock, this.#witness)
    this.#records = new IdentifierRecords(database, words, clock)
    this.#windows = new PartWindows(database, words)
    this.#witness.open()
  }

  /** The schemes of the plant as they are now. Those with faults give out nothing; `pools` says why. Throws RangeError for no time zone. */
  configure(schemes: readonly IdentifierScheme[], timeZone: string, { hasShifts = true } = {}): void {
    this.#pools.configure(schemes, timeZone, hasShifts)
  }

  /**
   * Gives out the next identifiers of a scheme, all or none, in the order of their counters. Throws RuntimeError: BadNotFound for a scheme the
   * plant has not; BadInvalidArgument when a field, tag or shift is missing or the identifier would break a rule of its kind;
   * BadConfigurationError when its template has faults; BadResourceUnavailable when the witness cannot be written;
   * BadInvalidState when the pool is used up or stopped; BadEntryExists for the requestId of another request.
   */
  allocate(request: AllocationRequest): readonly string[] {
    this.#witness.open()
    return this.#write('giving out identifiers', () => this.#pools.allocate(request))
  }

  /** null = never heard of. A deleted one has `deletedTimestamp`. */
  record(identifier: string): IdentifierRecord | null {
    return this.#records.record(identifier)
  }

  /** Newest first; deleted ones are not found. */
  search(query: SearchQuery): { records: readonly IdentifierRecord[]; cursor?: string } {
    return this.#records.search(query)
  }

  /**
   * Moves a serial on in its life; nothing happens when it is there. Throws RuntimeError: BadNotFound; BadInvalidState for a transition
   * OPEN-SCS does not have, a held part that would be commissioned, and an identifier from elsewhere.
   */
  setState(identifier: string, state: SerialState, user: string, reason: string): void {
    this.#write('changing the state of a serial', () => this.#records.setState(identifier, state, user, reason))
  }

  /** No label is printed for it and it is not commissioned until it is released. Throws RuntimeError BadNotFound, BadInvalidState. */
  hold(identifier: string, user: string, reason: string): void {
    this.#write('holding a part', () => this.#records.hold(identifier, user, reason))
  }

  /** Throws RuntimeError BadNotFound; BadInvalidState when it is not held. */
  release(identifier: string, user: string, reason: string): void {
    this.#write('releasing a part', () => this.#records.release(identifier, user, reason))
  }

  isHeld(identifier: string): boolean {
    return this.#records.isHeld(identifier)
  }

  /** Writes values of the record; those with the same index are replaced. Throws RuntimeError BadNotFound, BadInvalidState. */
  setValues(identifier: string, values: readonly WrittenValue[]): IdentifierRecord {
    return this.#write('writing a record', () => this.#records.setValues(identifier, values))
  }

  /** Removes values of the record. Throws RuntimeError BadNotFound, BadInvalidState. */
  removeValues(identifier: string, indexes: readonly number[]): IdentifierRecord {
    return this.#write('writing a record', () => this.#records.removeValues(identifier, indexes))
  }

  /** Deletes the record; the identifier stays taken for ever. Throws RuntimeError BadNotFound, BadInvalidState. */
  remove(identifier: string, user: string, reason: string): void {
    this.#write('deleting a record', () => this.#records.remove(identifier, user, reason))
  }

  /**
   * An identifier was seen at the line. A new one gets a record: it came from elsewhere. One that a scheme of the plant makes with a
   * counter that was never given out stops that pool. Throws RuntimeError BadInvalidState when its record was deleted.
   */
  seen(identifier: string, kind: IdentifierKind, user = ''): IdentifierRecord {
    return this.#write('noting an identifier', () => this.#records.byNumber(this.#known(identifier, kind, user))!)
  }

  /** Says where a part was. Throws RuntimeError BadInvalidArgument when it left before it entered, BadInvalidState when it was deleted. */
  place(request: PlaceRequest): PartWindow {
    const { identifier, kind = 'opaque', equipment, enteredTimestamp, leftTimestamp, leavesOthers = false } = request
    return this.#write('placing a part', () =>
      this.#windows.place(this.#known(identifier, kind, request.user ?? ''), {
        equipment,
        entered: enteredTimestamp,
        left: leftTimestamp,
        leavesOthers,
      }),
    )
  }

  /** Where a part was, by time; empty for one that was never heard of. */
  windowsOf(identifier: string): readonly PartWindow[] {
    const known = this.#records.find(identifier)
    return known ? this.#windows.windowsOf(known.number) : []
  }

  /** Parts that were in any of the equipment at some time of the span, by the time of their entry. */
  partsIn(query: PartQuery): { parts: readonly PartInEquipment[]; cursor?: string } {
    const { windows, cursor } = this.#windows.partsIn(query)
    const summaries = this.#records.summaries(windows.map(({ part }) => part))
    const parts = windows.map(({ part, equipment, from, to }) => ({ ...summaries.get(part)!, equipment, from, to }))
    return cursor === undefined ? { parts } : { parts, cursor }
  }

  /** Of each scheme of the plant what it gives out now, or why it does not. */
  pools(): readonly SerialPool[] {
    this.#witness.open()
    return this.#pools.pools()
  }

  /** Schemes that give out nothing until a person releases them, also those the plant does not have any more. */
  stops(): readonly PoolStop[] {
    return this.#poolTable.stops()
  }

  /** Why there is no witness outside of the data folder; null = there is, or nothing was given out yet. */
  get witnessFault(): string | null {
    return this.#witness.outsideFault
  }

  /**
   * Lets a stopped pool go on behind everything that may have been given out, or with a higher counter. Throws RuntimeError: BadNotFound;
   * BadInvalidState when it is not stopped; BadInvalidArgument for a lower counter; also BadInvalidState when none would be left.
   */
  releasePool(release: PoolRelease): SerialPool {
    this.#witness.open()
    return this.#write('releasing a pool', () => this.#pools.release(release))
  }

  /** What was given out and is not commissioned, in the order of the counters. Throws RuntimeError BadNotFound. */
  gaps(query: GapQuery): { gaps: readonly SerialGap[]; cursor?: string } {
    return this.#records.gaps(query, this.#jobOf)
  }

  /** The next identifiers as they would be given out now. Throws RuntimeError BadNotFound. */
  upcoming(scheme: string, count: number): readonly string[] {
    return this.#pools.upcoming(scheme, count)
  }

  /** Before the database is closed: the witness notes that this was the end. */
  close(): void {
    this.#witness.close()
  }

  #known(identifier: string, kind: IdentifierKind, user: string): number {
    if (!this.#records.find(identifier)) {
      const own = this.#pools.ownerOf(identifier)
      if (own) this.#pools.sawUnknown(identifier, kind, own, user)
    }
    return this.#records.known(identifier, kind, user)
  }

  #write<T>(attempted: string, change: () => T): T {
    try {
      return this.#database.transaction(change).immediate()
    } catch (error) {
      throw error instanceof RuntimeError ? error : asDatabaseError(error, attempted)
    }
  }
}
