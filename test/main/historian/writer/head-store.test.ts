import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Samples } from '../../../../src-main/historian/samples.ts'
import { HeadStore } from '../../../../src-main/historian/writer/head-store.ts'
import type { RowColumns } from '../../../../src-main/historian/writer/journal-columns.ts'
import { RowPlan } from '../../../../src-main/historian/writer/row-plan.ts'

const slotCount = 9
/** Layouts as plants have them: whole scans, parts of them, fast series several times, the same series beside others. */
const layouts = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8],
  [0, 1, 2, 3],
  [4, 5, 4, 5, 4, 5],
  [3, 4, 8],
  [6, 7, 8, 0, 0],
]

interface Row {
  readonly timestamp: number
  readonly value: number
  readonly statusCode: number
  readonly other: string | undefined
}

/** Each head as a plain list, in order of arrival. */
class PlainHeads {
  readonly rows: Row[][] = Array.from({ length: slotCount }, () => [])

  ordered(slot: number): Row[] {
    return this.rows[slot]!.map((row, at) => ({ row, at }))
      .sort((a, b) => a.row.timestamp - b.row.timestamp || a.at - b.at)
      .map(({ row }) => row)
  }
}

function rowsOf({ count, timestamp, value, statusCode, others }: Samples): Row[] {
  return Array.from({ length: count }, (_, row) => ({
    timestamp: timestamp[row]!,
    value: value[row]!,
    statusCode: statusCode[row]!,
    other: others?.[row] as string | undefined,
  }))
}

/** A batch whose time stamps and status codes come in runs of these lengths. */
function batchOf(rows: readonly Row[]): RowColumns {
  const runs = (of: (row: Row) => number) => {
    const value: number[] = []
    const end: number[] = []
    for (const [index, row] of rows.entries()) {
      if (value.length === 0 || value.at(-1) !== of(row)) value.push(of(row))
      end[value.length - 1] = index + 1
    }
    return { value, end }
  }
  const times = runs((row) => row.timestamp)
  const codes = runs((row) => row.statusCode)
  return {
    count: rows.length,
    value: Float64Array.from(rows, (row) => row.value),
    timestampRuns: { count: times.end.length, value: Float64Array.from(times.value), end: Uint32Array.from(times.end) },
    statusCodeRuns: { count: codes.end.length, value: Uint32Array.from(codes.value), end: Uint32Array.from(codes.end) },
    others: null,
  }
}

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('batches' as const),
      layout: fc.nat(layouts.length - 1),
      count: fc.integer({ min: 1, max: 40 }),
      /** One in so many rows has a time stamp or a status of its own. */
      exception: fc.constantFrom(3, 50, 1000),
      isLate: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('one' as const), slot: fc.nat(slotCount - 1), isText: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('seal' as const), slot: fc.nat(slotCount - 1), share: fc.nat(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('remove' as const),
      slot: fc.nat(slotCount - 1),
      every: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const), slot: fc.nat(slotCount - 1) }) },
)

