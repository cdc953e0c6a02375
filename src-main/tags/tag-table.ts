// The latest value of every tag, in columns. A batch of raw values goes in, the changes that matter come out: scaled to
// engineering units, checked against the limits, filtered by the deadband. Nothing here throws and nothing allocates per
// value except the batch of changes.
import type { Clock } from '../base/clock.ts'
import type { DataValue, TagValue } from '../shared/data-value.ts'
import { isBad, StatusCodes } from '../shared/status-code.ts'
import { isNumericType, type TagDefinition } from '../shared/tag.ts'
import { linearScaling } from '../shared/tag-scaling.ts'
import type { ValueBatch } from '../shared/value-batch.ts'

const hasScaling = 1
const isBoolean = 2
const isNumber = 4
/** int64 and uint64: exact as bigint, unless scaled. */
const isExactInteger = 16
/** The next value counts as a change however small it is. */
const takesNextExactly = 32
/** A removed tag's number is never used again: a value still on its way must not reach another tag. */
const isInUse = 8

const startCapacity = 1024

/** What happened to the values offered so far; the sum of the last three is the first. */
export interface ValueLedger {
  offeredCount: number
  /** Reported as changes. */
  acceptedCount: number
  /** Same value, or within the deadband, and same status. */
  unchangedCount: number
  /** For a handle that is no tag (any more). */
  unknownCount: number
}

