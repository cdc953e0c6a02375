// Where parts are, by the plant's rules: so long before and after their identifier was given out, by the tag in which equipment says what
// it works on, and by the scanners that stand at it. Everything is in the database at once, so that a restart changes no window.
import type { Clock } from '../base/clock.ts'
import { parseIdentifier } from '../identifiers/schemes/parse-identifier.ts'
import type { IdentityStore } from '../identifiers/store/identity-store.ts'
import type { IdentifierKind, TrackingRule } from '../shared/identifier.ts'
import type { PlantLabels } from '../shared/label.ts'
import type { Database, Statement } from '../storage/database.ts'

/** What a tag says that equipment works on. */
export interface WorkedOn {
  readonly equipment: string
  /** As the tag has it; '' = nothing. */
  readonly text: string
  /** Since when; ms. */
  readonly timestamp: number
}

export interface PartTrackingParts {
  readonly database: Database
  readonly store: IdentityStore
  readonly clock: Clock
}

export class PartTracking {
  readonly #parts: PartTrackingParts
  readonly #present: Statement<[string], { identifier: string; entered: number }>
  readonly #keep: Statement<[string, string, number]>
  /** Scheme → rules by time. */
  #rules: ReadonlyMap<string, readonly TrackingRule[]> = new Map()

  constructor(parts: PartTrackingParts) {
    this.#parts = parts
    this.#present = parts.database.prepare('SELECT identifier, entered FROM worked_on WHERE equipment = ?')
    this.#keep = parts.database.prepare(
      `INSERT INTO worked_on (equipment, identifier, entered) VALUES (?, ?, ?)
       ON CONFLICT (equipment) DO UPDATE SET identifier = excluded.identifier, entered = excluded.entered`,
    )
  }

  configure({ tracking }: PlantLabels): void {
    this.#rules = Map.groupBy(
      tracking.filter(({ tag }) => tag === null),
      ({ scheme }) => scheme,
    )
  }

  /** In the transaction that is open: identifiers were given out now. */
  allocated(scheme: string, identifiers: readonly string[]): void {
    const now = this.#parts.clock.now()
    for (const { equipment, fromMs, toMs } of this.#rules.get(scheme) ?? [])
      for (const identifier of identifiers)
        this.#parts.store.place({
          identifier,
          equipment,
          enteredTimestamp: now + fromMs,
          leftTimestamp: now + toMs,
        })
  }

  /** Equipment works on another part: the one before has left it. The same again, as after a restart, changes nothing. */
  workedOn({ equipment, text, timestamp }: WorkedOn): void {
    const { identifier, scheme: kind } = parseIdentifier(text)
    const before = this.#present.get(equipment)
    if (before?.identifier === identifier) return
    this.#parts.database
      .transaction(() => {
        if (before && before.identifier !== '') this.#leave(before.identifier, equipment, before.entered, timestamp)
        if (identifier !== '') this.#enter(identifier, kind, equipment, timestamp)
        this.#keep.run(equipment, identifier, timestamp)
      })
      .immediate()
  }

  /** In the transaction that is open: a part was seen at equipment. */
  enter(seen: {
    readonly identifier: string
    readonly kind: IdentifierKind
    readonly equipment: string
    readonly timestamp: number
  }): void {
    const { store } = this.#parts
    const { identifier, kind, equipment, timestamp } = seen
    // Read twice, it is there since the first time.
    const isThere = store
      .windowsOf(identifier)
      .some(
        (window) => window.equipment === equipment && window.from <= timestamp && (window.to ?? timestamp) >= timestamp,
      )
    if (isThere) return
    store.place({ identifier, kind, equipment, enteredTimestamp: timestamp, leftTimestamp: null, leavesOthers: true })
  }

  #enter(identifier: string, kind: IdentifierKind, equipment: string, timestamp: number): void {
    const entry = { identifier, kind, equipment, enteredTimestamp: timestamp, leftTimestamp: null }
    this.#parts.store.place(entry)
  }

  #leave(identifier: string, equipment: string, entered: number, timestamp: number): void {
    const leftTimestamp = Math.max(entered, timestamp)
    this.#parts.store.place({ identifier, equipment, enteredTimestamp: entered, leftTimestamp })
  }
}
