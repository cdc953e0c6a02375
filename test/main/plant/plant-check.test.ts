// The plant folder as people write it, right and wrong.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkReport } from '../../../src-main/plant/check-report.ts'
import { checkPlant } from '../../../src-main/plant/plant-check.ts'
import { plantRules } from '../../../src-main/plant-rules.ts'
import type { Plant } from '../../../src-main/shared/plant.ts'
import { limitHere } from '../../fakes/busy-machine.ts'
import { fakeRules, plantFolder, temporaryFolder, writeFiles } from './plant-folder-fixture.ts'

async function faultsOf(files: Record<string, string | Uint8Array>): Promise<string> {
  const { plant, faults } = await checkPlant(await plantFolder(files), fakeRules)
  expect(plant === null).toBe(faults.length > 0)
  return checkReport(faults, false)
}

async function plantOf(files: Record<string, string | Uint8Array>): Promise<Plant> {
  const { plant, faults } = await checkPlant(await plantFolder(files), fakeRules)
  expect(checkReport(faults, false)).toBe('')
  return plant!
}

const cases = new URL('../../data/plants/faulty/', import.meta.url).pathname

/** `=== path` begins a file, `=== faults` what the check has to print. */
function readCase(text: string): { files: Record<string, string>; faults: string } {
  const parts = text.split(/^=== (.*)\n/m).slice(1)
  const files: Record<string, string> = {}
  for (let index = 0; index < parts.length; index += 2) files[parts[index]!] = parts[index + 1] ?? ''
  const { faults = '', ...others } = files
  return { files: others, faults }
}

