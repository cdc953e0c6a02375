// Trends in the browser against a real runtime that records, with a year put into its history beforehand.
import { readFileSync } from 'node:fs'
import { expect, type Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { violationsOf } from './axe.ts'
import { test as base, logIn, type TestStation } from './station.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** Noon of the plant two days ago, on the minute. */
const noon = Math.floor(Date.now() / day) * day - 2 * day + 11 * hour
/** One sample stands out for a second; no zoom may lose it. */
const spike = { timestamp: noon + 90_000, value: 599 }
/** The device was away for ten minutes, then doubtful for ten. */
const gap = { from: noon + 20 * minute, to: noon + 30 * minute, doubtfulTo: noon + 40 * minute }

interface Samples {
  readonly tag: string
  readonly timestamps: number[]
  readonly values: (number | null)[]
  readonly statusCodes: number[]
}

/** A year every six hours, and two hours around that noon every second. */
function speedSamples(): Samples {
  const samples: Samples = { tag: 'Line.Speed', timestamps: [], values: [], statusCodes: [] }
  const add = (time: number, value: number | null, statusCode: number) => {
    samples.timestamps.push(time)
    samples.values.push(value)
    samples.statusCodes.push(statusCode)
  }
  for (let time = noon - 365 * day; time < noon - hour; time += 6 * hour) add(time, 300 + ((time / day) % 40), 0)
  for (let time = noon - hour; time < noon + hour; time += 1000) {
    if (time === spike.timestamp) add(time, spike.value, 0)
    else if (time >= gap.from && time < gap.to) {
      // One Bad sample says it for all until the next good one.
      if (time === gap.from) add(time, null, StatusCodes.BadNoCommunication)
    } else {
      const isDoubtful = time >= gap.to && time < gap.doubtfulTo
      const value = 350 + 20 * Math.sin(time / 300_000)
      add(time, value, isDoubtful ? StatusCodes.UncertainSensorNotAccurate : 0)
    }
  }
  return samples
}

const test = base.extend<object, { recorded: TestStation }>({
  recorded: [
    async ({ station }, use) => {
      await station.process.call('history.write', { series: [speedSamples()] })
      await use(station)
    },
    { scope: 'worker' },
  ],
})

const chart = (page: Page) => page.locator('.chart')

/** The exact picture is drawn. */
async function settled(page: Page): Promise<void> {
  await expect(chart(page)).toHaveAttribute('aria-busy', 'false')
  await expect(page.locator('.chart canvas')).toBeVisible()
  await page.waitForTimeout(150)
}

function address(from: number, to: number, pens = 'Line.Speed', more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    pens,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...more,
  })
  return `#/trend?${query}`
}

/** The span in the address, which follows the view. */
async function shown(page: Page): Promise<{ from: number; to: number }> {
  await page.waitForTimeout(700)
  const query = new URLSearchParams(new URL(page.url()).hash.split('?')[1])
  return { from: Date.parse(query.get('from')!), to: Date.parse(query.get('to')!) }
}

/** How many pixels of the chart have a colour, not a grey. */
async function colouredPixels(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.chart canvas')!
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    let count = 0
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue, alpha] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!]
      if (alpha > 40 && Math.max(red, green, blue) - Math.min(red, green, blue) > 24) count++
    }
    return count
  })
}

/** How many pixels of the chart are of the colour of a token, give or take anti-aliasing. */
async function pixelsOf(page: Page, token: string): Promise<number> {
  return page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.chart canvas')!
    const probe = document.createElement('span')
    probe.style.color = `var(--${name})`
    canvas.parentElement!.append(probe)
    const wanted = getComputedStyle(probe).color.match(/\d+/g)!.map(Number)
    probe.remove()
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    let count = 0
    for (let at = 0; at < data.length; at += 4) {
      const distance = [0, 1, 2].reduce((sum, part) => sum + Math.abs(data[at + part]! - wanted[part]!), 0)
      if (distance < 24) count++
    }
    return count
  }, token)
}

/** What is seen as the exported table, a record for each line. */
async function exported(page: Page, withMark = false): Promise<{ text: string; rows: Record<string, string>[] }> {
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('checkbox').setChecked(withMark)
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Table (CSV)' }).click()
  const text = readFileSync(await (await coming).path(), 'utf8')
  await page.getByRole('button', { name: 'More' }).click()
  return { text, rows: parse(text, { columns: true, bom: true }) }
}

