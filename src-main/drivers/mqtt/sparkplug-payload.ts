// Sparkplug B payloads ↔ bytes (Sparkplug 3.0 / ISO/IEC 20237 section 6.4): proto2 messages, written and read field by
// field, so that what was present and what was not survives, and 64-bit integers stay exact. Field numbers:
//
//   Payload      1 timestamp  2 metrics*  3 seq  4 uuid  5 body
//   Metric       1 name  2 alias  3 timestamp  4 datatype  5 is_historical  6 is_transient  7 is_null  8 metadata
//                9 properties  10 int  11 long  12 float  13 double  14 boolean  15 string  16 bytes  17 dataset  18 template
//   PropertySet  1 keys*  2 values*          PropertyValue  1 type  2 is_null  3..8 value  9 set  10 list of sets
//   DataSet      1 column count  2 columns*  3 types*  4 rows*       Row  1 elements*     element  1..6 value
//   Template     1 version  2 metrics*  3 parameters*  4 reference  5 is_definition
//   Parameter    1 name  2 type  3..8 value
import protobuf from 'protobufjs/minimal.js'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'

/** A value as the wire carries it, before the datatype says what it means. `long` is unsigned 64 bit. */
export type WireValue =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'long'; readonly value: bigint }
  | { readonly kind: 'float' | 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'dataset'; readonly value: SparkplugDataSet }
  | { readonly kind: 'template'; readonly value: SparkplugTemplate }
  | { readonly kind: 'propertySet'; readonly value: SparkplugProperties }
  | { readonly kind: 'propertySets'; readonly value: readonly SparkplugProperties[] }

export interface SparkplugPayload {
  /** ms since 1970-01-01 UTC. */
  readonly timestamp?: number | undefined
  readonly metrics: readonly SparkplugMetric[]
  /** 0 … 255; absent in NDEATH and commands. */
  readonly seq?: number | undefined
  readonly uuid?: string | undefined
  readonly body?: Uint8Array | undefined
}

export interface SparkplugMetric {
  readonly name?: string | undefined
  readonly alias?: bigint | undefined
  readonly timestamp?: number | undefined
  readonly datatype?: number | undefined
  readonly isHistorical?: boolean | undefined
  readonly isTransient?: boolean | undefined
  readonly isNull?: boolean | undefined
  readonly properties?: SparkplugProperties | undefined
  readonly value?: WireValue | undefined
}

export interface SparkplugProperty {
  readonly type?: number | undefined
  readonly isNull?: boolean | undefined
  readonly value?: WireValue | undefined
}
export type SparkplugProperties = ReadonlyMap<string, SparkplugProperty>

export interface SparkplugDataSet {
  readonly columns: readonly string[]
  readonly types: readonly number[]
  readonly rows: readonly (readonly (WireValue | undefined)[])[]
}

export interface SparkplugTemplate {
  readonly version?: string | undefined
  readonly metrics: readonly SparkplugMetric[]
  readonly parameters: readonly {
    readonly name: string
    readonly type: number
    readonly value?: WireValue | undefined
  }[]
  readonly reference?: string | undefined
  readonly isDefinition?: boolean | undefined
}

/** Templates in templates and property sets in property sets beyond this are refused. */
const maximumDepth = 16

type Reader = protobuf.Reader

/** The payload in the bytes. Throws a RuntimeError BadDecodingError for bytes that are none; reads nothing outside them. */
export function decodeSparkplugPayload(bytes: Uint8Array): SparkplugPayload {
  try {
    return readPayload(protobuf.Reader.create(bytes))
  } catch (error) {
    if (error instanceof RuntimeError) throw error
    throw new RuntimeError('BadDecodingError', `the payload is not a Sparkplug B payload: ${messageOf(error)}`, error)
  }
}

