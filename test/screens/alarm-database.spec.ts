// Rationalisation on screen against a real station: the master alarm database, what came before an alarm, alarms in faceplates, on
// displays and on trends.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { addAlarms } from './alarm-database-plant.ts'
import { violationsInBothThemes } from './axe.ts'
import { settled } from './settled.ts'
import { logIn, test as stationTest, type TestStation } from './station.ts'

/** The test station with alarms of a boiler. */
const test = stationTest.extend<object, { alarmed: TestStation }>({
  alarmed: [
    async ({ station }, use) => {
      await addAlarms(station)
      await use(station)
    },
    { scope: 'worker' },
  ],
})

const databaseFile = (station: TestStation) => readFileSync(join(station.plantFolder, 'alarms/database.yaml'), 'utf8')

async function write(station: TestStation, tag: string, value: number | boolean): Promise<void> {
  await station.process.call('tags.write', { tag, value })
}

/** Waits until the station says so of an alarm. */
async function stateOf(station: TestStation, id: string, state: string): Promise<void> {
  await expect(async () => {
    const { alarms } = await station.process.call('alarms.list', { text: id })
    expect(alarms.find((row) => row.id === id)?.state ?? 'normal').toBe(state)
  }).toPass()
}

async function noViolations(page: Page, where: string): Promise<void> {
  expect.soft(await violationsInBothThemes(page, '#main, .faceplate, dialog[open]'), where).toEqual([])
}

/** Interactive elements that a finger cannot hit. */
async function noSmallTargets(page: Page, where: string): Promise<void> {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('#main :is(a[href], button, input, select, textarea, summary)')]
      .filter((element) => !element.matches('input[type=checkbox], input[type=radio]'))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} ${box.width}×${box.height}`),
  )
  expect.soft(small, where).toEqual([])
}

test('what is not rationalised is found, and an entry is made with the priority of the matrix', async ({
  page,
  alarmed,
}) => {
  await logIn(page, alarmed, 'engineer', '#/alarm-database')
  await expect(page.getByText('7 of 7 alarms')).toBeVisible()
  await page.getByLabel('What is to do').selectOption('unrationalised')
  await page.getByLabel('Part of name, tag or message').fill('water')
  await expect(page.getByText('1 of 7 alarms')).toBeVisible()
  await page.getByRole('link', { name: 'Boiler.Water/low' }).click()
  const entry = page.getByRole('region', { name: 'Boiler.Water/low' })
  await entry.getByLabel('Consequence if nobody acts (en)').fill('Tubes overheat')
  await entry.getByLabel('Possible causes (en)').fill('Feed pump stopped')
  await entry.getByLabel('What the operator does (en)').fill('Start the second feed pump')
  await entry.getByLabel('What the operator does (zh-CN)').fill('启动备用给水泵')
  await entry.getByLabel('Severity').selectOption('severe')
  await entry.getByLabel('Response time').fill('soon')
  await expect(entry.getByText('This is no duration')).toBeVisible()
  await entry.getByLabel('Response time').fill('2 min')
  await expect(entry.getByText('Severe and 2 min to respond give Urgent. The alarm has Medium.')).toBeVisible()
  await entry.getByRole('button', { name: 'Approve Urgent' }).click()
  await entry.getByLabel('Status').selectOption('reviewed')
  await expect(entry.getByLabel('Reviewer')).toHaveValue('engineer')
  await entry.getByRole('button', { name: 'Preview the changes …' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('row', { name: /Boiler\.Water\/low Severity – Severe/ })).toBeVisible()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText('A reason is needed.')).toBeVisible()
  await dialog.getByLabel(/Reason for the change/).fill('Alarm review of November')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/^Saved: \d+ changes to 1 alarm\.$/)).toBeVisible()
  expect(databaseFile(alarmed)).toContain('启动备用给水泵')
  expect(databaseFile(alarmed)).toContain('# Agreed with production in May.')
  const { rows } = await alarmed.process.call('alarms.database', {})
  expect(rows.find(({ definition }) => definition.id === 'Boiler.Water/low')).toMatchObject({
    isRationalised: true,
    matrixPriority: 'urgent',
    drift: [{ attribute: 'priority', approved: 'urgent', own: 'medium' }],
  })
})

test('several alarms are edited together, with every change seen before', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'engineer', '#/alarm-database')
  await page.getByLabel('Choose Boiler.Pressure/low').check()
  await page.getByLabel('Choose device:line/deviceLost').check()
  await page.getByRole('button', { name: 'Edit 2 …' }).click()
  const bulk = page.getByRole('dialog', { name: 'Edit 2 alarms' })
  await bulk.getByLabel('Severity').selectOption('minor')
  await bulk.getByLabel('Response time').fill('1 h')
  await bulk.getByLabel('Approved priority').selectOption('matrix')
  await bulk.getByRole('button', { name: 'Preview the changes …' }).click()
  const preview = page.getByRole('dialog', { name: 'Changes before they are saved' })
  await expect(preview.getByText(/changes to 2 alarms/)).toBeVisible()
  await expect(preview.getByRole('row', { name: /Boiler\.Pressure\/low Response time – 1 h/ })).toBeVisible()
  await preview.getByLabel(/Reason for the change/).fill('Nobody has to hurry')
  await preview.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/^Saved: .* to 2 alarms\.$/)).toBeVisible()
  expect(databaseFile(alarmed)).toContain('Boiler.Pressure/low')
})

test('whoever was quicker is not overwritten: nothing is saved, and the changes are seen again', async ({
  page,
  alarmed,
}) => {
  await logIn(page, alarmed, 'engineer', `#/alarm-database/${encodeURIComponent('Boiler.Pressure/high')}`)
  const entry = page.getByRole('region', { name: 'Boiler.Pressure/high' })
  await entry.getByLabel('Possible causes (en)').fill('Steam is not taken')
  await entry.getByRole('button', { name: 'Preview the changes …' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('1 change to 1 alarm')).toBeVisible()
  await alarmed.process.call('alarms.saveDatabase', {
    edits: [{ id: 'Boiler.Pressure/high', consequence: { en: 'The safety valve is near' } }],
    reason: 'quicker',
  })
  await dialog.getByLabel(/Reason for the change/).fill('Slower')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText(/Somebody changed the master alarm database meanwhile/)).toBeVisible()
  expect(databaseFile(alarmed)).not.toContain('Steam is not taken')
  await dialog.getByRole('button', { name: 'Load and preview again' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved: 1 change to 1 alarm.')).toBeVisible()
  expect(databaseFile(alarmed)).toContain('Steam is not taken')
  expect(databaseFile(alarmed)).toContain('The safety valve is near')
})

