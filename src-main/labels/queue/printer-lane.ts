// One printer's labels, strictly in their order. Print as a transaction: `sent` is on the disk before the first byte goes out, `printed`
// after the printer had the whole label; whatever happens between the two leaves a label in doubt, which is never sent again by itself.
import { type Clock, sleep, type Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { LabelPrinter, PrinterCondition } from '../../shared/label.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import {
  conditionsMessage,
  keepsFromPrinting,
  type OpenChannel,
  type PrinterAnswer,
  type PrinterChannel,
  PrinterFault,
  type SimulatedFault,
} from '../printers/printer-channel.ts'
import type { CommitGroup } from './commit-group.ts'
import type { JobLife } from './job-life.ts'
import type { StoredJob } from './job-rows.ts'
import type { LabelRenderer } from './label-renderer.ts'
import type { LabelTray } from './label-tray.ts'
import type { SerialSource } from './serial-source.ts'
import { StoredImages } from './stored-images.ts'
import type { TemplateDocuments } from './template-documents.ts'

/** A printer that is not well is looked at so often; a person stands beside it and waits. */
const unwellIntervalMs = 1000
/** After the second label in a row that is in doubt; doubled with every further one up to the longest. */
const firstRestMs = 2000
const longestRestMs = 60_000
/** `queued` of a label that was drawn ahead may wait so long for the commit of another one. */
const renderedCommitMs = 20
/** A station that ends, or a printer whose settings change, waits so long for the label on its way. */
const closingMs = 2000
/** A commit that failed (disk full) is tried again after so long. */
const commitRetryMs = 2000

export interface LaneParts {
  readonly printer: LabelPrinter
  readonly life: JobLife
  readonly images: StoredImages
  readonly documents: TemplateDocuments
  readonly serials: SerialSource
  readonly renderer: LabelRenderer
  readonly openChannel: OpenChannel
  readonly tray: LabelTray
  readonly group: CommitGroup
  readonly clock: Clock
  readonly logger: Logger
  /** The state of the printer is another one. */
  readonly onPrinter: () => void
  /** The label is out and waits to be scanned back. */
  readonly onAwaitingScan: (job: StoredJob) => void
}

export class PrinterLane {
  readonly printer: LabelPrinter
  readonly #parts: LaneParts
  readonly #channel: PrinterChannel
  #answer: PrinterAnswer = { conditions: ['unknown'], message: '', hasAnswered: false }
  #answeredTimestamp: number
  /** What the station itself cannot do now (disk full); '' = nothing. */
  #trouble = ''
  #isPaused: boolean
  #isClosed = false
  readonly #closing = new AbortController()
  /** Out of the printer, not committed yet. */
  #printed: StoredJob | null = null
  #wake: (() => void) | null = null
  #wasWoken = false
  #isSending = false
  #statusTimer: Timer | null = null
  readonly #running: Promise<unknown>

