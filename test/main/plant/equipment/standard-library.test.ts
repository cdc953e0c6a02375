// The standard library as installers meet it: every type over every protocol, bare and with everything it can have.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkPlant } from '../../../../src-main/plant/plant-check.ts'
import { plantRules } from '../../../../src-main/plant-rules.ts'
import type { Equipment } from '../../../../src-main/shared/equipment.ts'
import type { Plant } from '../../../../src-main/shared/plant.ts'
import type { TagDefinition } from '../../../../src-main/shared/tag.ts'
import { SmallPlant } from '../../simulation/small-plant.ts'

const types = join(import.meta.dirname, '../../../../resources/libraries/standard/types')
const names = readdirSync(types)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length))
const page = readFileSync(new URL('../../../../docs/library.md', import.meta.url), 'utf8')

let plant: Plant
const tags = new Map<string, TagDefinition>()

beforeAll(async () => {
  const checked = await checkPlant(join(import.meta.dirname, '../../../data/plants/standard-library'), plantRules)
  expect(checked.faults).toEqual([])
  plant = checked.plant!
  for (const tag of plant.tags) tags.set(tag.name, tag)
})

/** `Plc` with everything over Modbus, `Bare` with as little as possible. */
function instance(prefix: string, type: string): Equipment {
  const found = plant.equipment.find((each) => each.type === type && each.name.startsWith(prefix))
  if (found === undefined) throw new Error(`no ${prefix} instance of ${type}`)
  return found
}

const isBilingual = (text: unknown): boolean => {
  const { en, 'zh-CN': chinese } = (text ?? {}) as Record<string, string | undefined>
  return en !== undefined && en !== '' && /\p{Script=Han}/u.test(chinese ?? '')
}

/** Registers of a Modbus address, counted from the instance's `base`; bits as `2.0`. */
function registersOf(tag: TagDefinition, base: number) {
  const [, digits, bit] = /^(\d+)(?:\.(\d+))?/.exec(tag.address!)!
  const first = Number(digits) - base
  const length = { bool: 1, uint16: 1, uint32: 2, float32: 2, float64: 4 }[tag.dataType as 'uint16']
  return { first, length, bit: bit === undefined ? null : Number(bit) }
}

const modbusMembers = (equipment: Equipment) =>
  Object.entries(equipment.members)
    .map(([member, name]) => ({ member, tag: tags.get(name)! }))
    .filter(({ tag }) => tag.device === 'plc')

