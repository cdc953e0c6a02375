// A line of typed equipment as other programs see it: only the plant folder, HTTP and the command line.
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StationProcess, writeFolder } from './station-process.ts'

const memory = (name: string, initial: string) => `"memory(\${name}-${name}, initial=${initial})"`

const pumpType = `
name: pump
title: { en: Pump, zh-CN: 泵 }
parameters: { limit: 80 }
members:
  - { name: Command, device: shop, address: ${memory('Command', 'false')}, dataType: bool, writable: true }
  - { name: State, device: shop, address: ${memory('State', '0')}, dataType: uint8, writable: true }
  - { name: Ready, device: shop, address: ${memory('Ready', 'true')}, dataType: bool, writable: true }
  - { name: Bypass, device: shop, address: ${memory('Bypass', 'false')}, dataType: bool, writable: true }
  - { name: Level, device: shop, address: ${memory('Level', '5')}, dataType: float64, unit: "%", decimals: 1, writable: true }
  - { name: Temperature, device: shop, address: ${memory('Temperature', '20')}, dataType: float64, unit: Cel, writable: true }
states:
  of: State
  list:
    - { value: 0, name: stopped, title: { en: Stopped, zh-CN: 停止 }, kind: stopped }
    - { value: 1, name: running, title: { en: Running, zh-CN: 运行 }, kind: running }
    - { value: 2, name: fault, title: { en: Fault, zh-CN: 故障 }, kind: fault }
commands:
  - { name: start, title: { en: Start, zh-CN: 启动 }, write: Command, value: true, starts: true, when: State == 0 }
  - { name: stop, title: { en: Stop, zh-CN: 停止 }, write: Command, value: false }
permissives:
  - { name: ready, title: { en: The drive is ready, zh-CN: 驱动就绪 }, condition: Ready }
interlocks:
  - { name: level, title: { en: The tank is not empty, zh-CN: 罐不空 }, condition: "Level > 10 && Temperature < \${limit}", bypass: Bypass }
health:
  - { name: hot, state: outOfSpecification, title: { en: Too hot, zh-CN: 过热 }, condition: "Temperature > \${limit}" }
counters:
  - { name: starts, title: { en: Starts, zh-CN: 启动次数 }, count: State == 1, due: 2 }
`

const skidType = `
name: skid
title: { en: Skid, zh-CN: 撬块 }
members:
  - { name: Main, type: pump, parameters: { limit: 60 } }
  - { name: Spare, type: pump }
  - { name: Sum, expression: Main.Level + Spare.Level, unit: "%" }
`

