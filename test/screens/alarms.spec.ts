// Alarms as an operator meets them: banner on every screen, the list, what is done with alarms, a flood, a lost link.
import { expect, type Page } from '@playwright/test'
import { addAlarmPlant, floodAlarmsEach, floodMachines } from './alarm-plant.ts'
import { logIn, type TestStation, test } from './station.ts'

test.use({ file: 'alarms' })

const banner = (page: Page) => page.getByRole('region', { name: 'Alarm banner' })
const rows = (page: Page) => page.getByRole('grid', { name: 'Alarms' }).locator('tbody tr[data-place]')
const row = (page: Page, text: string | RegExp) => rows(page).filter({ hasText: text })

async function write(station: TestStation, tag: string, value: number | boolean): Promise<void> {
  await station.process.call('tags.write', { tag, value })
}

async function idsOf(station: TestStation): Promise<readonly string[]> {
  return (await station.process.call('alarms.list', { limit: 1000 })).alarms.map(({ id }) => id)
}

/** Everything as at the start: values normal, nothing held, everything acknowledged. */
async function calm(station: TestStation): Promise<void> {
  await write(station, 'Boiler.Pressure', 4)
  await write(station, 'Boiler.Water', 60)
  await write(station, 'Boiler.Flame', true)
  await write(station, 'Flood.Level', 0)
  for (let turn = 0; turn < 40; turn++) {
    const ids = await idsOf(station)
    const others = ids.filter((id) => !id.startsWith('device:'))
    if (ids.length > 0) {
      await station.process.call('alarms.unshelve', { ids: [...ids] })
      await station.process.call('alarms.returnToService', { ids: [...ids], comment: 'test' })
      await station.process.call('alarms.acknowledge', { ids: [...ids], comment: 'test' })
      await station.process.call('alarms.reset', { ids: [...ids] })
    }
    if (others.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`still there: ${await idsOf(station)}`)
}

test.beforeAll(async ({ station }) => {
  await addAlarmPlant(station)
  // The device that is never there has its alarm, so that it does not come in the middle of a test.
  await expect.poll(() => idsOf(station), { timeout: 20_000 }).toContain('device:away-plc/deviceLost')
})
test.beforeEach(async ({ station }) => {
  await calm(station)
})

// A30: the most important unacknowledged alarm is visible on every display within a second.
test('an alarm is in the banner of whatever screen is open within a second, and one click acknowledges it', {
  tag: '@alone',
}, async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/tags')
  await expect(banner(page)).toContainText('No unacknowledged alarms')
  await write(station, 'Boiler.Pressure', 8.5)
  await expect(banner(page)).toContainText('Boiler pressure 8.5 bar above 8.0', { timeout: 1500 })
  await expect(banner(page).getByRole('img', { name: 'High, Unacknowledged' })).toBeVisible()
  await banner(page)
    .getByRole('button', { name: /^Acknowledge: Boiler pressure/ })
    .click()
  await expect(banner(page)).toContainText('No unacknowledged alarms')
  const [alarm] = (await station.process.call('alarms.list', { text: 'Boiler.Pressure/high' })).alarms
  expect(alarm).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'operator' })
})

test('the banner is on every screen and nothing covers it (H24)', async ({ page, station }) => {
  await write(station, 'Boiler.Pressure', 9.5)
  await logIn(page, station, 'administrator')
  for (const hash of ['#/mimic/overview', '#/alarms', '#/trend', '#/tags', '#/devices', '#/health', '#/audit']) {
    await page.goto(station.url + hash)
    const line = banner(page).getByRole('link', { name: /safety valve opens/ })
    await expect(line).toBeVisible()
    const isOnTop = await line.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      return element.contains(document.elementFromPoint(left + width / 2, top + height / 2))
    })
    expect(isOnTop, hash).toBe(true)
  }
})

test('a dialog stands below the banner: what comes meanwhile is seen (H24)', async ({ page, station }) => {
  await write(station, 'Flood.Level', 2)
  await logIn(page, station, 'operator', '#/alarms')
  // A key that comes before the first row has nothing to be about.
  await expect(row(page, 'station 1 blocked').first()).toBeVisible()
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 600 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(size)
    await page.getByRole('grid', { name: 'Alarms' }).focus()
    await page.keyboard.press('s')
    const dialog = page.getByRole('dialog')
    await expect(dialog).toBeVisible()
    const { y, height } = (await page.locator('section.banner').boundingBox())!
    const box = (await dialog.boundingBox())!
    expect(box.y, JSON.stringify(size)).toBeGreaterThanOrEqual(y + height - 1)
    expect(box.y + box.height, JSON.stringify(size)).toBeLessThanOrEqual(size.height)
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
  }
})

