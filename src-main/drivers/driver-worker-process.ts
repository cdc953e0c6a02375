// One protocol's worker thread as the runtime sees it: started, watched by a heartbeat, asked, and started again with
// back-off when it ends or hangs.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { deviceRetries, retryWaits } from '../base/retry-schedule.ts'
import { startWorkerThread } from '../base/worker-thread.ts'
import type { WorkerName } from '../shared/protocol.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { DeviceStatus } from './device-connection.ts'
import type {
  ConfiguredDevice,
  DriverRequest,
  DriverWorkerStart,
  FromDriverWorker,
  ToDriverWorker,
} from './driver-message.ts'

const heartbeatMs = 1000
/** A worker that answers no heartbeat for so long hangs; loading OPC UA blocks its thread for about a second. */
const hungAfterMs = 10_000
const closeTimeoutMs = 4_000
/** A driver's batches are small and short-lived; more room only holds memory back. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

/** What a worker needs of its surroundings. */
export interface DriverWorkerOptions {
  readonly dataFolder: string
  readonly clock: Clock
  readonly logger: Logger
  /** Starts the worker thread; tests put a faulty one in its place. */
  readonly startWorker?: (start: DriverWorkerStart) => Worker
}

export interface DriverWorkerListener {
  onValues(batch: ValueBatch): void
  onStatus(statuses: readonly DeviceStatus[]): void
  onDown(message: string): void
}

interface PendingRequest {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: RuntimeError) => void
  readonly timer: Timer
}

/** One protocol's worker thread, restarted for as long as the host is open. */
export class DriverWorkerProcess {
  readonly #name: WorkerName
  readonly #options: DriverWorkerOptions
  readonly #listener: DriverWorkerListener
  #worker: Worker | null = null
  #devices: readonly ConfiguredDevice[] = []
  readonly #pending = new Map<number, PendingRequest>()
  #nextId = 1
  #lastPong = 0
  #heartbeat: Timer | null = null
  #restart: Timer | null = null
  #waits = retryWaits(deviceRetries)
  #closing = false
  droppedValueCount = 0

  constructor(name: WorkerName, options: DriverWorkerOptions, listener: DriverWorkerListener) {
    this.#name = name
    this.#options = options
    this.#listener = listener
    this.#start()
  }

  configure(devices: readonly ConfiguredDevice[]): void {
    this.#devices = devices
    this.#send({ type: 'configure', devices })
  }

  request(request: DriverRequest, limitMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#worker)
        return reject(new RuntimeError('BadNoCommunication', `The ${this.#name} driver is being restarted`))
      const id = this.#nextId++
      const timer = this.#options.clock.after(limitMs, () => {
        this.#pending.delete(id)
        reject(new RuntimeError('BadTimeout', `The ${this.#name} driver did not answer within ${limitMs} ms`))
      })
      this.#pending.set(id, { resolve, reject, timer })
      this.#send({ type: 'request', id, request })
    })
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#heartbeat?.cancel()
    this.#restart?.cancel()
    const worker = this.#worker
    if (!worker) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    this.#send({ type: 'close' })
    const timer = this.#options.clock.after(closeTimeoutMs, () => void worker.terminate())
    await ended
    timer.cancel()
  }

  #start(): void {
    const folder = join(this.#options.dataFolder, 'drivers', this.#name)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const workerData: DriverWorkerStart = { worker: this.#name, folder }
    const worker = (this.#options.startWorker ?? startDriverWorker)(workerData)
    this.#worker = worker
    this.#lastPong = this.#options.clock.monotonic()
    worker.on('message', (message: FromDriverWorker) => this.#receive(worker, message))
    worker.on('error', (error) => this.#down(worker, `The ${this.#name} driver failed: ${messageOf(error)}`))
    worker.on('exit', (code) => this.#down(worker, `The ${this.#name} driver ended with code ${code}`))
    this.#heartbeat = this.#options.clock.every(heartbeatMs, () => this.#beat(worker))
  }

  #beat(worker: Worker): void {
    if (this.#options.clock.monotonic() - this.#lastPong > hungAfterMs) {
      this.#down(worker, `The ${this.#name} driver did not answer for ${hungAfterMs / 1000} s`)
      void worker.terminate()
    } else this.#send({ type: 'ping' })
  }

  #receive(worker: Worker, message: FromDriverWorker): void {
    if (worker !== this.#worker) return
    switch (message.type) {
      case 'values':
        this.#listener.onValues(message.batch)
        return this.#send({ type: 'taken', count: 1 })
      case 'status':
        this.droppedValueCount = message.droppedValueCount
        return this.#listener.onStatus(message.statuses)
      case 'answer':
        return this.#settle(message.id)?.resolve(message.value)
      case 'refusal':
        return this.#settle(message.id)?.reject(new RuntimeError(message.code, message.message))
      case 'pong':
        this.#lastPong = this.#options.clock.monotonic()
        return
      case 'closed':
        return
    }
  }

  #settle(id: number): PendingRequest | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.timer.cancel()
    return pending
  }

  #down(worker: Worker, message: string): void {
    if (worker !== this.#worker) return
    this.#worker = null
    this.#heartbeat?.cancel()
    for (const id of [...this.#pending.keys()])
      this.#settle(id)?.reject(new RuntimeError('BadNoCommunication', message))
    if (this.#closing) return
    this.#options.logger.error(message)
    this.#listener.onDown(message)
    this.#restart = this.#options.clock.after(this.#waits.next().value, () => {
      this.#start()
      this.configure(this.#devices)
    })
  }

  #send(message: ToDriverWorker): void {
    this.#worker?.postMessage(message)
  }
}

function startDriverWorker(workerData: DriverWorkerStart): Worker {
  return startWorkerThread(import.meta.url, './driver-worker', { workerData, resourceLimits })
}
