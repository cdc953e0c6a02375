// Thousands of alarms at once, and a thousand transitions a second: counted by who sent them, by journal, list, feed, summary and
// health. Then the plant is edited under them. Longer: LINESIDE_FLOOD_ALARMS=10000 LINESIDE_FLOOD_SECONDS=60 npm run test:runtime -- alarm-flood
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AlarmEvent, AlarmSummary } from '../../src-main/shared/alarm.ts'
import { limitHere } from '../fakes/busy-machine.ts'
import { Mosquitto, whyNoMosquitto } from '../main/drivers/mqtt/mosquitto.ts'
import { FeedReader } from './alarm-people.ts'
import { endProcess, StationProcess, writeFolder } from './station-process.ts'

const alarmCount = Number(process.env.LINESIDE_FLOOD_ALARMS ?? 4000)
const seconds = Number(process.env.LINESIDE_FLOOD_SECONDS ?? 2)
const busyCount = 100
const patience = { timeout: 60_000, interval: 100 }
const account = { user: 'judge', password: 'correct horse battery staple' }

function tagsOf(limitOf: (index: number) => number, count = alarmCount): string {
  const lines = Array.from(
    { length: count },
    (_, index) =>
      `  - { name: A${index}, device: broker, address: "all#$.a[${index}]", dataType: int32, missing: keep, alarms: [ { condition: high, limit: ${limitOf(index)}, priority: ${index % 2 ? 'high' : 'low'} } ] }`,
  )
  const busy = Array.from(
    { length: busyCount },
    (_, index) =>
      `  - { name: B${index}, device: broker, address: "b/${index}#$.v", dataType: int32, timestampPath: $.t, alarms: [ { condition: high, limit: 50, name: busy, class: selfish } ] }`,
  )
  return `tags:\n${[...lines, ...busy].join('\n')}\n  - { name: Pace, device: broker, address: pace, dataType: int32 }\n`
}

