// Journal, performance and shift report of alarms in the browser, against a real station whose alarms really came.
import { readFileSync } from 'node:fs'
import { expect, type Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { addAlarmPlant } from './alarm-plant.ts'
import { violationsInBothThemes } from './axe.ts'
import { settled } from './settled.ts'
import { test as base, logIn, type TestStation } from './station.ts'

/** How often the boiler's pressure crossed its limit and came back, within a few seconds. */
const chatterCount = 12
/** Each machine gives so many alarms at once. */
const floodLevel = 15
const high = 'Boiler.Pressure/high'
const water = 'Boiler.Water/low'
const flame = 'Boiler.Flame/lost'

const test = base.extend<object, { alarmed: TestStation }>({
  alarmed: [
    async ({ station }, use) => {
      await addAlarmPlant(station)
      const { process } = station
      const write = (tag: string, value: number | boolean) =>
        process.call('tags.write', { tag, value, reason: 'a test' })
      const inState = (id: string, states: readonly string[]) =>
        expect
          .poll(async () => {
            const { alarms } = await process.call('alarms.list', { text: id })
            return alarms.find((alarm) => alarm.id === id)?.state ?? 'normal'
          })
          .toMatch(new RegExp(`^(${states.join('|')})$`))
      // The device that is away comes first, however fast the rest comes; after it nothing happens by itself.
      await inState('device:away-plc/deviceLost', ['unacknowledged'])
      for (let turn = 0; turn < chatterCount; turn++) {
        await write('Boiler.Pressure', 8.5)
        await inState(high, ['unacknowledged'])
        await write('Boiler.Pressure', 4)
        await inState(high, ['returnedUnacknowledged'])
      }
      await process.call('alarms.acknowledge', { ids: [high], comment: 'gauge seen' })
      await write('Boiler.Water', 20)
      await inState(water, ['unacknowledged'])
      await write('Boiler.Flame', false)
      await inState(flame, ['unacknowledged'])
      await process.call('alarms.shelve', { ids: [flame], comment: 'burner is being cleaned', durationMs: 3_600_000 })
      await write('Flood.Level', floodLevel)
      await inState('Packer.Blocked/station 1', ['unacknowledged'])
      await use(station)
    },
    { scope: 'worker' },
  ],
})

const rows = (page: Page) => page.locator('tr.row')
const firstRow = (page: Page) => rows(page).first().locator('button.open')
const span = 'span=24h'

/** The first page of the journal is there. */
async function listed(page: Page): Promise<void> {
  await expect(page.locator('#main .screen')).toHaveAttribute('aria-busy', 'false')
  await expect(rows(page).first()).toBeVisible()
}

async function saved(page: Page, button: string): Promise<string> {
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: button }).click()
  return readFileSync(await (await coming).path(), 'utf8')
}

/** Everything the journal has, as a program gets it. */
async function wholeJournal(station: TestStation) {
  return (await station.process.call('alarms.journal', { limit: 10_000 })).events
}

test('the journal has every event, newest first, and narrows to what is asked', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'viewer', `#/alarm-journal?${span}`)
  await listed(page)
  const events = await wholeJournal(alarmed)
  await expect(page.getByRole('status').filter({ hasText: /rows/ })).toHaveText(/^\d+ rows( and more)?$/)
  const newest = events.at(-1)!
  await expect(firstRow(page)).toHaveAttribute('aria-label', new RegExp(`^Open row ${newest.sequence},`))

  await page.getByLabel('Alarm, tag or message').fill('boiler water')
  await expect(page).toHaveURL(/text=boiler\+water/)
  await expect(rows(page)).toHaveCount(events.filter(({ id }) => id === water).length)
  await page.getByLabel('Alarm, tag or message').fill('')

  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('checkbox', { name: 'Acknowledged', exact: true }).first().check()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await expect(page).toHaveURL(/events=acknowledged/)
  const acknowledged = events.filter(({ event }) => event === 'acknowledged')
  await expect(rows(page)).toHaveCount(acknowledged.length)
  await expect(rows(page).first()).toContainText('gauge seen')
  await page.getByRole('button', { name: /^Take out: Event/ }).click()
  await expect(page).not.toHaveURL(/events=/)
})