test('a lost link is said in the banner and in the list: never an empty calm one', async ({ page, station }) => {
  await write(station, 'Boiler.Pressure', 9.5)
  await logIn(page, station, 'operator', '#/alarms')
  await expect(row(page, 'safety valve opens')).toBeVisible()
  await page.evaluate(() => {
    // As a cable that is pulled: what is open is closed, and nothing new opens.
    const offline = class extends EventTarget {
      readyState = 3
      close() {}
      send() {}
      constructor() {
        super()
        setTimeout(() => this.dispatchEvent(new CloseEvent('close')), 0)
      }
    }
    ;(window as { WebSocket: unknown }).WebSocket = offline
  })
  await page.context().setOffline(true)
  await expect(banner(page)).toContainText('ALARMS NOT LIVE', { timeout: 10_000 })
  await expect(banner(page)).not.toContainText('No unacknowledged alarms')
  await expect(page.locator('main').getByRole('alert')).toContainText('NOT LIVE')
  await expect(page.getByRole('button', { name: /what is in view/ })).toHaveCount(0)
})

test('who may only look is offered nothing to choose: no box, no button', async ({ page, station }) => {
  await write(station, 'Boiler.Pressure', 8.5)
  await logIn(page, station, 'operator', '#/alarms')
  await expect(row(page, 'Boiler pressure').getByRole('checkbox')).toHaveCount(1)
  const other = await page.context().browser()!.newContext()
  const viewers = await other.newPage()
  await logIn(viewers, station, 'viewer', '#/alarms')
  await expect(row(viewers, 'Boiler pressure')).toBeVisible()
  await expect(rows(viewers).getByRole('checkbox')).toHaveCount(0)
  await expect(viewers.getByRole('button', { name: /^(✓ )?Acknowledge/ })).toHaveCount(0)
  await other.close()
})

test('guidance is one click away: cause, consequence, action and the time left (A59)', async ({ page, station }) => {
  await write(station, 'Boiler.Pressure', 9.5)
  await logIn(page, station, 'operator', '#/alarms')
  await row(page, 'safety valve opens').locator('.message').click()
  const guidance = page.getByRole('complementary', { name: 'What to do' })
  await expect(guidance).toContainText('Stop the burner, open the bypass')
  await expect(guidance).toContainText('Steam valve closed while the burner runs')
  await expect(guidance).toContainText('The safety valve blows steam into the hall')
  await expect(guidance).toContainText(/9 min left of 10 min/)
  await guidance.getByRole('link', { name: 'Trend' }).click()
  await expect(page).toHaveURL(/#\/trend\?.*pens=Boiler\.Pressure.*ruler=/)
})

test('by keyboard alone: an alarm is found, its guidance read, acknowledged and shelved', async ({ page, station }) => {
  await write(station, 'Boiler.Pressure', 9.5)
  await logIn(page, station, 'operator', '#/alarms?text=Boiler')
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('grid', { name: 'Alarms' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'What to do' })).toContainText('Stop the burner')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('complementary', { name: 'What to do' })).toHaveCount(0)
  await page.keyboard.press('a')
  await expect(page.getByText('✓ 1 acknowledged.')).toBeVisible()
  await expect(row(page, 'safety valve opens')).toContainText('Acknowledged')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('s')
  const dialog = page.getByRole('dialog', { name: 'Shelve 1 alarm' })
  await expect(dialog.getByLabel('Reason')).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  // No reason, no shelving.
  await expect(dialog).toContainText('A reason is needed.')
  await dialog.getByLabel('Reason').focus()
  await page.keyboard.type('Sensor is being calibrated')
  await dialog.getByRole('button', { name: 'Send' }).press('Enter')
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText('✓ 1 shelved.')).toBeVisible()
  await page.getByRole('button', { name: 'Shelved 1' }).press('Enter')
  await expect(row(page, 'above 8.0')).toContainText(/left · by operator: Sensor is being calibrated/)
})

