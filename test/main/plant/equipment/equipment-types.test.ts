// Equipment types as docs/equipment-types.md writes them, and the laws of extending and nesting.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkReport } from '../../../../src-main/plant/check-report.ts'
import { isAtLeast, isCompatible } from '../../../../src-main/plant/equipment/library-file.ts'
import { shippedLibraries } from '../../../../src-main/plant/equipment/library-search.ts'
import { checkPlant } from '../../../../src-main/plant/plant-check.ts'
import { plantRules } from '../../../../src-main/plant-rules.ts'
import type { Equipment } from '../../../../src-main/shared/equipment.ts'
import type { Plant } from '../../../../src-main/shared/plant.ts'
import { fakeRules, plantFolder, temporaryFolder, writeFiles } from '../plant-folder-fixture.ts'

/** The files of the page: each block names its file in its first line. */
const page = readFileSync(new URL('../../../../docs/equipment-types.md', import.meta.url), 'utf8')
const pageFiles: Record<string, string> = Object.fromEntries(
  [...page.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, file, text]) => [file!, text!]),
)

async function plantOf(files: Record<string, string>): Promise<Plant> {
  const { plant, faults } = await checkPlant(await plantFolder(files), fakeRules)
  expect(checkReport(faults, false)).toBe('')
  return plant!
}

async function faultsOf(files: Record<string, string>): Promise<readonly string[]> {
  const { faults } = await checkPlant(await plantFolder(files), fakeRules)
  return faults.map(({ file, message }) => `${file}: ${message}`)
}

describe('the worked example of docs/equipment-types.md', () => {
  let plant: Plant
  const named = (name: string): Equipment => plant.equipment.find((each) => each.name === name)!
  const tag = (name: string) => plant.tags.find((each) => each.name === name)!

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lineside-types-'))
    for (const [file, text] of Object.entries(pageFiles)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    const { plant: checked, faults } = await checkPlant(folder, plantRules)
    rmSync(folder, { recursive: true, force: true })
    expect(checkReport(faults, false)).toBe('')
    plant = checked!
  })

  it('gives every member the address of its device, and only the members that the instance has', () => {
    expect(named('M1').members).toEqual({
      State: 'M1.State',
      Command: 'M1.Command',
      Ready: 'M1.Ready',
      ReadyBypass: 'M1.ReadyBypass',
      Current: 'M1.Current',
    })
    expect(tag('M1.Current')).toMatchObject({ address: '40105:float32', limits: { low: 0, high: 15 } })
    expect(tag('M3.Current').address).toBe('memory(M3.Current)')
    expect(Object.keys(named('M3').members)).toContain('Temperature')
    expect(tag('M2.Current').address).toBe('40190:float32')
    expect(named('M2').members.ReadyBypass).toBeUndefined()
    // The condition is not lost with the member that would bypass it.
    expect(named('M2').conditions.find(({ name }) => name === 'ready')).toMatchObject({ bypass: null })
  })

  it('leaves out what names a member that the instance does not have', () => {
    expect(named('M1').health).toEqual([])
    expect(named('M3').health).toMatchObject([{ name: 'hot', condition: 'M3.Temperature > 80' }])
    expect(named('M1').faceplate.overview).toEqual(['M1.Current'])
    expect(named('M3').faceplate.overview).toEqual(['M3.Current', 'M3.Temperature'])
    expect(named('M1').conditions).toMatchObject([{ name: 'ready', condition: 'M1.Ready', bypass: 'M1.ReadyBypass' }])
  })

  it('gives the tag of the states their words, and commands what they write', () => {
    expect(tag('M1.State').states).toEqual({
      0: { en: 'Stopped', 'zh-CN': '停止' },
      1: { en: 'Running', 'zh-CN': '运行' },
      2: { en: 'Tripped', 'zh-CN': '跳闸' },
    })
    expect(named('M1').states?.states.map(({ kind }) => kind)).toEqual(['stopped', 'running', 'fault'])
    expect(named('M2').commands.map(({ name, tag: target, value }) => [name, target, value])).toEqual([
      ['start', 'M2.Command', 1],
      ['stop', 'M2.Command', 2],
      ['reverse', 'M2.Command', 3],
    ])
    expect(named('M1').commands[0]!.when).toBe('M1.State == 0')
  })

  it('guards the values that start it, and no other', () => {
    expect(tag('M1.Command').writeConditions).toEqual([
      { value: 1, equipment: 'M1', condition: named('M1').conditions[0] },
    ])
    expect(tag('M1.State').writeConditions).toBeUndefined()
  })

  it('takes keys of the extended type away with null, and says which type is built on which', () => {
    expect(tag('M2.Current')).toMatchObject({ unit: 'mA', alarms: [], limits: { low: 0, high: 15 } })
    expect(tag('M1.Current').alarms.length).toBe(1)
    expect(plant.equipmentTypes.find(({ name }) => name === 'reversing-motor')).toMatchObject({ extends: 'motor' })
  })

  it('nests instances: tags, equipment, parent, place, overrides that reach in, conditions that name inner members', () => {
    expect(named('Mixer1')).toMatchObject({ children: { Agitator: 'Mixer1.Agitator' }, parent: null })
    expect(named('Mixer1').members['Agitator.State']).toBe('Mixer1.Agitator.State')
    expect(named('Mixer1.Agitator')).toMatchObject({ parent: 'Mixer1', place: 'Mixing/Tank 1', type: 'motor' })
    expect(tag('Mixer1.Agitator.Current')).toMatchObject({ limits: { high: 30 }, equipment: 'Mixer1.Agitator' })
    expect(named('Mixer1').conditions.map(({ kind, condition }) => [kind, condition])).toEqual([
      ['permissive', 'M1.State == 1'],
      ['interlock', 'Mixer1.Level > 15 || Mixer1.Agitator.State == 0'],
    ])
    const names = plant.equipment.map(({ name }) => name)
    expect(names.indexOf('Mixer1')).toBeLessThan(names.indexOf('Mixer1.Agitator'))
  })
})

