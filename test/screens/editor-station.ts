// What tests of the editor of displays start from: a station whose plant has a display with every kind of element, one with things
// to join by pipes, and the standard library.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { StationProcess } from '../runtime/station-process.ts'
import { noteQuestions } from './settled.ts'

export const password = 'correct horse battery staple'
const testPlant = fileURLToPath(new URL('plant', import.meta.url))

/** Every kind of element that displays are drawn of; one line each, so that a change is seen by line. */
export const kinds = `<?xml version="1.0" encoding="UTF-8"?>
<!-- Drawn by hand: comments, blanks and spelling stay. -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"   viewBox="0 0 1600 900">
  <defs><linearGradient id="shade"><stop offset="0" stop-color="#888"/></linearGradient></defs>
  <rect class="ls-ground" fill="#dadada" x="0" y="0" width="1600" height="900"/>
  <rect id="rect" class='ls-panel' x="40" y="60" width="120" height="80" fill="#e6e6e6"/>
  <circle id="circle" cx="260" cy="100" r="40" fill="#a6a6a6"/> <!-- beside it -->
  <ellipse id="ellipse" cx="400" cy="100" rx="60" ry="30" fill="#a6a6a6"/>
  <line id="line" x1="500" y1="60" x2="600" y2="140" stroke="#4a4a4a" stroke-width="6"/>
  <polyline id="polyline" points="640,60 700,140 760,60" fill="none" stroke="#4a4a4a" stroke-width="6"/>
  <polygon id="polygon" points="800,60 860,140 920,60" fill="#a6a6a6"/>
  <path id="path" d="M960 60 h80 v80 h-80 z" fill="#a6a6a6"/>
  <text id="text" x="40" y="240" font-size="24" ls:tag="Line.Speed" ls:text="value">a &amp; b</text>
  <switch id="switch"><text systemLanguage="zh" x="240" y="240" font-size="24">灌装</text><text x="240" y="240" font-size="24">Filling</text></switch>
  <g id="group" transform="translate(420 200)"><rect x="0" y="0" width="80" height="60" fill="#a6a6a6"/></g>
  <g id="turned" transform="rotate(30 660 230)"><rect x="620" y="200" width="80" height="60" fill="#a6a6a6"/></g>
  <use id="use" href="#rect" x="760" y="140"/>
  <rect id="equipment" x="1000" y="200" width="100" height="120" fill="none" stroke="#b0b0b0" ls:equipment="TankA"/>
</svg>
`
/** Two things to be joined. */
export const things = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 800 600">
  <rect class="ls-ground" fill="#dadada" x="0" y="0" width="800" height="600"/>
  <rect id="left" x="100" y="100" width="120" height="120" fill="#a6a6a6"/>
  <rect id="right" x="520" y="320" width="120" height="120" fill="#a6a6a6"/>
</svg>
`

/** Ids in {@link kinds}. */
export const movable = [
  'rect',
  'circle',
  'ellipse',
  'line',
  'polyline',
  'polygon',
  'path',
  'text',
  'switch',
  'group',
  'turned',
  'use',
  'equipment',
]

export interface EditorStation {
  readonly url: string
  readonly process: StationProcess
  readonly folder: string
}

/** A file names itself with `test.use({ file })` and has a station of its own. */
export const test = base.extend<object, { station: EditorStation; file: string }>({
  file: ['', { scope: 'worker', option: true }],
  station: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants an object pattern for the fixtures that are used
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'lineside-editor-'))
      cpSync(testPlant, folder, { recursive: true })
      writeFileSync(join(folder, 'mimics/kinds.svg'), kinds)
      writeFileSync(join(folder, 'mimics/spare.svg'), kinds)
      writeFileSync(join(folder, 'mimics/pipes.svg'), things)
      const navigation = readFileSync(join(folder, 'mimics/navigation.yaml'), 'utf8').trimEnd()
      const rows = ['kinds', 'spare', 'pipes'].map(
        (name) => `  - { name: ${name}, title: { en: ${name} }, level: 2, parent: overview }`,
      )
      writeFileSync(join(folder, 'mimics/navigation.yaml'), `${navigation}\n${rows.join('\n')}\n`)
      const plant = readFileSync(join(folder, 'plant.yaml'), 'utf8')
      writeFileSync(join(folder, 'plant.yaml'), `${plant}libraries: [standard]\n`)
      const process = await StationProcess.start(folder)
      await process.call('access.addAccount', { user: 'drawer', password, roles: ['administrator'] })
      await process.logIn('drawer', password)
      await use({ url: process.url, process, folder })
      await process.stop()
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
})

/** Opens a display in the editor, logging in where that is asked for. */
export async function openEditor(page: Page, station: EditorStation, display: string): Promise<void> {
  noteQuestions(page)
  await page.goto(`${station.url}#/editor/${display}`)
  await logInIfAsked(page, page.locator('.canvas-drawing [data-key]').first())
}

/** Fills in the form where the page asks for an account; `wanted` is there then. */
export async function logInIfAsked(page: Page, wanted: Locator): Promise<void> {
  const user = page.locator('input[name=user]')
  await user.or(wanted).first().waitFor()
  if (await user.isVisible()) {
    await user.fill('drawer')
    await page.locator('input[name=password]').fill(password)
    await page.keyboard.press('Enter')
  }
  await wanted.waitFor()
}

/** The display `spare` as it was at the start, whatever other tests of the same station did to it. */
export async function restoreSpare(station: EditorStation): Promise<void> {
  if (fileOf(station, 'spare') === kinds) return
  writeFileSync(join(station.folder, 'mimics/spare.svg'), kinds)
  const taken = async () => (await station.process.call('plant.mimic', { name: 'spare' })).svg
  await expect.poll(taken, { timeout: 30_000 }).toBe(kinds)
}

export function fileOf(station: EditorStation, display: string): string {
  return readFileSync(join(station.folder, `mimics/${display}.svg`), 'utf8')
}

/** Lines in which two texts differ. */
export function changedLines(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  expect(b.length).toBe(a.length)
  return b.filter((line, index) => line !== a[index])
}

/** Middle of something drawn, where nothing else lies. */
export async function middleOf(page: Page, id: string): Promise<{ x: number; y: number }> {
  const box = (await page.locator(`.canvas-drawing [id="${id}"]`).boundingBox())!
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

export async function clickOn(page: Page, id: string): Promise<void> {
  const box = (await page.locator(`.canvas-drawing [id="${id}"]`).boundingBox())!
  // A polyline is open in its middle; a quarter of the way it is half way down.
  const share = id === 'polyline' ? 0.25 : 0.5
  await page.mouse.click(box.x + box.width * share, box.y + box.height / 2)
}

export async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click()
}