export class TagTable {
  readonly #clock: Clock
  #definitions: (TagDefinition | undefined)[] = []
  #handles = new Map<string, number>()
  #names: readonly string[] = []
  #capacity = startCapacity
  #value = new Float64Array(startCapacity)
  #others: (TagValue | undefined)[] = []
  #statusCode = new Uint32Array(startCapacity)
  #sourceTimestamp = new Float64Array(startCapacity)
  #serverTimestamp = new Float64Array(startCapacity)
  #factor = new Float64Array(startCapacity)
  #offset = new Float64Array(startCapacity)
  #deadband = new Float64Array(startCapacity)
  #low = new Float64Array(startCapacity)
  #high = new Float64Array(startCapacity)
  #traits = new Uint8Array(startCapacity)
  readonly ledger: ValueLedger = { offeredCount: 0, acceptedCount: 0, unchangedCount: 0, unknownCount: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Exactly these tags from now on. A tag that stays keeps its handle and value; a new one, and one that now comes from
   * elsewhere or is scaled otherwise, gets a new handle and waits for its first value (BadWaitingForInitialData).
   */
  configure(tags: readonly TagDefinition[]): void {
    const wanted = new Map(tags.map((tag) => [tag.name, tag]))
    for (const [name, handle] of this.#handles) if (!wanted.has(name)) this.#remove(name, handle)
    for (const tag of tags) {
      const handle = this.#handles.get(tag.name)
      if (handle === undefined) this.#add(tag)
      else this.#change(handle, tag)
    }
    this.#names = [...this.#handles.keys()].sort()
  }

  /** Number of a tag, valid for this start; undefined when there is no such tag. */
  handleOf(name: string): number | undefined {
    return this.#handles.get(name)
  }

  definition(handle: number): TagDefinition | undefined {
    return this.#definitions[handle]
  }

  /** All names, sorted by code unit. */
  names(): readonly string[] {
    return this.#names
  }

  /** All tags with their handles. */
  *entries(): Iterable<{ readonly handle: number; readonly definition: TagDefinition }> {
    for (const handle of this.#handles.values()) yield { handle, definition: this.#definitions[handle]! }
  }

  get size(): number {
    return this.#handles.size
  }

  /** Present value; BadNodeIdUnknown for a handle that is no tag. */
  read(handle: number): DataValue {
    if (!((this.#traits[handle] ?? 0) & isInUse))
      return { value: null, statusCode: StatusCodes.BadNodeIdUnknown, sourceTimestamp: 0, serverTimestamp: 0 }
    return {
      value: this.#typedValue(handle),
      statusCode: this.#statusCode[handle]!,
      sourceTimestamp: this.#sourceTimestamp[handle]!,
      serverTimestamp: this.#serverTimestamp[handle]!,
    }
  }

  /** Status code alone, without making an object. */
  statusCode(handle: number): number {
    return this.#traits[handle]! & isInUse ? this.#statusCode[handle]! : StatusCodes.BadNodeIdUnknown
  }

  /** When the tag was last reported, changed or not; ms since 1970-01-01 UTC, 0 for a handle that is no tag. */
  serverTimestamp(handle: number): number {
    return this.#traits[handle]! & isInUse ? this.#serverTimestamp[handle]! : 0
  }

  /**
   * Takes raw values over and returns those that changed, in engineering units; rows in the order they came. Values of
   * the same tag are all compared with the one before. The batch is not kept.
   */
  apply(batch: ValueBatch): ValueBatch {
    return this.#apply(batch, true)
  }

  /** Takes values that already are in engineering units (calculated tags); otherwise as {@link apply}. */
  applyCalculated(batch: ValueBatch): ValueBatch {
    return this.#apply(batch, false)
  }

  /** The next value of this tag is taken however small its change: an operator sees what was written, not what is near it. */
  takeNextExactly(handle: number): void {
    if (this.#traits[handle]! & isInUse) this.#traits[handle]! |= takesNextExactly
  }

  #apply(batch: ValueBatch, isRaw: boolean): ValueBatch {
    const { count, handle: handles, value: values, statusCode: codes, sourceTimestamp: times, others } = batch
    const now = this.#clock.now()
    const changes = new ChangeColumns(count)
    // Columns as locals: this loop runs for every value of the plant.
    const traits = this.#traits
    const held = this.#value
    const heldOthers = this.#others
    const heldCodes = this.#statusCode
    const heldTimes = this.#sourceTimestamp
    const serverTimes = this.#serverTimestamp
    const factors = this.#factor
    const offsets = this.#offset
    const lows = this.#low
    const highs = this.#high
    const deadbands = this.#deadband
    let unknown = 0
    for (let row = 0; row < count; row++) {
      const handle = handles[row]!
      const trait = traits[handle] ?? 0
      if (!(trait & isInUse)) {
        unknown++
        continue
      }
      heldTimes[handle] = times[row]!
      serverTimes[handle] = now
      let code = codes[row]!
      let value = values[row]!
      if (others !== null || !(trait & isNumber)) {
        const other = others?.[row]
        if (typeof other === 'bigint' && (trait & hasScaling || !(trait & isExactInteger)) && trait & isNumber) {
          value = Number(other)
        } else if (other !== undefined || !(trait & isNumber)) {
          this.#applyOther(handle, other, code, times[row]!, changes)
          continue
        }
      }
      if (code >>> 31 === 1) value = Number.NaN
      else if (trait & isBoolean) value = value !== 0 ? 1 : 0
      else {
        if (isRaw && trait & hasScaling) value = value * factors[handle]! + offsets[handle]!
        code = judge(value, code, lows[handle]!, highs[handle]!)
        if (code >>> 31 === 1) value = Number.NaN
      }
      if (code === heldCodes[handle]) {
        const before = held[handle]!
        const distance = Math.abs(value - before)
        if (distance === 0 || (Number.isNaN(value) && Number.isNaN(before))) continue
        if (distance < deadbands[handle]! && !(trait & takesNextExactly)) continue
      }
      if (trait & takesNextExactly) traits[handle] = trait & ~takesNextExactly
      heldCodes[handle] = code
      held[handle] = value
      const isUsable = !Number.isNaN(value)
      const other = isUsable ? undefined : null
      if (heldOthers[handle] !== other) heldOthers[handle] = other
      changes.add(handle, value, other, code, times[row]!)
    }
    this.ledger.offeredCount += count
    this.ledger.unknownCount += unknown
    this.ledger.unchangedCount += count - changes.count - unknown
    this.ledger.acceptedCount += changes.count
    return changes.batch()
  }

  /** Texts, exact integers, bytes, arrays, structures, and the absence of a value. */
  #applyOther(handle: number, other: TagValue | undefined, given: number, time: number, changes: ChangeColumns): void {
    const trait = this.#traits[handle]!
    const isFitting = trait & isNumber ? typeof other === 'bigint' : other !== undefined && other !== null
    let code = given
    if (!isFitting && !isBad(code)) code = StatusCodes.BadTypeMismatch
    if (typeof other === 'bigint') code = judge(Number(other), code, this.#low[handle]!, this.#high[handle]!)
    const next = isBad(code) ? null : other!
    if (code === this.#statusCode[handle] && isSame(this.#others[handle] ?? null, next)) return
    this.#statusCode[handle] = code
    this.#value[handle] = typeof next === 'bigint' ? Number(next) : Number.NaN
    this.#others[handle] = next
    changes.add(handle, Number.NaN, next, code, time)
  }

  #typedValue(handle: number): TagValue {
    const other = this.#others[handle]
    if (other !== undefined) return other
    const value = this.#value[handle]!
    return this.#traits[handle]! & isBoolean ? value !== 0 : value
  }

  #add(tag: TagDefinition): void {
    const handle = this.#definitions.length
    while (handle >= this.#capacity) this.#grow()
    this.#handles.set(tag.name, handle)
    this.#forget(handle)
    this.#describe(handle, tag)
  }

  #change(handle: number, tag: TagDefinition): void {
    const before = this.#definitions[handle]!
    if (before === tag) return
    if (isSameSource(before, tag)) return this.#describe(handle, tag)
    this.#remove(tag.name, handle)
    this.#add(tag)
  }

  #remove(name: string, handle: number): void {
    this.#handles.delete(name)
    this.#definitions[handle] = undefined
    this.#traits[handle] = 0
    this.#others[handle] = null
  }

  #forget(handle: number): void {
    this.#value[handle] = Number.NaN
    this.#others[handle] = null
    this.#statusCode[handle] = StatusCodes.BadWaitingForInitialData
    this.#sourceTimestamp[handle] = 0
    this.#serverTimestamp[handle] = this.#clock.now()
  }

  #describe(handle: number, tag: TagDefinition): void {
    const { factor, offset } = linearScaling(tag.scaling)
    this.#definitions[handle] = tag
    this.#factor[handle] = factor
    this.#offset[handle] = offset
    this.#deadband[handle] = tag.deadband
    this.#low[handle] = tag.limits.low ?? Number.NEGATIVE_INFINITY
    this.#high[handle] = tag.limits.high ?? Number.POSITIVE_INFINITY
    const isSingleNumber = isNumericType(tag.dataType) && tag.arrayLength === null
    const isTime = tag.dataType === 'datetime' && tag.arrayLength === null
    const isWide = (tag.dataType === 'int64' || tag.dataType === 'uint64') && isSingleNumber
    this.#traits[handle] =
      isInUse |
      (tag.scaling ? hasScaling : 0) |
      (tag.dataType === 'bool' && isSingleNumber ? isBoolean : 0) |
      (isSingleNumber || isTime ? isNumber : 0) |
      (isWide ? isExactInteger : 0)
  }

  #grow(): void {
    const grown = <T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T => {
      to.set(from as never)
      return to
    }
    this.#capacity *= 2
    this.#value = grown(this.#value, new Float64Array(this.#capacity))
    this.#statusCode = grown(this.#statusCode, new Uint32Array(this.#capacity))
    this.#sourceTimestamp = grown(this.#sourceTimestamp, new Float64Array(this.#capacity))
    this.#serverTimestamp = grown(this.#serverTimestamp, new Float64Array(this.#capacity))
    this.#factor = grown(this.#factor, new Float64Array(this.#capacity))
    this.#offset = grown(this.#offset, new Float64Array(this.#capacity))
    this.#deadband = grown(this.#deadband, new Float64Array(this.#capacity))
    this.#low = grown(this.#low, new Float64Array(this.#capacity))
    this.#high = grown(this.#high, new Float64Array(this.#capacity))
    this.#traits = grown(this.#traits, new Uint8Array(this.#capacity))
  }
}

/** Quality rules: not a finite number is Bad, a number outside the limits is Uncertain (OPC 10000-8 section 6.3.2). */
function judge(value: number, code: number, low: number, high: number): number {
  if (!Number.isFinite(value)) return isBad(code) ? code : StatusCodes.BadOutOfRange
  return code >>> 30 === 0 && (value < low || value > high) ? StatusCodes.UncertainEngineeringUnitsExceeded : code
}

/** The changes of one batch: room for all its rows from the start, so that nothing has to be checked or grown per row. */
class ChangeColumns {
  count = 0
  readonly #handle: Uint32Array
  readonly #value: Float64Array
  readonly #statusCode: Uint32Array
  readonly #sourceTimestamp: Float64Array
  #others: (TagValue | undefined)[] | null = null