function readPayload(reader: Reader): SparkplugPayload {
  const payload: { -readonly [K in keyof SparkplugPayload]: SparkplugPayload[K] } = { metrics: [] }
  const metrics: SparkplugMetric[] = []
  readFields(reader, reader.len, (field) => {
    switch (field) {
      case 1:
        payload.timestamp = Number(readLong(reader))
        return true
      case 2:
        metrics.push(readMetric(reader, inside(reader), 0))
        return true
      case 3:
        payload.seq = Number(readLong(reader))
        return true
      case 4:
        payload.uuid = reader.string()
        return true
      case 5:
        payload.body = Uint8Array.from(reader.bytes())
        return true
      default:
        return false
    }
  })
  payload.metrics = metrics
  return payload
}

function readMetric(reader: Reader, end: number, depth: number): SparkplugMetric {
  const metric: { -readonly [K in keyof SparkplugMetric]: SparkplugMetric[K] } = {}
  readFields(reader, end, (field) => {
    switch (field) {
      case 1:
        metric.name = reader.string()
        return true
      case 2:
        metric.alias = readLong(reader)
        return true
      case 3:
        metric.timestamp = Number(readLong(reader))
        return true
      case 4:
        metric.datatype = reader.uint32()
        return true
      case 5:
        metric.isHistorical = reader.bool()
        return true
      case 6:
        metric.isTransient = reader.bool()
        return true
      case 7:
        metric.isNull = reader.bool()
        return true
      case 9:
        metric.properties = readProperties(reader, inside(reader), deeper(depth))
        return true
      case 16:
        metric.value = { kind: 'bytes', value: Uint8Array.from(reader.bytes()) }
        return true
      case 17:
        metric.value = { kind: 'dataset', value: readDataSet(reader, inside(reader)) }
        return true
      case 18:
        metric.value = { kind: 'template', value: readTemplate(reader, inside(reader), deeper(depth)) }
        return true
      default: {
        const value = readScalar(reader, field - 9)
        if (value) metric.value = value
        return value !== null
      }
    }
  })
  return metric
}

function readProperties(reader: Reader, end: number, depth: number): SparkplugProperties {
  const keys: string[] = []
  const values: SparkplugProperty[] = []
  readFields(reader, end, (field) => {
    if (field === 1) keys.push(reader.string())
    else if (field === 2) values.push(readProperty(reader, inside(reader), depth))
    else return false
    return true
  })
  if (keys.length !== values.length)
    throw new RuntimeError('BadDecodingError', `a property set has ${keys.length} keys but ${values.length} values`)
  return new Map(keys.map((key, index) => [key, values[index]!]))
}

function readProperty(reader: Reader, end: number, depth: number): SparkplugProperty {
  const property: { -readonly [K in keyof SparkplugProperty]: SparkplugProperty[K] } = {}
  readFields(reader, end, (field) => {
    switch (field) {
      case 1:
        property.type = reader.uint32()
        return true
      case 2:
        property.isNull = reader.bool()
        return true
      case 9:
        property.value = { kind: 'propertySet', value: readProperties(reader, inside(reader), deeper(depth)) }
        return true
      case 10: {
        const sets: SparkplugProperties[] = []
        readFields(reader, inside(reader), (inner) => {
          if (inner !== 1) return false
          sets.push(readProperties(reader, inside(reader), deeper(depth)))
          return true
        })
        property.value = { kind: 'propertySets', value: sets }
        return true
      }
      default: {
        const value = readScalar(reader, field - 2)
        if (value) property.value = value
        return value !== null
      }
    }
  })
  return property
}

function readDataSet(reader: Reader, end: number): SparkplugDataSet {
  const columns: string[] = []
  const types: number[] = []
  const rows: (WireValue | undefined)[][] = []
  readFields(reader, end, (field, wireType) => {
    switch (field) {
      case 2:
        columns.push(reader.string())
        return true
      case 3:
        if (wireType === 2) for (const stop = inside(reader); reader.pos < stop; ) types.push(reader.uint32())
        else types.push(reader.uint32())
        return true
      case 4:
        rows.push(readRow(reader, inside(reader)))
        return true
      default:
        return false
    }
  })
  return { columns, types, rows }
}

