// Trend groups saved from a screen into the plant folder.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { openPlantStore, type PlantStore } from '../../../../src-main/plant/plant-store.ts'
import { plantWork } from '../../../../src-main/plant/plant-work.ts'
import type { TrendGroup, TrendPen } from '../../../../src-main/shared/trend-group.ts'
import { fakeRules, plantFolder, temporaryFolder } from '../plant-folder-fixture.ts'

const tags =
  'tags:\n  - { name: Level, device: plc, address: "1:float32" }\n  - { name: Speed, device: plc, address: "2:float32" }\n'
const written = `# What the shift leader looks at.
title: Filler   # as on the machine
span: 30 min
pens:
  # the bowl
  - { tag: Level, color: 1, low: 0, high: 100 }
  - Speed # from the drive
`

async function open(files: Record<string, string> = {}): Promise<{ folder: string; store: PlantStore }> {
  const folder = await plantFolder({ 'tags/a.yaml': tags, ...files })
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

const pen = (tag: string, over: Partial<TrendPen> = {}): TrendPen => ({
  tag,
  color: null,
  axis: null,
  low: null,
  high: null,
  style: null,
  ...over,
})

function group(over: Partial<TrendGroup> = {}): TrendGroup {
  return { name: 'filler', title: { en: 'Filler' }, spanMs: 3_600_000, pens: [pen('Level')], markers: [], ...over }
}

describe('a trend group of the plant folder', () => {
  it('arrives with everything it says and what it leaves out filled in', async () => {
    const { store } = await open({ 'trends/filler.yaml': written })
    expect(store.trends()).toMatchObject([
      {
        name: 'filler',
        title: { en: 'Filler' },
        spanMs: 1_800_000,
        pens: [pen('Level', { color: 1, low: 0, high: 100 }), pen('Speed')],
        markers: [],
      },
    ])
  })

  it('that is saved unchanged is byte for byte what it was', async () => {
    const { folder, store } = await open({ 'trends/filler.yaml': written })
    const [{ version, ...present }] = store.trends() as [ReturnType<PlantStore['trends']>[0]]
    expect(await store.saveTrend(present, version)).toEqual({ version, faults: [] })
    expect(readFileSync(join(folder, 'trends/filler.yaml'), 'utf8')).toBe(written)
  })

  it('keeps its comments when pens are changed, moved, added and taken away', async () => {
    const { folder, store } = await open({ 'trends/filler.yaml': written })
    const pens = [pen('Speed', { color: 3 }), pen('write:Speed'), pen('Level', { color: 2, low: 0 })]
    const { version } = await store.saveTrend(group({ pens, spanMs: 60_000, markers: ['write'] }), undefined)
    expect(readFileSync(join(folder, 'trends/filler.yaml'), 'utf8')).toBe(`# What the shift leader looks at.
title: Filler # as on the machine
span: 1 min
pens:
  - { tag: Speed, color: 3 }
  - { tag: write:Speed }
  # the bowl
  - { tag: Level, color: 2, low: 0 }
markers: [ write ]
`)
    expect(store.trends()).toEqual([{ ...group({ pens, spanMs: 60_000, markers: ['write'] }), version }])
  })

  it('is new when there is none, and can be read back', async () => {
    const { folder, store } = await open()
    const made = group({ title: { en: 'New' }, pens: [pen('Level', { style: 'area' })] })
    const { version, faults } = await store.saveTrend(made, null)
    expect(faults).toEqual([])
    expect(store.trends()).toEqual([{ ...made, version }])
    expect(readFileSync(join(folder, 'trends/filler.yaml'), 'utf8')).toBe(
      'title: { en: New }\npens:\n  - { tag: Level, style: area }\n',
    )
  })

  it('with a fault is not written, and the fault says where', async () => {
    const { folder, store } = await open({ 'trends/filler.yaml': written })
    const { faults } = await store.saveTrend(group({ pens: [pen('Level'), pen('Leve')] }), undefined)
    expect(faults).toMatchObject([
      { file: 'trends/filler.yaml', message: 'there is no tag "Leve"; did you mean Level?' },
    ])
    expect(readFileSync(join(folder, 'trends/filler.yaml'), 'utf8')).toBe(written)
  })

  it('is not written into a folder that is faulty elsewhere: nobody would see it', async () => {
    const { folder, store } = await open()
    writeFileSync(join(folder, 'tags/b.yaml'), 'tags:\n  - { name: X }\n')
    await expect(store.saveTrend(group(), null)).rejects.toMatchObject({ code: 'BadInvalidState' })
    expect(readdirSync(folder)).not.toContain('trends')
  })

  // Two engineers at two screens: the second to save must learn of the first.
  it('that another person changed, made or deleted meanwhile is refused', async () => {
    const { folder, store } = await open({ 'trends/filler.yaml': written })
    const { version } = store.trends()[0]!
    await expect(store.saveTrend(group(), null)).rejects.toMatchObject({ code: 'BadEntryExists' })
    writeFileSync(join(folder, 'trends/filler.yaml'), `${written}# by hand\n`)
    await expect(store.saveTrend(group(), version)).rejects.toMatchObject({ code: 'BadEntryExists' })
    await expect(store.deleteTrend('filler', version)).rejects.toMatchObject({ code: 'BadEntryExists' })
    expect(readFileSync(join(folder, 'trends/filler.yaml'), 'utf8')).toContain('# by hand')
    await store.deleteTrend('filler', undefined)
    await expect(store.saveTrend(group(), version)).rejects.toMatchObject({ code: 'BadEntryExists' })
    expect(readdirSync(join(folder, 'trends'))).toEqual([])
  })

  it('of two saves from the same version at the same moment one is refused', async () => {
    const { store } = await open({ 'trends/filler.yaml': written })
    const { version } = store.trends()[0]!
    const saves = [1, 2].map((color) => store.saveTrend(group({ pens: [pen('Level', { color })] }), version))
    const outcomes = await Promise.allSettled(saves)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(store.trends()[0]!.pens[0]!.color).toBe(1)
  })

  it('deleted is gone from the plant; one that is not there is told', async () => {
    const { store } = await open({ 'trends/filler.yaml': written })
    await store.deleteTrend('filler', store.trends()[0]!.version)
    expect(store.trends()).toEqual([])
    await expect(store.deleteTrend('filler', undefined)).rejects.toMatchObject({ code: 'BadNotFound' })
  })

  it('never lands outside its folder', async () => {
    const { store } = await open()
    for (const name of ['../tags/a', 'a/b', '..', ''])
      await expect(store.saveTrend(group({ name }), undefined)).rejects.toMatchObject({ code: 'BadInvalidArgument' })
  })

  it('the demo plant comes with groups in both languages', async () => {
    const { checkPlant } = await import('../../../../src-main/plant/plant-check.ts')
    const { plantRules } = await import('../../../../src-main/plant-rules.ts')
    const folder = new URL('../../../../resources/demo-plant', import.meta.url).pathname
    const { plant } = await checkPlant(folder, plantRules)
    expect(plant!.trends.map(({ name }) => name)).toEqual(['cleaning', 'filler', 'utilities'])
    for (const { title } of plant!.trends) expect(Object.keys(title)).toEqual(['en', 'zh-CN'])
  })
})
