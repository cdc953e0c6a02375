import { expect } from '@playwright/test'
import { logIn, test } from './station.ts'

test.use({ file: 'windows' })

test('a screen opens in a second window without another log-in, and another screen is sent there', async ({
  page,
  station,
  context,
}) => {
  await logIn(page, station, 'operator', '#/mimic/mixing')
  const opened = context.waitForEvent('page')
  await page.getByRole('button', { name: 'Windows' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Open this screen in a new window' }).click()
  const second = await opened
  await expect(second).toHaveURL(/\?window=2#\/mimic\/mixing$/)
  await expect(second.locator('#main svg').first()).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.goto(`${station.url}#/mimic/packing`)
  await page.getByRole('button', { name: 'Windows' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Show this screen in window 2 \(now: Mixing/ })
    .click()
  await expect(second).toHaveURL(/\?window=2#\/mimic\/packing$/)
  await second.close()
  await page.getByRole('button', { name: 'Windows' }).click()
  await expect(page.getByRole('dialog').getByRole('button', { name: /window 2/ })).toHaveCount(0)
})

test('a tab that somebody opens beside a logged-in one is logged in; without one it asks', async ({
  page,
  station,
  context,
  browser,
}) => {
  await logIn(page, station, 'viewer', '#/mimic/overview')
  const beside = await context.newPage()
  await beside.goto(station.url)
  await expect(beside.locator('#main svg').first()).toBeVisible()
  const elsewhere = await (await browser.newContext()).newPage()
  await elsewhere.goto(station.url)
  await expect(elsewhere.locator('input[name=password]')).toBeVisible()
  await elsewhere.context().close()
})

test('search goes to the display that shows a thing and opens its faceplate beside it', async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/tags')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('TankA')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Equipment.*TankA/ })
    .first()
    .click()
  await expect(page).toHaveURL(/#\/mimic\/[\w-]+\?.*show=TankA/)
  await expect(page.getByRole('complementary', { name: /TankA/ })).toBeVisible()
})