describe('the standard library', () => {
  it('has at least twenty-five types, each with a symbol, and every type is instantiated over every protocol', () => {
    expect(names.length).toBeGreaterThanOrEqual(25)
    expect(readdirSync(types).filter((file) => file.endsWith('.svg')).length).toBe(names.length)
    for (const prefix of ['Plc', 'Bare', 'Server', 'Broker', 'Edge', 'Inside'])
      for (const name of names) expect(instance(prefix, name).type).toBe(name)
  })

  it.each(names)(
    '%s has title, description and help in both languages, titles for its parameters, and a symbol',
    (name) => {
      const type = plant.equipmentTypes.find((each) => each.name === name)!
      expect([type.library, type.symbolFile]).toEqual(['standard', `libraries/standard/types/${name}.svg`])
      expect([type.title, type.description, type.help].map(isBilingual)).toEqual([true, true, true])
      expect(type.parameters.filter(({ title }) => !isBilingual(title)).map((each) => each.name)).toEqual([])
      expect(type.members.filter(({ title }) => !isBilingual(title)).map((each) => each.name)).toEqual([])
    },
  )

  it.each(names)('%s says everything that operators read in both languages', (name) => {
    const equipment = instance('Plc', name)
    const { states, commands, conditions, health, counters } = equipment
    const rows = [...(states?.states ?? []), ...commands, ...conditions, ...health, ...counters]
    expect(rows.filter(({ title }) => !isBilingual(title)).map((row) => row.name)).toEqual([])
    expect(
      commands.filter(({ consequence }) => Object.keys(consequence).length > 0 && !isBilingual(consequence)),
    ).toEqual([])
    const own = new Set(Object.values(equipment.members))
    const mute = [...own].filter((tag) => !isBilingual(tags.get(tag)!.descriptions))
    expect(mute).toEqual([])
    const alarms = plant.alarms.filter(({ tag }) => own.has(tag ?? ''))
    expect(alarms.filter(({ message }) => !isBilingual(message)).map(({ id }) => id)).toEqual([])
    for (const tag of own)
      for (const words of Object.values(tags.get(tag)!.states ?? {})) expect(words, tag).toSatisfy(isBilingual)
  })

  it('has an alarm or a health rule on every type, and delays on alarms that a moment could raise', () => {
    for (const name of names) expect(instance('Plc', name).health.length, name).toBeGreaterThan(0)
    const hasty = plant.alarms.filter(
      ({ tag, condition, onDelayMs }) =>
        tag?.startsWith('Plc') && ['high', 'low', 'deviation', 'badQuality'].includes(condition) && onDelayMs === 0,
    )
    // Hours grow slowly: they need none.
    expect(hasty.map(({ id }) => id).filter((id) => !id.includes('RunHours'))).toEqual([])
  })

  it.each(names)('%s shows members on its faceplate that it has', (name) => {
    for (const prefix of ['Plc', 'Bare']) {
      const equipment = instance(prefix, name)
      const own = new Set(Object.values(equipment.members))
      const { overview, setpoints, trend, details } = equipment.faceplate
      expect([...overview, ...setpoints, ...trend, ...details].filter((tag) => !own.has(tag))).toEqual([])
      if (prefix === 'Plc') expect(overview.length).toBeGreaterThan(0)
      for (const tag of setpoints) expect(tags.get(tag)!.writable, tag).toBe(true)
    }
  })

  it.each(names)('%s stops with another value of the tag that it starts with, and stopping is not guarded', (name) => {
    for (const prefix of ['Plc', 'Bare']) {
      const { commands } = instance(prefix, name)
      for (const command of commands) expect(tags.get(command.tag)!.writable, command.name).toBe(true)
      const starts = commands.filter((each) => each.starts)
      for (const start of starts) {
        const stop = commands.find(
          (each) => !each.starts && each.tag === start.tag && ['stop', 'close', 'open'].includes(each.name),
        )
        expect(stop, `${start.name} of ${name}`).toBeDefined()
        expect(stop!.value).not.toBe(start.value)
        const guarded = tags.get(start.tag)!.writeConditions ?? []
        expect(guarded.filter(({ value }) => value === stop!.value)).toEqual([])
      }
    }
  })

  it.each(names)('%s has connection points inside its symbol and texts of 12 units or more', (name) => {
    const svg = readFileSync(join(types, `${name}.svg`), 'utf8')
    const [width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.slice(1).map(Number) as [number, number]
    const ports = [...svg.matchAll(/ls:port="([\w ]+)"[^>]*cx="([\d.]+)" cy="([\d.]+)"/g)]
    expect(ports.length).toBeGreaterThan(0)
    expect(new Set(ports.map(([, port]) => port)).size).toBe(ports.length)
    for (const [, port, x, y] of ports) {
      expect(Number(x), port).toBeLessThanOrEqual(width)
      expect(Number(y), port).toBeLessThanOrEqual(height)
    }
    for (const [, size] of svg.matchAll(/font-size="([\d.]+)"/g)) expect(Number(size)).toBeGreaterThanOrEqual(12)
    // State is brightness and shape: no colour but greys and the blue of values.
    const colours = new Set([...svg.matchAll(/(?:fill|stroke)="(#\w+)"/g)].map(([, colour]) => colour))
    for (const colour of colours) if (colour !== '#1b3a6b') expect(colour, name).toMatch(/^#(\w\w)\1\1$/)
  })

  it.each(names)('%s has no two members in one register, and the table of docs/library.md is its map', (name) => {
    const equipment = instance('Plc', name)
    const base = Number(equipment.parameters.base)
    const taken = new Map<string, string>()
    for (const { member, tag } of modbusMembers(equipment)) {
      const { first, length, bit } = registersOf(tag, base)
      for (let register = first; register < first + length; register++)
        for (const place of bit === null ? [...Array(16).keys()] : [bit]) {
          const key = `${register}.${place}`
          expect(taken.get(key), `${member} and ${taken.get(key)} at ${key}`).toBeUndefined()
          taken.set(key, member)
        }
    }
    const type = plant.equipmentTypes.find((each) => each.name === name)!
    const cells = modbusMembers(equipment)
      .map(({ member, tag }) => ({ member, tag, ...registersOf(tag, base) }))
      .sort((a, b) => a.first - b.first || (a.bit ?? -1) - (b.bit ?? -1))
      .map(({ member, tag, first, bit }) => {
        const place = name === 'digital-instrument' ? '0.bit' : bit === null ? `${first}` : `${first}.${bit}`
        const kind = { float32: ' f32', float64: ' f64', uint32: ' u32' }[tag.dataType as 'float32'] ?? ''
        const optional = type.members.find((each) => each.name === member)!.isOptional ? '°' : ''
        return `${place} ${member}${kind}${tag.writable ? '*' : ''}${optional}`
      })
    const size = Math.max(...[...taken.keys()].map((key) => Number.parseInt(key, 10))) + 1
    expect(page).toContain(`| \`${name}\` | ${type.title.en} | ${size} | ${cells.join(', ')} |`)
  })

  it('has the same members over every protocol, and fewer registers on a bare device', () => {
    for (const name of names) {
      const members = Object.keys(instance('Plc', name).members)
      for (const prefix of ['Server', 'Broker', 'Edge', 'Inside'])
        expect(Object.keys(instance(prefix, name).members)).toEqual(members)
      expect(Object.keys(instance('Bare', name).members).length).toBeLessThanOrEqual(members.length)
    }
    expect(modbusMembers(instance('Bare', 'motor')).map(({ member }) => member)).toEqual(['State', 'Command'])
    expect(tags.get('BrokerMotor.Command')).toMatchObject({
      address: 'line/BrokerMotor/Command',
      addressOptions: { writeAddress: 'line/BrokerMotor/Command/set' },
    })
  })

  it('comes to life in the simulation: what is stopped stops, what is started runs, nothing fails', () => {
    const line = new SmallPlant(plant)
    const all = names.map((name) => instance('Plc', name))
    line.run(60)
    for (const { commands } of all) {
      const manual = commands.find((each) => each.name === 'manual')
      if (manual) line.write(manual.tag, manual.value)
      const stop = commands.find((each) => ['stop', 'close'].includes(each.name) && !each.starts)
      const open = commands.find((each) => each.name === 'open' && !each.starts)
      const rest = stop ?? open
      if (rest) line.write(rest.tag, rest.value)
    }
    const kindOf = ({ states }: Equipment) => {
      if (states === null) return null
      const value = line.read(states.tag)
      return states.states.find((each) => each.value === value || Number(each.value) === Number(value))?.kind ?? 'none'
    }
    line.run(30)
    const startable = all.filter(({ commands }) => commands.some((each) => each.starts))
    expect(startable.length).toBeGreaterThan(15)
    expect(startable.map((each) => [each.type, kindOf(each)])).toEqual(startable.map(({ type }) => [type, 'stopped']))
    for (const { commands, states } of startable) {
      const reset = states?.model === 'packml' ? commands.find((each) => each.name === 'reset') : undefined
      if (reset) line.write(reset.tag, reset.value)
    }
    line.run(20)
    for (const { commands } of startable) {
      const start = commands.find((each) => each.starts)!
      line.write(start.tag, start.value)
    }
    line.run(40)
    expect(startable.map((each) => [each.type, kindOf(each)])).toEqual(startable.map(({ type }) => [type, 'running']))
    expect(line.failures).toEqual([])
  })

  it('moves: every type has a value that changes within ten minutes, and all stay within their limits', () => {
    const line = new SmallPlant(plant)
    const outside = new Set<string>()
    const first = new Map<string, unknown>()
    const moved = new Set<string>()
    const watched = [...tags.values()].filter(({ device }) => device === 'plc' || device === null)
    line.run(600, 1, () => {
      for (const { name, limits, device } of watched) {
        if (device === null || !name.startsWith('Plc')) continue
        const value = line.read(name)
        if (!first.has(name)) first.set(name, value)
        else if (first.get(name) !== value) moved.add(name.slice(0, name.indexOf('.')))
        if (typeof value !== 'number') continue
        if (value < (limits.low ?? -Infinity) || value > (limits.high ?? Infinity)) outside.add(name)
      }
    })
    expect([...outside]).toEqual([])
    const still = names.filter((name) => !moved.has(instance('Plc', name).name))
    // Switches and hand valves move when something happens.
    expect(still.filter((name) => !['manual-valve', 'safety-valve', 'digital-instrument'].includes(name))).toEqual([])
  })
})

it('ten motors and a tank, as docs/library.md writes them, are a plant without faults', async () => {
  const example = page.slice(page.indexOf('## Ten motors and a tank'), page.indexOf('## Conventions'))
  const folder = mkdtempSync(join(tmpdir(), 'lineside-library-'))
  try {
    for (const [, name, text] of example.matchAll(/```(?:yaml|xml)\n(?:#|<!--) (\S+)(?: -->)?\n([\s\S]*?)```/g)) {
      mkdirSync(dirname(join(folder, name!)), { recursive: true })
      writeFileSync(join(folder, name!), text!)
    }
    const { plant: written, faults } = await checkPlant(folder, plantRules)
    expect(faults).toEqual([])
    expect(written!.equipment.map(({ type }) => type)).toEqual([...Array(10).fill('motor'), 'tank'])
    expect(written!.equipment[9]!.conditions.map(({ name }) => name)).toContain('level')
    expect(written!.mimics.map(({ equipment }) => equipment.length)).toEqual([11])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('a fan with one bit and a pump that extends the library, as docs/library.md writes them, are a plant without faults', async () => {
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!)
  const vent = blocks.find((text) => text.includes('name: Vent'))!
  const pump = blocks.find((text) => text.includes('name: dosing-pump'))!
  const folder = mkdtempSync(join(tmpdir(), 'lineside-library-'))
  try {
    mkdirSync(join(folder, 'equipment/types'), { recursive: true })
    for (const inner of ['devices', 'tags']) mkdirSync(join(folder, inner))
    const files = {
      'plant.yaml': 'name: V\nline: L\nsite: S\nlanguages: [en, zh-CN]\nlibraries: [standard]\n',
      'devices/plc.yaml': 'name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:1502\nunitId: 1\n',
      'tags/vent.yaml': 'tags:\n  - { name: VentRuns, device: plc, address: "10001" }\n',
      'equipment/types/dosing-pump.yaml': pump,
      'equipment/line.yaml': `equipment:\n${vent}  - { name: Doser, type: dosing-pump, parameters: { device: plc, base: 40501 } }\n`,
    }
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
    const { plant: written, faults } = await checkPlant(folder, plantRules)
    expect(faults).toEqual([])
    const tag = (name: string) => written!.tags.find((each) => each.name === name)
    expect(tag('Vent.Command')).toMatchObject({ address: '00012', dataType: 'bool' })
    expect(tag('Vent.State')).toMatchObject({ device: null, expression: 'VentRuns ? 2 : 0' })
    expect(tag('Doser.SpeedSetpoint')).toMatchObject({ unit: '/min', limits: { high: 120 } })
    const doser = written!.equipmentTypes.find(({ name }) => name === 'dosing-pump')!
    expect([doser.extends, doser.symbolFile]).toEqual(['pump-vfd', 'libraries/standard/types/pump-vfd.svg'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
