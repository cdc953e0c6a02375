// Rows of the contract about labels: printing as a transaction, printers and their queues, templates and their approval.
import * as v from 'valibot'
import { call, cursor, feed, jsonValue, limit, name, nothing, result, text, time, wholeNumber } from './contract-row.ts'
import type { JsonValue } from './data-value.ts'
import {
  jobStates,
  type LabelJob,
  type LabelPrinter,
  type LabelTemplate,
  type LedgerRow,
  type PrinterStatusRow,
  printerResolutions,
  type TriggerTrouble,
} from './label.ts'
import type { PlantFault } from './plant.ts'

const job = v.pipe(text(64), v.minLength(1))
const reason = v.pipe(text(1000), v.minLength(1))
const fields = v.optional(v.record(name, jsonValue), {})

/** A template with how it stands. */
export interface LabelTemplateRow extends LabelTemplate {
  /** File it is written in. */
  readonly file: string
  /** As written, with the keys of the file: what the editor changes and `labels.saveTemplate` takes back. */
  readonly document: JsonValue
  /** How many different digests of this name were seen here, this one included. */
  readonly version: number
  readonly approvedBy: string | null
  readonly approvedTimestamp: number | null
  /** Of the file: an edit made from an older one is refused. */
  readonly fileVersion: string
}

