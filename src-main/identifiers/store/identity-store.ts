// Identifiers of this station: given out once and never again, what became of each, the record behind it, and where the part was.
// All calls are synchronous and durable when they return; inside of an open transaction they join it.
import type { Clock } from '../../base/clock.ts'
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
import { compileTemplate } from './identifier-template.ts'
import { type PartQuery, PartWindows } from './part-windows.ts'
import { PlantCalendar } from './plant-calendar.ts'
import { type AllocationRequest, type ReadyScheme, SerialPools } from './serial-pools.ts'
import { WordTable } from './word-table.ts'

export interface IdentityStoreOptions {
  /** identifiers.sqlite, opened with durability full. The store does not close it. */
  readonly database: Database
  readonly clock: Clock
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
  readonly #records: IdentifierRecords
  readonly #windows: PartWindows
  readonly #jobOf: (identifier: string) => string | null

  constructor({ database, clock, jobOf = () => null }: IdentityStoreOptions) {
    const words = new WordTable(database)
    this.#database = database
    this.#jobOf = jobOf
    this.#pools = new SerialPools(database, words, clock, { reserve: () => undefined })
    this.#records = new IdentifierRecords(database, words, clock)
    this.#windows = new PartWindows(database, words)
  }

  /** The schemes of the plant as they are now. Those with faults give out nothing; the plant check says why. */
  configure(schemes: readonly IdentifierScheme[], timeZone: string): void {
    const ready = new Map<string, ReadyScheme>()
    for (const scheme of schemes) {
      const { template } = compileTemplate(scheme)
      if (template) ready.set(scheme.name, { template, isTestPrefix: true })
    }
    this.#pools.configure(ready, new PlantCalendar(timeZone))
  }

  /**
   * Gives out the next identifiers of a scheme, all or none, in the order of their counters. Throws RuntimeError: BadNotFound for a scheme the
   * plant has not; BadInvalidArgument when a field, tag or shift is missing or the identifier would break a rule of its kind;
   * BadResourceUnavailable when the pool is used up; BadInvalidState when it is stopped; BadEntryExists for the requestId of another request.
   */
  allocate(request: AllocationRequest): readonly string[] {
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

  /** An identifier was seen at the line; one that is new came from elsewhere and gets a record. */
  seen(identifier: string, kind: IdentifierKind, user = ''): IdentifierRecord {
    return this.#write(
      'noting an identifier',
      () => this.#records.byNumber(this.#records.known(identifier, kind, user))!,
    )
  }

  /** Says where a part was. Throws RuntimeError BadInvalidArgument when it left before it entered, BadInvalidState when it was deleted. */
  place(request: PlaceRequest): PartWindow {
    const { identifier, kind = 'opaque', equipment, enteredTimestamp, leftTimestamp, leavesOthers = false } = request
    return this.#write('placing a part', () =>
      this.#windows.place(this.#records.known(identifier, kind, request.user ?? ''), {
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
    const parts = windows.map(({ part, equipment, from, to }) => {
      const { identifier, scheme, state, hold } = this.#records.byNumber(part)!
      return { identifier, scheme, equipment, from, to, state, isHeld: hold !== null }
    })
    return cursor === undefined ? { parts } : { parts, cursor }
  }

  pools(): readonly SerialPool[] {
    return this.#pools.pools()
  }

  /** What was given out and is not commissioned, in the order of the counters. Throws RuntimeError BadNotFound. */
  gaps(query: GapQuery): { gaps: readonly SerialGap[]; cursor?: string } {
    return this.#records.gaps(query, this.#jobOf)
  }

  /** The next identifiers as they would be given out now. Throws RuntimeError BadNotFound. */
  upcoming(scheme: string, count: number): readonly string[] {
    return this.#pools.upcoming(scheme, count)
  }

  #write<T>(attempted: string, change: () => T): T {
    try {
      return this.#database.transaction(change).immediate()
    } catch (error) {
      throw error instanceof RuntimeError ? error : asDatabaseError(error, attempted)
    }
  }
}
