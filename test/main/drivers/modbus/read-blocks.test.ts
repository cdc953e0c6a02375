import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  planBlocks,
  type ReadLimits,
  type ReadRange,
  splitBlock,
} from '../../../../src-main/drivers/modbus/read-blocks.ts'

const limits: ReadLimits = { maxGap: 16, maxRegisters: 125, maxBits: 2000 }

function register(start: number, count = 1, unit = 1): ReadRange<string> {
  return { unit, table: 'holdingRegister', start, count, owner: `${unit}/${start}+${count}` }
}

function spans(ranges: readonly ReadRange<string>[], with_: Partial<ReadLimits> = {}): string[] {
  return planBlocks(ranges, { ...limits, ...with_ }).map(({ start, count }) => `${start}+${count}`)
}

/** Fewest requests by trying every cut of the sorted ranges: the definition, not the algorithm. */
function bruteForceMinimum(ranges: readonly ReadRange<string>[], most: number, gap: number): number {
  const sorted = [...ranges].sort((a, b) => a.start - b.start || a.count - b.count)
  const fewest: number[] = [0]
  for (let end = 1; end <= sorted.length; end++) {
    fewest[end] = Number.POSITIVE_INFINITY
    for (let begin = 0; begin < end; begin++)
      if (fitsOneRequest(sorted.slice(begin, end), most, gap)) fewest[end] = Math.min(fewest[end]!, fewest[begin]! + 1)
  }
  return fewest[sorted.length]!
}

function fitsOneRequest(ranges: readonly ReadRange<string>[], most: number, gap: number): boolean {
  let covered = ranges[0]!.start
  for (const range of ranges) {
    if (range.start - covered > gap) return false
    covered = Math.max(covered, range.start + range.count)
  }
  return covered - ranges[0]!.start <= most
}

describe('requests are as few as the limits allow', () => {
  test('neighbours share a request up to 125 registers', () => {
    const ranges = Array.from({ length: 130 }, (_, index) => register(index * 2, 2))
    expect(spans(ranges)).toEqual(['0+124', '124+124', '248+12'])
  })

  test('a gap up to maxGap is read over, a wider one is not', () => {
    expect(spans([register(0), register(17)])).toEqual(['0+18'])
    expect(spans([register(0), register(18)])).toEqual(['0+1', '18+1'])
    expect(spans([register(0), register(2)], { maxGap: 0 })).toEqual(['0+1', '2+1'])
  })

  test('a value is never torn between two requests', () => {
    expect(spans([register(0, 124), register(124, 4)])).toEqual(['0+124', '124+4'])
  })

  test('bits use their own limit and sixteen bits for each register of gap', () => {
    const bit = (start: number): ReadRange<string> => ({
      unit: 1,
      table: 'coil',
      start,
      count: 1,
      owner: String(start),
    })
    expect(spans([bit(0), bit(257), bit(515)])).toEqual(['0+258', '515+1'])
    expect(spans([bit(0), bit(256), bit(1999), bit(2000)], { maxGap: 125 })).toEqual(['0+2000', '2000+1'])
    expect(spans([bit(0), bit(33)], { maxGap: 1 })).toEqual(['0+1', '33+1'])
    expect(spans([bit(0), bit(17)], { maxGap: 1 })).toEqual(['0+18'])
  })

  test('units and tables are never mixed', () => {
    const input: ReadRange<string> = { ...register(1), table: 'inputRegister' }
    expect(planBlocks([register(0), register(1, 1, 2), input], limits)).toHaveLength(3)
  })

  test('several items in the same register cost one request', () => {
    expect(spans([register(5), register(5), register(5, 2)])).toEqual(['5+2'])
  })

  test('no plan is longer than the brute-force minimum, and every range lies whole in a block', () => {
    const range = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 8 })).map(([start, count]) => register(start, count))
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 8, max: 20 }),
        fc.nat(6),
        (ranges, maxRegisters, maxGap) => {
          const blocks = planBlocks(ranges, { maxRegisters, maxGap, maxBits: 2000 })
          expect(blocks.length).toBe(bruteForceMinimum(ranges, maxRegisters, maxGap))
          expect(blocks.flatMap((block) => block.ranges).length).toBe(ranges.length)
          for (const block of blocks) {
            expect(block.count).toBeLessThanOrEqual(maxRegisters)
            expect(fitsOneRequest(block.ranges, maxRegisters, maxGap)).toBe(true)
            for (const { start, count } of block.ranges) {
              expect(start).toBeGreaterThanOrEqual(block.start)
              expect(start + count).toBeLessThanOrEqual(block.start + block.count)
            }
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('a range longer than one request is read in parts', () => {
  test('the parts fill whole requests and share them with their neighbours', () => {
    expect(spans([register(0, 5), register(5, 15), register(20, 3)], { maxRegisters: 10, maxGap: 0 })).toEqual([
      '0+10',
      '10+10',
      '20+3',
    ])
  })

  test('the parts together are the whole, in order and without overlap', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 11, max: 400 }), fc.array(fc.nat(500)), (start, count, others) => {
        const long = register(start, count)
        const blocks = planBlocks([long, ...others.map((at) => register(at))], { ...limits, maxRegisters: 10 })
        const parts = blocks.flatMap((block) => block.ranges).filter(({ owner }) => owner === long.owner)
        let at = start
        for (const part of parts) {
          expect(part.start).toBe(at)
          at += part.count
        }
        expect(at).toBe(start + count)
        for (const block of blocks) expect(block.count).toBeLessThanOrEqual(10)
      }),
    )
  })
})

describe('a refused block is parted until the bad address is alone', () => {
  const blockOf = (...ranges: ReadRange<string>[]) => planBlocks(ranges, limits)[0]!
  const owners = (block: { ranges: readonly ReadRange<string>[] } | undefined) =>
    block?.ranges.map(({ start }) => start)

  test('first at the widest gap, for nobody promised that the gap exists', () => {
    const halves = splitBlock(blockOf(register(0), register(1), register(10), register(12)))
    expect(halves?.map(owners)).toEqual([
      [0, 1],
      [10, 12],
    ])
  })

  test('then in the middle', () => {
    const halves = splitBlock(blockOf(register(0), register(1), register(2), register(3)))
    expect(halves?.map(owners)).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  test('bits of one register stay together', () => {
    expect(splitBlock(blockOf(register(7), register(7)))).toBeNull()
    expect(splitBlock(blockOf(register(7)))).toBeNull()
  })

  test('every range is in exactly one half and both halves are smaller', () => {
    const range = fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 4 })).map(([start, count]) => register(start, count))
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 12 }), (ranges) => {
        const block = blockOf(...ranges)
        const halves = splitBlock(block)
        const isOnePlace = block.ranges.every(({ start, count }) => start === block.start && count === block.count)
        if (!halves) return isOnePlace
        return (
          halves[0].ranges.length + halves[1].ranges.length === block.ranges.length &&
          halves.every((half) => half.ranges.length > 0)
        )
      }),
    )
  })
})
