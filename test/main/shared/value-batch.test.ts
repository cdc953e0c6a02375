// Batches of the value path put together.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { joinedBatch, type ValueBatch, ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'

type Row = readonly [handle: number, value: TagValue, statusCode: number, timestamp: number]

const anyRows: fc.Arbitrary<Row[]> = fc.array(
  fc.tuple(
    fc.nat(100),
    fc.oneof(fc.double({ noNaN: true }), fc.string(), fc.constant(null), fc.bigInt()),
    fc.constantFrom(0, 0x80310000),
    fc.nat(),
  ),
  { maxLength: 20 },
)

function batchOf(rows: readonly Row[]): ValueBatch {
  const builder = new ValueBatchBuilder(4)
  for (const row of rows) builder.add(...row)
  return builder.take()
}

function rowsOf({ count, handle, value, statusCode, sourceTimestamp, others }: ValueBatch): Row[] {
  return Array.from({ length: count }, (_, row) => {
    const other = others?.[row]
    return [handle[row]!, other === undefined ? value[row]! : other, statusCode[row]!, sourceTimestamp[row]!]
  })
}

describe('joined batches', () => {
  test('all rows of both are there in their order, whatever their values and however much room is behind them', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (first, second) => {
        expect(rowsOf(joinedBatch(batchOf(first), batchOf(second)))).toEqual([...first, ...second])
      }),
    )
  })

  test('the columns of what was joined are not those of the parts: those are given away afterwards', () => {
    const [first, second] = [batchOf([[1, 5, 0, 1]]), batchOf([[2, 6, 0, 1]])]
    const joined = joinedBatch(first, second)
    joined.value[0] = 7
    expect(first.value[0]).toBe(5)
    expect(joinedBatch(first, batchOf([]))).toBe(first)
    expect(joinedBatch(batchOf([]), second)).toBe(second)
  })
})
