// Drawing a label: by mouse, by finger and by keyboard; and the file of the plant keeps every letter that nobody touched.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { violationsInBothThemes } from './axe.ts'
import { addParts } from './part-plant.ts'
import { settled } from './settled.ts'
import { smallTargets } from './small-targets.ts'
import { logIn, type TestStation, test } from './station.ts'

test.use({ file: 'label-editor' })

const fileOf = ({ plantFolder }: TestStation) => join(plantFolder, 'labels/labels.yaml')
const textOf = (station: TestStation) => readFileSync(fileOf(station), 'utf8')
const element = (page: Page, name: RegExp) => page.getByRole('group', { name: 'Paper' }).getByRole('button', { name })
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true })

test.beforeEach(async ({ station }) => addParts(station))

async function openEditor(page: Page, station: TestStation): Promise<void> {
  await logIn(page, station, 'engineer', '#/labels/edit/case')
  await expect(page.getByText('Nothing is wrong with it.')).toBeVisible()
}

/** Drags the middle of an element in steps, and looks at it before it is let go. */
async function drag(
  page: Page,
  name: RegExp,
  by: { x: number; y: number },
  look: () => Promise<void> = async () => {},
): Promise<void> {
  const box = (await element(page, name).locator('.frame').boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  for (let step = 1; step <= 5; step++) await page.mouse.move(x + (by.x * step) / 5, y + (by.y * step) / 5)
  await look()
  await page.mouse.up()
}

test('a drag is seen at once, and a save changes that one line of the file', async ({ page, station }) => {
  await openEditor(page, station)
  const before = textOf(station)
  const frame = element(page, /Order/).locator('.frame')
  const begin = (await frame.boundingBox())!
  let asked = 0
  page.on('websocket', () => asked++)
  await page.keyboard.down('Alt')
  await drag(page, /Order/, { x: 40, y: 30 }, async () => {
    const now = (await frame.boundingBox())!
    expect(now.x - begin.x).toBeGreaterThan(35)
    // The very letters move, not an empty frame.
    await expect(page.locator('svg.stray image')).toHaveCount(1)
  })
  await page.keyboard.up('Alt')
  // The picture follows, and nothing is out of its place any more.
  await expect(page.locator('svg.stray')).toHaveCount(0)
  await expect(page.getByText('Not saved')).toBeVisible()
  await save(page).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  const [was, is] = [before.split('\n'), textOf(station).split('\n')]
  expect(is).toHaveLength(was.length)
  const changed = was.flatMap((line, at) => (line === is[at] ? [] : [[line, is[at]!] as const]))
  expect(changed).toHaveLength(1)
  expect(changed[0]![1]).toContain('# asked for')
  expect(changed[0]![1].replace(/x: [\d.]+, y: [\d.]+/, 'x: 4, y: 4.50')).toBe(changed[0]![0])
  expect(asked).toBe(0)
})

test('several are dragged as one, keep to lines, and undo takes back the whole drag', async ({ page, station }) => {
  await openEditor(page, station)
  await element(page, /Order/).locator('.frame').click()
  await page.keyboard.down('Shift')
  await element(page, /Text identifier/)
    .locator('.frame')
    .click()
  await page.keyboard.up('Shift')
  await expect(page.getByText('2 elements chosen')).toBeVisible()
  const code = (await element(page, /Text identifier/)
    .locator('.frame')
    .boundingBox())!
  await drag(page, /Order/, { x: 20, y: 12 }, async () => {
    const now = (await element(page, /Text identifier/)
      .locator('.frame')
      .boundingBox())!
    expect(now.x - code.x).toBeGreaterThan(10)
  })
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled()
  // The frame of what has the focus is drawn a little thicker.
  const back = (await element(page, /Text identifier/)
    .locator('.frame')
    .boundingBox())!
  expect(Math.abs(back.x - code.x)).toBeLessThan(2)

  // Its left edge near the middle of the label: a line shows it, and it is exact.
  await page.keyboard.press('Escape')
  const paper = (await page.getByRole('group', { name: 'Paper' }).locator('.sheet').boundingBox())!
  const order = (await element(page, /Order/).locator('.frame').boundingBox())!
  await drag(page, /Order/, { x: paper.x + paper.width / 2 - order.x + 3, y: 60 }, async () => {
    await expect(page.locator('.guide')).not.toHaveCount(0)
  })
  // What was dragged is chosen.
  await expect(page.getByLabel('From the left, mm')).toHaveValue('40')
})

test('what is wrong with an expression is said where it is typed, and names are offered', async ({ page, station }) => {
  await openEditor(page, station)
  await element(page, /Order/).locator('.frame').click()
  const field = page.getByRole('combobox', { name: 'Expression' })
  await field.fill('fields.ordr')
  await expect(page.getByText(/Wrong at "ordr".*it has order/)).toBeVisible()
  await expect(page.getByText(/cannot be drawn|What is wrong/).first()).toBeVisible()
  await field.fill('')
  await field.pressSequentially('fie', { delay: 120 })
  await page.getByRole('option', { name: /fields\.order/ }).click()
  await expect(field).toHaveValue('fields.order')
  await expect(page.getByText('Nothing is wrong with it.')).toBeVisible()
  await field.fill('Sealer.He')
  await field.press('End')
  await field.pressSequentially('a', { delay: 120 })
  await expect(page.getByRole('option', { name: /Sealer\.Heat/ })).toBeVisible()
  // Typing is one step.
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(field).toHaveValue("'Order 订单 ' + fields.order")
})

test('what is not saved is not lost by a click; a copy is a template of its own and can be deleted', async ({
  page,
  station,
}) => {
  await openEditor(page, station)
  const before = textOf(station)
  await page.getByRole('button', { name: '+ Line' }).click()
  const asked = page.waitForEvent('dialog')
  const clicked = page.getByRole('link', { name: 'Queue' }).click()
  const question = await asked
  expect(question.message()).toBe('The label is not saved. Leave it all the same?')
  await question.dismiss()
  await clicked
  await expect(page.getByRole('heading', { name: 'Draw label case' })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()

  await page.getByRole('link', { name: 'New label like this' }).click()
  await page.getByLabel('Name').fill('case-small')
  await page.getByRole('button', { name: 'Begin' }).click()
  await save(page).click()
  await expect(page).toHaveURL(/#\/labels\/edit\/case-small$/)
  expect(textOf(station)).toBe(before)
  const names = async () => (await station.process.call('labels.templates', {})).templates.map(({ name }) => name)
  expect(await names()).toContain('case-small')

  await page.getByRole('button', { name: 'Delete label …' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page).toHaveURL(/#\/labels\/templates$/)
  expect(await names()).not.toContain('case-small')
})

test('what another person saved meanwhile is never overwritten by chance', async ({ page, station }) => {
  await openEditor(page, station)
  writeFileSync(fileOf(station), textOf(station).replace('text: Shelf 货架', 'text: Shelf 2'))
  await page.getByRole('button', { name: '+ Text' }).click()
  await save(page).click()
  await expect(page.getByText('The file was changed by somebody else meanwhile.')).toBeVisible()
  expect(textOf(station)).toContain('Shelf 2')
  await page.getByRole('button', { name: 'Save mine all the same' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  expect(textOf(station)).toContain('Shelf 2')
  expect(textOf(station)).toContain('text: Text')
})

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 600, height: 1000 } })

  test('a finger drags an element', async ({ page, station, context }) => {
    await openEditor(page, station)
    const frame = element(page, /Order/).locator('.frame')
    await frame.scrollIntoViewIfNeeded()
    const box = (await frame.boundingBox())!
    const cdp = await context.newCDPSession(page)
    const at = (share: number) => [
      { x: box.x + box.width / 2 + 60 * share, y: box.y + box.height / 2 + 40 * share, id: 0 },
    ]
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) })
    for (let step = 1; step <= 6; step++)
      await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step / 6) })
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    const now = (await frame.boundingBox())!
    expect(now.x - box.x).toBeGreaterThan(45)
    expect(now.y - box.y).toBeGreaterThan(25)
  })
})

for (const locale of ['en-GB', 'zh-CN'] as const)
  test.describe(locale, () => {
    test.use({ locale })

    test('the editor can be read and touched by everybody', async ({ page, station }) => {
      await logIn(page, station, 'engineer', '#/labels/edit')
      await settled(page)
      expect.soft(await violationsInBothThemes(page)).toEqual([])
      await page.goto(`${station.url}#/labels/edit/case`)
      await settled(page)
      for (const index of [null, 0, 1, 2]) {
        if (index !== null) await page.locator('.pick').nth(index).click()
        expect.soft(await violationsInBothThemes(page), `element ${index}`).toEqual([])
        expect.soft(await smallTargets(page), `element ${index}`).toEqual([])
      }
    })
  })