test('a class that wants a comment is acknowledged only with one, and is not offered for shelving', async ({
  page,
  station,
}) => {
  await write(station, 'Boiler.Water', 20)
  await logIn(page, station, 'operator', '#/alarms')
  await row(page, 'Boiler water low')
    .getByRole('button', { name: /^Acknowledge/ })
    .click()
  const dialog = page.getByRole('dialog', { name: 'Acknowledge with a comment' })
  await dialog.getByRole('button', { name: 'Send' }).click()
  await expect(dialog).toContainText('The class "Safety" asks for a comment.')
  await dialog.getByLabel('Comment').fill('Feed pump restarted')
  await dialog.getByRole('button', { name: 'Send' }).click()
  await expect(dialog).toHaveCount(0)
  const { events } = await station.process.call('alarms.journal', { id: 'Boiler.Water/low', order: 'newest', limit: 1 })
  expect(events[0]).toMatchObject({ event: 'acknowledged', comment: 'Feed pump restarted', user: 'operator' })
  await page.getByRole('grid', { name: 'Alarms' }).focus()
  await page.keyboard.press('s')
  await expect(page.getByRole('dialog')).toContainText('may not be shelved')
})

test('out of service takes an engineer, a reason and a permit, and stays until it is put back', async ({
  page,
  station,
}) => {
  await write(station, 'Boiler.Pressure', 8.5)
  await logIn(page, station, 'engineer', '#/alarms?text=Boiler')
  await row(page, 'above 8.0').getByRole('checkbox').click()
  await page.getByRole('button', { name: 'Out of service …' }).click()
  const dialog = page.getByRole('dialog', { name: 'Out of service' })
  await dialog.getByLabel('Reason').fill('Transmitter replaced')
  await dialog.getByRole('button', { name: 'Send' }).click()
  await expect(dialog).toContainText('Permit or change reference is needed.')
  await dialog.getByLabel('Permit').fill('MoC-77')
  await dialog.getByRole('button', { name: 'Send' }).click()
  // It was chosen a moment ago, so it keeps its place and says what it is now.
  await expect(row(page, 'above 8.0').locator('.state')).toContainText('Out of service')
  await page.getByRole('button', { name: 'Out of service 1' }).click()
  await expect(rows(page)).toHaveCount(1)
  await expect(row(page, 'above 8.0')).toContainText('by engineer: Transmitter replaced [MoC-77]')
})

test('an acknowledgement means the occurrence that was seen: one that came again is refused with a sentence (A4)', async ({
  page,
  station,
}) => {
  await write(station, 'Boiler.Pressure', 8.5)
  await logIn(page, station, 'operator', '#/alarms')
  await row(page, 'above 8.0').getByRole('checkbox').click()
  // The screen hears nothing more, but its calls go through: the view of a screen a moment behind.
  await page.evaluate(() => {
    const send = WebSocket.prototype.send
    WebSocket.prototype.send = function (data) {
      if (typeof data === 'string' && data.includes('"ack"')) return
      return send.call(this, data)
    }
  })
  await write(station, 'Boiler.Pressure', 4)
  await write(station, 'Boiler.Pressure', 8.6)
  await expect
    .poll(async () => (await station.process.call('alarms.list', { text: 'Pressure/high' })).alarms[0]?.occurrenceCount)
    .toBeGreaterThan(1)
  await page.getByRole('button', { name: /^Acknowledge \d/ }).click()
  await expect(page.getByText(/1 refused|1 acknowledged/)).toBeVisible()
  const [alarm] = (await station.process.call('alarms.list', { text: 'Boiler.Pressure/high' })).alarms
  const outcome = await page.locator('.outcome').textContent()
  // Either the screen had seen the new one, or the runtime refused the old one: never a blind acknowledgement.
  expect(outcome?.includes('refused')).toBe(alarm?.state === 'unacknowledged')
})

