// A day's work in the editor of displays: pipes, other tags, what others saved, drafts, drawings from elsewhere, things dragged onto
// the drawing and copied to other displays and stations.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Page } from '@playwright/test'
import { StationProcess } from '../runtime/station-process.ts'
import {
  changedLines,
  clickOn,
  fileOf,
  logInIfAsked,
  middleOf,
  openEditor,
  password,
  save,
  test,
  things,
} from './editor-station.ts'

test.use({ file: 'mimic-editor-work' })

test.setTimeout(120_000)

const saveButton = (page: Page) => page.getByRole('button', { name: 'Save', exact: true })

async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 })
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
}

async function saved(page: Page): Promise<void> {
  await save(page)
  await expect(page.locator('.notice')).toHaveText('Saved.', { timeout: 30_000 })
  await expect(saveButton(page)).toBeDisabled()
}

const hostile = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 400 300">
  <script>alert(1)</script>
  <rect id="box" x="20" y="20" width="80" height="60" fill="#a6a6a6" onclick="alert(2)"/>
  <image x="0" y="0" width="9" height="9" xlink:href="https://example.org/a.png"/>
</svg>
`

test('a pipe goes from port to port and follows what it joins', async ({ page, station }) => {
  await openEditor(page, station, 'pipes')
  const left = await middleOf(page, 'left')
  const right = await middleOf(page, 'right')
  const box = (await page.locator('.canvas-drawing [id="left"]').boundingBox())!
  await page.getByRole('button', { name: 'Draw pipes' }).click()
  await drag(page, { x: box.x + box.width - 4, y: left.y }, { x: right.x - box.width / 2 + 4, y: right.y })
  await expect(page.locator('.notice')).toContainText('Pipe from')
  await page.getByRole('button', { name: 'Select', exact: true }).click()
  await saved(page)
  const joined = fileOf(station, 'pipes')
  expect(joined).toContain('ls:from="left@right" ls:to="right@left"')
  await drag(page, right, { x: right.x, y: right.y - 60 })
  await saved(page)
  // The numbers beside the drawing are those of what is drawn now.
  expect(Number(await page.getByLabel('Y', { exact: true }).inputValue())).toBeLessThan(300)
  const moved = changedLines(joined, fileOf(station, 'pipes'))
  expect(moved).toHaveLength(2)
  expect(moved.filter((line) => line.includes('ls-pipe'))).toHaveLength(1)
  // What has been saved can still be undone, to the file as it was at first.
  for (let step = 0; step < 2; step++) await page.locator('.canvas').press('Control+z')
  await saved(page)
  expect(fileOf(station, 'pipes')).toBe(things)
})

test('tags are replaced in this display as one step, and in all displays with a list of what was done', async ({
  page,
  station,
}) => {
  await openEditor(page, station, 'mixing')
  const before = fileOf(station, 'mixing')
  await page.locator('.canvas').press('Control+f')
  const dialog = page.getByRole('dialog', { name: 'Find and replace tags' })
  await dialog.getByLabel('Find', { exact: true }).fill('TankA')
  await dialog.getByLabel('Replace by').fill('TankB')
  await dialog.getByLabel('Kind').selectOption('prefix')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.locator('li').first()).toContainText('TankB')
  await dialog.getByRole('button', { name: /^Replace \d/ }).click()
  await expect(dialog.getByText(/replaced/)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(saveButton(page)).toBeEnabled()
  await page.locator('.canvas').press('Control+z')
  await expect(saveButton(page)).toBeDisabled()

  await page.locator('.canvas').press('Control+f')
  await dialog.getByLabel('Find', { exact: true }).fill('TankA.')
  await dialog.getByLabel('Replace by').fill('TankB.')
  await dialog.getByLabel('Kind').selectOption('prefix')
  await dialog.getByLabel('Where').selectOption('all')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  for (const name of ['mixing', 'overview', 'packing']) await expect(dialog.getByText(`${name}.svg`)).toBeVisible()
  await dialog.getByRole('button', { name: /^Replace \d/ }).click()
  await expect(dialog.getByText('overview: saved')).toBeVisible({ timeout: 40_000 })
  await expect(dialog.getByText('packing: saved')).toBeVisible({ timeout: 40_000 })
  expect(fileOf(station, 'overview')).toContain('TankB.Temperature')
  expect(fileOf(station, 'mixing')).toBe(before)
  await page.keyboard.press('Escape')
  await saved(page)
  expect(fileOf(station, 'mixing')).toContain('ls:tag="TankB.Temperature"')
})

test.describe('what somebody else saved', () => {
  const theirs = things.replace('x="100" y="100"', 'x="120" y="100"')

  test('is opened, and one’s own drawing is still at hand', async ({ page, station }) => {
    const path = join(station.folder, 'mimics/pipes.svg')
    writeFileSync(path, things)
    await openEditor(page, station, 'pipes')
    await clickOn(page, 'right')
    await page.keyboard.press('ArrowRight')
    writeFileSync(path, theirs)
    await save(page)
    const dialog = page.getByRole('dialog', { name: 'The display was changed meanwhile' })
    await dialog.getByRole('button', { name: 'Open theirs, drop mine' }).click()
    await expect(saveButton(page)).toBeDisabled()
    await page.getByRole('button', { name: 'Go back to mine' }).click()
    await expect(saveButton(page)).toBeEnabled()
    await saved(page)
    expect(changedLines(things, fileOf(station, 'pipes'))).toEqual([expect.stringContaining('x="521"')])
  })

  test('stays when one goes on under another name; a name that is taken is refused there', async ({
    page,
    station,
  }) => {
    const path = join(station.folder, 'mimics/pipes.svg')
    writeFileSync(path, things)
    await openEditor(page, station, 'pipes')
    await clickOn(page, 'right')
    await page.keyboard.press('ArrowRight')
    writeFileSync(path, theirs)
    await save(page)
    const dialog = page.getByRole('dialog', { name: 'The display was changed meanwhile' })
    await dialog.getByRole('button', { name: 'Save mine under another name …' }).click()
    const name = dialog.getByRole('textbox', { name: 'Another file name' })
    for (const taken of ['pipes', 'overview']) {
      await name.fill(taken)
      await name.press('Enter')
      await expect(dialog).toContainText(`There is a display ${taken} already.`)
    }
    await name.fill('pipes-mine')
    await name.press('Enter')
    await expect(page).toHaveURL(/#\/editor\/pipes-mine$/)
    await saved(page)
    expect(fileOf(station, 'pipes')).toBe(theirs)
    expect(fileOf(station, 'pipes-mine')).toContain('x="521"')
  })
})

test.describe('what was not saved', () => {
  test('is offered after a crash and does not write over what was saved since', async ({ browser, station }) => {
    writeFileSync(join(station.folder, 'mimics/pipes.svg'), things)
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 } })
    const page = await context.newPage()
    await openEditor(page, station, 'pipes')
    await clickOn(page, 'right')
    await page.keyboard.press('ArrowRight')
    await page.waitForTimeout(1500)
    const crash = await context.newCDPSession(page)
    const crashed = page.waitForEvent('crash')
    void crash.send('Page.crash').catch(() => undefined)
    await crashed
    const theirs = things.replace('x="100" y="100"', 'x="140" y="100"')
    writeFileSync(join(station.folder, 'mimics/pipes.svg'), theirs)
    const next = await context.newPage()
    await next.goto(`${station.url}#/editor/pipes`)
    const goOn = next.getByRole('button', { name: 'Go on with that drawing' })
    await logInIfAsked(next, goOn)
    await expect(next.getByText('The file has been changed since then.')).toBeVisible()
    await goOn.click()
    await save(next)
    const dialog = next.getByRole('dialog', { name: 'The display was changed meanwhile' })
    await expect(dialog).toBeVisible()
    expect(fileOf(station, 'pipes')).toBe(theirs)
    await dialog.getByRole('button', { name: 'Save mine over it' }).click()
    await expect(next.locator('.notice')).toHaveText('Saved.', { timeout: 30_000 })
    expect(changedLines(things, fileOf(station, 'pipes'))).toEqual([expect.stringContaining('x="521"')])
    await context.close()
  })

  test('of a display that was never saved is listed with its title, even when one leaves at once', async ({
    page,
    station,
  }) => {
    await page.goto(`${station.url}#/editor`)
    await logInIfAsked(page, page.getByLabel('File name'))
    await page.getByLabel('File name').fill('fresh')
    await page.getByLabel('Title (en)').fill('Fresh air')
    await page.getByRole('button', { name: 'Draw it' }).click()
    await page.locator('.canvas-drawing [data-key]').first().waitFor()
    await page.getByRole('tab', { name: 'Parts' }).click()
    page.on('dialog', (dialog) => void dialog.accept())
    await page.getByRole('button', { name: 'Circle' }).click()
    await page.goto(`${station.url}#/editor`)
    await page.getByRole('link', { name: /Fresh air/ }).click()
    await expect(page.getByText('This display was never saved.')).toBeVisible()
    await page.getByRole('button', { name: 'Go on with that drawing' }).click()
    await saved(page)
    expect(fileOf(station, 'fresh')).toContain('<circle')
    expect(readFileSync(join(station.folder, 'mimics/navigation.yaml'), 'utf8')).toMatch(/name: fresh.*Fresh air/)
  })
})

