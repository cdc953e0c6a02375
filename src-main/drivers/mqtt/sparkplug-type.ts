// Sparkplug datatypes (Sparkplug 3.0 section 6.4.16) and what their values are as values of the station.
// Signed integers below 64 bit travel in two's complement in an unsigned field; arrays as packed little-endian bytes.
import type { TagValue, TagValueStructure } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { type DataType, integerRange } from '../../shared/tag.ts'
import type { SparkplugDataSet, SparkplugTemplate, WireValue } from './sparkplug-payload.ts'

/** Names of the datatypes by number. */
export const sparkplugTypes = [
  'Unknown',
  'Int8',
  'Int16',
  'Int32',
  'Int64',
  'UInt8',
  'UInt16',
  'UInt32',
  'UInt64',
  'Float',
  'Double',
  'Boolean',
  'String',
  'DateTime',
  'Text',
  'UUID',
  'DataSet',
  'Bytes',
  'File',
  'Template',
  'PropertySet',
  'PropertySetList',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Int64Array',
  'UInt8Array',
  'UInt16Array',
  'UInt32Array',
  'UInt64Array',
  'FloatArray',
  'DoubleArray',
  'BooleanArray',
  'StringArray',
  'DateTimeArray',
] as const
export type SparkplugType = (typeof sparkplugTypes)[number]

const scalarTypes: Partial<Record<SparkplugType, DataType>> = {
  Int8: 'int8',
  Int16: 'int16',
  Int32: 'int32',
  Int64: 'int64',
  UInt8: 'uint8',
  UInt16: 'uint16',
  UInt32: 'uint32',
  UInt64: 'uint64',
  Float: 'float32',
  Double: 'float64',
  Boolean: 'bool',
  String: 'string',
  DateTime: 'datetime',
  Text: 'string',
  UUID: 'string',
  DataSet: 'structure',
  Bytes: 'bytes',
  File: 'bytes',
  Template: 'structure',
}

/** The name of a datatype number; null for numbers the standard does not know. */
export function sparkplugType(number: number | undefined): SparkplugType | null {
  const name = number === undefined ? undefined : sparkplugTypes[number]
  return name === undefined || name === 'Unknown' ? null : name
}

/** The station's data type of a Sparkplug datatype; of an array that of its elements; null where there is none. */
export function dataTypeOf(type: SparkplugType): DataType | null {
  const element = type.endsWith('Array') ? (type.slice(0, -'Array'.length) as SparkplugType) : type
  return scalarTypes[element] ?? null
}

/** The datatype number a tag of the station is simulated as. */
export function datatypeFor(dataType: DataType, isArray: boolean): number {
  const entry = Object.entries(scalarTypes).find(([, known]) => known === dataType)
  const name = `${entry?.[0] ?? 'String'}${isArray ? 'Array' : ''}`
  return Math.max(0, sparkplugTypes.indexOf(name as SparkplugType))
}

/**
 * What a value of the wire means as a value of the given datatype: numbers, bigint for 64 bit, ms for DateTime, objects for
 * DataSet and Template. Throws a RuntimeError BadDecodingError where it cannot be one.
 */
export function readWireValue(wire: WireValue, type: SparkplugType): TagValue {
  if (type.endsWith('Array')) return readArray(bytesOf(wire, type), type)
  switch (type) {
    case 'Int8':
    case 'Int16':
    case 'Int32':
    case 'UInt8':
    case 'UInt16':
    case 'UInt32':
      return readSmallInteger(integerOf(wire, type), scalarTypes[type]!)
    case 'Int64':
      return BigInt.asIntN(64, integerOf(wire, type))
    case 'UInt64':
      return integerOf(wire, type)
    case 'DateTime':
      return Number(BigInt.asIntN(64, integerOf(wire, type)))
    case 'Float':
    case 'Double':
      if (wire.kind === 'float' || wire.kind === 'double') return wire.value
      return mismatch(wire, type)
    case 'Boolean':
      if (wire.kind === 'boolean') return wire.value
      return integerOf(wire, type) !== 0n
    case 'Bytes':
    case 'File':
      return bytesOf(wire, type)
    case 'DataSet':
      return wire.kind === 'dataset' ? dataSetStructure(wire.value) : mismatch(wire, type)
    case 'Template':
      return wire.kind === 'template' ? templateStructure(wire.value) : mismatch(wire, type)
    default:
      return wire.kind === 'string' ? wire.value : mismatch(wire, type)
  }
}

