import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkReport } from '../../../../src-main/plant/check-report.ts'
import { checkPlant } from '../../../../src-main/plant/plant-check.ts'
import { plantRules } from '../../../../src-main/plant-rules.ts'
import { fakeRules, plantFolder } from '../plant-folder-fixture.ts'

const text = (file: string) => readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8')

// What people copy from the page has to be right.
test('the example of docs/labels.md is without a fault as it stands there', async () => {
  const [, example] = /```yaml\n# labels\/labels\.yaml\n([\s\S]*?)```/.exec(text('docs/labels.md'))!
  const folder = await plantFolder({
    'plant.yaml': 'name: A\nline: B\nsite: C\nlanguages: [en, zh-CN]\n',
    'labels/labels.yaml': example!,
    'tags/a.yaml': `tags:
  - { name: Line.Order, device: plc, address: "1:string" }
  - { name: Labeller.Reject, device: plc, address: "100:bool", writable: true }
  - { name: Packer.CaseDone, device: plc, address: "2:bool" }
  - { name: Palletiser.Count, device: plc, address: "3:uint32" }
`,
    'equipment/types/m.yaml': 'name: m\n',
    'equipment/a.yaml': 'equipment: [{ name: Filler, type: m }]\n',
  })
  const { plant, faults, hints } = await checkPlant(folder, fakeRules)
  expect(checkReport(faults, false)).toBe('')
  expect(hints).toEqual([])
  const { schemes, printers, templates, triggers, scanners, tracking } = plant!.labels
  const counts = [schemes, printers, templates, triggers, scanners, tracking].map(({ length }) => length)
  expect(counts).toEqual([2, 3, 2, 3, 1, 1])
})

test('every symbology stands on the page', () => {
  const page = text('docs/labels.md')
  for (const name of plantRules.labels.symbologyNames) expect(page).toMatch(new RegExp(`[\`\\s]${name}[\`\\s]`))
})

test('the example of a new plant is right once its # are taken away', async () => {
  const lines = text('resources/new-plant/labels/labels.yaml').split('\n')
  const example = lines.slice(2).map((line) => line.replace(/^# ?/, ''))
  const folder = await plantFolder({
    'plant.yaml': 'name: A\nline: B\nsite: C\nlanguages: [en, zh-CN]\n',
    'labels/labels.yaml': example.join('\n'),
  })
  const { plant, faults } = await checkPlant(folder, fakeRules)
  expect(checkReport(faults, false)).toBe('')
  expect(plant!.labels.templates.map(({ name }) => name)).toEqual(['case'])
})