test.describe('in a flood', () => {
  const all = floodMachines.length * floodAlarmsEach

  test('the banner says so, one click groups by equipment, priorities are one click each (A43)', async ({
    page,
    station,
  }) => {
    await logIn(page, station, 'operator', '#/alarms?area=Packing')
    await write(station, 'Flood.Level', floodAlarmsEach)
    await expect(banner(page).getByRole('link', { name: /Alarm flood since/ })).toBeVisible()
    await expect(page.getByText(`${all} alarms`, { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Urgent', exact: true }).click()
    await expect(page.getByText(`${all} alarms`, { exact: true })).toHaveCount(0)
    await page.getByRole('button', { name: 'Urgent', exact: true }).click()
    await banner(page)
      .getByRole('link', { name: /Alarm flood since/ })
      .click()
    const group = page.getByRole('button', {
      name: `Capper: ${floodAlarmsEach} alarms, ${floodAlarmsEach} unacknowledged`,
    })
    await group.click()
    await expect(rows(page).first()).toContainText('Capper.Blocked')
    await expect(
      page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /^Packing \/ Filler/ }),
    ).toBeVisible()
  })

  // A3, A44: rows stay where they are; only what is in view is acknowledged.
  test('rows keep their places while one works, new ones wait behind a number, and only what is in view is acknowledged', async ({
    page,
    station,
  }) => {
    await write(station, 'Flood.Level', 20)
    await logIn(page, station, 'operator', '#/alarms?order=newest&area=Packing')
    await expect(page.getByText('80 alarms', { exact: true })).toBeVisible()
    await rows(page).first().getByRole('checkbox').click()
    const before = await rows(page).allTextContents()
    await write(station, 'Flood.Level', 30)
    await expect(page.getByText('120 alarms', { exact: true })).toBeVisible()
    expect(await rows(page).allTextContents()).toEqual(before)
    await page.getByRole('button', { name: '40 new: Show' }).click()
    await expect(rows(page).first()).toContainText(/station (2\d|30) blocked/)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Clear' }).click()
    const visible = page.getByRole('button', { name: /Acknowledge what is in view \((\d+)\)/ })
    const count = Number((await visible.textContent())?.match(/\d+/)?.[0])
    expect(count).toBeGreaterThan(3)
    expect(count).toBeLessThan(40)
    await visible.click()
    await expect(page.getByText(`✓ ${count} acknowledged.`)).toBeVisible()
    const { total } = await station.process.call('alarms.list', {
      states: ['unacknowledged'],
      area: 'Packing',
      limit: 1,
    })
    expect(total).toBe(120 - count)
  })

  test('every row can be reached, in the order asked for, without one missing or twice (A44)', async ({
    page,
    station,
  }) => {
    await write(station, 'Flood.Level', floodAlarmsEach)
    await logIn(page, station, 'operator', '#/alarms?order=tag&area=Packing')
    await expect(page.getByText(`${all} alarms`, { exact: true })).toBeVisible()
    const seen: string[] = []
    await page.getByRole('grid', { name: 'Alarms' }).focus()
    for (let turn = 0; turn < 80 && new Set(seen).size < all; turn++) {
      for (const text of await rows(page).locator('.message').allTextContents())
        if (!seen.includes(text)) seen.push(text)
      await page.keyboard.press('PageDown')
      await page.waitForTimeout(150)
    }
    expect(seen).toHaveLength(all)
  })
})

// A62: nobody may take a test for the process.
test('an alarm raised by a test is called a test wherever it is shown, and leaves nothing behind', async ({
  page,
  station,
}) => {
  const id = 'Boiler.Pressure/highHigh'
  await station.process.call('alarms.test', { ids: [id], durationMs: 20_000 })
  await logIn(page, station, 'operator', `#/alarms?alarm=${encodeURIComponent(id)}&tag=Boiler.Pressure`)
  const word = (within: ReturnType<Page['locator']>) => within.getByText('Test', { exact: true })
  await expect(word(banner(page))).toBeVisible()
  await expect(banner(page).getByRole('img', { name: 'Test: Urgent, Unacknowledged' })).toBeVisible()
  await expect(word(row(page, 'safety valve opens'))).toBeVisible()
  await expect(word(page.getByRole('complementary', { name: 'What to do' }))).toBeVisible()
  await expect(word(page.getByRole('region', { name: 'Alarms', exact: true }))).toBeVisible()
  const badge = await word(row(page, 'safety valve opens')).evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect()
    const around = element.parentElement!.getBoundingClientRect()
    return top >= around.top && bottom <= around.bottom
  })
  expect(badge, 'nothing of the word is cut off').toBe(true)
  await page.goto(`${station.url}#/shift-report`)
  await expect(word(page.getByRole('table', { name: 'Unacknowledged' }))).toBeVisible()
  await page.goto(`${station.url}#/trend?pens=Boiler.Pressure&span=300000&marks=alarm`)
  await page.getByRole('button', { name: 'Marks', exact: true }).click()
  const mark = page.getByRole('listitem').filter({ hasText: /^.*Test · Urgent/ })
  await expect(mark).toBeVisible()
  // From the mark of a trend to what came before the alarm.
  await mark.getByRole('link', { name: /^What came before/ }).click()
  await expect(page).toHaveURL(/#\/alarm-before\/Boiler\.Pressure%2FhighHigh\?event=\d+/)
  await expect(page.getByText('Raised by a test, not by the process.')).toBeVisible()
  await expect(banner(page)).toContainText('No unacknowledged alarms', { timeout: 30_000 })
})

