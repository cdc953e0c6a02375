// A write: checked (writable, type, limits, interlock), converted to raw, sent, and confirmed only by what the device
// reports back. The screen never shows a value that the device has not reported.
import type { Clock, Timer } from '../base/clock.ts'
import type { TagValue } from '../shared/data-value.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { isBad, StatusCodes, statusCodeName } from '../shared/status-code.ts'
import { coerceValue, type DataType, integerRange, type TagDefinition } from '../shared/tag.ts'
import { linearScaling, toRaw } from '../shared/tag-scaling.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { TagTable } from './tag-table.ts'

/** Outcome of a write that was sent. */
export interface WriteResult {
  /** The device's answer. */
  readonly statusCode: number
  /** The device has reported the written value within the tag's read-back time. */
  readonly confirmed: boolean
  /** What the device reports now, in engineering units; null while it reports nothing usable. */
  readonly value: TagValue
  /** What it was before. */
  readonly oldValue: TagValue
  /** Why it was not confirmed, as a sentence. */
  readonly refusal?: string
}

/** Why a write is refused now, as a sentence, or null when it is allowed. `isWritten`: is it this value that is to be written? */
export type InterlockCheck = (
  tag: TagDefinition,
  isWritten: (value: number | boolean | string) => boolean,
) => string | null

export interface TagWriterOptions {
  readonly table: TagTable
  readonly clock: Clock
  /** Sends a raw value to the device; never throws. */
  readonly send: (handle: number, raw: TagValue) => Promise<number>
  readonly interlock: InterlockCheck
}

interface ReadBack {
  readonly isWritten: (raw: TagValue) => boolean
  readonly confirm: () => void
}

/** Devices store single precision: a real number within this share of the value (or of 1) is the written value. */
const floatTolerance = 1e-6

export class TagWriter {
  readonly #options: TagWriterOptions
  readonly #waiting = new Map<number, Set<ReadBack>>()

  constructor(options: TagWriterOptions) {
    this.#options = options
  }

  /**
   * Writes `input` (JSON or a value) to a tag in engineering units. Throws a RuntimeError when it must not be sent:
   * BadNotFound, BadNotWritable, BadTypeMismatch, BadOutOfRange, BadInvalidState (interlock).
   */
  async write(name: string, input: unknown): Promise<WriteResult> {
    const { table, send } = this.#options
    const handle = table.handleOf(name)
    const tag = handle === undefined ? undefined : table.definition(handle)
    if (handle === undefined || !tag) throw new RuntimeError('BadNotFound', `No tag is called "${name}"`)
    const raw = this.#check(tag, input)
    const oldValue = table.read(handle).value
    const readBack = this.#awaitReadBack(handle, tag, raw)
    const statusCode = await send(handle, raw)
    if (isBad(statusCode)) readBack.cancel()
    const confirmed = await readBack.outcome
    const result = { statusCode, confirmed, value: table.read(handle).value, oldValue }
    return confirmed ? result : { ...result, refusal: refusalText(tag, statusCode) }
  }

  /** To be called with every raw batch before the tag table filters it; costs nothing while no write waits. */
  observe(batch: ValueBatch): void {
    if (this.#waiting.size === 0) return
    for (let row = 0; row < batch.count; row++) {
      const waiting = this.#waiting.get(batch.handle[row]!)
      if (!waiting || isBad(batch.statusCode[row]!)) continue
      const other = batch.others?.[row]
      const raw = other === undefined ? batch.value[row]! : other
      for (const readBack of [...waiting]) {
        if (!readBack.isWritten(raw)) continue
        this.#options.table.takeNextExactly(batch.handle[row]!)
        readBack.confirm()
      }
    }
  }

  /** The raw value to send. */
  #check(tag: TagDefinition, input: unknown): TagValue {
    if (tag.expression !== null || tag.device === null)
      throw new RuntimeError('BadNotWritable', `${tag.name} is calculated and cannot be written`)
    if (!tag.writable) throw new RuntimeError('BadNotWritable', `${tag.name} is not writable`)
    // A scaled tag reads as a real number whatever the device stores.
    const coerced = coerceValue(input, tag.scaling ? 'float64' : tag.dataType, tag.arrayLength)
    if (!coerced.ok) throw new RuntimeError('BadTypeMismatch', `${tag.name}: ${coerced.message}`)
    checkLimits(tag, coerced.value)
    const raw = rawValue(tag, coerced.value)
    const refusal = this.#options.interlock(tag, (value) => isSameWritten(tag, raw, value))
    if (refusal !== null) throw new RuntimeError('BadInvalidState', refusal)
    return raw
  }

