// U5 in Debian's Chromium: eight pens over a month of one sample a second: from the key or the wheel to the exact picture on screen,
// answer included, and the memory of the page over an hour's worth of steps. History is made of formulas, behind the real web
// server and link, and answers about as fast as the historian does. With `--station` a real station on a recorded folder is
// measured instead (trends/station.ts; the screens and the runtime have to be built).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { build } from 'vite'
import { rendererConfig } from '../../electron.config.ts'
import { startGeneratedStation } from '../fakes/generated-station.ts'
import type { Report } from './run.ts'
import { openBrowser, openPage, pageMemory, quantile } from './trends/browser.ts'
import { timeStep, walk } from './trends/page-steps.ts'
import { type Figure, measureStation } from './trends/station.ts'

const pens = ['Level', 'Temperature', 'Pressure', 'Flow', 'Speed', 'Power', 'Conductivity', 'Ambient']
const month = 30 * 86_400_000
const days = 400
const roundCount = 40
/** From a month down to a minute, and back. */
const zoomCount = 26
/** A step each second for an hour. */
const hourSteps = 3600
/** A quarter of them at a time, with a look at the memory between. */
const looks = 4

export async function run(report: Report, flags: ReadonlySet<string>): Promise<void> {
  const figure: Figure = (name, value, unit) =>
    report({ bench: 'trends', figure: name, value: Math.round(value * 10) / 10, unit })
  if (flags.has('--station')) return measureStation(figure)
  const browser = await openBrowser()
  if (!browser) return
  const folder = mkdtempSync(join(tmpdir(), 'lineside-trends-'))
  await build({
    ...rendererConfig,
    configFile: false,
    logLevel: 'error',
    build: { ...rendererConfig.build, outDir: folder, emptyOutDir: true },
  })
  const station = await startGeneratedStation(folder, days)
  try {
    const page = await openPage(browser, station.token)
    const to = Date.now() - 20 * 86_400_000
    const query = new URLSearchParams({
      pens: pens.map((pen) => `Plant.${pen}`).join(','),
      from: new Date(to - month).toISOString(),
      to: new Date(to).toISOString(),
    })
    await page.goto(`${station.url}/#/trend?${query}`)
    await page.locator('.chart[aria-busy=false] canvas').waitFor()
    await page.waitForTimeout(1500)
    await measureSteps(page, figure)
    await measureMemory(browser, page, figure)
  } finally {
    await browser.close()
    await station.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureSteps(page: Page, figure: Figure): Promise<void> {
  const kinds = [
    ['pan by a tenth', ['ArrowLeft']],
    ['pan by a window', ['PageUp']],
    ['zoom in', ['+']],
    ['zoom out', ['-']],
  ] as const
  const all: number[] = []
  for (const [name, keys] of kinds) {
    const first: number[] = []
    const exact: number[] = []
    for (let round = 0; round < (name.startsWith('zoom') ? zoomCount : roundCount); round++) {
      for (const key of keys) {
        const step = await page.evaluate(timeStep, { key })
        first.push(step.first)
        exact.push(step.exact)
        // A hand does not turn faster than this.
        await page.waitForTimeout(40)
      }
    }
    all.push(...exact)
    figure(`U5 ${name}: picture, median`, quantile(first, 0.5), 'ms')
    figure(`U5 ${name}: exact picture, median`, quantile(exact, 0.5), 'ms')
    figure(`U5 ${name}: exact picture, p95`, quantile(exact, 0.95), 'ms')
  }
  figure('U5 all steps: exact picture, p99', quantile(all, 0.99), 'ms')
}

async function measureMemory(browser: Browser, page: Page, figure: Figure): Promise<void> {
  // What is kept fills up first.
  await page.evaluate(walk, hourSteps / looks)
  const start = await pageMemory(browser, page)
  let last = start
  for (let look = 0; look < looks; look++) {
    await page.evaluate(walk, hourSteps / looks)
    last = await pageMemory(browser, page)
    console.error(`trends: after ${((look + 1) * hourSteps) / looks} steps ${JSON.stringify(last)}`)
  }
  figure('U5 heap of the page after an hour of steps', last.heap, 'MB')
  figure('U5 growth of the heap over the hour', last.heap - start.heap, 'MB')
  figure('U5 growth of the page’s process over the hour', last.resident - start.resident, 'MB')
}
