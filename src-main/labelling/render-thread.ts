// The thread that draws labels and reads their bar codes back, from the label thread's side: started with the first label, ended when
// none came for a minute. One that dies or hangs fails the label it worked on, and no other.
import type { Worker } from 'node:worker_threads'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { type ThreadErrors, ThreadOnDemand } from '../base/thread-on-demand.ts'
import { startWorkerThread } from '../base/worker-thread.ts'
import type { EmitOptions, LabelImage, LabelRenderer, RenderRequest } from '../labels/queue/label-renderer.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import type { PreviewAnswer, PreviewRequest, RenderJob, TagTypes, ToRenderWorker } from './render-message.ts'

/** A label takes 15 ms, the first one a second. */
const jobLimitMs = 20_000
const idleMs = 60_000
/** While one is drawn the next one is on its way. */
const mostUnderWay = 2
/** Dots and pixels are not in it. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 }

/** The thread ended; whoever was next in line asks again. */
class ThreadEnded extends RuntimeError {
  constructor() {
    super('BadInternalError', 'The thread that draws labels ended over this one')
  }
}

const errors: ThreadErrors = {
  closed: () => new RuntimeError('BadShutdown', 'The station is stopping'),
  cancelled: () => new RuntimeError('BadRequestInterrupted', 'The label is not wanted any more'),
  tooMany: (count) => new RuntimeError('BadTooManyOperations', `${count} labels wait to be drawn already`),
  ended: () => new ThreadEnded(),
  refused: (code, message) => new RuntimeError(code, message),
}

export interface RenderThreadOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** Of the tags of the plant. */
  readonly tagTypes: () => TagTypes
  /** Starts the thread; tests hand in one that does as they say. */
  readonly start?: () => Worker
}

interface Waiting {
  readonly job: RenderJob
  resolve(value: unknown): void
  reject(error: unknown): void
}

export class RenderThread implements LabelRenderer {
  readonly #options: RenderThreadOptions
  readonly #thread: ThreadOnDemand
  readonly #waiting: Waiting[] = []
  /** In the order in which the thread works on them. */
  readonly #underWay: Waiting[] = []
  /** The one the thread worked on when it ended, until all have heard of that. */
  #endedOver: Waiting | null = null

  constructor(options: RenderThreadOptions) {
    const { clock, logger, start = startRenderWorker } = options
    this.#options = options
    this.#thread = new ThreadOnDemand({
      start,
      errors,
      onFailure: (error) => logger.error(`The thread that draws labels failed: ${messageOf(error)}`),
      clock,
      idleMs,
    })
  }

  /** True while the thread runs. */
  get isRunning(): boolean {
    return this.#thread.worker !== null
  }

  async render(request: RenderRequest): Promise<LabelImage> {
    const tagTypes = typesOf(request.tags, this.#options.tagTypes())
    return (await this.#run({ kind: 'render', request, tagTypes })) as LabelImage
  }

  async emit(image: LabelImage, options: EmitOptions): Promise<Uint8Array> {
    return (await this.#run({ kind: 'emit', image, options })) as Uint8Array
  }

  /** A label that is only looked at: what is wrong with it is said beside it. */
  async preview(request: PreviewRequest): Promise<PreviewAnswer> {
    const tagTypes = typesOf(request.tags, this.#options.tagTypes())
    return (await this.#run({ kind: 'preview', request, tagTypes })) as PreviewAnswer
  }

  /** Labels that are being drawn fail. */
  close(): Promise<void> {
    return this.#thread.close()
  }

  #run(job: RenderJob): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject })
      this.#next()
    })
  }

  #next(): void {
    while (this.#underWay.length < mostUnderWay && this.#waiting.length > 0) {
      const waiting = this.#waiting.shift()!
      this.#underWay.push(waiting)
      void this.#work(waiting)
    }
  }

  async #work(waiting: Waiting): Promise<void> {
    const timer = this.#options.clock.after(jobLimitMs * mostUnderWay, () => void this.#thread.restart())
    let isAgain = false
    try {
      const question = (id: number) => ({ id, job: waiting.job }) satisfies ToRenderWorker
      waiting.resolve(await this.#thread.ask(question, undefined, () => undefined))
    } catch (error) {
      if (error instanceof ThreadEnded) {
        // The one in front was worked on; the others only waited behind it.
        this.#endedOver ??= this.#underWay[0]!
        isAgain = this.#endedOver !== waiting
      }
      if (!isAgain) waiting.reject(error)
    } finally {
      timer.cancel()
      this.#underWay.splice(this.#underWay.indexOf(waiting), 1)
      if (isAgain) this.#waiting.unshift(waiting)
      // After all who were told of the same end of the thread.
      setImmediate(() => {
        this.#endedOver = null
        this.#next()
      })
    }
  }
}

function startRenderWorker(): Worker {
  return startWorkerThread(import.meta.url, './render-worker', { resourceLimits })
}

/** Types of the tags that are given; those the plant has no more are read as what they are. */
function typesOf(tags: Readonly<Record<string, unknown>>, types: TagTypes): TagTypes {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, types[name] ?? typeOfValue(value)]))
}

function typeOfValue(value: unknown): TagTypes[string] {
  const names = { string: 'string', boolean: 'bool', bigint: 'int64', number: 'float64' } as const
  const dataType = names[typeof value as keyof typeof names] ?? 'structure'
  return { dataType, arrayLength: null }
}
