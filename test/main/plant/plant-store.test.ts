// The station's plant while people edit the folder: changes take effect, faults never do, the last good plant survives.
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { openPlantStore, type PlantStore } from '../../../src-main/plant/plant-store.ts'
import { plantWork } from '../../../src-main/plant/plant-work.ts'
import { patience } from '../../fakes/busy-machine.ts'
import { fakeRules, plantFolder, temporaryFolder, writeFiles } from './plant-folder-fixture.ts'

const svg = (text: string) => `<svg xmlns="http://www.w3.org/2000/svg"><title>${text}</title></svg>`
const tags = (...names: string[]) =>
  `# written by hand\ntags:\n${names.map((name, index) => `  - { name: ${name}, device: plc, address: "${index + 100}:int16" } # ${name}\n`).join('')}`

async function openStore(folder: string, dataFolder?: string): Promise<{ store: PlantStore; changes: () => number }> {
  let count = 0
  const store = await openPlantStore({
    folder,
    dataFolder: dataFolder ?? (await temporaryFolder()),
    work: plantWork(fakeRules),
    clock: systemClock,
    logger: silentLogger,
    onChange: () => count++,
  })
  onTestFinished(() => store.close())
  return { store, changes: () => count }
}

const names = (store: PlantStore) => store.plant.tags.map((tag) => tag.name)
/** Until the watch has seen a change. */
const soon = (check: () => void) => vi.waitFor(check, patience)

