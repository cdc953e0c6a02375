// Brings transitions to the disk: what arrives together is committed together, in slices of a few milliseconds of the runtime's
// thread, and told when the disk has it, which this thread does not wait for. While the disk refuses, rows wait in memory and are
// tried again.
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { type RetrySchedule, retryWaits } from '../../base/retry-schedule.ts'
import type { AlarmEvent } from '../../shared/alarm.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { asDatabaseError, DatabaseError } from '../../storage/database.ts'
import type { AlarmTransition, StoredAlarm } from '../alarm-transition.ts'
import { storable } from './journal-codec.ts'
import { type OpenedJournal, renewJournal } from './journal-opening.ts'
import type { JournalFigures, JournalStore } from './journal-store.ts'

export interface JournalRecorderOptions {
  /** `<data>/alarms.sqlite`, opened already. */
  readonly file: string
  readonly opened: OpenedJournal
  readonly clock: Clock
  readonly logger: Logger
  readonly onCommitted: (events: readonly AlarmEvent[]) => void
  readonly onWritingChanged: (isWriting: boolean) => void
  /** The file is another one from now on. */
  readonly onRenewed: () => void
  /** Rows that may wait; about 1 kB each. */
  readonly mostQueued?: number
}

/** Longest time of the thread at a stretch; ms. */
const sliceMs = 4
/** A transaction is committed when nothing waits any more, at the latest after this, or four times what a commit takes; ms. */
const transactionMs = 40
/** A commit that took longer (a file system without a log) lets others have the thread for twice its time; ms. */
const slowCommitMs = 10
/** Three hours of ten rows a second. */
const defaultMostQueued = 100_000
/** Rows kept in memory for feeds that catch up. */
const recentLength = 4096
const diskRetries: RetrySchedule = { firstMs: 250, ceilingMs: 10_000, jitter: 0.2 }

/** Sequences that found the memory full; the states they left are kept. */
interface LostRows {
  first: number
  last: number
  readonly states: Map<string, StoredAlarm>
}
type Waiting = AlarmTransition | LostRows

interface Waiter {
  readonly sequence: number
  resolve(): void
  reject(error: RuntimeError): void
}

export class JournalRecorder {
  readonly #options: JournalRecorderOptions
  readonly #mostQueued: number
  #store: JournalStore
  #damagedFile: string | null
  /** As they are after everything appended: what a new file begins with when this one breaks. */
  readonly #states = new Map<string, StoredAlarm>()
  /** Rows not yet in a transaction begin at `#next`. */
  #queue: Waiting[] = []
  #next = 0
  /** In the open transaction; null = none is open. */
  #open: Waiting[] | null = null
  #openedAt = 0
  /** Committed: what the disk is being asked for, and what came after that. */
  #syncing: readonly Waiting[] | null = null
  #unsynced: Waiting[] = []
  /** Nothing is committed until the log is emptied. */
  #isHeld = false
  /** The disk refused what was committed already. */
  #isUnsettled = false
  /** The file is damaged, and no new one could be begun yet. */
  #damage: DatabaseError | null = null
  #lastCommitMs = 0
  #appendedSequence: number
  #committedSequence: number
  #lastReceived: number
  #waiters: Waiter[] = []
  #recent: AlarmEvent[] = []
  #turn: NodeJS.Immediate | null = null
  #pause: Timer | null = null
  #waits = retryWaits(diskRetries)
  #isWriting = true
  #lostCount = 0
  #lastFault: string | null = null
  #isClosed = false
  #figures: JournalFigures = { oldestTimestamp: null, byteCount: 0, archivedCount: 0 }

  constructor(options: JournalRecorderOptions) {
    this.#options = options
    this.#mostQueued = options.mostQueued ?? defaultMostQueued
    this.#store = options.opened.store
    this.#damagedFile = options.opened.damagedFile
    for (const stored of options.opened.states) this.#states.set(stored.id, stored)
    this.#committedSequence = this.#appendedSequence = this.#store.lastSequence
    this.#lastReceived = this.#store.lastReceived
  }

  get store(): JournalStore {
    return this.#store
  }

  /** Of the last row appended, written or not. */
  get lastSequence(): number {
    return this.#appendedSequence
  }

  /** Of the last row on the disk. */
  get committedSequence(): number {
    return this.#committedSequence
  }

