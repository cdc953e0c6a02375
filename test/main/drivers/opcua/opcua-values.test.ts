// Values of every built-in type between server and tag: exact or a mismatch, never a wrong number.
import fc from 'fast-check'
import {
  coerceLocalizedText,
  coerceNodeId,
  StatusCodes as UaStatusCodes,
  DataType as UaType,
  Variant,
  VariantArrayType,
} from 'node-opcua-client'
import { describe, expect, test } from 'vitest'
import { inBatches, OperationLimits } from '../../../../src-main/drivers/opcua/opcua-batches.ts'
import { toBigInt, toWords } from '../../../../src-main/drivers/opcua/opcua-builtin.ts'
import { nameOfStatus, statusOf } from '../../../../src-main/drivers/opcua/opcua-fault.ts'
import { intervals } from '../../../../src-main/drivers/opcua/opcua-publishing.ts'
import { isAfter, nextSequence } from '../../../../src-main/drivers/opcua/opcua-sequence.ts'
import {
  accepts,
  describeVariant,
  fromVariant,
  tagTypeOf,
  toVariant,
} from '../../../../src-main/drivers/opcua/opcua-values.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { type DataType, dataTypes, integerRange } from '../../../../src-main/shared/tag.ts'

const scalar = (dataType: UaType, value: unknown) =>
  new Variant({ dataType, arrayType: VariantArrayType.Scalar, value })

