// Each kind of condition with values made by hand, the times of the source included: over MQTT with `timestampPath`, everything else
// through HTTP. What has to come out is worked out here from the samples alone.
import { rmSync } from 'node:fs'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AlarmEvent } from '../../src-main/shared/alarm.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { Mosquitto, whyNoMosquitto } from '../main/drivers/mqtt/mosquitto.ts'
import { endProcess, StationProcess, writeFolder } from './station-process.ts'

const patience = { timeout: 60_000, interval: 25 }
const account = { user: 'judge', password: 'correct horse battery staple' }
const trips = ['Trip1', 'Trip2', 'Trip3', 'Trip4']

const tag = (name: string, keys: string, dataType = 'float64') =>
  `  - { name: ${name}, device: broker, address: "t/${name}#$.v", dataType: ${dataType}, timestampPath: $.t, ${keys} }\n`
const tags = [
  tag('Sine', 'alarms: [ { condition: high, limit: 50, deadband: 5, message: "{value} > {limit}" } ]'),
  tag('Wanted', ''),
  tag('Deviation', 'alarms: [ { condition: deviation, limit: 10, expression: Wanted, deadband: 2 } ]'),
  tag('Rate', 'alarms: [ { condition: rateOfChange, limit: 2, window: 10 s } ]'),
  tag('State', 'alarms: [ { condition: changeOfState } ]', 'int32'),
  tag(
    'Limits',
    'alarmLevels: exclusive, alarms: [ { condition: highHigh, limit: 90 }, { condition: high, limit: 80 }, { condition: low, limit: 20 }, { condition: lowLow, limit: 10 } ]',
  ),
  tag('Bound', ''),
  tag('Dynamic', 'alarms: [ { condition: high, limit: "Bound + 5.0" } ]'),
  tag('Text', 'alarms: [ { condition: changeOfState, message: "now {value}" } ]', 'string'),
  tag('Sure', 'alarms: [ { condition: high, limit: 50, uncertain: false } ]'),
  tag('Suppressing', 'alarms: [ { condition: high, limit: 50, onBadQuality: suppress } ]'),
  tag('Delayed', 'alarms: [ { condition: high, limit: 50, onDelay: 5 s, offDelay: 5 s } ]'),
  ...trips.map((name) => tag(name, 'alarms: [ { condition: high, limit: 50, firstOut: trip } ]')),
  ...['K1', 'K2', 'K3'].map((name) => tag(name, 'alarms: [ { condition: high, limit: 50, class: own } ]')),
  tag('Pace', '', 'int32'),
].join('')

