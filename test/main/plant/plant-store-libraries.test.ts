// A station whose plant uses a library outside of its folder: changes of the library take effect, and the last good plant holds it.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { openPlantStore, type PlantStore } from '../../../src-main/plant/plant-store.ts'
import { plantWork } from '../../../src-main/plant/plant-work.ts'
import { patience } from '../../fakes/busy-machine.ts'
import { fakeRules, plantFolder, temporaryFolder, writeFiles } from './plant-folder-fixture.ts'

const motor = (unit: string) =>
  `name: motor\nmembers: [{ name: Speed, device: plc, address: 1:float32, unit: ${unit} }]\ndocuments: [{ title: Manual, file: manual.txt }]\n`
const svg = '<svg xmlns="http://www.w3.org/2000/svg"><title>Motor</title></svg>'

async function openStore(folder: string, dataFolder: string): Promise<PlantStore> {
  const store = await openPlantStore({
    folder,
    dataFolder,
    work: plantWork(fakeRules),
    clock: systemClock,
    logger: silentLogger,
    onChange: () => undefined,
  })
  onTestFinished(() => store.close())
  return store
}

async function plantWithLibrary(): Promise<{ library: string; folder: string; dataFolder: string }> {
  const library = await temporaryFolder()
  await writeFiles(library, {
    'library.yaml': 'name: house\nversion: 1.0.0\n',
    'types/motor.yaml': motor('Hz'),
    'types/motor.svg': svg,
    'types/manual.txt': 'Grease it.',
  })
  const folder = await plantFolder({
    'plant.yaml': `name: A\nline: B\nsite: C\nlibraries: [{ name: house, folder: ${library} }]\n`,
    'equipment/a.yaml': 'equipment: [{ name: M, type: motor }]\n',
  })
  return { library, folder, dataFolder: await temporaryFolder() }
}

it('a changed type of the library changes the plant; a faulty one leaves it as it was', async () => {
  const { library, folder, dataFolder } = await plantWithLibrary()
  const store = await openStore(folder, dataFolder)
  expect(store.plant.tags[0]!.unit).toBe('Hz')
  expect(await store.symbolSvg('motor')).toBe(svg)
  await writeFile(join(library, 'types/motor.yaml'), motor('rpm'))
  await vi.waitFor(() => expect(store.plant.tags[0]!.unit).toBe('rpm'), patience)
  await writeFile(join(library, 'types/motor.yaml'), 'name: [')
  await vi.waitFor(() => expect(store.faults.length).toBeGreaterThan(0), patience)
  expect(store.faults[0]!.file).toBe('libraries/house/types/motor.yaml')
  expect(store.plant.tags[0]!.unit).toBe('rpm')
})

it('a document of the library is read from where the library is', async () => {
  const { folder, dataFolder } = await plantWithLibrary()
  const store = await openStore(folder, dataFolder)
  const [document] = store.plant.equipment[0]!.documents
  expect(document!.file).toBe('libraries/house/types/manual.txt')
  const { bytes, mediaType } = await store.document(document!.file!)
  expect([bytes.toString(), mediaType]).toEqual(['Grease it.', 'text/plain'])
})

it('a station that starts without the library runs on the last good plant, types and symbols of the library included', async () => {
  const { library, folder, dataFolder } = await plantWithLibrary()
  const first = await openStore(folder, dataFolder)
  await first.close()
  await rm(library, { recursive: true, force: true })
  const store = await openStore(folder, dataFolder)
  expect(store.faults[0]!.message).toContain('there is no folder')
  expect(store.plant.tags.map(({ name }) => name)).toEqual(['M.Speed'])
  expect(await store.symbolSvg('motor')).toBe(svg)
  await writeFiles(library, {
    'library.yaml': 'name: house\nversion: 1.0.0\n',
    'types/motor.yaml': motor('A'),
    'types/manual.txt': '',
  })
  await vi.waitFor(() => expect(store.plant.tags[0]!.unit).toBe('A'), patience)
  expect(store.faults).toEqual([])
})
