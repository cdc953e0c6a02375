import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Occurrences, RunningTime, Travel } from '../../../src-main/equipment/counting.ts'

const start = Date.UTC(2026, 0, 1)
const second = 1000
const hour = 3_600_000

/** A source and a station whose clocks a test moves by itself. */
function bench({ sourceAhead = 0 } = {}) {
  let elapsed = 0
  let ahead = sourceAhead
  const time = new RunningTime(0)
  return {
    /** The source says so, `late` ms ago. */
    turn(isTrue: boolean | null, { late = 0, isStepBack = false } = {}) {
      const now = start + elapsed
      time.turn(isTrue, { timestamp: now + ahead - late, isStepBack, now, monotonic: elapsed })
    },
    /** The station itself says that the device is lost. */
    lost() {
      time.turn(null, { timestamp: start + elapsed, isStepBack: false, now: start + elapsed, monotonic: elapsed })
    },
    pass: (ms: number) => {
      elapsed += ms
    },
    setSourceClock: (byMs: number) => {
      ahead += byMs
    },
    standstill(ms: number) {
      elapsed += ms
      time.standstill(ms)
    },
    reset: () => time.reset(elapsed),
    total: () => time.total(elapsed),
  }
}

describe('running time', () => {
  test('is what passes while the condition is true', () => {
    const { turn, pass, total } = bench()
    turn(false)
    pass(hour)
    turn(true)
    pass(hour)
    expect(total()).toBe(hour)
    turn(false)
    pass(hour)
    expect(total()).toBe(hour)
  })

  test('is counted by the times of the source, however late a change comes', () => {
    const { turn, pass, total } = bench()
    turn(false)
    pass(60 * second)
    turn(true, { late: 50 * second })
    pass(20 * second)
    turn(false, { late: 30 * second })
    expect(total()).toBe(40 * second)
  })

  test('stops while the condition is not known, and the time in between does not count afterwards', () => {
    const { turn, lost, pass, total } = bench()
    turn(true)
    pass(hour)
    lost()
    pass(hour)
    expect(total()).toBe(hour)
    // It comes back with the time of its last change, before the loss.
    turn(true, { late: 3 * hour })
    pass(hour)
    turn(false)
    expect(total()).toBe(2 * hour)
  })

  test('does not count the age of the first value after a start', () => {
    const { turn, pass, total } = bench()
    turn(true, { late: 1000 * hour })
    expect(total()).toBe(0)
    pass(2 * hour)
    turn(false)
    expect(total()).toBe(2 * hour)
  })

  test.each([-hour, -10 * second, hour])('is the same for a source whose clock is %d ms ahead', (sourceAhead) => {
    const { turn, lost, pass, total } = bench({ sourceAhead })
    turn(true)
    pass(hour)
    expect(total()).toBe(hour)
    turn(false)
    pass(hour)
    turn(true)
    pass(hour)
    lost()
    pass(hour)
    turn(true)
    pass(hour)
    turn(false)
    expect(total()).toBe(3 * hour)
  })

  test('counts nothing for a clock that is set back, and goes on from there', () => {
    const { turn, pass, setSourceClock, total } = bench()
    turn(true)
    pass(hour)
    turn(true)
    setSourceClock(-10 * hour)
    pass(second)
    turn(true, { isStepBack: true })
    expect(total()).toBeLessThanOrEqual(hour + second)
    pass(hour)
    turn(false)
    expect(total()).toBeGreaterThanOrEqual(2 * hour)
    expect(total()).toBeLessThanOrEqual(2 * hour + second)
  })

  test('counts no years for a clock that is set forward', () => {
    const { turn, pass, setSourceClock, total } = bench({ sourceAhead: -50 * 8766 * hour })
    turn(true)
    pass(hour)
    setSourceClock(50 * 8766 * hour)
    turn(true)
    expect(total()).toBe(hour)
    pass(hour)
    turn(false)
    expect(total()).toBe(2 * hour)
  })

  test('counts no hours for a clock that is set forward after a long rest, nor for a sleep of the station', () => {
    const { turn, pass, setSourceClock, total } = bench()
    turn(false)
    pass(100 * hour)
    turn(true)
    pass(hour)
    // The source lived on for five hours of which the station knows nothing.
    setSourceClock(5 * hour)
    turn(false)
    expect(total()).toBe(hour)
  })

  test('does not count while the station stood still', () => {
    const { turn, pass, standstill, total } = bench()
    turn(true)
    pass(hour)
    standstill(5 * hour)
    expect(total()).toBe(hour)
    pass(hour)
    turn(false)
    expect(total()).toBe(2 * hour)
  })

  test('begins anew with a reset, in the middle of a run too', () => {
    const { turn, pass, reset, total } = bench()
    turn(true)
    pass(hour)
    reset()
    expect(total()).toBe(0)
    pass(second)
    turn(false)
    expect(total()).toBe(second)
  })

  test('of any sequence is the sum of what was true and known, and never goes back', () => {
    const step = fc.record({
      isTrue: fc.constantFrom(true, false, null),
      durationMs: fc.integer({ min: 0, max: 10 * hour }),
      looks: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const { turn, pass, total } = bench()
        let expected = 0
        let shown = 0
        for (const { isTrue, durationMs, looks } of steps) {
          turn(isTrue)
          let passed = 0
          for (const part of [...looks].sort((a, b) => a - b)) {
            const until = Math.floor(part * durationMs)
            pass(until - passed)
            passed = until
            expect(total()).toBe(expected + (isTrue === true ? passed : 0))
            expect(total()).toBeGreaterThanOrEqual(shown)
            shown = total()
          }
          pass(durationMs - passed)
          if (isTrue === true) expected += durationMs
        }
        turn(false)
        expect(total()).toBe(expected)
      }),
    )
  })

  test('is never more than what has passed, whatever the source says of time', () => {
    const step = fc.record({
      isTrue: fc.constantFrom(true, false, null),
      passMs: fc.integer({ min: 0, max: hour }),
      setMs: fc.oneof(fc.constant(0), fc.integer({ min: -100 * hour, max: 100 * hour })),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { turn, pass, setSourceClock, total } = bench()
        let passed = 0
        let shown = 0
        for (const { isTrue, passMs, setMs } of steps) {
          setSourceClock(setMs)
          turn(isTrue, { isStepBack: setMs < 0 })
          pass(passMs)
          passed += passMs
          expect(total()).toBeLessThanOrEqual(passed)
          expect(total()).toBeGreaterThanOrEqual(shown)
          shown = total()
        }
      }),
    )
  })
})

test('occurrences are changes from false to true, not from not known to true', () => {
  const count = new Occurrences()
  for (const isTrue of [true, false, true, true, null, true, false, null, true, false, true]) count.turn(isTrue)
  expect(count.total()).toBe(2)
  count.reset()
  count.turn(false)
  count.turn(true)
  expect(count.total()).toBe(1)
})

test('travel is the way to and fro, without what happened while the value was not known', () => {
  const travel = new Travel()
  for (const value of [10, 12, 7, null, 100, 101]) travel.move(value)
  expect(travel.total()).toBe(2 + 5 + 1)
})