describe('laws', () => {
  const key = fc.constantFrom('unit', 'decimals', 'deadband', 'scan')
  const values: Record<string, fc.Arbitrary<unknown>> = {
    unit: fc.constantFrom('A', 'V', '%'),
    decimals: fc.integer({ min: 0, max: 5 }),
    deadband: fc.integer({ min: 0, max: 9 }),
    scan: fc.constantFrom('normal', 'fast'),
  }
  const keys = fc
    .uniqueArray(key, { maxLength: 4 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, values[name]!]))))

  it('extending twice is extending with both on top of each other', async () => {
    await fc.assert(
      fc.asyncProperty(keys, keys, keys, async (base, middle, top) => {
        const member = (own: object) => JSON.stringify({ name: 'M', ...own })
        const address = { device: 'plc', address: '1:float32' }
        const plant = await plantOf({
          'equipment/types/a.yaml': `name: a\nmembers: [${member({ ...address, ...base })}]\n`,
          'equipment/types/b.yaml': `name: b\nextends: a\nmembers: [${member(middle)}]\n`,
          'equipment/types/c.yaml': `name: c\nextends: b\nmembers: [${member(top)}]\n`,
          'equipment/types/flat.yaml': `name: flat\nmembers: [${member({ ...address, ...base, ...middle, ...top })}]\n`,
          'equipment/x.yaml': 'equipment: [{ name: C, type: c }, { name: F, type: flat }]\n',
        })
        const { name: _a, equipment: _b, ...extended } = plant.tags.find(({ name }) => name === 'C.M')!
        const { name: _c, equipment: _d, ...flat } = plant.tags.find(({ name }) => name === 'F.M')!
        expect(extended).toEqual(flat)
      }),
      { numRuns: 15 },
    )
  })

  it('however deep types nest, every tag is its instance and the way to its member, and every parent lists it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('Drive', 'Pump', '泵', 'A.B'), { minLength: 1, maxLength: 6 }),
        async (way) => {
          const files: Record<string, string> = {
            'equipment/types/t0.yaml': 'name: t0\nmembers: [{ name: Speed, device: plc, address: 1:float32 }]\n',
            'equipment/x.yaml': `equipment: [{ name: Top, type: t${way.length} }]\n`,
          }
          for (const [index, member] of way.entries())
            files[`equipment/types/t${index + 1}.yaml`] =
              `name: t${index + 1}\nmembers: [{ name: "${member}", type: t${index} }]\n`
          const plant = await plantOf(files)
          const steps = way.toReversed()
          expect(plant.tags.map(({ name }) => name)).toEqual([['Top', ...steps, 'Speed'].join('.')])
          for (let count = 0; count <= steps.length; count++) {
            const name = ['Top', ...steps.slice(0, count)].join('.')
            const equipment = plant.equipment.find((each) => each.name === name)!
            expect(equipment.members).toEqual({ [[...steps.slice(count), 'Speed'].join('.')]: plant.tags[0]!.name })
            expect(equipment.parent).toBe(count === 0 ? null : ['Top', ...steps.slice(0, count - 1)].join('.'))
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  it('a version is compatible with itself, with later ones of the same first number, and with nothing earlier', () => {
    const part = fc.integer({ min: 0, max: 30 })
    fc.assert(
      fc.property(part, part, part, part, (major, minor, patch, later) => {
        const version = `${major}.${minor}.${patch}`
        expect(isCompatible(version, version)).toBe(true)
        expect(isCompatible(`${major}.${minor + later}.0`, `${major}.${minor}`)).toBe(true)
        expect(isCompatible(`${major + 1}.${minor}.${patch}`, version)).toBe(false)
        expect(isAtLeast(version, `${major}.${minor}.${patch + 1}`)).toBe(false)
      }),
    )
  })

  it('types that multiply by nesting are refused in good time', async () => {
    const files: Record<string, string> = {
      'equipment/types/t0.yaml': 'name: t0\nmembers: [{ name: Speed, device: plc, address: 1:float32 }]\n',
      'equipment/x.yaml': 'equipment: [{ name: Top, type: t8 }]\n',
    }
    for (let level = 1; level <= 8; level++) {
      const members = Array.from({ length: 10 }, (_, index) => `{ name: M${index}, type: t${level - 1} }`)
      files[`equipment/types/t${level}.yaml`] = `name: t${level}\nmembers: [${members.join(', ')}]\n`
    }
    expect((await faultsOf(files))[0]).toContain('would have more than 20000 members')
  })
})

const motor =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of a type file
  'name: motor\nparameters: { base: null }\nmembers: [{ name: Speed, device: plc, address: "${base}:float32" }]\n'
const library = (name: string, version = '1.0.0') => `name: ${name}\nversion: ${version}\n`

describe('libraries', () => {
  it('are found in the folder that plant.yaml names, then in the plant folder, and only those that it names', async () => {
    const outside = await temporaryFolder()
    await writeFiles(outside, {
      'library.yaml': library('house', '2.3.0'),
      'types/motor.yaml': motor,
      'types/motor.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    })
    const plant = await plantOf({
      'plant.yaml': `name: A\nline: B\nsite: C\nlibraries: [{ name: house, version: "2.1", folder: ${outside} }, inner]\n`,
      'libraries/inner/library.yaml': library('inner'),
      'libraries/inner/types/fan.yaml': motor.replace('motor', 'fan'),
      'libraries/unused/library.yaml': library('unused'),
      'libraries/unused/types/broken.yaml': 'name: [',
      'equipment/a.yaml':
        'equipment: [{ name: M, type: motor, parameters: { base: 1 } }, { name: F, type: inner/fan, parameters: { base: 3 } }]\n',
    })
    expect(plant.libraries).toEqual([
      { name: 'house', version: '2.3.0', title: { en: 'house' }, origin: 'folder', types: ['motor'] },
      { name: 'inner', version: '1.0.0', title: { en: 'inner' }, origin: 'plant', types: ['fan'] },
    ])
    expect(plant.equipmentTypes[0]).toMatchObject({
      library: 'house',
      version: '2.3.0',
      file: 'libraries/house/types/motor.yaml',
      symbolFile: 'libraries/house/types/motor.svg',
    })
    expect(plant.equipment.map(({ type }) => type)).toEqual(['motor', 'fan'])
  })

  it("a type of the plant's own stands in for the library's, which keeps its longer name and its own meaning", async () => {
    const files = {
      'plant.yaml': 'name: A\nline: B\nsite: C\nlibraries: [house]\n',
      'libraries/house/library.yaml': library('house'),
      'libraries/house/types/motor.yaml': motor,
      'libraries/house/types/pump.yaml':
        'name: pump\nmembers: [{ name: Motor, type: motor, parameters: { base: 5 } }]\n',
      'equipment/types/motor.yaml': 'name: motor\nextends: house/motor\nparameters: { base: 9 }\n',
      'equipment/a.yaml':
        'equipment: [{ name: M, type: motor }, { name: L, type: house/motor, parameters: { base: 3 } }, { name: P, type: pump }]\n',
    }
    const plant = await plantOf(files)
    expect(plant.equipment.map(({ name, type }) => [name, type])).toEqual([
      ['M', 'motor'],
      ['L', 'house/motor'],
      ['P', 'pump'],
      ['P.Motor', 'house/motor'],
    ])
    expect(plant.tags.map(({ address }) => address)).toEqual(['9:float32', '3:float32', '5:float32'])
  })

  it('a library folder is checked by itself, types, symbols and simulation', async () => {
    const folder = await temporaryFolder()
    await writeFiles(folder, {
      'library.yaml': library('house'),
      'types/motor.yaml': `${motor}simulation: { members: { Speed: { value: Sped } } }\n`,
    })
    const { plant, faults } = await checkPlant(folder, fakeRules)
    expect(plant).toBeNull()
    expect(checkReport(faults, false)).toContain('types/motor.yaml:4:')
    await writeFiles(folder, {
      'types/motor.yaml': `${motor}health: [{ name: fast, state: failure, title: Fast, condition: Sped > 3 }]\n`,
      'types/motor.svg':
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"><g ls:visible="self.Sped > 3"/></svg>',
    })
    const again = await checkPlant(folder, fakeRules)
    expect(again.faults.map(({ file }) => file)).toEqual(['types/motor.svg', 'types/motor.yaml'])
    await writeFiles(folder, {
      'types/motor.yaml': motor,
      'types/motor.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    })
    expect((await checkPlant(folder, fakeRules)).faults).toEqual([])
  })

  it('those shipped with Lineside are found from the sources, from the build and from a package', async () => {
    const root = await temporaryFolder()
    await writeFiles(root, {
      'resources/libraries/standard/library.yaml': library('standard'),
      'packed/app.asar/out/main/plant-worker.js': '',
      'packed/libraries/standard/library.yaml': library('standard'),
    })
    expect(shippedLibraries(join(root, 'src-main/plant/library-search.ts'))).toBe(join(root, 'resources/libraries'))
    expect(shippedLibraries(join(root, 'out/main/plant-worker.js'))).toBe(join(root, 'resources/libraries'))
    expect(shippedLibraries(join(root, 'packed/app.asar/out/main/plant-worker.js'))).toBe(
      join(root, 'packed/libraries'),
    )
    expect(shippedLibraries()).toMatch(/resources\/libraries$/)
  })

  it('a symbol is checked with nested and optional members of its type, and serves the types that extend it', async () => {
    const svg = (binding: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"><g ${binding}/></svg>`
    const files = {
      'equipment/types/motor.yaml': motor,
      'equipment/types/pump.yaml':
        'name: pump\nparameters: { hasFlow: false }\nmembers:\n  - { name: Motor, type: motor, parameters: { base: 5 } }\n  - { name: Flow, when: hasFlow, device: plc, address: 1:float32 }\n',
      'equipment/types/big-pump.yaml': 'name: big-pump\nextends: pump\n',
      'equipment/types/pump.svg': svg('ls:visible="self.Motor.Speed > 3 &amp;&amp; self.Flow > 1"'),
      'equipment/a.yaml': 'equipment: [{ name: P, type: pump }, { name: B, type: big-pump }]\n',
    }
    const plant = await plantOf(files)
    expect(plant.equipmentTypes.map(({ name, symbolFile }) => [name, symbolFile])).toEqual([
      ['big-pump', 'equipment/types/pump.svg'],
      ['motor', null],
      ['pump', 'equipment/types/pump.svg'],
    ])
    expect(await faultsOf({ ...files, 'equipment/types/pump.svg': svg('ls:visible="self.Motor.Sped > 3"') })).toEqual([
      'equipment/types/pump.svg: ls:visible: no tag named self.Motor.Sped; did you mean self.Motor.Speed?',
    ])
  })
})