describe('a value of a server', () => {
  test.each<[UaType, unknown, DataType, TagValue]>([
    [UaType.Boolean, true, 'bool', true],
    [UaType.SByte, -128, 'int8', -128],
    [UaType.Byte, 255, 'uint16', 255],
    [UaType.Int16, -32768, 'float32', -32768],
    [UaType.UInt32, 4294967295, 'float64', 4294967295],
    [UaType.Int32, -1, 'int64', -1n],
    [UaType.Int64, [0xffffffff, 0xfffffffe], 'int64', -2n],
    [UaType.Int64, [0x00200000, 1], 'int64', 9007199254740993n],
    [UaType.UInt64, [0xffffffff, 0xffffffff], 'uint64', 18446744073709551615n],
    [UaType.Double, 0.1, 'float64', 0.1],
    [UaType.String, '灌装', 'string', '灌装'],
    [UaType.LocalizedText, coerceLocalizedText('Läuft'), 'string', 'Läuft'],
    [UaType.QualifiedName, { namespaceIndex: 2, name: 'Level' }, 'string', 'Level'],
    [UaType.NodeId, coerceNodeId('ns=2;s=A'), 'string', 'ns=2;s=A'],
    [UaType.DateTime, new Date(1_700_000_000_123), 'datetime', 1_700_000_000_123],
    [UaType.StatusCode, UaStatusCodes.BadTimeout, 'uint32', 0x800a0000],
  ])('%s %s is a %s tag %s', (type, value, dataType, expected) => {
    expect(fromVariant(scalar(type, value), dataType, null)).toEqual({ ok: true, value: expected })
  })

  test('of bytes is a copy that the library cannot change', () => {
    const bytes = Buffer.from([1, 2, 3])
    const converted = fromVariant(scalar(UaType.ByteString, bytes), 'bytes', null)
    bytes[0] = 9
    expect(converted).toEqual({ ok: true, value: new Uint8Array([1, 2, 3]) })
  })

  test('that the tag type cannot hold exactly is a mismatch that names both types', () => {
    expect(fromVariant(scalar(UaType.Double, 1), 'float32', null)).toEqual({
      ok: false,
      message: 'the server has Double, the tag says float32',
    })
    expect(fromVariant(scalar(UaType.Int64, [0, 1]), 'float64', null).ok).toBe(false)
    expect(fromVariant(scalar(UaType.Int32, 1), 'bool', null).ok).toBe(false)
    expect(fromVariant(scalar(UaType.Int32, 1), 'float32', null).ok).toBe(false)
    expect(fromVariant(scalar(UaType.UInt16, 1), 'int16', null).ok).toBe(false)
    expect(fromVariant(scalar(UaType.String, '1'), 'float64', null).ok).toBe(false)
  })

  test('that is an array fits only an array tag of its length; a matrix is taken row by row', () => {
    const array = new Variant({ dataType: UaType.Double, arrayType: VariantArrayType.Array, value: [1, 2, 3] })
    expect(fromVariant(array, 'float64', 3)).toEqual({ ok: true, value: [1, 2, 3] })
    expect(fromVariant(array, 'float64', 2)).toMatchObject({
      message: 'the server has Double[3], the tag says float64[2]',
    })
    expect(fromVariant(array, 'float64', null).ok).toBe(false)
    expect(fromVariant(scalar(UaType.Double, 1), 'float64', 1).ok).toBe(false)
    const matrix = new Variant({
      dataType: UaType.Int32,
      arrayType: VariantArrayType.Matrix,
      dimensions: [2, 2],
      value: [1, 2, 3, 4],
    })
    expect(describeVariant(matrix)).toBe('Int32[2x2]')
    expect(fromVariant(matrix, 'int32', 4)).toEqual({ ok: true, value: [1, 2, 3, 4] })
  })

  test('in an array of Variants is taken by its own type', () => {
    const mixed = new Variant({
      dataType: UaType.Variant,
      arrayType: VariantArrayType.Array,
      value: [scalar(UaType.Int16, 7), scalar(UaType.Double, 0.5)],
    })
    expect(fromVariant(mixed, 'float64', 2)).toEqual({ ok: true, value: [7, 0.5] })
    expect(fromVariant(mixed, 'int16', 2).ok).toBe(false)
  })

  test('written and read again is the same for every type and value that fits', () => {
    const values: Partial<Record<DataType, fc.Arbitrary<TagValue>>> = {
      bool: fc.boolean(),
      float32: fc.float({ noNaN: true }),
      float64: fc.double({ noNaN: true }),
      string: fc.string(),
      bytes: fc.uint8Array(),
      datetime: fc.integer({ min: -1e12, max: 4e12 }),
    }
    for (const dataType of dataTypes) {
      const range = integerRange(dataType)
      if (!range) continue
      const whole = fc.bigInt({ min: range.low, max: range.high })
      values[dataType] = dataType.endsWith('64') ? whole : whole.map(Number)
    }
    for (const [dataType, arbitrary] of Object.entries(values) as [DataType, fc.Arbitrary<TagValue>][]) {
      const type = serverTypeOf(dataType)
      fc.assert(
        fc.property(arbitrary, (value) => {
          const sent = toVariant(value, type, false)
          expect(sent.ok).toBe(true)
          if (sent.ok) expect(fromVariant(sent.variant, dataType, null)).toEqual({ ok: true, value })
        }),
        { numRuns: 200 },
      )
    }
  })

  test('64-bit integers go through the words of the library unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (value) => {
        expect(toBigInt(toWords(value), true)).toBe(value)
        expect(toBigInt(toWords(BigInt.asUintN(64, value)), false)).toBe(BigInt.asUintN(64, value))
      }),
    )
  })
})

/** The server type whose own tag type this is. */
function serverTypeOf(dataType: DataType): UaType {
  for (let type = UaType.Boolean as number; type <= UaType.DiagnosticInfo; type++)
    if (tagTypeOf(type) === dataType && accepts(type, dataType)) return type
  throw new Error(`no server type is ${dataType}`)
}

