// Equipment while it runs, in a real station process over HTTP: orders and their refusals, watching, counters over kills, history.
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EquipmentStatusRow } from '../../src-main/shared/equipment.ts'
import { StationProcess, writeFolder } from './station-process.ts'

const memory = (name: string, initial: string) => `"memory(\${name}-${name}, initial=${initial})"`

const mixerType = `
name: mixer
title: { en: Mixer, zh-CN: 搅拌机 }
members:
  - { name: Command, device: shop, address: ${memory('Command', '0')}, dataType: uint16, writable: true }
  - { name: State, device: shop, address: ${memory('State', '4')}, dataType: uint16, writable: true }
  - { name: Running, device: shop, address: ${memory('Running', 'true')}, dataType: bool, writable: true }
  - { name: Level, device: shop, address: ${memory('Level', '8.24')}, dataType: float64, unit: "%", decimals: 1, writable: true }
  - { name: Temperature, device: shop, address: ${memory('Temperature', '20')}, dataType: float64, unit: Cel, writable: true }
  - { name: Hours, device: shop, address: ${memory('Hours', '40')}, dataType: float64, unit: h, writable: true }
  - { name: HoursReset, device: shop, address: ${memory('HoursReset', 'false')}, dataType: bool, writable: true }
states: { of: State, model: packml, command: Command }
interlocks:
  - { name: level, title: { en: The vessel is not empty, zh-CN: 容器不空 }, condition: "Level > 10 || (Temperature > 90 && !Running)" }
health:
  - { name: hot, state: outOfSpecification, title: { en: Too hot, zh-CN: 过热 }, condition: Temperature > 80 }
counters:
  - { name: grease, title: { en: Grease, zh-CN: 润滑 }, hours: Running, unit: s, due: 100000 }
  - { name: overhaul, title: { en: Overhaul, zh-CN: 大修 }, tag: Hours, unit: h, due: 30, reset: HoursReset }
`

const plant = {
  'plant.yaml': 'name: P\nline: L\nsite: S\nlanguages: [en, zh-CN]\n',
  'devices/shop.yaml': 'name: shop\nprotocol: simulator\naddress: here\nscanRates: { normal: 50 ms }\n',
  'equipment/types/mixer.yaml': mixerType,
  'equipment/line.yaml':
    'equipment:\n  - { name: M1, type: mixer, place: Hall }\n  - { name: M2, type: mixer, place: Hall }\n',
}

