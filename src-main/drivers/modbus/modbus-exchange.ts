// Requests of one device, in order, with everything that may go wrong answered: a busy device is asked again, a garbled
// answer once more, and silence is noticed for each unit and for the whole link. Nothing here knows items.
import { type Clock, sleep } from '../../base/clock.ts'
import type { DriverCounters } from '../driver.ts'
import { type Answer, functionCodes } from './modbus-frame.ts'
import type { ModbusLink } from './modbus-link.ts'
import { acknowledge, deviceBusy, gatewayPathUnavailable, gatewayTargetFailed, statusOf } from './modbus-status.ts'
import { RequestQueue, type Urgency } from './request-queue.ts'

/** A busy device is asked again after these waits (ms); then the answer counts as it is. */
const busyWaitsMs = [50, 100, 200]
/** Unanswered requests in a row, from every unit in use, after which the link counts as dead. */
const silenceIsLossAfter = 2
/** A silent unit beside living ones is asked again after 1 s, 2 s … at most every 5 s, so that it does not slow them. */
const firstUnitWaitMs = 1_000
const longestUnitWaitMs = 5_000

interface SilentUnit {
  failureCount: number
  askAgainAt: number
  readonly statusCode: number
}

export interface ExchangeOptions {
  readonly link: ModbusLink
  readonly clock: Clock
  readonly counters: DriverCounters
  readonly timeoutMs: number
  readonly retries: number
  /** A garbled answer is asked for once more: lines have noise, TCP has none. */
  readonly asksGarbledAgain: boolean
  /** A unit stopped answering (or its gateway says so), or answers again. */
  readonly onSilent: (unit: number, statusCode: number) => void
  readonly onAnswering: (unit: number) => void
  /** No unit answers any more. */
  readonly onDead: () => void
}

export class ModbusExchange {
  readonly #options: ExchangeOptions
  readonly #queue = new RequestQueue()
  readonly #silentUnits = new Map<number, SilentUnit>()
  readonly #unitsInUse = new Set<number>()
  #unansweredInRow = 0
  #lastRequestAt: number
  #isClosed = false

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.#lastRequestAt = options.clock.monotonic()
  }

  /** Units whose silence together means a dead link. */
  setUnits(units: Iterable<number>): void {
    this.#unitsInUse.clear()
    for (const unit of units) this.#unitsInUse.add(unit)
  }

  /** ms since the last request went out. */
  get idleMs(): number {
    return this.#options.clock.monotonic() - this.#lastRequestAt
  }

  /** True while a unit that does not answer should be left alone. */
  isResting(unit: number): boolean {
    const silent = this.#silentUnits.get(unit)
    return silent !== undefined && this.#options.clock.monotonic() < silent.askAgainAt
  }

  /** Units that do not answer, with the status code that says so. */
  silentUnits(): readonly { readonly unit: number; readonly statusCode: number }[] {
    return [...this.#silentUnits]
      .map(([unit, { statusCode }]) => ({ unit, statusCode }))
      .sort((a, b) => a.unit - b.unit)
  }

  /** Sends a request when its turn comes; resolves with what became of it, never throws. */
  ask(urgency: Urgency, unit: number, request: Buffer): Promise<Answer> {
    return this.#queue.run(urgency, () => this.#askNow(unit, request))
  }

  /** Runs several requests without another one in between (read, change, write back). */
  together<T>(work: (ask: (unit: number, request: Buffer) => Promise<Answer>) => Promise<T>): Promise<T> {
    return this.#queue.run('command', () => work((unit, request) => this.#askNow(unit, request)))
  }

  /** Requests that wait end as closed. */
  close(): void {
    this.#isClosed = true
  }

  async #askNow(unit: number, request: Buffer): Promise<Answer> {
    const { clock, retries, asksGarbledAgain } = this.#options
    let busyCount = 0
    let silentCount = 0
    let garbledCount = 0
    for (;;) {
      const answer = await this.#askOnce(unit, request)
      if (isBusy(request, answer) && busyCount < busyWaitsMs.length) await sleep(clock, busyWaitsMs[busyCount++]!)
      else if (answer.kind === 'timeout' && silentCount < retries) silentCount++
      else if (answer.kind === 'malformed' && asksGarbledAgain && garbledCount === 0) garbledCount++
      else {
        this.#note(unit, answer)
        return answer
      }
    }
  }

  async #askOnce(unit: number, request: Buffer): Promise<Answer> {
    const { link, clock, counters, timeoutMs } = this.#options
    if (this.#isClosed) return { kind: 'closed', message: 'the connection is being closed' }
    const startedAt = clock.monotonic()
    this.#lastRequestAt = startedAt
    counters.requestCount++
    const answer = await link.request(unit, request, timeoutMs)
    if (answer.kind === 'data' || answer.kind === 'exception') counters.lastLatencyMs = clock.monotonic() - startedAt
    if (answer.kind !== 'data') counters.failedRequestCount++
    return answer
  }

  #note(unit: number, answer: Answer): void {
    if (answer.kind === 'closed' || this.#isClosed) return
    if (answer.kind === 'timeout') return this.#noteSilence(unit, statusOf(answer))
    this.#unansweredInRow = 0
    if (saysUnitIsAway(answer)) this.#rest(unit, statusOf(answer), 0)
    else if (this.#silentUnits.delete(unit)) this.#options.onAnswering(unit)
  }

  #noteSilence(unit: number, statusCode: number): void {
    // The first time it is asked again at once: alone on the link, its silence is the link's.
    this.#rest(unit, statusCode, 1)
    this.#unansweredInRow++
    const allSilent = [...this.#unitsInUse].every((used) => this.#silentUnits.has(used))
    if (allSilent && this.#unansweredInRow >= silenceIsLossAfter) this.#options.onDead()
  }

  /** Leaves a unit alone for a while that doubles from failure to failure, after `freeCount` failures without a wait. */
  #rest(unit: number, statusCode: number, freeCount: number): void {
    const failureCount = (this.#silentUnits.get(unit)?.failureCount ?? 0) + 1
    const waitMs = failureCount <= freeCount ? 0 : firstUnitWaitMs * 2 ** (failureCount - freeCount - 1)
    const askAgainAt = this.#options.clock.monotonic() + Math.min(waitMs, longestUnitWaitMs)
    this.#silentUnits.set(unit, { failureCount, askAgainAt, statusCode })
    if (failureCount === 1) this.#options.onSilent(unit, statusCode)
  }
}

/** A gateway answers for a unit that does not; waiting for that at every poll would slow down its neighbours. */
function saysUnitIsAway(answer: Answer): boolean {
  if (answer.kind !== 'exception') return false
  return answer.exceptionCode === gatewayPathUnavailable || answer.exceptionCode === gatewayTargetFailed
}

/** "Acknowledge" to a write means that the write is being carried out: it must not be sent twice. */
function isBusy(request: Buffer, answer: Answer): boolean {
  if (answer.kind !== 'exception') return false
  if (answer.exceptionCode === deviceBusy) return true
  return answer.exceptionCode === acknowledge && request[0]! <= functionCodes.readInputRegisters
}
