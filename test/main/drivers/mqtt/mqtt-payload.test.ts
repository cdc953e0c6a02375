import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodePayload,
  encodeWrite,
  jsonText,
  Message,
  needsExactIntegers,
  payloadRule,
} from '../../../../src-main/drivers/mqtt/mqtt-payload.ts'
import { type Decoded, parseTimestamp } from '../../../../src-main/drivers/mqtt/payload-value.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import { isBad, StatusCodes, statusCodeName } from '../../../../src-main/shared/status-code.ts'
import { type DataType, dataTypes, integerRange } from '../../../../src-main/shared/tag.ts'
import { itemOf } from './mqtt-items.ts'

function decode(
  payload: string | Buffer,
  address: string,
  type: DataType,
  options: object = {},
  length: number | null = null,
): Decoded | null {
  const rule = payloadRule(itemOf(1, address, type, options, length))
  return new Message(Buffer.from(payload), needsExactIntegers(rule)).valueFor(rule)
}

/** The value, or the name of the code where it is not Good. */
function read(...given: Parameters<typeof decode>): TagValue | string {
  const decoded = decode(...given)
  if (decoded === null) return 'says nothing'
  return decoded.statusCode === StatusCodes.Good ? decoded.value : statusCodeName(decoded.statusCode)
}

describe('what a payload means for a tag', () => {
  test.each<[string, DataType, TagValue | string]>([
    ['21.5', 'float64', 21.5],
    [' -3 ', 'int16', -3],
    ['1e3', 'float32', 1000],
    ['40000', 'int16', 'BadOutOfRange'],
    ['1.5', 'int16', 'BadTypeMismatch'],
    ['true', 'bool', true],
    ['OFF', 'bool', false],
    ['1', 'bool', true],
    ['perhaps', 'bool', 'BadTypeMismatch'],
    ['', 'float64', 'BadNoData'],
    ['', 'string', ''],
    ['NaN', 'float64', 'BadTypeMismatch'],
    ['1e999', 'float64', 'BadOutOfRange'],
    ['1e39', 'float32', 'BadOutOfRange'],
    ['18446744073709551615', 'uint64', 18446744073709551615n],
    ['18446744073709551616', 'uint64', 'BadOutOfRange'],
    ['2026-11-22T10:00:00Z', 'datetime', Date.UTC(2026, 10, 22, 10)],
    ['21,5', 'float64', 'BadTypeMismatch'],
  ])('plain text "%s" as %s is %s', (payload, type, expected) => {
    expect(read(payload, 'a/b', type)).toEqual(expected)
  })

  test.each<[string, string, DataType, TagValue | string]>([
    ['{"a":{"b":[1,{"x y":2.5}]}}', "t#$.a.b[1]['x y']", 'float64', 2.5],
    ['{"a":"21.5"}', 't#$.a', 'float64', 21.5],
    ['{"a":9007199254740993}', 't#$.a', 'int64', 9007199254740993n],
    ['{"a":-9223372036854775808}', 't#$.a', 'int64', -9223372036854775808n],
    ['{"a":null}', 't#$.a', 'float64', 'BadNoData'],
    ['{"b":1}', 't#$.a', 'float64', 'BadNodeIdUnknown'],
    ['\ufeff{"a":2}', 't#$.a', 'float64', 2],
    ['{"a":1', 't#$.a', 'float64', 'BadDecodingError'],
    ['no json', 't#$.a', 'float64', 'BadDecodingError'],
    ['{"a":{}}', 't#$.a', 'float64', 'BadTypeMismatch'],
    ['{"a":1}', 't#$.a', 'bool', true],
    ['{"a":true}', 't#$.a', 'int16', 1],
    ['{"a":5}', 't#$.a', 'string', '5'],
    ['{"a":1790000000}', 't#$.a', 'datetime', 1_790_000_000_000],
    ['17', 't#$', 'int16', 17],
    ['{"a":"AQI="}', 't#$.a', 'bytes', Uint8Array.of(1, 2)],
    ['{"a":1}', 't#$.__proto__', 'structure', 'BadNodeIdUnknown'],
    ['{"a":1}', 't#$.constructor', 'string', 'BadNodeIdUnknown'],
  ])('JSON %s at %s as %s is %s', (payload, address, type, expected) => {
    expect(read(payload, address, type)).toEqual(expected)
  })

  test('a structure leaves out __proto__ and anything nested too deep', () => {
    expect(read('{"a":1,"__proto__":{"polluted":true},"b":[{"__proto__":1,"c":2}]}', 't#$', 'structure')).toEqual({
      a: 1,
      b: [{ c: 2 }],
    })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    const deep = `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`
    expect(read(deep, 't#$', 'structure')).toBe('BadDecodingError')
  })

  test('an array has exactly as many elements as the tag says, each of its type', () => {
    expect(read('[1,2,3]', 't', 'int16', {}, 3)).toEqual([1, 2, 3])
    expect(read('[1,2]', 't', 'int16', {}, 3)).toBe('BadTypeMismatch')
    expect(read('[1,2,99999]', 't', 'int16', {}, 3)).toBe('BadOutOfRange')
  })

  test('the words of the source for true and false come before the usual ones', () => {
    expect(read('CLOSED', 't', 'bool', { trueText: 'OPEN', falseText: 'CLOSED' })).toBe(false)
    expect(read('0', 't', 'bool', { trueText: '0', falseText: '1' })).toBe(true)
  })

  test('with missing: keep a message without the path says nothing', () => {
    expect(read('{"b":1}', 't#$.a', 'float64', { missing: 'keep' })).toBe('says nothing')
  })

  test('binary payloads: types, order of bytes, offset; too short is Bad', () => {
    const bytes = Buffer.from('0000803fffff80', 'hex')
    expect(read(bytes, 't', 'float32', { payload: 'binary' })).toBe(1)
    expect(read(bytes, 't', 'int16', { payload: 'binary', byteOffset: 4 })).toBe(-1)
    expect(read(bytes, 't', 'uint16', { payload: 'binary', byteOffset: 2, byteOrder: 'big-endian' })).toBe(0x803f)
    expect(read(bytes, 't', 'uint8', { payload: 'binary', byteOffset: 3 }, 4)).toEqual([0x3f, 0xff, 0xff, 0x80])
    expect(read(bytes, 't', 'float64', { payload: 'binary' })).toBe('BadDecodingError')
    expect(read(bytes, 't', 'uint8', { payload: 'binary', byteOffset: 100 })).toBe('BadDecodingError')
    expect(read(Buffer.from('0000c07f', 'hex'), 't', 'float32', { payload: 'binary' })).toBe('BadNoData')
  })

  test('text that is not UTF-8 is Bad, a replacement character that was sent is not', () => {
    expect(read(Buffer.from([0xff, 0xfe]), 't', 'string')).toBe('BadDecodingError')
    expect(read(Buffer.from([0x22, 0xff, 0x22]), 't#$', 'string')).toBe('BadDecodingError')
    expect(read('"\ufffd"', 't#$', 'string')).toBe('\ufffd')
  })

  test.each<[unknown, number | null]>([
    [1_790_000_000_123, 1_790_000_000_123],
    [1_790_000_000, 1_790_000_000_000],
    ['1790000000123', 1_790_000_000_123],
    ['2026-11-22T10:00:00.5+08:00', Date.UTC(2026, 10, 22, 2, 0, 0, 500)],
    ['2026-11-22 10:00:00Z', Date.UTC(2026, 10, 22, 10)],
    ['2026-11-22', null],
    ['yesterday', null],
    [Number.NaN, null],
    [1e300, null],
    [null, null],
    [{}, null],
  ])('the source time %s is %s', (given, expected) => {
    expect(parseTimestamp(given)).toBe(expected)
  })
})

