import { afterEach, describe, expect, test } from 'vitest'
import { type SerialState, serialStates } from '../../../../src-main/shared/identifier.ts'
import { IdentityStation, identifierScheme } from '../../../fakes/identity-station.ts'

let station: IdentityStation
afterEach(() => station.remove())

const daily = identifierScheme({ name: 'day', kind: 'opaque', template: '{date:yyyyMMdd}-{counter:03}', reset: 'day' })
const minute = 60_000
const hour = 60 * minute

describe('giving out', () => {
  test('identifiers come in the order of their counters and are allocated', () => {
    station = new IdentityStation()
    expect(station.allocate(2)).toEqual(['(01)09521234543213(21)00000001', '(01)09521234543213(21)00000002'])
    expect(station.store.record('(01)09521234543213(21)00000002')).toMatchObject({
      scheme: 'case',
      counter: 2,
      state: 'allocated',
      allocatedBy: 'ana',
      allocatedTimestamp: station.clock.now(),
      hold: null,
    })
  })

  test('the next five are what is given out then', () => {
    station = new IdentityStation([identifierScheme({ template: '(00)09521234{counter:09}{check}' })])
    station.allocate(3)
    const [pool] = station.store.pools()
    expect(pool!.upcoming).toHaveLength(5)
    expect(station.allocate(5)).toEqual(pool!.upcoming)
  })

  test('what is not known beforehand stands among the next five as it does in the template', () => {
    station = new IdentityStation([
      identifierScheme({ kind: 'opaque', template: '{field:order}/{tag:Line.Lot}-{counter:02}{check:mod10}' }),
    ])
    expect(station.store.upcoming('case', 1)).toEqual(['{field:order}/{tag:Line.Lot}-01{check}'])
  })

  test('the same request again gives the same identifiers, also after a restart', () => {
    station = new IdentityStation()
    const request = { scheme: 'case', count: 3, user: 'ana', requestId: 'r1' }
    const first = station.store.allocate(request)
    station.end()
    expect(station.store.allocate(request)).toEqual(first)
    expect(station.allocate()).toEqual(['(01)09521234543213(21)00000004'])
  })

  test('the same request with another body is refused', () => {
    station = new IdentityStation()
    station.store.allocate({ scheme: 'case', count: 3, user: 'ana', requestId: 'r1' })
    expect(() => station.store.allocate({ scheme: 'case', count: 2, user: 'ana', requestId: 'r1' })).toThrow(
      expect.objectContaining({ code: 'BadEntryExists' }),
    )
  })

  test('a transaction that is rolled back has given out nothing, and what it asked for is not answered', () => {
    station = new IdentityStation()
    const { store } = station
    const request = { scheme: 'case', count: 1500, user: 'ana', requestId: 'r1' }
    expect(() =>
      station.database.transaction(() => {
        store.allocate(request)
        throw new Error('the printer is gone')
      })(),
    ).toThrow('the printer is gone')
    station.kill()
    expect(station.store.pools()[0]).toMatchObject({ next: 1, counts: {}, refusal: null })
    expect(station.store.allocate(request)[0]).toBe('(01)09521234543213(21)00000001')
    station.kill()
    expect(station.store.pools()[0]).toMatchObject({ next: 1501, refusal: null })
  })

  test('a pool gives out all or none of what is asked for, and says when it is used up', () => {
    station = new IdentityStation([identifierScheme({ last: 5 })])
    station.allocate(3)
    expect(() => station.allocate(3)).toThrow(expect.objectContaining({ code: 'BadInvalidState' }))
    expect(station.allocate(2)).toHaveLength(2)
    expect(station.store.pools()[0]!.refusal).toBe('The pool case is used up: its last counter is 5.')
    expect(station.store.pools()[0]!.upcoming).toEqual([])
  })

  test.each([0, -1, 1.5, 10_001, Number.NaN])('%s identifiers at once are refused', (count) => {
    station = new IdentityStation()
    expect(() => station.allocate(count)).toThrow(expect.objectContaining({ code: 'BadInvalidArgument' }))
  })

  test('a scheme the plant has not, and one with faults, give out nothing and say so', () => {
    station = new IdentityStation([identifierScheme({ name: 'broken', template: '(01)1(21){counter:04}' })])
    expect(() => station.allocate(1, 'none')).toThrow(expect.objectContaining({ code: 'BadNotFound' }))
    expect(() => station.allocate(1, 'broken')).toThrow(expect.objectContaining({ code: 'BadConfigurationError' }))
    expect(station.store.pools()[0]).toMatchObject({ scheme: 'broken', upcoming: [] })
    expect(station.store.pools()[0]!.refusal).toMatch(/^The template of broken has faults: /)
  })

  test('a scheme that is given another name goes on where it was', () => {
    station = new IdentityStation()
    station.allocate(7)
    station.store.configure([identifierScheme({ name: 'carton' })], 'UTC')
    expect(station.allocate(1, 'carton')).toEqual(['(01)09521234543213(21)00000008'])
  })

  test('an identifier that came from elsewhere first is passed over', () => {
    station = new IdentityStation([identifierScheme({ kind: 'opaque', template: 'A{counter:02}' })])
    station.store.configure([], 'UTC')
    station.store.seen('A01', 'opaque')
    station.store.configure(station.schemes, 'UTC')
    expect(station.allocate(2)).toEqual(['A02', 'A03'])
  })

  test('a deleted record leaves its identifier taken', () => {
    station = new IdentityStation()
    const [identifier] = station.allocate()
    station.store.setValues(identifier!, [{ index: 1, type: 'order', data: 'A7', ttl: 60, isPublic: true }])
    station.store.remove(identifier!, 'ana', 'asked for')
    expect(station.store.record(identifier!)).toMatchObject({ deletedTimestamp: station.clock.now(), values: [] })
    expect(station.store.search({ limit: 10 }).records).toEqual([])
    expect(() => station.store.setValues(identifier!, [])).toThrow(expect.objectContaining({ code: 'BadInvalidState' }))
    expect(() => station.store.seen(identifier!, 'gs1')).toThrow(/stays taken/)
    expect(station.allocate()).toEqual(['(01)09521234543213(21)00000002'])
  })

  test('another first counter in the plant goes up and never back', () => {
    station = new IdentityStation()
    station.allocate(3)
    station.store.configure([identifierScheme({ first: 100 })], 'UTC')
    expect(station.allocate()).toEqual(['(01)09521234543213(21)00000100'])
    station.store.configure([identifierScheme({ first: 1 })], 'UTC')
    expect(station.allocate()).toEqual(['(01)09521234543213(21)00000101'])
  })
})

