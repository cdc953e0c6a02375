// Print → scan → compare → commit, or reject: what a scan means for the labels that wait for one, and what its absence means.
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { LabelPrinter, ScanOutcome } from '../../shared/label.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import type { CommitGroup } from './commit-group.ts'
import { type JobLife, stationUser } from './job-life.ts'
import type { StoredJob } from './job-rows.ts'

/** A text that was scanned, as far as labels are concerned. */
export interface LabelScan {
  /** The one spelling that is stored and compared; '' = it is none. */
  readonly identifier: string
  /** As it was read. */
  readonly text: string
  /** Name of a scanner of the plant, `keyboard` or `camera`. */
  readonly source: string
  readonly user: string
  /** Of a verifier (ISO/IEC 15415: 0 to 4); null = none said. */
  readonly grade: number | null
}

/** A label that is not what it should be: what carries it has to leave the line. */
export interface LabelReject {
  readonly printer: string
  readonly job: string
  /** Tag to set; null = none. */
  readonly tag: string | null
  /** As a sentence. */
  readonly message: string
}

export interface VerificationParts {
  readonly life: JobLife
  readonly group: CommitGroup
  readonly clock: Clock
  readonly logger: Logger
  readonly printer: (name: string) => LabelPrinter | undefined
  readonly onReject: (reject: LabelReject) => void
}

export class LabelVerification {
  readonly #parts: VerificationParts
  readonly #timers = new Map<string, Timer>()

  constructor(parts: VerificationParts) {
    this.#parts = parts
  }

  /** Labels that waited when the station ended wait their whole time again: nobody knows how long it was down. */
  restart(): void {
    for (const job of this.#parts.life.jobs.awaitingScan()) this.await(job)
  }

  /** The label is out; its scan has to come in time. */
  await(job: StoredJob): void {
    const verify = this.#parts.printer(job.printer)?.verify
    if (!verify || this.#timers.has(job.id)) return
    const timer = this.#parts.clock.after(verify.timeoutMs, () => this.#expire(job.id, verify.timeoutMs))
    this.#timers.set(job.id, timer)
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  /**
   * What a scan means for labels; null = no label waits for it. In the transaction that is open. A label that is on its way remembers the
   * scan: it can be faster than the printer's answer.
   */
  scanned(scan: LabelScan): ScanOutcome | null {
    const { life } = this.#parts
    const jobs = scan.identifier === '' ? [] : life.jobs.byIdentifier(scan.identifier)
    const inDoubt = jobs.findLast((job) => job.state === 'inDoubt')
    if (inDoubt) return this.#resolve(inDoubt, scan)
    const waiting = life.jobs.awaitingScan().filter((job) => this.#isOfScanner(job, scan.source))
    const expected = waiting.find((job) => job.identifier === scan.identifier)
    if (expected) return this.#compare(expected, scan)
    const onItsWay = jobs.findLast((job) => job.state === 'sent')
    if (onItsWay) return this.#scannedOnItsWay(onItsWay, scan)
    // A known label that was verified before may pass again; only at a scanner that belongs to a printer is another label a wrong one.
    const oldest = waiting.find((job) => this.#parts.printer(job.printer)?.verify?.scanner === scan.source)
    if (!oldest) return null
    const what = scan.identifier === '' ? scan.text : scan.identifier
    return this.#reject(oldest, scan, `the scanner ${scan.source} read ${what} instead of ${oldest.identifier}`)
  }

  /** Seen before the printer said that it is out: the scan is kept with the label. */
  #scannedOnItsWay(job: StoredJob, scan: LabelScan): ScanOutcome | null {
    if (!this.#isOfScanner(job, scan.source) || this.#isGradeTooLow(job, scan)) return null
    this.#parts.life.amend(job, { scanned: scan.text })
    return this.#parts.printer(job.printer)?.verify ? { kind: 'verified', job: job.id } : null
  }

  /** A label in doubt was seen: it came out. */
  #resolve(job: StoredJob, scan: LabelScan): ScanOutcome {
    const { life } = this.#parts
    const detail = `its identifier was read by ${scan.source}`
    const printed = life.step(
      job,
      'printed',
      { user: scan.user, detail, action: 'resolved' },
      { scanned: scan.text, awaitsScan: false },
    )
    if (
      this.#parts.printer(job.printer)?.verify &&
      this.#isOfScanner(job, scan.source) &&
      !this.#isGradeTooLow(job, scan)
    )
      life.step(printed, 'verified', { user: scan.user, detail })
    return { kind: 'resolved', job: job.id }
  }

  #compare(job: StoredJob, scan: LabelScan): ScanOutcome {
    if (this.#isGradeTooLow(job, scan)) {
      const least = this.#parts.printer(job.printer)?.verify?.leastGrade
      const grade = scan.grade === null ? 'reported no grade' : `graded it ${scan.grade}`
      return this.#reject(job, scan, `the verifier ${scan.source} ${grade}; at least ${least} is asked for`)
    }
    this.#forget(job)
    const grade = scan.grade === null ? '' : `, grade ${scan.grade}`
    const detail = `read by ${scan.source}${grade}`
    this.#parts.life.step(job, 'verified', { user: scan.user, detail }, { scanned: scan.text, awaitsScan: false })
    return { kind: 'verified', job: job.id }
  }

  #reject(job: StoredJob, scan: LabelScan, message: string): ScanOutcome {
    this.#doubt(job, message, scan.text, scan.user)
    return { kind: 'mismatch', job: job.id, expected: job.identifier ?? '' }
  }

  #expire(id: string, timeoutMs: number): void {
    this.#timers.delete(id)
    const { life, group, logger } = this.#parts
    const expire = (): void => {
      const job = life.jobs.byId(id)
      if (!job?.awaitsScan) return
      this.#doubt(job, `the label was not scanned within ${timeoutMs / 1000} s`, null, stationUser)
    }
    group.commit(expire).catch((error) => {
      logger.error(`a label that was not scanned back could not be written down: ${messageOf(error)}`)
      this.#timers.set(
        id,
        this.#parts.clock.after(timeoutMs, () => this.#expire(id, timeoutMs)),
      )
    })
  }

  /** Held until a person says what it is, or its own label is scanned after all. */
  #doubt(job: StoredJob, message: string, scanned: string | null, user: string): void {
    const { life, printer, onReject } = this.#parts
    this.#forget(job)
    life.step(job, 'inDoubt', { user, message, action: 'rejected' }, { scanned, awaitsScan: false })
    onReject({ printer: job.printer, job: job.id, tag: printer(job.printer)?.verify?.rejectTag ?? null, message })
  }

  #isOfScanner(job: StoredJob, source: string): boolean {
    const verify = this.#parts.printer(job.printer)?.verify
    return !verify || verify.scanner === null || verify.scanner === source
  }

  #isGradeTooLow(job: StoredJob, scan: LabelScan): boolean {
    const least = this.#parts.printer(job.printer)?.verify?.leastGrade ?? null
    return least !== null && (scan.grade === null || scan.grade < least)
  }

  #forget(job: StoredJob): void {
    this.#timers.get(job.id)?.cancel()
    this.#timers.delete(job.id)
  }
}