test('the database goes out as CSV and back with a preview; a faulty line is refused with its place', async ({
  page,
  alarmed,
}) => {
  await logIn(page, alarmed, 'engineer', '#/alarm-database?view=files')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  let csv = ''
  for await (const chunk of await (await download).createReadStream()) csv += String(chunk)
  expect(csv).toContain('Boiler.Pressure/highHigh')
  const choose = (text: string) =>
    page.getByLabel('CSV file').setInputFiles({ name: 'alarms.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await choose(csv.replace('Stop the burner, open the bypass', 'Stop the burner at once'))
  await page.getByRole('button', { name: 'Preview the import …' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('row', { name: /What the operator does .*Stop the burner at once/ })).toBeVisible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await choose(csv.replace('severe', 'awful'))
  await page.getByRole('button', { name: 'Preview the import …' }).click()
  await expect(dialog.getByText(/nothing is saved until/)).toBeVisible()
  await expect(dialog.getByRole('row', { name: /severity/ })).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
})

test('drift is listed with both values, and the one of the tag can be approved', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'engineer', '#/alarm-database?view=drift')
  const row = page.getByRole('row', { name: /Boiler\.Pressure\/highHigh Limit 9\.5 bar/ })
  await expect(row).toContainText('≠ 9.0 bar')
  await expect(row).toContainText('equipment/types/boiler.yaml')
  await row.getByRole('button').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/Reason for the change/).fill('The valve opens at 9')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(row).toHaveCount(0)
})

test('operators read everything and can change nothing', async ({ page, alarmed }) => {
  await logIn(page, alarmed, 'operator', `#/alarm-database/${encodeURIComponent('Boiler.Pressure/highHigh')}`)
  await expect(page.getByText('Changing it needs the engineer role.')).toBeVisible()
  await expect(page.getByLabel('What the operator does (en)')).toBeDisabled()
  await expect(page.getByRole('button', { name: /Preview|Edit/ })).toHaveCount(0)
  await page.getByRole('link', { name: 'Classes and suppression' }).click()
  await expect(page.getByText('Line.State == 0').first()).toBeVisible()
  await expect(page.getByText('acknowledging needs a comment')).toBeVisible()
})