// A31: what comes back by itself must not come as a surprise.
test('a shelving warns five minutes before it ends: in the banner, on the tab and in its row', async ({
  page,
  station,
}) => {
  await write(station, 'Boiler.Pressure', 9.5)
  const shelve = (id: string, durationMs: number) =>
    station.process.call('alarms.shelve', { ids: [id], comment: 'sensor', durationMs })
  await shelve('Boiler.Pressure/high', 3_600_000)
  await logIn(page, station, 'operator', '#/alarms?tab=shelved')
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).not.toContainText('Ends soon')
  await expect(banner(page).getByRole('link', { name: '1 shelved', exact: true })).toBeVisible()
  await shelve('Boiler.Pressure/highHigh', 240_000)
  await expect(row(page, 'safety valve opens')).toContainText('Ends soon')
  await expect(row(page, /above 8/)).not.toContainText('Ends soon')
  await expect(page.getByRole('button', { name: /^Shelved 2 1 ends soon/ })).toBeVisible()
  await expect(banner(page).getByRole('link', { name: '2 shelved, 1 of them ends within 5 minutes' })).toBeVisible()
})

test('an id typed with a plain slash is found, and what does not exist is said in the language of the screen', async ({
  browser,
  station,
}) => {
  await write(station, 'Boiler.Pressure', 9.5)
  const page = await browser.newPage({ locale: 'zh-CN' })
  await logIn(page, station, 'operator', '#/alarm-before/Boiler.Pressure/highHigh')
  await expect(page.getByText('锅炉压力 9.5 bar：安全阀动作').last()).toBeVisible()
  await expect(page.locator('main').getByRole('alert')).toHaveCount(0)
  await page.goto(`${station.url}#/alarm-before/Boiler.Pressure/none`)
  await expect(page.locator('main').getByRole('alert')).toContainText('没有这个报警')
  // The journal is written in the plant's first language, and read in that of the screen.
  await page.goto(`${station.url}#/alarm-journal`)
  await expect(page.getByRole('row').filter({ hasText: '锅炉压力 9.5 bar：安全阀动作' }).first()).toBeVisible()
  await page.close()
})

test('on a small panel the message of the banner keeps its room in a flood', async ({ page, station }) => {
  await page.setViewportSize({ width: 1024, height: 600 })
  await write(station, 'Flood.Level', 5)
  await logIn(page, station, 'operator', '#/mimic/overview')
  const message = banner(page).getByRole('link', { name: /station 1 blocked/ })
  await expect(message).toBeVisible()
  await expect(banner(page).getByRole('link', { name: /^Flood/ })).toBeVisible()
  const { width } = (await message.boundingBox())!
  expect(width).toBeGreaterThan(200)
})

test('what is chosen is seen with forced colours too', async ({ page, station }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await logIn(page, station, 'operator', '#/alarms')
  const ground = (name: string) =>
    page.getByRole('button', { name, exact: true }).evaluate((element) => getComputedStyle(element).backgroundColor)
  await expect(page.getByRole('button', { name: 'Annunciated', exact: true })).toBeVisible()
  expect(await ground('Annunciated')).not.toBe(await ground('Suppressed'))
})

test('filters are kept under a name, for the user, on every console', async ({ page, station, browser }) => {
  await logIn(page, station, 'operator', '#/alarms?priorities=urgent,high&area=Packing')
  await page.getByRole('button', { name: /More filters/ }).click()
  await page.getByLabel('Save this filter as').fill('Night shift')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Night shift', exact: true })).toBeVisible()
  const other = await browser.newPage({ locale: 'en-GB' })
  await logIn(other, station, 'operator', '#/alarms')
  await other.getByRole('button', { name: /More filters/ }).click()
  await other.getByRole('button', { name: 'Night shift', exact: true }).click()
  await expect(other).toHaveURL(/area=Packing/)
  await expect(other).toHaveURL(/priorities=high(%2C|,)urgent/)
  await other.close()
})