describe('counters that begin again', () => {
  test('at midnight of the plant, not of UTC', () => {
    station = new IdentityStation([daily], 'Asia/Shanghai', Date.UTC(2026, 10, 23, 15, 59, 59))
    expect(station.allocate(2)).toEqual(['20261123-001', '20261123-002'])
    station.clock.jump(1000)
    expect(station.allocate(2)).toEqual(['20261124-001', '20261124-002'])
  })

  test('a clock that is set back finds the counter of that day again', () => {
    station = new IdentityStation([daily], 'UTC', Date.UTC(2026, 10, 23, 23, 59))
    station.allocate(5)
    station.clock.jump(2 * minute)
    station.allocate(3)
    station.clock.jump(-2 * minute)
    station.end()
    expect(station.allocate()).toEqual(['20261123-006'])
    station.clock.jump(2 * minute)
    expect(station.allocate()).toEqual(['20261124-004'])
  })

  test.each([
    ['begins', Date.UTC(2026, 2, 28, 22, 30), ['20260328-001', '20260329-001', '20260329-025']],
    ['ends', Date.UTC(2026, 9, 24, 21, 30), ['20261024-001', '20261025-001', '20261025-025']],
  ])('the day on which summer time %s has 23 or 25 hours and one counter', (_name, start, expected) => {
    station = new IdentityStation([daily], 'Europe/Berlin', start)
    const given: string[] = []
    for (let step = 0; step < 56; step++) {
      given.push(...station.allocate())
      station.clock.jump(hour / 2)
    }
    expect(new Set(given).size).toBe(given.length)
    expect([given[0], given[2] === expected[1] ? given[2] : given[1]]).toEqual(expected.slice(0, 2))
    const byDay = Map.groupBy(given, (identifier) => identifier.slice(0, 8))
    expect(byDay.get(expected[1]!.slice(0, 8))).toHaveLength(_name === 'begins' ? 46 : 50)
  })

  test('by the year and the month of the plant', () => {
    const yearly = identifierScheme({ name: 'y', kind: 'opaque', template: '{date:yy}{counter:03}', reset: 'year' })
    const monthly = identifierScheme({
      name: 'm',
      kind: 'opaque',
      template: '{date:yyMM}.{counter:03}',
      reset: 'month',
    })
    station = new IdentityStation([yearly, monthly], 'America/New_York', Date.UTC(2027, 0, 1, 4, 59))
    expect([...station.allocate(1, 'y'), ...station.allocate(1, 'm')]).toEqual(['26001', '2612.001'])
    station.clock.jump(minute)
    expect([...station.allocate(1, 'y'), ...station.allocate(1, 'm')]).toEqual(['27001', '2701.001'])
  })

  test('a counter that began for ever and then begins again daily repeats nothing of that day', () => {
    const forEver = { ...daily, reset: 'never' as const }
    station = new IdentityStation([forEver], 'UTC')
    const before = station.allocate(5)
    station.store.configure([daily], 'UTC')
    const after = station.allocate(5)
    expect(new Set([...before, ...after]).size).toBe(10)
  })
})

