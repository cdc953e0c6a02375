// Target U6: no axe violation on any screen, both languages, both themes; 44 px targets; every stop of the Tab key visible.
import { expect } from '@playwright/test'
import { violationsInBothThemes } from './axe.ts'
import { labelsToLookAt } from './label-plant.ts'
import { settled } from './settled.ts'
import { smallTargets } from './small-targets.ts'
import { logIn, test } from './station.ts'

test.use({ file: 'accessibility' })

const screens = [
  ['display', '#/mimic/overview'],
  ['faceplate of a tag', '#/mimic/overview?tag=TankA.TemperatureSetpoint'],
  ['faceplate of an equipment', '#/mimic/overview?equipment=TankA'],
  ['alarm list', '#/alarms'],
  ['what to do about an alarm', '#/alarms?alarm=device%3Aaway-plc%2FdeviceLost'],
  ['alarms by equipment', '#/alarms?group=equipment'],
  ['alarm journal', '#/alarm-journal'],
  ['alarm performance', '#/alarm-kpi?span=24h'],
  ['shift report', '#/shift-report'],
  ['master alarm database', '#/alarm-database/device%3Aaway-plc%2FdeviceLost'],
  ['what came before an alarm', '#/alarm-before/device%3Aaway-plc%2FdeviceLost'],
  ['trend', '#/trend?pens=Line.Speed,Line.State,Away.Level&span=600000&ruler=2026-01-01T00:00:00Z'],
  ['saved trends', '#/trend'],
  ['trend in place', '#/mimic/overview?trend=Line.Speed,Line.State'],
  ['which label to print', '#/labels'],
  ['printing a label', '#/labels/print/case'],
  ['printers and jobs', '#/labels/queue'],
  ['labels in doubt', '#/labels/doubt'],
  ['tray of a virtual printer', '#/labels/tray'],
  ['label templates', '#/labels/templates'],
  ['print ledger', '#/labels/ledger'],
  ['drawing a label', '#/labels/edit/case'],
  ['a new label', '#/labels/edit'],
  ['identifiers', '#/trace'],
  ['the life of a part', '#/trace/(01)09521234543213(21)000001'],
  ['parts affected', '#/affected?tags=Line.Speed&from=1&to=2'],
  ['displays and their quality', '#/displays'],
  ['findings of a display', '#/displays/overview'],
  ['equipment types', '#/types'],
  ['one equipment type', '#/types/heated-tank'],
  ['which display to draw', '#/editor'],
  ['drawing a display', '#/editor/mixing'],
  ['tags', '#/tags'],
  ['devices', '#/devices'],
  ['one device', '#/devices/away-plc'],
  ['plant faults', '#/faults'],
  ['tag files', '#/tag-files'],
  ['health', '#/health'],
  ['audit', '#/audit'],
  ['accounts', '#/accounts'],
  ['password', '#/password'],
] as const

test.beforeEach(({ station }) => labelsToLookAt(station))

for (const locale of ['en-GB', 'zh-CN'] as const) {
  test.describe(`${locale}, light and dark`, () => {
    test.use({ locale })

    test('log-in: no violations, targets of 44 px', async ({ page, station }) => {
      await page.goto(station.url)
      await page.locator('input[name=user]').waitFor()
      expect(await violationsInBothThemes(page)).toEqual([])
      expect(await smallTargets(page)).toEqual([])
    })

    test('dialogs: no violations, targets of 44 px', async ({ page, station }) => {
      await logIn(page, station, 'administrator', '#/mimic/overview?tag=TankA.Heating')
      await page.locator('.buttons button').first().click()
      for (const open of [null, 'Control+k'] as const) {
        if (open) {
          await page.keyboard.press('Escape')
          await page.keyboard.press(open)
          await page.keyboard.type('Tank')
        }
        await expect(page.getByRole('dialog')).toBeVisible()
        await settled(page)
        expect.soft(await violationsInBothThemes(page)).toEqual([])
        expect.soft(await smallTargets(page)).toEqual([])
      }
    })

    test('every screen: no violations, targets of 44 px', async ({ page, station }) => {
      test.setTimeout(300_000)
      await logIn(page, station, 'administrator')
      for (const [name, hash] of screens) {
        await page.goto(station.url + hash)
        await settled(page)
        expect.soft(await smallTargets(page), name).toEqual([])
        expect.soft(await violationsInBothThemes(page), name).toEqual([])
      }
    })
  })
}

test('the Tab key walks every screen, each stop is seen, and there is no trap', async ({ page, station }) => {
  test.setTimeout(300_000)
  await logIn(page, station, 'administrator')
  for (const [name, hash] of screens) {
    await page.goto(station.url + hash)
    await settled(page)
    // The browser goes on from where focus was last: begin with the first stop of the page.
    await page.locator('.skip').focus()
    const stops = new Set<string>()
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab')
      const stop = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null
        if (!element || element === document.body) return null
        const style = getComputedStyle(element)
        const box = element.getBoundingClientRect()
        // Elements of a mimic draw their focus as a stroke (an SVG outline is not drawn everywhere).
        const stroke = element.querySelector(':scope > .ls-hit')
        const isSeen =
          (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2) ||
          (stroke !== null && getComputedStyle(stroke).stroke !== 'none')
        return {
          key: `${element.tagName} ${element.textContent?.trim().slice(0, 40)} ${Math.round(box.x)} ${Math.round(box.y)}`,
          isSeen,
        }
      })
      if (!stop) break
      expect.soft(stop.isSeen, `${name}: focus is not seen on ${stop.key}`).toBe(true)
      stops.add(stop.key)
    }
    expect.soft(stops.size, `${name}: stops of the Tab key`).toBeGreaterThan(8)
  }
})

test('the skip link is the first stop and leads to the screen', async ({ page, station }) => {
  await logIn(page, station, 'viewer', '#/tags')
  await settled(page)
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the screen' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('#main')).toBeFocused()
})

test('nothing is cut off from a laptop at 200 % to a wall of 4K', async ({ page, station }) => {
  test.setTimeout(300_000)
  await logIn(page, station, 'administrator')
  for (const [name, hash] of screens) {
    await page.goto(station.url + hash)
    await settled(page)
    for (const [width, height] of [
      [3840, 2160],
      [1920, 1080],
      [1280, 800],
      // A laptop of 1366 × 768 at 200 %.
      [683, 384],
    ] as const) {
      await page.setViewportSize({ width, height })
      await page.waitForTimeout(100)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect.soft(overflow, `${name}: sideways overflow of the page at ${width} × ${height}`).toBeLessThanOrEqual(0)
    }
  }
})
