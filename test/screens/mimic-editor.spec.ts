// Drawing displays in a real browser against a real runtime: what is moved is all that changes in the file, what somebody else
// saved is never written over unasked, and equipment of a library comes onto a display in a few steps.
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { StationProcess } from '../runtime/station-process.ts'

const password = 'correct horse battery staple'
const testPlant = fileURLToPath(new URL('plant', import.meta.url))

/** Every kind of element that displays are drawn of; one line each, so that a change is seen by line. */
const kinds = `<?xml version="1.0" encoding="UTF-8"?>
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
const movable = [
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

interface EditorStation {
  readonly url: string
  readonly process: StationProcess
  readonly folder: string
}

const test = base.extend<object, { station: EditorStation }>({
  station: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants an object pattern for the fixtures that are used
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'lineside-editor-'))
      cpSync(testPlant, folder, { recursive: true })
      writeFileSync(join(folder, 'mimics/kinds.svg'), kinds)
      writeFileSync(join(folder, 'mimics/spare.svg'), kinds)
      const navigation = readFileSync(join(folder, 'mimics/navigation.yaml'), 'utf8').trimEnd()
      const rows = ['kinds', 'spare'].map(
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

async function openEditor(page: Page, station: EditorStation, display: string): Promise<void> {
  await page.goto(`${station.url}#/editor/${display}`)
  await page.locator('input[name=user]').fill('drawer')
  await page.locator('input[name=password]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('.canvas-drawing [data-key]').first().waitFor()
}

function fileOf(station: EditorStation, display: string): string {
  return readFileSync(join(station.folder, `mimics/${display}.svg`), 'utf8')
}

/** Lines in which two texts differ. */
function changedLines(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  expect(b.length).toBe(a.length)
  return b.filter((line, index) => line !== a[index])
}

/** Middle of something drawn, where nothing else lies. */
async function middleOf(page: Page, id: string): Promise<{ x: number; y: number }> {
  const box = (await page.locator(`.canvas-drawing [id="${id}"]`).boundingBox())!
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

async function clickOn(page: Page, id: string): Promise<void> {
  const box = (await page.locator(`.canvas-drawing [id="${id}"]`).boundingBox())!
  // A polyline is open in its middle; a quarter of the way it is half way down.
  const share = id === 'polyline' ? 0.25 : 0.5
  await page.mouse.click(box.x + box.width * share, box.y + box.height / 2)
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click()
}

test.describe('drawing a display', () => {
  test('moving one thing changes its line of the file and nothing else, whatever kind of thing it is', async ({
    page,
    station,
  }) => {
    test.setTimeout(240_000)
    await openEditor(page, station, 'kinds')
    for (const id of movable) {
      const before = fileOf(station, 'kinds')
      await clickOn(page, id)
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Shift+ArrowDown')
      await save(page)
      await expect.poll(() => fileOf(station, 'kinds') !== before, { timeout: 30_000 }).toBe(true)
      const [line, ...more] = changedLines(before, fileOf(station, 'kinds'))
      expect(more, id).toEqual([])
      expect(line, id).toContain(`id="${id}"`)
      // The next thing is saved once this one is done.
      await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled()
      await expect(page.locator('.notice')).toHaveText('Saved.')
    }
  })

  test('a thing that was dragged and put back by undo leaves nothing to save', async ({ page, station }) => {
    const path = join(station.folder, 'mimics/spare.svg')
    const { mtimeMs } = statSync(path)
    await openEditor(page, station, 'spare')
    const { x, y } = await middleOf(page, 'rect')
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 60, y + 45, { steps: 6 })
    await page.mouse.up()
    const moved = await middleOf(page, 'rect')
    expect(moved.x).toBeGreaterThan(x + 30)
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeEnabled()
    await page.keyboard.press('Control+z')
    expect((await middleOf(page, 'rect')).x).toBeCloseTo(x, 0)
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled()
    await page.keyboard.press('Control+s')
    await expect(page.getByText('Nothing has changed')).toBeVisible()
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
    expect(fileOf(station, 'spare')).toBe(kinds)
  })

  test('what somebody else saved meanwhile is shown and not written over unasked', async ({ page, station }) => {
    await openEditor(page, station, 'spare')
    await clickOn(page, 'circle')
    await page.keyboard.press('ArrowRight')
    const theirs = kinds.replace('<circle id="circle" cx="260"', '<circle id="circle" cx="300"')
    writeFileSync(join(station.folder, 'mimics/spare.svg'), theirs)
    await save(page)
    const dialog = page.getByRole('dialog', { name: 'The display was changed meanwhile' })
    await expect(dialog).toContainText('Circle')
    expect(fileOf(station, 'spare')).toBe(theirs)
    await dialog.getByRole('button', { name: 'Save mine over it' }).click()
    await expect(page.getByText('Saved.')).toBeVisible()
    expect(changedLines(kinds, fileOf(station, 'spare'))).toEqual([expect.stringContaining('cx="261"')])
  })

  test('ten motors of the library are made, placed and saved in one go', async ({ page, station }) => {
    await openEditor(page, station, 'packing')
    await page.getByRole('button', { name: 'New equipment …' }).click()
    const dialog = page.getByRole('dialog', { name: 'New equipment …' })
    await dialog.getByPlaceholder('Search types').fill('motor')
    await dialog.getByRole('button', { name: 'Motor', exact: true }).click()
    await dialog.getByLabel('How many').fill('10')
    await dialog.getByLabel('How many').blur()
    await dialog.getByLabel('Name', { exact: true }).fill('Motor{n}')
    await dialog.getByLabel(/^device$/i).fill('line')
    await dialog
      .getByLabel(/^node$|node|prefix/i)
      .first()
      .fill('Motor{n}')
    await dialog.getByRole('button', { name: 'Make and place 10' }).click()
    await expect(dialog).toBeHidden()
    await save(page)
    await expect(page.getByText('Saved.')).toBeVisible()
    const file = fileOf(station, 'packing')
    for (let number = 1; number <= 10; number++) expect(file).toContain(`ls:equipment="Motor${number}"`)
    const { equipment } = await station.process.call('plant.equipment', {})
    expect(equipment.filter(({ type }) => type === 'motor')).toHaveLength(10)
  })

  test('a test shows live values and what was put in by hand, and writes nothing', async ({ page, station }) => {
    await openEditor(page, station, 'mixing')
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    const speed = page.locator('.stage #speed')
    await expect(speed).not.toHaveText('0')
    await page.getByRole('combobox', { name: 'Tag' }).fill('Line.Speed')
    await page.getByPlaceholder('Value', { exact: true }).fill('4321')
    await page.getByRole('button', { name: 'Put in' }).click()
    await expect(speed).toContainText(/4.?321/)
    await page.getByRole('button', { name: 'End the test' }).click()
    await expect(page.locator('.canvas-drawing')).toBeVisible()
  })

  for (const colorScheme of ['light', 'dark'] as const)
    for (const locale of ['en-GB', 'zh-CN'])
      test(`the editor has no accessibility violations (${colorScheme}, ${locale})`, async ({ browser, station }) => {
        const context = await browser.newContext({ colorScheme, locale, viewport: { width: 1366, height: 768 } })
        const page = await context.newPage()
        await openEditor(page, station, 'kinds')
        await clickOn(page, 'text')
        await page.waitForTimeout(1200)
        for (const tab of await page.getByRole('tab').all()) {
          await tab.click()
          const { violations } = await new AxeBuilder({ page }).include('.workbench').analyze()
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
        }
        await context.close()
      })
})
