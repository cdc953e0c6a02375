// Displays drawn by somebody who means harm, in a plant that takes them: the station's own page in a real browser, every request
// and every script of it recorded.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { hostileDrawings, quietDrawings } from '../renderer/mimic/hostile-corpus.ts'
import { logIn, test } from './station.ts'

test.use({ file: 'hostile-drawings' })

const drawings = [
  ...hostileDrawings.map(([name, text]) => ({ name, text, isNoted: true })),
  ...quietDrawings.map(([name, text]) => ({ name, text, isNoted: false })),
].map((drawing, index) => ({ ...drawing, mimic: `hostile-${index}` }))

test('hostile displays run nothing, ask nothing of the network, and leave the page around them alone', async ({
  page,
  station,
}) => {
  test.setTimeout(240_000)
  for (const { mimic, text } of drawings) writeFileSync(join(station.plantFolder, 'mimics', `${mimic}.svg`), text)
  expect(await station.process.call('plant.reload', {})).toMatchObject({ faults: [] })
  await logIn(page, station, 'operator', '#/tags')

  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(station.url)) foreign.push(`request ${request.url()}`)
  })
  page.on('dialog', (dialog) => {
    foreign.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => foreign.push(`error ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') foreign.push(`console ${message.text()}`)
  })
  page.on('framenavigated', (frame) => {
    if (frame !== page.mainFrame() || !frame.url().startsWith(station.url)) foreign.push(`frame ${frame.url()}`)
  })
  const debug = await page.context().newCDPSession(page)
  debug.on('Debugger.scriptParsed', ({ scriptId, url }) => {
    if (url.startsWith(station.url)) return
    debug
      .send('Debugger.getScriptSource', { scriptId })
      .then(({ scriptSource }) => {
        if (scriptSource.includes('hacked')) foreign.push(`script ${scriptSource.slice(0, 80)}`)
      })
      .catch(() => foreign.push('a script that could not be read'))
  })
  await debug.send('Debugger.enable')
  const before = await page.evaluate(pageAround)

  for (const { name, mimic, isNoted } of drawings) {
    await page.evaluate((hash) => {
      document.querySelector('.mimic .host > svg')?.setAttribute('data-before', '')
      location.hash = hash
    }, `#/mimic/${mimic}`)
    await page.locator('.mimic .host > svg:not([data-before])').waitFor()
    if (isNoted) await expect(page.locator('.mimic .notes').first(), name).toContainText('note')
    // What a drawing would do on a click, with the focus or a moment later.
    await page.locator('.mimic .host').click({ position: { x: 200, y: 200 } })
    await page.keyboard.press('Tab')
    await page.waitForTimeout(60)
    expect(foreign, name).toEqual([])
    expect(await page.evaluate(pageAround), name).toEqual(before)
    expect(await page.evaluate(inside), name).toEqual({
      isHacked: false,
      fixedCount: 0,
      marksOpacity: '1',
      marksDisplay: 'inline',
    })
  }

  // The recorder itself: what the page does now is seen.
  await page.evaluate(() => {
    document.body.append(Object.assign(new Image(), { src: 'http://evil.test/a.png' }))
  })
  await expect.poll(() => foreign.length).toBeGreaterThan(0)
})

/** Runs in the page: what a drawing must not shadow, cover or move. */
function pageAround(): unknown {
  const top = document.querySelector('#main')?.getBoundingClientRect()
  return {
    main: document.getElementById('main')?.localName,
    app: document.getElementById('app')?.localName,
    base: document.baseURI.split('#')[0],
    body: document.body?.localName,
    location: String(Object.prototype.toString.call(location)),
    query: typeof document.querySelector,
    foreignParts: document.querySelectorAll('iframe, object, embed, script:not([src]), base, meta[http-equiv=refresh]')
      .length,
    top: top && [top.x, top.y],
    prototype: Object.keys(Object.prototype),
  }
}

/** Runs in the page. */
function inside(): unknown {
  const drawing = document.querySelector('.mimic svg')!
  const marks = getComputedStyle(drawing.querySelector(':scope > .ls-marks:last-of-type')!)
  return {
    isHacked: Reflect.has(globalThis, ['hac', 'ked'].join('')),
    fixedCount: [...drawing.querySelectorAll('*')].filter((part) => getComputedStyle(part).position === 'fixed').length,
    marksOpacity: marks.opacity,
    marksDisplay: marks.display,
  }
}
