import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setPlantKeys } from '../../../src-main/plant/new-plant.ts'
import { checkPlant } from '../../../src-main/plant/plant-check.ts'
import { plantRules } from '../../../src-main/plant-rules.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-new-'))
  cpSync(fileURLToPath(new URL('../../../resources/new-plant', import.meta.url)), folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a new plant', () => {
  test('has no faults, an overview at level 1 and the standard library', async () => {
    const { plant, faults } = await checkPlant(folder, plantRules)
    expect(faults).toEqual([])
    expect(plant).toMatchObject({ startMimic: 'overview', mimics: [{ name: 'overview', level: 1 }] })
    expect(plant!.libraries.map(({ name }) => name)).toEqual(['standard'])
  })

  // ISA-101 checklist H1: philosophy and style guide are the plant's own, to be edited; the toolkit is the standard library.
  test('has its philosophy and style guide, with what the plant has to fill in', () => {
    const page = readFileSync(join(folder, 'docs/hmi-philosophy.md'), 'utf8')
    for (const part of ['## Philosophy', '## Style', '| alarm colours |', '| levels |', 'who approves them'])
      expect(page).toContain(part)
  })

  test('is called what the installer calls it; the comments stay', async () => {
    await setPlantKeys(folder, { name: 'Brewhouse: north', timeZone: 'Asia/Shanghai' })
    const { plant, faults } = await checkPlant(folder, plantRules)
    expect(faults).toEqual([])
    expect(plant).toMatchObject({ name: 'Brewhouse: north', line: 'Line 1', timeZone: 'Asia/Shanghai' })
    expect(readFileSync(join(folder, 'plant.yaml'), 'utf8')).toContain('# the first is the plant')
  })
})
