// The print queue: makes labels as transactions, hands each to its printer in order, and keeps what became of every one. Runs in the
// label thread; docs/label-printing.md tells what operators see of it, docs/adr/0011-labels.md why it is so.
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type {
  LabelJob,
  LabelPrinter,
  LabelTemplate,
  LedgerRow,
  PrinterResolution,
  PrinterStatusRow,
  ScanOutcome,
} from '../../shared/label.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { asDatabaseError, type Database } from '../../storage/database.ts'
import type { OpenChannel, SimulatedFault } from '../printers/printer-channel.ts'
import { CommitGroup } from './commit-group.ts'
import { JobDecisions } from './job-decisions.ts'
import { JobLife } from './job-life.ts'
import { type JobQuery, publicJob, type StoredJob } from './job-rows.ts'
import type { LabelImage, LabelRenderer } from './label-renderer.ts'
import { LabelTray, type TrayLabel } from './label-tray.ts'
import { type LabelReject, type LabelScan, LabelVerification } from './label-verification.ts'
import type { LedgerQuery, LedgerVerdict } from './print-ledger.ts'
import { type PrintOrder, PrintOrders } from './print-orders.ts'
import { PrinterLane } from './printer-lane.ts'
import type { SerialSource } from './serial-source.ts'
import { type ImageRetention, StoredImages, usualRetention } from './stored-images.ts'
import { TemplateDocuments, type TemplateVersion } from './template-documents.ts'
import { type TriggerMark, TriggerMarks } from './trigger-marks.ts'

/** What is different now. */
export interface QueueChange {
  /** As they are now. */
  readonly jobs: readonly LabelJob[]
  /** State or queue of a printer changed. */
  readonly hasPrinters: boolean
  readonly rejects: readonly LabelReject[]
}

export interface PrintQueueParts {
  /** identifiers.sqlite, opened with durability full. */
  readonly database: Database
  readonly serials: SerialSource
  readonly renderer: LabelRenderer
  readonly channels: OpenChannel
  readonly clock: Clock
  readonly logger: Logger
  /** After each commit that changed something, and when a printer says something new. */
  readonly onChange: (change: QueueChange) => void
  readonly retention?: ImageRetention
}

const retentionIntervalMs = 3_600_000

export class PrintQueue {
  readonly #parts: PrintQueueParts
  readonly #life: JobLife
  readonly #images: StoredImages
  readonly #documents: TemplateDocuments
  readonly #marks: TriggerMarks
  readonly #tray: LabelTray
  readonly #group: CommitGroup
  readonly #orders: PrintOrders
  readonly #decisions: JobDecisions
  readonly #verification: LabelVerification
  readonly #retention: Timer
  readonly #lanes = new Map<string, PrinterLane>()
  #printers: readonly LabelPrinter[] = []
  #rejects: LabelReject[] = []
  #isPrinterChanged = false
  #telling: NodeJS.Immediate | null = null