  #awaitReadBack(handle: number, tag: TagDefinition, raw: TagValue): { outcome: Promise<boolean>; cancel: () => void } {
    let finish: (confirmed: boolean) => void = () => undefined
    const outcome = new Promise<boolean>((resolve) => {
      let timer: Timer | null = null
      const readBack: ReadBack = {
        isWritten: (reported) => isSameRaw(reported, raw, tag.dataType),
        // The tag table takes the same batch over right after this; the answer must already see it.
        confirm: () => queueMicrotask(() => finish(true)),
      }
      finish = (confirmed) => {
        timer?.cancel()
        const waiting = this.#waiting.get(handle)
        waiting?.delete(readBack)
        if (waiting?.size === 0) this.#waiting.delete(handle)
        resolve(confirmed)
      }
      const waiting = this.#waiting.get(handle) ?? new Set()
      this.#waiting.set(handle, waiting.add(readBack))
      timer = this.#options.clock.after(tag.readBackTimeoutMs, () => finish(false))
    })
    return { outcome, cancel: () => finish(false) }
  }
}

function refusalText(tag: TagDefinition, statusCode: number): string {
  if (statusCode === StatusCodes.BadTypeMismatch)
    return `${tag.name}: what device ${tag.device} keeps at this address is of another type than ${tag.dataType} (BadTypeMismatch): correct the tag's data type`
  if (isBad(statusCode))
    return `${tag.name}: device ${tag.device} did not take the value (${statusCodeName(statusCode)})`
  return `${tag.name}: device ${tag.device} took the value but did not report it back within ${tag.readBackTimeoutMs} ms`
}

function checkLimits(tag: TagDefinition, value: TagValue): void {
  const { low, high } = tag.limits
  for (const one of Array.isArray(value) ? value : [value]) {
    if (typeof one !== 'number' && typeof one !== 'bigint') continue
    if ((low !== null && one < low) || (high !== null && one > high))
      throw new RuntimeError('BadOutOfRange', `${tag.name}: ${one}${unitText(tag)} is outside ${rangeText(tag)}`)
  }
}

function rangeText(tag: TagDefinition): string {
  const { low, high } = tag.limits
  const unit = unitText(tag)
  if (low === null) return `its limit: at most ${high}${unit}`
  if (high === null) return `its limit: at least ${low}${unit}`
  return `its limits ${low} to ${high}${unit}`
}

function unitText(tag: TagDefinition): string {
  return tag.unit === '' || tag.unit === '1' ? '' : ` ${tag.unit}`
}

/** Engineering units → what the device stores. Throws BadOutOfRange when its integer type cannot hold it. */
function rawValue(tag: TagDefinition, value: TagValue): TagValue {
  if (!tag.scaling) return value
  const scaling = linearScaling(tag.scaling)
  const one = (element: TagValue): TagValue => {
    const raw = toRaw(Number(element), scaling)
    const range = integerRange(tag.dataType)
    if (!range) return raw
    const coerced = coerceValue(Math.round(raw), tag.dataType, null)
    if (!coerced.ok)
      throw new RuntimeError(
        'BadOutOfRange',
        `${tag.name}: ${element}${unitText(tag)} does not fit the device: ${coerced.message}`,
      )
    return coerced.value
  }
  return Array.isArray(value) ? value.map(one) : one(value)
}

/** Would `value` (engineering units) reach the device as `raw` does? `1` and `true` are the same, and so is what is rounded to it. */
function isSameWritten(tag: TagDefinition, raw: TagValue, value: number | boolean | string): boolean {
  const dataType = tag.scaling ? 'float64' : tag.dataType
  const input = typeof value === 'boolean' && dataType !== 'bool' ? Number(value) : value
  const coerced = coerceValue(input, dataType, tag.arrayLength)
  if (!coerced.ok) return false
  try {
    return isSameRaw(raw, rawValue(tag, coerced.value), tag.dataType)
  } catch (error) {
    // It does not fit the device, so nobody can write it.
    if (error instanceof RuntimeError) return false
    throw error
  }
}

function isSameRaw(reported: TagValue, written: TagValue, dataType: DataType): boolean {
  if (Array.isArray(written))
    return (
      Array.isArray(reported) &&
      reported.length === written.length &&
      written.every((one, index) => isSameRaw(reported[index]!, one, dataType))
    )
  if (typeof written === 'boolean') return Number(reported) === Number(written)
  if (typeof written === 'bigint' || typeof reported === 'bigint') return wholeOf(reported) === wholeOf(written)
  if (typeof written === 'number' && typeof reported === 'number') {
    const tolerance =
      dataType === 'float32' || dataType === 'float64' ? floatTolerance * Math.max(1, Math.abs(written)) : 0
    return Math.abs(reported - written) <= tolerance
  }
  if (written instanceof Uint8Array)
    return (
      reported instanceof Uint8Array &&
      written.length === reported.length &&
      written.every((byte, index) => byte === reported[index])
    )
  if (typeof written === 'object' && written !== null) return JSON.stringify(reported) === JSON.stringify(written)
  return reported === written
}

function wholeOf(value: TagValue): bigint | null {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null
}
