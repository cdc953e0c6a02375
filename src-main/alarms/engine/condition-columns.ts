// What is known of the condition of every alarm, in columns: one slot for each alarm, so that a check touches a few numbers only.
import { StatusCodes } from '../../shared/status-code.ts'

/** How a condition is evaluated. */
export const conditionKinds = {
  none: 0,
  above: 1,
  below: 2,
  rate: 3,
  discrete: 4,
  changeOfState: 5,
  badQuality: 6,
  stale: 7,
  /** Told from outside: a lost device, the station itself. */
  external: 8,
  expression: 9,
  deviation: 10,
} as const

export const usesUncertain = 1
/** Depends on CEL: evaluated once for all samples of a round. */
export const isDynamic = 2
/** The tag is a single boolean: its values are true and false. */
export const isBoolean = 4

const startCapacity = 256

/** Columns by slot. Flags are 0 and 1. */
export class ConditionColumns {
  kind = new Uint8Array(startCapacity)
  traits = new Uint8Array(startCapacity)
  /** Handle of the watched tag; -1 = none. */
  handle = new Int32Array(startCapacity).fill(-1)
  /** Present limit in engineering units; NaN = none (yet). */
  limit = new Float64Array(startCapacity).fill(Number.NaN)
  deadband = new Float64Array(startCapacity)
  /** What the measure must exceed to enter, and to stay; of `below` with the sign turned. */
  enter = new Float64Array(startCapacity).fill(Number.NaN)
  leave = new Float64Array(startCapacity).fill(Number.NaN)
  onDelay = new Float64Array(startCapacity)
  offDelay = new Float64Array(startCapacity)
  /** The last evaluation, without delays. */
  raw = new Uint8Array(startCapacity)
  /** After the delays. */
  result = new Uint8Array(startCapacity)
  /** After exclusive limits: what the state machine was told. */
  effective = new Uint8Array(startCapacity)
  /** Source time of the sample since when `raw` differs from `result`; NaN = it does not. */
  pendingSince = new Float64Array(startCapacity).fill(Number.NaN)
  /** Source time since when `effective` is what it is. */
  since = new Float64Array(startCapacity)
  statusCode = new Uint32Array(startCapacity).fill(StatusCodes.BadWaitingForInitialData)
  /** Monotonic time since when the quality is what it is. */
  statusSince = new Float64Array(startCapacity)
  /** rateOfChange: source time of the last evaluation. changeOfState: source time of the last change. */
  at = new Float64Array(startCapacity)
  /** changeOfState: last number. stale: monotonic time of the last update. */
  held = new Float64Array(startCapacity).fill(Number.NaN)
  /** stale: `serverTimestamp` at the last look. */
  seen = new Float64Array(startCapacity)
  /** CEL, as places in AlarmFormulas; -1 = none. */
  limitFormula = new Int32Array(startCapacity).fill(-1)
  formula = new Int32Array(startCapacity).fill(-1)
  /** Row of the watched tag in the inputs of CEL; -1 = not needed. */
  inputRow = new Int32Array(startCapacity).fill(-1)
  /** Group of exclusive limits; -1 = none. */
  exclusiveGroup = new Int32Array(startCapacity).fill(-1)
  #capacity = startCapacity

  get capacity(): number {
    return this.#capacity
  }

  /** Room for so many slots. */
  reserve(count: number): void {
    if (count <= this.#capacity) return
    while (this.#capacity < count) this.#capacity *= 2
    const size = this.#capacity
    this.kind = grown(this.kind, new Uint8Array(size))
    this.traits = grown(this.traits, new Uint8Array(size))
    this.handle = grown(this.handle, new Int32Array(size).fill(-1))
    this.limit = grown(this.limit, new Float64Array(size).fill(Number.NaN))
    this.deadband = grown(this.deadband, new Float64Array(size))
    this.enter = grown(this.enter, new Float64Array(size).fill(Number.NaN))
    this.leave = grown(this.leave, new Float64Array(size).fill(Number.NaN))
    this.onDelay = grown(this.onDelay, new Float64Array(size))
    this.offDelay = grown(this.offDelay, new Float64Array(size))
    this.raw = grown(this.raw, new Uint8Array(size))
    this.result = grown(this.result, new Uint8Array(size))
    this.effective = grown(this.effective, new Uint8Array(size))
    this.pendingSince = grown(this.pendingSince, new Float64Array(size).fill(Number.NaN))
    this.since = grown(this.since, new Float64Array(size))
    this.statusCode = grown(this.statusCode, new Uint32Array(size).fill(StatusCodes.BadWaitingForInitialData))
    this.statusSince = grown(this.statusSince, new Float64Array(size))
    this.at = grown(this.at, new Float64Array(size))
    this.held = grown(this.held, new Float64Array(size).fill(Number.NaN))
    this.seen = grown(this.seen, new Float64Array(size))
    this.limitFormula = grown(this.limitFormula, new Int32Array(size).fill(-1))
    this.formula = grown(this.formula, new Int32Array(size).fill(-1))
    this.inputRow = grown(this.inputRow, new Int32Array(size).fill(-1))
    this.exclusiveGroup = grown(this.exclusiveGroup, new Int32Array(size).fill(-1))
  }

  /** What Bad is to all but badQuality: the last result is held. So is Uncertain, unless the alarm uses it. */
  isUsable(slot: number, code: number): boolean {
    const severity = code >>> 30
    return severity === 0 || (severity === 1 && (this.traits[slot]! & usesUncertain) !== 0)
  }

  /** A new limit: where to enter and where to leave. */
  setLimit(slot: number, limit: number): void {
    this.limit[slot] = limit
    const sign = this.kind[slot] === conditionKinds.below ? -1 : 1
    this.enter[slot] = sign * limit
    this.leave[slot] = sign * limit - this.deadband[slot]!
  }
}

function grown<T extends Float64Array | Uint32Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from as never)
  return to
}