test('a row tells all it has and leads to trend, list, settings and what came before', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'operator', `#/alarm-journal?${span}&id=${encodeURIComponent(high)}&events=active`)
  await listed(page)
  await expect(rows(page)).toHaveCount(chatterCount)
  // By keyboard alone: down one row, open, close, and the focus is where it was.
  await firstRow(page).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  const [event] = (await wholeJournal(alarmed))
    .filter(({ id, event: kind }) => id === high && kind === 'active')
    .slice(-2)
  await expect(dialog.getByRole('heading')).toHaveText(`Row ${event!.sequence}`)
  for (const text of [high, 'Boiler.Pressure', '8.5', 'Unacknowledged', /UTC[+−]\d\d:00/, String(event!.sequence)])
    await expect(dialog.locator('dl')).toContainText(text)
  await dialog.getByRole('button', { name: 'Older row' }).click()
  await expect(dialog.getByRole('heading')).not.toHaveText(`Row ${event!.sequence}`)
  await dialog.getByRole('button', { name: 'Newer row' }).click()
  const links = Object.fromEntries(
    await dialog
      .getByRole('link')
      .evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute('href')])),
  )
  expect(links['What came before']).toBe(`#/alarm-before/${encodeURIComponent(high)}?event=${event!.eventId}`)
  expect(links['Settings of the alarm']).toBe(`#/alarm-database/${encodeURIComponent(high)}`)
  await page.keyboard.press('Escape')
  await expect(rows(page).nth(1).locator('button.open')).toBeFocused()
  await page.keyboard.press('Enter')
  await dialog.getByRole('link', { name: 'Trend of that moment' }).click()
  await expect(page).toHaveURL(/#\/trend\?.*ruler=/)
  await expect(page.getByRole('slider', { name: 'Ruler', exact: true })).toHaveCount(1)
})

test('new events are counted and move nothing; Follow takes them in', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'viewer', `#/alarm-journal?${span}`)
  await listed(page)
  const before = await firstRow(page).getAttribute('aria-label')
  const comment = (text: string) => alarmed.process.call('alarms.comment', { ids: [water], comment: text })
  await comment('first of two')
  await comment('second of two')
  await expect(page.getByText('2 new events')).toBeVisible()
  expect(await firstRow(page).getAttribute('aria-label')).toBe(before)
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(rows(page).first()).toContainText('second of two')
  await expect(page.getByText(/new events?$/)).toHaveCount(0)

  await page.getByRole('button', { name: 'Follow' }).click()
  await comment('this one comes by itself')
  await expect(rows(page).first()).toContainText('this one comes by itself')

  // What does not fit the filter is not counted.
  await page.goto(`${alarmed.url}#/alarm-journal?${span}&events=shelved`)
  await listed(page)
  await comment('nobody asked for this one')
  await page.waitForTimeout(500)
  await expect(page.getByText(/new events?$/)).toHaveCount(0)
})

test('what happens while the link is away is counted when it is back', async ({ page, alarmed }) => {
  let isCut = false
  const links: { close: () => Promise<void> }[] = []
  await page.routeWebSocket(/link/, (socket) => {
    if (isCut) return void socket.close()
    socket.connectToServer()
    links.push(socket)
  })
  await logIn(page, alarmed, 'viewer', `#/alarm-journal?${span}`)
  await listed(page)
  isCut = true
  for (const link of links.splice(0)) await link.close()
  await expect(page.getByText('DATA NOT LIVE')).toBeVisible()
  await alarmed.process.call('alarms.comment', { ids: [water], comment: 'nobody was watching' })
  isCut = false
  await expect(page.getByText('1 new event')).toBeVisible({ timeout: 15_000 })
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(rows(page).first()).toContainText('nobody was watching')
})

test('the file has exactly what is filtered; the chain is checked', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'viewer', `#/alarm-journal?${span}&id=${encodeURIComponent(high)}`)
  await listed(page)
  await page.getByRole('button', { name: 'More' }).click()
  const records = parse<Record<string, string>>(await saved(page, 'Export (CSV)'), { columns: true, bom: true })
  const events = (await wholeJournal(alarmed)).filter(({ id }) => id === high)
  expect(records).toHaveLength(events.length)
  expect(new Set(records.map((record) => record.id))).toEqual(new Set([high]))
  await page.getByRole('button', { name: 'Check the journal' }).click()
  await expect(page.getByText('The journal is whole')).toBeVisible()
})

