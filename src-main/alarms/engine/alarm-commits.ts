// From a transition in memory to one that may be shown: appended to the journal, awaited, then told. One wait for the disk at a time,
// whatever came meanwhile goes with the next.
import type { Logger } from '../../base/logger.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import type { AlarmRecorder, AlarmTransition } from '../alarm-transition.ts'

export interface AlarmCommitsParts {
  readonly recorder: AlarmRecorder
  readonly logger: Logger
  /** In order of their sequence, and the ids of alarms whose row changed without a transition. */
  readonly onCommitted: (transitions: readonly AlarmTransition[], touched: ReadonlySet<string>) => void
}

interface Waiter {
  readonly sequence: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Told at a time: the first of a flood are on screen while the last ones are being written. */
const mostAtOnce = 1000

export class AlarmCommits {
  readonly #recorder: AlarmRecorder
  readonly #logger: Logger
  readonly #onCommitted: AlarmCommitsParts['onCommitted']
  #sequence: number
  #toldSequence: number
  /** Of the call under way. */
  #made: AlarmTransition[] = []
  /** Appended, but not waited for yet. */
  #appended: AlarmTransition[] = []
  #touched = new Set<string>()
  #isNews = false
  #waiters: Waiter[] = []
  #isWaiting = false
  #isClosed = false
  #transitionCount = 0
  #committedCount = 0
  /** Told although the disk refused them: they are the recorder's to keep. */
  #refusedCount = 0

  constructor({ recorder, logger, onCommitted }: AlarmCommitsParts) {
    this.#recorder = recorder
    this.#logger = logger
    this.#onCommitted = onCommitted
    this.#sequence = this.#toldSequence = recorder.lastSequence
  }

  get transitionCount(): number {
    return this.#transitionCount
  }

  get committedCount(): number {
    return this.#committedCount
  }

  /** Number that the next transition must have. */
  get nextSequence(): number {
    return this.#sequence + 1
  }

  add(transition: AlarmTransition): void {
    this.#made.push(transition)
    this.#sequence = transition.event.sequence
    this.#transitionCount++
  }

  /** The row of this alarm is another one without a transition. */
  touch(id: string): void {
    this.#touched.add(id)
  }

  /** Something beside the rows changed, a flood ended: whoever listens looks again. */
  announce(): void {
    this.#isNews = true
  }

  /** Ends a call: what was made in it goes to the journal in one piece. */
  commit(): void {
    if (this.#made.length > 0) {
      const made = this.#made
      this.#made = []
      this.#recorder.append(made)
      if (this.#appended.length === 0) this.#appended = made
      else for (const transition of made) this.#appended.push(transition)
    }
    this.#waitForDisk()
  }

  /** Everything made so far is on the disk and told; rejects with the recorder's reason when the disk refuses. */
  flushed(): Promise<void> {
    if (this.#toldSequence >= this.#sequence) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ sequence: this.#sequence, resolve, reject })
    })
  }

  /** The disk takes again what it refused: the count follows. */
  recover(): void {
    if (this.#refusedCount > 0 && this.#recorder.isWriting && !this.#isWaiting) this.#await([])
  }

  /** Nothing is told any more. */
  close(): void {
    this.#isClosed = true
  }

  #waitForDisk(): void {
    if (this.#isWaiting) return
    if (this.#appended.length > 0) this.#await(this.#appended.splice(0, mostAtOnce))
    else if (this.#touched.size > 0 || this.#isNews) {
      this.#isWaiting = true
      queueMicrotask(() => this.#told([], null))
    }
  }

  #await(transitions: readonly AlarmTransition[]): void {
    this.#isWaiting = true
    this.#recorder.flushed(transitions.at(-1)?.event.sequence).then(
      () => {
        this.#committedCount += transitions.length + this.#refusedCount
        this.#refusedCount = 0
        this.#told(transitions, null)
      },
      (error: unknown) => {
        this.#refusedCount += transitions.length
        this.#told(transitions, { error })
      },
    )
  }

  #told(transitions: readonly AlarmTransition[], failure: { readonly error: unknown } | null): void {
    this.#isWaiting = false
    const touched = this.#touched
    this.#touched = new Set()
    this.#toldSequence = Math.max(this.#toldSequence, transitions.at(-1)?.event.sequence ?? 0)
    if (!this.#isClosed && (transitions.length > 0 || touched.size > 0 || this.#isNews)) {
      this.#isNews = false
      try {
        this.#onCommitted(transitions, touched)
      } catch (error) {
        this.#logger.error(`alarms could not be told: ${messageOf(error)}`)
      }
    }
    const waiting = this.#waiters
    this.#waiters = waiting.filter(({ sequence }) => sequence > this.#toldSequence)
    for (const { sequence, resolve, reject } of waiting) {
      if (sequence > this.#toldSequence) continue
      if (failure === null) resolve()
      else reject(failure.error)
    }
    this.#waitForDisk()
  }
}