describe('a folder that changes', () => {
  it('takes effect without a restart, and tags that did not change stay the same objects', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A', 'B') })
    const { store, changes } = await openStore(folder)
    const [first] = store.plant.tags
    await writeFile(join(folder, 'tags/b.yaml'), tags('C'))
    await soon(() => expect(names(store)).toEqual(['A', 'B', 'C']))
    await soon(() => expect(changes()).toBe(1))
    expect(store.revision).toBe(2)
    expect(store.plant.tags[0]).toBe(first)
  })

  it('a file that is being saved while the folder is read is never taken for an empty one', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A', 'B') })
    const file = join(folder, 'tags/a.yaml')
    const work = plantWork(fakeRules)
    let isSaving = false
    const seen: string[][] = []
    const store = await openPlantStore({
      folder,
      dataFolder: await temporaryFolder(),
      // An editor that empties the file before it writes, at the worst moment.
      work: {
        ...work,
        async read(of, options) {
          if (!isSaving) return work.read(of, options)
          isSaving = false
          await writeFile(file, '')
          const reading = await work.read(of, options)
          await writeFile(file, tags('A', 'B', 'C'))
          return reading
        },
      },
      clock: systemClock,
      logger: silentLogger,
      onChange: () => seen.push(names(store)),
    })
    onTestFinished(() => store.close())
    isSaving = true
    await store.reload()
    expect(seen).toEqual([['A', 'B', 'C']])
  })

  it('a change beside the tags keeps the list of tags, so that nothing of theirs is done again', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A', 'B') })
    const { store } = await openStore(folder)
    const before = store.plant.tags
    await writeFile(join(folder, 'plant.yaml'), 'name: Renamed\nline: Line 1\nsite: Somewhere\n')
    await soon(() => expect(store.plant.name).toBe('Renamed'))
    expect(store.plant.tags).toBe(before)
  })

  it('alarms that did not change stay the same objects, and the same list when none did', async () => {
    const alarm = (limit: number) => `alarms: [{ condition: high, limit: ${limit}, message: { en: High } }]`
    const text = (limit: number) =>
      `tags:\n  - { name: A, device: plc, address: 1:int16, ${alarm(5)} }\n  - { name: B, device: plc, address: 2:int16, ${alarm(limit)} }\n`
    const folder = await plantFolder({ 'tags/a.yaml': text(6) })
    const { store } = await openStore(folder)
    const before = store.plant.alarms
    await writeFiles(folder, { 'alarms/a.yaml': 'philosophy: { fleeting: 3 s }\n' })
    await store.reload()
    expect(store.plant.alarmPhilosophy.fleetingMs).toBe(3000)
    expect(store.plant.alarms).toBe(before)
    await writeFiles(folder, { 'tags/a.yaml': text(7) })
    await store.reload()
    expect(store.plant.alarms[0]).toBe(before[0])
    expect(store.plant.alarms[1]).toMatchObject({ id: 'B/high', limit: 7 })
  })

  it('the master alarm database is changed where it is written, and the change runs at once; a second one from the same state is refused', async () => {
    const folder = await plantFolder({
      'tags/a.yaml': 'tags:\n  - { name: A, device: plc, address: 1:int16, alarms: [{ condition: high, limit: 5 }] }\n',
    })
    const { store, changes } = await openStore(folder)
    const { version, rows } = store.alarmDatabase()
    expect(rows.map(({ definition, isRationalised }) => [definition.id, isRationalised])).toEqual([
      ['A/high', false],
      ['device:plc/deviceLost', false],
    ])
    const edit = (cause: string) => store.saveAlarmDatabase([{ id: 'A/high', cause }], { version, dryRun: false })
    const [first, second] = await Promise.allSettled([edit('one'), edit('two')])
    expect(first).toMatchObject({ status: 'fulfilled', value: { faults: [] } })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'BadEntryExists' } })
    expect(store.plant.alarms[0]!.rationalisation).toMatchObject({ status: 'draft', cause: 'one' })
    expect(changes()).toBe(1)
    expect(store.alarmDatabase().version).not.toBe(version)
    const csv = (await store.exportAlarmDatabase()).replace(',one,', ',three,')
    const imported = await store.importAlarmDatabase(csv, { dryRun: false })
    expect(imported.changes).toEqual([{ id: 'A/high', attribute: 'cause', old: 'one', new: 'three' }])
    expect(store.plant.alarms[0]!.rationalisation!.date).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  it('an editor that writes a new file and renames it over the old one is seen', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A') })
    const { store } = await openStore(folder)
    await writeFile(join(folder, 'tags/.a.yaml.swp'), tags('B'))
    await rename(join(folder, 'tags/.a.yaml.swp'), join(folder, 'tags/a.yaml'))
    await soon(() => expect(names(store)).toEqual(['B']))
  })

  it('a file written piece by piece is read once, when it is whole', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A') })
    const { store, changes } = await openStore(folder)
    const text = tags('A', 'B', 'C', 'D')
    let longestPauseMs = 0
    let writtenAt = performance.now()
    for (let end = 20; end < text.length + 20; end += 20) {
      await writeFile(join(folder, 'tags/a.yaml'), text.slice(0, end))
      await new Promise((resolve) => setTimeout(resolve, 40))
      longestPauseMs = Math.max(longestPauseMs, performance.now() - writtenAt)
      writtenAt = performance.now()
    }
    await soon(() => expect(names(store)).toEqual(['A', 'B', 'C', 'D']))
    // Where the machine held the writer up for as long as a file has to rest, the piece was rightly read.
    if (longestPauseMs < 200) expect(changes()).toBe(1)
  })

  it('a faulty file keeps the last good plant and shows the fault; repairing it clears the fault', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A'), 'mimics/main.svg': svg('good') })
    const { store, changes } = await openStore(folder)
    await writeFile(join(folder, 'mimics/main.svg'), svg('newer'))
    await writeFile(join(folder, 'tags/a.yaml'), 'tags:\n  - { name: A, device: plc, adress: 1 }\n')
    await soon(() => expect(store.faults).toHaveLength(1))
    expect(names(store)).toEqual(['A'])
    expect(store.revision).toBe(1)
    expect(await store.mimicSvg('main')).toBe(svg('good'))
    await writeFile(join(folder, 'tags/a.yaml'), tags('A'))
    await soon(() => expect(store.faults).toEqual([]))
    expect(await store.mimicSvg('main')).toBe(svg('newer'))
    await soon(() => expect(changes()).toBe(2))
  })

  it('the folder taken away and put back (git checkout, a network drive) keeps the plant running', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A') })
    const { store } = await openStore(folder)
    await rename(folder, `${folder}-away`)
    await store.reload()
    expect(store.faults[0]!.message).toContain('cannot be read')
    expect(names(store)).toEqual(['A'])
    await rename(`${folder}-away`, folder)
    await soon(() => expect(store.faults).toEqual([]))
  })
})

