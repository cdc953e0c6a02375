// The one path of every scan, from a scanner at the line or a screen: taken apart; a label in doubt or one that waits for its scan; the
// name plate of a machine; a part, which is placed where the scanner stands; or nothing known. Kept in one transaction with what it did.
import type { Logger } from '../base/logger.ts'
import { parseIdentifier } from '../identifiers/schemes/parse-identifier.ts'
import type { IdentityStore } from '../identifiers/store/identity-store.ts'
import type { PrintQueue } from '../labels/queue/print-queue.ts'
import type { ScanBook } from '../scanning/scan-book.ts'
import { readScanText } from '../scanning/scan-text.ts'
import type { ParsedIdentifier } from '../shared/identifier.ts'
import type { ScanOutcome, ScanRow } from '../shared/label.ts'
import type { Database } from '../storage/database.ts'
import type { LabelSettings, ReportedScan } from './label-message.ts'
import type { PartTracking } from './part-tracking.ts'

export interface ScanPathParts {
  readonly database: Database
  readonly store: IdentityStore
  readonly queue: PrintQueue
  readonly book: ScanBook
  readonly tracking: PartTracking
  readonly logger: Logger
  readonly onScan: (scan: ScanRow) => void
}

export class ScanPath {
  readonly #parts: ScanPathParts
  /** Scanner → equipment it stands at. */
  #places: ReadonlyMap<string, string> = new Map()
  /** Identifier of a name plate → equipment. */
  #namePlates: ReadonlyMap<string, string> = new Map()

  constructor(parts: ScanPathParts) {
    this.#parts = parts
  }

  get book(): ScanBook {
    return this.#parts.book
  }

  configure({ labels, namePlates }: LabelSettings): void {
    this.#places = new Map(
      labels.scanners.flatMap(({ name, equipment }) => (equipment === null ? [] : [[name, equipment]])),
    )
    this.#namePlates = new Map(
      namePlates.map(({ identifier, equipment }) => [parseIdentifier(identifier).identifier, equipment]),
    )
  }

  /** Kept when it returns, with what it did unless it may only look. `user` '' = nobody: a scanner at the line. Throws DatabaseError. */
  take(reported: ReportedScan, user: string): ScanRow {
    const { database, book, onScan } = this.#parts
    const { text, aimId, grade } = readScanText(reported.text)
    const sentAimId = aimId ?? reported.aimId
    const parsed = parseIdentifier(text, sentAimId === null ? {} : { aimId: sentAimId })
    const { source, timestamp } = reported
    const scan = { text, source, user, timestamp, grade: grade ?? reported.grade, parsed }
    const row = database
      .transaction(() => {
        const outcome = reported.isLookOnly ? this.#seen(parsed.identifier) : this.#outcome(scan)
        return book.keep({ timestamp, source, user, text, parsed, outcome })
      })
      .immediate()
    onScan(row)
    return row
  }

  /** What it is, without doing anything. */
  #seen(identifier: string): ScanOutcome {
    const plate = this.#namePlates.get(identifier)
    if (plate !== undefined) return { kind: 'equipment', equipment: plate }
    const isKnown = identifier !== '' && this.#parts.store.record(identifier) !== null
    return isKnown ? { kind: 'part', equipment: null } : { kind: 'unknown' }
  }

  #outcome(scan: TakenScan): ScanOutcome {
    const { queue, store, tracking } = this.#parts
    const { parsed, text, source, user, grade } = scan
    const { identifier } = parsed
    const ofLabel = queue.scanned({ identifier, text, source, user: user === '' ? source : user, grade })
    const equipment = this.#places.get(source) ?? null
    // A good label at its place is the part at its place too.
    const isKnown = identifier !== '' && store.record(identifier) !== null
    if (isKnown && equipment !== null && ofLabel?.kind !== 'mismatch')
      tracking.enter({ identifier, kind: parsed.scheme, equipment, timestamp: scan.timestamp })
    if (ofLabel !== null) return ofLabel
    const plate = this.#namePlates.get(identifier)
    if (plate !== undefined) return { kind: 'equipment', equipment: plate }
    if (isKnown) return { kind: 'part', equipment }
    // It came from elsewhere. Where it is one of ours that was never given out, an older state of the station came back: the store stops
    // the pool.
    if (parsed.valid && parsed.scheme !== 'opaque') store.seen(identifier, parsed.scheme, user)
    return { kind: 'unknown' }
  }
}

interface TakenScan {
  readonly text: string
  readonly source: string
  readonly user: string
  readonly timestamp: number
  readonly grade: number | null
  readonly parsed: ParsedIdentifier
}
