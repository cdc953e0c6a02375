// Labels: what stands on them (lengths in millimetres), the printers that make them, and each print as a transaction.
import type { TagValue } from './data-value.ts'
import type { PlantText } from './equipment.ts'
import type { IdentifierScheme, ParsedIdentifier, TrackingRule } from './identifier.ts'

export const printerLanguages = ['zpl', 'tspl', 'pdf', 'png'] as const
export type PrinterLanguage = (typeof printerLanguages)[number]

/** Dots per inch that label printers have. */
export const printerResolutions = [203, 300, 600] as const
export type PrinterResolution = (typeof printerResolutions)[number]

/**
 * A printer of the plant (`printers:` in labels/*.yaml). `connection` is a URI: `tcp://host:9100`, `ipp://host:631/ipp/print`, `ipps://…`,
 * `cups:<queue>`, `windows:<printer name>`, `serial:/dev/ttyUSB0?baud=9600`, `file:<folder>`, `virtual:` (shown on screen).
 */
export interface LabelPrinter {
  readonly name: string
  readonly description: string
  readonly language: PrinterLanguage
  readonly connection: string
  readonly dpi: PrinterResolution
  /** Printer that takes over when a person says so; null = none. */
  readonly failover: string | null
  /** Bound of a connect, of sending a label and of a status answer; ms. */
  readonly timeoutMs: number
  /** How often it is asked for its state; ms; 0 = never (it does not answer). */
  readonly statusIntervalMs: number
  /** Every label is scanned back; null = not. */
  readonly verify: LabelVerification | null
}

/** Print → scan → compare → commit, or reject. */
export interface LabelVerification {
  /** Name of a scanner of the plant; null = any scan. */
  readonly scanner: string | null
  /** Without a scan for so long the label counts as not verified; ms. */
  readonly timeoutMs: number
  /** Writable bool tag that is set on a mismatch; null = none. */
  readonly rejectTag: string | null
  /** Least grade a verifier has to report (ISO/IEC 15415: 0 to 4); null = none asked. */
  readonly leastGrade: number | null
}

/** A scanner that stands at the line (`scanners:` in labels/*.yaml). */
export interface LineScanner {
  readonly name: string
  readonly description: string
  /** `tcp://host:port` (connected to), `tcp-listen://host:port`, `serial:/dev/ttyACM0?baud=9600`, `tag:<string tag>`. */
  readonly connection: string
  /** Equipment it stands at: a scan there places the part; null = none. */
  readonly equipment: string | null
  /** What ends a scan, as characters: usually CR, LF or both. */
  readonly terminator: string
}

/** A field that templates name as `fields.<name>`. */
export interface LabelField {
  readonly name: string
  readonly title: PlantText
  /** CEL over tags; null = it is asked for (prompt), or comes with the order. */
  readonly value: string | null
  /** Used when nobody gives one; null = the job is refused without it. */
  readonly defaultValue: string | null
  /** Regular expression the whole text has to fit; null = any printable text. */
  readonly pattern: string | null
}

interface Placed {
  /** Of the upper left corner; mm. */
  readonly x: number
  readonly y: number
  /** Clockwise. */
  readonly rotate: 0 | 90 | 180 | 270
}

/** `value` is CEL over tags, `identifier`, `fields.<name>`, `user`, `now`; docs/labels.md. */
export type LabelElement =
  | (Placed & {
      readonly type: 'text'
      readonly value: string
      /** From the top of an ascender to the bottom of a descender, and the distance of lines; mm. */
      readonly fontSize: number
      readonly bold: boolean
      /** Box the text is kept in; null = as long as it gets. */
      readonly width: number | null
      readonly height: number | null
      readonly align: 'left' | 'center' | 'right'
    })
  | (Placed & {
      readonly type: 'barcode'
      readonly value: string
      /** bwip-js name: `datamatrix`, `gs1datamatrix`, `qrcode`, `gs1qrcode`, `code128`, `gs1-128`, `code39`, `ean13`, `upca`, `itf14`, `pdf417`, `azteccode` … */
      readonly symbology: string
      /** Width of the narrowest bar or of a module; mm; rounded to whole dots. */
      readonly module: number
      /** Of bars; mm; null for two-dimensional symbols. */
      readonly height: number | null
      /** Text below the bars. */
      readonly showText: boolean
      /** Error correction as the symbology names it (`M`, `Q`); null = its usual one. */
      readonly errorCorrection: string | null
    })
  | (Placed & {
      readonly type: 'box'
      readonly width: number
      readonly height: number
      readonly line: number
      readonly filled: boolean
    })
  | (Placed & { readonly type: 'line'; readonly toX: number; readonly toY: number; readonly line: number })
  | (Placed & {
      readonly type: 'image'
      /** PNG, relative to labels/ of the plant folder. */
      readonly file: string
      readonly width: number
      readonly height: number
    })

/** A label (`templates:` in labels/*.yaml). */
export interface LabelTemplate {
  readonly name: string
  readonly title: PlantText
  /** mm. */
  readonly width: number
  readonly height: number
  /** The whole label, clockwise. */
  readonly rotate: 0 | 90 | 180 | 270
  /** Scheme its `identifier` is given out by; null = it has none. */
  readonly scheme: string | null
  /** Printer used when nobody names one; null = it has to be named. */
  readonly printer: string | null
  readonly fields: readonly LabelField[]
  readonly elements: readonly LabelElement[]
  /** Of all that makes the label look as it does, images too: SHA-256, hexadecimal. Another digest is another version. */
  readonly digest: string
}

/** A trigger that makes no labels, or did not make its last ones. */
export interface TriggerTrouble {
  readonly trigger: string
  /** Too many labels were to be made at once: it waits until a person lets it go on. */
  readonly isStopped: boolean
  /** As a sentence. */
  readonly message: string
}

