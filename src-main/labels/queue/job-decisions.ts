// What people decide about labels: in doubt or not, once more, out of use, not at all, on another printer. Every method joins the
// transaction that is open and throws RuntimeError with a sentence.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import type { LabelJobState, LabelPrinter } from '../../shared/label.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { JobLife } from './job-life.ts'
import type { StoredJob } from './job-rows.ts'
import { refuseDead } from './print-orders.ts'
import type { SerialSource } from './serial-source.ts'
import type { StoredImages } from './stored-images.ts'
import type { TemplateDocuments } from './template-documents.ts'

export interface DecisionParts {
  readonly life: JobLife
  readonly serials: SerialSource
  readonly images: StoredImages
  readonly clock: Clock
  readonly documents: TemplateDocuments
  /** Printers of the plant. */
  readonly printer: (name: string) => LabelPrinter | undefined
}

const reprintable: readonly LabelJobState[] = ['printed', 'verified', 'inDoubt', 'failed']
const voidable: readonly LabelJobState[] = ['printed', 'verified', 'inDoubt', 'failed']

export class JobDecisions {
  readonly #parts: DecisionParts

  constructor(parts: DecisionParts) {
    this.#parts = parts
  }

  /** Whether the label of a job in doubt came out. One that did not, wanted again, gets a new serial: the old one never comes again. */
  resolve(
    {
      job: id,
      outcome,
      reason,
      again,
    }: { job: string; outcome: 'printed' | 'notPrinted'; reason: string; again: boolean },
    user: string,
  ): { job: StoredJob; newJob: StoredJob | null } {
    const { life } = this.#parts
    const job = this.#job(id)
    if (job.state !== 'inDoubt')
      throw new RuntimeError(
        'BadInvalidState',
        `the label ${name(job)} is ${job.state}, not in doubt: there is nothing to resolve`,
      )
    const note = { user, message: '', action: 'resolved' }
    if (outcome === 'printed')
      return { job: life.step(job, 'printed', { ...note, detail: `it came out: ${reason}` }), newJob: null }
    const failed = life.step(job, 'failed', { user, message: `it did not come out: ${reason}`, action: 'resolved' })
    return { job: failed, newJob: again ? this.#again(failed, user, reason) : null }
  }

  /** The same pixels once more: a job of its own with the same identifier, counted. */
  reprint(
    { job: id, reason, printer }: { job: string; reason: string; printer?: string | undefined },
    user: string,
  ): StoredJob {
    const job = this.#job(id)
    if (!reprintable.includes(job.state))
      throw new RuntimeError(
        'BadInvalidState',
        `the label ${name(job)} is ${job.state}: only labels that were printed are printed again`,
      )
    if (job.identifier !== null) {
      const record = this.#parts.serials.record(job.identifier)
      if (record) refuseDead(job.identifier, record)
    }
    return this.#copy(job, printer ?? job.printer, user, reason)
  }

  /** Out of use: the serial is scrapped and never comes again. `scanned`: what the label that is destroyed says. */
  void(
    { job: id, reason, scanned }: { job: string; reason: string; scanned?: string | undefined },
    user: string,
  ): StoredJob {
    const { life } = this.#parts
    const job = this.#job(id)
    if (!voidable.includes(job.state))
      throw new RuntimeError(
        'BadInvalidState',
        `the label ${name(job)} is ${job.state}: cancel labels that are not sent yet`,
      )
    if (scanned !== undefined && job.identifier !== null && scanned !== job.identifier)
      throw new RuntimeError(
        'BadInvalidState',
        `the label that was scanned says ${scanned}, not ${job.identifier}: another label would be taken out of use`,
      )
    const voided = life.step(
      job,
      'void',
      { user, message: reason },
      { awaitsScan: false, ...(scanned === undefined ? {} : { scanned }) },
    )
    life.scrap(voided, user, reason)
    return voided
  }

  /** Jobs that are not sent yet, out of the queue. Those that were sent meanwhile stay as they are. */
  cancel(
    { printer, jobs, reason }: { printer?: string | undefined; jobs?: readonly string[] | undefined; reason: string },
    user: string,
  ): number {
    const { life } = this.#parts
    if (printer === undefined && jobs === undefined)
      throw new RuntimeError(
        'BadInvalidArgument',
        'jobs or a printer have to be named: not everything is cancelled at once',
      )
    const named = jobs?.map((id) => this.#job(id)) ?? life.jobs.unsent(printer!)
    const unsent = named.filter(
      (job) =>
        (job.state === 'allocated' || job.state === 'queued') && (printer === undefined || job.printer === printer),
    )
    for (const job of unsent) life.step(job, 'void', { user, message: `cancelled: ${reason}`, action: 'cancelled' })
    return unsent.length
  }

  /** Jobs that are not sent yet to another printer, behind what waits there, in their order. What is in doubt stays. */
  failOver({ from, to, reason }: { from: string; to?: string | undefined; reason: string }, user: string): number {
    const { life, printer } = this.#parts
    const target = to ?? printer(from)?.failover ?? undefined
    if (target === undefined)
      throw new RuntimeError(
        'BadInvalidArgument',
        `the printer ${from} has no failover in the plant: name the one to print on`,
      )
    const other = this.#printer(target)
    if (target === from) throw new RuntimeError('BadInvalidArgument', `the labels are with the printer ${from} already`)
    const unsent = life.jobs.unsent(from)
    for (const job of unsent) {
      const sequence = life.printers.nextSequence(target)
      const note = { user, detail: `from ${from}: ${reason}`, action: 'movedTo' }
      // Pixels of another resolution would come out in another size: such a label is drawn anew.
      const isDrawnAnew = job.state === 'queued' && job.dpi !== other.dpi && job.reprintOf === null
      if (job.dpi !== other.dpi && job.reprintOf !== null) checkResolution(job, other)
      const moved = isDrawnAnew ? life.step(job, 'allocated', { user }, { imageHash: null }) : job
      life.amend(moved, { printer: target, sequence, dpi: other.dpi, message: '' }, note)
    }
    return unsent.length
  }

  #again(job: StoredJob, user: string, reason: string): StoredJob {
    // A reprint that did not come out is still the same identity: its first label stands for it.
    if (job.reprintOf !== null) return this.#copy(job, job.printer, user, reason)
    const { life, serials, clock } = this.#parts
    const { number: _number, ...rest } = job
    const printer = this.#printer(job.printer)
    const identifier =
      job.identifier === null || !job.ownsIdentifier ? job.identifier : this.#nextSerial(job, user, serials)
    const now = clock.now()
    return life.make(
      {
        ...rest,
        id: randomUUID(),
        sequence: life.printers.nextSequence(printer.name),
        state: 'allocated',
        identifier,
        dpi: printer.dpi,
        user,
        reason,
        message: '',
        imageHash: null,
        scanned: null,
        requestId: null,
        createdTimestamp: now,
        changedTimestamp: now,
      },
      'allocated',
    )
  }

  #nextSerial(job: StoredJob, user: string, serials: SerialSource): string {
    const { scheme } = this.#parts.documents.document(job.template, job.templateDigest).template
    if (scheme === null)
      throw new RuntimeError(
        'BadConfigurationError',
        `the template ${job.template} has no scheme: no new identifier can be given out`,
      )
    const [identifier] = serials.allocate({ scheme, count: 1, fields: job.fields, tags: job.tags, user })
    return identifier!
  }

