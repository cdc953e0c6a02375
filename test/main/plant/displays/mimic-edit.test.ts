// Displays and equipment saved from the screen: all or nothing, never over what somebody else wrote.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { checkPlant } from '../../../../src-main/plant/plant-check.ts'
import { openPlantStore, type PlantStore } from '../../../../src-main/plant/plant-store.ts'
import { plantWork } from '../../../../src-main/plant/plant-work.ts'
import { finishFileSet, writeFileSet } from '../../../../src-main/plant/source/file-set.ts'
import { fakeRules, plantFolder, temporaryFolder, writeFiles } from '../plant-folder-fixture.ts'

const drawing = (content = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 1600 900">\n  <title>A</title>${content}\n</svg>\n`
const files = {
  'tags/a.yaml': 'tags:\n  - { name: Level, device: plc, address: "1:float32" }\n',
  'equipment/types/pump.yaml':
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the plant's own placeholder
    'name: pump\nparameters: { base: null }\nmembers:\n  - { name: Speed, device: plc, address: "${base}:float32" }\n',
  'equipment/a.yaml': '# Pumps.\nequipment:\n  - { name: P1, type: pump, parameters: { base: 10 } } # old\n',
  'mimics/navigation.yaml':
    '# How they hang together.\nmimics:\n  - name: main # first\n    level: 1\n  - name: unit\n    level: 2\n    parent: main\n',
  'mimics/main.svg': drawing('<g ls:open="unit"/>'),
  'mimics/unit.svg': drawing(),
}
const options = { version: undefined, entry: undefined, dryRun: false }

async function open(more: Record<string, string> = {}): Promise<{ folder: string; store: PlantStore }> {
  const folder = await plantFolder({ ...files, ...more })
  const store = await openPlantStore({
    folder,
    dataFolder: await temporaryFolder(),
    work: plantWork(fakeRules),
    clock: systemClock,
    logger: silentLogger,
    onChange: () => undefined,
  })
  onTestFinished(() => store.close())
  return { folder, store }
}

function textsOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [
        join(entry.parentPath, entry.name).slice(folder.length + 1),
        readFileSync(join(entry.parentPath, entry.name), 'utf8'),
      ]),
  )
}

