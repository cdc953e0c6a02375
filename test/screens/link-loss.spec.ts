import { expect } from '@playwright/test'
import { StationProcess } from '../runtime/station-process.ts'
import { logIn, password, test } from './station.ts'

// ISA-101 checklist H50: whole-screen banner at the latest 5 s after the data path is lost; no value looks alive.
test('a runtime that hangs or dies is shown across the screen within two seconds, and nothing looks alive', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'operator', '#/tags')
  const speed = page.locator('button[data-tag="Line.Speed"]')
  await expect(speed).toHaveClass(/good/)
  await expect(page.getByText('DATA NOT LIVE')).toHaveCount(0)

  // Hung: the socket stays open, nothing comes.
  station.process.child.kill('SIGSTOP')
  await expect(page.getByText('DATA NOT LIVE')).toBeVisible({ timeout: 2500 })
  await expect(speed).toHaveClass(/stale/)
  station.process.child.kill('SIGCONT')
  await expect(page.getByText('DATA NOT LIVE')).toHaveCount(0)
  await expect(speed).toHaveClass(/good/)

  // Dead.
  await page.goto(`${station.url}#/mimic/overview?tag=TankA.TemperatureSetpoint`)
  const panel = page.getByRole('complementary')
  await expect(panel.getByRole('button', { name: 'Set …' })).toBeEnabled()
  await station.process.stop('SIGKILL')
  await expect(page.getByText('DATA NOT LIVE')).toBeVisible({ timeout: 2000 })
  await expect(panel.getByRole('button', { name: 'Set …' })).toBeDisabled()
  await expect(panel.getByText('Not live: nothing can be written')).toBeVisible()
})

test('the screen comes back by itself when the runtime does', async ({ page, station }) => {
  const port = new URL(station.url).port
  const second = await StationProcess.start(station.plantFolder)
  await second.call('access.addAccount', { user: 'administrator', password, roles: ['administrator'] })
  await page.route('**/*', (route) => route.continue())
  await logIn(page, { ...station, url: second.url }, 'administrator', '#/tags')
  await expect(page.locator('button[data-tag="Line.Speed"]')).toHaveClass(/good/)
  second.child.kill('SIGSTOP')
  await expect(page.getByText('DATA NOT LIVE')).toBeVisible()
  // Longer than the link is waited for: it is given up and opened anew.
  await page.waitForTimeout(6000)
  second.child.kill('SIGCONT')
  await expect(page.getByText('DATA NOT LIVE')).toHaveCount(0, { timeout: 15_000 })
  await expect(page.locator('button[data-tag="Line.Speed"]')).toHaveClass(/good/)
  await second.stop()
  expect(port).not.toBe('')
})