describe('a value for a server', () => {
  test('beyond its type is out of range, of another kind a mismatch', () => {
    expect(toVariant(256, UaType.Byte, false)).toMatchObject({ ok: false, code: 'BadOutOfRange' })
    expect(toVariant(-1, UaType.UInt64, false)).toMatchObject({ ok: false, code: 'BadOutOfRange' })
    expect(toVariant(1e39, UaType.Float, false)).toMatchObject({ ok: false, code: 'BadOutOfRange' })
    expect(toVariant(1.5, UaType.Int32, false)).toMatchObject({ ok: false, code: 'BadTypeMismatch' })
    expect(toVariant('1', UaType.Int32, false)).toMatchObject({ ok: false, code: 'BadTypeMismatch' })
    expect(toVariant(null, UaType.String, false)).toMatchObject({ ok: false, code: 'BadTypeMismatch' })
    expect(toVariant(1, UaType.Int32, true)).toMatchObject({ ok: false, code: 'BadTypeMismatch' })
    expect(toVariant([1, 300], UaType.Byte, true)).toMatchObject({ code: 'BadOutOfRange', message: /element 1/ })
  })
})

describe('sequence numbers (OPC 10000-4 section 7.26)', () => {
  test('count to 4294967295 and go on with 1', () => {
    expect(nextSequence(1)).toBe(2)
    expect(nextSequence(4294967295)).toBe(1)
  })

  test('are compared across the wrap', () => {
    expect(isAfter(2, 1)).toBe(true)
    expect(isAfter(1, 2)).toBe(false)
    expect(isAfter(1, 1)).toBe(false)
    expect(isAfter(3, 4294967290)).toBe(true)
    expect(isAfter(4294967290, 3)).toBe(false)
  })
})

describe('batches', () => {
  test('keep order and are halved when the server wants less at once', async () => {
    const limits = new OperationLimits()
    limits.take('read', 64)
    const sizes: number[] = []
    const all = Array.from({ length: 100 }, (_, index) => index)
    const results = await inBatches(limits, 'read', all, async (batch) => {
      sizes.push(batch.length)
      if (batch.length > 20) throw new Error('ServiceResult is BadTooManyOperations (0x80100000)')
      return batch.map((one) => one * 2)
    })
    expect(results).toEqual(all.map((one) => one * 2))
    expect(sizes).toEqual([64, 32, 16, 16, 16, 16, 16, 16, 4])
  })

  test('pass on every other failure, and one that is too much even alone', async () => {
    const limits = new OperationLimits()
    await expect(inBatches(limits, 'read', [1, 2], () => Promise.reject(new Error('BadTimeout')))).rejects.toThrow(
      'BadTimeout',
    )
    await expect(
      inBatches(limits, 'read', [1, 2], () => Promise.reject(new Error('BadResponseTooLarge'))),
    ).rejects.toThrow('BadResponseTooLarge')
    await expect(inBatches(new OperationLimits(), 'read', [1, 2], () => Promise.resolve([1]))).rejects.toThrow(
      /2 results were expected/,
    )
  })
})

describe('subscription times', () => {
  test('let the server live through three missed signs of life and keep what a break holds back', () => {
    for (const scan of [50, 100, 250, 1000, 5000]) {
      const times = intervals(scan, { recoveryTimeMs: 10_000 })
      expect(times.lifetimeCount).toBeGreaterThanOrEqual(3 * times.keepAliveCount)
      expect(times.publishingIntervalMs).toBeLessThanOrEqual(Math.max(50, scan))
      expect(times.queueSize * scan).toBeGreaterThanOrEqual(10_000)
      expect(times.queueSize).toBeGreaterThan(1)
    }
  })
})

describe('errors of the library', () => {
  test('give the status code they carry or name', () => {
    expect(statusOf(new Error('ServiceResult is BadSessionIdInvalid (0x80250000)'))).toBe(0x80250000)
    expect(
      statusOf(
        Object.assign(new Error('x'), { response: { responseHeader: { serviceResult: { value: 0x80100000 } } } }),
      ),
    ).toBe(0x80100000)
    expect(statusOf(new Error('Transaction has timed out'))).toBe(StatusCodes.BadTimeout)
    expect(statusOf(new Error('something else'))).toBe(StatusCodes.BadCommunicationError)
    expect(statusOf(undefined)).toBe(StatusCodes.BadCommunicationError)
    expect(nameOfStatus(0x80250000)).toBe('BadSessionIdInvalid')
  })
})