describe('a display that is saved', () => {
  it('is written byte for byte, taken over, and its version is that of what was written', async () => {
    const { folder, store } = await open()
    const source = await store.mimicSource('unit')
    expect(source).toMatchObject({
      name: 'unit',
      file: 'mimics/unit.svg',
      svg: files['mimics/unit.svg'],
      entry: { title: {}, level: 2, parent: 'main' },
    })
    const svg = source.svg.replace('\n', '\r\n').replace('</svg>', '  <!-- 中文 --></svg>')
    const saved = await store.saveMimic('unit', svg, { ...options, version: source.version })
    expect(saved.faults).toEqual([])
    expect(saved.quality?.mimic).toBe('unit')
    expect(readFileSync(join(folder, 'mimics/unit.svg'), 'utf8')).toBe(svg)
    expect((await store.mimicSource('unit')).version).toBe(saved.version)
    expect(await store.mimicSvg('unit')).toBe(svg)
    expect(readFileSync(join(folder, 'mimics/navigation.yaml'), 'utf8')).toBe(files['mimics/navigation.yaml'])
  })

  it('is new with its row, which looks like the others', async () => {
    const { folder, store } = await open()
    const entry = { title: { en: 'New' }, level: 3, parent: 'unit' }
    const saved = await store.saveMimic('new', drawing(), { version: null, entry, dryRun: false })
    expect(saved.faults).toEqual([])
    expect(store.plant.mimics.find(({ name }) => name === 'new')).toMatchObject({
      title: { en: 'New' },
      level: 3,
      parent: 'unit',
    })
    expect(readFileSync(join(folder, 'mimics/navigation.yaml'), 'utf8')).toBe(
      `${files['mimics/navigation.yaml']}  - name: new\n    title: { en: New }\n    level: 3\n    parent: unit\n`,
    )
    expect((await store.mimicSource('new')).version).toBe(saved.version)
  })

  it('with faults is not written; they come back with line and column', async () => {
    const { folder, store } = await open()
    const before = textsOf(folder)
    const faulty = await store.saveMimic('unit', drawing('\n  <text ls:tag="Levle">1</text>'), options)
    expect(faulty).toMatchObject({ version: '', quality: null, faults: [{ file: 'mimics/unit.svg', line: 3 }] })
    expect(faulty.faults[0]!.message).toContain('Level')
    expect((await store.saveMimic('unit', '<svg', options)).faults).toHaveLength(1)
    expect((await store.saveMimic('unit', drawing('<text>\ud800</text>'), options)).faults[0]).toMatchObject({
      line: 2,
    })
    const row = { title: { en: 'Unit' }, level: 2, parent: 'nowhere' }
    expect((await store.saveMimic('unit', drawing(), { ...options, entry: row })).faults[0]).toMatchObject({
      file: 'mimics/navigation.yaml',
    })
    expect(textsOf(folder)).toEqual(before)
  })

  it('by a dry run is only judged', async () => {
    const { folder, store } = await open()
    const before = textsOf(folder)
    const { faults, quality } = await store.saveMimic('fresh', drawing(), {
      version: null,
      entry: { title: { en: 'F' }, level: 2, parent: 'main' },
      dryRun: true,
    })
    expect(faults).toEqual([])
    expect(quality?.score).toBe(100)
    expect(textsOf(folder)).toEqual(before)
  })

  it('is refused when another person or an editor changed it meanwhile, row included', async () => {
    const { folder, store } = await open()
    const { version } = await store.mimicSource('unit')
    writeFileSync(join(folder, 'mimics/unit.svg'), drawing('<g/>'))
    await expect(store.saveMimic('unit', drawing(), { ...options, version })).rejects.toMatchObject({
      code: 'BadEntryExists',
    })
    const second = (await store.mimicSource('unit')).version
    writeFileSync(
      join(folder, 'mimics/navigation.yaml'),
      files['mimics/navigation.yaml'].replace('level: 2', 'level: 3'),
    )
    await expect(store.saveMimic('unit', drawing(), { ...options, version: second })).rejects.toMatchObject({
      code: 'BadEntryExists',
    })
    await expect(store.saveMimic('unit', drawing(), { ...options, version: null })).rejects.toThrow('already')
    unlinkSync(join(folder, 'mimics/unit.svg'))
    await expect(store.saveMimic('unit', drawing(), { ...options, version: second })).rejects.toThrow(
      'deleted meanwhile',
    )
  })

  it('by two at once from the same version is saved by exactly one, fifty times', async () => {
    const { folder, store } = await open()
    for (let round = 0; round < 50; round++) {
      const { version } = await store.mimicSource('unit')
      const texts = ['a', 'b'].map((name) => drawing(`<g id="${name}${round}"/>`))
      const saves = await Promise.allSettled(texts.map((svg) => store.saveMimic('unit', svg, { ...options, version })))
      const won = saves.findIndex(({ status }) => status === 'fulfilled')
      expect(saves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(readFileSync(join(folder, 'mimics/unit.svg'), 'utf8')).toBe(texts[won])
    }
  })

  it('waits for a folder whose other files are faulty', async () => {
    const { folder, store } = await open()
    writeFileSync(join(folder, 'tags/b.yaml'), 'tags: 7\n')
    await expect(store.saveMimic('unit', drawing(), options)).rejects.toThrow(
      /The plant folder has faults \(tags\/b\.yaml:1/,
    )
  })

  it('keeps the byte order mark that its file has', async () => {
    const { folder, store } = await open()
    writeFileSync(join(folder, 'mimics/unit.svg'), `\ufeff${files['mimics/unit.svg']}`)
    const { svg, version } = await store.mimicSource('unit')
    expect(svg).toBe(files['mimics/unit.svg'])
    await store.saveMimic('unit', drawing('<g/>'), { ...options, version })
    expect(readFileSync(join(folder, 'mimics/unit.svg'), 'utf8')).toBe(`\ufeff${drawing('<g/>')}`)
  })

  it.each(['..', '../x', 'a/b', '', 'a b', 'con', 'x'.repeat(65), 'a.svg'])('cannot be named %j', async (name) => {
    const { folder, store } = await open()
    const before = textsOf(folder)
    await expect(store.saveMimic(name, drawing(), options)).rejects.toMatchObject({ code: 'BadInvalidArgument' })
    expect(textsOf(folder)).toEqual(before)
  })

  it('cannot be named as another one but for capitals', async () => {
    const { store } = await open()
    await expect(store.saveMimic('UNIT', drawing(), options)).rejects.toThrow('capitals')
  })
})

describe('places that cannot be written', () => {
  it('a link that leads out is not followed', async () => {
    const { folder, store } = await open()
    const outside = await temporaryFolder()
    writeFileSync(join(outside, 'x.svg'), drawing())
    symlinkSync(join(outside, 'x.svg'), join(folder, 'mimics/link.svg'))
    await expect(store.saveMimic('link', drawing('<g/>'), options)).rejects.toThrow('leads out of the plant folder')
    expect(readFileSync(join(outside, 'x.svg'), 'utf8')).toBe(drawing())
    const moved = join(outside, 'mimics')
    mkdirSync(moved)
    rmSync(join(folder, 'mimics'), { recursive: true })
    symlinkSync(moved, join(folder, 'mimics'))
    await expect(store.saveMimic('unit', drawing(), options)).rejects.toThrow('leads out of the plant folder')
    expect(readdirSync(moved)).toEqual([])
  })

  it.skipIf(process.getuid?.() === 0)('a folder that may only be read stays as it is', async () => {
    const { folder, store } = await open()
    chmodSync(join(folder, 'mimics'), 0o555)
    onTestFinished(() => chmodSync(join(folder, 'mimics'), 0o755))
    await expect(store.saveMimic('unit', drawing('<g/>'), options)).rejects.toThrow('may only be read')
  })

  it('a second file that cannot be written leaves the first as it was', async () => {
    const { folder } = await open()
    const before = textsOf(folder)
    // The second file cannot be written: then the first is not either.
    const change = [
      { file: 'mimics/unit.svg', before: files['mimics/unit.svg'], after: drawing('<g/>') },
      { file: `mimics/${'x'.repeat(300)}.yaml`, before: null, after: 'mimics: []\n' },
    ]
    await expect(writeFileSet(folder, change)).rejects.toMatchObject({ code: 'BadResourceUnavailable' })
    expect(textsOf(folder)).toEqual(before)
  })
})

describe('two files as one step', () => {
  const change = [
    { file: 'mimics/new.svg', before: null, after: drawing() },
    {
      file: 'mimics/navigation.yaml',
      before: files['mimics/navigation.yaml'],
      after: `${files['mimics/navigation.yaml']}  - name: new\n    level: 2\n`,
    },
  ]

  /** The folder as a kill leaves it after so many files changed place. */
  async function killedAfter(count: number): Promise<string> {
    const folder = await plantFolder(files)
    await writeFileSet(folder, change)
    const after = textsOf(folder)
    const { createHash } = await import('node:crypto')
    const digest = (text: string | null) => (text === null ? null : createHash('sha256').update(text).digest('hex'))
    const pending = change.map(({ file, before, after: text }) => ({
      file,
      temporary: `${file}.1.tmp`,
      before: digest(before),
      after: digest(text),
    }))
    for (const [index, { file, before }] of change.entries()) {
      if (index < count) continue
      writeFileSync(join(folder, `${file}.1.tmp`), after[file]!)
      if (before === null) rmSync(join(folder, file))
      else writeFileSync(join(folder, file), before)
    }
    writeFileSync(join(folder, '.lineside-edit.json'), JSON.stringify(pending))
    return folder
  }

  it.each([0, 1, 2])(
    'killed after %i files: no fault to a reader, and both are new with the next start',
    async (count) => {
      const folder = await killedAfter(count)
      expect((await checkPlant(folder, fakeRules)).faults).toEqual([])
      await finishFileSet(folder)
      for (const { file, after } of change) expect(readFileSync(join(folder, file), 'utf8')).toBe(after)
      expect(Object.keys(textsOf(folder)).sort()).toEqual(
        [...Object.keys({ ...files, 'plant.yaml': '', 'devices/plc.yaml': '', 'mimics/new.svg': '' })].sort(),
      )
    },
  )

  it('what somebody changed since then is not touched', async () => {
    const folder = await killedAfter(1)
    writeFileSync(join(folder, 'mimics/navigation.yaml'), '# by hand\nmimics: []\n')
    await finishFileSet(folder)
    expect(readFileSync(join(folder, 'mimics/navigation.yaml'), 'utf8')).toBe('# by hand\nmimics: []\n')
    expect(existsSync(join(folder, '.lineside-edit.json'))).toBe(false)
    expect(existsSync(join(folder, 'mimics/navigation.yaml.1.tmp'))).toBe(false)
  })

  it.each([
    ['half a list', '[{"file":"mim'],
    ['files elsewhere', '[{"file":"../x","temporary":"../y","before":null,"after":null}]'],
    ['another shape', '{"a":1}'],
  ])('a list that is none (%s) orders nothing', async (_what, text) => {
    const folder = await plantFolder({ ...files, '.lineside-edit.json': text })
    await finishFileSet(folder)
    expect(existsSync(join(folder, '.lineside-edit.json'))).toBe(false)
    expect(readFileSync(join(folder, 'mimics/unit.svg'), 'utf8')).toBe(files['mimics/unit.svg'])
  })
})

describe('a display that is deleted', () => {
  it('stays while another leads to it: by a click, as parent, as start display', async () => {
    const { store } = await open({ 'plant.yaml': 'name: T\nline: L\nsite: S\nstartMimic: main\n' })
    await expect(store.deleteMimic('unit', undefined)).rejects.toMatchObject({ code: 'BadInvalidState' })
    await expect(store.deleteMimic('unit', undefined)).rejects.toThrow('mimics/main.svg:2 opens it')
    await expect(store.deleteMimic('main', undefined)).rejects.toThrow(/parent of unit.*startMimic/)
    await expect(store.deleteMimic('none', undefined)).rejects.toMatchObject({ code: 'BadNotFound' })
  })

  it('goes with its row and leaves the comments of the others', async () => {
    const { folder, store } = await open()
    const { version } = await store.mimicSource('unit')
    await store.saveMimic('main', drawing(), options)
    await expect(store.deleteMimic('unit', 'another')).rejects.toMatchObject({ code: 'BadEntryExists' })
    await store.deleteMimic('unit', version)
    expect(existsSync(join(folder, 'mimics/unit.svg'))).toBe(false)
    expect(readFileSync(join(folder, 'mimics/navigation.yaml'), 'utf8')).toBe(
      '# How they hang together.\nmimics:\n  - name: main # first\n    level: 1\n',
    )
    expect(store.faults).toEqual([])
  })
})

describe('equipment that is saved', () => {
  const add = (name: string, base: number, more: object = {}) => ({ name, type: 'pump', parameters: { base }, ...more })

  it('is added as its neighbours are written, and changed where it stands', async () => {
    const { folder, store } = await open()
    expect(await store.saveEquipment([add('P2', 20, { place: 'Mixing' })], { file: 'a', dryRun: false })).toEqual({
      faults: [],
      file: 'equipment/a.yaml',
    })
    expect(readFileSync(join(folder, 'equipment/a.yaml'), 'utf8')).toBe(
      `${files['equipment/a.yaml']}  - { name: P2, type: pump, place: Mixing, parameters: { base: 20 } }\n`,
    )
    expect(await store.saveEquipment([add('P1', 30)], { file: 'other', dryRun: false })).toMatchObject({
      file: 'equipment/a.yaml',
    })
    expect(readFileSync(join(folder, 'equipment/a.yaml'), 'utf8')).toContain(
      '  - { name: P1, type: pump, parameters: { base: 30 } } # old\n',
    )
    expect(store.plant.tags.map(({ name }) => name)).toEqual(expect.arrayContaining(['P1.Speed', 'P2.Speed']))
  })

  it('with faults is not written, nor by a dry run; another type is refused', async () => {
    const { folder, store } = await open()
    const before = textsOf(folder)
    const faulty = await store.saveEquipment([{ name: 'P2', type: 'pmup' }], { file: undefined, dryRun: false })
    expect(faulty.faults[0]!.message).toContain('pump')
    expect(
      (await store.saveEquipment([{ name: 'P2', type: 'pump' }], { file: undefined, dryRun: false })).faults,
    ).not.toEqual([])
    expect((await store.saveEquipment([add('P2', 7)], { file: undefined, dryRun: true })).faults).toEqual([])
    await expect(
      store.saveEquipment([{ name: 'P1', type: 'motor' }], { file: undefined, dryRun: false }),
    ).rejects.toThrow('is of type pump')
    expect(textsOf(folder)).toEqual(before)
  })

  it('as many is one step: all of them are there after one check, each where its name stands, or none', async () => {
    const { folder, store } = await open()
    const motors = Array.from({ length: 10 }, (_, at) => add(`M${at}`, 100 + at))
    const { revision } = store
    expect(await store.saveEquipment([add('P1', 31), ...motors], { file: 'row', dryRun: false })).toEqual({
      faults: [],
      file: 'equipment/a.yaml',
    })
    expect(store.revision).toBe(revision + 1)
    expect(readFileSync(join(folder, 'equipment/a.yaml'), 'utf8')).toContain(
      '  - { name: P1, type: pump, parameters: { base: 31 } } # old\n',
    )
    expect(readFileSync(join(folder, 'equipment/row.yaml'), 'utf8').match(/name: M\d/g)).toHaveLength(10)
    const before = textsOf(folder)
    const faulty = await store.saveEquipment([add('M10', 7), { name: 'M11', type: 'pmup' }], {
      file: 'row',
      dryRun: false,
    })
    expect(faulty.faults).not.toEqual([])
    await expect(
      store.saveEquipment([add('M10', 7), add('M10', 8)], { file: 'row', dryRun: false }),
    ).rejects.toMatchObject({ code: 'BadInvalidArgument' })
    expect(textsOf(folder)).toEqual(before)
  })

  it('by twenty at once is not lost', async () => {
    const { store } = await open()
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        store.saveEquipment([add(`Q${at}`, 100 + at)], { file: 'b', dryRun: false }),
      ),
    )
    expect(store.plant.equipment.filter(({ name }) => name.startsWith('Q'))).toHaveLength(20)
  })
})

