// U5 against a real station: `lineside headless` on a folder of recorded history, recording on, its trends in Debian's Chromium.
// Steps over eight pens as an operator makes them; a wheel from a month to single samples, keys, other days, other pens, overlay.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { type Files, StationProcess, writeFolder } from '../../runtime/station-process.ts'
import { openBrowser, openPage, pageMemory, quantile, residentBytes } from './browser.ts'
import { type MonthTag, monthTags, recordMonth, tagsPerDevice } from './month.ts'
import { type Step, timeStep, walk } from './page-steps.ts'

export type Figure = (name: string, value: number, unit: string) => void

/** A line at 1 Hz; LINESIDE_BENCH_DAYS and LINESIDE_BENCH_TAGS make more of it (30 and 1000: 2.6 billion samples, a quarter of an hour). */
const days = Number(process.env.LINESIDE_BENCH_DAYS ?? 3)
const tagCount = Number(process.env.LINESIDE_BENCH_TAGS ?? 200)
const dayMs = 86_400_000
/** From a month to single samples, a notch at a time. */
const notches = 70
const jumps = 40
const walkSteps = 500
const looks = 3
/** A hand does not turn faster than this; ms. */
const handMs = 40
/** Places of the tags of a device that are pens: three temperatures and what else there is. */
const penPlaces = new Set([0, 1, 9, 10, 11, 13, 15, 18])

const signals: Readonly<Record<MonthTag['class'], string>> = {
  temperature: 'sine(period=97 s, low=20, high=80)',
  pressure: 'sine(period=61 s, low=95, high=105)',
  analogue: 'sine(period=171 s, low=4, high=40)',
  integer: 'sine(period=73 s, low=380, high=420)',
  counter: 'ramp(period=36000 s, low=0, high=3000)',
  boolean: 'toggle(period=600 s)',
  setpoint: 'sine(period=3600 s, low=0, high=100)',
}

/** A plant that goes on recording what {@link recordMonth} recorded. */
export function monthPlant(tags: readonly MonthTag[]): Files {
  const rows = tags.map(
    ({ name, dataType, class: kind }) =>
      `  - { name: ${name}, device: line, dataType: ${dataType}, address: "${signals[kind]}" }`,
  )
  return {
    'plant.yaml': 'name: Month Works\nline: Line 1\nsite: Testville\nlanguages: [en]\ntimeZone: Europe/Berlin\n',
    'devices/line.yaml': 'name: line\nprotocol: simulator\naddress: simulator\nscanRates: { normal: 1 s }\n',
    'tags/line.yaml': `tags:\n${rows.join('\n')}\n`,
  }
}

export async function measureStation(figure: Figure): Promise<void> {
  const browser = await openBrowser()
  if (!browser) return
  const tags = monthTags(tagCount)
  const plantFolder = writeFolder(monthPlant(tags))
  const dataFolder = mkdtempSync(join(tmpdir(), 'lineside-trends-'))
  try {
    const end = Math.floor(Date.now() / 1000)
    const load = await recordMonth(join(dataFolder, 'history'), tags, end - days * 86_400, end)
    figure('U5 station: recorded', load.pointCount / 1e6, 'million samples')
    figure('U5 station: recording', load.pointCount / 1e6 / load.seconds, 'million samples/s')
    const station = await StationProcess.start(plantFolder, { dataFolder })
    try {
      const page = await openPage(browser, station.token)
      await measureSteps(page, station, tags, { from: end * 1000 - days * dayMs, to: end * 1000 }, figure)
      await measureMemory(page, station, figure)
    } finally {
      await station.stop()
    }
  } finally {
    await browser.close()
    rmSync(dataFolder, { recursive: true, force: true })
    rmSync(plantFolder, { recursive: true, force: true })
  }
}

