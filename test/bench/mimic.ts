// TARGETS U2 and U3 in Debian's Chromium: script time per frame of a mimic with 5,000 bindings of which 1,000 change, and the
// time from asking for another mimic to its live values. Beside them: what zooming in saves, a drawing of 10,000 elements from
// elsewhere, and what 200 switches leave behind.
import type { CDPSession, Page } from 'playwright'
import type { TagFrame } from '../../src-main/shared/tag-frame.ts'
import { foreignMimic, largeMimic, switchMimics } from '../renderer/mimic/stage/large-mimic.ts'
import { hasChromium, openStage } from '../renderer/mimic/stage/open-stage.ts'
import type { Stage } from '../renderer/mimic/stage/stage.ts'
import type { Report } from './run.ts'

declare const stage: Stage
declare const nextFrame: TagFrame

const bindingCount = 5000
const changingCount = 1000
const frameCount = 200
const countedCount = 20
const switchCount = 20
/** Magnification at which about a twentieth of the drawing is in view. */
const closeUp = 4.5
const foreignCount = 10_000
const memorySwitchCount = 200

export async function run(report: Report): Promise<void> {
  if (!hasChromium) {
    console.error('mimic: there is no /usr/bin/chromium on this machine; nothing was measured')
    return
  }
  const figure = (name: string, value: number, unit: string) =>
    report({ bench: 'mimic', figure: name, value: Math.round(value * 1000) / 1000, unit })
  const open = await openStage()
  try {
    await measureFrames(open.page, figure)
    await measureSwitching(open.page, figure)
    await measureForeign(open.page, figure)
    await measureMemory(open.page, figure)
  } finally {
    await open.close()
  }
}

type Figure = (name: string, value: number, unit: string) => void

async function measureFrames(page: Page, figure: Figure): Promise<void> {
  await page.evaluate((plant) => stage.define(plant), largeMimic(bindingCount))
  await page.evaluate(openLarge, bindingCount)
  const time = await ScriptTime.of(page)
  const script: number[] = []
  let written = 0
  for (let step = 0; step < frameCount; step++) {
    await page.evaluate(makeFrame, { step, bindingCount, changingCount })
    const before = await time.read()
    await page.evaluate(showFrame, true)
    script.push((await time.read()) - before)
  }
  for (let step = frameCount; step < frameCount + countedCount; step++) {
    await page.evaluate(makeFrame, { step, bindingCount, changingCount })
    written += await page.evaluate(countWrites)
  }
  // Close up: the same frames, most of what they are about out of view.
  await page.evaluate(zoomTo, closeUp)
  const close: number[] = []
  let writtenClose = 0
  for (let step = 0; step < frameCount; step++) {
    await page.evaluate(makeFrame, { step, bindingCount, changingCount })
    const before = await time.read()
    await page.evaluate(showFrame, true)
    close.push((await time.read()) - before)
  }
  for (let step = frameCount; step < frameCount + countedCount; step++) {
    await page.evaluate(makeFrame, { step, bindingCount, changingCount })
    writtenClose += await page.evaluate(countWrites)
  }
  await page.evaluate(zoomTo, 1)
  const bare: number[] = []
  for (let step = 0; step < frameCount; step++) {
    const before = await time.read()
    await page.evaluate(writeBare, { step, changingCount })
    bare.push((await time.read()) - before)
  }
  const empty: number[] = []
  for (let step = 0; step < 50; step++) {
    const before = await time.read()
    await page.evaluate(showFrame, false)
    empty.push((await time.read()) - before)
  }
  // What the same without a frame costs is the measuring, not the mimic.
  const measuring = shareOf(empty, 0.5)
  const what = `${bindingCount} bindings, ${changingCount} changing, CPU time of the page's main thread`
  figure(`U2 script per frame p95, ${what}`, shareOf(script, 0.95) - measuring, 'ms')
  figure(`U2 script per frame median, ${what}`, shareOf(script, 0.5) - measuring, 'ms')
  figure('U2 beside: the same attributes and texts written by a bare loop, p95', shareOf(bare, 0.95) - measuring, 'ms')
  figure('U2 beside: the same by a bare loop, median', shareOf(bare, 0.5) - measuring, 'ms')
  const share = (shareOf(close, 0.5) - measuring) / (shareOf(script, 0.5) - measuring)
  figure('U2 zoomed to 5 % of the drawing: script per frame p95', shareOf(close, 0.95) - measuring, 'ms')
  figure('U2 zoomed to 5 % of the drawing: script per frame against the whole view, medians', share, '1')
  figure('U2 zoomed to 5 % of the drawing: written against the whole view', writtenClose / written, '1')
  figure('U2 attributes and texts written per changed binding', written / countedCount / changingCount, '1')
}