describe.skipIf(whyNoMosquitto !== '')(`floods of alarms${whyNoMosquitto}`, () => {
  let broker: Mosquitto
  let source: MqttClient
  let folder: string
  let station: StationProcess

  beforeAll(async () => {
    broker = await Mosquitto.start()
    source = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    folder = writeFolder({
      'plant.yaml': 'name: Flood\nline: Line 1\nsite: Test\nlanguages: [en]\n',
      'devices/broker.yaml': `name: broker\nprotocol: mqtt\naddress: mqtt://127.0.0.1:${broker.port}\ntimeout: 20 s\n`,
      'alarms/classes.yaml': 'classes: [ { name: selfish, title: Selfish, acknowledgeOnReturn: true } ]\n',
      'tags/t.yaml': tagsOf(() => 50),
    })
    station = await StationProcess.start(folder)
    await station.call('access.addAccount', { ...account, roles: ['administrator'] })
    await station.logIn(account.user, account.password)
    await listening()
  })

  afterAll(async () => {
    await station?.stop()
    await source?.endAsync()
    await broker?.close()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  let turn = 0
  async function listening(): Promise<void> {
    await vi.waitFor(async () => {
      await source.publishAsync('pace', String(++turn), { qos: 1 })
      expect((await station.read('Pace')).statusCode).toBe(0)
    }, patience)
  }

  async function all(value: number): Promise<void> {
    await source.publishAsync('all', JSON.stringify({ a: new Array(alarmCount).fill(value) }), { qos: 1 })
  }

  async function total(states?: ('unacknowledged' | 'acknowledged' | 'returnedUnacknowledged')[]): Promise<number> {
    return (await station.call('alarms.list', { limit: 1, ...(states === undefined ? {} : { states }) })).total
  }

  async function journal(from = 0): Promise<readonly AlarmEvent[]> {
    const rows: AlarmEvent[] = []
    let cursor: string | undefined
    do {
      const page = await station.call('alarms.journal', { limit: 10_000, ...(cursor === undefined ? {} : { cursor }) })
      rows.push(...page.events)
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1))
    return rows.slice(from)
  }

  async function lastSequence(): Promise<number> {
    return (await station.call('alarms.journal', { order: 'newest', limit: 1 })).events[0]!.sequence
  }

  test(`${alarmCount} at once: each once in journal, list, feed and summary, in order; all of them acknowledged with one command`, async () => {
    const watch = await FeedReader.open<{ events: AlarmEvent[] }>(station, 'alarms.watch?since=0')
    const summary = await FeedReader.open<AlarmSummary>(station, 'alarms.summary')
    await all(60)
    await vi.waitFor(async () => expect(await total(['unacknowledged'])).toBe(alarmCount), patience)
    const ids = Array.from({ length: alarmCount }, (_, index) => `A${index}/high`)
    const rows = await journal()
    expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort())
    await vi.waitFor(() => expect(watch.items.flatMap(({ events }) => events)).toHaveLength(alarmCount), patience)
    expect(watch.items.flatMap(({ events }) => events)).toEqual(rows)
    await vi.waitFor(
      () =>
        expect(summary.items.at(-1)!.counts.unacknowledged).toMatchObject({
          low: alarmCount / 2,
          high: alarmCount / 2,
        }),
      patience,
    )
    expect(summary.items.at(-1)!.floodTimestamp).not.toBeNull()
    const listed: string[] = []
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const page = await station.call('alarms.list', { limit: 3000, ...(cursor === undefined ? {} : { cursor }) })
      listed.push(...page.alarms.map(({ id }) => id))
      cursor = page.cursor
    }
    expect(listed.sort()).toEqual([...ids].sort())
    const { results } = await station.call('alarms.acknowledge', {
      ids,
      eventIds: ids.map((id) => rows.find((row) => row.id === id)!.eventId),
    })
    expect(results.every(({ statusCode }) => statusCode === 0)).toBe(true)
    expect(await total(['acknowledged'])).toBe(alarmCount)
    await vi.waitFor(() => expect(watch.items.flatMap(({ events }) => events)).toHaveLength(2 * alarmCount), patience)
    watch.close()
    summary.close()
  }, 120_000)

  test('the plant is edited under them: no state is lost, and the station answers meanwhile', async () => {
    const waits: number[] = []
    let isOver = false
    const asking = (async () => {
      while (!isOver) {
        const begin = performance.now()
        expect((await station.post('tags.read', { tags: ['Pace'] })).status).toBe(200)
        waits.push(performance.now() - begin)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    const before = (await journal()).length
    // One in ten has another limit, which its value still passes.
    writeFileSync(
      join(folder, 'tags', 't.yaml'),
      tagsOf((index) => (index % 10 === 0 ? 55 : 50)),
    )
    await vi.waitFor(async () => expect(await lastSequence()).toBe(before + alarmCount / 10), patience)
    isOver = true
    await asking
    expect((await journal(before)).every(({ event, state }) => event === 'changed' && state === 'acknowledged')).toBe(
      true,
    )
    expect(await total(['acknowledged'])).toBe(alarmCount)
    expect(Math.max(...waits)).toBeLessThan(limitHere(10_000))
    const { dataFolder, child } = station
    await endProcess(child, 'SIGKILL')
    station = await StationProcess.start(folder, { dataFolder, ...account })
    expect(await total(['acknowledged'])).toBe(alarmCount)
    await listening()
    await all(40)
    await vi.waitFor(async () => expect(await total()).toBe(0), patience)
    expect((await journal(before + alarmCount / 10)).map(({ event }) => event)).toEqual(
      new Array(alarmCount).fill('returned'),
    )
  }, 180_000)

  test(
    `A42: a thousand transitions a second for ${seconds} s: every one is a row, in the order of its source, and the feed has them all`,
    async () => {
      const before = (await journal()).length
      const watch = await FeedReader.open<{ events: AlarmEvent[] }>(station, `alarms.watch?since=${before}`)
      const sent: string[] = []
      const begin = Date.now()
      for (let round = 0; round < seconds * 10; round++) {
        const value = round % 2 === 0 ? 60 : 40
        for (let index = 0; index < busyCount; index++) {
          sent.push(`B${index} ${value === 60 ? 'active' : 'returned'} ${begin + round}`)
          source.publish(`b/${index}`, JSON.stringify({ v: value, t: begin + round }), { qos: 1 })
        }
        const ahead = begin + (round + 1) * 100 - Date.now()
        await new Promise((resolve) => setTimeout(resolve, Math.max(1, ahead)))
      }
      const seen = () => watch.items.flatMap(({ events }) => events)
      await vi.waitFor(() => expect(seen().length).toBe(sent.length), patience)
      expect(seen().map(({ tag, event, timestamp }) => `${tag} ${event} ${timestamp}`)).toEqual(sent)
      expect(await journal(before)).toEqual(seen())
      watch.close()
      const health = (await station.call('maintenance.health', {})).alarms
      expect(health).toMatchObject({ pendingCount: 0, journal: { lostCount: 0 } })
      expect(await station.call('alarms.verifyJournal', {})).toEqual({ ok: true })
    },
    60_000 + seconds * 3000,
  )
})
