import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PartInEquipment } from '../../../../src-main/identifiers/store/identity-store.ts'
import { IdentityStation } from '../../../fakes/identity-station.ts'

let station: IdentityStation
beforeEach(() => {
  station = new IdentityStation([])
})
afterEach(() => station.remove())

function place(identifier: string, equipment: string, from: number, to: number | null, leavesOthers = false) {
  return station.store.place({ identifier, equipment, enteredTimestamp: from, leftTimestamp: to, leavesOthers })
}

function partsIn(equipment: string[], from: number, to: number, limit = 1000): readonly PartInEquipment[] {
  return station.store.partsIn({ equipment, from, to, limit }).parts
}

const names = (parts: readonly PartInEquipment[]) => parts.map(({ identifier }) => identifier)

test('a part has its windows by time, and the same entry again replaces the end', () => {
  place('P', 'Packer', 2000, null)
  place('P', 'Filler', 1000, 2000)
  place('P', 'Packer', 2000, 2500)
  place('P', 'Packer', 9000, null)
  expect(station.store.windowsOf('P')).toEqual([
    { equipment: 'Filler', from: 1000, to: 2000 },
    { equipment: 'Packer', from: 2000, to: 2500 },
    { equipment: 'Packer', from: 9000, to: null },
  ])
  expect(station.store.windowsOf('nobody')).toEqual([])
})

describe('when the rule says that a part is in one place only', () => {
  test('it leaves where it was when it enters the next', () => {
    place('P', 'Filler', 1000, null, true)
    expect(place('P', 'Packer', 2000, null, true)).toEqual({ equipment: 'Packer', from: 2000, to: null })
    expect(station.store.windowsOf('P')).toEqual([
      { equipment: 'Filler', from: 1000, to: 2000 },
      { equipment: 'Packer', from: 2000, to: null },
    ])
  })

  test('an entry that is reported late ends where the next one began', () => {
    place('P', 'Packer', 2000, null, true)
    expect(place('P', 'Filler', 1000, null, true)).toEqual({ equipment: 'Filler', from: 1000, to: 2000 })
    expect(station.store.windowsOf('P').at(-1)).toEqual({ equipment: 'Packer', from: 2000, to: null })
  })

  test('without the rule both windows stay open: a line has its machines in it', () => {
    place('P', 'Line', 1000, null)
    place('P', 'Filler', 1500, null)
    expect(station.store.windowsOf('P').map(({ to }) => to)).toEqual([null, null])
  })
})

test('a part that leaves before it enters is refused', () => {
  expect(() => place('P', 'Filler', 1000, 999)).toThrow('A part cannot leave Filler 1 ms before it enters.')
  expect(station.store.record('P')).toBeNull()
})

describe('which parts were there', () => {
  test('exactly those that met the excursion: neither the one that left nor the one that came', () => {
    for (let part = 0; part < 20; part++) place(`P${part}`, 'Filler', part * 1000, (part + 1) * 1000)
    expect(names(partsIn(['Filler'], 5000, 12_000))).toEqual(['P5', 'P6', 'P7', 'P8', 'P9', 'P10', 'P11'])
    expect(names(partsIn(['Packer'], 5000, 12_000))).toEqual([])
  })

  test('a moment is a span too, and a part that only passed counts at that moment', () => {
    place('P', 'Scanner', 1000, 1000)
    expect(names(partsIn(['Scanner'], 1000, 1000))).toEqual(['P'])
    expect(names(partsIn(['Scanner'], 1001, 1001))).toEqual([])
    expect(names(partsIn(['Scanner'], 999, 1000))).toEqual([])
  })

  test('state, hold and scheme are told with them', () => {
    place('P', 'Filler', 0, null)
    station.store.hold('P', 'ana', 'too warm')
    expect(partsIn(['Filler'], 5, 6)).toEqual([
      { identifier: 'P', scheme: null, equipment: 'Filler', from: 0, to: null, state: null, isHeld: true },
    ])
  })

  const window = fc.record({
    part: fc.nat({ max: 30 }),
    equipment: fc.constantFrom('A', 'B', 'C'),
    from: fc.nat({ max: 200 }),
    length: fc.option(fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 300 }), fc.constant(4 ** 22)), { nil: null }),
  })
  test('as a search through all windows would find, page by page', () => {
    fc.assert(
      fc.property(
        fc.array(window, { maxLength: 80 }),
        fc.subarray(['A', 'B', 'C', 'D']),
        fc.integer({ min: -10, max: 250 }),
        fc.nat({ max: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (windows, equipment, from, span, limit) => {
          const all = new Map<
            string,
            { name: string; part: number; equipment: string; from: number; to: number | null }
          >()
          const numbers = new Map<number, number>()
          const prefix = `${Math.random()}-`
          for (const { part, equipment: where, from: entered, length } of windows) {
            const to = length === null ? null : entered + length
            place(`${prefix}${part}`, `${prefix}${where}`, entered, to)
            if (!numbers.has(part)) numbers.set(part, numbers.size)
            all.set(`${part} ${where} ${entered}`, {
              name: `${prefix}${part}`,
              part: numbers.get(part)!,
              equipment: where,
              from: entered,
              to,
            })
          }
          const to = Math.max(from + span, from + 1)
          const expected = [...all.values()]
            .filter((one) => equipment.includes(one.equipment) && one.from < to)
            .filter((one) => one.to === null || Math.max(one.to, one.from + 1) > from)
            .sort((a, b) => a.from - b.from || a.part - b.part || (a.equipment < b.equipment ? -1 : 1))
            .map((one) => [one.name, one.equipment, one.from, one.to])
          const found: unknown[] = []
          let cursor: string | undefined
          do {
            const asked = equipment.map((name) => prefix + name)
            const page = station.store.partsIn({ equipment: asked, from, to: from + span, limit, cursor })
            expect(page.parts.length).toBeLessThanOrEqual(limit)
            for (const part of page.parts)
              found.push([part.identifier, part.equipment.slice(prefix.length), part.from, part.to])
            cursor = page.cursor
          } while (cursor !== undefined)
          expect(found).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a cursor of something else is refused', () => {
    expect(() => station.store.partsIn({ equipment: ['A'], from: 0, to: 1, limit: 1, cursor: 'x' })).toThrow('cursor')
  })
})
