import { expect } from '@playwright/test'
import { logIn, test } from './station.ts'

test.use({ file: 'operation' })

test('the start display is live, and the hierarchy can be walked up, down, aside and back', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'operator')
  await expect(page).toHaveURL(/#\/mimic\/overview$/)
  const speed = page.locator('#main #speed, #main [id$=speed]').first()
  await expect(speed).toContainText(/\d{3}/)
  const before = await speed.textContent()
  await expect(speed).not.toHaveText(before ?? '')
  const menu = page.getByRole('navigation', { name: 'Screens' })
  await menu.getByRole('link', { name: /Mixing/ }).click()
  await expect(page).toHaveURL(/#\/mimic\/mixing$/)
  await page.getByRole('button', { name: 'Next: Packing' }).click()
  await expect(page).toHaveURL(/#\/mimic\/packing$/)
  await page.getByRole('button', { name: 'Back', exact: true }).click()
  await expect(page).toHaveURL(/#\/mimic\/mixing$/)
  await page.getByRole('button', { name: 'Up to Overview' }).click()
  await expect(page).toHaveURL(/#\/mimic\/overview$/)
})

test('search finds a tag by keyboard alone and opens its faceplate', async ({ page, station }) => {
  await logIn(page, station, 'operator')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('TankA.TemperatureS')
  await expect(page.getByRole('dialog').getByRole('button', { name: /TankA.TemperatureSetpoint/ })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: /TankA.TemperatureSetpoint/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('complementary')).toHaveCount(0)
})

test('what is searched for a second time is marked on the display again', async ({ page, station }) => {
  await logIn(page, station, 'operator')
  const search = async () => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('TankA.TemperatureS')
    // Keys are held for as long as they may be a scan; arrows come when all of them are there.
    await expect(page.getByRole('dialog').locator('input').first()).toHaveValue('TankA.TemperatureS')
    await expect(page.getByRole('dialog').getByRole('button', { name: /TankA.TemperatureSetpoint/ })).toBeVisible()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
  }
  const mark = page.locator('.ls-found')
  await search()
  await expect(mark).toHaveCount(1)
  const address = page.url()
  await expect(mark).toHaveCount(0, { timeout: 15_000 })
  await search()
  await expect(mark).toHaveCount(1)
  expect(page.url()).toBe(address)
})

test('a set-point goes entered → confirmed → sent → read back, and is never shown before the device reports it', async ({
  page,
  station,
}) => {
  const tag = 'TankA.TemperatureSetpoint'
  await logIn(page, station, 'operator', `#/mimic/overview?tag=${tag}`)
  const panel = page.getByRole('complementary')
  const value = panel.locator('.value .tag-text .value').first()
  await expect(value).toHaveText('60.0')
  await panel.getByLabel(/New value \(°C\)/).fill('72,5')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('72.5 °C')
  await expect(dialog).toContainText('60.0')
  // ISA-101 checklist H30: Enter on open does nothing.
  await page.keyboard.press('Enter')
  await page.waitForTimeout(300)
  expect((await station.process.read(tag)).value).toBe(60)
  await dialog.getByRole('button', { name: 'Execute' }).click()
  await expect(panel.getByText('Done: the device reports 72.5 °C.')).toBeVisible()
  await expect(value).toHaveText('72.5')
  expect((await station.process.read(tag)).value).toBe(72.5)
})

test('by keyboard alone a write ends where its answer stands, and Escape leads back to the display', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'operator', '#/mimic/overview')
  const symbol = page.locator('#main svg [role=button]').first()
  await symbol.focus()
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary')
  await panel.locator('button[data-tag="TankA.TemperatureSetpoint"]').first().focus()
  await page.keyboard.press('Enter')
  await panel.getByRole('textbox', { name: /New value/ }).focus()
  await page.keyboard.type('55')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Execute' }).focus()
  await page.keyboard.press('Enter')
  await expect(panel.getByText('Done: the device reports 55 °C.')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(panel.getByRole('button', { name: 'Write another value' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('textbox', { name: /New value/ })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(symbol).toBeFocused()
})

test('on a phone the faceplate stands below the display and nothing of it is cut off', async ({ page, station }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await logIn(page, station, 'operator', '#/mimic/overview?tag=TankA.TemperatureSetpoint')
  const panel = page.getByRole('complementary')
  await expect(panel.getByRole('button', { name: 'Set …' })).toBeVisible()
  for (const button of await panel.getByRole('button').all()) {
    const box = await button.boundingBox()
    expect(box!.x + box!.width).toBeLessThanOrEqual(390)
  }
  expect((await page.locator('#main').boundingBox())!.width).toBe(390)
})

test('a value outside the limits is refused before it is asked to be confirmed, with the limits', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'operator', '#/tags?tag=TankB.TemperatureSetpoint')
  const panel = page.getByRole('complementary')
  await panel.getByLabel(/New value \(°C\)/).fill('160')
  await panel.getByRole('button', { name: 'Set …' }).click()
  await expect(panel.getByText('160 is outside 0 … 95 °C; the present value stays.')).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('a viewer sees the faceplate but no way to write', async ({ page, station }) => {
  await logIn(page, station, 'viewer', '#/tags?tag=TankB.TemperatureSetpoint')
  const panel = page.getByRole('complementary')
  await expect(panel.getByText('Writing needs the operator role.')).toBeVisible()
  await expect(panel.getByRole('textbox')).toHaveCount(0)
})

test('the faceplate of an equipment shows all its members, each of which opens', async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/mimic/overview?equipment=TankA')
  const panel = page.getByRole('complementary')
  // A part of the faceplate below may name it too: what was ordered of it.
  for (const member of ['Temperature', 'TemperatureSetpoint', 'Heating', 'Agitator'])
    await expect(panel.getByText(member, { exact: true }).first()).toBeVisible()
  await panel.locator('button[data-tag="TankA.Heating"]').click()
  await expect(page.getByRole('complementary', { name: /TankA.Heating/ })).toBeVisible()
  await panel.getByRole('button', { name: 'Back to TankA' }).click()
  await expect(page.getByRole('complementary', { name: 'Faceplate: TankA', exact: true })).toBeVisible()
})

test('Bad, out of range and good values look different and say why', async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/tags')
  const cell = (tag: string) => page.locator(`button[data-tag="${tag}"]`)
  await expect(cell('Line.Speed')).toHaveClass(/good/)
  await expect(cell('Line.OverRange').getByRole('img', { name: 'Outside its range' })).toBeVisible()
  await expect(cell('Away.Level').getByRole('img', { name: 'Bad' })).toBeVisible()
  await expect(cell('Away.Level')).toContainText('– – –')
  await cell('Away.Level').focus()
  await expect(page.getByRole('tooltip')).toContainText('away-plc, address 40001:float32')
})
