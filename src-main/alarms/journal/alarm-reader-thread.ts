// Reading the alarm journal from the runtime's thread: pages, exports, checks and reports by a thread of their own.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { type ThreadErrors, ThreadOnDemand } from '../../base/thread-on-demand.ts'
import { startWorkerThread } from '../../base/worker-thread.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { AlarmQuestion, AlarmReaderStart, ToAlarmReader } from './alarm-reader-message.ts'

export interface AlarmReaderOptions extends AlarmReaderStart {
  readonly clock: Clock
  readonly logger: Logger
  /** Without a question for so long the thread ends; ms. */
  readonly idleMs?: number
}

const errors: ThreadErrors = {
  closed: () => new RuntimeError('BadShutdown', 'The alarm journal is closed'),
  cancelled: () => new RuntimeError('BadRequestInterrupted', 'The question to the alarm journal was cancelled'),
  tooMany: (count) => new RuntimeError('BadTooManyOperations', `${count} questions to the alarm journal wait already`),
  ended: () =>
    new RuntimeError(
      'BadNoCommunication',
      'The reader thread of the alarm journal ended before it answered; ask again',
    ),
  refused: (code, message) => new RuntimeError(code, message),
}

export class AlarmReaderThread {
  readonly #thread: ThreadOnDemand

  constructor({ file, archiveFolder, clock, logger, idleMs }: AlarmReaderOptions) {
    this.#thread = new ThreadOnDemand({
      start: () =>
        startWorkerThread(import.meta.url, './alarm-reader-worker', {
          workerData: { file, archiveFolder } satisfies AlarmReaderStart,
        }),
      errors,
      onFailure: (error) => logger.error(`The reader thread of the alarm journal failed: ${messageOf(error)}`),
      clock,
      idleMs,
    })
  }

  /** True while the thread runs. */
  get isRunning(): boolean {
    return this.#thread.worker !== null
  }

  /** Rejects with a RuntimeError; BadRequestInterrupted when the signal aborts. */
  ask(question: AlarmQuestion, signal?: AbortSignal): Promise<unknown> {
    const cancelled = new SharedArrayBuffer(4)
    return this.#thread.ask(
      (id) => ({ id, question, cancelled }) satisfies ToAlarmReader,
      signal,
      () => {
        Atomics.store(new Int32Array(cancelled), 0, 1)
      },
    )
  }

  /** The file is another one now: what is asked from now on is answered from it. */
  restart(): Promise<void> {
    return this.#thread.restart()
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