const files = {
  'plant.yaml': 'name: P\nline: L\nsite: S\nlanguages: [en, zh-CN]\nlibraries: [own]\n',
  'devices/shop.yaml': 'name: shop\nprotocol: simulator\naddress: here\nscanRates: { normal: 50 ms }\n',
  'libraries/own/library.yaml': 'name: own\nversion: 1.2.0\n',
  'libraries/own/types/pump.yaml': pumpType,
  'libraries/own/types/pump.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 40 40"><circle cx="20" cy="20" r="18" ls:tag="self.State" ls:class="value == 1 ? \'ls-on\' : \'\'"/></svg>\n',
  'equipment/types/skid.yaml': skidType,
  'equipment/line.yaml':
    '# The pumps.\nequipment:\n  - { name: P1, type: pump, place: Hall } # the old one\n  - { name: Skid1, type: skid, place: Hall }\n',
  'mimics/hall.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 1600 900">\n  <!-- drawn by hand -->\n  <rect  id="one" x="10" y="20" width="80" height="80" ls:equipment="P1" />\n</svg>\n',
  'mimics/navigation.yaml': '# levels\nmimics:\n  - { name: hall, title: Hall, level: 2 } # the only one\n',
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what}: not within 60 s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('a line of typed equipment, from outside', () => {
  let folder: string
  let dataFolder: string
  let station: StationProcess

  beforeAll(async () => {
    folder = writeFolder(files)
    dataFolder = writeFolder({ 'keep.txt': '' })
    station = await StationProcess.start(folder, { dataFolder })
    expect((await station.call('plant.faults', {})).faults).toEqual([])
    await until('values', async () => (await station.read('Skid1.Sum')).quality === 'Good')
    await station.call('access.addAccount', { user: 'chief', password: 'a long password', roles: ['administrator'] })
    await station.logIn('chief', 'a long password')
  })

  afterAll(async () => {
    await station.stop()
    rmSync(folder, { recursive: true })
    rmSync(dataFolder, { recursive: true })
  })

  const write = (tag: string, value: unknown) => station.post('tags.write', { tag, value })
  const settle = (tag: string, value: unknown) =>
    until(`${tag} = ${value}`, async () => (await station.read(tag)).value === value)
  async function set(tag: string, value: number | boolean): Promise<void> {
    expect((await write(tag, value)).status, tag).toBe(200)
    await settle(tag, value)
  }

  test('members of nested instances are tags, and the tree is known', async () => {
    const { equipment } = await station.call('plant.equipment', {})
    expect(equipment.map(({ name, parent }) => [name, parent]).sort()).toEqual([
      ['P1', null],
      ['Skid1', null],
      ['Skid1.Main', 'Skid1'],
      ['Skid1.Spare', 'Skid1'],
    ])
    const { values } = await station.call('tags.read', { tags: ['Skid1.Main.Level', 'Skid1.Sum'] })
    expect(values.map(({ value }) => value)).toEqual([5, 10])
    const { equipment: skid } = await station.call('equipment.describe', { equipment: 'Skid1' })
    expect(skid.children).toEqual({ Main: 'Skid1.Main', Spare: 'Skid1.Spare' })
    expect(skid.members['Main.Level']).toBe('Skid1.Main.Level')
    const { types, libraries } = await station.call('equipment.types', {})
    expect(libraries).toMatchObject([{ name: 'own', version: '1.2.0', origin: 'plant' }])
    expect(types.find(({ name }) => name === 'pump')).toMatchObject({ library: 'own', instanceCount: 3 })
  })

  test('a start is refused in words while a condition is not met, a stop never; the reasons are the false terms', async () => {
    const refused = await write('P1.Command', true)
    expect(refused.status).toBe(422)
    expect(JSON.stringify(refused.body)).toMatch(/tank is not empty/)
    expect(JSON.stringify(refused.body)).toMatch(/P1\.Level/)
    expect((await write('P1.Command', false)).status).toBe(200)
    const { commands, conditions } = await station.call('equipment.explain', { equipment: 'P1' })
    expect(commands.find(({ name }) => name === 'start')).toMatchObject({ isAllowed: false, isOffered: true })
    expect(commands.find(({ name }) => name === 'stop')).toMatchObject({ isAllowed: true })
    const level = conditions.find(({ name }) => name === 'level')!
    expect(level).toMatchObject({ kind: 'interlock', isFulfilled: false, isBypassed: false })
    expect(level.reasons).toHaveLength(1)
    expect(level.reasons[0]).toMatchObject({ isTrue: false, inputs: [{ tag: 'P1.Level', value: 5 }] })
    expect(conditions.find(({ name }) => name === 'ready')).toMatchObject({ isFulfilled: true, reasons: [] })
  })

  test('a bypass lets it start; so does a fulfilled condition, by either way in', async () => {
    await set('P1.Bypass', true)
    const { conditions } = await station.call('equipment.explain', { equipment: 'P1' })
    expect(conditions.find(({ name }) => name === 'level')).toMatchObject({ isBypassed: true })
    expect((await write('P1.Command', 1)).status).toBe(200)
    await set('P1.Command', false)
    await set('P1.Bypass', false)
    expect((await station.post('equipment.command', { equipment: 'P1', command: 'start' })).status).toBe(422)
    await set('P1.Level', 50)
    const answer = await station.call('equipment.command', { equipment: 'P1', command: 'start', reason: 'trial' })
    expect(answer).toMatchObject({ confirmed: true, value: true })
    expect((await station.post('equipment.command', { equipment: 'P1', command: 'fly' })).status).toBe(404)
  })

  test('state and health follow the values; a nested fault is the parent’s too', async () => {
    await set('P1.State', 1)
    await set('Skid1.Main.Temperature', 70)
    const { rows } = await station.call('equipment.read', { equipment: ['P1', 'Skid1', 'Skid1.Spare'] })
    expect(rows).toMatchObject([
      { equipment: 'P1', state: { name: 'running', kind: 'running' }, health: 'good' },
      { equipment: 'Skid1', state: null, health: 'outOfSpecification', reasons: [{ equipment: 'Skid1.Main' }] },
      { equipment: 'Skid1.Spare', health: 'good' },
    ])
    await set('P1.State', 9)
    expect((await station.call('equipment.read', { equipment: ['P1'] })).rows[0]!.state).toBeNull()
  })

  test('counters count, survive a kill, and are set back with a reason', async () => {
    const starts = async () => (await station.call('equipment.counters', { equipment: 'P1' })).rows[0]!
    await set('P1.State', 0)
    const before = (await starts()).value ?? 0
    await set('P1.State', 1)
    await set('P1.State', 0)
    await set('P1.State', 1)
    await until('two starts', async () => (await starts()).value === before + 2)
    await new Promise((resolve) => setTimeout(resolve, 6000))
    await station.stop('SIGKILL')
    station = await StationProcess.start(folder, { dataFolder, user: 'chief', password: 'a long password' })
    await until('values again', async () => (await station.read('P1.State')).quality === 'Good')
    expect((await starts()).value).toBeGreaterThanOrEqual(before + 2)
    expect(
      (await station.post('equipment.resetCounter', { equipment: 'P1', counter: 'starts', reason: '' })).status,
    ).toBe(400)
    const { row } = await station.call('equipment.resetCounter', { equipment: 'P1', counter: 'starts', reason: 'done' })
    expect(row).toMatchObject({ value: 0, resetBy: 'chief' })
  })

  test('who ordered what is known, refused orders too', async () => {
    const { commands } = await station.call('equipment.history', { equipment: 'P1', limit: 1000 })
    expect(commands.some(({ tag, comment }) => tag === 'P1.Command' && comment.includes('trial'))).toBe(true)
    expect(commands.some(({ tag, statusCode }) => tag === 'P1.Command' && statusCode >= 0x80000000)).toBe(true)
    expect(commands.every(({ timestamp }, index) => index === 0 || timestamp <= commands[index - 1]!.timestamp)).toBe(
      true,
    )
  })

  test('a display is saved byte for byte, and what somebody else changed meanwhile is not lost', async () => {
    const source = await station.call('plant.mimicSource', { name: 'hall' })
    expect(source.svg).toBe(files['mimics/hall.svg'])
    const moved = source.svg.replace('x="10"', 'x="30"')
    const dry = await station.call('plant.saveMimic', {
      name: 'hall',
      svg: moved,
      version: source.version,
      dryRun: true,
    })
    expect(dry).toMatchObject({ faults: [] })
    expect(readFileSync(join(folder, 'mimics/hall.svg'), 'utf8')).toBe(source.svg)
    const saved = await station.call('plant.saveMimic', { name: 'hall', svg: moved, version: source.version })
    expect(saved.faults).toEqual([])
    expect(readFileSync(join(folder, 'mimics/hall.svg'), 'utf8')).toBe(moved)
    expect((await station.post('plant.saveMimic', { name: 'hall', svg: moved, version: source.version })).status).toBe(
      409,
    )
    const faulty = moved.replace('ls:equipment="P1"', 'ls:equipment="P9"')
    const refused = await station.call('plant.saveMimic', { name: 'hall', svg: faulty, version: saved.version })
    expect(refused.faults).toMatchObject([{ file: 'mimics/hall.svg', line: 3 }])
    expect(readFileSync(join(folder, 'mimics/hall.svg'), 'utf8')).toBe(moved)
    const both = await Promise.all(
      ['x="31"', 'x="32"'].map((x) =>
        station.post('plant.saveMimic', { name: 'hall', svg: moved.replace('x="30"', x), version: saved.version }),
      ),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    for (const name of ['../hall', 'a/b', '', 'x'.repeat(65), 'hall.svg'])
      expect((await station.post('plant.saveMimic', { name, svg: moved })).status, name).toBe(400)
    expect((await station.post('plant.saveMimic', { name: 'evil', svg: '<svg><script>' })).status).toBeLessThan(500)
  })

  test('new displays and instances join their files; comments stay', async () => {
    const svg = files['mimics/hall.svg'].replace('P1', 'Skid1.Main')
    await station.call('plant.saveMimic', {
      name: 'skid',
      svg,
      version: null,
      entry: { title: { en: 'Skid', 'zh-CN': '撬块' }, level: 3, parent: 'hall' },
    })
    const navigation = readFileSync(join(folder, 'mimics/navigation.yaml'), 'utf8')
    expect(navigation).toMatch(/^# levels/)
    expect(navigation).toContain('# the only one')
    expect(navigation).toContain('撬块')
    const added = await station.call('plant.saveEquipment', {
      instance: { name: 'P2', type: 'pump', place: 'Hall', parameters: { limit: 90 } },
      file: 'line',
    })
    expect(added.faults).toEqual([])
    const line = readFileSync(join(folder, 'equipment/line.yaml'), 'utf8')
    expect(line.startsWith(files['equipment/line.yaml'].trimEnd())).toBe(true)
    expect(line).toContain('P2')
    await until('the new pump', async () => (await station.post('tags.read', { tags: ['P2.Level'] })).status === 200)
    const wrong = await station.call('plant.saveEquipment', { instance: { name: 'P3', type: 'pmp' }, file: 'line' })
    expect(wrong.faults.length).toBeGreaterThan(0)
    expect(readFileSync(join(folder, 'equipment/line.yaml'), 'utf8')).toBe(line)
  })

  test('a type changed once changes everywhere, also in a library, while the station runs', async () => {
    const type = join(folder, 'libraries/own/types/pump.yaml')
    writeFileSync(type, readFileSync(type, 'utf8').replace('title: { en: Too hot', 'title: { en: Much too hot'))
    const title = async (equipment: string) =>
      (await station.call('equipment.describe', { equipment })).equipment.health[0]!.title.en
    await until('the new title', async () => (await title('Skid1.Main')) === 'Much too hot')
    expect(await title('P1')).toBe('Much too hot')
  })

  test('mistakes are faults with place and sentence, and the last good plant runs on', async () => {
    appendFileSync(join(folder, 'libraries/own/types/pump.yaml'), '  - { name: bad, title: x, count: Stat == 1 }\n')
    await until('the fault', async () => (await station.call('plant.faults', {})).faults.length > 0)
    const { faults } = await station.call('plant.faults', {})
    expect(faults[0]).toMatchObject({ file: 'libraries/own/types/pump.yaml', line: pumpType.split('\n').length })
    expect(faults[0]!.message).toMatch(/Stat\b.*did you mean/s)
    expect((await station.read('P1.Level')).quality).toBe('Good')
    writeFileSync(join(folder, 'libraries/own/types/pump.yaml'), pumpType)
    await until('no fault', async () => (await station.call('plant.faults', {})).faults.length === 0)
  })

  test('the quality of displays is judged with a score', async () => {
    const { displays } = await station.call('plant.displayQuality', {})
    expect(displays.map(({ mimic }) => mimic).sort()).toEqual(['hall', 'skid'])
    for (const { score } of displays) expect(score).toBeGreaterThanOrEqual(0)
    expect(Math.max(...displays.map(({ score }) => score))).toBeLessThanOrEqual(100)
  })

  test('a library in a folder beside the plant is shared by plants, and a wrong version is a fault', async () => {
    const shared = writeFolder({})
    cpSync(join(folder, 'libraries/own'), join(shared, 'own'), { recursive: true })
    mkdirSync(join(shared, 'plant/devices'), { recursive: true })
    writeFileSync(join(shared, 'plant/devices/shop.yaml'), files['devices/shop.yaml'])
    mkdirSync(join(shared, 'plant/equipment'))
    writeFileSync(join(shared, 'plant/equipment/a.yaml'), 'equipment:\n  - { name: A, type: own/pump }\n')
    const { checkPlant } = await import('../../src-main/plant/plant-check.ts')
    const { plantRules } = await import('../../src-main/plant-rules.ts')
    const plantOf = (version: string) =>
      `name: P\nline: L\nsite: S\nlibraries: [{ name: own, folder: ../own, version: ${version} }]\n`
    writeFileSync(join(shared, 'plant/plant.yaml'), plantOf('1.1.0'))
    const right = await checkPlant(join(shared, 'plant'), plantRules)
    expect(right.faults).toEqual([])
    expect(right.plant!.libraries).toMatchObject([{ name: 'own', origin: 'folder' }])
    for (const version of ['1.3.0', '2.0.0']) {
      writeFileSync(join(shared, 'plant/plant.yaml'), plantOf(version))
      const { faults } = await checkPlant(join(shared, 'plant'), plantRules)
      expect(faults[0], version).toMatchObject({ file: 'plant.yaml', line: 4 })
      expect(faults[0]!.message).toContain('1.2.0')
    }
    rmSync(shared, { recursive: true })
  })
})
