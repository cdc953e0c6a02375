// U1: a browser that knows nothing yet opens the start mimic of the demo plant: time to the first live value, and how much script
// it had to load before, compressed. The session is there already: nobody types a password in a benchmark.
import { rmSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { chromium, type Response } from 'playwright'
import { demoFolder } from '../runtime/demo-folder.ts'
import { endProcess, StationProcess, startProgram } from '../runtime/station-process.ts'
import type { Report } from './run.ts'

const rounds = 5
const settleMs = 5000
const executablePath = process.env.LINESIDE_CHROMIUM ?? '/usr/bin/chromium'
const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function run(report: Report): Promise<void> {
  const folder = await demoFolder()
  const simulators = await startProgram(['simulate', folder], (line) => line === 'lineside simulators ready')
  const station = await StationProcess.start(folder)
  // The first screen is measured, not the start of the station (start-up.ts).
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const browser = await chromium.launch({ executablePath, args: chromiumFlags })
  try {
    const times: number[] = []
    let scriptBytes = 0
    for (let round = 0; round < rounds; round++) {
      // A new context has an empty cache.
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
      await context.addInitScript((token) => sessionStorage.setItem('lineside-token', token), station.token)
      const page = await context.newPage()
      const scripts: Response[] = []
      let isLive = false
      page.on('response', (response) => {
        if (!isLive && /\.js$/.test(new URL(response.url()).pathname)) scripts.push(response)
      })
      await page.goto(station.url, { waitUntil: 'commit' })
      const milliseconds = await page.evaluate(firstLiveValue)
      isLive = true
      times.push(milliseconds)
      const bodies = await Promise.all(scripts.map((script) => script.body()))
      scriptBytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)
      await context.close()
    }
    times.sort((a, b) => a - b)
    report({
      bench: 'first-screen',
      figure: 'U1 cold page to first live value, median',
      value: Math.round(times[Math.floor(rounds / 2)]!),
      unit: 'ms',
    })
    report({
      bench: 'first-screen',
      figure: 'U1 script before it, gzip',
      value: Math.round(scriptBytes / 1000),
      unit: 'kB',
    })
  } finally {
    await browser.close()
    await station.stop()
    await endProcess(simulators.child)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** In the page: ms since navigation until a value of the mimic is drawn with digits and without a quality mark. */
function firstLiveValue(): Promise<number> {
  return new Promise((resolve) => {
    const look = () => {
      const values = document.querySelectorAll('svg.mimic-drawing .ls-value')
      const isDrawn = [...values].some(
        (value) => /\d/.test(value.textContent ?? '') && value.getClientRects().length > 0,
      )
      if (isDrawn) resolve(performance.now())
      else requestAnimationFrame(look)
    }
    look()
  })
}
