// The simulator driver: sine, ramp, triangle, toggle, random walk, first-order lag, and memory that keeps what is written.
// No network, no library: for training, first steps and tests of everything above a driver.
import type { Timer } from '../../base/clock.ts'
import type { TagValue } from '../../shared/data-value.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import { integerRange } from '../../shared/tag.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'
import { type Driver, type DriverEnvironment, type DriverItem, newCounters, type ProtocolDriver } from '../driver.ts'
import { parseSignal, type Signal } from './simulator-protocol.ts'

interface Scan {
  readonly timer: Timer
  items: DriverItem[]
}

class SimulatorDriver implements Driver {
  readonly counters = newCounters()
  readonly #environment: DriverEnvironment
  readonly #memory = new Map<string, TagValue>()
  /** Present value of walks and lags, by address; they remember where they were. */
  readonly #progress = new Map<string, { value: number; at: number }>()
  readonly #scans = new Map<number, Scan>()
  #watched = new Map<number, DriverItem>()
  #closed = false

  constructor(environment: DriverEnvironment) {
    this.#environment = environment
  }

  async connect(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const scan of this.#scans.values()) scan.timer.cancel()
    this.#scans.clear()
  }

  async watch(items: readonly DriverItem[]): Promise<void> {
    const before = this.#watched
    this.#watched = new Map(items.map((item) => [item.handle, item]))
    const byInterval = Map.groupBy(items, (item) => item.scanIntervalMs)
    for (const [interval, scan] of this.#scans) {
      if (byInterval.has(interval)) continue
      scan.timer.cancel()
      this.#scans.delete(interval)
    }
    for (const [interval, group] of byInterval) {
      const scan = this.#scans.get(interval)
      if (scan) scan.items = group
      else
        this.#scans.set(interval, {
          items: group,
          timer: this.#environment.clock.every(interval, () => this.#scan(interval)),
        })
    }
    this.#report(items.filter((item) => before.get(item.handle)?.address !== item.address))
  }

  async write(item: DriverItem, value: TagValue): Promise<number> {
    this.counters.requestCount++
    const parsed = parseSignal(item.address)
    if (!parsed.ok) return StatusCodes.BadNodeIdUnknown
    if (parsed.signal.kind !== 'memory') return StatusCodes.BadNotWritable
    this.#memory.set(parsed.signal.name, value)
    this.#report([item])
    return StatusCodes.Good
  }

  async read(items: readonly DriverItem[]): Promise<ValueBatch> {
    return this.#values(items)
  }

  #scan(interval: number): void {
    this.#report(this.#scans.get(interval)?.items ?? [])
  }

  #report(items: readonly DriverItem[]): void {
    if (!this.#closed && items.length > 0) this.#environment.onValues(this.#values(items))
  }

  #values(items: readonly DriverItem[]): ValueBatch {
    this.counters.requestCount++
    const now = this.#environment.clock.now()
    const builder = new ValueBatchBuilder(items.length)
    for (const item of items) {
      const parsed = parseSignal(item.address)
      if (!parsed.ok) builder.addBad(item.handle, StatusCodes.BadNodeIdUnknown, now)
      else builder.add(item.handle, typed(this.#valueOf(parsed.signal, item.address, now), item), StatusCodes.Good, now)
    }
    return builder.take()
  }

  #valueOf(signal: Signal, address: string, now: number): TagValue {
    const seconds = now / 1000
    switch (signal.kind) {
      case 'sine':
        return between(signal, 0.5 + 0.5 * Math.sin((2 * Math.PI * seconds) / signal.period))
      case 'ramp':
        return between(signal, phase(seconds, signal.period))
      case 'triangle':
        return between(signal, 1 - Math.abs(2 * phase(seconds, signal.period) - 1))
      case 'toggle':
        return phase(seconds, signal.period) < 0.5
      case 'memory':
        return this.#memory.get(signal.name) ?? signal.initial
      case 'walk':
        return this.#advance(address, now, (signal.low + signal.high) / 2, (value) =>
          Math.min(signal.high, Math.max(signal.low, value + signal.step * (2 * Math.random() - 1))),
        )
      case 'lag': {
        const target = Number(this.#memory.get(signal.of) ?? 0)
        return this.#advance(
          address,
          now,
          0,
          (value, dt) => target + (value - target) * Math.exp(-dt / signal.timeConstant),
        )
      }
    }
  }

  /** Moves a remembered value on to `now`; `dt` in s. Asking twice at the same instant does not move it twice. */
  #advance(address: string, now: number, start: number, move: (value: number, dt: number) => number): number {
    const { value, at } = this.#progress.get(address) ?? { value: start, at: now }
    const next = now === at ? value : move(value, Math.max(0, now - at) / 1000)
    this.#progress.set(address, { value: next, at: now })
    return next
  }
}

function phase(seconds: number, period: number): number {
  return (seconds % period) / period
}

function between(range: { readonly low: number; readonly high: number }, share: number): number {
  return range.low + share * (range.high - range.low)
}

/** The value as the item's data type has it. */
function typed(value: TagValue, { dataType }: DriverItem): TagValue {
  if (dataType === 'string') return String(value)
  if (dataType === 'bool') return Boolean(value)
  const range = integerRange(dataType)
  if (!range || typeof value === 'bigint') return value
  const whole = BigInt(Math.round(Number(value)))
  const held = whole < range.low ? range.low : whole > range.high ? range.high : whole
  return dataType === 'int64' || dataType === 'uint64' ? held : Number(held)
}

export const protocolDriver: ProtocolDriver = {
  createDriver: (environment) => new SimulatorDriver(environment),
}
