// U5 in Debian's Chromium: eight pens over a month of one sample a second: from the key or the wheel to the exact picture on screen,
// answer included, and the memory of the page over an hour's worth of steps. History is made of formulas, behind the real web
// server and link, and answers about as fast as the historian does: that one is measured by historian.ts.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { build } from 'vite'
import { rendererConfig } from '../../electron.config.ts'
import { startGeneratedStation } from '../fakes/generated-station.ts'
import type { Report } from './run.ts'

const executablePath = process.env.LINESIDE_CHROMIUM ?? '/usr/bin/chromium'
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

export async function run(report: Report): Promise<void> {
  if (!existsSync(executablePath)) {
    console.error(`trends: there is no ${executablePath} on this machine; nothing was measured`)
    return
  }
  const figure = (name: string, value: number, unit: string) =>
    report({ bench: 'trends', figure: name, value: Math.round(value * 10) / 10, unit })
  const folder = mkdtempSync(join(tmpdir(), 'lineside-trends-'))
  await build({
    ...rendererConfig,
    configFile: false,
    logLevel: 'error',
    build: { ...rendererConfig.build, outDir: folder, emptyOutDir: true },
  })
  const station = await startGeneratedStation(folder, days)
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  try {
    const context = await browser.newContext({ viewport: { width: 1600, height: 900 } })
    await context.addInitScript((token) => sessionStorage.setItem('lineside-token', token), station.token)
    const page = await context.newPage()
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

type Figure = (name: string, value: number, unit: string) => void

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
        const step = await page.evaluate(timeStep, key)
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
  const session = await page.context().newCDPSession(page)
  const browserSession = await browser.newBrowserCDPSession()
  const read = async () => {
    await session.send('HeapProfiler.collectGarbage')
    await page.waitForTimeout(300)
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    const { processInfo } = await browserSession.send('SystemInfo.getProcessInfo')
    const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentBytes(id))
    return { heap: usedSize / 1e6, resident: Math.max(...renderers) / 1e6 }
  }
  // What is kept fills up first.
  await page.evaluate(walk, hourSteps / looks)
  const start = await read()
  let last = start
  for (let look = 0; look < looks; look++) {
    await page.evaluate(walk, hourSteps / looks)
    last = await read()
    console.error(`trends: after ${((look + 1) * hourSteps) / looks} steps ${JSON.stringify(last)}`)
  }
  figure('U5 heap of the page after an hour of steps', last.heap, 'MB')
  figure('U5 growth of the heap over the hour', last.heap - start.heap, 'MB')
  figure('U5 growth of the page’s process over the hour', last.resident - start.resident, 'MB')
}

/** Bytes of a process in memory. */
function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    // Ended between the list and the look.
    return 0
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

/** In the page: a key, then ms until a picture of the new window is painted, and until the exact one is. */
function timeStep(key: string): Promise<{ first: number; exact: number }> {
  return new Promise((resolve) => {
    const chart = document.querySelector<HTMLElement>('.chart')!
    const label = chart.getAttribute('aria-label')
    const start = performance.now()
    let first = 0
    let frames = 0
    chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    // After the frame: what is drawn in it has been painted when the next task runs.
    const look = () =>
      requestAnimationFrame(() =>
        setTimeout(() => {
          // A key that changes nothing (the shortest window) is no step.
          if (chart.getAttribute('aria-label') === label && ++frames < 30) return look()
          if (first === 0) first = performance.now() - start
          if (chart.getAttribute('aria-busy') === 'true') return look()
          resolve({ first, exact: performance.now() - start })
        }),
      )
    look()
  })
}

/** In the page: so many steps, a frame each, of all kinds and over all resolutions. */
async function walk(count: number): Promise<void> {
  const chart = document.querySelector<HTMLElement>('.chart')!
  const keys = [
    'ArrowLeft',
    'ArrowLeft',
    '+',
    'ArrowRight',
    '+',
    'PageUp',
    '-',
    'PageDown',
    '-',
    'ArrowRight',
    '-',
    '+',
  ]
  for (let step = 0; step < count; step++) {
    const key = keys[(step * 7 + Math.floor(step / 12)) % keys.length]!
    chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  }
}