  /** What was on its way when the station ended is in doubt at once. Nothing is printed before {@link configure}. */
  constructor(parts: PrintQueueParts) {
    const { database, serials, clock, logger } = parts
    this.#parts = parts
    this.#life = new JobLife(database, serials, clock)
    this.#images = new StoredImages(database)
    this.#documents = new TemplateDocuments(database, clock)
    this.#marks = new TriggerMarks(database, clock)
    this.#tray = new LabelTray(database, clock)
    this.#group = new CommitGroup(database, clock, () => this.#tell())
    const life = this.#life
    const printer = (name: string): LabelPrinter | undefined => this.#printers.find((one) => one.name === name)
    const both = { life, serials, clock, documents: this.#documents }
    this.#orders = new PrintOrders({ ...both, database, marks: this.#marks })
    this.#decisions = new JobDecisions({ ...both, images: this.#images, printer })
    this.#verification = new LabelVerification({
      life,
      clock,
      logger,
      printer,
      group: this.#group,
      onReject: (reject) => this.#rejects.push(reject),
    })
    this.#recover()
    this.#retention = clock.every(retentionIntervalMs, () => this.#retain())
  }

  /** The printers of the plant now. Labels of a printer that is gone stay, and say why they wait. */
  async configure(printers: readonly LabelPrinter[]): Promise<void> {
    this.#printers = printers
    const gone = [...this.#lanes.values()].filter(
      (lane) => !printers.some((printer) => JSON.stringify(printer) === JSON.stringify(lane.printer)),
    )
    for (const lane of gone) this.#lanes.delete(lane.printer.name)
    await Promise.all(gone.map((lane) => lane.close()))
    for (const printer of printers)
      if (!this.#lanes.has(printer.name)) this.#lanes.set(printer.name, this.#open(printer))
    this.#verification.restart()
    this.#tellPrinters()
  }

  /** Makes labels; durable when it returns. Throws RuntimeError or DatabaseError, and then made nothing. */
  print(order: PrintOrder): readonly LabelJob[] {
    const printer = this.#printer(order.printer)
    if (order.labels.length === 0) throw new RuntimeError('BadNothingToDo', 'the order has no labels')
    return this.#write('making labels', () => this.#orders.place(order, printer)).map((job) => this.#seen(job))
  }

  /** Newest first; `cursor` goes on where an answer ended. */
  jobs(query: Omit<JobQuery, 'before'> & { readonly cursor?: string | undefined }): {
    readonly jobs: readonly LabelJob[]
    readonly cursor?: string
  } {
    const rows = this.#life.jobs.read({ ...query, before: asCursor(query.cursor) })
    const last = rows.at(-1)
    const jobs = rows.map((job) => this.#seen(job))
    return last && rows.length === query.limit ? { jobs, cursor: String(last.number) } : { jobs }
  }

  /** Throws RuntimeError BadNotFound. */
  job(id: string): LabelJob {
    return this.#seen(this.#stored(id))
  }

  resolve(
    input: {
      readonly job: string
      readonly outcome: 'printed' | 'notPrinted'
      readonly reason: string
      readonly again: boolean
    },
    user: string,
  ): { readonly job: LabelJob; readonly newJob?: LabelJob } {
    const { job, newJob } = this.#write('resolving a label', () => this.#decisions.resolve(input, user))
    return newJob ? { job: this.#seen(job), newJob: this.#seen(newJob) } : { job: this.#seen(job) }
  }

  reprint(
    input: { readonly job: string; readonly reason: string; readonly printer?: string | undefined },
    user: string,
  ): LabelJob {
    return this.#seen(this.#write('reprinting a label', () => this.#decisions.reprint(input, user)))
  }

  /** `scanned` in its canonical spelling. */
  void(
    input: { readonly job: string; readonly reason: string; readonly scanned?: string | undefined },
    user: string,
  ): LabelJob {
    return this.#seen(this.#write('taking a label out of use', () => this.#decisions.void(input, user)))
  }

  /** How many were taken out of the queue. */
  cancel(
    input: {
      readonly printer?: string | undefined
      readonly jobs?: readonly string[] | undefined
      readonly reason: string
    },
    user: string,
  ): number {
    return this.#write('cancelling labels', () => this.#decisions.cancel(input, user))
  }

  /** How many were moved. */
  failOver(
    input: { readonly from: string; readonly to?: string | undefined; readonly reason: string },
    user: string,
  ): number {
    return this.#write('moving labels to another printer', () => this.#decisions.failOver(input, user))
  }

  /** Nothing more is sent to the printer; what is on its way comes out. */
  pause(name: string, reason: string, user: string): PrinterStatusRow {
    return this.#setPaused(name, true, reason, user)
  }

  resume(name: string, user: string): PrinterStatusRow {
    return this.#setPaused(name, false, '', user)
  }

  /** What a scan means for labels: one that waits for it is verified or rejected, one in doubt resolved. null = nothing. */
  scanned(scan: LabelScan): ScanOutcome | null {
    return this.#write('writing down a scan', () => this.#verification.scanned(scan))
  }

  /** The label as it is or was printed, dot by dot. Throws RuntimeError BadNoData. */
  picture(id: string): { readonly image: LabelImage; readonly dpi: PrinterResolution } {
    const { imageHash, dpi } = this.#stored(id)
    const image = imageHash === null ? undefined : this.#images.get(imageHash)
    if (!image)
      throw new RuntimeError(
        'BadNoData',
        imageHash === null ? `the label ${id} is not drawn yet` : `the picture of the label ${id} is not kept any more`,
      )
    return { image, dpi }
  }

  /** Printers of the plant, and those it has no more while labels wait for them. */
  printers(): readonly PrinterStatusRow[] {
    const gone = this.#life.jobs.printersWithOpenJobs().filter((name) => !this.#lanes.has(name))
    return [...this.#printers.map(({ name }) => name), ...gone].map((name) => this.#statusOf(name))
  }

  /** Keeps a version of a template, so that it can be approved before anything was printed with it. */
  keepTemplate(template: LabelTemplate, images: ReadonlyMap<string, Uint8Array> = new Map()): TemplateVersion {
    return this.#write('keeping a template', () => this.#documents.keep(template, images))
  }

  /** Versions of a template that were seen here, newest first. */
  templateVersions(name: string): readonly TemplateVersion[] {
    return this.#documents.versions(name)
  }

  /** Throws RuntimeError BadNotFound when no such version was kept. */
  approve(
    { template, digest, comment }: { readonly template: string; readonly digest: string; readonly comment: string },
    user: string,
  ): TemplateVersion {
    return this.#write('approving a template', () => {
      const version = this.#documents.approve(template, digest, user, comment)
      const detail = `version ${version.version}, ${digest}${comment === '' ? '' : `: ${comment}`}`
      this.#life.ledger.append({
        action: 'approved',
        job: null,
        identifier: null,
        printer: null,
        template,
        user,
        detail,
      })
      return version
    })
  }

  /** Newest first. */
  ledger(query: Omit<LedgerQuery, 'before'> & { readonly cursor?: string | undefined }): {
    readonly rows: readonly LedgerRow[]
    readonly cursor?: string
  } {
    const rows = this.#life.ledger.read({ ...query, before: asCursor(query.cursor) })
    const last = rows.at(-1)
    return last && rows.length === query.limit ? { rows, cursor: String(last.sequence) } : { rows }
  }

  verifyLedger(): Promise<LedgerVerdict> {
    return this.#life.ledger.verify()
  }

  /** Labels in the tray of a virtual printer, newest first; without those whose pictures are not kept any more. */
  output(name: string, limit: number): readonly (Omit<TrayLabel, 'imageHash'> & { readonly image: LabelImage })[] {
    this.#printer(name)
    return this.#tray.newest(name, limit).flatMap(({ imageHash, ...label }) => {
      const image = imageHash === null ? undefined : this.#images.get(imageHash)
      return image ? [{ ...label, image }] : []
    })
  }

  /** Throws RuntimeError when it is not a virtual printer. */
  async simulate(name: string, fault: SimulatedFault): Promise<PrinterStatusRow> {
    this.#printer(name)
    const lane = this.#lanes.get(name)!
    lane.simulate(fault)
    await lane.ask()
    return this.#statusOf(name)
  }

  /** How far each trigger is. */
  triggerMarks(): readonly TriggerMark[] {
    return this.#marks.all()
  }

  /** Triggers that saw something which makes no label. */
  keepMarks(marks: readonly TriggerMark[]): void {
    this.#write('keeping how far triggers are', () => {
      for (const mark of marks) this.#marks.put(mark)
    })
  }

  /** Ends; labels on their way are in doubt. The database stays open: it is the caller's. */
  async close(): Promise<void> {
    this.#retention.cancel()
    this.#verification.close()
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()))
    this.#lanes.clear()
    this.#group.flush()
    if (this.#telling) clearImmediate(this.#telling)
  }

  /** Labels that were on their way: nobody knows. */
  #recover(): void {
    const recover = this.#parts.database.transaction(() => {
      for (const job of this.#life.jobs.inState('sent')) {
        this.#life.doubt(job, 'the station ended while the label was on its way to the printer')
      }
    })
    try {
      recover.immediate()
    } catch (error) {
      throw asDatabaseError(error, 'looking through the print queue')
    }
    this.#tellPrinters()
  }

  #open(printer: LabelPrinter): PrinterLane {
    const { serials, renderer, channels, clock, logger } = this.#parts
    return new PrinterLane({
      printer,
      serials,
      renderer,
      clock,
      logger,
      life: this.#life,
      images: this.#images,
      documents: this.#documents,
      tray: this.#tray,
      openChannel: channels,
      group: this.#group,
      onPrinter: () => this.#tellPrinters(),
      onAwaitingScan: (job) => this.#verification.await(job),
    })
  }

  /** One transaction, on the disk when it returns; then everybody is told. */
  #write<T>(attempted: string, change: () => T): T {
    try {
      const result = this.#parts.database.transaction(change).immediate()
      this.#tell()
      return result
    } catch (error) {
      throw asDatabaseError(error, attempted)
    }
  }

  #setPaused(name: string, isPaused: boolean, reason: string, user: string): PrinterStatusRow {
    this.#printer(name)
    this.#write('holding a printer', () => {
      this.#life.printers.setPaused(name, isPaused, user, reason)
      const action = isPaused ? 'paused' : 'resumed'
      this.#life.ledger.append({
        action,
        job: null,
        identifier: null,
        printer: name,
        template: null,
        user,
        detail: reason,
      })
    })
    this.#lanes.get(name)?.setPaused(isPaused)
    this.#tellPrinters()
    return this.#statusOf(name)
  }

  #statusOf(name: string): PrinterStatusRow {
    const { printedCount, isPaused, pausedBy, pauseReason } = this.#life.printers.get(name)
    const { queued, inDoubt } = this.#life.jobs.counts(name)
    const lane = this.#lanes.get(name)
    const held = `held by ${pausedBy}${pauseReason === '' ? '' : `: ${pauseReason}`}`
    const messages = lane ? [isPaused ? held : '', lane.message] : [goneMessage(name)]
    return {
      printer: name,
      conditions: lane?.conditions ?? ['offline'],
      message: messages.filter((message) => message !== '').join('; '),
      isPaused,
      queuedCount: queued,
      inDoubtCount: inDoubt,
      printedCount,
      timestamp: lane?.timestamp ?? this.#parts.clock.now(),
    }
  }

  /** A job as others see it; one that waits says why. */
  #seen(job: StoredJob): LabelJob {
    const seen = publicJob(job)
    if (job.message !== '' || (job.state !== 'queued' && job.state !== 'allocated')) return seen
    const lane = this.#lanes.get(job.printer)
    if (!lane) return { ...seen, message: goneMessage(job.printer) }
    return lane.isPaused
      ? { ...seen, message: `the printer ${job.printer} is held` }
      : { ...seen, message: lane.message }
  }

  #tellPrinters(): void {
    this.#isPrinterChanged = true
    this.#telling ??= setImmediate(() => this.#tell())
  }

  #tell(): void {
    if (this.#telling) clearImmediate(this.#telling)
    this.#telling = null
    const ids = this.#life.takeChanged()
    const hasPrinters = this.#isPrinterChanged || ids.length > 0
    const rejects = this.#rejects
    this.#rejects = []
    this.#isPrinterChanged = false
    if (!hasPrinters && rejects.length === 0) return
    const jobs = ids.flatMap((id) => this.#life.jobs.byId(id) ?? [])
    for (const printer of new Set(jobs.map((job) => job.printer))) this.#lanes.get(printer)?.wake()
    this.#parts.onChange({ jobs: jobs.map((job) => this.#seen(job)), hasPrinters, rejects })
  }

  #retain(): void {
    try {
      this.#images.retain(this.#parts.clock.now(), this.#parts.retention ?? usualRetention)
    } catch (error) {
      this.#parts.logger.error(`old pictures of labels cannot be taken away: ${messageOf(error)}`)
    }
  }

  #printer(name: string): LabelPrinter {
    const printer = this.#printers.find((one) => one.name === name)
    if (!printer) throw new RuntimeError('BadNotFound', `the plant has no printer ${name}`)
    return printer
  }

  #stored(id: string): StoredJob {
    const job = this.#life.jobs.byId(id)
    if (!job) throw new RuntimeError('BadNotFound', `there is no label job ${id}`)
    return job
  }
}

function goneMessage(printer: string): string {
  return `the plant has no printer ${printer} any more: move its labels to another one, or cancel them`
}

/** Throws RuntimeError BadInvalidArgument. */
function asCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (!/^\d{1,15}$/.test(cursor))
    throw new RuntimeError('BadInvalidArgument', `${cursor} is not a cursor of an answer before`)
  return Number(cursor)
}