  constructor(parts: LaneParts) {
    this.#parts = parts
    this.printer = parts.printer
    const stored = parts.life.printers.get(parts.printer.name)
    this.#isPaused = stored.isPaused
    this.#answeredTimestamp = parts.clock.now()
    this.#channel = parts.openChannel(parts.printer, {
      hasAnswered: stored.hasAnswered,
      mayHoldRest: stored.mayHoldRest,
      putInTray: (job, isTorn) => parts.group.commit(() => parts.tray.put(parts.printer.name, job, isTorn)),
    })
    this.#running = Promise.all([this.#renderAll(), this.#printAll()])
    this.#askAgain(0)
  }

  get conditions(): readonly PrinterCondition[] {
    return this.#answer.conditions
  }

  /** Why nothing is printed, as a sentence; '' = it is. */
  get message(): string {
    if (this.#trouble !== '') return this.#trouble
    return this.#answer.message === '' ? conditionsMessage(this.#answer.conditions) : this.#answer.message
  }

  get timestamp(): number {
    return this.#answeredTimestamp
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.wake()
  }

  /** There may be something to do. */
  wake(): void {
    this.#wasWoken = true
    this.#wakeRenderer?.()
    this.#wake?.()
  }

  /** Throws RuntimeError BadNotSupported when it is a real printer. */
  simulate(fault: SimulatedFault): void {
    if (!this.#channel.simulate)
      throw new RuntimeError('BadNotSupported', `${this.printer.name} is not a virtual printer: its faults are its own`)
    this.#channel.simulate(fault)
    this.wake()
  }

  /** Asks the printer now. */
  async ask(): Promise<void> {
    if (!this.#isSending) this.#note(await this.#channel.status())
  }

  /** Ends; a label on its way gets a moment to come out, then it is in doubt. Resolves when nothing more is written. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#statusTimer?.cancel()
    this.#closing.abort()
    this.wake()
    const grace = new AbortController()
    await Promise.race([this.#running, sleep(this.#parts.clock, closingMs, grace.signal)])
    grace.abort()
    await this.#channel.close()
    await this.#running
  }

  // Drawing: in order, ahead of the printer.

  #wakeRenderer: (() => void) | null = null

  async #renderAll(): Promise<void> {
    let behind = 0
    while (!this.#isClosed) {
      const job = this.#nextToRender(behind)
      if (!job) {
        behind = 0
        await new Promise<void>((resolve) => {
          this.#wakeRenderer = resolve
        })
        this.#wakeRenderer = null
        continue
      }
      behind = job.sequence
      await this.#render(job)
    }
  }

  /** Drawn, but not on the disk yet. */
  readonly #uncommitted = new Set<string>()

  #nextToRender(behindSequence: number): StoredJob | undefined {
    let job = this.#parts.life.jobs.nextAllocated(this.printer.name, behindSequence)
    while (job && this.#uncommitted.has(job.id))
      job = this.#parts.life.jobs.nextAllocated(this.printer.name, job.sequence)
    return job
  }

  async #render(job: StoredJob): Promise<void> {
    const { documents, renderer, life, images, group, clock, logger } = this.#parts
    try {
      const { template, images: files } = documents.document(job.template, job.templateDigest)
      const image = await renderer.render({
        template,
        images: files,
        dpi: job.dpi,
        identifier: job.identifier,
        fields: job.fields,
        tags: job.tags,
        user: job.user,
        timestamp: job.createdTimestamp,
      })
      const packed = StoredImages.pack(image)
      const queued = group.commitLater(() => {
        if (life.jobs.byId(job.id)?.state !== 'allocated') return
        images.put(image, packed, clock.now())
        life.step(job, 'queued', {}, { imageHash: image.hash })
      }, renderedCommitMs)
      // The next one is drawn while this one waits for the disk.
      this.#uncommitted.add(job.id)
      queued.then(
        () => this.#uncommitted.delete(job.id),
        (error) => {
          this.#uncommitted.delete(job.id)
          this.#failCommit('keeping the picture of a label', error)
        },
      )
    } catch (error) {
      if (this.#isClosed) return
      logger.warn(`the label ${job.id} cannot be made: ${messageOf(error)}`)
      await this.#settle(() => {
        if (life.jobs.byId(job.id)?.state === 'allocated') life.step(job, 'failed', { message: messageOf(error) })
      })
    }
  }

  // Printing: one after the other.

  /** A printer that swallows one label after the other does not swallow a whole order: the rests between them grow. */
  #doubtsInARow = 0
  /** Nothing is sent before; ms of the monotonic clock. */
  #notBefore = 0

  async #printAll(): Promise<void> {
    while (!this.#isClosed) {
      this.#wasWoken = false
      const job = this.#isPaused ? undefined : this.#nextToSend()
      if (!job) {
        await this.#commitPrinted()
        await this.#sleep()
        continue
      }
      const restMs = this.#notBefore - this.#parts.clock.monotonic()
      if (restMs > 0) {
        await this.#sleep(restMs)
        continue
      }
      if (!(await this.#makeReady())) {
        await this.#commitPrinted()
        await this.#sleep(unwellIntervalMs)
        continue
      }
      await this.#print(job)
    }
    await this.#commitPrinted()
  }

  /** The oldest one that is not sent, if it is drawn; the ones behind it wait for it. */
  #nextToSend(): StoredJob | undefined {
    const next = this.#parts.life.jobs.nextUnsent(this.printer.name)
    return next?.state === 'queued' ? next : undefined
  }

  /** The printer is there and well. */
  async #makeReady(): Promise<boolean> {
    if (this.#trouble !== '') {
      // The trouble is over when something can be written.
      if (!(await this.#settle(() => undefined, false))) return false
    }
    this.#isSending = true
    try {
      this.#note(await this.#channel.prepare())
    } finally {
      this.#isSending = false
    }
    return !this.#isClosed && mayPrint(this.#answer)
  }

  async #print(job: StoredJob): Promise<void> {
    const { renderer, images } = this.#parts
    const image = job.imageHash === null ? undefined : images.get(job.imageHash)
    if (!image) return this.#fail(job, 'its picture is not kept any more')
    let bytes: Uint8Array
    try {
      const { language, dpi } = this.printer
      bytes = await renderer.emit(image, { language, dpi, copies: job.copies })
    } catch (error) {
      return this.#fail(job, messageOf(error))
    }
    const { isSent, heldBecause } = await this.#commitSent(job)
    if (heldBecause !== null) return this.#fail(job, heldBecause)
    if (!isSent) return
    this.#isSending = true
    try {
      const { id, identifier, copies } = job
      await this.#channel.send({ job: id, identifier, copies, bytes, imageHash: image.hash })
      this.#printed = job
      this.#doubtsInARow = 0
    } catch (error) {
      await this.#leaveDoubtful(job, error)
    } finally {
      this.#isSending = false
    }
  }

  /** `printed` of the one before and `sent` of this one: one wait for the disk for each label. */
  async #commitSent(job: StoredJob): Promise<{ readonly isSent: boolean; readonly heldBecause: string | null }> {
    const { life, serials } = this.#parts
    let isSent = false
    let heldBecause: string | null = null
    const before = this.#printed
    const isWritten = await this.#settle(() => {
      isSent = false
      if (before) this.#stepPrinted(before)
      const now = life.jobs.byId(job.id)
      // Meanwhile it may have been cancelled, moved to another printer or held.
      if (this.#isPaused || this.#isClosed || now?.state !== 'queued' || now.printer !== this.printer.name) return
      const hold = job.identifier === null ? null : serials.record(job.identifier)?.hold
      if (hold) heldBecause = `${job.identifier} is held by ${hold.user}: ${hold.reason}`
      else {
        life.step(now, 'sent')
        life.printers.setMayHoldRest(this.printer.name, false)
        isSent = true
      }
    })
    if (isWritten && before) this.#afterPrinted(before)
    return isWritten ? { isSent, heldBecause } : { isSent: false, heldBecause: null }
  }

  async #commitPrinted(): Promise<void> {
    while (this.#printed) {
      const job = this.#printed
      if (await this.#settle(() => this.#stepPrinted(job), !this.#isClosed)) {
        this.#afterPrinted(job)
        return
      }
      // Closing does not wait for a full disk: after the next start the label is in doubt.
      if (this.#isClosed) return
    }
  }

  #stepPrinted(job: StoredJob): void {
    const { life, images, clock } = this.#parts
    const scanned = life.jobs.byId(job.id)?.scanned ?? null
    const isVerified = this.printer.verify !== null && scanned !== null
    const printed = life.step(job, 'printed', {}, { awaitsScan: this.#awaitsScan(job) && !isVerified })
    // The scanner was faster than the printer's answer.
    if (isVerified) life.step(printed, 'verified', { detail: 'read while it came out' })
    if (job.imageHash !== null) images.touch(job.imageHash, clock.now())
  }

  #afterPrinted(job: StoredJob): void {
    this.#printed = null
    if (this.#awaitsScan(job)) this.#parts.onAwaitingScan(job)
  }

  #awaitsScan(job: StoredJob): boolean {
    return this.printer.verify !== null && job.identifier !== null
  }

  /** Nobody knows whether the label came out, unless the channel is sure that it did not. */
  async #leaveDoubtful(job: StoredJob, error: unknown): Promise<void> {
    const { life, logger } = this.#parts
    const fault = error instanceof PrinterFault ? error : null
    // What the fault says of this one label is not why the others wait.
    const isDoubtful = fault === null || fault.fate === 'unknown'
    if (isDoubtful) this.#doubtsInARow++
    const rests = this.#doubtsInARow - 2
    const restMs = isDoubtful && rests >= 0 ? Math.min(firstRestMs * 2 ** rests, longestRestMs) : 0
    this.#notBefore = this.#parts.clock.monotonic() + restMs
    const wait = `${this.#doubtsInARow} labels in a row are in doubt: the next one is sent in ${restMs / 1000} s`
    if (fault) this.#note({ conditions: fault.conditions, message: restMs === 0 ? '' : wait, hasAnswered: false })
    const message = messageOf(error)
    logger.warn(`printer ${this.printer.name}: ${message}`, { job: job.id, fate: fault?.fate ?? 'unknown' })
    while (
      !(await this.#settle(() => {
        const now = life.jobs.byId(job.id)
        if (now?.state !== 'sent') return
        if (fault?.fate === 'untouched') life.step(now, 'queued', { message: '', detail: message, action: 'notSent' })
        else if (fault?.fate === 'refused') life.step(now, 'failed', { message })
        else life.doubt(now, message)
      }))
    )
      if (this.#isClosed) return
  }

  async #fail(job: StoredJob, message: string): Promise<void> {
    const { life } = this.#parts
    await this.#settle(() => {
      if (life.jobs.byId(job.id)?.state === 'queued') life.step(job, 'failed', { message })
    })
  }

  /** Commits with others; false when it could not be written, after a while in which it may get better. */
  async #settle(change: () => void, waits = true): Promise<boolean> {
    try {
      await this.#parts.group.commit(change)
      if (this.#trouble !== '') {
        this.#trouble = ''
        this.#parts.onPrinter()
      }
      return true
    } catch (error) {
      this.#failCommit('writing the print queue', error)
      // Not cut short by news of other labels: a full disk would keep the thread busy.
      if (waits) await sleep(this.#parts.clock, commitRetryMs, this.#closing.signal)
      return false
    }
  }

  #failCommit(attempted: string, error: unknown): void {
    const trouble = `nothing is printed: ${attempted} failed: ${messageOf(error)}`
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#parts.logger.error(trouble)
    this.#parts.onPrinter()
  }

  // The printer's state.

  #askAgain(afterMs: number): void {
    const { statusIntervalMs } = this.printer
    const isFirst = afterMs === 0 && this.#channel.isHere === true
    if ((statusIntervalMs === 0 && !isFirst) || this.#isClosed) return
    this.#statusTimer = this.#parts.clock.after(afterMs, () => {
      this.ask().then(
        () => {
          if (statusIntervalMs > 0) this.#askAgain(statusIntervalMs)
        },
        (error) => {
          this.#parts.logger.error(`asking the printer ${this.printer.name} failed: ${messageOf(error)}`)
          if (statusIntervalMs > 0) this.#askAgain(statusIntervalMs)
        },
      )
    })
  }

  #note(answer: PrinterAnswer): void {
    if (this.#isClosed) return
    const before = this.#answer
    this.#answer = answer
    this.#answeredTimestamp = this.#parts.clock.now()
    if (answer.hasAnswered && !before.hasAnswered) this.#rememberAnswer()
    const isSame = before.message === answer.message && before.conditions.join() === answer.conditions.join()
    if (!isSame) {
      this.#parts.onPrinter()
      if (mayPrint(answer)) this.#wake?.()
    }
  }

  #rememberAnswer(): void {
    const { life, group } = this.#parts
    if (life.printers.get(this.printer.name).hasAnswered) return
    group
      .commit(() => life.printers.setAnswered(this.printer.name, true))
      .catch((error) => this.#failCommit('writing the print queue', error))
  }

  /** Until it is woken; with a time, at most so long. */
  async #sleep(afterMs?: number): Promise<void> {
    if (this.#wasWoken || this.#isClosed) return
    const timer = afterMs === undefined ? null : this.#parts.clock.after(afterMs, () => this.#wake?.())
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = null
    timer?.cancel()
  }
}

function mayPrint(answer: PrinterAnswer): boolean {
  return answer.isTrustedUnheard === true || !answer.conditions.some(keepsFromPrinting)
}