test.describe('a drawing from elsewhere', () => {
  const file = { name: 'elsewhere.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(hostile) }

  test('is put in beside what is there, and what is left out of it is said', async ({ page, station }) => {
    await openEditor(page, station, 'spare')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Import an SVG file' }).click()
    await (await chooser).setFiles(file)
    await expect(page.locator('.notice')).toContainText('left out')
    for (const what of ['script', 'onclick', 'example.org']) await expect(page.locator('.notice')).toContainText(what)
    await page.locator('.canvas').press('Control+z')
    await expect(saveButton(page)).toBeDisabled()
  })

  test('begins a new display without what runs or loads, which is said as well', async ({ page, station }) => {
    await page.goto(`${station.url}#/editor`)
    await logInIfAsked(page, page.getByLabel('File name'))
    await page.getByLabel('Begin with an SVG file').setInputFiles(file)
    await expect(page.getByLabel('File name')).toHaveValue('elsewhere')
    await page.getByRole('button', { name: 'Draw it' }).click()
    const note = page.getByText(/Not taken over from the file/)
    for (const what of ['script', 'onclick', 'example.org']) await expect(note).toContainText(what)
    await saved(page)
    const text = fileOf(station, 'elsewhere')
    expect(text).toContain('<rect id="box" x="20" y="20" width="80" height="60" fill="#a6a6a6"/>')
    expect(text).not.toMatch(/script|onclick|example/)
  })
})

test('parts and equipment are dragged from their panels to where they go', async ({ page, station }) => {
  await openEditor(page, station, 'spare')
  const canvas = page.locator('.canvas')
  await page.getByRole('button', { name: /^TankB/ }).dragTo(canvas, { targetPosition: { x: 300, y: 330 } })
  const placed = (await page.locator('.canvas-drawing [id="TankB"]').boundingBox())!
  const ground = (await canvas.boundingBox())!
  expect(Math.abs(placed.x + placed.width / 2 - ground.x - 300)).toBeLessThan(15)
  expect(Math.abs(placed.y + placed.height / 2 - ground.y - 330)).toBeLessThan(15)
  await page.getByRole('tab', { name: 'Parts' }).click()
  await page.getByRole('button', { name: 'Vessel' }).dragTo(canvas, { targetPosition: { x: 460, y: 360 } })
  await expect(page.getByRole('button', { name: /^Undo: Place Vessel/ })).toBeEnabled()
  for (let step = 0; step < 2; step++) await canvas.press('Control+z')
  await expect(saveButton(page)).toBeDisabled()
})

test('things are grouped and taken apart, and both can be undone to the file as it was', async ({ page, station }) => {
  await openEditor(page, station, 'spare')
  await clickOn(page, 'circle')
  await page.keyboard.down('Shift')
  await clickOn(page, 'ellipse')
  await page.keyboard.up('Shift')
  await page.locator('.canvas').press('Control+g')
  await expect(page.locator('.canvas-drawing g > [id="ellipse"]')).toHaveCount(1)
  await page.getByLabel('Layer', { exact: true }).fill('Vessels')
  await page.keyboard.press('Tab')
  await page.getByRole('textbox', { name: 'From magnification' }).fill('2')
  await page.keyboard.press('Tab')
  await page.getByRole('textbox', { name: 'From magnification' }).fill('-1')
  await page.keyboard.press('Tab')
  await expect(page.locator('.notice')).toContainText('above 0')
  await saved(page)
  expect(fileOf(station, 'spare')).toContain('<g ls:layer="Vessels" ls:detail="2">')
  for (let step = 0; step < 2; step++) await page.locator('.canvas').press('Control+z')
  await page.locator('.canvas').press('Control+Shift+g')
  await expect(page.locator('.canvas-drawing [id="ellipse"]')).toBeVisible()
  for (let step = 0; step < 2; step++) await page.locator('.canvas').press('Control+z')
  await saved(page)
})

test('what is copied goes to another display and to another station', async ({ browser, station }) => {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-editor-other-'))
  cpSync(fileURLToPath(new URL('plant', import.meta.url)), folder, { recursive: true })
  const other = await StationProcess.start(folder)
  await other.call('access.addAccount', { user: 'drawer', password, roles: ['administrator'] })
  const context = await browser.newContext({
    viewport: { width: 1366, height: 768 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  try {
    const page = await context.newPage()
    await openEditor(page, station, 'spare')
    await clickOn(page, 'text')
    await page.locator('.canvas').press('Control+c')
    await openEditor(page, station, 'pipes')
    await page.locator('.canvas').press('Control+v')
    await expect(page.locator('.notice')).toContainText('1 thing pasted')
    await page.locator('.canvas').press('Control+z')
    const elsewhere = await context.newPage()
    await openEditor(elsewhere, { ...station, url: other.url }, 'packing')
    await elsewhere.locator('.canvas').press('Control+v')
    await expect(elsewhere.locator('.notice')).toContainText('1 thing pasted')
    await saved(elsewhere)
    const text = readFileSync(join(folder, 'mimics/packing.svg'), 'utf8')
    expect(text).toMatch(
      /<text id="text" x="60" y="260" font-size="24" ls:tag="Line.Speed" ls:text="value">a &amp; b<\/text>/,
    )
    expect(existsSync(join(folder, 'mimics/spare.svg'))).toBe(false)
  } finally {
    await context.close()
    await other.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
