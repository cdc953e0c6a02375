// Moves rows that are older than the plant keeps them into archive files: copied by the reader thread, then removed here, a few
// milliseconds at a time.
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import type { AlarmReaderThread } from './alarm-reader-thread.ts'
import type { ArchiveFile } from './journal-archive.ts'
import type { JournalRecorder } from './journal-recorder.ts'

export interface JournalRetentionOptions {
  readonly recorder: JournalRecorder
  readonly reader: AlarmReaderThread
  readonly clock: Clock
  readonly logger: Logger
  /** null = rows are kept for ever. */
  readonly retentionMs: () => number | null
}

/** Not at the very start, when everything else begins. */
const firstRoundMs = 60_000
const roundMs = 3_600_000
/** Rows removed at a time, about 2 ms, and the pause after them. */
const removedAtOnce = 256
const removalPauseMs = 20

export class JournalRetention {
  readonly #options: JournalRetentionOptions
  readonly #timers: Timer[]
  #isRunning = false
  #isClosed = false

  constructor(options: JournalRetentionOptions) {
    this.#options = options
    const { clock } = options
    this.#timers = [clock.after(firstRoundMs, () => void this.round()), clock.every(roundMs, () => void this.round())]
  }

  /** One round; the archive file that was made, null when nothing is old enough. Failures are logged and tried again next time. */
  async round(): Promise<ArchiveFile | null> {
    if (this.#isRunning || this.#isClosed) return null
    this.#isRunning = true
    try {
      // What an earlier round, or an earlier run of the station, did not remove.
      await this.#remove()
      return await this.#archive()
    } catch (error) {
      if (!this.#isClosed)
        this.#options.logger.error(`Old rows of the alarm journal stay where they are: ${messageOf(error)}`)
      return null
    } finally {
      this.#isRunning = false
    }
  }

  async #archive(): Promise<ArchiveFile | null> {
    const { reader, recorder, logger, clock } = this.#options
    const retentionMs = this.#options.retentionMs()
    if (retentionMs === null) return null
    // A journal that began anew meanwhile is another one.
    const { store } = recorder
    const archive = (await reader.ask({ type: 'archive', cutoff: clock.now() - retentionMs })) as ArchiveFile | null
    if (archive === null) return null
    await this.#idle()
    if (this.#isClosed || recorder.store !== store) return null
    store.markArchived(archive.last)
    logger.info(`Rows ${archive.first} to ${archive.last} of the alarm journal are in ${archive.file}`)
    await this.#remove()
    return archive
  }

  async #remove(): Promise<void> {
    for (;;) {
      await this.#idle()
      if (this.#isClosed) return
      const isMore = this.#options.recorder.store.removeArchived(removedAtOnce)
      this.#options.recorder.othersWrote()
      if (!isMore) return
      await this.#pause()
    }
  }

  /** New rows go first. */
  async #idle(): Promise<void> {
    while (!this.#options.recorder.isIdle && !this.#isClosed) await this.#pause()
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.push(this.#options.clock.after(removalPauseMs, resolve))
      if (this.#timers.length > 3) this.#timers.splice(2, 1)
    })
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) timer.cancel()
  }
}