describe('every mistake is shown with file, line, column and a sentence', () => {
  for (const name of readdirSync(cases).filter((file) => file.endsWith('.txt')))
    it(name.slice(0, -4).replaceAll('-', ' '), async () => {
      const { files, faults } = readCase(readFileSync(join(cases, name), 'utf8'))
      expect(await faultsOf(files)).toBe(faults)
    })

  it('a folder that is not there, or without plant.yaml', async () => {
    const folder = await temporaryFolder()
    expect((await checkPlant(join(folder, 'nowhere'), fakeRules)).faults[0]!.message).toContain('cannot be read')
    expect((await checkPlant(folder, fakeRules)).faults[0]!.message).toContain('there is no plant.yaml')
  })

  it('files that are not UTF-8 are refused with the line of the first wrong byte', async () => {
    const gb18030 = new Uint8Array([...Buffer.from('tags:\n  - name: '), 0xb9, 0xde, 0xc7, 0xf8, 0x0a])
    expect(await faultsOf({ 'tags/gb.yaml': gb18030 })).toBe(
      'tags/gb.yaml:2:11: this byte is not UTF-8 (the file may be GBK, GB18030 or Windows-1252); save the file as UTF-8\n',
    )
    const utf16 = new Uint8Array([0xff, 0xfe, 0x61, 0x00])
    expect(await faultsOf({ 'tags/wide.yaml': utf16 })).toBe(
      'tags/wide.yaml:1:1: the file is UTF-16; save it as UTF-8\n',
    )
    expect(await faultsOf({ 'tags/zero.yaml': 'tags:\n  - \u0000' })).toBe(
      'tags/zero.yaml:2:5: the file holds a zero byte: it is no text file\n',
    )
  })

  it('an alias bomb is refused at once', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]`,
    )
    const started = performance.now()
    expect(await faultsOf({ 'tags/bomb.yaml': `a0: &a0 [x]\n${levels.join('\n')}\n` })).toContain(
      'Excessive alias count',
    )
    expect(performance.now() - started).toBeLessThan(limitHere(5000))
  })

  it('names that every JavaScript object has are names like any other', async () => {
    const printed = await faultsOf({
      'tags/a.yaml':
        'tags:\n  - { name: constructor, device: plc, address: 1:bool, scan: toString }\n  - { name: B, device: __proto__, address: 1:bool }\n',
      'equipment/types/a.yaml': 'name: a\nmembers:\n  - { name: valueOf, device: plc, address: 1:bool }\n',
      'equipment/types/a.svg':
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"><g ls:visible="self.constructor"/></svg>',
      'equipment/b.yaml': 'equipment:\n  - { name: E, type: a }\n  - { name: toString, type: constructor }\n',
    })
    expect(printed).toBe(`equipment/b.yaml:3:29: there is no equipment type "constructor"
equipment/types/a.svg:1:97: ls:visible: no tag named self.constructor
tags/a.yaml:2:62: device plc has no scan rate "toString"; it has normal, fast
tags/a.yaml:3:24: there is no device "__proto__"
`)
  })

  it('ten thousand brackets are refused at once', async () => {
    expect(await faultsOf({ 'tags/deep.yaml': `tags: ${'['.repeat(10_000)}` })).toContain('brackets inside each other')
    expect(await faultsOf({ 'tags/deep.yaml': `tags:\n${'- '.repeat(5000)}a` })).toMatch(/^tags\/deep.yaml/)
  })

  it('a link that leads out of the folder is not followed', async () => {
    const { symlink } = await import('node:fs/promises')
    const folder = await plantFolder({})
    await writeFiles(folder, { 'tags/own.yaml': 'tags: []\n' })
    await symlink('/etc/hostname', join(folder, 'tags/secret.yaml'))
    const { faults } = await checkPlant(folder, fakeRules)
    expect(checkReport(faults, false)).toContain('tags/secret.yaml:1:1: this link leads out of the plant folder')
  })
})

describe('a right folder becomes a plant', () => {
  it('the least plant is one file with three keys', async () => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { 'plant.yaml': '{ name: A, line: B, site: C }' })
    const { plant } = await checkPlant(folder, fakeRules)
    expect(plant).toMatchObject({
      name: 'A',
      line: 'B',
      site: 'C',
      languages: ['en'],
      tags: [],
      devices: [],
      startMimic: null,
    })
  })

  it('all keys of a tag arrive, with byte order mark and Windows line ends too', async () => {
    const text = `tags:
  - name: Filler.Level
    description: Bowl level
    device: plc
    address: 140:int16
    unit: "%"
    writable: true
    scan: fast
    scaling: { rawLow: 0, rawHigh: 32000, low: 0, high: 100 }
    limits: { low: 0, high: 100 }
    deadband: 0.1
    readBackTimeout: 1.5 s
    interlock: Filler.Level > 5
    decimals: 1
    states: { 0: Empty, 100: { en: Full, zh-CN: 满 } }
    history: { deadband: 0.2, compression: 0.5, retention: 400 d, interpolation: stepped }
    wordOrder: CDAB
    alarms:
      - { condition: high, limit: 90, deadband: 1, onDelay: 2 s, offDelay: 1 min, priority: high, latching: true, message: "Level high" }
      - { condition: stale, onDelay: 10 s }
`
    const plant = await plantOf({ 'tags/filler.yaml': `\ufeff${text.replaceAll('\n', '\r\n')}` })
    expect(plant.tags).toEqual([
      {
        name: 'Filler.Level',
        description: 'Bowl level',
        device: 'plc',
        address: '140:int16',
        addressOptions: { wordOrder: 'CDAB' },
        expression: null,
        dataType: 'int16',
        arrayLength: null,
        unit: '%',
        writable: true,
        scanIntervalMs: 100,
        scaling: { rawLow: 0, rawHigh: 32000, low: 0, high: 100 },
        limits: { low: 0, high: 100 },
        deadband: 0.1,
        readBackTimeoutMs: 1500,
        interlock: 'Filler.Level > 5',
        decimals: 1,
        states: { 0: 'Empty', 100: { en: 'Full', 'zh-CN': '满' } },
        history: { deadband: 0.2, compression: 0.5, retentionMs: 400 * 86_400_000, interpolation: 'stepped' },
        alarms: [
          {
            condition: 'high',
            limit: 90,
            deadband: 1,
            onDelay: '2 s',
            offDelay: '1 min',
            priority: 'high',
            latching: true,
            message: 'Level high',
          },
          { condition: 'stale', onDelay: '10 s' },
        ],
        equipment: null,
      },
    ])
  })

  it('a calculated tag gets its type from its expression, through other calculated tags', async () => {
    const plant = await plantOf({
      'tags/a.yaml': `tags:
  - { name: IsHigh, expression: Double > 90 }
  - { name: Double, expression: Level * 2 }
  - { name: Level, device: plc, address: 1:int16 }
  - { name: Big, device: plc, address: 1:uint64 }
  - { name: Text, expression: "'Level ' + format(Level, 1)" }
  - { name: Exact, expression: Big }
`,
    })
    expect(plant.tags.map((tag) => [tag.name, tag.dataType])).toEqual([
      ['IsHigh', 'bool'],
      ['Double', 'float64'],
      ['Level', 'int16'],
      ['Big', 'uint64'],
      ['Text', 'string'],
      ['Exact', 'int64'],
    ])
  })

  it('an instance gets the tags of its type with its parameters and overrides', async () => {
    const plant = await plantOf({
      'equipment/types/pump.yaml': `name: pump
description: A pump
parameters: { device: plc, base: 100, maximum: 60 }
members:
  - { name: Speed, device: "\${device}", address: "\${base + 2}:float32", limits: { low: 0, high: "\${maximum}" }, description: "Speed of \${name}", writable: true, interlock: "!Fault" }
  - { name: Fault, device: "\${device}", address: "\${base}:bool" }
  - { name: Running, expression: "Speed > 0 && !Fault && Line.Free" }
  - { name: Torque, device: plc, address: 7:float32 }
`,
      'equipment/types/pump.svg':
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"><g ls:tag="self.Speed" ls:rotate="value * 6" ls:visible="self.Running"/></svg>',
      'equipment/pumps.yaml': `equipment:
  - { name: P1, type: pump, place: Filling/Filler, parameters: { base: 110 } }
  - name: P2
    type: pump
    parameters: { maximum: 50 }
    overrides: { Speed: { unit: Hz, interlock: null }, Torque: false }
`,
      'tags/line.yaml': 'tags: [{ name: Line.Free, device: plc, address: 9:bool }]\n',
    })
    const rows = plant.tags.map((tag) => [
      tag.name,
      tag.address ?? tag.expression,
      tag.limits.high,
      tag.unit,
      tag.interlock,
      tag.equipment,
    ])
    expect(rows).toEqual([
      ['Line.Free', '9:bool', null, '', null, null],
      ['P1.Speed', '112:float32', 60, '', '!P1.Fault', 'P1'],
      ['P1.Fault', '110:bool', null, '', null, 'P1'],
      ['P1.Running', 'P1.Speed > 0 && !P1.Fault && Line.Free', null, '', null, 'P1'],
      ['P1.Torque', '7:float32', null, '', null, 'P1'],
      ['P2.Speed', '102:float32', 50, 'Hz', null, 'P2'],
      ['P2.Fault', '100:bool', null, '', null, 'P2'],
      ['P2.Running', 'P2.Speed > 0 && !P2.Fault && Line.Free', null, '', null, 'P2'],
    ])
    expect(plant.tags[1]!.description).toBe('Speed of P1')
    expect(plant.equipment).toMatchObject([
      {
        name: 'P1',
        type: 'pump',
        description: { en: 'A pump' },
        place: 'Filling/Filler',
        parent: null,
        members: { Speed: 'P1.Speed', Fault: 'P1.Fault', Running: 'P1.Running', Torque: 'P1.Torque' },
        parameters: { device: 'plc', base: 110, maximum: 60 },
      },
      {
        name: 'P2',
        type: 'pump',
        description: { en: 'A pump' },
        place: '',
        members: { Speed: 'P2.Speed', Fault: 'P2.Fault', Running: 'P2.Running' },
        parameters: { device: 'plc', base: 100, maximum: 50 },
      },
    ])
    expect(plant.equipmentTypes).toMatchObject([
      {
        name: 'pump',
        description: { en: 'A pump' },
        members: [{ name: 'Speed' }, { name: 'Fault' }, { name: 'Running' }, { name: 'Torque' }],
        symbolFile: 'equipment/types/pump.svg',
      },
    ])
  })

  it('mimics stand in the hierarchy of navigation.yaml, the others below', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><title>Drawn title</title></svg>'
    const plant = await plantOf({
      'plant.yaml': '{ name: A, line: B, site: C, languages: [en, zh-CN], startMimic: filler }',
      'mimics/overview.svg': svg,
      'mimics/filler.svg': svg,
      'mimics/notes.svg': svg,
      'mimics/navigation.yaml':
        'mimics:\n  - { name: overview, title: { en: Overview, zh-CN: 总览 }, level: 1 }\n  - { name: filler, level: 2, parent: overview }\n',
    })
    expect(plant.startMimic).toBe('filler')
    const empty = { tags: [], equipment: [], area: null }
    expect(plant.mimics).toEqual([
      {
        name: 'overview',
        title: { en: 'Overview', 'zh-CN': '总览' },
        level: 1,
        parent: null,
        file: 'mimics/overview.svg',
        ...empty,
      },
      {
        name: 'filler',
        title: { en: 'Drawn title' },
        level: 2,
        parent: 'overview',
        file: 'mimics/filler.svg',
        ...empty,
      },
      { name: 'notes', title: { en: 'Drawn title' }, level: 3, parent: null, file: 'mimics/notes.svg', ...empty },
    ])
  })

  it('files of parts that read them themselves, and notes, disturb nobody', async () => {
    const folder = await plantFolder({
      'gateways/c.yaml': '- whatever',
      'gateways/b.yaml': 'x: 1',
      'maintenance.yaml': 'listen: a',
      'README.md': '#',
      'docs/hmi-philosophy.md': '#',
      '.git/x': '',
      'tags/a.yaml~': 'old',
    })
    const { faults, hints } = await checkPlant(folder, fakeRules)
    expect(faults).toEqual([])
    expect(hints).toEqual([{ file: 'README.md', line: 1, column: 1, message: 'no part of Lineside reads this file' }])
  })
})

describe('with the protocols of the drivers', () => {
  it('the address texts of INTERFACES are accepted and give types', async () => {
    const folder = await plantFolder({
      'devices/plc.yaml':
        'name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:1502\nunitId: 1\nwordOrder: CDAB\nscanRates: { fast: 100 ms, normal: 1 s }\n',
      'devices/others.yaml':
        'devices:\n  - { name: ua, protocol: opcua, address: "opc.tcp://127.0.0.1:4840", security: { mode: SignAndEncrypt, policy: Basic256Sha256 }, user: lineside, passwordSecret: ua }\n  - { name: broker, protocol: mqtt, address: "mqtt://127.0.0.1:1883" }\n  - { name: sim, protocol: simulator }\n',
      'tags/a.yaml': `tags:
  - { name: A, device: plc, address: 40001:float32, scan: fast }
  - { name: B, device: plc, address: 40010.3:bool }
  - { name: C, device: plc, address: "40020:string[16]" }
  - { name: D, device: plc, address: "40040:int16[8]" }
  - { name: E, device: ua, address: "ns=2;s=Tank.Level", dataType: float64 }
  - { name: F, device: broker, address: "plant/level#$.value", dataType: float64, timestampPath: $.time, writeAddress: plant/set, writable: true }
`,
    })
    const { plant, faults } = await checkPlant(folder, plantRules)
    expect(checkReport(faults, false)).toBe('')
    expect(plant!.tags.map((tag) => [tag.dataType, tag.arrayLength])).toEqual([
      ['float32', null],
      ['bool', null],
      ['string', null],
      ['int16', 8],
      ['float64', null],
      ['float64', null],
    ])
  })
})

describe('the report', () => {
  it('is one line for each fault, or one JSON array', () => {
    const faults = [{ file: 'a.yaml', line: 1, column: 2, message: 'two\nlines' }]
    expect(checkReport(faults, false)).toBe('a.yaml:1:2: two lines\n')
    expect(checkReport(faults, true)).toBe('[{"file":"a.yaml","line":1,"column":2,"message":"two\\nlines"}]\n')
    expect(checkReport([], false)).toBe('')
  })
})
