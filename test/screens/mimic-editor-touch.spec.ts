// Drawing with fingers: real touch input to a browser that has nothing else.
import type { CDPSession, Page } from '@playwright/test'
import { expect } from '@playwright/test'
import { fileOf, kinds, middleOf, openEditor, restoreSpare, test } from './editor-station.ts'

test.use({ file: 'mimic-editor-touch', hasTouch: true, viewport: { width: 1366, height: 768 } })
test.setTimeout(120_000)

interface Point {
  readonly x: number
  readonly y: number
}

/** Fingers put down, led in steps and lifted; each a way of points. */
async function touch(cdp: CDPSession, ways: readonly (readonly [Point, Point])[], restMs = 0): Promise<void> {
  const at = (share: number) =>
    ways.map(([from, to], id) => ({ id, x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }))
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) })
  if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs))
  for (let step = 1; step <= 8; step++)
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step / 8) })
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

/** Both panels go aside, and the page fills the room. */
async function makeRoom(page: Page): Promise<void> {
  for (const name of ['Things to put in', 'Properties']) await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('button', { name: 'Whole page' }).click()
}

const by = ({ x, y }: Point, dx: number, dy: number): Point => ({ x: x + dx, y: y + dy })
const undo = (page: Page) => page.getByRole('button', { name: /^Undo/ })

test.beforeEach(({ station }) => restoreSpare(station))

test('a finger selects, moves, stretches and turns; two zoom; nothing is moved by looking about', async ({
  page,
  context,
  station,
}) => {
  await openEditor(page, station, 'spare')
  await makeRoom(page)
  const cdp = await context.newCDPSession(page)
  const rect = await middleOf(page, 'rect')
  await page.touchscreen.tap(rect.x, rect.y)
  await expect(page.locator('.overlay .handle')).not.toHaveCount(0)
  for (const hit of await page.locator('.overlay .handle .hit').all()) {
    const box = (await hit.boundingBox())!
    expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(43.5)
  }
  await touch(cdp, [[rect, by(rect, 60, 40)]])
  const moved = await middleOf(page, 'rect')
  expect(moved.x - rect.x).toBeGreaterThan(40)
  await expect(undo(page)).toHaveAccessibleName('Undo: Move')

  const before = (await page.locator('.canvas-drawing [id="rect"]').boundingBox())!
  const corner = (await page.locator('.handle.se .hit').boundingBox())!
  const grip = { x: corner.x + corner.width / 2, y: corner.y + corner.height / 2 }
  await touch(cdp, [[grip, by(grip, 50, 30)]])
  const after = (await page.locator('.canvas-drawing [id="rect"]').boundingBox())!
  expect(after.width).toBeGreaterThan(before.width + 30)
  await expect(undo(page)).toHaveAccessibleName('Undo: Change the size')

  const top = (await page.locator('.handle.rotate .hit').boundingBox())!
  const knob = { x: top.x + top.width / 2, y: top.y + top.height / 2 }
  await touch(cdp, [[knob, by(knob, 120, 60)]])
  await expect(undo(page)).toHaveAccessibleName('Undo: Turn')
  for (const left of ['Undo: Change the size', 'Undo: Move', 'Undo']) {
    await undo(page).click()
    await expect(undo(page)).toHaveAccessibleName(left)
  }
  await expect(undo(page)).toBeDisabled()

  // One finger on the empty page moves the view, two zoom.
  const canvas = (await page.locator('.canvas').boundingBox())!
  const empty = { x: canvas.x + canvas.width / 2, y: canvas.y + canvas.height * 0.8 }
  const still = await middleOf(page, 'rect')
  await touch(cdp, [[empty, by(empty, -40, -50)]])
  const panned = await middleOf(page, 'rect')
  expect(Math.abs(panned.x - still.x + 40)).toBeLessThan(12)
  const scale = Number(await page.locator('.canvas').getAttribute('data-scale'))
  await touch(cdp, [
    [by(empty, -30, 0), by(empty, -90, 0)],
    [by(empty, 30, 0), by(empty, 90, 0)],
  ])
  expect(Number(await page.locator('.canvas').getAttribute('data-scale'))).toBeGreaterThan(scale * 1.5)
  await expect(undo(page)).toBeDisabled()
  expect(fileOf(station, 'spare')).toBe(kinds)
})

test('a finger that rests draws a rubber band; a second finger ends what the first began', async ({
  page,
  context,
  station,
}) => {
  await openEditor(page, station, 'spare')
  await makeRoom(page)
  const cdp = await context.newCDPSession(page)
  const circle = (await page.locator('.canvas-drawing [id="circle"]').boundingBox())!
  const ellipse = (await page.locator('.canvas-drawing [id="ellipse"]').boundingBox())!
  const from = { x: circle.x - 6, y: circle.y + circle.height + 24 }
  await touch(cdp, [[from, { x: ellipse.x + ellipse.width + 8, y: circle.y - 8 }]], 700)
  await page.getByRole('button', { name: 'Properties', exact: true }).click()
  await expect(page.getByText('2 selected')).toBeVisible()
  await page.getByRole('button', { name: 'Properties', exact: true }).click()
  await page.getByRole('button', { name: 'Whole page' }).click()
  const middle = { x: circle.x + circle.width / 2, y: circle.y + circle.height / 2 }
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ id: 0, ...middle }] })
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ id: 0, ...by(middle, 60, 0) }] })
  await cdp.send('Input.dispatchTouchEvent', {
    type: 'touchStart',
    touchPoints: [
      { id: 0, ...by(middle, 60, 0) },
      { id: 1, ...by(middle, 200, 120) },
    ],
  })
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await expect(undo(page)).toBeDisabled()
})