test('a trend goes from a year to single samples and back; the one that stands out is never lost', async ({
  page,
  recorded,
}) => {
  await logIn(page, recorded, 'viewer', address(noon - 364 * day, noon + day))
  await settled(page)
  const year = await exported(page)
  const maximum = (rows: Record<string, string>[]) =>
    Math.max(
      ...rows
        .flatMap((row) => Object.entries(row).filter(([name]) => /maximum$|\]$/.test(name)))
        .map(([, value]) => Number(value)),
    )
  expect(maximum(year.rows)).toBe(spike.value)

  await page.goto(`${recorded.url}${address(noon - hour, noon + hour)}`)
  await settled(page)
  expect(maximum((await exported(page)).rows)).toBe(spike.value)

  // The wheel, above the spike, down to its neighbours; a pixel is seconds at first, so one aims again.
  for (let aim = 0; aim < 3; aim++) {
    const { from, to } = await shown(page)
    const box = (await page.locator('.over').boundingBox())!
    await page.mouse.move(box.x + ((spike.timestamp - from) / (to - from)) * box.width, box.y + box.height / 2)
    for (let notch = 0; notch < 11; notch++) await page.mouse.wheel(0, -100)
    await settled(page)
  }
  const samples = (await exported(page)).rows
  expect(samples.length).toBeLessThan(20)
  expect(samples.filter((row) => row['Line.Speed [bottle/min]'] === String(spike.value))).toHaveLength(1)
  // And out again beyond the year.
  for (let notch = 0; notch < 90; notch++) await page.mouse.wheel(0, 100)
  await settled(page)
  expect(maximum((await exported(page)).rows)).toBe(spike.value)
})

test('Bad quality is a hatched stretch and no line, Uncertain is said; the ruler reads value, quality and time', async ({
  page,
  recorded,
}) => {
  await logIn(page, recorded, 'viewer', address(noon, noon + 15 * minute))
  await settled(page)
  expect(await pixelsOf(page, 'bad')).toBe(0)
  await page.goto(`${recorded.url}${address(gap.from - minute, gap.doubtfulTo + minute)}`)
  await settled(page)
  expect(await pixelsOf(page, 'bad')).toBeGreaterThan(100)

  const row = page.getByRole('row', { name: /Line\.Speed/ })
  const readAt = async (time: number) => {
    await page.goto(
      `${recorded.url}${address(gap.from - minute, gap.doubtfulTo + minute, 'Line.Speed', { ruler: new Date(time).toISOString() })}`,
    )
    await settled(page)
    return row.locator('.reading')
  }
  await expect(await readAt(gap.from + 5 * minute)).toContainText('– – –')
  await expect((await readAt(gap.from + 5 * minute)).getByRole('img', { name: 'Bad' })).toBeVisible()
  const doubtful = await readAt(gap.to + 5 * minute + 300)
  await expect(doubtful.getByRole('img', { name: 'Uncertain' })).toBeVisible()
  // Its own time, not the ruler's.
  await expect(doubtful).toContainText(/:00\.000/)
})