/** The end of an address with these pens of a device. */
function hashOf(tags: readonly MonthTag[], device: number, from: number, to: number, overlayMs = 0): string {
  const pens = tags.filter((tag) => tag.device === device && penPlaces.has(tag.handle % tagsPerDevice))
  const query = new URLSearchParams({
    pens: pens.map(({ name }) => name).join(','),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...(overlayMs === 0 ? {} : { overlay: String(overlayMs) }),
  })
  return `#/trend?${query}`
}

async function measureSteps(
  page: Page,
  station: StationProcess,
  tags: readonly MonthTag[],
  { from, to }: { readonly from: number; readonly to: number },
  figure: Figure,
): Promise<void> {
  const first = new Map<string, number[]>()
  const exact = new Map<string, number[]>()
  const step = async (name: string, what: Step, pauseMs = handMs) => {
    const times = await page.evaluate(timeStep, what)
    first.set(name, [...(first.get(name) ?? []), times.first])
    exact.set(name, [...(exact.get(name) ?? []), times.exact])
    await page.waitForTimeout(pauseMs)
  }
  const whole = hashOf(tags, 0, from, to)
  await page.goto(`${station.url}/${whole}`)
  await page.locator('.chart[aria-busy=false] canvas').waitFor()
  for (const at of [0.5, 0.31]) {
    for (let notch = 0; notch < notches; notch++) await step('wheel in', { wheel: -100, at })
    for (let notch = 0; notch < notches; notch++) await step('wheel out', { wheel: 100, at })
    await step('open everything', { hash: hashOf(tags, 0, from + (1 + at) * 60_000, to) }, 300)
  }
  for (const span of [to - from, dayMs, dayMs / 24, 60_000]) {
    await step('jump', { hash: hashOf(tags, 0, (from + to - span) / 2, (from + to + span) / 2) }, 300)
    for (let round = 0; round < 15; round++) await step('pan by a tenth', { key: 'ArrowLeft' })
    for (let round = 0; round < 5; round++) await step('pan by a window', { key: 'PageUp' })
  }
  for (let jump = 0; jump < jumps; jump++) {
    const span = [dayMs, dayMs / 3, dayMs / 24][jump % 3]!
    const begin = from + ((jump * 0.618) % 1) * (to - from - span)
    await step('jump', { hash: hashOf(tags, 0, begin, begin + span) }, 150)
  }
  const deviceCount = Math.floor(tags.length / tagsPerDevice)
  for (let device = 1; device < Math.min(5, deviceCount); device++)
    await step('other pens', { hash: hashOf(tags, device, from + device * 60_000, to) }, 300)
  for (let round = 0; round < 5; round++) {
    const begin = to - dayMs - ((round + 1) * dayMs) / 7
    await step('overlay', { hash: hashOf(tags, 0, begin, begin + dayMs, dayMs) }, 200)
    for (const key of ['ArrowLeft', '+', '+', '-', '-']) await step('overlay moved', { key })
  }
  for (const [name, values] of first) {
    figure(`U5 station, ${name}: picture, median`, quantile(values, 0.5), 'ms')
    figure(`U5 station, ${name}: picture, p95`, quantile(values, 0.95), 'ms')
    figure(`U5 station, ${name}: exact picture, median`, quantile(exact.get(name)!, 0.5), 'ms')
    figure(`U5 station, ${name}: exact picture, p95`, quantile(exact.get(name)!, 0.95), 'ms')
  }
}

async function measureMemory(page: Page, station: StationProcess, figure: Figure): Promise<void> {
  const browser = page.context().browser()!
  await page.evaluate(walk, walkSteps)
  const start = await pageMemory(browser, page)
  let last = start
  for (let look = 0; look < looks; look++) {
    await page.evaluate(walk, walkSteps)
    last = await pageMemory(browser, page)
  }
  figure('U5 station: heap of the page after 2,000 steps', last.heap, 'MB')
  figure('U5 station: growth of the heap over 1,500 of them', last.heap - start.heap, 'MB')
  figure('U5 station: growth of the page’s process over 1,500 of them', last.resident - start.resident, 'MB')
  figure('U5 station: memory of the runtime', residentBytes(station.child.pid!) / 1e6, 'MB')
}