  constructor(capacity: number) {
    this.#handle = new Uint32Array(capacity)
    this.#value = new Float64Array(capacity)
    this.#statusCode = new Uint32Array(capacity)
    this.#sourceTimestamp = new Float64Array(capacity)
  }

  add(handle: number, value: number, other: TagValue | undefined, statusCode: number, sourceTimestamp: number): void {
    const row = this.count++
    this.#handle[row] = handle
    this.#value[row] = value
    this.#statusCode[row] = statusCode
    this.#sourceTimestamp[row] = sourceTimestamp
    if (other === undefined) return
    this.#others ??= []
    this.#others[row] = other
  }

  batch(): ValueBatch {
    return {
      count: this.count,
      handle: this.#handle,
      value: this.#value,
      statusCode: this.#statusCode,
      sourceTimestamp: this.#sourceTimestamp,
      others: this.#others,
    }
  }
}

/** Two definitions that give the same values; limits, texts and alarms may differ. */
function isSameSource(a: TagDefinition, b: TagDefinition): boolean {
  return (
    a.dataType === b.dataType &&
    a.arrayLength === b.arrayLength &&
    a.device === b.device &&
    a.address === b.address &&
    a.expression === b.expression &&
    isSameRecord(a.scaling, b.scaling) &&
    isSameRecord(a.addressOptions, b.addressOptions)
  )
}

function isSameRecord(a: object | null, b: object | null): boolean {
  if (a === null || b === null) return a === b
  const fields = Object.entries(a)
  if (fields.length === 0) return Object.keys(b).length === 0
  return JSON.stringify(fields) === JSON.stringify(Object.entries(b))
}

/** Deep equality of values that are not plain numbers. */
function isSame(a: TagValue, b: TagValue): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return (
      a instanceof Uint8Array &&
      b instanceof Uint8Array &&
      a.length === b.length &&
      a.every((byte, index) => byte === b[index])
    )
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((element, index) => isSame(element, b[index]))
    )
  const fields = Object.entries(a)
  return (
    fields.length === Object.keys(b).length &&
    fields.every(([field, value]) => isSame(value, (b as Record<string, TagValue>)[field] ?? null))
  )
}