async function measureSwitching(page: Page, figure: Figure): Promise<void> {
  await page.evaluate((plant) => stage.define(plant), switchMimics(500))
  const walls: number[] = []
  for (let turn = 0; turn < switchCount; turn++) {
    walls.push(await page.evaluate(switchTo, { turn, name: turn % 2 === 0 ? 'first' : 'second' }))
  }
  // The first two turns see each mimic for the first time; the rest are switches.
  figure('U3 first opening of 500 bindings to live values, wall clock', Math.max(walls[0]!, walls[1]!), 'ms')
  figure('U3 switch to live values, median, wall clock', shareOf(walls.slice(2), 0.5), 'ms')
  figure('U3 switch to live values, worst, wall clock', Math.max(...walls.slice(2)), 'ms')
}

async function measureForeign(page: Page, figure: Figure): Promise<void> {
  await page.evaluate((plant) => stage.define(plant), foreignMimic(foreignCount))
  const opening = await page.evaluate(openForeign)
  figure(`drawing of ${foreignCount} elements from elsewhere: from its text to live values`, opening, 'ms')
  for (const gesture of ['pan', 'zoom'] as const) {
    for (const magnification of [1, 4]) {
      await page.evaluate(zoomTo, magnification)
      const frames = await page.evaluate(moveAbout, gesture)
      figure(`the same: frames per second, ${gesture} at ${magnification} times`, 1000 / shareOf(frames, 0.5), '1/s')
      figure(`the same: slowest of 20 frames, ${gesture} at ${magnification} times`, shareOf(frames, 0.95), 'ms')
    }
  }
}

async function measureMemory(page: Page, figure: Figure): Promise<void> {
  await page.evaluate((plant) => stage.define(plant), switchMimics(500))
  const session = await page.context().newCDPSession(page)
  const held = async () => {
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    const counters = await session.send('Memory.getDOMCounters')
    return { heap: usedSize, ...counters }
  }
  const switches = async (count: number) => {
    for (let turn = 0; turn < count; turn++)
      await page.evaluate(switchTo, { turn, name: turn % 2 === 0 ? 'first' : 'second' })
  }
  await switches(10)
  const before = await held()
  await switches(memorySwitchCount)
  const after = await held()
  figure(`heap after ${memorySwitchCount} switches against before`, after.heap / before.heap, '1')
  figure(`nodes after ${memorySwitchCount} switches against before`, after.nodes / before.nodes, '1')
  figure(
    `listeners after ${memorySwitchCount} switches against before`,
    after.jsEventListeners / before.jsEventListeners,
    '1',
  )
}

function shareOf(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * part)]!
}

/** Script time of the page in CPU time of its main thread: other programs on the machine do not count. ms. */
class ScriptTime {
  readonly #session: CDPSession

  private constructor(session: CDPSession) {
    this.#session = session
  }

  static async of(page: Page): Promise<ScriptTime> {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    return new ScriptTime(session)
  }

  async read(): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics')
    return (metrics.find((metric) => metric.name === 'ScriptDuration')?.value ?? Number.NaN) * 1000
  }
}

/** Runs in the page. */
async function openLarge(count: number): Promise<void> {
  const first: Record<string, [number, number]> = {}
  for (let index = 0; index < count; index++) first[`T.V${index}`] = [index % 100, 0]
  stage.push(first)
  await stage.open('large')
  // Longer than the time a tag may take for its first value.
  await new Promise((resolve) => setTimeout(resolve, 2000))
}

/** Runs in the page. */
function makeFrame(given: { step: number; bindingCount: number; changingCount: number }): void {
  const index = new Uint32Array(given.changingCount)
  const value = new Float64Array(given.changingCount)
  for (let row = 0; row < given.changingCount; row++) {
    index[row] = (given.step * 7 + row * 5) % given.bindingCount
    value[row] = (given.step * 13.7 + row * 3.1) % 100
  }
  const columns = {
    sourceTimestamp: new Float64Array(given.changingCount),
    statusCode: new Uint32Array(given.changingCount),
  }
  const frame = {
    feedId: 1,
    count: given.changingCount,
    serverTimestamp: 0,
    value,
    index,
    ...columns,
    others: new Map(),
  }
  Object.assign(globalThis, { nextFrame: frame })
}

/** Runs in the page: zooms about the middle as keys do, and lets the places of everything be measured. */
async function zoomTo(magnification: number): Promise<void> {
  const host = document.querySelector<HTMLElement>('.mimic .host')!
  host.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home' }))
  const { left, top, width, height } = host.getBoundingClientRect()
  const at = { clientX: left + width / 2, clientY: top + height / 2, cancelable: true }
  for (let left = Math.log(magnification) * 400; left > 0.01; left -= 240)
    host.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: -Math.min(left, 240) }))
  await new Promise((resolve) => setTimeout(resolve, 1500))
}