  #copy(job: StoredJob, printerName: string, user: string, reason: string): StoredJob {
    const { life, images, clock } = this.#parts
    const printer = this.#printer(printerName)
    if (job.imageHash === null || !images.has(job.imageHash))
      throw new RuntimeError(
        'BadNoData',
        `the picture of the label ${name(job)} is not kept any more: it cannot be printed as it was`,
      )
    checkResolution(job, printer)
    const original = job.reprintOf ?? job.id
    const now = clock.now()
    images.touch(job.imageHash, now)
    const { number: _number, ...rest } = job
    return life.make(
      {
        ...rest,
        id: randomUUID(),
        sequence: life.printers.nextSequence(printer.name),
        state: 'queued',
        ownsIdentifier: false,
        printer: printer.name,
        user,
        reason,
        reprintOf: original,
        reprintCount: life.jobs.reprintCount(original) + 1,
        message: '',
        scanned: null,
        awaitsScan: false,
        requestId: null,
        createdTimestamp: now,
        changedTimestamp: now,
      },
      'reprinted',
    )
  }

  #job(id: string): StoredJob {
    const job = this.#parts.life.jobs.byId(id)
    if (!job) throw new RuntimeError('BadNotFound', `there is no label job ${id}`)
    return job
  }

  #printer(printerName: string): LabelPrinter {
    const printer = this.#parts.printer(printerName)
    if (!printer) throw new RuntimeError('BadNotFound', `the plant has no printer ${printerName}`)
    return printer
  }
}

/** Throws RuntimeError when a printer of another resolution would print a picture too small or too large. */
function checkResolution(job: StoredJob, printer: LabelPrinter): void {
  if (job.dpi !== printer.dpi)
    throw new RuntimeError(
      'BadConfigurationError',
      `the label ${name(job)} was drawn for ${job.dpi} dpi; the printer ${printer.name} has ${printer.dpi} dpi and would print it in another size`,
    )
}

function name(job: StoredJob): string {
  return job.identifier ?? job.id
}