describe('a station that starts', () => {
  it('with a faulty folder runs on the last good one and shows the faults', async () => {
    const [folder, data] = [
      await plantFolder({ 'tags/a.yaml': tags('A'), 'mimics/main.svg': svg('good') }),
      await temporaryFolder(),
    ]
    const first = await openStore(folder, data)
    await first.store.close()
    await writeFiles(folder, { 'tags/a.yaml': 'tags: 5\n', 'mimics/main.svg': '<svg' })
    const { store } = await openStore(folder, data)
    expect(names(store)).toEqual(['A'])
    expect(store.plant.folder).toBe(folder)
    expect(await store.mimicSvg('main')).toBe(svg('good'))
    expect(store.faults.map((fault) => fault.file)).toEqual(['mimics/main.svg', 'tags/a.yaml'])
    await writeFiles(folder, { 'tags/a.yaml': tags('A'), 'mimics/main.svg': svg('repaired') })
    await store.reload()
    expect(store.faults).toEqual([])
    expect(await store.mimicSvg('main')).toBe(svg('repaired'))
  })

  it('with a faulty folder and no copy runs empty, so that its screens can show the faults', async () => {
    const { store } = await openStore(await plantFolder({ 'plant.yaml': 'nme: x' }))
    expect(store.plant.tags).toEqual([])
    expect(store.revision).toBe(0)
    expect(store.faults.length).toBeGreaterThan(0)
  })

  it('after a power cut in the middle of keeping a copy has the old or the new copy, never half of one', async () => {
    const [folder, data] = [await plantFolder({ 'tags/a.yaml': tags('A') }), await temporaryFolder()]
    await (await openStore(folder, data)).store.close()
    // The moment between the two renames: the new copy is complete, the old one stands aside.
    await rename(join(data, 'plant-last-good'), join(data, 'plant-last-good.old'))
    await mkdir(join(data, 'plant-last-good.new'))
    await writeFile(join(folder, 'plant.yaml'), 'name: [')
    const { store } = await openStore(folder, data)
    expect(names(store)).toEqual(['A'])
    expect((await readdir(data)).filter((name) => name.startsWith('plant'))).toEqual(['plant-last-good'])
  })

  it('with a data folder that cannot be written still takes the plant over', async () => {
    const [folder, data] = [await plantFolder({ 'tags/a.yaml': tags('A') }), await temporaryFolder()]
    await writeFile(join(data, 'file'), '')
    const { store } = await openStore(folder, join(data, 'file'))
    expect(names(store)).toEqual(['A'])
  })
})

describe('drawings', () => {
  it('are given by name only, never by a path', async () => {
    const folder = await plantFolder({
      'mimics/main.svg': svg('main'),
      'equipment/types/pump.yaml': 'name: pump\nmembers: []\n',
      'equipment/types/pump.svg': svg('pump'),
      'equipment/types/bare.yaml': 'name: bare\nmembers: []\n',
    })
    const { store } = await openStore(folder)
    expect(await store.mimicSvg('main')).toBe(svg('main'))
    expect(await store.symbolSvg('pump')).toBe(svg('pump'))
    for (const name of ['../plant', '../../etc/passwd', 'main.svg', '', 'constructor'])
      await expect(store.mimicSvg(name)).rejects.toMatchObject({ code: 'BadNotFound' })
    await expect(store.symbolSvg('bare')).rejects.toMatchObject({ code: 'BadNotFound' })
  })
})