/** The wire's value of a value of the station. Throws a RuntimeError BadTypeMismatch where the datatype cannot hold it. */
export function writeWireValue(value: TagValue, type: SparkplugType): WireValue {
  if (type.endsWith('Array')) return { kind: 'bytes', value: writeArray(value, type) }
  switch (type) {
    case 'Int8':
    case 'Int16':
    case 'Int32':
    case 'UInt8':
    case 'UInt16':
    case 'UInt32':
      return { kind: 'int', value: Number(wholeNumber(value, scalarTypes[type]!)) >>> 0 }
    case 'Int64':
    case 'UInt64':
      return { kind: 'long', value: BigInt.asUintN(64, wholeNumber(value, scalarTypes[type]!)) }
    case 'DateTime':
      return { kind: 'long', value: BigInt.asUintN(64, BigInt(Math.round(requireNumber(value, type)))) }
    case 'Float':
      return { kind: 'float', value: requireNumber(value, type) }
    case 'Double':
      return { kind: 'double', value: requireNumber(value, type) }
    case 'Boolean':
      if (typeof value !== 'boolean' && value !== 0 && value !== 1) return doesNotFit(type)
      return { kind: 'boolean', value: Boolean(value) }
    case 'String':
    case 'Text':
    case 'UUID':
      return typeof value === 'string' ? { kind: 'string', value } : doesNotFit(type)
    case 'Bytes':
    case 'File':
      return value instanceof Uint8Array ? { kind: 'bytes', value } : doesNotFit(type)
    default:
      throw new RuntimeError('BadNotSupported', `a metric of type ${type} cannot be written`)
  }
}

function readSmallInteger(bits: bigint, dataType: DataType): number {
  const range = integerRange(dataType)!
  const width = range.low < 0n ? signedWidth(dataType) : 0
  // A negative number comes as 8, 16, 32 or 64 bits of two's complement, depending on who sends it.
  const value = width === 0 ? bits : BigInt.asIntN(width, bits)
  if (value > range.high) throw new RuntimeError('BadDecodingError', `${value} is no ${dataType}`)
  return Number(value)
}

function signedWidth(dataType: DataType): number {
  return Number(dataType.slice('int'.length))
}

function integerOf(wire: WireValue, type: SparkplugType): bigint {
  if (wire.kind === 'long') return wire.value
  return wire.kind === 'int' ? BigInt(wire.value) : mismatch(wire, type)
}

function bytesOf(wire: WireValue, type: SparkplugType): Uint8Array {
  return wire.kind === 'bytes' ? wire.value : mismatch(wire, type)
}

function mismatch(wire: WireValue, type: SparkplugType): never {
  throw new RuntimeError('BadDecodingError', `a metric of type ${type} came with a ${wire.kind} value`)
}

function doesNotFit(type: SparkplugType): never {
  throw new RuntimeError('BadTypeMismatch', `the value does not fit a metric of type ${type}`)
}

function requireNumber(value: TagValue, type: SparkplugType): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : doesNotFit(type)
}

function wholeNumber(value: TagValue, dataType: DataType): bigint {
  const range = integerRange(dataType)!
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
  if (!isWhole) throw new RuntimeError('BadTypeMismatch', `a whole number is expected for ${dataType}`)
  const given = BigInt(value)
  if (given >= range.low && given <= range.high) return given
  throw new RuntimeError(
    'BadOutOfRange',
    `a whole number from ${range.low} to ${range.high} is expected for ${dataType}`,
  )
}

const elementSizes: Partial<Record<SparkplugType, number>> = {
  Int8Array: 1,
  UInt8Array: 1,
  Int16Array: 2,
  UInt16Array: 2,
  Int32Array: 4,
  UInt32Array: 4,
  FloatArray: 4,
  Int64Array: 8,
  UInt64Array: 8,
  DoubleArray: 8,
  DateTimeArray: 8,
}