describe('the life of a serial', () => {
  const paths: Record<SerialState, SerialState[] | null> = {
    unassigned: null,
    allocated: [],
    unallocated: ['unallocated'],
    encoded: ['encoded'],
    commissioned: ['encoded', 'commissioned'],
    sampled: ['encoded', 'sampled'],
    scrapped: ['scrapped'],
    destroyed: ['scrapped', 'destroyed'],
    invalidated: ['invalidated'],
  }
  // OPC 30260 clause 4.1.4, figure 4, as docs/identifiers.md has it.
  const legal = new Set(
    [
      'unallocated>allocated unallocated>invalidated allocated>encoded allocated>unallocated allocated>scrapped allocated>invalidated',
      'encoded>commissioned encoded>sampled encoded>scrapped commissioned>sampled commissioned>scrapped commissioned>destroyed',
      'sampled>destroyed scrapped>destroyed',
    ]
      .join(' ')
      .split(' '),
  )

  for (const from of serialStates) {
    const path = paths[from]
    if (!path) continue
    test(`from ${from} only what OPEN-SCS allows`, () => {
      station = new IdentityStation()
      for (const to of serialStates) {
        const [identifier] = station.allocate()
        for (const state of path) station.store.setState(identifier!, state, 'ana', '')
        const move = () => station.store.setState(identifier!, to, 'ana', 'why')
        if (from === to || legal.has(`${from}>${to}`)) {
          move()
          expect(station.store.record(identifier!)!.state).toBe(to)
        } else {
          expect(move).toThrow(expect.objectContaining({ code: 'BadInvalidState' }))
          expect(station.store.record(identifier!)!.state).toBe(from)
        }
      }
    })
  }

  test('a serial that was returned to the pool is not given out again by itself', () => {
    station = new IdentityStation()
    const [identifier] = station.allocate()
    station.store.setState(identifier!, 'unallocated', 'ana', 'order cancelled')
    expect(station.allocate(1)).not.toContain(identifier)
  })

  test('a held part is not commissioned until it is released', () => {
    station = new IdentityStation()
    const [identifier] = station.allocate()
    station.store.setState(identifier!, 'encoded', 'ana', '')
    station.store.hold(identifier!, 'ben', 'too warm')
    expect(station.store.isHeld(identifier!)).toBe(true)
    expect(() => station.store.setState(identifier!, 'commissioned', 'ana', '')).toThrow('is held by ben (too warm)')
    station.store.release(identifier!, 'ben', 'measured again')
    station.store.setState(identifier!, 'commissioned', 'ana', '')
    expect(() => station.store.release(identifier!, 'ben', 'again')).toThrow('is not held')
    const life = station.database.prepare('SELECT event FROM life ORDER BY sequence').pluck().all()
    expect(life).toEqual(['encoded', 'held', 'released', 'commissioned'])
  })

  test('the gap report lists every serial that is not commissioned, in the order of the counters and in pages', () => {
    station = new IdentityStation()
    const given = station.allocate(20)
    for (const [at, identifier] of given.entries()) {
      if (at % 2 === 0) station.store.setState(identifier, 'encoded', 'ana', '')
      if (at % 4 === 0) station.store.setState(identifier, 'commissioned', 'ana', '')
      if (at % 4 === 1) station.store.setState(identifier, 'scrapped', 'ana', 'torn')
    }
    const found: unknown[] = []
    let cursor: string | undefined
    do {
      const page = station.store.gaps({ scheme: 'case', limit: 4, cursor })
      expect(page.gaps.length).toBeLessThanOrEqual(4)
      found.push(...page.gaps.map(({ counter, state, reason }) => [counter, state, reason]))
      cursor = page.cursor
    } while (cursor !== undefined)
    const expected = given.flatMap((_, at) =>
      at % 4 === 0
        ? []
        : [[at + 1, at % 4 === 1 ? 'scrapped' : at % 4 === 2 ? 'encoded' : 'allocated', at % 4 === 1 ? 'torn' : '']],
    )
    expect(found).toEqual(expected)
    expect(station.store.pools()[0]!.counts).toEqual({ commissioned: 5, scrapped: 5, encoded: 5, allocated: 5 })
  })
})