describe('tags as CSV', () => {
  it('an export that is imported unchanged changes no file', async () => {
    const folder = await plantFolder({
      'tags/a.yaml': tags('A', 'B'),
      'tags/b.csv': 'name,device,address\nC,plc,7:bool\n',
    })
    const { store } = await openStore(folder)
    expect(await store.importTags('new', await store.exportTags())).toEqual({ faults: [], tagCount: 0 })
    expect((await readdir(join(folder, 'tags'))).sort()).toEqual(['a.yaml', 'b.csv'])
    expect(readFileSync(join(folder, 'tags/a.yaml'), 'utf8')).toBe(tags('A', 'B'))
  })

  it('a changed cell is written where the tag stands, with all comments kept; a new row goes to the named file', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A', 'B') })
    const { store } = await openStore(folder)
    const rows = (await store.exportTags()).split('\r\n')
    const changed = rows.map((row) => (row.startsWith('A,') ? row.replace('A,,', 'A,Level of A,') : row))
    changed.splice(3, 0, `N,,plc,200:bool${','.repeat(19)}`)
    expect(await store.importTags('new', changed.join('\r\n'))).toEqual({ faults: [], tagCount: 2 })
    expect(await readFile(join(folder, 'tags/a.yaml'), 'utf8')).toBe(
      tags('A', 'B').replace('address: "100:int16" }', 'address: "100:int16", description: Level of A }'),
    )
    expect(await readFile(join(folder, 'tags/new.csv'), 'utf8')).toBe('\ufeffname,device,address\r\nN,plc,200:bool\r\n')
    expect(store.plant.tags.map((tag) => [tag.name, tag.description])).toEqual([
      ['A', 'Level of A'],
      ['B', ''],
      ['N', ''],
    ])
  })

  it('one faulty row and nothing is written', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': tags('A') })
    const { store } = await openStore(folder)
    const result = await store.importTags('new', 'name,device,address\nOk,plc,1:bool\nWrong,plx,1:bool\n')
    expect(result.tagCount).toBe(0)
    expect(result.faults).toMatchObject([
      { file: 'tags/new.csv', line: 3, message: 'there is no device "plx"; did you mean plc?' },
    ])
    expect(await readdir(join(folder, 'tags'))).toEqual(['a.yaml'])
    expect(names(store)).toEqual(['A'])
  })

  it('a tag of an equipment type is not changed behind its type', async () => {
    const folder = await plantFolder({
      'equipment/types/pump.yaml': 'name: pump\nmembers:\n  - { name: Speed, device: plc, address: 1:float32 }\n',
      'equipment/all.yaml': 'equipment: [{ name: P1, type: pump }]\n',
    })
    const { store } = await openStore(folder)
    expect((await store.importTags('new', 'name,unit\nP1.Speed,Hz\n')).faults[0]!.message).toBe(
      'tag P1.Speed belongs to equipment P1: change unit in its type or its overrides',
    )
    expect((await store.importTags('new', await store.exportTags())).faults).toEqual([])
  })

  it('goes into a YAML file of that name if there is one', async () => {
    const folder = await plantFolder({ 'tags/a.yaml': '# mine\ntags: []\n' })
    const { store } = await openStore(folder)
    await store.importTags('a', 'name,device,address,limits.low,limits.high\nX,plc,1:int16,0,5\n')
    expect(await readFile(join(folder, 'tags/a.yaml'), 'utf8')).toContain('# mine')
    expect(store.plant.tags).toMatchObject([{ name: 'X', limits: { low: 0, high: 5 } }])
  })

  it('never writes outside tags/', async () => {
    const { store } = await openStore(await plantFolder({}))
    for (const file of ['../x', 'a/b', '', 'a.b', 'x'.repeat(65)])
      await expect(store.importTags(file, 'name\n')).rejects.toMatchObject({ code: 'BadInvalidArgument' })
  })
})

it('a closed store leaves nothing that watches', async () => {
  const folder = await plantFolder({ 'tags/a.yaml': tags('A') })
  const { store, changes } = await openStore(folder)
  await store.close()
  await rm(join(folder, 'tags/a.yaml'))
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(changes()).toBe(0)
})
