import { describe, expect, test } from 'vitest'
import { PollSchedule } from '../../../../src-main/drivers/modbus/poll-schedule.ts'
import type { ReadBlock } from '../../../../src-main/drivers/modbus/read-blocks.ts'

function block(start: number): ReadBlock<string> {
  const range = { unit: 1, table: 'holdingRegister', start, count: 1, owner: String(start) } as const
  return { unit: 1, table: 'holdingRegister', start, count: 1, ranges: [range] }
}

/** Lets a device that takes `costMs` per request work for a while; start addresses and times of its reads. */
function run(schedule: PollSchedule<string>, fromMs: number, toMs: number, costMs: number) {
  const reads: { at: number; start: number }[] = []
  let now = fromMs
  while (now < toMs) {
    const turn = schedule.next(now)
    if (turn.kind === 'wait') now += Math.max(turn.waitMs, 0.001)
    else {
      reads.push({ at: now, start: turn.block.start })
      now += costMs
    }
  }
  return reads
}

const count = (reads: readonly { start: number }[], start: number) =>
  reads.filter((read) => read.start === start).length

describe('polls', () => {
  test('each scan rate is read at its interval', () => {
    const schedule = new PollSchedule<string>()
    schedule.setGroup(100, [block(1)], 0)
    schedule.setGroup(1000, [block(2), block(3)], 0)
    const reads = run(schedule, 0, 10_000, 1)
    expect(count(reads, 1)).toBe(100)
    expect(count(reads, 2)).toBe(10)
    expect(count(reads, 3)).toBe(10)
  })

  test('a large slow group does not hold up a fast one', () => {
    const schedule = new PollSchedule<string>()
    schedule.setGroup(100, [block(1)], 0)
    schedule.setGroup(
      1000,
      Array.from({ length: 70 }, (_, index) => block(10 + index)),
      0,
    )
    const times = run(schedule, 0, 10_000, 10).filter(({ start }) => start === 1)
    const widest = Math.max(...times.slice(1).map(({ at }, index) => at - times[index]!.at))
    expect(times.length).toBeGreaterThan(95)
    expect(widest).toBeLessThanOrEqual(130)
  })

  test('a device that is too slow gets a lower rate and no backlog, and no group starves', () => {
    const schedule = new PollSchedule<string>()
    schedule.setGroup(100, [block(1)], 0)
    schedule.setGroup(1000, [block(2)], 0)
    const reads = run(schedule, 0, 30_000, 150)
    expect(count(reads, 1)).toBeGreaterThan(150)
    expect(count(reads, 2)).toBeGreaterThan(20)
    expect(schedule.counts()[0]!.overrunCount).toBeGreaterThan(100)
    const after = run(schedule, 30_000, 31_000, 1)
    expect(count(after, 1)).toBeLessThanOrEqual(11)
  })

  test('after a pause of the machine nothing is caught up', () => {
    const schedule = new PollSchedule<string>()
    schedule.setGroup(100, [block(1)], 0)
    run(schedule, 0, 1000, 1)
    expect(count(run(schedule, 60_000, 60_500, 1), 1)).toBeLessThanOrEqual(6)
  })

  test('a refused block is read in its parts from now on, and whole again after a while', () => {
    const schedule = new PollSchedule<string>()
    const whole = block(0)
    schedule.setGroup(1000, [whole], 0)
    const turn = schedule.next(0)
    expect(turn).toMatchObject({ kind: 'read', block: whole })
    schedule.replace(1000, whole, [block(100), block(200)], 0)
    const reads = run(schedule, 1, 29_000, 1)
    expect(count(reads, 0)).toBe(0)
    expect(count(reads, 100)).toBe(29)
    expect(count(run(schedule, 29_000, 32_000, 1), 0)).toBeGreaterThan(0)
  })

  test('a block that is given up is not asked for until the plan is tried again', () => {
    const schedule = new PollSchedule<string>()
    const bad = block(5)
    schedule.setGroup(1000, [bad, block(6)], 0)
    schedule.next(0)
    schedule.replace(1000, bad, [], 0)
    const reads = run(schedule, 1, 29_000, 1)
    expect(count(reads, 5)).toBe(0)
    expect(count(reads, 6)).toBe(29)
  })

  test('a group that is taken away is not read any more', () => {
    const schedule = new PollSchedule<string>()
    schedule.setGroup(100, [block(1)], 0)
    schedule.setGroup(100, [], 0)
    expect(schedule.next(1000)).toEqual({ kind: 'wait', waitMs: Number.POSITIVE_INFINITY })
  })
})