describe('records', () => {
  test('values keep their type, are replaced by their index and say who may read them', () => {
    station = new IdentityStation()
    const [identifier] = station.allocate()
    const url = { index: 1, type: 'URL', data: 'https://example.com/a', ttl: 60, isPublic: true }
    const order = { index: 2, type: 'order', data: { number: 7, lines: [1, 2] }, ttl: 86_400, isPublic: false }
    station.store.setValues(identifier!, [order, url])
    const changed = station.store.setValues(identifier!, [{ ...url, data: null }])
    const timestamp = station.clock.now()
    expect(changed.values).toEqual([
      { ...url, data: null, timestamp },
      { ...order, timestamp },
    ])
    expect(station.store.removeValues(identifier!, [1]).values).toEqual([{ ...order, timestamp }])
    expect(() => station.store.setValues('nobody', [])).toThrow(expect.objectContaining({ code: 'BadNotFound' }))
  })

  test('search finds by text, scheme, state and hold, newest first and in pages', () => {
    station = new IdentityStation([
      identifierScheme(),
      identifierScheme({ name: 'tray', kind: 'opaque', template: 'T{counter:02}' }),
    ])
    const cases = station.allocate(3)
    const trays = station.allocate(3, 'tray')
    station.store.seen('elsewhere', 'opaque')
    station.store.setState(cases[1]!, 'scrapped', 'ana', '')
    station.store.hold(trays[2]!, 'ana', 'x')
    const found = (query: object) =>
      station.store.search({ limit: 10, ...query }).records.map(({ identifier }) => identifier)
    expect(found({})).toEqual(['elsewhere', ...trays.toReversed(), ...cases.toReversed()])
    expect(found({ text: 't0' })).toEqual(trays.toReversed())
    expect(found({ text: 't_1' })).toEqual([])
    expect(found({ text: '%' })).toEqual([])
    expect(found({ scheme: 'case' })).toEqual(cases.toReversed())
    expect(found({ states: ['scrapped', 'encoded'] })).toEqual([cases[1]])
    expect(found({ isHeld: true })).toEqual([trays[2]])
    expect(found({ isHeld: false, scheme: 'tray' })).toEqual([trays[1], trays[0]])
    const first = station.store.search({ limit: 4 })
    const second = station.store.search({ limit: 4, cursor: first.cursor })
    expect([...first.records, ...second.records].map(({ identifier }) => identifier)).toEqual(found({}))
    expect(second.cursor).toBeUndefined()
    expect(() => station.store.search({ limit: 4, cursor: "1' OR 1" })).toThrow('cursor')
  })
})