function readRow(reader: Reader, end: number): (WireValue | undefined)[] {
  const elements: (WireValue | undefined)[] = []
  readFields(reader, end, (field) => {
    if (field !== 1) return false
    let element: WireValue | undefined
    readFields(reader, inside(reader), (inner) => {
      const value = readScalar(reader, inner)
      if (value) element = value
      return value !== null
    })
    elements.push(element)
    return true
  })
  return elements
}

function readTemplate(reader: Reader, end: number, depth: number): SparkplugTemplate {
  const metrics: SparkplugMetric[] = []
  const parameters: SparkplugTemplate['parameters'][number][] = []
  const template: { version?: string; reference?: string; isDefinition?: boolean } = {}
  readFields(reader, end, (field) => {
    switch (field) {
      case 1:
        template.version = reader.string()
        return true
      case 2:
        metrics.push(readMetric(reader, inside(reader), depth))
        return true
      case 3:
        parameters.push(readParameter(reader, inside(reader)))
        return true
      case 4:
        template.reference = reader.string()
        return true
      case 5:
        template.isDefinition = reader.bool()
        return true
      default:
        return false
    }
  })
  return { ...template, metrics, parameters }
}

function readParameter(reader: Reader, end: number): SparkplugTemplate['parameters'][number] {
  const parameter: { name: string; type: number; value?: WireValue } = { name: '', type: 0 }
  readFields(reader, end, (field) => {
    if (field === 1) parameter.name = reader.string()
    else if (field === 2) parameter.type = reader.uint32()
    else {
      const value = readScalar(reader, field - 2)
      if (value) parameter.value = value
      return value !== null
    }
    return true
  })
  return parameter
}

/** The six simple values, which stand in the same order wherever they occur; null where the number is none of them. */
function readScalar(reader: Reader, ordinal: number): WireValue | null {
  switch (ordinal) {
    case 1:
      return { kind: 'int', value: reader.uint32() }
    case 2:
      return { kind: 'long', value: readLong(reader) }
    case 3:
      return { kind: 'float', value: reader.float() }
    case 4:
      return { kind: 'double', value: reader.double() }
    case 5:
      return { kind: 'boolean', value: reader.bool() }
    case 6:
      return { kind: 'string', value: reader.string() }
    default:
      return null
  }
}

/** Wire types a known field can have here: varint, 64 bit, length-delimited, 32 bit. Others end the payload. */
function readFields(reader: Reader, end: number, take: (field: number, wireType: number) => boolean): void {
  while (reader.pos < end) {
    const key = reader.uint32()
    const start = reader.pos
    if (!take(key >>> 3, key & 7)) {
      reader.pos = start
      reader.skipType(key & 7)
    }
  }
  if (reader.pos !== end) throw new RangeError(`a field ends ${reader.pos - end} bytes beyond its message`)
}

/** Where the length-delimited message that starts here ends. */
function inside(reader: Reader): number {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError(`a message of ${length} bytes ends outside the payload`)
  return end
}

function deeper(depth: number): number {
  if (depth < maximumDepth) return depth + 1
  throw new RuntimeError('BadDecodingError', `the payload is nested deeper than ${maximumDepth} levels`)
}

/** A varint of 64 bits, exact; protobufjs would round it to a number. */
function readLong(reader: Reader): bigint {
  let low = 0
  let high = 0
  for (let shift = 0; shift < 70; shift += 7) {
    if (reader.pos >= reader.len) throw new RangeError('a number ends outside the payload')
    const byte = reader.buf[reader.pos++]!
    const bits = byte & 0x7f
    if (shift < 28) low |= bits << shift
    else if (shift === 28) {
      low |= bits << 28
      high |= bits >> 4
    } else high |= bits << (shift - 32)
    if (byte < 0x80) return high === 0 ? BigInt(low >>> 0) : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
  }
  throw new RangeError('a number has more than 64 bits')
}