test('performance: figures are those of the journal, and bad ones say what to do', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'engineer', '#/alarm-kpi?span=24h')
  await expect(page.getByRole('heading', { name: 'What needs somebody' })).toBeVisible()
  const annunciated = (await wholeJournal(alarmed)).filter(
    ({ event, state }) => event === 'active' && state === 'unacknowledged',
  )
  await expect(page.locator('.total')).toHaveText(`${annunciated.length} annunciated alarms`)
  await expect(page.getByText('Alarms came faster than they can be read.')).toBeVisible()

  // The worst one, its cure or its settings, in one press.
  const frequent = page.getByRole('table', { name: 'Most frequent alarms' }).getByRole('row').nth(1)
  await expect(frequent).toContainText(high)
  await expect(frequent).toContainText(String(chatterCount))
  await expect(frequent).toContainText('chattering')
  await expect(frequent.getByRole('link', { name: /master alarm database/ })).toHaveAttribute(
    'href',
    `#/alarm-database/${encodeURIComponent(high)}`,
  )
  const flood = page.getByRole('table', { name: 'Floods' }).getByRole('row').nth(1)
  await expect(flood.getByRole('link', { name: /device:away-plc\/deviceLost/ })).toHaveAttribute(
    'href',
    /#\/alarm-before\//,
  )

  const records = parse<Record<string, string>>(await saved(page, 'Export (CSV)'), { columns: true, bom: true })
  const count = records.find((record) => record.Part === 'span' && record.Figure === 'annunciatedCount')
  expect(count?.Value).toBe(String(annunciated.length))

  // The last bar is the one with the flood; Enter opens its journal.
  await page.getByRole('slider').focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/alarm-journal\?.*from=/)
  await listed(page)
})

test('performance of one area is asked with one press, and its figures are smaller', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'viewer', '#/alarm-kpi?span=24h')
  const total = page.locator('.total')
  await expect(total).toBeVisible()
  const whole = Number.parseInt((await total.textContent())!, 10)
  await page.getByRole('button', { name: /^Packing \/ Capper/ }).click()
  await expect(page).toHaveURL(/area=Packing%2FCapper/)
  await expect(total).toHaveText(`${floodLevel} annunciated alarms`)
  expect(whole).toBeGreaterThan(4 * floodLevel)
})