describe.skipIf(whyNoMosquitto !== '')(`conditions with the times of their source${whyNoMosquitto}`, () => {
  let broker: Mosquitto
  let source: MqttClient
  let folder: string
  let station: StationProcess
  /** The source's clock: far from the station's, so that nobody takes one for the other. */
  const begin = Date.UTC(2026, 2, 1)

  beforeAll(async () => {
    broker = await Mosquitto.start()
    source = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    folder = writeFolder({
      'plant.yaml': 'name: Vectors\nline: Line 1\nsite: Test\nlanguages: [en]\n',
      'devices/broker.yaml': `name: broker\nprotocol: mqtt\naddress: mqtt://127.0.0.1:${broker.port}\ntimeout: 10 s\n`,
      'alarms/own.yaml': 'classes: [ { name: own, title: Own } ]\n',
      'tags/t.yaml': `tags:\n${tags}`,
    })
    station = await StationProcess.start(folder)
    await station.call('access.addAccount', { ...account, roles: ['administrator'] })
    await station.logIn(account.user, account.password)
    // What is published before the station listens is lost.
    await vi.waitFor(async () => {
      await publish('Pace', 0, 0)
      expect((await station.read('Pace')).value).toBe(0)
    }, patience)
    await publish('Wanted', 50, 0)
    await publish('Bound', 70, 0)
    await publish('State', 1, 0)
    await publish('Text', 'first', 0)
    for (const name of ['Deviation', 'Rate', 'Limits', 'Dynamic']) await publish(name, 50, 0)
    await settled()
  })

  afterAll(async () => {
    await station?.stop()
    await source?.endAsync()
    await broker?.close()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  async function publish(name: string, v: unknown, atMs: number): Promise<void> {
    await source.publishAsync(`t/${name}`, JSON.stringify({ v, t: begin + atMs }), { qos: 1 })
  }

  let turn = 0
  /** Everything that was published before has been judged: it all comes over one connection, in order. */
  async function settled(): Promise<void> {
    await publish('Pace', ++turn, turn)
    await vi.waitFor(async () => expect((await station.read('Pace')).value).toBe(turn), patience)
  }

  async function journal(id: string): Promise<readonly AlarmEvent[]> {
    return (await station.call('alarms.journal', { id, limit: 1000 })).events
  }

  /** `+` active, `-` returned, with value and the source's time. */
  async function course(id: string): Promise<readonly string[]> {
    return (await journal(id))
      .filter(({ event }) => event === 'active' || event === 'returned')
      .map(({ event, value, timestamp }) => `${event === 'active' ? '+' : '-'}${value}@${timestamp - begin}`)
  }

  test('A11: a sine around the limit is one occurrence with a deadband; message and times are those of the crossing sample', async () => {
    for (let step = 0; step <= 60; step++) await publish('Sine', 50 + 3 * Math.sin(step / 2), step * 1000)
    await publish('Sine', 44, 61_000)
    await settled()
    const first = 50 + 3 * Math.sin(0.5)
    expect(await course('Sine/high')).toEqual([`+${first}@1000`, '-44@61000'])
    expect((await journal('Sine/high'))[0]!.message).toBe(`${Number(first.toFixed(3))} > 50`)
  })

  test('deviation from another tag: both sides, the deadband, and a reference that moves', async () => {
    for (const [value, at] of [
      [60, 1000],
      [60.5, 2000],
      [59, 3000],
      [57.5, 4000],
      [39, 5000],
    ] as const)
      await publish('Deviation', value, at)
    // What comes together from two tags is judged together (docs/alarm-states.md): here it does not.
    await settled()
    await publish('Wanted', 40, 6000)
    await settled()
    await publish('Wanted', 60, 7000)
    await settled()
    expect(await course('Deviation/deviation')).toEqual([
      '+60.5@2000',
      '-57.5@4000',
      '+39@5000',
      '-39@6000',
      '+39@7000',
    ])
  })

  test('rate of change: a step of more than limit × window alarms for one window, a ramp as long as it is too steep', async () => {
    await publish('Rate', 60, 20_000)
    await publish('Rate', 75, 60_000)
    await publish('Rate', 100, 100_000)
    await publish('Rate', 100, 111_000)
    for (let step = 1; step <= 20; step++) await publish('Rate', 100 + 3 * step, 200_000 + step * 1000)
    await publish('Rate', 161, 240_000)
    await settled()
    const edges = await course('Rate/rateOfChange')
    expect(edges[0]).toBe('+100@100000')
    expect(edges[1]).toBe('-100@110000')
    // 3 per second: more than 2 × 10 s stand in the window from the seventh step on, until six are left in it.
    expect(edges[2]).toBe('+121@207000')
    expect(edges[3]).toBe('-160@224000')
    expect(edges).toHaveLength(4)
  })

  test('change of state: each change is an occurrence that has returned at once; the same value again is none', async () => {
    for (const [value, at] of [
      [1, 1000],
      [2, 2000],
      [2, 3000],
      [1, 4000],
    ] as const)
      await publish('State', value, at)
    await settled()
    expect(await course('State/changeOfState')).toEqual(['+2@2000', '-2@2000', '+1@4000', '-1@4000'])
  })

  test('A16: exclusive limits replace each other, one at a time, on both sides', async () => {
    for (const [value, at] of [
      [85, 1000],
      [95, 2000],
      [85, 3000],
      [5, 4000],
      [15, 5000],
      [50, 6000],
    ] as const)
      await publish('Limits', value, at)
    await settled()
    const rows = (await station.call('alarms.journal', { tags: ['Limits'] })).events
    expect(rows.map(({ id, event }) => `${event === 'active' ? '+' : '-'}${id.split('/')[1]}`)).toEqual([
      '+high',
      '-high',
      '+highHigh',
      '-highHigh',
      '+high',
      '-high',
      '+lowLow',
      '-lowLow',
      '+low',
      '-low',
    ])
    const active = (await station.call('alarms.list', { tags: ['Limits'] })).alarms.filter(({ isActive }) => isActive)
    expect(active).toEqual([])
  })

  test('A17: a limit that another tag gives moves, is journalled while the alarm is active, and can end and begin it', async () => {
    await publish('Dynamic', 76, 1000)
    for (const [bound, at] of [
      [60, 2000],
      [80, 3000],
      [70, 4000],
    ] as const) {
      await settled()
      await publish('Bound', bound, at)
    }
    await settled()
    expect(
      (await journal('Dynamic/high')).map(({ event, limit, timestamp }) => [event, limit, timestamp - begin]),
    ).toMatchObject([
      ['active', 75, 1000],
      ['changed', 65, expect.any(Number)],
      ['changed', 85, expect.any(Number)],
      ['returned', 85, 3000],
      ['active', 75, 4000],
    ])
  })

  test('A15, A40: the first of a group is the first by the time of the source, however they arrive; a tie says so', async () => {
    await publish('Trip3', 90, 5003)
    await publish('Trip1', 90, 5002)
    await publish('Trip4', 90, 5002)
    await publish('Trip2', 90, 5004)
    await settled()
    const rows = (await station.call('alarms.list', { tags: trips })).alarms
    expect(
      rows.map(({ tag, isFirstOut = false, isFirstOutTie = false }) => [tag, isFirstOut, isFirstOutTie]).sort(),
    ).toEqual([
      ['Trip1', true, true],
      ['Trip2', false, false],
      ['Trip3', false, false],
      ['Trip4', true, true],
    ])
  })

  test('a Bad value holds a limit and the row says so; `suppress` suppresses by design; an Uncertain one holds where it is not used', async () => {
    for (const name of ['Sure', 'Suppressing']) await publish(name, 60, 1000)
    await settled()
    // No time at `timestampPath` is Uncertain, no value is Bad.
    await source.publishAsync('t/Sure', JSON.stringify({ v: 10 }), { qos: 1 })
    await source.publishAsync('t/Suppressing', JSON.stringify({ t: begin + 2000 }), { qos: 1 })
    await settled()
    const [sure, suppressing] = await Promise.all(
      ['Sure', 'Suppressing'].map(async (name) => (await station.call('alarms.list', { tags: [name] })).alarms[0]!),
    )
    expect(sure).toMatchObject({ state: 'unacknowledged', isActive: true })
    expect(sure!.statusCode >>> 30).toBe(1)
    expect(suppressing).toMatchObject({ state: 'suppressedByDesign', isActive: true })
    expect(suppressing!.statusCode >>> 30).toBe(2)
    await publish('Suppressing', 60, 3000)
    await publish('Sure', 10, 3000)
    await settled()
    expect((await journal('Suppressing/high')).map(({ state }) => state)).toEqual([
      'unacknowledged',
      'suppressedByDesign',
      'unacknowledged',
    ])
    expect(await course('Sure/high')).toEqual(['+60@1000', '-10@3000'])
  })

  test('A12: an excursion longer than its delay by the times of the source is not missed because both ends came together', async () => {
    await publish('Delayed', 60, 10_000)
    await publish('Delayed', 40, 12_000)
    await publish('Delayed', 60, 20_000)
    await publish('Delayed', 40, 26_000)
    await publish('Delayed', 60, 40_000)
    await publish('Delayed', 40, 41_000)
    await settled()
    expect((await course('Delayed/high')).slice(0, 2)).toEqual(['+40@25000', '-60@31000'])
  })

  test('A54: figures of a scripted hour are those that the journal gives when it is counted again', async () => {
    const from = begin + 36_000_000
    const to = from + 3_600_000
    const random = randomOf(11, 'kpi hour')
    const samples: { name: string; v: number; at: number }[] = []
    for (const [index, name] of ['K1', 'K2', 'K3'].entries())
      for (let at = 1000, v = 60; at < 3_600_000; v = 100 - v) {
        samples.push({ name, v, at })
        // The first one chatters, the third one stands for long.
        at += Math.floor(random() * [20_000, 120_000, 900_000][index]!) + 1000
      }
    for (const { name, v, at } of samples.sort((a, b) => a.at - b.at)) await publish(name, v, 36_000_000 + at)
    await settled()
    const rows = (await station.call('alarms.journal', { classes: ['own'], from, to: to - 1, limit: 10_000 })).events
    expect(rows).toHaveLength(samples.length)
    const actives = rows.filter(({ event }) => event === 'active')
    const kpi = await station.call('alarms.kpi', { from, to })
    expect(kpi.annunciatedCount).toBe(actives.length)
    expect(kpi.periodCounts).toEqual(
      [0, 1, 2, 3, 4, 5].map(
        (part) => actives.filter(({ timestamp }) => Math.floor((timestamp - from) / 600_000) === part).length,
      ),
    )
    expect(kpi.shareOfPeriodsOverTen).toBeCloseTo(kpi.periodCounts.filter((count) => count > 10).length / 6, 9)
    const countOf = (id: string) => actives.filter((row) => row.id === id).length
    for (const { id, annunciatedCount } of kpi.frequent.alarms) expect(annunciatedCount, id).toBe(countOf(id))
    expect(kpi.frequent.alarms.reduce((sum, { annunciatedCount }) => sum + annunciatedCount, 0)).toBe(actives.length)
    const spans = rows
      .filter(({ event }) => event === 'returned')
      .map((row) => row.timestamp - actives.find(({ sequence }) => sequence === row.eventId)!.timestamp)
      .sort((a, b) => a - b)
    expect(kpi.timeInAlarm.count).toBe(spans.length)
    expect(kpi.timeInAlarm.mostMs).toBe(spans.at(-1))
    expect(kpi.timeInAlarm.averageMs).toBeCloseTo(spans.reduce((sum, ms) => sum + ms, 0) / spans.length, 3)
    const isChattering = (id: string) => {
      const times = actives.filter((row) => row.id === id).map(({ timestamp }) => timestamp)
      return times.some((time, index) => index >= 2 && times[index - 2]! > time - 60_000)
    }
    expect(kpi.chattering.alarms.map(({ id }) => id).sort()).toEqual(
      ['K1/high', 'K2/high', 'K3/high'].filter(isChattering),
    )
    const fleeting = new Set(
      rows
        .filter((row) => row.event === 'returned')
        .filter((row) => row.timestamp - actives.find(({ sequence }) => sequence === row.eventId)!.timestamp < 10_000)
        .map(({ id }) => id),
    )
    expect(kpi.fleeting.alarms.map(({ id }) => id).sort()).toEqual([...fleeting].sort())
  })

  test('hostile texts and times: what is journalled is what was sent, verifies, survives a kill, and is one line', async () => {
    const texts = [
      '\u0001\u0002',
      '\ud800',
      '7\u00018',
      'a\r\nb\u2028c',
      '=1+1',
      '\u0000',
      '🚰'.repeat(3000),
      '1e5 2.50 -0 ٣',
      '',
    ]
    for (const [index, text] of texts.entries()) await publish('Text', text, index)
    for (const t of [
      -1,
      0.5,
      1e308,
      8.64e15,
      8.64e15 + 1,
      -8.64e15,
      '0001-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999Z',
      'x',
      {},
      true,
    ])
      for (const v of [60, 40]) await source.publishAsync('t/Sine', JSON.stringify({ v, t }), { qos: 1 })
    await settled()
    const events = (await station.call('alarms.journal', { limit: 10_000 })).events
    for (const { sequence, message } of events) expect(message, `row ${sequence}`).not.toMatch(/[\r\n\u2028\u2029]/)
    expect(await station.call('alarms.verifyJournal', {})).toEqual({ ok: true })
    const { dataFolder, child } = station
    await endProcess(child, 'SIGKILL')
    station = await StationProcess.start(folder, { dataFolder, ...account })
    expect((await station.call('alarms.journal', { limit: 10_000 })).events.slice(0, events.length)).toEqual(events)
    expect(await station.call('alarms.verifyJournal', {})).toEqual({ ok: true })
    expect((await station.post('alarms.kpi', { from: begin, to: begin + 3_600_000 })).status).toBe(200)
    expect((await station.post('alarms.before', { id: 'Sine/high' })).status).toBe(200)
    expect(
      (await station.post('history.read', { tags: ['alarm:Sine/high'], from: 0, to: Date.now(), mode: 'raw' })).status,
    ).toBe(200)
  })
})
