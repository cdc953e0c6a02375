import { beforeEach, describe, expect, test } from 'vitest'
import type { DriverItem } from '../../../../src-main/drivers/driver.ts'
import type { MqttDeviceOptions } from '../../../../src-main/drivers/mqtt/mqtt-protocol.ts'
import { TopicTable } from '../../../../src-main/drivers/mqtt/topic-table.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { statusCodeName } from '../../../../src-main/shared/status-code.ts'
import { deviceOf, itemOf } from './mqtt-items.ts'

describe('the watched tags of a broker', () => {
  let reports: [handle: number, value: TagValue, status: string, timestamp: number][]
  let now: number

  beforeEach(() => {
    reports = []
    now = 0
  })

  const tableOf = (options: object, items: readonly DriverItem[]): TopicTable => {
    const checked = deviceOf('mqtt://broker', options).options as MqttDeviceOptions
    const table = new TopicTable(checked, (handle, value, statusCode, timestamp) =>
      reports.push([handle, value, statusCodeName(statusCode), timestamp]),
    )
    table.setItems(items, now)
    return table
  }
  const publish = (table: TopicTable, topic: string, payload: string) =>
    table.take(topic, Buffer.from(payload), 1000 + now, now)
  const last = (handle: number) => reports.findLast(([reported]) => reported === handle)?.slice(1)

  test('many tags of one topic ask for one subscription, with the highest qos among them', () => {
    const table = tableOf({ qos: 0 }, [])
    const change = table.setItems(
      [itemOf(1, 'a#$.x', 'float64'), itemOf(2, 'a#$.y', 'float64', { qos: 2 }), itemOf(3, 'b', 'float64')],
      now,
    )
    expect([...change.topics]).toEqual([
      ['a', 2],
      ['b', 0],
    ])
    expect(change.ended).toEqual([])
  })

  test('a new set asks only for what is new and ends only what nobody reads', () => {
    const table = tableOf({}, [itemOf(1, 'a#$.x', 'float64'), itemOf(2, 'b', 'float64')])
    const change = table.setItems([itemOf(1, 'a#$.x', 'float64'), itemOf(3, 'c', 'float64')], now)
    expect([...change.topics.keys()]).toEqual(['c'])
    expect(change.ended).toEqual(['b'])
  })

  test('the source time comes from the payload; without it the value is Uncertain, because its age is not known', () => {
    const table = tableOf({}, [itemOf(1, 'a#$.x', 'float64', { timestampPath: '$.t' })])
    publish(table, 'a', '{"x":1,"t":"2026-11-22T10:00:00Z"}')
    expect(last(1)).toEqual([1, 'Good', Date.UTC(2026, 10, 22, 10)])
    publish(table, 'a', '{"x":2}')
    expect(last(1)).toEqual([2, 'Uncertain', 1000])
  })

  test('without a message a tag is said to be waiting', () => {
    const table = tableOf({}, [itemOf(1, 'a', 'float64')])
    table.age(1400, 400)
    expect(reports).toEqual([])
    table.age(1600, 600)
    expect(last(1)).toEqual([null, 'BadWaitingForInitialData', 1600])
    publish(table, 'a', '5')
    expect(last(1)).toEqual([5, 'Good', 1000])
  })

  test('a value grows old: Uncertain after staleAfter with its last value, Bad after three times as long, Good with the next message', () => {
    const table = tableOf({ staleAfter: '10 s' }, [
      itemOf(1, 'a', 'float64'),
      itemOf(2, 'a', 'float64', { staleAfter: '1 h' }),
    ])
    publish(table, 'a', '5')
    table.age(11_000, 10_000)
    expect(last(1)).toEqual([5, 'Good', 1000])
    table.age(11_001, 10_001)
    expect(last(1)).toEqual([5, 'UncertainLastUsableValue', 11_001])
    table.age(31_001, 30_001)
    expect(last(1)).toEqual([null, 'BadNoCommunication', 31_001])
    expect(last(2)).toEqual([5, 'Good', 1000])
    now = 40_000
    publish(table, 'a', '6')
    expect(last(1)).toEqual([6, 'Good', 41_000])
  })

  test('with missing: keep a message about something else neither changes a value nor keeps it young', () => {
    const table = tableOf({ staleAfter: '1 s' }, [
      itemOf(1, 'a#$.x', 'float64', { missing: 'keep' }),
      itemOf(2, 'a#$.y', 'float64'),
    ])
    publish(table, 'a', '{"x":1,"y":2}')
    now = 900
    publish(table, 'a', '{"y":3}')
    expect(last(1)).toEqual([1, 'Good', 1000])
    table.age(2100, 1100)
    expect(last(1)?.[1]).toBe('UncertainLastUsableValue')
    expect(last(2)?.[1]).toBe('Good')
  })

  test('until its source said a word about itself a value is Uncertain; online makes it Good, anything else Bad', () => {
    const table = tableOf({ statusTopic: 's#$.state', onlineTexts: ['Ready'] }, [itemOf(1, 'a', 'float64')])
    publish(table, 'a', '5')
    expect(last(1)?.[1]).toBe('UncertainNoCommunicationLastUsableValue')
    publish(table, 's', '{"state":"ready"}')
    expect(last(1)).toEqual([5, 'Good', 1000])
    for (const word of ['{"state":"gone"}', 'no json', '', '{}']) {
      publish(table, 's', '{"state":"ready"}')
      publish(table, 'a', '5')
      publish(table, 's', word)
      expect(last(1), word).toEqual([null, 'BadNoCommunication', 1000])
    }
    publish(table, 'a', '6')
    expect(last(1)?.[1]).toBe('BadNoCommunication')
    publish(table, 's', '{"state":"ready"}')
    expect(last(1)).toEqual([6, 'Good', 1005])
  })

  test('a message that came while its source was said to be offline counts as soon as it is online', () => {
    const table = tableOf({ statusTopic: 's' }, [itemOf(1, 'a', 'float64')])
    publish(table, 's', 'online')
    publish(table, 'a', '5')
    publish(table, 's', 'offline')
    publish(table, 'a', '6')
    expect(last(1)?.[1]).toBe('BadNoCommunication')
    publish(table, 's', 'online')
    expect(last(1)).toEqual([6, 'Good', 1001])
  })

  test('two messages of one millisecond are two, each with a time of its own', () => {
    const table = tableOf({}, [itemOf(1, 'a', 'float64')])
    publish(table, 'a', '5')
    const first = last(1)
    publish(table, 'a', '5')
    expect([first, last(1)]).toEqual([
      [5, 'Good', 1000],
      [5, 'Good', 1001],
    ])
  })

  test('a tag may have a source of its own', () => {
    const table = tableOf({ statusTopic: 's1' }, [
      itemOf(1, 'a', 'float64'),
      itemOf(2, 'a', 'float64', { statusTopic: 's2' }),
    ])
    publish(table, 's1', 'online')
    publish(table, 's2', 'online')
    publish(table, 'a', '5')
    publish(table, 's2', 'offline')
    expect([last(1)?.[1], last(2)?.[1]]).toEqual(['Good', 'BadNoCommunication'])
  })

  test('a retained message that comes once more makes a value no younger, but a different one is taken', () => {
    const table = tableOf({ staleAfter: '1 s' }, [itemOf(1, 'a', 'float64')])
    publish(table, 'a', '5')
    now = 900
    table.take('a', Buffer.from('5'), 1900, 900, true)
    expect(last(1)).toEqual([5, 'Good', 1000])
    table.age(2100, 1100)
    expect(last(1)?.[1]).toBe('UncertainLastUsableValue')
    table.take('a', Buffer.from('6'), 2200, 1200, true)
    expect(last(1)).toEqual([6, 'Good', 2200])
  })

  test('a payload beyond the limit is Bad for all its tags and counted', () => {
    const table = tableOf({ maximumPayload: 10 }, [itemOf(1, 'a', 'string'), itemOf(2, 'a#$.x', 'string')])
    publish(table, 'a', 'x'.repeat(11))
    expect([last(1), last(2)]).toEqual([
      [null, 'BadResponseTooLarge', 1000],
      [null, 'BadResponseTooLarge', 1000],
    ])
    expect(table.faultyMessageCount).toBe(1)
    publish(table, 'a', 'x'.repeat(10))
    expect(last(1)?.[1]).toBe('Good')
  })
})
