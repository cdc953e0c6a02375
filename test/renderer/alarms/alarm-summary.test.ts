import { flushSync } from 'svelte'
import { describe, expect, it } from 'vitest'
import { areaTree, worstOf } from '../../../src-renderer/alarms/alarm-summary.svelte.ts'
import { FakeStation } from '../../fakes/fake-station.ts'
import { alarmCounts, alarmSummary } from './alarm-rows.ts'

describe('the summary of every screen', () => {
  it('is current only with what came over the present link: a link alone says nothing of alarms', () => {
    const fake = new FakeStation()
    const { alarms } = fake.station
    expect(alarms.isCurrent).toBe(false)
    fake.sendItem('alarms.summary', alarmSummary())
    expect(alarms.isCurrent).toBe(true)
    fake.loseLink(Date.now())
    expect(alarms.isCurrent).toBe(false)
    fake.restoreLink()
    expect(alarms.isCurrent).toBe(false)
    fake.sendItem('alarms.summary', alarmSummary())
    expect(alarms.isCurrent).toBe(true)
    flushSync()
  })

  it('says nothing of any area while it is not current', () => {
    const fake = new FakeStation()
    const { alarms } = fake.station
    fake.sendItem('alarms.summary', alarmSummary({ areas: { Filling: alarmCounts({ active: { high: 1 } }) } }))
    expect(alarms.countsOf('Filling')?.active.high).toBe(1)
    expect(alarms.countsOf('Packing')).toBeNull()
    fake.loseLink(Date.now())
    expect(alarms.countsOf('Filling')).toBeNull()
  })
})

describe('counts of a place', () => {
  it('lead to the most important priority of which something is unacknowledged', () => {
    expect(worstOf(alarmCounts({ unacknowledged: { low: 3, high: 1 }, active: { urgent: 5 } }))).toEqual({
      priority: 'high',
      count: 4,
    })
    expect(worstOf(alarmCounts({ active: { urgent: 5 } }))).toBeNull()
  })

  it('stand in the tree of areas, also where a level between has no entry', () => {
    const counts = alarmCounts({})
    const tree = areaTree({ 'B/C/D': counts, B: counts, A: counts, 'B/A': counts, '': counts })
    expect(tree.map(({ area }) => area)).toEqual(['A', 'B'])
    expect(tree[1]!.children.map(({ area, name }) => [area, name])).toEqual([
      ['B/A', 'A'],
      ['B/C/D', 'C/D'],
    ])
  })
})