function readArray(bytes: Uint8Array, type: SparkplugType): TagValue[] {
  if (type === 'BooleanArray') return readBooleans(bytes)
  if (type === 'StringArray') return readStrings(bytes)
  const size = elementSizes[type]!
  if (bytes.length % size !== 0)
    throw new RuntimeError('BadDecodingError', `${bytes.length} bytes are no ${type} of elements of ${size} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: bytes.length / size }, (_, index) => readElement(view, index * size, type))
}

function readElement(view: DataView, at: number, type: SparkplugType): TagValue {
  switch (type) {
    case 'Int8Array':
      return view.getInt8(at)
    case 'UInt8Array':
      return view.getUint8(at)
    case 'Int16Array':
      return view.getInt16(at, true)
    case 'UInt16Array':
      return view.getUint16(at, true)
    case 'Int32Array':
      return view.getInt32(at, true)
    case 'UInt32Array':
      return view.getUint32(at, true)
    case 'FloatArray':
      return view.getFloat32(at, true)
    case 'DoubleArray':
      return view.getFloat64(at, true)
    case 'Int64Array':
      return view.getBigInt64(at, true)
    case 'UInt64Array':
      return view.getBigUint64(at, true)
    default:
      return Number(view.getBigInt64(at, true))
  }
}

/** Four bytes of count, then one bit each, the first in the highest bit of a byte (section 6.4.16). */
function readBooleans(bytes: Uint8Array): boolean[] {
  if (bytes.length < 4) throw new RuntimeError('BadDecodingError', 'a BooleanArray starts with 4 bytes of count')
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (Math.ceil(count / 8) > bytes.length - 4)
    throw new RuntimeError('BadDecodingError', `a BooleanArray of ${count} does not fit in ${bytes.length - 4} bytes`)
  return Array.from({ length: count }, (_, index) => ((bytes[4 + (index >> 3)]! >> (7 - (index & 7))) & 1) === 1)
}

/** Each text ends with a zero byte. */
function readStrings(bytes: Uint8Array): string[] {
  const texts = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8').split('\u0000')
  if (texts.pop() !== '') throw new RuntimeError('BadDecodingError', 'a StringArray ends with a zero byte')
  return texts
}

function writeArray(value: TagValue, type: SparkplugType): Uint8Array {
  if (!Array.isArray(value)) return doesNotFit(type)
  const values = value as readonly TagValue[]
  if (type === 'BooleanArray') return writeBooleans(values)
  if (type === 'StringArray') return writeStrings(values)
  const size = elementSizes[type]!
  const bytes = new Uint8Array(values.length * size)
  const view = new DataView(bytes.buffer)
  for (const [index, element] of values.entries()) writeElement(view, index * size, element, type)
  return bytes
}

function writeElement(view: DataView, at: number, value: TagValue, type: SparkplugType): void {
  if (type === 'FloatArray') return view.setFloat32(at, requireNumber(value, type), true)
  if (type === 'DoubleArray') return view.setFloat64(at, requireNumber(value, type), true)
  if (type === 'DateTimeArray') return view.setBigInt64(at, BigInt(Math.round(requireNumber(value, type))), true)
  const whole = wholeNumber(value, dataTypeOf(type)!)
  switch (elementSizes[type]) {
    case 1:
      return view.setUint8(at, Number(BigInt.asUintN(8, whole)))
    case 2:
      return view.setUint16(at, Number(BigInt.asUintN(16, whole)), true)
    case 4:
      return view.setUint32(at, Number(BigInt.asUintN(32, whole)), true)
    default:
      return view.setBigUint64(at, BigInt.asUintN(64, whole), true)
  }
}

function writeBooleans(values: readonly TagValue[]): Uint8Array {
  const bytes = new Uint8Array(4 + Math.ceil(values.length / 8))
  new DataView(bytes.buffer).setUint32(0, values.length, true)
  for (const [index, value] of values.entries())
    if (value === true || value === 1) bytes[4 + (index >> 3)]! |= 0x80 >> (index & 7)
  return bytes
}

function writeStrings(values: readonly TagValue[]): Uint8Array {
  if (values.some((value) => typeof value !== 'string' || value.includes('\u0000'))) return doesNotFit('StringArray')
  return Buffer.from(values.map((value) => `${String(value)}\u0000`).join(''))
}

/** Columns by name, each an array over the rows. */
function dataSetStructure({ columns, types, rows }: SparkplugDataSet): TagValueStructure {
  const fields: [string, TagValue][] = columns.map((column, index) => {
    const type = sparkplugType(types[index])
    return [column, rows.map((row) => readOptional(row[index], type))]
  })
  return structureOf(fields)
}

/** Member metrics and parameters by name. */
function templateStructure({ metrics, parameters }: SparkplugTemplate): TagValueStructure {
  const fields: [string, TagValue][] = []
  for (const { name, type, value } of parameters) fields.push([name, readOptional(value, sparkplugType(type))])
  for (const { name, datatype, isNull, value } of metrics)
    if (name !== undefined) fields.push([name, isNull ? null : readOptional(value, sparkplugType(datatype))])
  return structureOf(fields)
}

function readOptional(wire: WireValue | undefined, type: SparkplugType | null): TagValue {
  if (wire === undefined) return null
  if (type !== null) return readWireValue(wire, type)
  switch (wire.kind) {
    case 'dataset':
      return dataSetStructure(wire.value)
    case 'template':
      return templateStructure(wire.value)
    case 'propertySet':
    case 'propertySets':
      return null
    default:
      return wire.value
  }
}

/** Own properties only: a field named `__proto__` is left out. */
function structureOf(fields: readonly (readonly [string, TagValue])[]): TagValueStructure {
  return Object.fromEntries(fields.filter(([name]) => name !== '__proto__'))
}