describe('the heads', () => {
  test('hold every row of every batch in order, whatever is in step, late, alone, sealed or removed', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.nat(), (steps, seed) => {
        const heads = new HeadStore()
        const plain = new PlainHeads()
        for (let slot = 0; slot < slotCount; slot++) heads.addSlot()
        const plans = layouts.map((slots) => new RowPlan(Int32Array.from(slots)))
        let now = 1_000_000
        let counter = seed
        for (const action of steps) {
          if (action.do === 'batches')
            for (let batch = 0; batch < action.count; batch++) {
              const slots = layouts[action.layout]!
              now += 100
              const rows = slots.map((_, index) => {
                counter++
                const isException = (counter * 7919) % action.exception === 0
                const late = action.isLate && batch % 5 === 0 ? 450 : 0
                return {
                  timestamp: now - late + (index >> 2) + (isException ? 1 : 0),
                  value: counter,
                  statusCode: isException ? 0x80000000 : 0,
                  other: undefined,
                }
              })
              const columns = batchOf(rows)
              if (!heads.appendBatch(plans[action.layout]!, columns))
                for (const [index, row] of rows.entries())
                  heads.append(slots[index]!, row.timestamp, row.value, row.statusCode, undefined)
              columns.value.fill(-1)
              for (const [index, row] of rows.entries()) plain.rows[slots[index]!]!.push(row)
            }
          else if (action.do === 'one') {
            const row = {
              timestamp: ++now,
              value: ++counter,
              statusCode: 0,
              other: action.isText ? `t${counter}` : undefined,
            }
            heads.append(action.slot, row.timestamp, row.value, 0, row.other)
            plain.rows[action.slot]!.push(row)
          } else if (action.do === 'seal') {
            const oldest = heads.oldest(action.slot)
            const expected = plain.ordered(action.slot)
            if (oldest === null) expect(expected).toEqual([])
            else {
              expect(rowsOf(oldest)).toEqual(expected.slice(0, oldest.count))
              const count = Math.floor((oldest.count * action.share) / 3)
              expect(heads.oldestSpan(action.slot)).toEqual({
                first: expected[0]!.timestamp,
                last: expected[oldest.count - 1]!.timestamp,
              })
              heads.drop(action.slot, count)
              plain.rows[action.slot] = expected.slice(count)
            }
            heads.releaseRows()
          } else if (action.do === 'remove') {
            const expected = plain.ordered(action.slot)
            const gone = new Set(expected.filter((_, at) => at % action.every === 0).map(({ timestamp }) => timestamp))
            const kept = expected.filter(({ timestamp }) => !gone.has(timestamp))
            expect(heads.remove(action.slot, Float64Array.from([...gone].sort((a, b) => a - b)))).toBe(
              expected.length - kept.length,
            )
            plain.rows[action.slot] = kept
          } else {
            expect(heads.count(action.slot)).toBe(plain.rows[action.slot]!.length)
            expect(rowsOf(heads.rows(action.slot))).toEqual(plain.ordered(action.slot))
          }
        }
        for (let slot = 0; slot < slotCount; slot++) expect(rowsOf(heads.rows(slot))).toEqual(plain.ordered(slot))
        expect(heads.rowCount).toBe(plain.rows.reduce((sum, rows) => sum + rows.length, 0))
      }),
      { numRuns: 150 },
    )
  })

  test('of series in step share time stamps: a thousand of them take little more than their values', () => {
    const heads = new HeadStore()
    const slots = Int32Array.from({ length: 1000 }, () => heads.addSlot())
    const plan = new RowPlan(slots)
    for (let scan = 0; scan < 1536; scan++)
      heads.appendBatch(
        plan,
        batchOf([...slots].map((slot) => ({ timestamp: scan, value: slot, statusCode: 0, other: undefined }))),
      )
    expect(heads.count(0)).toBe(1536)
    expect(heads.byteCount / heads.rowCount).toBeLessThan(10)
  })

  test('are in line to be sealed once for each full chunk', () => {
    const heads = new HeadStore()
    const slots = Int32Array.from({ length: 20 }, () => heads.addSlot())
    const plan = new RowPlan(slots)
    for (let scan = 0; scan < 4096 * 2 + 1; scan++)
      heads.appendBatch(
        plan,
        batchOf([...slots].map((slot) => ({ timestamp: scan, value: slot, statusCode: 0, other: undefined }))),
      )
    heads.count(0)
    expect(heads.filledCount).toBe(40)
    for (let chunk = 0; chunk < 40; chunk++) {
      const slot = heads.nextFilled()
      heads.skipFilled()
      expect(heads.oldest(slot)!.count).toBe(4096)
      heads.drop(slot, 4096)
      heads.releaseRows()
    }
    expect(heads.nextFilled()).toBe(-1)
    expect(heads.rowCount).toBe(20)
  })
})
