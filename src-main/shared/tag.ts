// A tag: one named value of the plant, with everything that is known of it before it has a value.
import { fromBase64, type JsonValue, type TagValue } from './data-value.ts'
import type { PlantText, WriteCondition } from './equipment.ts'

/** Data types of plant files. Arrays are a data type with `arrayLength`. */
export const dataTypes = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'string',
  'datetime',
  'bytes',
  'structure',
] as const
export type DataType = (typeof dataTypes)[number]

/** Linear scaling between raw values and engineering units: rawLow ↔ low, rawHigh ↔ high. */
export interface TagScaling {
  readonly rawLow: number
  readonly rawHigh: number
  readonly low: number
  readonly high: number
}

/** An alarm with the keys and words of plant files (docs/alarm-configuration.md). What it means is in `Plant.alarms`. */
export type WrittenAlarm = Readonly<Record<string, JsonValue>>

/** The words of one state: one text for every language, or one for each (BCP 47): `{ en: Running, zh-CN: 运行 }`. */
export type StateWords = string | Readonly<Record<string, string>>

/** How a tag is recorded. */
export interface TagHistory {
  /** A change by less than this is not kept; engineering units; 0 = every change is. */
  readonly deadband: number
  /** Swinging door: samples closer than this to the straight line between their neighbours are not kept; engineering units; 0 = off. */
  readonly compression: number
  /** How long its samples are kept; ms; null = as the plant says. */
  readonly retentionMs: number | null
  /** What it is between two samples. */
  readonly interpolation: 'sloped' | 'stepped'
}

/** Every change, kept as the plant says; floats are sloped, everything else holds its value (OPC 10000-13 `Stepped`). */
export function usualTagHistory(dataType: DataType, scaling: TagScaling | null = null): TagHistory {
  const isSloped = dataType.startsWith('float') || (scaling !== null && /^u?int/.test(dataType))
  return { deadband: 0, compression: 0, retentionMs: null, interpolation: isSloped ? 'sloped' : 'stepped' }
}

/** One tag of a checked plant. Either `device` and `address`, or `expression`. */
export interface TagDefinition {
  /** Full name, unique in the plant; dots make the tree: `Filler.Level`. */
  readonly name: string
  /** In the plant's first language. */
  readonly description: string
  /** Where the file gives it for each language. */
  readonly descriptions?: PlantText
  readonly device: string | null
  /** The protocol's own address text. */
  readonly address: string | null
  /** Protocol-specific extras of the tag: wordOrder, timestampPath, writeAddress … */
  readonly addressOptions: Readonly<Record<string, unknown>>
  /** CEL of a calculated tag; then device and address are null. */
  readonly expression: string | null
  readonly dataType: DataType
  /** null = a single value. */
  readonly arrayLength: number | null
  /** UCUM code, '' when none. */
  readonly unit: string
  readonly writable: boolean
  /** How often a polled device is read, or the sampling interval of a subscribed one; ms. */
  readonly scanIntervalMs: number
  readonly scaling: TagScaling | null
  /** Engineering range: values outside are Uncertain (EngineeringUnitsExceeded), writes outside are refused. */
  readonly limits: { readonly low: number | null; readonly high: number | null }
  /** Live deadband in engineering units; a smaller change is no change. 0 = every change. */
  readonly deadband: number
  /** How long a write waits for the device to report the written value; ms. */
  readonly readBackTimeoutMs: number
  /** CEL: writes are refused while it is false; null = no interlock. */
  readonly interlock: string | null
  /** Values that are refused while the equipment may not start; absent = none. */
  readonly writeConditions?: readonly WriteCondition[]
  /** Decimal places on screen; null = as many as the value needs, up to 3. */
  readonly decimals: number | null
  /** Words of an enumeration, by value: `{ 0: "Stopped", 1: "Running" }`. */
  readonly states: Readonly<Record<string, StateWords>> | null
  /** false = not recorded. */
  readonly history: TagHistory | false
  /** As the plant file writes them. */
  readonly alarms: readonly WrittenAlarm[]
  /** What is measured, where the file says it: flow, level, pressure or temperature. */
  readonly signal?: string
  /** `exclusive`: of its limits only the outermost one is active at a time; absent or `all`: each for itself. */
  readonly alarmLevels?: 'all' | 'exclusive'
  /** Name of the equipment instance it belongs to. */
  readonly equipment: string | null
}

/** True for types whose values stand in a batch's number column. */
export function isNumericType(dataType: DataType): boolean {
  return dataType !== 'string' && dataType !== 'bytes' && dataType !== 'structure' && dataType !== 'datetime'
}