test('the shift report hands over what is not normal, and takes a comment for the next shift', async ({
  page,
  alarmed,
}) => {
  await logIn(page, alarmed, 'operator', '#/shift-report')
  const table = (name: string) => page.getByRole('table', { name, exact: true })
  await expect(table('Shelved').getByRole('row').nth(1)).toContainText('burner is being cleaned')
  await page
    .getByRole('button', { name: /^Show all/ })
    .first()
    .click()
  await expect(table('Unacknowledged')).toContainText('Boiler water low')
  await expect(table('Top five of the shift').getByRole('row').nth(1)).toContainText(high)
  await expect(table('Comments of the shift')).toContainText('gauge seen')

  await page.getByRole('button', { name: `Write a comment on ${water}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Write' }).click()
  await expect(dialog.getByRole('alert')).toHaveText('Write what the next shift has to know.')
  await dialog.getByLabel('Comment').fill('Feed pump 2 leaks, watch the level')
  await dialog.getByRole('button', { name: 'Write' }).click()
  await expect(table('Comments of the shift')).toContainText('Feed pump 2 leaks, watch the level')
  const last = (await wholeJournal(alarmed)).at(-1)!
  expect([last.event, last.user, last.comment]).toEqual(['comment', 'operator', 'Feed pump 2 leaks, watch the level'])
})

test('shifts are chosen once and known on every station of this user', async ({ page, alarmed, browser }) => {
  await logIn(page, alarmed, 'operator', '#/shift-report')
  await page.getByRole('button', { name: 'Shifts …' }).click()
  await page.getByLabel('A shift begins at').fill('05:30')
  await page.getByLabel('Length of a shift').selectOption('8 h')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.locator('.screen-head')).toContainText(/ (05:30|13:30|21:30)\s+–/)
  const context = await browser.newContext()
  const other = await context.newPage()
  // The page of figures would begin with the journal, which is younger than the shift.
  await logIn(other, alarmed, 'operator', '#/shift-report')
  await expect(other.locator('.screen-head')).toContainText(/ (05:30|13:30|21:30)\s+–/)
  await context.close()
})

test('a viewer reads the report and writes nothing', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'viewer', '#/shift-report')
  await expect(page.getByRole('table', { name: 'Shelved', exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Write a comment/ })).toHaveCount(0)
})

test.describe('on paper', () => {
  test.use({ colorScheme: 'dark' })

  test('reports are white, without the station around them', async ({ page, alarmed }) => {
    for (const [index, hash] of ['#/alarm-kpi', '#/shift-report'].entries()) {
      if (index === 0) await logIn(page, alarmed, 'viewer', hash)
      else await page.goto(alarmed.url + hash)
      await expect(page.getByRole('table').first()).toBeVisible()
      await page.emulateMedia({ media: 'print' })
      await expect(page.locator('#navigation')).toBeHidden()
      await expect(page.getByRole('button', { name: 'Print' })).toBeHidden()
      await expect(page.getByText(/^Test Works · /)).toBeVisible()
      const colours = await page
        .locator('table')
        .first()
        .evaluate((table) => [getComputedStyle(table).backgroundColor, getComputedStyle(table).color])
      expect(colours).toEqual(['rgb(255, 255, 255)', 'rgb(26, 26, 26)'])
      // What a list leaves out is said on paper too, where nobody can ask for the rest.
      await expect(page.getByText(/^Listed are (10|20) of \d+\.$/).first()).toBeVisible()
      await page.emulateMedia({ media: 'screen' })
    }
  })
})

const screens = [`#/alarm-journal?${span}`, '#/alarm-kpi?span=24h', '#/shift-report'] as const

/** Interactive elements that a finger cannot hit, with their size. */
async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    for (const element of document.querySelectorAll<HTMLElement>(
      '#main :is(a[href], button, select, input), dialog :is(a[href], button)',
    )) {
      if (element.matches('input[type=checkbox]')) continue
      const box = element.getBoundingClientRect()
      if (box.width > 0 && (box.width < 43.5 || box.height < 43.5))
        found.push(`${element.tagName} ${element.textContent?.trim().slice(0, 30)} ${box.width}×${box.height}`)
    }
    return found
  })
}

for (const [locale, filter] of [
  ['en-GB', 'Filter'],
  ['zh-CN', '筛选'],
] as const) {
  test.describe(`${locale}, light and dark`, () => {
    test.use({ locale })

    test('no violation, targets of 44 px', async ({ page, alarmed }) => {
      test.setTimeout(120_000)
      await logIn(page, alarmed, 'engineer')
      const check = async (name: string) => {
        expect.soft(await violationsInBothThemes(page, '#main'), name).toEqual([])
        expect.soft(await smallTargets(page), name).toEqual([])
      }
      for (const hash of screens) {
        await page.goto(alarmed.url + hash)
        await expect(page.getByRole('row').nth(2)).toBeVisible()
        await settled(page)
        await check(hash)
      }
      await page.goto(alarmed.url + screens[0])
      await listed(page)
      await page.getByRole('button', { name: filter, exact: true }).click()
      await check('filter')
      await page.keyboard.press('Escape')
      await firstRow(page).click()
      await page.getByRole('dialog').waitFor()
      await check('row')
    })
  })
}

for (const [width, height] of [
  [1024, 600],
  [3840, 2160],
  [683, 384],
] as const) {
  test(`nothing is cut off at ${width} × ${height}`, async ({ page, alarmed }) => {
    await page.setViewportSize({ width, height })
    await logIn(page, alarmed, 'viewer')
    for (const hash of screens) {
      await page.goto(alarmed.url + hash)
      await expect(page.getByRole('row').nth(2)).toBeAttached()
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect.soft(overflow, hash).toBeLessThanOrEqual(0)
    }
  })
}
