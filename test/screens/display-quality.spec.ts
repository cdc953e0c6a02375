// Displays with their quality and the library of types in a real browser: what each role may do, and a display that goes only when
// nothing leads to it. That they can be read and reached by everybody: accessibility.spec.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { logIn, test } from './station.ts'

test.use({ file: 'display-quality' })

test('each display stands with level, score and findings, and its findings with place and a way to it', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'engineer', '#/displays')
  const row = page.getByRole('row', { name: /Overview/ })
  await expect(row).toContainText('1')
  const file = join(station.plantFolder, 'mimics/packing.svg')
  const before = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    before.replace('</svg>', '<rect id="hot" x="300" y="300" width="60" height="60" fill="#ff0000"/></svg>'),
  )
  const packing = page.getByRole('row', { name: /Packing/ })
  await packing
    .getByRole('link', { name: /^Packing/ })
    .first()
    .click()
  const finding = page.getByRole('row', { name: /#ff0000 looks like an alarm of priority urgent/ })
  await expect(finding).toContainText('mimics/packing.svg:')
  await expect(finding.getByRole('link', { name: 'Show on the display: hot' })).toHaveAttribute(
    'href',
    '#/mimic/packing?show=hot',
  )
  writeFileSync(file, before)
  await expect(finding).toHaveCount(0)
})

test('a display goes only when nothing leads to it', async ({ page, station }) => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900"><title>Spare</title></svg>'
  const entry = { title: { en: 'Spare' }, level: 3, parent: null }
  await station.process.call('plant.saveMimic', { name: 'spare', svg, version: null, entry })
  await logIn(page, station, 'engineer', '#/displays')
  await page.getByRole('button', { name: 'Delete …: Overview' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Delete the display' }).click()
  await expect(dialog.getByRole('alert')).toContainText('cannot be deleted')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Delete …: Spare' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the display' }).click()
  await expect(page.getByText('Spare is deleted.')).toBeVisible()
  await expect(page.getByRole('row', { name: /Spare/ })).toHaveCount(0)
  expect(existsSync(join(station.plantFolder, 'mimics/spare.svg'))).toBe(false)
})

test('who may only look sees scores and is offered nothing to change', async ({ page, station }) => {
  await logIn(page, station, 'viewer', '#/displays')
  await expect(page.getByRole('row', { name: /Overview/ })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Draw a new display …' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Delete/ })).toHaveCount(0)
})

test('a type shows its symbol, its members and where it is used', async ({ page, station }) => {
  const symbol =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 56 56"><circle fill="#a6a6a6" cx="28" cy="28" r="22"/><script>document.title = 1</script></svg>'
  writeFileSync(join(station.plantFolder, 'equipment/types/heated-tank.svg'), symbol)
  await station.process.call('plant.reload', {})
  await logIn(page, station, 'operator', '#/types')
  await page.getByLabel('Part of a name or title').fill('tan')
  await page.getByRole('link', { name: /heated-tank/ }).click()
  await expect(page.getByRole('img', { name: /Symbol of/ })).toBeVisible()
  expect(
    await page.getByRole('img', { name: /Symbol of/ }).evaluate((image: HTMLImageElement) => image.naturalWidth),
  ).toBeGreaterThan(0)
  await expect(page.getByRole('rowheader', { name: 'Heating', exact: true })).toBeVisible()
  await page.getByRole('button', { name: /TankA/ }).click()
  await expect(page).toHaveURL(/equipment=TankA/)
})