test('everything by keyboard alone: move, zoom, rulers, samples, back to live', async ({ page, recorded }) => {
  await logIn(page, recorded, 'viewer', address(noon - 30_000, noon + 30_000))
  await settled(page)
  await chart(page).focus()
  await page.keyboard.press('r')
  const slider = page.getByRole('slider', { name: 'Ruler', exact: true })
  await expect(slider).toHaveAttribute('aria-valuetext', /12:00:00\.000$|11:00:00\.000$/)
  await page.keyboard.press('.')
  await expect(slider).toHaveAttribute('aria-valuetext', /:00:01\.000$/)
  await page.keyboard.press(',')
  await page.keyboard.press(',')
  await expect(slider).toHaveAttribute('aria-valuetext', /:59:59\.000$/)
  await page.keyboard.press('d')
  await expect(page.getByRole('columnheader', { name: 'Difference' })).toBeVisible()
  // The ruler alone, finer than a sample.
  await slider.focus()
  const before = Number(await slider.getAttribute('aria-valuenow'))
  await page.keyboard.press('ArrowRight')
  expect(Number(await slider.getAttribute('aria-valuenow')) - before).toBeGreaterThan(0)
  expect(Number(await slider.getAttribute('aria-valuenow')) - before).toBeLessThan(500)
  await chart(page).focus()
  await page.keyboard.press('Escape')
  await expect(slider).toHaveCount(0)

  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('-')
  await expect(page).toHaveURL(/from=/)
  await page.keyboard.press('Home')
  await settled(page)
  await expect(chart(page)).toHaveAttribute(
    'aria-label',
    new RegExp(`from ${new Date(noon - 365 * day).getUTCFullYear()}`),
  )
  await page.keyboard.press('End')
  await expect(page.getByRole('button', { name: 'Live', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await expect(page).toHaveURL(/span=/)
})

test('live values come by themselves; moving back stops following, one touch follows again', async ({
  page,
  recorded,
}) => {
  await logIn(page, recorded, 'viewer', '#/trend?pens=Line.Speed,Line.State&span=60000')
  await settled(page)
  const live = page.getByRole('button', { name: 'Live', exact: true })
  const label = () => chart(page).getAttribute('aria-label')
  const first = await label()
  await expect.poll(label).not.toBe(first)
  const box = (await page.locator('.over').boundingBox())!
  await page.mouse.move(box.x + box.width * 0.3, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 })
  await page.mouse.up()
  await expect(live).toHaveAttribute('aria-pressed', 'false')
  const held = await label()
  await page.waitForTimeout(1500)
  expect(await label()).toBe(held)
  await live.click()
  await expect(live).toHaveAttribute('aria-pressed', 'true')
})

test('fingers: a tap sets the ruler, two fingers zoom around their middle', async ({ page, recorded }) => {
  await logIn(page, recorded, 'viewer', address(noon - hour, noon + hour))
  await settled(page)
  const span = () =>
    page
      .getByRole('slider', { name: 'Ruler', exact: true })
      .evaluate((ruler) => Number(ruler.getAttribute('aria-valuemax')) - Number(ruler.getAttribute('aria-valuemin')))
  await page.locator('.over').evaluate((over) => {
    const box = over.getBoundingClientRect()
    const send = (type: string, id: number, x: number) =>
      over.dispatchEvent(
        new PointerEvent(type, {
          pointerId: id,
          pointerType: 'touch',
          isPrimary: id === 1,
          bubbles: true,
          clientX: box.left + x * box.width,
          clientY: box.top + box.height / 2,
        }),
      )
    // The browser gives no capture to pointers that are not real.
    over.setPointerCapture = () => {}
    send('pointerdown', 1, 0.25)
    send('pointerup', 1, 0.25)
    send('pointerdown', 1, 0.4)
    send('pointerdown', 2, 0.6)
    send('pointermove', 1, 0.2)
    send('pointermove', 2, 0.8)
    send('pointerup', 1, 0.2)
    send('pointerup', 2, 0.8)
  })
  await settled(page)
  const ruler = page.getByRole('slider', { name: 'Ruler', exact: true })
  await expect(page.getByRole('button', { name: 'Ruler', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Tab')
  await page.evaluate(() => location.hash)
  // Three times as near: the ruler a quarter of the old window from its left is out of the new one.
  await expect(ruler).toHaveCount(0)
  await page.getByRole('button', { name: 'Ruler', exact: true }).click()
  await page.getByRole('button', { name: 'Ruler', exact: true }).click()
  expect(await span()).toBeGreaterThan(0.6 * hour)
  expect(await span()).toBeLessThan(0.75 * hour)
})

test('a write is a mark: on the list with who and what, and the ruler goes there', async ({ page, recorded }) => {
  await recorded.process.call('tags.write', { tag: 'Line.State', value: 2, reason: 'a test of marks' })
  await logIn(page, recorded, 'viewer', '#/trend?pens=Line.State&span=300000')
  await settled(page)
  await page.getByRole('button', { name: 'Marks' }).click()
  const panel = page.getByRole('region', { name: 'Marks' })
  const mark = panel.getByRole('button', { name: /Line\.State/ }).first()
  await expect(mark).toContainText('administrator')
  await mark.click()
  await expect(page.getByRole('slider', { name: 'Ruler', exact: true })).toBeVisible()
  await panel.getByRole('button', { name: 'Writes' }).click()
  await expect(mark).toHaveCount(0)
  await expect(page).toHaveURL(/marks=alarm%2Crecorder/)
})

test('another span lies over this one, lighter, at the same time of day', async ({ page, recorded }) => {
  await logIn(page, recorded, 'viewer', address(noon - hour + day, noon + hour + day))
  await settled(page)
  // Lines have a colour, grid and words have none.
  const alone = await colouredPixels(page)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('combobox', { name: 'Overlay' }).selectOption({ label: 'The same time yesterday' })
  await expect(page.getByText(/^Overlay: 1 day earlier/)).toBeVisible()
  await expect.poll(() => colouredPixels(page)).toBeGreaterThan(alone * 1.15)
  await expect(page).toHaveURL(/overlay=86400000/)
})

test('figures of a brushed span', async ({ page, recorded }) => {
  await logIn(page, recorded, 'viewer', address(noon, noon + 10 * minute))
  await settled(page)
  const box = (await page.locator('.over').boundingBox())!
  const at = (time: number) => box.x + ((time - noon) / (10 * minute)) * box.width
  await page.keyboard.down('Shift')
  await page.mouse.move(at(noon + minute), box.y + 80)
  await page.mouse.down()
  await page.mouse.move(at(noon + 2 * minute), box.y + 80, { steps: 5 })
  await page.mouse.up()
  await page.keyboard.up('Shift')
  await page.getByRole('button', { name: 'Figures' }).click()
  const panel = page.getByRole('region', { name: 'Figures' }).first()
  // The spike is in that minute.
  await expect(panel.getByRole('row', { name: /Line\.Speed/ })).toContainText('599.0')
  await expect(panel.getByRole('row', { name: /Line\.Speed/ })).toContainText(/:01:30\.000/)
})

test('a table for spreadsheets, and a picture with its legend', async ({ page, recorded }) => {
  await logIn(page, recorded, 'viewer', address(gap.from - 2000, gap.from + 2000))
  await settled(page)
  const { text, rows } = await exported(page, true)
  expect(text.charCodeAt(0)).toBe(0xfeff)
  expect(text).toContain('\r\n')
  expect(rows.map((row) => row['Line.Speed quality'])).toEqual(['Good', 'Good', 'Bad BadNoCommunication'])
  expect(rows[2]!['Line.Speed [bottle/min]']).toBe('')
  expect(Date.parse(rows[2]!.Time!)).toBe(gap.from)

  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: 'Export' }).click()
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Picture (PNG)' }).click()
  const picture = readFileSync(await (await coming).path())
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  expect(picture.readUInt32BE(16)).toBeGreaterThan(1400)
})

test('an engineer saves a trend for everybody; a viewer opens it and cannot save', async ({
  page,
  recorded,
  browser,
}) => {
  await logIn(page, recorded, 'engineer', '#/trend?pens=Line.Speed,Line.State,TankA.Temperature&span=900000')
  await settled(page)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByLabel('Short name').fill('my-line')
  await page.getByLabel('Title (English)').fill('My line')
  await page.getByLabel('Title (中文)').fill('我的产线')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveURL(/#\/trend\/my-line/)
  await expect(page.getByRole('heading', { name: 'My line' })).toBeVisible()

  const context = await browser.newContext({ locale: 'zh-CN' })
  const other = await context.newPage()
  await logIn(other, recorded, 'viewer', '#/trend')
  await other.getByRole('link', { name: '我的产线' }).click()
  await expect(other.getByRole('row', { name: /TankA\.Temperature/ })).toBeVisible()
  await expect(other.locator('.chart')).toHaveAttribute('aria-busy', 'false')
  await other.getByRole('button', { name: '更多' }).click()
  await expect(other.getByRole('button', { name: '导出' })).toBeVisible()
  await expect(other.getByRole('button', { name: '保存' })).toHaveCount(0)
  await context.close()
})

test('the last hour stands in the faceplate and opens as a full trend', async ({ page, recorded }) => {
  await logIn(page, recorded, 'viewer', '#/mimic/overview?tag=TankA.Temperature')
  const panel = page.getByRole('complementary')
  await expect(panel.getByRole('heading', { name: 'The last hour' })).toBeVisible()
  await expect(panel.locator('canvas')).toBeVisible()
  await panel.getByRole('link', { name: 'Open full trend' }).click()
  await expect(page).toHaveURL(/#\/trend\?pens=TankA\.Temperature/)
  await expect(page.getByRole('row', { name: /TankA\.TemperatureSetpoint/ })).toBeVisible()
})

test('any value of a display shows its trend in place: right click, or T on what has the focus', async ({
  page,
  recorded,
}) => {
  await logIn(page, recorded, 'viewer', '#/mimic/overview')
  await page.locator('#speed').click({ button: 'right' })
  const panel = page.getByRole('complementary', { name: 'Trend of Line.Speed' })
  await expect(panel.locator('canvas')).toBeVisible()
  await expect(page.locator('#speed')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await page.goto(`${recorded.url}#/mimic/overview?trend=Line.Speed,Line.State`)
  await expect(page.getByRole('complementary').getByText('Line.State', { exact: true })).toBeVisible()
})

test('a lost link looks like it: no value looks alive, and the chart goes on by itself afterwards', async ({
  page,
  recorded,
}) => {
  await logIn(page, recorded, 'viewer', '#/trend?pens=Line.Speed&span=60000')
  await settled(page)
  const stale = () => pixelsOf(page, 'stale')
  expect(await stale()).toBeLessThan(200)
  recorded.process.child.kill('SIGSTOP')
  await expect(page.getByText('DATA NOT LIVE')).toBeVisible({ timeout: 5000 })
  await page.waitForTimeout(3000)
  // Beyond the last value the chart is hatched.
  expect(await stale()).toBeGreaterThan(200)
  recorded.process.child.kill('SIGCONT')
  await expect(page.getByText('DATA NOT LIVE')).toHaveCount(0, { timeout: 15_000 })
  await settled(page)
  await expect.poll(stale).toBeLessThan(200)
})

test('what has no history says so in a sentence', async ({ page, recorded }) => {
  await logIn(page, recorded, 'viewer', '#/trend?pens=No.Such.Tag,Line.Speed&span=60000')
  await expect(
    page.getByText('There is no tag No.Such.Tag, and nothing was ever recorded under this name.'),
  ).toBeVisible()
  await settled(page)
  await page.goto(`${recorded.url}#/trend/no-such-trend`)
  await expect(page.getByText('The plant has no saved trend "no-such-trend".')).toBeVisible()
})

test('pens are found by name or description, and put in and out by keyboard', async ({ page, recorded }) => {
  await logIn(page, recorded, 'viewer', '#/trend')
  await page.getByRole('button', { name: 'Add pens' }).first().press('Enter')
  await page.keyboard.type('线速')
  const found = page.getByRole('dialog').getByRole('button', { name: /^Line\.Speed/ })
  await expect(found).toHaveAttribute('aria-pressed', 'false')
  await page.keyboard.press('Enter')
  await expect(found).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Escape')
  await settled(page)
  await expect(page).toHaveURL(/pens=Line\.Speed/)
  await page.getByRole('button', { name: 'Take Line.Speed out' }).press('Enter')
  await expect(page.getByText('No pen is chosen yet.')).toBeVisible()
})

test.describe('in Chinese, dark', () => {
  test.use({ locale: 'zh-CN', colorScheme: 'dark' })

  test('no dialog or panel has a violation', async ({ page, recorded }) => {
    test.setTimeout(120_000)
    await logIn(page, recorded, 'engineer', '#/trend?pens=Line.Speed,Line.State&span=3600000')
    await settled(page)
    const check = async (name: string) => {
      expect.soft(await violationsOf(page), name).toEqual([])
    }
    await page.getByRole('button', { name: '更多' }).click()
    for (const panel of ['统计', '标记']) await page.getByRole('button', { name: panel, exact: true }).click()
    await page.getByRole('button', { name: '标尺', exact: true }).click()
    await page.waitForTimeout(600)
    await check('panels')
    for (const dialog of ['添加曲线', '时间…', '导出', '保存', 'Line.Speed 的量程：自动']) {
      await page.getByRole('button', { name: dialog }).first().click()
      await page.getByRole('dialog').waitFor()
      await page.waitForTimeout(300)
      await check(dialog)
      await page.keyboard.press('Escape')
    }
  })
})
