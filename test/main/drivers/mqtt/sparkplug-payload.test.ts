import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { encodeSparkplugPayload } from '../../../../src-main/drivers/mqtt/sparkplug-encoding.ts'
import {
  decodeSparkplugPayload,
  type SparkplugMetric,
  type SparkplugPayload,
  type WireValue,
} from '../../../../src-main/drivers/mqtt/sparkplug-payload.ts'
import {
  dataTypeOf,
  readWireValue,
  type SparkplugType,
  sparkplugType,
  sparkplugTypes,
  writeWireValue,
} from '../../../../src-main/drivers/mqtt/sparkplug-type.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'

// The message definitions of the standard once more, in the words of protobuf: a second opinion on every byte.
const definition = `syntax = "proto2"; message Payload {
  message Set { repeated string keys = 1; repeated Property values = 2; }
  message Sets { repeated Set propertyset = 1; }
  message Property { optional uint32 type = 1; optional bool is_null = 2; oneof value { uint32 int = 3; uint64 long = 4;
    float float = 5; double double = 6; bool boolean = 7; string string = 8; Set propertyset = 9; Sets propertysets = 10; } }
  message Cell { oneof value { uint32 int = 1; uint64 long = 2; float float = 3; double double = 4; bool boolean = 5; string string = 6; } }
  message Row { repeated Cell elements = 1; }
  message DataSet { optional uint64 num_of_columns = 1; repeated string columns = 2; repeated uint32 types = 3; repeated Row rows = 4; }
  message Parameter { optional string name = 1; optional uint32 type = 2; oneof value { uint32 int = 3; uint64 long = 4;
    float float = 5; double double = 6; bool boolean = 7; string string = 8; } }
  message Template { optional string version = 1; repeated Metric metrics = 2; repeated Parameter parameters = 3;
    optional string template_ref = 4; optional bool is_definition = 5; }
  message MetaData { optional bool is_multi_part = 1; optional string content_type = 2; }
  message Metric { optional string name = 1; optional uint64 alias = 2; optional uint64 timestamp = 3; optional uint32 datatype = 4;
    optional bool is_historical = 5; optional bool is_transient = 6; optional bool is_null = 7; optional MetaData metadata = 8;
    optional Set properties = 9; oneof value { uint32 int = 10; uint64 long = 11; float float = 12; double double = 13;
    bool boolean = 14; string string = 15; bytes bytes = 16; DataSet dataset = 17; Template template = 18; } }
  optional uint64 timestamp = 1; repeated Metric metrics = 2; optional uint64 seq = 3; optional string uuid = 4; optional bytes body = 5; }`
const Peer = protobuf.parse(definition, { keepCase: true }).root.lookupType('Payload')

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const simple: fc.Arbitrary<WireValue> = fc.oneof(
  fc.record({ kind: fc.constant('int' as const), value: fc.nat({ max: 0xffffffff }) }),
  fc.record({ kind: fc.constant('long' as const), value: uint64 }),
  fc.record({ kind: fc.constant('float' as const), value: fc.float({ noNaN: true }) }),
  fc.record({ kind: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'grapheme' }) }),
)
const property = fc.record({ type: fc.nat({ max: 34 }), isNull: fc.boolean(), value: simple }, { requiredKeys: [] })
const properties = fc.array(fc.tuple(fc.string(), property), { maxLength: 3 }).map((entries) => new Map(entries))
const dataset = fc.record({
  columns: fc.array(fc.string(), { maxLength: 3 }),
  types: fc.array(fc.nat({ max: 15 }), { maxLength: 3 }),
  rows: fc.array(fc.array(fc.option(simple, { nil: undefined }), { maxLength: 3 }), { maxLength: 3 }),
})
const plainMetric = {
  name: fc.string({ unit: 'grapheme' }),
  alias: uint64,
  timestamp: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  datatype: fc.nat({ max: 34 }),
  isHistorical: fc.boolean(),
  isTransient: fc.boolean(),
  isNull: fc.boolean(),
  properties,
}
const leafMetric: fc.Arbitrary<SparkplugMetric> = fc.record({ ...plainMetric, value: simple }, { requiredKeys: [] })
const template = fc.record(
  {
    version: fc.string(),
    metrics: fc.array(leafMetric, { maxLength: 2 }),
    parameters: fc.array(fc.record({ name: fc.string(), type: fc.nat({ max: 14 }), value: simple }), { maxLength: 2 }),
    reference: fc.string(),
    isDefinition: fc.boolean(),
  },
  { requiredKeys: ['metrics', 'parameters'] },
)
const metric: fc.Arbitrary<SparkplugMetric> = fc.record(
  {
    ...plainMetric,
    value: fc.oneof(
      simple,
      fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array() }),
      fc.record({ kind: fc.constant('dataset' as const), value: dataset }),
      fc.record({ kind: fc.constant('template' as const), value: template }),
    ),
  },
  { requiredKeys: [] },
)
const payload: fc.Arbitrary<SparkplugPayload> = fc.record(
  {
    timestamp: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    metrics: fc.array(metric, { maxLength: 4 }),
    seq: fc.nat({ max: 255 }),
    uuid: fc.string(),
    body: fc.uint8Array(),
  },
  { requiredKeys: ['metrics'] },
)

