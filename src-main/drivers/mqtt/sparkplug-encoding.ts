// Sparkplug B payloads → bytes; the field numbers are drawn in sparkplug-payload.ts.
import protobuf from 'protobufjs/minimal.js'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type {
  SparkplugDataSet,
  SparkplugMetric,
  SparkplugPayload,
  SparkplugProperties,
  SparkplugProperty,
  SparkplugTemplate,
  WireValue,
} from './sparkplug-payload.ts'

type Writer = protobuf.Writer

/** The bytes of a payload. */
export function encodeSparkplugPayload(payload: SparkplugPayload): Buffer {
  const writer = protobuf.Writer.create()
  if (payload.timestamp !== undefined) writeLong(writer, 1, BigInt(Math.round(payload.timestamp)))
  for (const metric of payload.metrics) nested(writer, 2, (inner) => writeMetric(inner, metric))
  if (payload.seq !== undefined) writeLong(writer, 3, BigInt(payload.seq))
  if (payload.uuid !== undefined) writer.uint32(tag(4, 2)).string(payload.uuid)
  if (payload.body !== undefined) writer.uint32(tag(5, 2)).bytes(payload.body)
  return Buffer.from(writer.finish())
}

function writeMetric(writer: Writer, metric: SparkplugMetric): void {
  if (metric.name !== undefined) writer.uint32(tag(1, 2)).string(metric.name)
  if (metric.alias !== undefined) writeLong(writer, 2, metric.alias)
  if (metric.timestamp !== undefined) writeLong(writer, 3, BigInt(Math.round(metric.timestamp)))
  if (metric.datatype !== undefined) writer.uint32(tag(4, 0)).uint32(metric.datatype)
  if (metric.isHistorical !== undefined) writer.uint32(tag(5, 0)).bool(metric.isHistorical)
  if (metric.isTransient !== undefined) writer.uint32(tag(6, 0)).bool(metric.isTransient)
  if (metric.isNull !== undefined) writer.uint32(tag(7, 0)).bool(metric.isNull)
  const { properties, value } = metric
  if (properties) nested(writer, 9, (inner) => writeProperties(inner, properties))
  if (!value) return
  if (value.kind === 'bytes') writer.uint32(tag(16, 2)).bytes(value.value)
  else if (value.kind === 'dataset') nested(writer, 17, (inner) => writeDataSet(inner, value.value))
  else if (value.kind === 'template') nested(writer, 18, (inner) => writeTemplate(inner, value.value))
  else writeScalar(writer, 9, value)
}

function writeProperties(writer: Writer, properties: SparkplugProperties): void {
  for (const key of properties.keys()) writer.uint32(tag(1, 2)).string(key)
  for (const property of properties.values()) nested(writer, 2, (inner) => writeProperty(inner, property))
}

function writeProperty(writer: Writer, { type, isNull, value }: SparkplugProperty): void {
  if (type !== undefined) writer.uint32(tag(1, 0)).uint32(type)
  if (isNull !== undefined) writer.uint32(tag(2, 0)).bool(isNull)
  if (!value) return
  if (value.kind === 'propertySet') nested(writer, 9, (inner) => writeProperties(inner, value.value))
  else if (value.kind === 'propertySets')
    nested(writer, 10, (list) => {
      for (const set of value.value) nested(list, 1, (inner) => writeProperties(inner, set))
    })
  else writeScalar(writer, 2, value)
}

function writeDataSet(writer: Writer, { columns, types, rows }: SparkplugDataSet): void {
  writeLong(writer, 1, BigInt(columns.length))
  for (const column of columns) writer.uint32(tag(2, 2)).string(column)
  for (const type of types) writer.uint32(tag(3, 0)).uint32(type)
  for (const row of rows)
    nested(writer, 4, (inner) => {
      for (const element of row)
        nested(inner, 1, (cell) => {
          if (element) writeScalar(cell, 0, element)
        })
    })
}

function writeTemplate(writer: Writer, template: SparkplugTemplate): void {
  if (template.version !== undefined) writer.uint32(tag(1, 2)).string(template.version)
  for (const metric of template.metrics) nested(writer, 2, (inner) => writeMetric(inner, metric))
  for (const { name, type, value } of template.parameters)
    nested(writer, 3, (inner) => {
      inner.uint32(tag(1, 2)).string(name)
      inner.uint32(tag(2, 0)).uint32(type)
      if (value) writeScalar(inner, 2, value)
    })
  if (template.reference !== undefined) writer.uint32(tag(4, 2)).string(template.reference)
  if (template.isDefinition !== undefined) writer.uint32(tag(5, 0)).bool(template.isDefinition)
}

/** `before`: the field number before the first of the six simple values. */
function writeScalar(writer: Writer, before: number, value: WireValue): void {
  switch (value.kind) {
    case 'int':
      writer.uint32(tag(before + 1, 0)).uint32(value.value >>> 0)
      return
    case 'long':
      return writeLong(writer, before + 2, value.value)
    case 'float':
      writer.uint32(tag(before + 3, 5)).float(value.value)
      return
    case 'double':
      writer.uint32(tag(before + 4, 1)).double(value.value)
      return
    case 'boolean':
      writer.uint32(tag(before + 5, 0)).bool(value.value)
      return
    case 'string':
      writer.uint32(tag(before + 6, 2)).string(value.value)
      return
    default:
      throw new RuntimeError('BadEncodingError', `a ${value.kind} cannot stand where a simple value belongs`)
  }
}

function writeLong(writer: Writer, field: number, value: bigint): void {
  const unsigned = BigInt.asUintN(64, value)
  writer
    .uint32(tag(field, 0))
    .uint64({ low: Number(unsigned & 0xffffffffn), high: Number(unsigned >> 32n), unsigned: true } as never)
}

function nested(writer: Writer, field: number, write: (inner: Writer) => void): void {
  writer.uint32(tag(field, 2)).fork()
  write(writer)
  writer.ldelim()
}

function tag(field: number, wireType: number): number {
  return ((field << 3) | wireType) >>> 0
}