test.describe('an upset of the boiler', () => {
  test.beforeEach(async ({ alarmed }) => {
    await write(alarmed, 'Boiler.Pressure', 4)
    await write(alarmed, 'Boiler.Water', 60)
    await write(alarmed, 'Boiler.Burner', true)
    const { alarms } = await alarmed.process.call('alarms.list', { text: 'Boiler.' })
    if (alarms.length > 0) {
      const ids = alarms.map(({ id }) => id)
      await alarmed.process.call('alarms.acknowledge', { ids, comment: 'before the test' })
      await alarmed.process.call('alarms.reset', { ids })
    }
    for (const id of [
      'Boiler.Pressure/highHigh',
      'Boiler.Pressure/high',
      'Boiler.Water/low',
      'Boiler.Burner/flame lost',
    ])
      await stateOf(alarmed, id, 'normal')
  })

  test('a display is quiet while nothing is wrong, then shows a mark beside the symbol and the value, without hiding them', async ({
    page,
    alarmed,
  }) => {
    await logIn(page, alarmed, 'operator', '#/mimic/boilers')
    const marks = page.locator('.mimic-drawing .ls-alarm')
    await expect(page.locator('.mimic-drawing .ls-value').first()).toHaveText('4.0')
    await expect(marks).toHaveCount(0)
    await write(alarmed, 'Boiler.Pressure', 9.4)
    await expect(marks).toHaveCount(2)
    const value = page.getByRole('img', {
      name: /^Alarm of Boiler\.Pressure\. Urgent, Unacknowledged: .* – and 1 more$/,
    })
    await expect(value).toHaveCount(1)
    const symbol = page.getByRole('img', { name: /^Alarm of Boiler\. Urgent, Unacknowledged/ })
    const covered = await page.evaluate(() => {
      const boxOf = (element: Element) => element.getBoundingClientRect()
      const texts = [...document.querySelectorAll('.mimic-drawing text:not(.ls-alarms text)')].map(boxOf)
      return [...document.querySelectorAll('.ls-alarm')].some((mark) => {
        const box = boxOf(mark)
        return texts.some(
          (text) =>
            Math.min(box.right, text.right) - Math.max(box.left, text.left) > 1 &&
            Math.min(box.bottom, text.bottom) - Math.max(box.top, text.top) > 1,
        )
      })
    })
    expect(covered).toBe(false)
    const ids = ['Boiler.Pressure/highHigh', 'Boiler.Pressure/high']
    await alarmed.process.call('alarms.acknowledge', { ids })
    await expect(symbol).toHaveCount(0)
    await expect(page.getByRole('img', { name: /^Alarm of Boiler\. Urgent, Acknowledged/ })).toHaveCount(1)
    await write(alarmed, 'Boiler.Pressure', 4)
    await expect(marks).toHaveCount(0)
  })

  test('marks keep shape and number in grey, with forced colours, and stand still where nothing may move', async ({
    page,
    alarmed,
  }) => {
    await write(alarmed, 'Boiler.Pressure', 9.4)
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
    await logIn(page, alarmed, 'operator', '#/mimic/boilers')
    const mark = page.locator('.ls-alarm').first()
    await expect(mark.locator('.ls-alarm-number')).toHaveText('1')
    const looks = async () =>
      mark.evaluate((element) => {
        const style = (part: string) => getComputedStyle(element.querySelector(part)!)
        return [style('.ls-alarm-shape').fill, style('.ls-alarm-number').fill, style('.ls-alarm-ring').strokeWidth]
      })
    const [fill, ink, ring] = await looks()
    expect(fill).not.toBe(ink)
    expect(Number.parseFloat(ring!)).toBeGreaterThan(2)
    await page.waitForTimeout(900)
    expect(await looks()).toEqual([fill, ink, ring])
  })

  test('the faceplate acknowledges and shelves, and leads to what came before', async ({ page, alarmed }) => {
    await write(alarmed, 'Boiler.Burner', false)
    await stateOf(alarmed, 'Boiler.Burner/flame lost', 'unacknowledged')
    await write(alarmed, 'Boiler.Water', 20)
    await stateOf(alarmed, 'Boiler.Water/low', 'unacknowledged')
    await write(alarmed, 'Boiler.Pressure', 9.4)
    await stateOf(alarmed, 'Boiler.Pressure/highHigh', 'unacknowledged')
    await logIn(page, alarmed, 'operator', '#/mimic/boilers?tag=Boiler.Pressure')
    const face = page.getByRole('complementary', { name: 'Faceplate: Boiler.Pressure' })
    await expect(face.getByRole('img', { name: /L 2 bar; .*|.*HH 9(\.0)? bar/ })).toBeVisible()
    const first = face.locator('.rows li').filter({ hasText: 'safety valve opens' })
    await expect(first).toContainText('Unacknowledged')
    await first.getByRole('button', { name: 'Acknowledge' }).click()
    await stateOf(alarmed, 'Boiler.Pressure/highHigh', 'acknowledged')
    const second = face.locator('.rows li').filter({ hasText: 'above 8' })
    await second.getByRole('button', { name: 'Shelve …' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('Valve is repaired')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await stateOf(alarmed, 'Boiler.Pressure/high', 'shelved')
    await expect(second).toContainText('operator: Valve is repaired')
    await noViolations(page, 'faceplate with alarms')
    await alarmed.process.call('alarms.unshelve', { ids: ['Boiler.Pressure/high'] })

    await first.getByRole('link', { name: 'What came before' }).click()
    await expect(page.getByRole('heading', { name: 'What came before Boiler.Pressure/highHigh' })).toBeVisible()
    const members = page.locator('section', { has: page.getByRole('heading', { name: 'First out' }) }).last()
    await expect(members.getByRole('listitem').first()).toContainText('Flame lost')
    await expect(members.getByRole('listitem').first()).toContainText('First')
    const changes = page.locator('section', { has: page.getByRole('heading', { name: 'Changes before it' }) }).last()
    const water = changes.getByRole('listitem').filter({ hasText: 'wrote 60 % → 20 %' })
    await expect(water).toContainText('administrator')
    await expect(page.getByRole('complementary', { name: 'Response guidance' })).toContainText('Stop the burner')
    await noViolations(page, 'what came before')
    await noSmallTargets(page, 'what came before')
    await water.getByRole('link', { name: /^Trend of Boiler\.Water at/ }).click()
    await expect(page).toHaveURL(/#\/trend\?pens=Boiler\.Water.*ruler=/)
  })

  test('a trend draws occurrences as bars and limits as lines, and lists them with priority and words', async ({
    page,
    alarmed,
  }) => {
    await write(alarmed, 'Boiler.Pressure', 9.4)
    await stateOf(alarmed, 'Boiler.Pressure/highHigh', 'unacknowledged')
    await logIn(page, alarmed, 'operator', '#/trend?pens=Boiler.Pressure&span=120000')
    const red = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('.trend canvas')!
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        let count = 0
        for (let at = 0; at < data.length; at += 4)
          if (data[at] === 183 && data[at + 1] === 28 && data[at + 2] === 28 && data[at + 3] === 255) count++
        return count
      })
    await expect(async () => expect(await red()).toBeGreaterThan(20)).toPass()
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('button', { name: 'Alarm limits' }).click()
    await expect(page).toHaveURL(/limits=on/)
    await page.getByRole('button', { name: 'Marks' }).click()
    await expect(page.getByRole('region', { name: 'Marks' })).toContainText(/Urgent · .*safety valve opens/)
    await page.getByRole('button', { name: 'Alarms', exact: true }).click()
    await expect(async () => expect(await red()).toBe(0)).toPass()
  })
})

for (const locale of ['en-GB', 'zh-CN'] as const) {
  test.describe(`${locale}, light and dark`, () => {
    test.use({ locale })

    test('every part of the database: no violations, targets of 44 px, nothing cut off', async ({ page, alarmed }) => {
      await logIn(page, alarmed, 'engineer')
      const entry = `/${encodeURIComponent('Boiler.Pressure/highHigh')}`
      for (const part of ['', entry, '?view=drift', '?view=proposals', '?view=rules', '?view=files']) {
        await page.goto(`${alarmed.url}#/alarm-database${part}`)
        await settled(page)
        await noViolations(page, part)
        await noSmallTargets(page, part)
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect.soft(overflow, part).toBeLessThanOrEqual(0)
      }
      await page.goto(`${alarmed.url}#/alarm-database`)
      await page.locator('td input[type=checkbox]').first().check()
      await page.locator('.tools button').last().click()
      await noViolations(page, 'bulk edit')
    })
  })
}
