// How the runtime feels: process, event loop, disk, and whatever each part counts, for maintenance.health and /metrics.
import { statfs } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../base/clock.ts'
import type { JsonValue } from '../shared/data-value.ts'
import { messageOf } from '../shared/runtime-error.ts'

/** What a part says of itself: plain numbers, texts and lists; `…Count` numbers only grow. */
export type HealthSection = () => JsonValue | Promise<JsonValue>

export interface HealthOptions {
  readonly clock: Clock
  /** Its disk is watched. */
  readonly dataFolder: string
  /** Name of the part → its figures: `devices`, `tags`, `api`, `valuePath` … */
  readonly sections: Readonly<Record<string, HealthSection>>
}

/** Resolution of the event-loop measurement; a delay below it is 0. */
const eventLoopResolutionMs = 10
/** The event-loop figures are of the last one to two minutes, so that a stall at start is forgotten. */
const eventLoopWindowMs = 60_000

type IntervalHistogram = ReturnType<typeof monitorEventLoopDelay>

/** Closes with `close`. */
export class Health {
  readonly #options: HealthOptions
  readonly #startMonotonic: number
  readonly #startTimestamp: number
  #present: IntervalHistogram
  #previous: IntervalHistogram | null = null
  readonly #timer: { cancel(): void }

  constructor(options: HealthOptions) {
    this.#options = options
    this.#startMonotonic = options.clock.monotonic()
    this.#startTimestamp = options.clock.now()
    this.#present = startHistogram()
    this.#timer = options.clock.every(eventLoopWindowMs, () => this.#turn())
  }

  /** Everything, one object per part. A part that cannot say how it is says why. */
  async read(): Promise<Readonly<Record<string, JsonValue>>> {
    const entries = Object.entries(this.#options.sections).map(
      async ([name, section]) => [name, await saying(section)] as const,
    )
    const [disk, ...sections] = await Promise.all([this.#disk(), ...entries])
    return { process: this.#process(), eventLoop: this.#eventLoop(), disk, ...Object.fromEntries(sections) }
  }

  close(): void {
    this.#timer.cancel()
    this.#present.disable()
    this.#previous?.disable()
  }

  #process(): JsonValue {
    const memory = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    return {
      startTimestamp: this.#startTimestamp,
      uptimeMs: Math.round(this.#options.clock.monotonic() - this.#startMonotonic),
      residentBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      heapTotalBytes: memory.heapTotal,
      externalBytes: memory.external,
      cpuMs: Math.round((user + system) / 1000),
      nodeVersion: process.version,
    }
  }

  /** How late the main thread's timers fire, ms. */
  #eventLoop(): JsonValue {
    const worst = this.#previous && this.#previous.max > this.#present.max ? this.#previous : this.#present
    const late = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e4 - eventLoopResolutionMs * 100)) / 100
    return {
      p50Ms: late(this.#present.percentile(50)),
      p99Ms: late(this.#present.percentile(99)),
      maximumMs: Number.isFinite(worst.max) ? late(worst.max) : 0,
    }
  }

  async #disk(): Promise<JsonValue> {
    return saying(async () => {
      const { bavail, blocks, bsize } = await statfs(this.#options.dataFolder)
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
    })
  }

  #turn(): void {
    this.#previous?.disable()
    this.#previous = this.#present
    this.#present = startHistogram()
  }
}

function startHistogram(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution: eventLoopResolutionMs })
  histogram.enable()
  return histogram
}

async function saying(section: HealthSection): Promise<JsonValue> {
  try {
    return await section()
  } catch (error) {
    return { error: messageOf(error) }
  }
}