/** Runs in the page: ms until the drawing from elsewhere shows its first value. */
async function openForeign(): Promise<number> {
  stage.push({ 'F.V0': [12.5, 0] })
  const begin = performance.now()
  await stage.open('foreign')
  const isLive = () => document.querySelector('.mimic-drawing text[data-bound]')?.textContent === '12.5'
  while (!isLive()) await new Promise((resolve) => requestAnimationFrame(resolve))
  return performance.now() - begin
}

/** Runs in the page: ms of each of 90 frames while the pointer drags or the wheel turns. */
async function moveAbout(gesture: 'pan' | 'zoom'): Promise<number[]> {
  const host = document.querySelector<HTMLElement>('.mimic .host')!
  const bounds = host.getBoundingClientRect()
  const middle = { x: bounds.left + bounds.width / 2, y: bounds.top + bounds.height / 2 }
  const pointer = (type: string, x: number) =>
    host.dispatchEvent(
      new PointerEvent(type, { pointerId: 1, buttons: 1, clientX: x, clientY: middle.y, bubbles: true }),
    )
  host.setPointerCapture = () => {}
  const frames: number[] = []
  if (gesture === 'pan') pointer('pointerdown', middle.x)
  let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
  for (let step = 0; step < 90; step++) {
    if (gesture === 'pan') pointer('pointermove', middle.x + 200 * Math.sin(step / 10))
    else {
      const deltaY = Math.floor(step / 15) % 2 === 0 ? -12 : 12
      host.dispatchEvent(new WheelEvent('wheel', { clientX: middle.x, clientY: middle.y, deltaY, cancelable: true }))
    }
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
    frames.push(now - last)
    last = now
  }
  if (gesture === 'pan') pointer('pointerup', middle.x)
  return frames
}

/** Runs in the page: the next frame from its coming to its last attribute. */
async function showFrame(isShown: boolean): Promise<void> {
  // Script time counts tasks of the page, not what is evaluated from outside.
  await new Promise<void>((resolve) =>
    setTimeout(() => {
      if (isShown) stage.pushFrame(nextFrame)
      resolve()
    }),
  )
  await new Promise((resolve) => requestAnimationFrame(() => resolve(null)))
}

/** Runs in the page: what the browser itself needs for that many changes, without bindings, formats or comparisons. */
async function writeBare({ step, changingCount }: { step: number; changingCount: number }): Promise<void> {
  const page = globalThis as { bareElements?: readonly Element[] }
  page.bareElements ??= [...document.querySelectorAll('.mimic-drawing > text, .mimic-drawing > rect')]
  const elements = page.bareElements
  const write = () => {
    for (let row = 0; row < changingCount; row++) {
      const at = (step * 7 + row * 5) % elements.length
      const element = elements[at]!
      const text = `${(step * 13 + row * 3) % 1000}`
      switch (at % 8) {
        case 0:
        case 1:
        case 7:
          ;(element.lastChild as Text).data = text
          break
        case 2:
          ;(element as SVGElement).style.setProperty('clip-path', `inset(${Number(text) % 100}% 0 0 0)`)
          break
        case 3:
          element.setAttribute('fill', row % 2 ? 'var(--alarm-high)' : 'var(--equipment-off)')
          break
        case 4:
          element.setAttribute('class', row % 2 ? 'ls-on' : '')
          break
        case 5:
          element.setAttribute('transform', `translate(${text} 0)`)
          break
        case 6:
          element.setAttribute('transform', `rotate(${text} 10 10)`)
      }
    }
  }
  await new Promise<void>((resolve) =>
    setTimeout(() => {
      write()
      resolve()
    }),
  )
  await new Promise((resolve) => requestAnimationFrame(() => resolve(null)))
}

/** Runs in the page: how many attributes and texts the next frame writes. */
async function countWrites(): Promise<number> {
  let written = 0
  const observer = new MutationObserver((records) => {
    written += records.length
  })
  const everything = { attributes: true, characterData: true, childList: true, subtree: true }
  observer.observe(document.querySelector('.mimic-drawing')!, everything)
  stage.pushFrame(nextFrame)
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  observer.disconnect()
  return written
}

/** Runs in the page: ms until the last text of the mimic shows its value. */
async function switchTo({ turn, name }: { turn: number; name: string }): Promise<number> {
  const values: Record<string, [number, number]> = {}
  if (turn === 0) for (let index = 0; index < 1000; index++) values[`S.V${index}`] = [12.5, 0]
  stage.push(values)
  const begin = performance.now()
  if (turn === 0) await stage.open(name)
  else stage.show(name)
  const text = () => document.getElementById(`probe-${name}`)?.textContent
  while (text() !== '12.5') await new Promise((resolve) => requestAnimationFrame(resolve))
  return performance.now() - begin
}
