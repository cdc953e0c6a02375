import { describe, expect, it } from 'vitest'
import type { AlarmRow } from '../../../src-main/shared/alarm.ts'
import { watchAlarmsOf } from '../../../src-renderer/connection/alarms-of-tags.ts'
import type { RuntimeClient } from '../../../src-renderer/connection/runtime-client.ts'
import { alarmRow } from '../../fakes/alarm-row.ts'

/** A station with so many alarms of one tag, that gives windows as the runtime does. */
function station() {
  const feeds: { input: { tags: string[]; offset: number; count: number }; send: () => void }[] = []
  let alarms: readonly AlarmRow[] = []
  const client = {
    watch: (_name: string, input: never, onItem: (item: unknown) => void) => {
      const { offset, count } = input as { offset: number; count: number }
      const feed = {
        input,
        send: () => onItem({ total: alarms.length, offset, alarms: alarms.slice(offset, offset + count) }),
      }
      feeds.push(feed)
      return () => feeds.splice(feeds.indexOf(feed), 1)
    },
  } as unknown as Pick<RuntimeClient, 'watch'>
  return {
    client,
    feeds,
    set(count: number): void {
      alarms = Array.from({ length: count }, (_, index) => alarmRow(`Tank.Level/${index}`))
      for (let at = 0; at < feeds.length; at++) feeds[at]!.send()
    },
  }
}

describe('the alarms of tags', () => {
  it('need one window as a rule', () => {
    const { client, feeds, set } = station()
    let rows: readonly AlarmRow[] = []
    watchAlarmsOf(client, ['Tank.Level'], (next) => {
      rows = next
    })
    set(3)
    expect(rows).toHaveLength(3)
    expect(feeds).toHaveLength(1)
  })

  it('are all there when they are more than one window holds, and windows that are empty again are closed', () => {
    const { client, feeds, set } = station()
    let rows: readonly AlarmRow[] = []
    const stop = watchAlarmsOf(client, ['Tank.Level'], (next) => {
      rows = next
    })
    set(2500)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(2500)
    expect(feeds.map(({ input }) => input.offset)).toEqual([0, 1000, 2000])
    set(10)
    expect(rows).toHaveLength(10)
    expect(feeds).toHaveLength(1)
    stop()
    expect(feeds).toHaveLength(0)
  })

  it('of more tags than one question takes are asked in several', () => {
    const { client, feeds } = station()
    const tags = Array.from({ length: 10_001 }, (_, index) => `T${index}`)
    watchAlarmsOf(client, tags, () => {})
    expect(feeds.map(({ input }) => input.tags.length)).toEqual([10_000, 1])
  })

  it('of no tags are not asked for', () => {
    const { client, feeds } = station()
    watchAlarmsOf(client, [], () => {})
    expect(feeds).toEqual([])
  })
})
