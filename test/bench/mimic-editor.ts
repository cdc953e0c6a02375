// TARGETS U4 in Debian's Chromium: one of 5,000 elements dragged with the mouse, snapping on; frames per second while it moves, and
// the time of undo until it is painted. Beside: the same page while nothing is dragged.
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright'
import type { EditorStage } from '../renderer/mimic/editor/stage/stage.ts'
import { hasChromium, openStage } from '../renderer/mimic/stage/open-stage.ts'
import type { Report } from './run.ts'

declare const editorStage: EditorStage

const elementCount = 5000
const columns = 100
const dragMs = 3000
const undoCount = 15

export async function run(report: Report): Promise<void> {
  if (!hasChromium) {
    console.error('mimic-editor: there is no /usr/bin/chromium on this machine; nothing was measured')
    return
  }
  const figure = (name: string, value: number, unit: string) =>
    report({ bench: 'mimic-editor', figure: name, value: Math.round(value * 100) / 100, unit })
  const root = fileURLToPath(new URL('../renderer/mimic/editor/stage/', import.meta.url))
  const open = await openStage({ width: 1600, height: 900 }, root)
  try {
    const { page } = open
    figure(
      `opening a drawing of ${elementCount} elements`,
      await page.evaluate((text) => editorStage.open(text), drawing()),
      'ms',
    )
    figure(
      'U4 beside: frames per second while nothing is dragged',
      await framesWhile(page, () => page.waitForTimeout(dragMs)),
      '1/s',
    )
    const start = await page.locator('#part2550').boundingBox()
    if (!start) throw new Error('the element to drag is not on the page')
    const x = start.x + start.width / 2
    const y = start.y + start.height / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    const dragged = await framesWhile(page, async () => {
      const end = performance.now() + dragMs
      for (let step = 0; performance.now() < end; step++)
        await page.mouse.move(x + 200 * Math.sin(step / 20), y + 100 * Math.cos(step / 20))
    })
    await page.mouse.up()
    if (!(await page.evaluate(() => editorStage.canUndo()))) throw new Error('nothing was dragged')
    figure(`U4 drag one of ${elementCount} elements, snapping on`, dragged, 'frames/s')
    const undo: number[] = []
    for (let turn = 0; turn < undoCount; turn++) {
      undo.push(await page.evaluate(() => editorStage.step('undo')))
      await page.evaluate(() => editorStage.step('redo'))
    }
    const sorted = undo.toSorted((a, b) => a - b)
    figure('U4 undo of that drag until painted, median', sorted[Math.floor(undoCount / 2)]!, 'ms')
    figure('U4 undo of that drag until painted, worst', sorted.at(-1)!, 'ms')
    if (open.messages.length > 0) console.error(`mimic-editor: the page said ${open.messages.join('; ')}`)
  } finally {
    await open.close()
  }
}

/** Frames per second of the page while something is done to it. */
async function framesWhile(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    const count = { frames: 0, begin: performance.now(), isOn: true }
    Object.assign(globalThis, { frameCount: count })
    const tick = () => {
      count.frames++
      if (count.isOn) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  await act()
  return page.evaluate(() => {
    const { frameCount } = globalThis as unknown as { frameCount: { frames: number; begin: number; isOn: boolean } }
    frameCount.isOn = false
    return (frameCount.frames * 1000) / (performance.now() - frameCount.begin)
  })
}

/** Shapes, texts and groups of a crowded display. */
function drawing(): string {
  const parts: string[] = []
  for (let index = 0; index < elementCount; index++) {
    const x = (index % columns) * 16
    const y = Math.floor(index / columns) * 18
    const id = `part${index}`
    switch (index % 4) {
      case 0:
        parts.push(
          `<text id="${id}" class="ls-value" x="${x}" y="${y + 12}" font-size="10" ls:tag="T.V${index}" ls:text="value">42</text>`,
        )
        break
      case 1:
        parts.push(
          `<circle id="${id}" class="ls-body" cx="${x + 6}" cy="${y + 7}" r="5" fill="#a6a6a6" stroke="#4a4a4a"/>`,
        )
        break
      case 2:
        parts.push(
          `<rect id="${id}" class="ls-body" x="${x}" y="${y}" width="12" height="14" fill="#a6a6a6" stroke="#4a4a4a"/>`,
        )
        break
      default:
        parts.push(`<path id="${id}" class="ls-outline" d="M${x} ${y} h10 v12 h-10 z" fill="none" stroke="#4a4a4a"/>`)
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 1600 900">\n  ${parts.join('\n  ')}\n</svg>\n`
}