describe('a Sparkplug B payload (section 6.4)', () => {
  test('every payload survives being written and read, also what was not there', () => {
    fc.assert(
      fc.property(payload, (given) => {
        expect(decodeSparkplugPayload(encodeSparkplugPayload(given))).toEqual(given)
      }),
      { numRuns: 1000 },
    )
  })

  test('protobuf itself reads what we write, and we read what it writes', () => {
    fc.assert(
      fc.property(payload, (given) => {
        const bytes = encodeSparkplugPayload(given)
        const again = Peer.encode(Peer.decode(bytes)).finish()
        expect(decodeSparkplugPayload(again)).toEqual(given)
      }),
      { numRuns: 500 },
    )
  })

  test('a payload made by hand from the field numbers of the standard is read', () => {
    // timestamp 5, one metric { name "A", alias 300, datatype 10, double 1.5 }, seq 7
    const bytes = Buffer.from('08051211' + '0a0141' + '10ac02' + '200a' + '69000000000000f83f' + '1807', 'hex')
    expect(decodeSparkplugPayload(bytes)).toEqual({
      timestamp: 5,
      metrics: [{ name: 'A', alias: 300n, datatype: 10, value: { kind: 'double', value: 1.5 } }],
      seq: 7,
    })
  })

  test('fields it does not know are passed over', () => {
    const bytes = Buffer.concat([encodeSparkplugPayload({ metrics: [], seq: 1 }), Buffer.from('a20603010203', 'hex')])
    expect(decodeSparkplugPayload(bytes)).toEqual({ metrics: [], seq: 1 })
  })

  test('templates in templates without end are refused', () => {
    let value: WireValue = { kind: 'boolean', value: true }
    for (let depth = 0; depth < 20; depth++)
      value = { kind: 'template', value: { metrics: [{ name: 'x', value }], parameters: [] } }
    expect(() => decodeSparkplugPayload(encodeSparkplugPayload({ metrics: [{ value }] }))).toThrow(/nested deeper/)
  })

  test('100,000 random and mutated payloads are read or refused, and never read beyond', { timeout: 120_000 }, () => {
    const seeds = fc.sample(payload, { numRuns: 200, seed: 7 }).map((given) => encodeSparkplugPayload(given))
    let random = 99
    const next = (limit: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0
      return Math.floor((random / 4294967296) * limit)
    }
    let readCount = 0
    for (let round = 0; round < 100_000; round++) {
      const bytes =
        round % 4 === 0
          ? Buffer.from(Array.from({ length: next(80) }, () => next(256)))
          : Buffer.from(seeds[next(seeds.length)]!)
      for (let change = next(5); change > 0 && bytes.length > 0; change--) bytes[next(bytes.length)] = next(256)
      try {
        const decoded = decodeSparkplugPayload(bytes.subarray(0, bytes.length - next(4)))
        readCount++
        for (const { value, datatype } of decoded.metrics) {
          const type = sparkplugType(datatype)
          if (value && type) readWireValue(value, type)
        }
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error
      }
    }
    expect(readCount).toBeGreaterThan(1000)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('Sparkplug datatypes (section 6.4.16)', () => {
  const signed = (bits: number) => fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n })
  const unsigned = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
  const number = (values: fc.Arbitrary<bigint>) => values.map(Number)
  const scalars: Partial<Record<SparkplugType, fc.Arbitrary<TagValue>>> = {
    Int8: number(signed(8)),
    Int16: number(signed(16)),
    Int32: number(signed(32)),
    Int64: signed(64),
    UInt8: number(unsigned(8)),
    UInt16: number(unsigned(16)),
    UInt32: number(unsigned(32)),
    UInt64: unsigned(64),
    Float: fc.float({ noNaN: true, noDefaultInfinity: true }),
    Double: fc.double({ noNaN: true, noDefaultInfinity: true }),
    Boolean: fc.boolean(),
    String: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    DateTime: fc.integer(),
  }
  for (const [type, values] of Object.entries(scalars) as [SparkplugType, fc.Arbitrary<TagValue>][]) {
    test(`${type} and its array survive the wire`, () => {
      const array = `${type}Array` as SparkplugType
      fc.assert(
        fc.property(values, fc.array(values, { maxLength: 20 }), (one, many) => {
          const sent = encodeSparkplugPayload({
            metrics: [{ value: writeWireValue(one, type) }, { value: writeWireValue(many, array) }],
          })
          const [first, second] = decodeSparkplugPayload(sent).metrics
          expect(readWireValue(first!.value!, type)).toEqual(one)
          expect(readWireValue(second!.value!, array)).toEqual(many)
        }),
        { numRuns: 200 },
      )
    })
  }

  test('the arrays are packed as the examples of the standard', () => {
    const hex = (value: TagValue, type: SparkplugType) =>
      Buffer.from(writeWireValue(value, type).value as Uint8Array).toString('hex')
    expect(hex([-23, 123], 'Int8Array')).toBe('e97b')
    expect(hex([123456789, 987654321], 'Int32Array')).toBe('15cd5b07b168de3a')
    expect(hex([false, false, true, true, false, true, false, false, true, true, false, true], 'BooleanArray')).toBe(
      '0c00000034d0',
    )
    expect(hex(['ABC', 'hello'], 'StringArray')).toBe('4142430068656c6c6f00')
  })

  test('a negative number is understood however many bits its sender spends', () => {
    for (const bits of [0xffn, 0xffffffffn, 0xffffffffffffffffn])
      expect(readWireValue({ kind: 'long', value: bits }, 'Int8')).toBe(-1)
    expect(() => readWireValue({ kind: 'int', value: 256 }, 'UInt8')).toThrow(RuntimeError)
  })

  test('a data set and a template become structures; __proto__ stays out', () => {
    const cell = (value: number): WireValue => ({ kind: 'int', value })
    expect(
      readWireValue(
        {
          kind: 'dataset',
          value: { columns: ['a', '__proto__'], types: [3, 3], rows: [[cell(1), cell(2)], [cell(0xffffffff)]] },
        },
        'DataSet',
      ),
    ).toEqual({ a: [1, -1] })
    const value = {
      metrics: [
        { name: 'speed', datatype: 9, value: { kind: 'float', value: 1.5 } as const },
        { name: 'none', isNull: true },
      ],
      parameters: [{ name: 'kind', type: 12, value: { kind: 'string', value: 'pump' } as const }],
    }
    expect(readWireValue({ kind: 'template', value }, 'Template')).toEqual({ kind: 'pump', speed: 1.5, none: null })
  })

  test('every datatype but property sets has a data type of the station', () => {
    const without = sparkplugTypes.filter((type) => dataTypeOf(type) === null)
    expect(without).toEqual(['Unknown', 'PropertySet', 'PropertySetList'])
  })
})