describe('documents', () => {
  const listed = {
    'equipment/types/pump.yaml': `${files['equipment/types/pump.yaml']}documents:\n  - { title: Manual, file: manual.pdf }\n  - { title: Wrong, file: wrong.pdf }\n  - { title: Link, file: link.pdf }\n`,
  }

  it('are opened when the plant lists them, and are what they say', async () => {
    const folder = await plantFolder({
      ...files,
      ...listed,
      'equipment/types/manual.pdf': '%PDF-1.7 x',
      'equipment/types/wrong.pdf': '<html>',
      'equipment/types/secret.txt': 'no',
    })
    const outside = await temporaryFolder()
    await writeFiles(outside, { 'x.pdf': '%PDF-1.7 secret' })
    const { faults } = await checkPlant(folder, fakeRules)
    if (faults.some(({ message }) => message.includes('link.pdf')))
      await writeFiles(folder, { 'equipment/types/link.pdf': '%PDF-1.7 y' })
    const store = await openPlantStore({
      folder,
      dataFolder: await temporaryFolder(),
      work: plantWork(fakeRules),
      clock: systemClock,
      logger: silentLogger,
      onChange: () => undefined,
    })
    onTestFinished(() => store.close())
    expect(store.faults).toEqual([])
    expect(await store.document('equipment/types/manual.pdf')).toMatchObject({
      mediaType: 'application/pdf',
      bytes: Buffer.from('%PDF-1.7 x'),
    })
    await expect(store.document('equipment/types/wrong.pdf')).rejects.toThrow('its content is not application/pdf')
    for (const file of [
      'equipment/types/secret.txt',
      '../../etc/passwd',
      'equipment/types/../types/manual.pdf',
      'plant.yaml',
    ])
      await expect(store.document(file)).rejects.toMatchObject({ code: 'BadNotFound' })
    rmSync(join(folder, 'equipment/types/link.pdf'), { force: true })
    symlinkSync(join(outside, 'x.pdf'), join(folder, 'equipment/types/link.pdf'))
    await expect(store.document('equipment/types/link.pdf')).rejects.toThrow('leads out of the plant folder')
  })
})