describe('what is written', () => {
  test.each<[string, DataType, TagValue, object, string, string]>([
    ['a/b', 'float64', 21.5, {}, 'a/b', '21.5'],
    ['a/b', 'bool', true, {}, 'a/b', 'true'],
    ['a/b', 'bool', 0, { trueText: 'ON', falseText: 'OFF' }, 'a/b', 'OFF'],
    ['a/b', 'uint64', 18446744073709551615n, {}, 'a/b', '18446744073709551615'],
    ['a/b#$.x', 'int64', 9007199254740993n, { writeAddress: 'a/set#$.x.y' }, 'a/set', '{"x":{"y":9007199254740993}}'],
    [
      'a/b#$.x',
      'string',
      'say "hi"',
      { writeAddress: 'a/set', writeTemplate: '{"cmd":"set","v":{value}}' },
      'a/set',
      '{"cmd":"set","v":"say \\"hi\\""}',
    ],
    ['a/b', 'int16', 5, { writeTemplate: 'SET {value};' }, 'a/b', 'SET 5;'],
    ['a/b', 'datetime', 0, {}, 'a/b', '1970-01-01T00:00:00.000Z'],
    ['a/b#$', 'float64', 3, {}, 'a/b', '3'],
  ])('%s (%s) := %s with %j goes to %s.. as %s', (address, type, value, options, topic, payload) => {
    const message = encodeWrite(itemOf(1, address, type, options), value)
    expect([message.topic, message.payload.toString()]).toEqual([topic, payload])
  })

  test('one value of a larger JSON payload is not written over the others', () => {
    expect(() => encodeWrite(itemOf(1, 'a/b#$.x', 'float64'), 1)).toThrow(/give the tag a writeAddress/)
    expect(() => encodeWrite(itemOf(1, 'a/b#$.x', 'float64', { writeAddress: 'a/set#$.x[2]' }), 1)).toThrow(
      /give the tag a writeTemplate/,
    )
    expect(() => encodeWrite(itemOf(1, 'a/b', 'float64'), Number.NaN)).toThrow(/cannot carry/)
  })

  const scalars: Partial<Record<DataType, fc.Arbitrary<TagValue>>> = {
    bool: fc.boolean(),
    float32: fc.float({ noNaN: true, noDefaultInfinity: true }),
    float64: fc.double({ noNaN: true, noDefaultInfinity: true }),
    string: fc.string({ unit: 'grapheme' }),
    datetime: fc.integer({ min: 100_000_000_000, max: 253_402_300_799_999 }),
    bytes: fc.uint8Array(),
    structure: fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.integer(),
    ) as fc.Arbitrary<TagValue>,
  }
  for (const dataType of dataTypes) {
    const range = integerRange(dataType)
    const isLong = dataType === 'int64' || dataType === 'uint64'
    const value: fc.Arbitrary<TagValue> = range
      ? fc.bigInt({ min: range.low, max: range.high }).map((one) => (isLong ? one : Number(one)))
      : scalars[dataType]!
    for (const payload of ['json', 'text', 'binary'] as const) {
      if (dataType === 'structure' && payload !== 'json') continue
      if (dataType === 'bytes' && payload === 'text') continue
      test(`every ${dataType} survives a ${payload} payload`, () => {
        const rule = payloadRule(itemOf(1, 'a/b', dataType, { payload }))
        fc.assert(
          fc.property(value, (one) => {
            const decoded = new Message(encodePayload(one, rule), needsExactIntegers(rule)).valueFor(rule)
            expect(decoded?.statusCode).toBe(StatusCodes.Good)
            // JSON and text know no negative zero.
            if (Object.is(one, -0)) expect(decoded?.value).toBeCloseTo(0)
            else expect(decoded?.value).toEqual(one)
          }),
          { numRuns: 300 },
        )
      })
    }
  }
})