const account = { user: 'chief', password: 'a long password' }

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what}: not within 60 s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('equipment of a running station', () => {
  let folder: string
  let dataFolder: string
  let station: StationProcess

  const start = async (options: object) => {
    station = await StationProcess.start(folder, { dataFolder, ...options })
    await until('values', async () => (await station.read('M2.HoursReset')).quality === 'Good')
  }

  beforeAll(async () => {
    folder = writeFolder(plant)
    dataFolder = writeFolder({ 'keep.txt': '' })
    await start({})
    expect((await station.call('plant.faults', {})).faults).toEqual([])
    await station.call('access.addAccount', { ...account, roles: ['administrator'] })
    await station.call('access.addAccount', { user: 'otto', password: 'a long password', roles: ['operator'] })
    await station.logIn(account.user, account.password)
  })

  afterAll(async () => {
    await station.stop()
    rmSync(folder, { recursive: true })
    rmSync(dataFolder, { recursive: true })
  })

  const set = async (tag: string, value: number | boolean) => {
    await station.call('tags.write', { tag, value })
    await until(`${tag} = ${value}`, async () => (await station.read(tag)).value === value)
  }
  const command = (name: string) =>
    station.post('equipment.command', { equipment: 'M1', command: name, reason: 'test' })
  const counter = async (name: string) =>
    (await station.call('equipment.counters', { equipment: 'M1' })).rows.find((row) => row.name === name)!

  test('PackML offers what its state allows, and a refused start says why in the words of the plant', async () => {
    const { commands, conditions } = await station.call('equipment.explain', { equipment: 'M1' })
    const offered = commands.filter(({ isOffered }) => isOffered).map(({ name }) => name)
    expect(offered).toEqual(['start', 'stop', 'abort'])
    expect(commands.filter(({ isAllowed }) => !isAllowed).map(({ name }) => name)).toEqual([
      'start',
      'unhold',
      'unsuspend',
    ])
    expect(conditions[0]).toMatchObject({
      isFulfilled: false,
      reasons: [
        { text: 'M1.Level > 10', isTrue: false, inputs: [{ tag: 'M1.Level', value: 8.24, statusCode: 0 }] },
        { text: 'M1.Temperature > 90', isTrue: false },
        { text: 'M1.Running', isTrue: true },
      ],
    })
    const { status, body } = await command('start')
    expect(status).toBe(422)
    expect(body).toMatchObject({
      error: {
        code: 'BadInvalidState',
        message:
          'M1 may not start: The vessel is not empty (M1.Level is 8.2 %, M1.Temperature is 20 Cel, M1.Running is true)',
      },
    })
    // Whoever writes the tag itself is refused alike; what does not start it is not.
    expect((await station.post('tags.write', { tag: 'M1.Command', value: 2 })).status).toBe(422)
    expect((await command('stop')).body).toMatchObject({ confirmed: true, value: 3 })
    await set('M1.Level', 50)
    expect((await command('start')).body).toMatchObject({ confirmed: true, value: 2 })
  })

  test('the history of orders has them all, by page, and none of another instance', async () => {
    await set('M2.Level', 1)
    const all = (await station.call('equipment.history', { equipment: 'M1' })).commands
    expect(
      all.map(({ tag, newValue, statusCode, comment, user }) => [tag, newValue, statusCode === 0, comment, user]),
    ).toEqual([
      ['M1.Command', 2, true, 'M1 start: test', 'chief'],
      ['M1.Level', 50, true, '', 'chief'],
      ['M1.Command', 3, true, 'M1 stop: test', 'chief'],
      ['M1.Command', 2, false, expect.stringContaining('M1 may not start'), 'chief'],
      ['M1.Command', 2, false, expect.stringContaining('M1 start: test'), 'chief'],
    ])
    const paged = []
    for (let cursor: string | undefined; ; ) {
      const page = await station.call('equipment.history', {
        equipment: 'M1',
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      })
      paged.push(...page.commands)
      cursor = page.cursor
      if (cursor === undefined) break
    }
    expect(paged).toEqual(all)
    expect((await station.post('equipment.history', { equipment: 'M1', cursor: 'x' })).status).toBe(400)
    expect((await station.post('equipment.history', { equipment: 'M9' })).status).toBe(404)
  })

  test('who watches gets present rows, then those that changed', async () => {
    const isDue = async () => (await station.call('maintenance.health', {})).equipment
    await until('both are due', async () => JSON.stringify(await isDue()).includes('"dueCounterCount":2'))
    const answer = await fetch(new URL('/api/v1/equipment.watch?equipment=M1&equipment=M2', station.url), {
      headers: { Authorization: `Bearer ${station.token}` },
    })
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const next = async (): Promise<readonly EquipmentStatusRow[]> => {
      for (;;) {
        const found = /^data: (.*)$/m.exec(text)
        if (found) {
          text = text.slice(found.index + found[0].length)
          return JSON.parse(found[1]!).rows
        }
        const { value, done } = await reader.read()
        if (done) throw new Error('the feed ended')
        text += value
      }
    }
    // Its overhaul is due: 40 of 30 hours.
    expect(await next()).toMatchObject([
      {
        equipment: 'M1',
        state: { kind: 'idle' },
        health: 'maintenanceRequired',
        reasons: [{ title: { en: 'Overhaul' } }],
      },
      { equipment: 'M2', health: 'maintenanceRequired' },
    ])
    await set('M2.Temperature', 85)
    expect(await next()).toMatchObject([
      {
        equipment: 'M2',
        health: 'outOfSpecification',
        reasons: [{ title: { en: 'Too hot' } }, { title: { en: 'Overhaul' } }],
      },
    ])
    await reader.cancel()
  })

  test('a counter is set back by those who may, at the device where that counts, and it stands in the audit trail', async () => {
    const input = { equipment: 'M1', counter: 'overhaul', reason: 'bearings changed' }
    await station.logIn('otto', account.password)
    expect((await station.post('equipment.resetCounter', input)).status).toBe(403)
    await station.logIn(account.user, account.password)
    expect((await station.post('equipment.resetCounter', { ...input, counter: 'oil' })).status).toBe(404)
    await station.call('equipment.resetCounter', input)
    expect((await station.read('M1.HoursReset')).value).toBe(true)
    await set('M1.Hours', 0)
    await until('not due', async () => {
      const [row] = (await station.call('equipment.read', { equipment: ['M1'] })).rows
      return row!.health === 'good'
    })
    expect(await counter('overhaul')).toMatchObject({ value: 0, due: 30, resetBy: 'chief' })
    const { events } = await station.call('audit.read', { limit: 50 })
    expect(
      events.find(({ action, statusCode }) => action === 'equipment.resetCounter' && statusCode === 0),
    ).toMatchObject({
      user: 'chief',
      target: 'M1 overhaul',
      oldValue: 40,
      comment: 'bearings changed',
    })
    const health = await station.call('maintenance.health', {})
    expect(health.equipment).toMatchObject({ counterCount: 4, dueCounterCount: 1, isKept: true })
  })

  test('running time goes on through kills: some seconds are lost at most, none come back, standstill does not count', async () => {
    const seconds = async () => (await counter('grease')).value!
    let counted = await seconds()
    for (let round = 0; round < 3; round++) {
      const before = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 1500 * round + 300))
      const lived = (performance.now() - before) / 1000
      const readAt = performance.now()
      const last = await seconds()
      expect(last - counted).toBeGreaterThanOrEqual(lived - 0.2)
      await station.stop('SIGKILL')
      const runOn = (performance.now() - readAt) / 1000
      await new Promise((resolve) => setTimeout(resolve, 1500))
      const startedAt = performance.now()
      await start(account)
      const after = await seconds()
      expect(after).toBeGreaterThanOrEqual(last - 6)
      expect(after).toBeLessThanOrEqual(last + runOn + (performance.now() - startedAt) / 1000)
      counted = after
    }
    await set('M1.Running', false)
    const stopped = await seconds()
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(await seconds()).toBe(stopped)
    const { row } = await station.call('equipment.resetCounter', { equipment: 'M1', counter: 'grease', reason: 'done' })
    expect(row.value).toBe(0)
    await station.stop('SIGKILL')
    await start(account)
    // What was set back stays so; the simulator runs again from its start.
    expect(await counter('grease')).toMatchObject({ resetBy: 'chief' })
    expect(await seconds()).toBeLessThan(5)
  })
})