/** Type of the value in engineering units, as expressions and screens see it: a scaled integer is a float64. */
export function valueTypeOf(tag: Pick<TagDefinition, 'dataType' | 'arrayLength' | 'scaling'>): {
  readonly dataType: DataType
  readonly arrayLength: number | null
} {
  return { dataType: tag.scaling === null ? tag.dataType : 'float64', arrayLength: tag.arrayLength }
}

/** Smallest and largest value of an integer type; null for other types. */
export function integerRange(dataType: DataType): { low: bigint; high: bigint } | null {
  const match = /^(u?)int(\d+)$/.exec(dataType)
  if (!match) return null
  const bits = BigInt(match[2]!)
  return match[1] ? { low: 0n, high: (1n << bits) - 1n } : { low: -(1n << (bits - 1n)), high: (1n << (bits - 1n)) - 1n }
}

/** Outcome of {@link coerceValue}. */
export type Coerced = { readonly ok: true; readonly value: TagValue } | { readonly ok: false; readonly message: string }

/**
 * A value from outside (JSON, a form, CEL) as the tag's data type wants it, or a sentence why it does not fit.
 * int64/uint64 accept numbers while exact and decimal texts and give bigint; datetime accepts RFC 3339 text and ms and
 * gives ms; bytes accept base64; booleans accept true/false and 1/0.
 */
export function coerceValue(input: unknown, dataType: DataType, arrayLength: number | null): Coerced {
  if (arrayLength === null) return coerceOne(input, dataType)
  if (!Array.isArray(input)) return refuse(`an array of ${arrayLength} ${dataType} values is expected`)
  if (input.length !== arrayLength) return refuse(`${arrayLength} values are expected, ${input.length} were given`)
  const values: TagValue[] = []
  for (const [index, element] of input.entries()) {
    const coerced = coerceOne(element, dataType)
    if (!coerced.ok) return refuse(`element ${index}: ${coerced.message}`)
    values.push(coerced.value)
  }
  return { ok: true, value: values }
}

function coerceOne(input: unknown, dataType: DataType): Coerced {
  switch (dataType) {
    case 'bool':
      if (typeof input === 'boolean') return { ok: true, value: input }
      if (input === 1 || input === 0) return { ok: true, value: input === 1 }
      return refuse('true or false is expected')
    case 'float32':
    case 'float64':
      if (typeof input !== 'number' || !Number.isFinite(input)) return refuse('a number is expected')
      if (dataType === 'float32' && !Number.isFinite(Math.fround(input)))
        return refuse('the number is too large for float32')
      return { ok: true, value: input }
    case 'string':
      return typeof input === 'string' ? { ok: true, value: input } : refuse('a text is expected')
    case 'datetime':
      return coerceDateTime(input)
    case 'bytes':
      return coerceBytes(input)
    case 'structure':
      if (typeof input !== 'object' || input === null || Array.isArray(input)) return refuse('an object is expected')
      return { ok: true, value: input as TagValue }
    default:
      return coerceInteger(input, dataType)
  }
}

function coerceInteger(input: unknown, dataType: DataType): Coerced {
  const range = integerRange(dataType)!
  let value: bigint
  if (typeof input === 'bigint') value = input
  else if (typeof input === 'number' && Number.isSafeInteger(input)) value = BigInt(input)
  else if (typeof input === 'string' && /^-?\d{1,20}$/.test(input)) value = BigInt(input)
  else if (Number.isInteger(input))
    return refuse(
      'whole numbers beyond ±9007199254740991 are given as text, as "9007199254740993", so that they stay exact',
    )
  else return refuse('a whole number is expected')
  if (value < range.low || value > range.high)
    return refuse(`a whole number from ${range.low} to ${range.high} is expected for ${dataType}`)
  return { ok: true, value: dataType === 'int64' || dataType === 'uint64' ? value : Number(value) }
}

function coerceDateTime(input: unknown): Coerced {
  if (typeof input === 'number' && Number.isFinite(input)) return { ok: true, value: input }
  const parsed = typeof input === 'string' ? Date.parse(input) : Number.NaN
  return Number.isNaN(parsed)
    ? refuse('a time stamp (RFC 3339 or ms since 1970) is expected')
    : { ok: true, value: parsed }
}

function coerceBytes(input: unknown): Coerced {
  if (input instanceof Uint8Array) return { ok: true, value: input }
  const bytes = typeof input === 'string' ? fromBase64(input) : null
  return bytes ? { ok: true, value: bytes } : refuse('bytes as base64 text are expected')
}

function refuse(message: string): Coerced {
  return { ok: false, message }
}
