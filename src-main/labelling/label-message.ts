// What the runtime and its label thread say to each other. The thread holds identifiers, queue, printers and scanners
// (label-rooms.ts); the runtime holds tags, plant and people (station-labels.ts).
import type { ThreadAnswer } from '../base/thread-on-demand.ts'
import type { LabelReject } from '../labels/queue/label-verification.ts'
import type { PrintOrder } from '../labels/queue/print-orders.ts'
import type { TriggerMark } from '../labels/queue/trigger-marks.ts'
import type { ScannerStanding } from '../scanning/line-scanners.ts'
import type { CallName, InputOf, ResultOf } from '../shared/contract.ts'
import type { TagValue } from '../shared/data-value.ts'
import type { IdentifierRecord, PartWindow } from '../shared/identifier.ts'
import type { AffectedPart } from '../shared/identifier-calls.ts'
import type { LabelJob, LabelTemplate, PlantLabels, PrinterStatusRow, ScanRow } from '../shared/label.ts'
import type { StatusCodeName } from '../shared/status-code.ts'
import type { DataType } from '../shared/tag.ts'
import type { WorkedOn } from './part-tracking.ts'

/** What the thread has to know of the plant. */
export interface LabelSettings {
  readonly labels: PlantLabels
  /** Images that templates name, by their files. */
  readonly images: ReadonlyMap<string, Uint8Array>
  /** IANA name. */
  readonly timeZone: string
  /** Identifiers of machines, as written in the plant. */
  readonly namePlates: readonly { readonly identifier: string; readonly equipment: string }[]
  /** Types of the tags that templates and schemes name. */
  readonly tagTypes: Readonly<Record<string, { readonly dataType: DataType; readonly arrayLength: number | null }>>
}

export interface LabelWorkerStart {
  readonly dataFolder: string
  readonly settings: LabelSettings
}

/** What the print queue makes; the thread reads the images itself and refuses what has to be approved. */
export type LabelOrder = Omit<PrintOrder, 'images'> & { readonly isApprovalRequired: boolean }

/** Rows of the contract that the thread answers as they are. */
type PassedOn =
  | 'labels.jobs'
  | 'labels.picture'
  | 'labels.resolve'
  | 'labels.reprint'
  | 'labels.void'
  | 'labels.cancel'
  | 'labels.pause'
  | 'labels.resume'
  | 'labels.failOver'
  | 'labels.approve'
  | 'labels.ledger'
  | 'labels.verifyLedger'
  | 'labels.output'
  | 'labels.simulate'
  | 'identifiers.pools'
  | 'identifiers.gaps'
  | 'identifiers.resolve'
  | 'identifiers.search'
  | 'identifiers.setState'
  | 'identifiers.setValues'
  | 'identifiers.releasePool'
  | 'identifiers.place'
  | 'identifiers.hold'
  | 'identifiers.release'
  | 'scans.list'

/** A version of a template as it is known, by its digest. */
export interface TemplateStanding {
  readonly digest: string
  readonly version: number
  readonly approvedBy: string | null
  readonly approvedTimestamp: number | null
}

/** A text of a scanner, with all that is known of where it comes from. */
export interface ReportedScan {
  readonly text: string
  /** Name of a scanner of the plant, `keyboard` or `camera`. */
  readonly source: string
  readonly aimId: string | null
  /** Of a verifier, 0 to 4; null = none said. */
  readonly grade: number | null
  /** Whoever scanned may only look: nothing is settled, placed or stopped by it. */
  readonly isLookOnly: boolean
  /** ms since 1970-01-01 UTC. */
  readonly timestamp: number
}

/** What is known of a part, for its trace. */
export interface KnownPart {
  /** Canonical. */
  readonly identifier: string
  readonly record: IdentifierRecord | null
  readonly windows: readonly PartWindow[]
  readonly jobs: readonly LabelJob[]
  readonly scans: readonly ScanRow[]
}

export interface PartsQuestion {
  readonly equipment: readonly string[]
  readonly from: number
  readonly to: number
  readonly limit: number
  readonly cursor: string | null
}

/** Question → what is asked and what is answered. */
export type LabelQuestions = {
  readonly [N in PassedOn & CallName]: { readonly input: InputOf<N>; readonly result: ResultOf<N> }
} & {
  readonly configure: { readonly input: LabelSettings; readonly result: null }
  readonly order: { readonly input: LabelOrder; readonly result: readonly LabelJob[] }
  readonly preview: {
    readonly input: {
      readonly template: LabelTemplate
      readonly fields: Readonly<Record<string, string>>
      readonly tags: Readonly<Record<string, TagValue>>
      readonly dpi: number
    }
    readonly result: Omit<ResultOf<'labels.preview'>, 'fields'>
  }
  readonly allocate: {
    readonly input: {
      readonly request: InputOf<'identifiers.allocate'>
      readonly tags: Readonly<Record<string, TagValue>>
    }
    readonly result: readonly string[]
  }
  readonly printerStatus: { readonly input: null; readonly result: readonly PrinterStatusRow[] }
  readonly templateStandings: {
    readonly input: { readonly templates: readonly { readonly name: string; readonly digest: string }[] }
    readonly result: readonly TemplateStanding[]
  }
  readonly marks: { readonly input: null; readonly result: readonly TriggerMark[] }
  /** A trigger saw something that makes no label. */
  readonly keepMarks: { readonly input: readonly TriggerMark[]; readonly result: null }
  readonly scan: { readonly input: ReportedScan; readonly result: ScanRow }
  readonly part: { readonly input: { readonly text: string }; readonly result: KnownPart }
  readonly affected: {
    readonly input: PartsQuestion
    readonly result: { readonly parts: readonly AffectedPart[]; readonly cursor?: string }
  }
  /** A tag says what equipment works on. */
  readonly workedOn: { readonly input: WorkedOn; readonly result: null }
}
export type LabelQuestionName = keyof LabelQuestions

export type ToLabelWorker =
  | {
      readonly type: 'ask'
      readonly id: number
      readonly name: LabelQuestionName
      readonly input: unknown
      readonly user: string
    }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'close' }

/** What the thread tells without being asked, put together for a tenth of a second. */
export interface LabelNews {
  /** All printers, when one of them changed. */
  readonly printers: readonly PrinterStatusRow[] | null
  /** As they are now, each once. */
  readonly jobs: readonly LabelJob[]
  readonly scans: readonly ScanRow[]
  /** Scans that were not what was expected: the reject tag of their printer is to be set. */
  readonly rejects: readonly LabelReject[]
  /** null = unchanged. */
  readonly pools: PoolNews | null
  readonly scanners: readonly ScannerStanding[] | null
}

/** What is wrong with giving out identifiers. */
export interface PoolNews {
  /** Pools that give nothing out, with why. */
  readonly stopped: readonly { readonly scheme: string; readonly refusal: string }[]
  /** Why nothing outside of the data folder would tell that an old backup came back; '' = something would. */
  readonly witnessFault: string
}

export type FromLabelWorker =
  | ThreadAnswer
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly code: StatusCodeName; readonly message: string }
  | { readonly type: 'pong'; readonly id: number }
  | { readonly type: 'news'; readonly news: LabelNews }
