// Ten thousand alarms of one moment are told in slices, in their order, and everything that waits for them hears of the end.
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { CommittedAlarms } from '../../../../src-main/alarms/alarms.ts'
import { CommitSlices } from '../../../../src-main/alarms/list/commit-slices.ts'
import { alarmEvent } from '../../../fakes/fake-alarms.ts'

function committed(first: number, idCount: number, eventCount: number): CommittedAlarms {
  return {
    ids: Array.from({ length: idCount }, (_, index) => `T${first + index}/high`),
    events: Array.from({ length: eventCount }, (_, index) => alarmEvent(first + index, `T${first + index}/high`)),
  }
}

function recorded() {
  const told: CommittedAlarms[] = []
  return { told, slices: new CommitSlices((slice) => told.push(slice)) }
}

describe('commit slices', () => {
  test('little is told at once, without a turn of the loop', async () => {
    const { told, slices } = recorded()
    slices.add(committed(1, 3, 2))
    slices.add({ ids: [], events: [] })
    expect(told).toEqual([committed(1, 3, 2), { ids: [], events: [] }])
    expect(slices.waitingCount).toBe(0)
    await slices.told()
  })

  test('much is told a thousand at a time with turns between, and what comes behind it stays behind it', async () => {
    const { told, slices } = recorded()
    slices.add(committed(1, 2500, 4200))
    slices.add(committed(9000, 1, 1))
    expect(told).toEqual([])
    let isTold = false
    void slices.told().then(() => {
      isTold = true
    })
    await turn()
    expect(told.length).toBeLessThan(3)
    expect(isTold).toBe(false)
    await slices.told()
    expect(Math.max(...told.map(({ ids, events }) => Math.max(ids.length, events.length)))).toBe(1000)
    const whole = committed(1, 2500, 4200)
    expect(told.flatMap(({ ids }) => ids)).toEqual([...whole.ids, 'T9000/high'])
    expect(told.flatMap(({ events }) => events.map(({ sequence }) => sequence))).toEqual([
      ...whole.events.map(({ sequence }) => sequence),
      9000,
    ])
    expect(isTold).toBe(true)
  })

  test('of many pieces in one turn only the first is told in it', async () => {
    const { told, slices } = recorded()
    for (let piece = 0; piece < 5; piece++) slices.add(committed(1 + piece * 900, 900, 900))
    expect(told).toHaveLength(1)
    await turn()
    expect(told.length).toBeLessThan(4)
    await slices.told()
    expect(told.flatMap(({ events }) => events.map(({ sequence }) => sequence))).toEqual(
      Array.from({ length: 4500 }, (_, index) => index + 1),
    )
  })

  test('at the end of the station what waits is told now, once', async () => {
    const { told, slices } = recorded()
    slices.add(committed(1, 1500, 1500))
    slices.finish()
    await turn()
    expect(told.flatMap(({ ids }) => ids)).toHaveLength(1500)
    await slices.told()
  })
})
