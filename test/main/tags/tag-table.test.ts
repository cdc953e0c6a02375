import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { TagDefinition } from '../../../src-main/shared/tag.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { TagTable } from '../../../src-main/tags/tag-table.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

function tableOf(...tags: TagDefinition[]): TagTable {
  const table = new TagTable(new FakeClock(5000))
  table.configure(tags)
  return table
}

function batchOf(...rows: [handle: number, value: TagValue, statusCode?: number][]): ValueBatch {
  const builder = new ValueBatchBuilder()
  for (const [handle, value, statusCode = 0] of rows) builder.add(handle, value, statusCode, 1000)
  return builder.take()
}

function apply(table: TagTable, name: string, value: TagValue, statusCode = 0): ValueBatch {
  return table.apply(batchOf([table.handleOf(name)!, value, statusCode]))
}

describe('the tag table', () => {
  test('a tag without a first value is Bad, not zero', () => {
    const table = tableOf(tagDefinition('A'))
    expect(table.read(table.handleOf('A')!)).toEqual({
      value: null,
      statusCode: StatusCodes.BadWaitingForInitialData,
      sourceTimestamp: 0,
      serverTimestamp: 5000,
    })
  })

  test('a raw value is read in engineering units', () => {
    const table = tableOf(tagDefinition('A', { scaling: { rawLow: 0, rawHigh: 27648, low: -50, high: 150 } }))
    apply(table, 'A', 13824)
    expect(table.read(table.handleOf('A')!).value).toBeCloseTo(50, 9)
  })

  // A peer compared the raw value with the scaled one and scaled the result again; 3, 4, 3, 4 became 0.00000003.
  test('scaling and deadband together leave the value as it is', () => {
    const table = tableOf(tagDefinition('A', { scaling: { rawLow: 0, rawHigh: 100, low: 0, high: 1 }, deadband: 0.05 }))
    const seen = [3, 4, 3, 40, 42, 4].map((raw) => apply(table, 'A', raw).count)
    expect(seen).toEqual([1, 0, 0, 1, 0, 1])
    expect(table.read(table.handleOf('A')!).value).toBeCloseTo(0.04, 9)
  })

  test('a change smaller than the deadband is no change, but slow drift adds up to one', () => {
    const table = tableOf(tagDefinition('A', { deadband: 1 }))
    expect([10, 10.4, 10.8, 11.2].map((value) => apply(table, 'A', value).count)).toEqual([1, 0, 0, 1])
  })

  test('a value outside the limits is Uncertain and still shown', () => {
    const table = tableOf(tagDefinition('A', { limits: { low: 0, high: 100 } }))
    apply(table, 'A', 100)
    expect(table.read(table.handleOf('A')!).statusCode).toBe(StatusCodes.Good)
    apply(table, 'A', 100.1)
    expect(table.read(table.handleOf('A')!)).toMatchObject({
      value: 100.1,
      statusCode: StatusCodes.UncertainEngineeringUnitsExceeded,
    })
  })

  test('a Bad value takes the old number away', () => {
    const table = tableOf(tagDefinition('A'))
    apply(table, 'A', 7)
    expect(apply(table, 'A', null, StatusCodes.BadNoCommunication).count).toBe(1)
    expect(table.read(table.handleOf('A')!)).toMatchObject({ value: null, statusCode: StatusCodes.BadNoCommunication })
    expect(apply(table, 'A', null, StatusCodes.BadNoCommunication).count).toBe(0)
    expect(apply(table, 'A', 7).count).toBe(1)
  })

  test('not a number and infinity are Bad, never shown as numbers', () => {
    const table = tableOf(tagDefinition('A'))
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      apply(table, 'A', value)
      expect(table.read(table.handleOf('A')!)).toMatchObject({ value: null, statusCode: StatusCodes.BadOutOfRange })
    }
  })

  test('a text for a number, or a number for a text, is a type mismatch', () => {
    const table = tableOf(tagDefinition('N'), tagDefinition('T', { dataType: 'string' }))
    apply(table, 'N', 'seven')
    apply(table, 'T', 7)
    for (const name of ['N', 'T'])
      expect(table.read(table.handleOf(name)!)).toMatchObject({ value: null, statusCode: StatusCodes.BadTypeMismatch })
    apply(table, 'T', 'seven')
    expect(table.read(table.handleOf('T')!)).toMatchObject({ value: 'seven', statusCode: 0 })
  })

  test('64-bit integers stay exact, unless they are scaled', () => {
    const scaling = { rawLow: 0, rawHigh: 10, low: 0, high: 1 }
    const table = tableOf(
      tagDefinition('E', { dataType: 'uint64' }),
      tagDefinition('S', { dataType: 'int64', scaling }),
    )
    apply(table, 'E', 18446744073709551615n)
    apply(table, 'S', 50n)
    expect(table.read(table.handleOf('E')!).value).toBe(18446744073709551615n)
    expect(table.read(table.handleOf('S')!).value).toBe(5)
    expect(apply(table, 'E', 18446744073709551615n).count).toBe(0)
    expect(apply(table, 'E', 18446744073709551614n).count).toBe(1)
  })

  test('booleans, arrays and structures come back as they are; an equal one is no change', () => {
    const table = tableOf(
      tagDefinition('B', { dataType: 'bool' }),
      tagDefinition('Row', { dataType: 'int16', arrayLength: 3 }),
      tagDefinition('S', { dataType: 'structure' }),
    )
    apply(table, 'B', true)
    apply(table, 'Row', [1, 2, 3])
    apply(table, 'S', { a: 1, b: [1, 2] })
    expect(table.read(table.handleOf('B')!).value).toBe(true)
    expect(table.read(table.handleOf('Row')!).value).toEqual([1, 2, 3])
    expect(apply(table, 'Row', [1, 2, 3]).count).toBe(0)
    expect(apply(table, 'S', { b: [1, 2], a: 1 }).count).toBe(0)
    expect(apply(table, 'S', { b: [1, 2, 3], a: 1 }).count).toBe(1)
  })

  test('a plant change leaves untouched tags alone and gives a moved tag a new number', () => {
    const stays = tagDefinition('Stays')
    const moved = tagDefinition('Moved')
    const table = tableOf(stays, moved, tagDefinition('Goes'))
    apply(table, 'Stays', 1)
    apply(table, 'Moved', 2)
    const [staysBefore, movedBefore, goesBefore] = ['Stays', 'Moved', 'Goes'].map((name) => table.handleOf(name)!)
    table.configure([
      { ...stays, description: 'new text' },
      { ...moved, address: '40003:float32' },
      tagDefinition('Comes'),
    ])
    expect(table.handleOf('Stays')).toBe(staysBefore)
    expect(table.read(staysBefore!).value).toBe(1)
    expect(table.handleOf('Moved')).not.toBe(movedBefore)
    expect(table.read(table.handleOf('Moved')!).statusCode).toBe(StatusCodes.BadWaitingForInitialData)
    // A value of the old address that was still on its way reaches nobody.
    table.apply(batchOf([movedBefore!, 99], [goesBefore!, 99]))
    expect(table.read(table.handleOf('Moved')!).value).toBeNull()
    expect(table.read(table.handleOf('Comes')!).value).toBeNull()
    expect(table.ledger.unknownCount).toBe(2)
    expect(table.names()).toEqual(['Comes', 'Moved', 'Stays'])
  })

  test('every offered value is accounted for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.double(), fc.constantFrom(0, 0x40000000, 0x80310000))),
        (rows) => {
          const table = tableOf(
            ...Array.from({ length: 10 }, (_, index) => tagDefinition(`T${index}`, { deadband: index })),
          )
          const changes = table.apply(batchOf(...rows))
          const { offeredCount, acceptedCount, unchangedCount, unknownCount } = table.ledger
          expect(offeredCount).toBe(rows.length)
          expect(acceptedCount + unchangedCount + unknownCount).toBe(offeredCount)
          expect(changes.count).toBe(acceptedCount)
          for (let row = 0; row < changes.count; row++)
            expect(Number.isNaN(changes.value[row])).toBe(changes.others?.[row] !== undefined)
        },
      ),
    )
  })

  test('the table grows beyond its first room without losing values', () => {
    const tags = Array.from({ length: 5000 }, (_, index) => tagDefinition(`T${index}`))
    const table = tableOf(...tags.slice(0, 10))
    apply(table, 'T3', 33)
    table.configure(tags)
    apply(table, 'T4999', 4999)
    expect(table.read(table.handleOf('T3')!).value).toBe(33)
    expect(table.read(table.handleOf('T4999')!).value).toBe(4999)
  })
})