test('from an alarm one click leads to the display of its equipment', async ({ page, station }) => {
  await write(station, 'Flood.Level', 1)
  await logIn(page, station, 'operator', '#/alarms')
  await row(page, 'Capper.Blocked').locator('.message').click()
  await page.getByRole('complementary', { name: 'What to do' }).getByRole('button', { name: 'Display' }).click()
  await expect(page).toHaveURL(/#\/mimic\/packing/)
  await expect(page.getByText('Packing', { exact: true }).first()).toBeVisible()
})

// A27, H9: what differs in colour differs in shape and sign too.
test('marks of all priorities and states are told apart without colour, and do not blink where motion is unwanted', async ({
  page,
  station,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await write(station, 'Boiler.Pressure', 9.5)
  await write(station, 'Boiler.Water', 20)
  await write(station, 'Boiler.Flame', false)
  await logIn(page, station, 'operator', '#/alarms?text=Boiler')
  await expect(rows(page)).toHaveCount(4)
  const shapes = await rows(page)
    .locator('.alarm-mark')
    .evaluateAll((marks) =>
      marks.map(
        (mark) => `${mark.querySelector('.shape')?.getAttribute('d')} ${mark.querySelector('text')?.textContent}`,
      ),
    )
  expect(new Set(shapes).size).toBe(4)
  const fillOf = () =>
    rows(page)
      .first()
      .locator('.shape')
      .evaluate((shape) => getComputedStyle(shape).fill)
  const fills = new Set<string>()
  for (let turn = 0; turn < 12; turn++) {
    fills.add(await fillOf())
    await page.waitForTimeout(150)
  }
  expect(fills.size).toBe(1)
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  for (let turn = 0; turn < 12; turn++) {
    fills.add(await fillOf())
    await page.waitForTimeout(150)
  }
  expect(fills.size).toBe(2)
})

test('on paper the whole list is light and complete, whatever the screen looks like (H51)', async ({
  page,
  station,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await write(station, 'Flood.Level', 20)
  await logIn(page, station, 'operator', '#/alarms?area=Packing')
  await expect(page.getByText('80 alarms', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Print', exact: true }).click()
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const paper = page.locator('.alarm-paper')
  await expect(paper).toBeVisible()
  await expect(paper.locator('tbody tr')).toHaveCount(80)
  await expect(page.locator('#app')).toBeHidden()
  expect(await paper.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(255, 255, 255)')
})

test('colours of alarms stand in marks of alarms and nowhere else (A28, H7)', async ({ page, station }) => {
  await logIn(page, station, 'engineer', '#/tags')
  await expect(banner(page)).toContainText('No unacknowledged alarms')
  await expect(page.locator('.alarm-mark.ringed')).toHaveCount(0)
  for (const hash of [
    '#/mimic/overview',
    '#/tags',
    '#/devices',
    '#/health',
    '#/trend',
    '#/alarms',
    '#/alarm-database',
  ]) {
    await page.goto(station.url + hash)
    await expect(page.locator('main').getByRole('heading').first()).toBeVisible()
    const found = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'))
      const colours = ['urgent', 'high', 'medium', 'low'].map((priority) => {
        probe.style.color = `var(--alarm-${priority})`
        return getComputedStyle(probe).color
      })
      probe.remove()
      const isAlarm = (colour: string) => colours.includes(colour)
      return [...document.querySelectorAll('body *')]
        .filter((element) => element.closest('.alarm-mark') === null)
        .filter((element) => {
          const { color, backgroundColor, borderTopColor, borderTopWidth, fill, stroke } = getComputedStyle(element)
          const isDrawn = element instanceof SVGElement
          const border = borderTopWidth === '0px' ? [] : [borderTopColor]
          return [color, backgroundColor, ...border, ...(isDrawn ? [fill, stroke] : [])].some(isAlarm)
        })
        .map((element) => element.outerHTML.slice(0, 120))
    })
    expect(found, hash).toEqual([])
  }
})

test('the sound is off until it is switched on here, and the banner says which', async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/tags')
  await banner(page)
    .getByRole('button', { name: /^Sound is off/ })
    .click()
  await expect(banner(page).getByRole('button', { name: /^Sound is on/ })).toBeVisible()
  await write(station, 'Boiler.Pressure', 8.5)
  await banner(page)
    .getByRole('button', { name: /^Silence/ })
    .click()
  await expect(banner(page).getByRole('button', { name: /^Silenced/ })).toBeVisible()
  // Silence is not acknowledgement (A29).
  await expect(banner(page)).toContainText('above 8.0')
  await write(station, 'Boiler.Pressure', 9.5)
  await expect(banner(page).getByRole('button', { name: /^Silence:/ })).toBeVisible()
})
