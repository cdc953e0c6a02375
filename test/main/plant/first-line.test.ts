import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { checkPlant } from '../../../src-main/plant/plant-check.ts'
import { plantRules } from '../../../src-main/plant-rules.ts'

// An installer copies docs/first-line.md file by file; each block names its file in its first line.
test('the line of docs/first-line.md is without a fault as it stands there', async () => {
  const page = readFileSync(new URL('../../../docs/first-line.md', import.meta.url), 'utf8')
  const files = [...page.matchAll(/```(?:yaml|xml)\n(?:#|<!--) (\S+)(?: -->)?\n([\s\S]*?)```/g)]
  const folder = mkdtempSync(join(tmpdir(), 'lineside-first-line-'))
  try {
    for (const [, name, text] of files) {
      mkdirSync(dirname(join(folder, name!)), { recursive: true })
      writeFileSync(join(folder, name!), text!)
    }
    const { plant, faults } = await checkPlant(folder, plantRules)
    expect(faults).toEqual([])
    const types = plant!.equipment.map(({ type }) => type)
    expect(types.toSorted()).toEqual(['lift', ...Array(10).fill('motor'), 'tank'])
    expect(plant!.mimics.map(({ name, equipment }) => [name, equipment.length])).toEqual([['overview', 11]])
    expect(plant!.tags.filter(({ device }) => device === 'plc').length).toBeGreaterThan(50)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