  get isWriting(): boolean {
    return this.#isWriting
  }

  /** Rows that are not on the disk. */
  get queuedCount(): number {
    return this.#unwrittenCount + (this.#open?.length ?? 0) + this.#unsynced.length + (this.#syncing?.length ?? 0)
  }

  get #unwrittenCount(): number {
    return this.#queue.length - this.#next
  }

  get lostCount(): number {
    return this.#lostCount
  }

  get lastFault(): string | null {
    return this.#lastFault
  }

  get damagedFile(): string | null {
    return this.#damagedFile
  }

  /** Size and age of the file; the last known ones while it cannot be read. */
  get figures(): JournalFigures {
    try {
      if (!this.#isClosed) this.#figures = this.#store.figures
    } catch (error) {
      this.#lastFault = messageOf(error)
    }
    return this.#figures
  }

  /** True while nothing is being written: others may use the store. */
  get isIdle(): boolean {
    return this.queuedCount === 0 && this.#isWriting && !this.#isHeld && !this.#isClosed
  }

  /** Others wrote into the store: its log is emptied when it became long. */
  othersWrote(): void {
    if (this.isIdle && this.#store.log.isLong) this.#hold()
  }

  load(): readonly StoredAlarm[] {
    return [...this.#states.values()]
  }

  append(transitions: readonly AlarmTransition[]): void {
    for (const { event: given, stored } of transitions) {
      const event = this.#admitted(given)
      if (event === null) continue
      this.#states.set(stored.id, stored)
      if (this.queuedCount < this.#mostQueued) this.#queue.push({ event, stored })
      else this.#lose(event, stored)
    }
    this.#schedule()
  }

  /** The row as it can be stored, with its sequence checked and the clock's steps back marked. */
  #admitted(given: AlarmEvent): AlarmEvent | null {
    if (!Number.isSafeInteger(given.sequence) || given.sequence <= this.#appendedSequence || this.#isClosed) {
      this.#lostCount++
      this.#options.logger.error(
        `Row ${given.sequence} of alarm ${given.id} cannot be journalled: ${this.#isClosed ? 'the journal is closed' : `the last one was ${this.#appendedSequence}`}`,
      )
      return null
    }
    const event = storable(given)
    const isClockSetBack = event.receivedTimestamp < this.#lastReceived
    this.#lastReceived = event.receivedTimestamp
    this.#appendedSequence = event.sequence
    return isClockSetBack === (event.isClockSetBack ?? false) ? event : { ...event, isClockSetBack }
  }

  /** The oldest rows are kept, for they tell how it began; what finds the memory full leaves a gap that the journal names. */
  #lose({ sequence }: AlarmEvent, stored: StoredAlarm): void {
    const last = this.#queue.at(-1)
    if (last !== undefined && isLost(last)) {
      last.last = sequence
      last.states.set(stored.id, stored)
    } else {
      this.#queue.push({ first: sequence, last: sequence, states: new Map([[stored.id, stored]]) })
      this.#options.logger.error(
        `The alarm journal cannot be written and ${this.#mostQueued} rows wait: rows from ${sequence} on are lost, states are kept`,
      )
    }
    this.#lostCount++
  }

  flushed(sequence = this.#appendedSequence): Promise<void> {
    if (this.#committedSequence >= sequence) return Promise.resolve()
    if (!this.#isWriting) return Promise.reject(this.#refusal())
    return new Promise((resolve, reject) => this.#waiters.push({ sequence, resolve, reject }))
  }

  /** Rows after `sequence` that memory still has, oldest first; null when it has not all of them. */
  recent(sequence: number, limit: number): readonly AlarmEvent[] | null {
    if (sequence >= this.#committedSequence) return []
    const oldest = this.#recent[0]?.sequence ?? Number.POSITIVE_INFINITY
    if (oldest > sequence + 1) return null
    const start = this.#recent.findIndex((event) => event.sequence > sequence)
    return start < 0 ? [] : this.#recent.slice(start, start + limit)
  }

  #schedule(): void {
    if (this.#turn !== null || this.#pause !== null || this.#isClosed) return
    const isWork = this.#unwrittenCount > 0 || this.#open !== null || this.#isUnsettled || this.#damage !== null
    if (!isWork || (this.#isHeld && !this.#isUnsettled && this.#damage === null)) return
    this.#turn = setImmediate(() => {
      this.#turn = null
      this.#work(sliceMs)
    })
  }

  #work(forMs: number): void {
    try {
      if (this.#damage !== null) this.#renew(this.#damage)
      if (this.#isUnsettled) this.#settle()
      if (this.#unwrittenCount > 0 || this.#open !== null) this.#write(forMs)
    } catch (error) {
      this.#failed(asDatabaseError(error, 'writing the alarm journal'))
      return
    }
    this.#schedule()
  }

  #write(forMs: number): void {
    this.#writeSlice(forMs)
    const age = performance.now() - this.#openedAt
    if (this.#unwrittenCount === 0 || age >= Math.max(transactionMs, 4 * this.#lastCommitMs)) this.#commit()
  }

  #writeSlice(forMs: number): void {
    const begin = performance.now()
    if (this.#open === null) {
      this.#store.begin()
      this.#open = []
      this.#openedAt = begin
    }
    while (this.#next < this.#queue.length && performance.now() - begin < forMs) {
      const waiting = this.#queue[this.#next]!
      // Counted before it is written: a rollback takes it back with the others.
      this.#open.push(waiting)
      this.#next++
      if (isLost(waiting)) this.#writeLost(waiting)
      else this.#store.write(waiting)
    }
    if (this.#next === this.#queue.length || this.#next >= 4096) {
      this.#queue = this.#queue.slice(this.#next)
      this.#next = 0
    }
  }

  #writeLost({ first, last, states }: LostRows): void {
    const timestamp = this.#options.clock.now()
    const reason = 'the disk refused to be written to for so long that the memory for waiting rows was full'
    this.#store.writeGap({ first, last, timestamp, reason })
    for (const stored of states.values()) this.#store.writeStateOnly(stored)
  }

  #commit(): void {
    const begin = performance.now()
    this.#store.commit()
    this.#lastCommitMs = performance.now() - begin
    this.#unsynced.push(...(this.#open ?? []))
    this.#open = null
    if (this.#store.log.isLong) this.#isHeld = true
    this.#sync()
    if (this.#lastCommitMs > slowCommitMs) this.#pauseFor(2 * this.#lastCommitMs)
  }

  /** One wait for the disk at a time; what is committed meanwhile goes with the next. */
  #sync(): void {
    if (this.#syncing !== null || this.#unsynced.length === 0) return
    this.#syncing = this.#unsynced
    this.#unsynced = []
    const store = this.#store
    const sequence = store.lastSequence
    store.log.sync().then(
      () => {
        if (store === this.#store && !this.#isClosed) this.#synced(sequence)
      },
      (error: unknown) => this.#unsyncable(store, error),
    )
  }

  #synced(sequence: number): void {
    const written = this.#syncing ?? []
    this.#syncing = null
    this.#onDisk(sequence, written)
    if (this.#unsynced.length > 0) this.#sync()
    else if (this.#isHeld) this.#hold()
  }

  /** Everything committed is synced: the log is emptied, and then it goes on. */
  #hold(): void {
    this.#isHeld = true
    const store = this.#store
    store.log.empty().then(
      () => {
        if (store !== this.#store || this.#isClosed) return
        this.#isHeld = false
        this.#schedule()
      },
      (error: unknown) => this.#unsyncable(store, error),
    )
  }

  #onDisk(sequence: number, written: readonly Waiting[]): void {
    this.#committedSequence = sequence
    this.#waits = retryWaits(diskRetries)
    this.#setWriting(true)
    this.#tell(written)
  }

  /** What is committed is not known to be on the disk: it is brought there in another way before anything else. */
  #unsyncable(store: JournalStore, error: unknown): void {
    if (store !== this.#store || this.#isClosed) return
    this.#unsynced = [...(this.#syncing ?? []), ...this.#unsynced]
    this.#syncing = null
    this.#isUnsettled = true
    this.#failed(asDatabaseError(error, 'bringing the alarm journal to the disk'))
  }

  #settle(): void {
    this.#store.log.settle()
    this.#isUnsettled = this.#isHeld = false
    this.#onDisk(this.#store.lastSequence, this.#unsynced.splice(0))
  }

  #tell(written: readonly Waiting[]): void {
    const events = written.flatMap((waiting) => (isLost(waiting) ? [] : [waiting.event]))
    this.#recent.push(...events)
    // Cut now and then, not each time.
    if (this.#recent.length > 2 * recentLength) this.#recent = this.#recent.slice(-recentLength)
    const waiters = this.#waiters
    this.#waiters = waiters.filter(({ sequence }) => sequence > this.#committedSequence)
    for (const { sequence, resolve } of waiters) if (sequence <= this.#committedSequence) resolve()
    if (events.length > 0) this.#options.onCommitted(events)
  }

  #failed(error: unknown): void {
    this.#endTimers()
    this.#takeBack()
    this.#lastFault = messageOf(error)
    const isNew = this.#isWriting
    if (error instanceof DatabaseError && error.kind === 'corrupt') this.#damage = error
    if (isNew)
      this.#options.logger.error(`The alarm journal cannot be written, rows wait in memory: ${messageOf(error)}`)
    this.#setWriting(false)
    for (const { reject } of this.#waiters.splice(0)) reject(this.#refusal())
    this.#pauseFor(this.#waits.next().value)
  }

  /** What was in the transaction waits again, in front of the rest. */
  #takeBack(): void {
    this.#queue = [...(this.#open ?? []), ...this.#queue.slice(this.#next)]
    this.#next = 0
    this.#open = null
    try {
      this.#store.rollback()
    } catch (error) {
      this.#options.logger.error(`The alarm journal cannot be read either: ${messageOf(error)}`)
    }
  }

  /** The file broke while the station runs: rows that are not surely on the disk go to a new one. */
  #renew(damage: DatabaseError): void {
    const { file, clock, logger } = this.#options
    this.#queue = [...(this.#syncing ?? []), ...this.#unsynced.splice(0), ...this.#queue.slice(this.#next)]
    this.#next = 0
    this.#syncing = null
    this.#isUnsettled = this.#isHeld = false
    this.#store.close()
    const states = [...this.#states.values()]
    const reason = messageOf(damage)
    // The row that says so takes the sequence of none that waits.
    const lastSequence = this.#committedSequence
    const opened = renewJournal({ file, clock, logger, lastSequence, states, reason, isWithRow: false })
    this.#damage = null
    this.#store = opened.store
    this.#damagedFile = opened.damagedFile
    this.#options.onRenewed()
  }

  #pauseFor(delayMs: number): void {
    this.#pause?.cancel()
    this.#pause = this.#options.clock.after(delayMs, () => {
      this.#pause = null
      this.#schedule()
    })
  }

  #setWriting(isWriting: boolean): void {
    if (isWriting === this.#isWriting) return
    this.#isWriting = isWriting
    if (isWriting) this.#options.logger.info('The alarm journal is written again')
    this.#options.onWritingChanged(isWriting)
  }

  #refusal(): RuntimeError {
    return new RuntimeError(
      'BadResourceUnavailable',
      `The alarm journal cannot be written: ${this.#lastFault ?? 'the station is closing'}`,
    )
  }

  /** Writes what waits; what the disk refuses now is lost, and said. */
  close(): void {
    if (this.#isClosed) return
    this.#endTimers()
    if (this.queuedCount > 0) this.#finish()
    this.#isClosed = true
    for (const { reject } of this.#waiters.splice(0)) reject(this.#refusal())
    this.#store.close()
  }

  /** All at once, holding the thread. */
  #finish(): void {
    this.#work(Number.POSITIVE_INFINITY)
    this.#endTimers()
    try {
      if (this.#unwrittenCount > 0 || this.#open !== null || this.#isUnsettled) throw this.#refusal()
      this.#store.log.syncNow()
      const written = [...(this.#syncing ?? []), ...this.#unsynced.splice(0)]
      this.#syncing = null
      this.#onDisk(this.#store.lastSequence, written)
    } catch (error) {
      this.#options.logger.error(
        `${this.queuedCount} rows of the alarm journal could not be written before the end: ${messageOf(error)}`,
      )
    }
  }

  #endTimers(): void {
    if (this.#turn !== null) clearImmediate(this.#turn)
    this.#turn = null
    this.#pause?.cancel()
    this.#pause = null
  }
}

function isLost(waiting: Waiting): waiting is LostRows {
  return 'states' in waiting
}
