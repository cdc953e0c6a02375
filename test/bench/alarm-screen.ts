// A4: the list of alarms on a station with 100,000 of them, in a browser as an operator has it: until it is opened, in another order,
// narrowed, and how evenly it scrolls.
import { rmSync } from 'node:fs'
import { chromium, type Page } from 'playwright'
import { StationProcess, writeFolder } from '../runtime/station-process.ts'
import type { Report } from './run.ts'

const machineCount = 1000
const alarmsPerMachine = 100
const total = machineCount * alarmsPerMachine
const rounds = 5
const scrollMs = 4000
const startLimitMs = 120_000
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
const priorities = ['urgent', 'high', 'medium', 'medium', 'low', 'low', 'low', 'low']

export async function run(report: Report): Promise<void> {
  const folder = writeFolder(plantFiles())
  const station = await StationProcess.start(folder)
  const browser = await chromium.launch({ executablePath, args: chromiumFlags })
  try {
    await raiseAll(station)
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
    await context.addInitScript((token) => sessionStorage.setItem('lineside-token', token), station.token)
    const page = await context.newPage()
    await page.goto(`${station.url}#/tags`)
    await page.locator('nav#navigation').waitFor()
    const say = (figure: string, times: readonly number[]) =>
      report({ bench: 'alarm-screen', figure: `A4 ${figure}, median`, value: Math.round(median(times)), unit: 'ms' })
    const steps = await timedSteps(page)
    for (const [figure, times] of Object.entries(steps)) say(figure, times)
    const frames = await page.evaluate(scrolled, scrollMs)
    frames.sort((a, b) => a - b)
    const at = (share: number) => frames[Math.floor((frames.length - 1) * share)]!
    report({ bench: 'alarm-screen', figure: 'A4 frame while scrolling, median', value: round(at(0.5)), unit: 'ms' })
    report({ bench: 'alarm-screen', figure: 'A4 frame while scrolling, p99', value: round(at(0.99)), unit: 'ms' })
    report({
      bench: 'alarm-screen',
      figure: 'A4 frames per second while scrolling',
      value: Math.round(frames.length / (scrollMs / 1000)),
      unit: '1/s',
    })
  } finally {
    await browser.close()
    await station.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Each step as an operator makes it, until its first row is drawn; ms. */
async function timedSteps(page: Page): Promise<Record<string, readonly number[]>> {
  const found: Record<string, number[]> = { open: [], sort: [], filter: [], search: [] }
  // The code of the screen is loaded once; what is measured is the list.
  await page.evaluate(opened, '#/alarms')
  for (let round = 0; round < rounds; round++) {
    await page.evaluate(opened, '#/tags')
    found.open!.push(await page.evaluate(opened, '#/alarms'))
    found.sort!.push(await page.evaluate(opened, '#/alarms?order=tag'))
    found.filter!.push(await page.evaluate(opened, '#/alarms?order=tag&priorities=urgent'))
    found.search!.push(await page.evaluate(opened, `#/alarms?text=M${round + 1}17.Blocked`))
  }
  return found
}

/** In the page: goes to an address; ms until the rows of its list, or another screen, are drawn. */
function opened(hash: string): Promise<number> {
  const started = performance.now()
  const rowsOf = () => document.querySelector('main tbody')?.textContent ?? ''
  const before = rowsOf()
  location.hash = hash
  return new Promise((resolve) => {
    const look = () => {
      const isList = location.hash.startsWith('#/alarms')
      const rows = document.querySelectorAll('main [role=grid] tbody tr[data-place]').length
      const isThere = isList ? rows > 5 && rowsOf() !== before : document.querySelector('main [role=grid]') === null
      if (isThere) resolve(performance.now() - started)
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}

/** In the page: scrolls steadily through the list; lengths of the frames, ms. */
function scrolled(durationMs: number): Promise<number[]> {
  const scroller = document.querySelector('main [role=grid]')!.parentElement!
  const frames: number[] = []
  return new Promise((resolve) => {
    const started = performance.now()
    let last = started
    const step = (now: number) => {
      if (now > last) frames.push(now - last)
      last = now
      // Some forty rows a second, as a wheel does.
      scroller.scrollTop += 30
      if (now - started < durationMs) requestAnimationFrame(step)
      else resolve(frames)
    }
    requestAnimationFrame(step)
  })
}

async function raiseAll(station: StationProcess): Promise<void> {
  const started = performance.now()
  while ((await station.call('alarms.describe', { ids: ['M1.Blocked/station 1'] })).definitions.length === 0) {
    if (performance.now() - started > startLimitMs) throw new Error('the plant of the benchmark is not loaded')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  await station.call('tags.write', { tag: 'Flood.Level', value: alarmsPerMachine })
  while (performance.now() - started < startLimitMs) {
    if ((await station.call('alarms.list', { limit: 1 })).total === total) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`not all of ${total} alarms came within ${startLimitMs} ms`)
}

function plantFiles(): Record<string, string> {
  const alarms = Array.from(
    { length: alarmsPerMachine },
    (_, index) =>
      `      - { condition: high, name: "station ${index + 1}", limit: ${index}, priority: ${priorities[index % 8]}, message: "Station ${index + 1} is blocked" }`,
  )
  const machines = Array.from(
    { length: machineCount },
    (_, index) => `  - { name: M${index + 1}, type: machine, place: Hall ${(index % 10) + 1}/Row ${(index % 50) + 1} }`,
  )
  return {
    'plant.yaml': 'name: Bench\nline: Line 1\nsite: Here\n',
    'devices/line.yaml': 'name: line\nprotocol: simulator\naddress: simulator\n',
    'tags/flood.yaml':
      'tags:\n  - { name: Flood.Level, device: line, address: "memory(flood, initial=0)", dataType: float64, writable: true }\n',
    'equipment/types/machine.yaml': `name: machine\nmembers:\n  - name: Blocked\n    expression: Flood.Level\n    dataType: float64\n    alarms:\n${alarms.join('\n')}\n`,
    'equipment/machines.yaml': `equipment:\n${machines.join('\n')}\n`,
  }
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
