import { expect, type Page } from '@playwright/test'
import { violationsInBothThemes } from './axe.ts'
import { addFaceplatePlant } from './faceplate-plant.ts'
import { settled } from './settled.ts'
import { smallTargets } from './small-targets.ts'
import { logIn, type TestStation, test } from './station.ts'

test.use({ file: 'faceplates' })

test.beforeAll(async ({ station }) => addFaceplatePlant(station))

const panelOf = (page: Page, name: string) =>
  page.getByRole('complementary', { name: `Faceplate: ${name}`, exact: true })

async function set({ process }: TestStation, tag: string, value: number | boolean): Promise<void> {
  await process.call('tags.write', { tag, value })
}

/** Opens every part that is folded. */
async function unfold(page: Page): Promise<void> {
  // The last part of every faceplate: with it all the others are there.
  await page.getByRole('region', { name: /^(Members|成员)( \d+)?$/ }).waitFor()
  const folded = page.locator('.part h3 button[aria-expanded="false"]')
  for (let count = await folded.count(); count > 0; count = await folded.count()) await folded.first().click()
}

test('why it will not start is said in words on live values, and each tag leads to its faceplate', async ({
  page,
  station,
}) => {
  await set(station, 'Suction.Level', 8.2)
  await logIn(page, station, 'operator', '#/mimic/overview?equipment=Pump1')
  const panel = panelOf(page, 'Pump1')
  const why = panel.getByRole('region', { name: /Why won't it start/ })
  await expect(why).toContainText('Suction tank is not empty – not fulfilled')
  await expect(why).toContainText('Suction.Level is 8.2 %, has to be above 10 %')
  await set(station, 'Suction.Level', 9.5)
  await expect(why).toContainText('Suction.Level is 9.5 %')
  await set(station, 'Pump1.Drive.Ready', false)
  await expect(why).toContainText('Pump1.Drive.Ready is Not ready, has to be Ready')
  await set(station, 'Pump1.Drive.Ready', true)
  await set(station, 'Pump1.Bypass', true)
  await expect(why).toContainText('bypassed, counts as fulfilled')
  await set(station, 'Pump1.Bypass', false)
  await why.getByRole('link', { name: 'Suction.Level' }).click()
  await expect(panelOf(page, 'Suction.Level')).toBeVisible()
  await page.goBack()
  await panel.getByRole('navigation', { name: 'Parts' }).getByRole('button', { name: /Drive/ }).click()
  await panelOf(page, 'Pump1.Drive')
    .getByRole('navigation', { name: 'Place' })
    .getByRole('button', { name: 'Pump1' })
    .click()
  await expect(panel).toBeVisible()
})

test('a start is refused with its reason, then given in two steps and followed to the read-back; both are told afterwards', async ({
  page,
  station,
}) => {
  await set(station, 'Suction.Level', 8.2)
  await set(station, 'Pump1.State', 0)
  await logIn(page, station, 'operator', '#/mimic/overview?equipment=Pump1')
  const panel = panelOf(page, 'Pump1')
  const start = panel.getByRole('button', { name: 'Start …' })
  await expect(start).toBeDisabled()
  await expect(start).toHaveAccessibleDescription('Refused now: Suction tank is not empty.')
  expect((await station.process.post('equipment.command', { equipment: 'Pump1', command: 'start' })).status).toBe(422)
  await set(station, 'Suction.Level', 50)
  await expect(start).toBeEnabled()
  await start.click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Stopped')
  await expect(dialog).toContainText('Water flows into the mixer.')
  // ISA-101 checklist H30: Enter on open does nothing.
  await page.keyboard.press('Enter')
  await page.waitForTimeout(300)
  expect((await station.process.read('Pump1.Command')).value).toBe(false)
  await dialog.getByLabel(/Reason/).fill('shift begins')
  await dialog.getByRole('button', { name: 'Execute' }).click()
  await expect(panel.getByText('Start: done, the device reports On.')).toBeVisible()
  await expect(panel.locator('[aria-current="step"]').first()).toContainText('Read back')
  expect((await station.process.read('Pump1.Command')).value).toBe(true)
  await unfold(page)
  const orders = panel.getByRole('region', { name: /Who ordered what/ })
  await expect(orders.getByRole('listitem').first()).toContainText(/Start.*Off → On.*operator.*accepted.*shift begins/s)
  await expect(orders).toContainText(/refused:/)
  await set(station, 'Pump1.Command', false)
})

test('a set-point is changed in place, and its former value is offered as a new write, never as an undo', async ({
  page,
  station,
}) => {
  await set(station, 'Pump1.FlowSetpoint', 50)
  await logIn(page, station, 'operator', '#/mimic/overview?equipment=Pump1')
  const panel = panelOf(page, 'Pump1')
  await panel.getByRole('button', { name: 'Change Wanted flow' }).click()
  await panel.getByRole('textbox', { name: /New value/ }).fill('61,5')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Execute' }).click()
  await expect(panel.getByText('Done: the device reports 61.5 m³/h.')).toBeVisible()
  await panel.getByRole('button', { name: 'Former value 50 m³/h …' }).click()
  await expect(page.getByRole('dialog')).toContainText('50 m³/h')
  await page.getByRole('dialog').getByRole('button', { name: 'Execute' }).click()
  await expect(panel.getByText('Done: the device reports 50 m³/h.')).toBeVisible()
})

test('with its device away a condition cannot be decided, which is said with the reason', async ({ page, station }) => {
  await logIn(page, station, 'viewer', '#/mimic/overview?equipment=AwayPump')
  const panel = panelOf(page, 'AwayPump')
  await expect(panel).toContainText('The far tank is not empty – cannot be decided, counts as not fulfilled')
  await expect(panel).toContainText('Away.Level has no usable value: There is no communication with the device.')
  await expect(panel.getByText('Ordering needs the operator role.')).toBeVisible()
  await expect(panel.getByRole('button', { name: 'Start …' })).toBeDisabled()
})

test('a PackML machine shows its state among all of them and what leads on', async ({ page, station }) => {
  await set(station, 'Wrapper1.State', 4)
  await logIn(page, station, 'operator', '#/mimic/overview?equipment=Wrapper1')
  const panel = panelOf(page, 'Wrapper1')
  await unfold(page)
  const states = panel.getByRole('region', { name: /State and what leads on/ })
  await expect(states.locator('[aria-current="step"]')).toHaveText('Idle')
  await expect(states).toContainText('It waits for: Its door is closed.')
  await expect(states).toContainText('From here: Start, Stop, Abort')
  await expect(panel.getByText(/^Not now: Wrapper1\.State is Idle, has to be /).first()).toBeVisible()
})

test('maintenance sees what is due and sets it back with words', async ({ page, station }) => {
  await logIn(page, station, 'engineer', '#/mimic/overview?equipment=Pump1')
  const panel = panelOf(page, 'Pump1')
  const counters = panel.getByRole('region', { name: /Maintenance counters/ })
  await expect(counters).toContainText('1 due')
  await unfold(page)
  await counters.getByRole('button', { name: 'Reset … Hours to the overhaul' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Set back' }).click()
  await expect(dialog.getByText('Say what was done.')).toBeVisible()
  await dialog.getByLabel(/What was done/).fill('new seals')
  await dialog.getByRole('button', { name: 'Set back' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(counters).toContainText('reset by engineer')
})

test('a document opens as text or picture, and nothing in it runs', async ({ page, station }) => {
  await logIn(page, station, 'viewer', '#/mimic/overview?equipment=Pump1')
  await unfold(page)
  await page.getByRole('button', { name: 'Open How to bleed it' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('textbox', { name: 'How to bleed it' })).toHaveValue(/<script>document.title = "run"/)
  expect(await page.title()).not.toBe('run')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Open Drawing' }).click()
  await expect(dialog.getByRole('img', { name: 'Drawing' })).toBeVisible()
  expect(await dialog.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
  await dialog.getByRole('button', { name: 'Close' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save How to bleed it' }).click()
  expect((await download).suggestedFilename()).toBe('bleeding.txt')
})

test('pinned faceplates stay beside every display and after a reload, three at most, and cover no banner', async ({
  page,
  station,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await logIn(page, station, 'operator', '#/mimic/overview?equipment=Pump1')
  await panelOf(page, 'Pump1').getByRole('button', { name: 'Keep beside every display' }).click()
  for (const next of ['Wrapper1', 'Cabinet1']) {
    await page.goto(`${station.url}#/mimic/overview?equipment=${next}`)
    await panelOf(page, next).getByRole('button', { name: 'Keep beside every display' }).click()
  }
  await page.goto(`${station.url}#/mimic/overview?tag=Suction.Level`)
  await expect(panelOf(page, 'Suction.Level').getByRole('button', { name: 'Keep beside every display' })).toBeDisabled()
  await expect(page.getByRole('complementary')).toHaveCount(4)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('complementary')).toHaveCount(3)
  await page.goto(`${station.url}#/mimic/packing`)
  await page.reload()
  await expect(page.getByRole('complementary')).toHaveCount(3)
  const banner = await page.locator('.alarm-banner, [class*=banner]').first().boundingBox()
  for (const panel of await page.getByRole('complementary').all()) {
    const box = (await panel.boundingBox())!
    expect(box.y).toBeGreaterThanOrEqual(banner!.y + banner!.height - 1)
    expect(box.height).toBeGreaterThan(200)
  }
  expect((await page.locator('#main').boundingBox())!.width).toBeGreaterThan(900)
  await panelOf(page, 'Pump1').getByRole('button', { name: 'Close' }).click()
  await expect(page.getByRole('complementary')).toHaveCount(2)
})

test('two hundred members are found by a word', async ({ page, station }) => {
  await logIn(page, station, 'viewer', '#/mimic/overview?equipment=Cabinet1')
  const panel = panelOf(page, 'Cabinet1')
  await unfold(page)
  const members = panel.getByRole('region', { name: /Members/ })
  await expect(members.locator('li')).toHaveCount(200)
  await members.getByLabel('Find a member').fill('Terminal 19')
  await expect(members.locator('li')).toHaveCount(11)
})

for (const locale of ['en-GB', 'zh-CN'] as const) {
  test.describe(`${locale}, light and dark`, () => {
    test.use({ locale })

    test('every faceplate, all parts open: no violations, targets of 44 px, nothing cut off on a phone', async ({
      page,
      station,
    }) => {
      test.setTimeout(180_000)
      await set(station, 'Suction.Level', 8.2)
      await logIn(page, station, 'engineer', '#/mimic/overview?equipment=Pump1')
      for (const name of ['Pump1', 'Wrapper1', 'AwayPump', 'Pump1.Drive', 'Cabinet1']) {
        await page.goto(`${station.url}#/mimic/overview?equipment=${name}`)
        await page.getByRole('complementary').waitFor()
        await settled(page)
        await unfold(page)
        await settled(page)
        expect.soft(await violationsInBothThemes(page, 'aside'), name).toEqual([])
        expect.soft(await smallTargets(page), name).toEqual([])
        await page.setViewportSize({ width: 390, height: 844 })
        const cutOff = await page
          .getByRole('complementary')
          .evaluate((panel) =>
            [...panel.querySelectorAll('button, a, p, li')]
              .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
              .map((one) => one.textContent?.trim().slice(0, 40)),
          )
        expect.soft(cutOff, name).toEqual([])
        await page.setViewportSize({ width: 1280, height: 800 })
      }
    })
  })
}

test('all of it by keyboard: parts fold, a command is confirmed, Escape leads back to the display', async ({
  page,
  station,
}) => {
  await set(station, 'Suction.Level', 50)
  await set(station, 'Pump1.State', 0)
  await logIn(page, station, 'operator', '#/mimic/overview')
  const symbol = page.locator('#main svg [role=button]').first()
  await symbol.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('complementary').waitFor()
  await page.keyboard.press('Escape')
  await expect(symbol).toBeFocused()
  await page.goto(`${station.url}#/mimic/overview?equipment=Pump1`)
  const panel = panelOf(page, 'Pump1')
  const head = panel.getByRole('button', { name: /Documents/ })
  await head.focus()
  const before = await head.getAttribute('aria-expanded')
  await page.keyboard.press('Enter')
  await expect(head).toHaveAttribute('aria-expanded', before === 'true' ? 'false' : 'true')
  await panel.getByRole('button', { name: 'Start …' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Execute' }).focus()
  await page.keyboard.press('Enter')
  await expect(panel.getByText('Start: done, the device reports On.')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(panel.getByRole('button', { name: 'Read', exact: true })).toBeFocused()
})
