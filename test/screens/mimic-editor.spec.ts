// Drawing displays in a real browser against a real runtime: what is moved is all that changes in the file, what somebody else
// saved is never written over unasked, and equipment of a library comes onto a display in a few steps.
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { violationsInBothThemes } from './axe.ts'
import {
  changedLines,
  clickOn,
  fileOf,
  kinds,
  logInIfAsked,
  middleOf,
  movable,
  openEditor,
  restoreSpare,
  save,
  test,
} from './editor-station.ts'
import { smallTargets } from './small-targets.ts'

test.use({ file: 'mimic-editor' })

test.setTimeout(120_000)

test.describe('drawing a display', () => {
  test.beforeEach(({ station }) => restoreSpare(station))

  test('moving one thing changes its line of the file and nothing else, whatever kind of thing it is', async ({
    page,
    station,
  }) => {
    test.setTimeout(240_000)
    await openEditor(page, station, 'kinds')
    for (const id of movable) {
      const before = fileOf(station, 'kinds')
      await clickOn(page, id)
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Shift+ArrowDown')
      await save(page)
      await expect.poll(() => fileOf(station, 'kinds') !== before, { timeout: 30_000 }).toBe(true)
      const [line, ...more] = changedLines(before, fileOf(station, 'kinds'))
      expect(more, id).toEqual([])
      expect(line, id).toContain(`id="${id}"`)
      // The next thing is saved once this one is done.
      await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled()
      await expect(page.locator('.notice')).toHaveText('Saved.')
    }
  })

  test('a thing that was dragged and put back by undo leaves nothing to save', async ({ page, station }) => {
    const path = join(station.folder, 'mimics/spare.svg')
    const { mtimeMs } = statSync(path)
    await openEditor(page, station, 'spare')
    const { x, y } = await middleOf(page, 'rect')
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 60, y + 45, { steps: 6 })
    await page.mouse.up()
    const moved = await middleOf(page, 'rect')
    expect(moved.x).toBeGreaterThan(x + 30)
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeEnabled()
    await page.keyboard.press('Control+z')
    expect((await middleOf(page, 'rect')).x).toBeCloseTo(x, 0)
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled()
    await page.keyboard.press('Control+s')
    await expect(page.getByText('Nothing has changed')).toBeVisible()
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
    expect(fileOf(station, 'spare')).toBe(kinds)
  })

  test('what somebody else saved meanwhile is shown and not written over unasked', async ({ page, station }) => {
    await openEditor(page, station, 'spare')
    await clickOn(page, 'circle')
    await page.keyboard.press('ArrowRight')
    const theirs = kinds.replace('<circle id="circle" cx="260"', '<circle id="circle" cx="300"')
    writeFileSync(join(station.folder, 'mimics/spare.svg'), theirs)
    await save(page)
    const dialog = page.getByRole('dialog', { name: 'The display was changed meanwhile' })
    await expect(dialog).toContainText('Circle', { timeout: 30_000 })
    expect(fileOf(station, 'spare')).toBe(theirs)
    await dialog.getByRole('button', { name: 'Save mine over it' }).click()
    await expect(page.getByText('Saved.')).toBeVisible({ timeout: 40_000 })
    expect(changedLines(kinds, fileOf(station, 'spare'))).toEqual([expect.stringContaining('cx="261"')])
  })

  test('ten motors of the library are made, placed and saved in one go', async ({ page, station }) => {
    await openEditor(page, station, 'packing')
    await page.getByRole('button', { name: 'New equipment …' }).click()
    const dialog = page.getByRole('dialog', { name: 'New equipment …' })
    await dialog.getByPlaceholder('Search types').fill('motor')
    await dialog.getByRole('button', { name: 'Motor', exact: true }).click()
    await dialog.getByLabel('How many').fill('10')
    await dialog.getByLabel('How many').blur()
    await dialog.getByLabel('Name', { exact: true }).fill('Motor{n}')
    await dialog.getByLabel(/^device$/i).fill('line')
    await dialog
      .getByLabel(/^node$|node|prefix/i)
      .first()
      .fill('Motor{n}')
    await dialog.getByRole('button', { name: 'Make and place 10' }).click()
    await expect(dialog).toBeHidden({ timeout: 40_000 })
    await save(page)
    await expect(page.getByText('Saved.')).toBeVisible({ timeout: 40_000 })
    const file = fileOf(station, 'packing')
    for (let number = 1; number <= 10; number++) expect(file).toContain(`ls:equipment="Motor${number}"`)
    const { equipment } = await station.process.call('plant.equipment', {})
    expect(equipment.filter(({ type }) => type === 'motor')).toHaveLength(10)
  })

  test('a test shows live values and what was put in by hand, and writes nothing', async ({ page, station }) => {
    await openEditor(page, station, 'mixing')
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    const speed = page.locator('.stage #speed')
    await expect(speed).not.toHaveText('0')
    await page.getByRole('combobox', { name: 'Tag' }).fill('Line.Speed')
    await page.getByPlaceholder('Value', { exact: true }).fill('4321')
    await page.getByRole('button', { name: 'Put in', exact: true }).click()
    await expect(speed).toContainText(/4.?321/)
    await page.getByRole('button', { name: 'End the test' }).click()
    await expect(page.locator('.canvas-drawing')).toBeVisible()
  })

  for (const locale of ['en-GB', 'zh-CN'])
    test(`the editor can be read and reached by everybody (${locale}, light and dark)`, async ({
      browser,
      station,
    }) => {
      test.setTimeout(180_000)
      const context = await browser.newContext({ locale, viewport: { width: 1366, height: 768 } })
      const page = await context.newPage()
      await openEditor(page, station, 'kinds')
      await clickOn(page, 'group')
      await expect(page.locator('.right [role=tab]').nth(1)).toContainText(/\d/)
      const panels = await page.getByRole('tab').all()
      for (const [index, tab] of panels.entries()) {
        await tab.click()
        await expectOpenToAll(page, `tab ${index}`)
      }
      // Keys, find and replace, new equipment, one after the other.
      await page.locator('.canvas').focus()
      await page.keyboard.press('?')
      await expectOpenToAll(page, 'keys')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+f')
      await expectOpenToAll(page, 'find')
      await page.keyboard.press('Escape')
      await panels[0]!.click()
      await page.locator('.left .head button').click()
      await expect(page.locator('dialog .type').first()).toBeVisible()
      await expectOpenToAll(page, 'types')
      await page.locator('dialog .type').first().click()
      await expectOpenToAll(page, 'new equipment')
      await page.keyboard.press('Escape')
      await page.locator('.tools .end button').first().click()
      await page.locator('.stage svg').first().waitFor()
      await expectOpenToAll(page, 'test')
      await page.goto(`${station.url}#/editor`)
      await logInIfAsked(page, page.locator('.columns'))
      await expectOpenToAll(page, 'choice')
      await context.close()
    })
})

async function expectOpenToAll(page: Page, what: string): Promise<void> {
  expect.soft(await violationsInBothThemes(page, '#main'), what).toEqual([])
  expect.soft(await smallTargets(page), what).toEqual([])
}
