import { beforeEach, describe, expect, test } from 'vitest'
import { encodeSparkplugPayload } from '../../../../src-main/drivers/mqtt/sparkplug-encoding.ts'
import { SparkplugHost } from '../../../../src-main/drivers/mqtt/sparkplug-host.ts'
import type { SparkplugMetric, WireValue } from '../../../../src-main/drivers/mqtt/sparkplug-payload.ts'
import { sparkplugTypes } from '../../../../src-main/drivers/mqtt/sparkplug-type.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { statusCodeName } from '../../../../src-main/shared/status-code.ts'
import { itemOf } from './mqtt-items.ts'

const double = (value: number): WireValue => ({ kind: 'double', value })
const Double = sparkplugTypes.indexOf('Double')

describe('a Sparkplug host application', () => {
  let now: number
  let latest: Map<number, [TagValue, string, number]>
  let rebirths: string[]
  let host: SparkplugHost

  beforeEach(() => {
    now = 0
    latest = new Map()
    rebirths = []
    host = new SparkplugHost({
      maximumPayload: 100_000,
      report: (handle, value, statusCode, timestamp) =>
        latest.set(handle, [value, statusCodeName(statusCode), timestamp]),
      askForRebirth: (group, node) => rebirths.push(`${group}/${node}`),
    })
    host.setItems([itemOf(1, 'G/N#Temperature', 'float64'), itemOf(2, 'G/N/D#Speed', 'float64')], 1_000_000, now)
  })

  const take = (
    topic: string,
    payload: { seq?: number; timestamp?: number; metrics?: SparkplugMetric[] },
    isRetained = false,
  ) =>
    host.take(`spBv1.0/${topic}`, encodeSparkplugPayload({ metrics: [], ...payload }), isRetained, 1_000_000 + now, now)

  const bdSeq = (value: number): SparkplugMetric => ({
    name: 'bdSeq',
    datatype: 4,
    value: { kind: 'long', value: BigInt(value) },
  })
  const birth = (session = 0) =>
    take('G/NBIRTH/N', {
      seq: 0,
      timestamp: 10,
      metrics: [bdSeq(session), { name: 'Temperature', alias: 1n, datatype: Double, value: double(20), timestamp: 11 }],
    })
  const deviceBirth = (seq = 1) =>
    take('G/DBIRTH/N/D', {
      seq,
      timestamp: 20,
      metrics: [{ name: 'Speed', alias: 2n, datatype: Double, value: double(1500) }],
    })

  test('what is watched before its node was heard of asks for a rebirth once, and says that it is waiting', () => {
    expect(rebirths).toEqual(['G/N'])
    expect(latest.size).toBe(0)
    now = 600
    host.age(1_000_600, now)
    expect(latest.get(1)).toEqual([null, 'BadWaitingForInitialData', 1_000_600])
  })

  test('births give values with the time of the metric, else that of the payload', () => {
    birth()
    deviceBirth()
    expect(latest.get(1)).toEqual([20, 'Good', 11])
    expect(latest.get(2)).toEqual([1500, 'Good', 20])
  })

  test('data comes by alias or by name', () => {
    birth()
    deviceBirth()
    take('G/NDATA/N', { seq: 2, timestamp: 30, metrics: [{ alias: 1n, value: double(21) }] })
    take('G/DDATA/N/D', { seq: 3, timestamp: 31, metrics: [{ name: 'Speed', value: double(1501) }] })
    expect(latest.get(1)).toEqual([21, 'Good', 30])
    expect(latest.get(2)).toEqual([1501, 'Good', 31])
    expect(host.sequenceGapCount).toBe(0)
  })

  test('after 255 comes 0', () => {
    birth()
    deviceBirth()
    for (let seq = 2; seq <= 260; seq++)
      take('G/NDATA/N', { seq: seq & 0xff, metrics: [{ alias: 1n, value: double(seq) }] })
    expect(host.sequenceGapCount).toBe(0)
    expect(latest.get(1)?.[0]).toBe(260)
  })

  test('a missing message makes the values Uncertain until the node is born again (rebirth asked, section 5.4)', () => {
    birth()
    deviceBirth()
    rebirths.length = 0
    now = 10_000
    take('G/NDATA/N', { seq: 4, timestamp: 40, metrics: [{ alias: 1n, value: double(25) }] })
    expect(rebirths).toEqual(['G/N'])
    expect(latest.get(1)).toEqual([25, 'Good', 40])
    expect(latest.get(2)?.[1]).toBe('UncertainNoCommunicationLastUsableValue')
    birth()
    deviceBirth()
    expect(latest.get(2)?.[1]).toBe('Good')
  })

  test('data before its birth, an unknown alias, a payload that is none: each asks for a rebirth, at most every 5 s', () => {
    rebirths.length = 0
    now = 10_000
    take('G/NDATA/N', { seq: 5, metrics: [{ alias: 1n, value: double(1) }] })
    expect(latest.has(1)).toBe(false)
    host.take('spBv1.0/G/NDATA/N', Buffer.from([0xff, 0xff]), false, 0, now)
    expect(rebirths).toHaveLength(1)
    expect(host.faultyPayloadCount).toBe(1)
    birth()
    now = 16_000
    take('G/NDATA/N', { seq: 1, metrics: [{ alias: 77n, value: double(1) }] })
    expect(rebirths).toHaveLength(2)
    take('G/NDATA/N', { seq: 2, metrics: [{ alias: 78n, value: double(1) }] })
    expect(rebirths).toHaveLength(2)
    now = 21_500
    host.age(0, now)
    expect(rebirths).toHaveLength(3)
  })

  test('the death of a node makes its metrics and those of its devices Bad at once, at the time of the host', () => {
    birth(7)
    deviceBirth()
    now = 500
    take('G/NDEATH/N', { metrics: [bdSeq(7)] })
    expect(latest.get(1)).toEqual([null, 'BadNoCommunication', 1_000_500])
    expect(latest.get(2)).toEqual([null, 'BadNoCommunication', 1_000_500])
  })

  test('the death of an earlier session says nothing about this one (bdSeq)', () => {
    birth(8)
    take('G/NDEATH/N', { metrics: [bdSeq(7)] })
    expect(latest.get(1)?.[1]).toBe('Good')
    expect(host.ignoredMessageCount).toBe(1)
  })

  test('the death of a device makes only its metrics Bad, at the time of the payload', () => {
    birth()
    deviceBirth()
    take('G/DDEATH/N/D', { seq: 2, timestamp: 99 })
    expect(latest.get(2)).toEqual([null, 'BadNoCommunication', 99])
    expect(latest.get(1)?.[1]).toBe('Good')
  })

  test('a device that is not born again after its node is Bad after 5 s', () => {
    birth()
    deviceBirth()
    birth()
    host.age(0, 4000)
    expect(latest.get(2)?.[1]).toBe('Good')
    host.age(0, 5100)
    expect(latest.get(2)?.[1]).toBe('BadNoCommunication')
  })

  test('a metric that the birth does not have is unknown; null and the quality property are told', () => {
    host.setItems(
      [1, 2, 3, 4].map((handle) => itemOf(handle, `G/N#m${handle}`, 'float64')),
      0,
      now,
    )
    const quality = (value: number) => new Map([['Quality', { type: 3, value: { kind: 'int', value } as const }]])
    take('G/NBIRTH/N', {
      seq: 0,
      metrics: [
        bdSeq(0),
        { name: 'm1', datatype: Double, isNull: true },
        { name: 'm2', datatype: Double, value: double(2), properties: quality(0) },
        { name: 'm3', datatype: Double, value: double(3), properties: quality(500) },
      ],
    })
    expect([1, 2, 3, 4].map((handle) => latest.get(handle)?.slice(0, 2))).toEqual([
      [null, 'BadNoData'],
      [null, 'Bad'],
      [3, 'UncertainLastUsableValue'],
      [null, 'BadNodeIdUnknown'],
    ])
  })

  test('retained births are not believed, historical values are not shown as present', () => {
    take(
      'G/NBIRTH/N',
      { seq: 0, metrics: [bdSeq(0), { name: 'Temperature', datatype: Double, value: double(1) }] },
      true,
    )
    expect(latest.has(1)).toBe(false)
    birth()
    take('G/NDATA/N', { seq: 1, metrics: [{ alias: 1n, value: double(-1), isHistorical: true }] })
    expect(latest.get(1)?.[0]).toBe(20)
    expect(host.historicalValueCount).toBe(1)
  })

  test('topics that are none of the namespace, and commands of other hosts, are passed over', () => {
    for (const topic of [
      'x',
      'spBv1.0',
      'spBv1.0/G',
      'spBv1.0/G/NBIRTH',
      'spBv1.0/G/NBIRTH/N/D',
      'spBv1.0/G/DBIRTH/N',
      'spBv1.0/G/DBIRTH/N/D/E',
      'spBv1.0/G/NCMD/N',
      'spBv1.0/STATE/host',
      'other/G/NBIRTH/N',
    ])
      host.take(topic, Buffer.from([0xff]), false, 0, now)
    expect(host.faultyPayloadCount + host.ignoredMessageCount).toBe(0)
    expect(host.nodes.size).toBe(1)
  })

  test('no more nodes are taken in than there is room for', () => {
    for (let index = 0; index < 6000; index++) take(`G/NBIRTH/node${index}`, { seq: 0, metrics: [bdSeq(0)] })
    expect(host.nodes.size).toBe(5000)
    birth()
    expect(latest.get(1)?.[1]).toBe('Good')
  })

  test('a payload beyond the limit is not read', () => {
    birth()
    take('G/NDATA/N', { seq: 1, metrics: [{ alias: 1n, value: { kind: 'string', value: 'x'.repeat(100_000) } }] })
    expect(host.faultyPayloadCount).toBe(1)
    expect(latest.get(1)).toEqual([20, 'Good', 11])
  })

  test('random payloads on all topics never throw', () => {
    let random = 3
    const next = (limit: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0
      return Math.floor((random / 4294967296) * limit)
    }
    const seeds = [
      encodeSparkplugPayload({
        seq: 0,
        timestamp: 1,
        metrics: [bdSeq(0), { name: 'Temperature', alias: 1n, datatype: Double, value: double(1) }],
      }),
      encodeSparkplugPayload({
        seq: 1,
        timestamp: 2,
        metrics: [
          { alias: 1n, value: double(2) },
          { name: '__proto__', datatype: 12, value: { kind: 'string', value: 'x' } },
        ],
      }),
    ]
    const topics = ['NBIRTH/N', 'NDATA/N', 'NDEATH/N', 'DBIRTH/N/D', 'DDATA/N/D', 'DDEATH/N/D', 'DBIRTH/N/__proto__']
    for (let round = 0; round < 100_000; round++) {
      const bytes = Buffer.from(seeds[next(2)]!)
      for (let change = next(4); change > 0; change--) bytes[next(bytes.length)] = next(256)
      now++
      host.take(`spBv1.0/G/${topics[next(topics.length)]}`, bytes, next(20) === 0, now, now)
    }
    expect(rebirths.length).toBeLessThan(25)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