describe('foreign bytes', () => {
  test('100,000 random and mutated payloads give a value or a Bad one, and nothing is polluted', {
    timeout: 120_000,
  }, () => {
    const rules = dataTypes.flatMap((type) => [
      payloadRule(itemOf(1, 't#$.a.b[0]', type)),
      payloadRule(itemOf(1, 't#$.__proto__.polluted', type)),
      payloadRule(itemOf(1, 't#$', type, {}, 2)),
      payloadRule(itemOf(1, 't#$', type)),
      ...(type === 'structure'
        ? []
        : [
            payloadRule(itemOf(1, 't', type, { payload: 'text' })),
            payloadRule(itemOf(1, 't', type, { payload: 'binary', byteOffset: 3 }, 2)),
          ]),
    ])
    const seeds = [
      '{"a":{"b":[1,2.5e-3,"x"]},"t":"2026-11-22T10:00:00Z"}',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      '[[[[1]]]]',
      '12345678901234567890',
      'true',
    ].map((text) => Buffer.from(text))
    let random = 12345
    const next = (limit: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0
      return Math.floor((random / 4294967296) * limit)
    }
    let goodCount = 0
    for (let round = 0; round < 100_000; round++) {
      const bytes =
        round % 2 === 0
          ? Buffer.from(seeds[next(seeds.length)]!)
          : Buffer.from(Array.from({ length: next(60) }, () => next(256)))
      for (let change = next(4); change > 0 && bytes.length > 0; change--) bytes[next(bytes.length)] = next(256)
      const payload = bytes.subarray(0, bytes.length - next(3))
      const rule = rules[next(rules.length)]!
      const message = new Message(payload, needsExactIntegers(rule))
      const decoded = message.valueFor(rule)
      message.timestampAt(['t'])
      if (decoded && isBad(decoded.statusCode)) expect(decoded.value).toBeNull()
      else goodCount++
    }
    expect(goodCount).toBeGreaterThan(1000)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('writing any value of any type is a message or a RuntimeError', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...dataTypes),
        fc.constantFrom('json', 'text', 'binary'),
        fc.anything({ withBigInt: true }),
        (type, payload, value) => {
          try {
            encodeWrite(itemOf(1, 'a/b', type, { payload }), value as TagValue)
          } catch (error) {
            expect(error).toBeInstanceOf(RuntimeError)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('bigint has all its digits in JSON', () => {
    expect(jsonText({ a: [18446744073709551615n] })).toBe('{"a":[18446744073709551615]}')
  })
})
