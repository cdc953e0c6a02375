// The life of a label: each step changes its job, its serial and the ledger in one transaction, so that they never tell different
// stories. Every method here joins the transaction that is open.
import type { Clock } from '../../base/clock.ts'
import type { SerialState } from '../../shared/identifier.ts'
import type { LabelJobState } from '../../shared/label.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { Database } from '../../storage/database.ts'
import { type JobChange, JobRows, type NewJob, type StoredJob } from './job-rows.ts'
import { PrintLedger } from './print-ledger.ts'
import { PrinterRows } from './printer-rows.ts'
import type { SerialSource } from './serial-source.ts'

/** Who does something when nobody does: the station itself. */
export const stationUser = 'station'

/** From where to where a job may go. A step that is not here is refused: it would be a second story about the same label. */
const steps: Readonly<Record<LabelJobState, readonly LabelJobState[]>> = {
  allocated: ['queued', 'failed', 'void'],
  queued: ['allocated', 'sent', 'failed', 'void'],
  sent: ['queued', 'printed', 'inDoubt', 'failed'],
  printed: ['verified', 'inDoubt', 'void'],
  verified: ['void'],
  inDoubt: ['printed', 'failed', 'void'],
  failed: ['void'],
  void: [],
}

/** States from which a serial that came to nothing may still be scrapped (OPC 30260, SerialNumberState). */
const scrappable: readonly SerialState[] = ['allocated', 'encoded', 'commissioned']

/** What is said with a step. */
export interface StepNote {
  readonly user?: string
  /** Why it waits, is in doubt or failed; '' = nothing to say. */
  readonly message?: string
  /** For the ledger, when it is not the message. */
  readonly detail?: string
  /** For the ledger, when it is not the new state. */
  readonly action?: string
}

export class JobLife {
  readonly jobs: JobRows
  readonly ledger: PrintLedger
  readonly printers: PrinterRows
  readonly #serials: SerialSource
  readonly #clock: Clock
  #changed = new Set<string>()

  constructor(database: Database, serials: SerialSource, clock: Clock) {
    this.jobs = new JobRows(database)
    this.ledger = new PrintLedger(database, clock)
    this.printers = new PrinterRows(database)
    this.#serials = serials
    this.#clock = clock
  }

  /** Ids of the jobs that changed since it was asked the last time. */
  takeChanged(): readonly string[] {
    const changed = [...this.#changed]
    this.#changed = new Set()
    return changed
  }

  /** A new job, with its row in the ledger. */
  make(job: NewJob, action: string): StoredJob {
    const made = this.jobs.insert(job)
    this.#changed.add(job.id)
    this.#write(made, action, job.user, job.reason)
    return made
  }

  /** Throws RuntimeError BadInvalidState when the job is not where it could take the step. */
  step(job: StoredJob, state: LabelJobState, note: StepNote = {}, change: JobChange = {}): StoredJob {
    const now = this.jobs.byId(job.id)
    if (!now || !steps[now.state].includes(state))
      throw new RuntimeError(
        'BadInvalidState',
        `the label ${job.id}${job.identifier === null ? '' : ` (${job.identifier})`} is ${now?.state ?? 'not known'} and cannot become ${state}`,
      )
    const user = note.user ?? stationUser
    const message = note.message ?? ''
    const changed = this.jobs.change(now, { ...change, state, message }, this.#clock.now())
    this.#changed.add(job.id)
    this.#write(changed, note.action ?? state, user, note.detail ?? message)
    if (now.state === 'sent' && state === 'printed') this.printers.countPrinted(changed.printer, changed.copies)
    this.#followWithSerial(changed, user, message)
    return changed
  }

  /** Changes what does not belong to its life: message, place in a queue, what was scanned. Without `action` the ledger is not told. */
  amend(job: StoredJob, change: Omit<JobChange, 'state'>, note: StepNote = {}): StoredJob {
    const changed = this.jobs.change(job, change, this.#clock.now())
    this.#changed.add(job.id)
    if (note.action !== undefined) this.#write(changed, note.action, note.user ?? stationUser, note.detail ?? '')
    return changed
  }

  /** The serial of a label that came to nothing never comes again. One that was not given out for this label stays as it is. */
  scrap(job: StoredJob, user: string, reason: string): void {
    if (job.identifier === null) return
    const state = this.#serials.record(job.identifier)?.state ?? null
    if (state !== null && scrappable.includes(state)) this.#moveSerial(job, 'scrapped', user, reason)
  }

  /**
   * A label that was on its way and whose end nobody knows: in doubt, unless its identifier was read meanwhile. With the step a part of it may
   * wait in the printer's memory.
   */
  doubt(job: StoredJob, message: string): StoredJob {
    this.printers.get(job.printer)
    this.printers.setMayHoldRest(job.printer, true)
    const doubtful = this.step(job, 'inDoubt', { message })
    if (doubtful.scanned === null) return doubtful
    return this.step(doubtful, 'printed', { detail: 'its identifier was read', action: 'resolved' })
  }

  /** allocated → encoded with the first print, encoded → commissioned with its verification, scrapped when it came to nothing. */
  #followWithSerial(job: StoredJob, user: string, reason: string): void {
    if (job.identifier === null) return
    if (job.state === 'failed' || job.state === 'void') {
      if (job.ownsIdentifier) this.scrap(job, user, reason)
      return
    }
    if (job.state !== 'printed' && job.state !== 'verified') return
    if (this.#serials.record(job.identifier)?.state === 'allocated') this.#moveSerial(job, 'encoded', user, reason)
    if (job.state === 'verified' && this.#serials.record(job.identifier)?.state === 'encoded')
      this.#moveSerial(job, 'commissioned', user, reason)
  }

  /** What became of the label is true whether its serial may follow or not (a part that is held is not commissioned): the ledger says so. */
  #moveSerial(job: StoredJob, state: SerialState, user: string, reason: string): void {
    try {
      this.#serials.setState(job.identifier!, state, user, reason)
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      this.#write(job, 'serialStays', user, `the serial does not become ${state}: ${messageOf(error)}`)
    }
  }

  #write(job: StoredJob, action: string, user: string, detail: string): void {
    const { id, identifier, printer, template } = job
    this.ledger.append({ action, job: id, identifier, printer, template, user, detail })
  }
}