/** What makes labels by itself (`triggers:` in labels/*.yaml). Exactly one of `when`, `state`, `alarm`, `schedule`. */
export interface LabelTrigger {
  readonly name: string
  readonly template: string
  readonly printer: string | null
  /** CEL; what counts as one event is `on`. */
  readonly when: string | null
  /** `rising`: it became true; `change`: it has another value; `increase`: a counter went up, one label for each step; `update`: it was reported, also unchanged. */
  readonly on: 'rising' | 'change' | 'increase' | 'update'
  /** A PackML state that equipment enters. */
  readonly state: { readonly equipment: string; readonly state: string } | null
  /** Id of an alarm that becomes active. */
  readonly alarm: string | null
  /** Times of day (`06:00`, of the plant's time zone) and days of the week (1 = Monday; all = empty). */
  readonly schedule: { readonly times: readonly string[]; readonly days: readonly number[] } | null
  /** Two events closer than this are one; ms. */
  readonly debounceMs: number
  /** Fields the job gets; CEL. */
  readonly fields: Readonly<Record<string, string>>
  readonly copies: number
  /** Most labels made at once for events that came while the station was down; more stop the trigger and say so. */
  readonly catchUp: number
}

/** All of labels/*.yaml of a checked plant. */
export interface PlantLabels {
  readonly printers: readonly LabelPrinter[]
  readonly schemes: readonly IdentifierScheme[]
  readonly templates: readonly LabelTemplate[]
  readonly triggers: readonly LabelTrigger[]
  readonly scanners: readonly LineScanner[]
  readonly tracking: readonly TrackingRule[]
  /** Only approved templates are printed (`labels: { requireApproval: true }` of plant.yaml). */
  readonly requireApproval: boolean
}

/** A plant that prints nothing. */
export const noLabels: PlantLabels = {
  printers: [],
  schemes: [],
  templates: [],
  triggers: [],
  scanners: [],
  tracking: [],
  requireApproval: false,
}

export const jobStates = ['allocated', 'queued', 'sent', 'printed', 'verified', 'inDoubt', 'failed', 'void'] as const
export type LabelJobState = (typeof jobStates)[number]

/** One label (all its copies are the same pixels). */
export interface LabelJob {
  readonly id: string
  /** Order of printing on its printer, from 1. */
  readonly sequence: number
  readonly state: LabelJobState
  readonly identifier: string | null
  readonly template: string
  /** Digest of the template it was made from. */
  readonly templateDigest: string
  readonly printer: string
  readonly copies: number
  readonly createdTimestamp: number
  readonly changedTimestamp: number
  readonly user: string
  /** Job it is a reprint of; null = a first print. */
  readonly reprintOf: string | null
  /** 0 = first print, 1 = first reprint … */
  readonly reprintCount: number
  readonly reason: string
  /** Why it waits, is in doubt or failed, as a sentence; '' = nothing to say. */
  readonly message: string
  /** SHA-256 of the bitmap, hexadecimal: the same for every reprint; null = not rendered yet. */
  readonly imageHash: string | null
  /** What was scanned back; null = nothing. */
  readonly scanned: string | null
  /** Values that stand on it. */
  readonly fields: Readonly<Record<string, TagValue>>
}

/** What a printer says of itself, or is known of it. */
export const printerConditions = [
  'ready',
  'printing',
  'paused',
  'mediaOut',
  'ribbonOut',
  'headOpen',
  'jam',
  'overheated',
  'cutterFault',
  'fault',
  /** The connection is open and the printer does not answer: Zebra printers do not in most faults. */
  'silent',
  /** No connection. */
  'offline',
  /** It cannot be asked. */
  'unknown',
] as const
export type PrinterCondition = (typeof printerConditions)[number]

export interface PrinterStatusRow {
  readonly printer: string
  /** The most serious first; never empty. */
  readonly conditions: readonly PrinterCondition[]
  /** As a sentence, '' = nothing to say. */
  readonly message: string
  /** Held by a person (labels.pause). */
  readonly isPaused: boolean
  readonly queuedCount: number
  readonly inDoubtCount: number
  readonly printedCount: number
  readonly timestamp: number
}

/** A row of the print ledger: append-only, each hashed with the one before. */
export interface LedgerRow {
  readonly sequence: number
  readonly timestamp: number
  /** `allocated queued sent printed verified inDoubt failed void reprinted resolved approved …` */
  readonly action: string
  readonly job: string | null
  readonly identifier: string | null
  readonly printer: string | null
  readonly template: string | null
  readonly user: string
  readonly detail: string
  /** SHA-256, hexadecimal. */
  readonly hash: string
}

/** A text that a scanner read. */
export interface ScanRow {
  readonly sequence: number
  readonly timestamp: number
  /** Name of the scanner, `camera` or `keyboard`. */
  readonly source: string
  readonly user: string
  readonly text: string
  readonly parsed: ParsedIdentifier
  /** What came of it. */
  readonly outcome: ScanOutcome
}

export type ScanOutcome =
  /** It is the label that was printed; its job is verified. */
  | { readonly kind: 'verified'; readonly job: string }
  /** Another label than the one expected: rejected. */
  | { readonly kind: 'mismatch'; readonly job: string; readonly expected: string }
  /** The printed label of a job in doubt: it is resolved. */
  | { readonly kind: 'resolved'; readonly job: string }
  /** A known part; was placed in the equipment of the scanner when it has one. */
  | { readonly kind: 'part'; readonly equipment: string | null }
  /** The name plate of a machine. */
  | { readonly kind: 'equipment'; readonly equipment: string }
  | { readonly kind: 'unknown' }
