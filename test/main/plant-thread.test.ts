// The work on a plant folder gives the same in a thread of its own as on the spot, and its refusals stay refusals.
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { plantWork } from '../../src-main/plant/plant-work.ts'
import { plantRules } from '../../src-main/plant-rules.ts'
import { PlantThread } from '../../src-main/plant-thread.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'
import { plantFolder, temporaryFolder, writeFiles } from './plant/plant-folder-fixture.ts'

const demoPlant = fileURLToPath(new URL('../../resources/demo-plant', import.meta.url))
const here = plantWork(plantRules)
const plantThread = new PlantThread({ clock: systemClock, logger: silentLogger })
afterAll(() => plantThread.close())

test('the thread ends with a reading, and waits after an edit for the next one', async () => {
  const { plant } = await plantThread.read(demoPlant)
  expect(plantThread.isRunning).toBe(false)
  await plantThread.exportTags(plant!)
  expect(plantThread.isRunning).toBe(true)
  await plantThread.read(demoPlant)
  expect(plantThread.isRunning).toBe(true)
})

test('the demo plant reads the same in a thread and on the spot, and so does its export', async () => {
  const reading = await plantThread.read(demoPlant)
  expect(reading.plant!.tags.length).toBeGreaterThan(300)
  expect(reading).toEqual(await here.read(demoPlant))
  expect(await plantThread.exportTags(reading.plant!)).toBe(await here.exportTags(reading.plant!))
})

test('faults keep their places', async () => {
  const folder = await plantFolder({ 'plant.yaml': 'name: A\nline: B\nsight: C\n' })
  const { plant, faults } = await plantThread.read(folder)
  expect(plant).toBeNull()
  expect(faults.map(({ line, message }) => [line, message])).toContainEqual([
    3,
    expect.stringContaining('there is no key "sight"'),
  ])
})

test('a refused import is refused with its code, and the folder is as before', async () => {
  const { plant, texts } = await here.read(demoPlant)
  const folder = await temporaryFolder()
  await writeFiles(folder, Object.fromEntries(texts))
  const refused = plantThread.importTags({ file: '../out', csv: 'name\n', folder, plant: plant! })
  await expect(refused).rejects.toBeInstanceOf(RuntimeError)
  await expect(refused).rejects.toMatchObject({ code: 'BadInvalidArgument' })
  expect((await here.read(folder)).texts).toEqual(texts)
})

test('the master alarm database is exported, changed and imported in a thread as on the spot; a refusal keeps its code', async () => {
  const { plant, texts } = await here.read(demoPlant)
  const folder = await temporaryFolder()
  await writeFiles(folder, Object.fromEntries(texts))
  const csv = await plantThread.exportAlarms(plant!)
  expect(csv).toBe(await here.exportAlarms(plant!))
  const job = { folder, plant: plant!, version: plant!.alarmDatabase.version, today: '2026-11-22' }
  expect(await plantThread.importAlarms({ ...job, csv, dryRun: false })).toMatchObject({ changes: [], faults: [] })
  const edits = [{ id: 'Filler.Level/low', cause: 'Filter blocked' }]
  const previewed = await plantThread.saveAlarms({ ...job, edits, dryRun: true })
  expect(previewed.changes).toContainEqual(expect.objectContaining({ attribute: 'cause', new: 'Filter blocked' }))
  expect((await here.read(folder)).texts).toEqual(texts)
  const refused = plantThread.saveAlarms({ ...job, edits, version: 'another', dryRun: false })
  await expect(refused).rejects.toMatchObject({ code: 'BadEntryExists' })
})

test('a folder that cannot be read is a fault, not an error', async () => {
  const { plant, faults } = await plantThread.read(`${demoPlant}/nowhere`)
  expect(plant).toBeNull()
  expect(faults[0]!.message).toContain('cannot be read')
})

test('label templates are saved, read and deleted in a thread as on the spot', async () => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { 'plant.yaml': 'name: A\nline: B\nsite: C\n' })
  const document = {
    name: 'tray',
    size: { width: 40, height: 20 },
    elements: [{ type: 'text', x: 1, y: 1, text: 'a' }],
  }
  const save = { folder, document, file: undefined, fileVersion: null, dryRun: false }
  const { fileVersion } = await plantThread.saveTemplate(save)
  await expect(plantThread.saveTemplate(save)).rejects.toMatchObject({ code: 'BadEntryExists' })
  expect(await plantThread.readTemplate({ document, language: 'en' })).toEqual(
    await here.readTemplate({ document, language: 'en' }),
  )
  const reading = await plantThread.read(folder)
  expect(reading.templateFiles).toEqual(new Map([['tray', { file: 'labels/templates.yaml', fileVersion, document }]]))
  expect(await plantThread.deleteTemplate({ folder, template: 'tray', fileVersion })).toEqual([])
  expect((await here.read(folder)).templateFiles.size).toBe(0)
})
