import { expect, type Page } from '@playwright/test'
import { StationProcess } from '../runtime/station-process.ts'
import { logIn, password, test } from './station.ts'

test.use({ file: 'link-loss' })

/** A station of its own, because these tests stop and kill it. */
async function ownStation(plantFolder: string): Promise<StationProcess> {
  const station = await StationProcess.start(plantFolder)
  await station.call('access.addAccount', { user: 'administrator', password, roles: ['administrator'] })
  return station
}

/**
 * Does something to the station and says after how many ms the page shows that it is not live. The page itself looks, in every
 * frame: how often a test asks is no part of the time.
 */
async function notLiveAfter(page: Page, act: () => void): Promise<number> {
  const seen = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () => {
          if (document.body.textContent?.includes('DATA NOT LIVE')) resolve(Date.now())
          else requestAnimationFrame(look)
        }
        look()
      }),
  )
  const start = Date.now()
  act()
  return (await seen) - start
}

// ISA-101 checklist H50: whole-screen banner at the latest 5 s after the data path is lost; no value looks alive.
test('a runtime that hangs or dies is shown across the screen within two seconds, and nothing looks alive', {
  tag: '@alone',
}, async ({ page, station }) => {
  const own = await ownStation(station.plantFolder)
  await logIn(page, { ...station, url: own.url }, 'administrator', '#/tags/Line.Speed')
  const speed = page.locator('button[data-tag="Line.Speed"]')
  await expect(speed).toHaveClass(/good/)
  await expect(page.getByText('DATA NOT LIVE')).toHaveCount(0)

  // Hung: the socket stays open, nothing comes.
  expect(await notLiveAfter(page, () => own.child.kill('SIGSTOP'))).toBeLessThan(2500)
  await expect(page.getByText('DATA NOT LIVE')).toBeVisible()
  await expect(speed).toHaveClass(/stale/)
  own.child.kill('SIGCONT')
  await expect(page.getByText('DATA NOT LIVE')).toHaveCount(0)
  await expect(speed).toHaveClass(/good/)

  // Dead.
  await page.goto(`${own.url}#/mimic/overview?tag=TankA.TemperatureSetpoint`)
  const panel = page.getByRole('complementary')
  await expect(panel.getByRole('button', { name: 'Set …' })).toBeEnabled()
  expect(await notLiveAfter(page, () => own.child.kill('SIGKILL'))).toBeLessThan(2000)
  await own.stop()
  await expect(page.getByText('DATA NOT LIVE')).toBeVisible()
  await expect(panel.getByRole('button', { name: 'Set …' })).toBeDisabled()
  await expect(panel.getByText('Not live: nothing can be written')).toBeVisible()
})

test('the screen comes back by itself when the runtime does', async ({ page, station }) => {
  const own = await ownStation(station.plantFolder)
  await logIn(page, { ...station, url: own.url }, 'administrator', '#/tags/Line.Speed')
  await expect(page.locator('button[data-tag="Line.Speed"]')).toHaveClass(/good/)
  own.child.kill('SIGSTOP')
  await expect(page.getByText('DATA NOT LIVE')).toBeVisible()
  // Longer than the link is waited for: it is given up and opened anew.
  await page.waitForTimeout(6000)
  own.child.kill('SIGCONT')
  await expect(page.getByText('DATA NOT LIVE')).toHaveCount(0, { timeout: 15_000 })
  await expect(page.locator('button[data-tag="Line.Speed"]')).toHaveClass(/good/)
  await own.stop()
})