export const labelCalls = {
  'labels.templates': call(
    'labels.view',
    'Label templates with their versions and approvals.',
    nothing,
    result<{
      templates: readonly LabelTemplateRow[]
      requireApproval: boolean
      /** Names of the bar codes that can be drawn. */
      symbologies: readonly string[]
    }>(),
  ),
  'labels.printers': call(
    'labels.view',
    'Printers with their state and queue.',
    nothing,
    result<{ printers: readonly (LabelPrinter & PrinterStatusRow)[] }>(),
  ),
  'labels.print': call(
    'labels.print',
    'Make labels: each gets its own identifier, is rendered, decoded again and queued. Idempotent by requestId.',
    v.object({
      template: name,
      printer: v.optional(name),
      fields,
      /** Same label so many times (same identifier). */
      copies: v.optional(wholeNumber(1, 1000), 1),
      /** So many labels, each with an identifier of its own; or give `rows`. */
      count: v.optional(wholeNumber(1, 10_000)),
      /** A label for each row; its fields win over `fields`. */
      rows: v.optional(v.pipe(v.array(v.record(name, jsonValue)), v.minLength(1), v.maxLength(10_000))),
      /** An identifier given out already, instead of a new one. */
      identifier: v.optional(v.pipe(text(2048), v.minLength(1))),
      requestId: v.optional(v.pipe(text(128), v.minLength(1))),
    }),
    result<{ jobs: readonly LabelJob[] }>(),
    true,
  ),
  'labels.jobs': call(
    'labels.view',
    'Jobs, newest first.',
    v.object({
      states: v.optional(v.pipe(v.array(v.picklist(jobStates)), v.maxLength(jobStates.length))),
      printer: v.optional(name),
      identifier: v.optional(text(2048)),
      /** Any text that stands on it, its template, user or identifier. */
      text: v.optional(text(256)),
      ids: v.optional(v.pipe(v.array(job), v.maxLength(1000))),
      from: v.optional(time),
      to: v.optional(time),
      limit: limit(1000),
      cursor,
    }),
    result<{ jobs: readonly LabelJob[]; cursor?: string }>(),
  ),
  'labels.watch': feed(
    'labels.view',
    'All printers with their queues when one of them changed (null = as they were; empty = the plant has none), the same of triggers that make no labels, and jobs as they change.',
    nothing,
    result<{
      printers: readonly PrinterStatusRow[] | null
      triggers: readonly TriggerTrouble[] | null
      jobs: readonly LabelJob[]
    }>(),
  ),
  'labels.picture': call(
    'labels.view',
    'The label of a job as it was printed, bit by bit: PNG, base64.',
    v.object({ job }),
    result<{ png: string; imageHash: string; dpi: number }>(),
  ),
  'labels.resolve': call(
    'labels.print',
    'Say of a job in doubt whether its label came out. Not printed: its serial is scrapped and a new label is made when `reprint` says so.',
    v.object({ job, outcome: v.picklist(['printed', 'notPrinted']), reason, again: v.optional(v.boolean(), false) }),
    result<{ job: LabelJob; newJob?: LabelJob }>(),
    true,
  ),
  'labels.reprint': call(
    'labels.reprint',
    'Print the same pixels once more, counted and with a reason.',
    v.object({ job, reason, printer: v.optional(name) }),
    result<{ job: LabelJob }>(),
    true,
  ),
  'labels.void': call(
    'labels.reprint',
    'Take a label out of use: its serial is scrapped and never comes again. `scanned`: what the label that is destroyed says.',
    v.object({ job, reason, scanned: v.optional(text(8192)) }),
    result<{ job: LabelJob }>(),
    true,
  ),
  'labels.cancel': call(
    'labels.print',
    'Take jobs that are not sent yet out of the queue: all of a printer, or those named. Their serials are scrapped.',
    v.object({ printer: v.optional(name), jobs: v.optional(v.pipe(v.array(job), v.maxLength(10_000))), reason }),
    result<{ cancelledCount: number }>(),
    true,
  ),
  'labels.pause': call(
    'labels.print',
    'Hold a printer: nothing more is sent to it.',
    v.object({ printer: name, reason: v.optional(text(1000), '') }),
    result<{ printer: PrinterStatusRow }>(),
    true,
  ),
  'labels.resume': call(
    'labels.print',
    'Send on, where the queue stood.',
    v.object({ printer: name }),
    result<{ printer: PrinterStatusRow }>(),
    true,
  ),
  'labels.failOver': call(
    'labels.print',
    'Move jobs that were not sent from one printer to another. What is in doubt stays.',
    v.object({ from: name, to: v.optional(name), reason }),
    result<{ movedCount: number }>(),
    true,
  ),
  'labels.preview': call(
    'labels.view',
    'What would be printed: PNG (base64) of the very bitmap, with identifiers that are not given out. `document`: a template that is being drawn.',
    v.object({
      template: v.optional(name),
      document: v.optional(jsonValue),
      fields,
      dpi: v.optional(v.picklist(printerResolutions), 203),
    }),
    result<{
      png: string
      width: number
      height: number
      dpi: number
      imageHash: string
      /** What each bar code says when it is read back, and what is wrong with the label; empty = nothing. */
      symbols: readonly { symbology: string; text: string; x: number; y: number; width: number; height: number }[]
      faults: readonly string[]
      fields: Readonly<Record<string, string>>
      /** Where each element is before the label as a whole is turned; dots, in the order of the elements. */
      areas: readonly { x: number; y: number; width: number; height: number }[]
    }>(),
  ),
  'labels.saveTemplate': call(
    'labels.manage',
    'Write a template into its file of the plant folder; comments stay. With faults nothing is written.',
    v.object({
      document: jsonValue,
      file: v.optional(text(256)),
      fileVersion: v.optional(v.nullable(text(128))),
      dryRun: v.optional(v.boolean(), false),
    }),
    result<{ faults: readonly PlantFault[]; fileVersion: string }>(),
    true,
  ),
  'labels.deleteTemplate': call(
    'labels.manage',
    'Take a template out of its file.',
    v.object({ template: name, fileVersion: v.optional(text(128)) }),
    result<{ faults: readonly PlantFault[] }>(),
    true,
  ),
  'labels.approve': call(
    'labels.manage',
    'Approve a version of a template for production, by its digest.',
    v.object({
      template: name,
      digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      comment: v.optional(text(1000), ''),
    }),
    result<{ approvedBy: string; approvedTimestamp: number }>(),
    true,
  ),
  'labels.ledger': call(
    'labels.view',
    'The print ledger, newest first.',
    v.object({ job: v.optional(job), from: v.optional(time), to: v.optional(time), limit: limit(1000), cursor }),
    result<{ rows: readonly LedgerRow[]; cursor?: string }>(),
  ),
  'labels.verifyLedger': call(
    'labels.view',
    'Check the chain of hashes of the print ledger.',
    nothing,
    result<{ ok: boolean; rowCount: number; firstBrokenSequence?: number }>(),
  ),
  'labels.output': call(
    'labels.view',
    'Labels that lie in the tray of a virtual printer, newest first: PNG, base64.',
    v.object({ printer: name, limit: limit(100) }),
    result<{
      labels: readonly { job: string; identifier: string | null; timestamp: number; png: string; isTorn: boolean }[]
    }>(),
  ),
  'labels.restartTrigger': call(
    'labels.manage',
    'Let a trigger go on that stopped because too many labels were to be made at once: with those labels, or without them from what is now.',
    v.object({ trigger: name, makeMissed: v.optional(v.boolean(), false), reason }),
    result<{ labelCount: number }>(),
    true,
  ),
  'labels.simulate': call(
    'labels.manage',
    'Do something to a virtual printer, to try what then happens: no more media, a torn label, head open, or all well again.',
    v.object({ printer: name, fault: v.picklist(['none', 'mediaOut', 'ribbonOut', 'headOpen', 'tear', 'silent']) }),
    result<{ printer: PrinterStatusRow }>(),
    true,
  ),
} as const
