// Scanners as they are at the line: one that types like a keyboard, and a camera that sees a label.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { expect } from '@playwright/test'
import { toBuffer } from 'bwip-js/node'
import { violationsInBothThemes } from './axe.ts'
import { addParts, printCase } from './part-plant.ts'
import { scan } from './scan-keys.ts'
import { settled } from './settled.ts'
import { smallTargets } from './small-targets.ts'
import { logIn, test } from './station.ts'

test.use({ file: 'scanning' })

const foreign = '(01)09521234543213(21)FOREIGN1'

/** A film of one picture, as Chromium plays it instead of a camera (YUV4MPEG2, 4:2:0). */
async function filmOf(text: string): Promise<string> {
  const [width, height] = [640, 480]
  const png = await toBuffer({ bcid: 'qrcode', text, scale: 5, padding: 8, backgroundcolor: 'FFFFFF' })
  const dots = grayOf(png)
  const luma = Buffer.alloc(width * height, 255)
  const [left, top] = [Math.floor((width - dots.width) / 2), Math.floor((height - dots.height) / 2)]
  for (let y = 0; y < dots.height; y++)
    dots.gray.copy(luma, (y + top) * width + left, y * dots.width, (y + 1) * dots.width)
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)])
  const file = join(mkdtempSync(join(tmpdir(), 'lineside-film-')), 'film.y4m')
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`), frame, frame]))
  return file
}

/** A PNG without interlacing and filters other than none to Paeth, as grey bytes. */
function grayOf(png: Buffer): { width: number; height: number; gray: Buffer } {
  const [width, height, depth, color] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24]!, png[25]!]
  const parts: Buffer[] = []
  const palette: number[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const [length, type] = [png.readUInt32BE(at), png.toString('latin1', at + 4, at + 8)]
    const body = png.subarray(at + 8, at + 8 + length)
    if (type === 'IDAT') parts.push(body)
    if (type === 'PLTE') for (let index = 0; index < length; index += 3) palette.push(body[index]!)
  }
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[color]!
  const rowLength = Math.ceil((width * samples * depth) / 8)
  const step = Math.max(1, (samples * depth) >> 3)
  const raw = inflateSync(Buffer.concat(parts))
  const gray = Buffer.alloc(width * height)
  let above = Buffer.alloc(rowLength)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowLength + 1)]!
    const row = Buffer.from(raw.subarray(y * (rowLength + 1) + 1, (y + 1) * (rowLength + 1)))
    for (let x = 0; x < rowLength; x++) {
      const [a, b, c] = [x < step ? 0 : row[x - step]!, above[x]!, x < step ? 0 : above[x - step]!]
      const p = a + b - c
      const paeth =
        Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c)
          ? a
          : Math.abs(p - b) <= Math.abs(p - c)
            ? b
            : c
      row[x] = (row[x]! + [0, a, b, (a + b) >> 1, paeth][filter]!) & 255
    }
    for (let x = 0; x < width; x++) {
      const bits = x * samples * depth
      const value = depth === 8 ? row[bits >> 3]! : (row[bits >> 3]! >> (8 - depth - (bits & 7))) & ((1 << depth) - 1)
      gray[y * width + x] = color === 3 ? palette[value]! : depth === 8 ? value : value * (255 / ((1 << depth) - 1))
    }
    above = row
  }
  return { width, height, gray }
}

test('a scan never types into the field that has the focus, and typing still does', async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/trace')
  const field = page.getByRole('textbox', { name: 'Identifier', exact: true })
  await field.focus()
  await page.keyboard.type('88.1', { delay: 120 })
  await scan(page, foreign)
  await expect(page.getByRole('status').filter({ hasText: 'FOREIGN1' })).toBeVisible()
  await expect(page.getByRole('heading', { name: foreign })).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Identifier', exact: true })).toHaveValue('88.1')
  await page.getByRole('textbox', { name: 'Identifier', exact: true }).focus()
  await page.keyboard.type('23', { delay: 120 })
  await expect(page.getByRole('textbox', { name: 'Identifier', exact: true })).toHaveValue('88.123')
  // Backspace is nothing a scanner sends: what was typed stands before it acts.
  await page.keyboard.press('Backspace')
  await expect(page.getByRole('textbox', { name: 'Identifier', exact: true })).toHaveValue('88.12')
})

test('words and set-points that are typed quickly and ended with Enter are typed, not scanned', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'operator', '#/trace')
  for (const text of ['Filler', '1234.5']) {
    const field = page.getByRole('textbox', { name: 'Identifier' })
    await field.fill('')
    await field.focus()
    await page.keyboard.type(text, { delay: 2 })
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: text })).toBeVisible()
  }
  expect((await station.process.call('scans.list', { limit: 100 })).scans.map(({ text }) => text)).not.toContain(
    'Filler',
  )
})

test('a scan on any screen says what it is; the separator of GS1 comes through', async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/alarms')
  await scan(page, '010952123454321310LOT4\x1d21SN7')
  await expect(page.getByText('Not known at this station')).toBeVisible()
  const { scans } = await station.process.call('scans.list', { limit: 1 })
  expect(scans[0]!.text).toBe('010952123454321310LOT4\x1d21SN7')
  expect(scans[0]!.parsed).toMatchObject({ valid: true, parts: { '01': '09521234543213', '10': 'LOT4', '21': 'SN7' } })
})

test('without a session nothing is scanned, and a password field gets what is typed quickly', async ({
  page,
  station,
}) => {
  await page.goto(station.url)
  await page.locator('input[name=password]').focus()
  await page.keyboard.type('correct horse', { delay: 2 })
  await expect(page.locator('input[name=password]')).toHaveValue('correct horse')
})

test('a scan answers in letters that are read from three metres; the name plate of a machine opens its faceplate', async ({
  page,
  station,
}) => {
  await addParts(station)
  const { identifier } = await printCase(station)
  await logIn(page, station, 'operator', '#/alarms')
  await scan(page, identifier!)
  const words = page.getByText('Part known')
  await expect(words).toBeVisible()
  // Letters of 40 px on a panel of 1280 px are read from three metres.
  expect(
    await words.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize)),
  ).toBeGreaterThanOrEqual(40)
  await page.locator('.scan').getByRole('button', { name: 'Close' }).click()
  await expect(words).toBeHidden()

  await page.goto(`${station.url}#/tags`)
  await scan(page, '88.123.456/SEALER1')
  await expect(page.getByText('Name plate of Sealer')).toBeVisible()
  await expect(page.getByRole('complementary').getByText('Sealer').first()).toBeVisible()
})

test('what happened to a part is seen in one look, and the trend is of exactly its time', async ({ page, station }) => {
  await addParts(station)
  const write = (tag: string, value: number) => station.process.call('tags.write', { tag, value })
  await write('Sealer.Heat', 190)
  await expect
    .poll(async () => (await station.process.call('alarms.list', { limit: 100 })).alarms.map(({ id }) => id))
    .toContain('Sealer.Heat/high')
  await write('Sealer.Heat', 150)
  const { identifier } = await printCase(station)
  await logIn(page, station, 'operator', `#/trace/${encodeURIComponent(identifier!)}`)
  const sealer = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /Sealer/ }) })
  await expect(sealer.getByRole('link', { name: 'Sealer too hot' })).toBeVisible()
  await expect(sealer.getByRole('link', { name: 'Sealer.Heat' })).toBeVisible()
  await expect(sealer.getByText('Running', { exact: true })).toBeVisible()
  await expect(sealer.getByText('190.0 °C')).toBeVisible()
  await expect(sealer.getByText('F-2041')).toBeVisible()
  const trend = (await sealer.getByRole('link', { name: 'Trend of this time' }).getAttribute('href'))!
  const asked = new URLSearchParams(trend.split('?')[1])
  const { windows } = await station.process.call('identifiers.trace', { identifier: identifier!, limit: 10 })
  expect([asked.get('from'), asked.get('to')].map((time) => Date.parse(time!))).toEqual([
    windows[0]!.from,
    windows[0]!.to,
  ])
  expect(asked.get('pens')).toContain('Sealer.Heat')

  // From the alarm to the parts, held: three clicks.
  await page.goto(`${station.url}#/alarms?alarm=Sealer.Heat%2Fhigh`)
  await page.getByRole('link', { name: 'Parts affected' }).click()
  await expect(page.getByRole('link', { name: identifier! })).toBeVisible()
  await page.getByRole('button', { name: 'Hold …' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('too hot')
  await page.getByRole('dialog').getByRole('button', { name: 'Hold', exact: true }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('cell', { name: 'HELD' }).first()).toBeVisible()
  const { record } = await station.process.call('identifiers.resolve', { identifier: identifier! })
  expect(record.hold).toMatchObject({ user: 'operator', reason: 'too hot' })
})

for (const locale of ['en-GB', 'zh-CN'] as const)
  test.describe(locale, () => {
    test.use({ locale })

    test('the screens of parts can be read and touched by everybody', async ({ page, station }) => {
      await addParts(station)
      const { identifier } = await printCase(station)
      await logIn(page, station, 'operator', '#/trace')
      for (const hash of [
        '#/trace',
        `#/trace/${encodeURIComponent(identifier!)}`,
        `#/trace/${encodeURIComponent(foreign)}`,
        '#/affected',
        `#/affected?tags=Sealer.Heat&from=0&to=${Date.now() + 60_000}`,
      ]) {
        await page.goto(station.url + hash)
        await settled(page)
        expect.soft(await violationsInBothThemes(page), hash).toEqual([])
        expect.soft(await smallTargets(page), hash).toEqual([])
      }
      await scan(page, foreign)
      await page.locator('.scan').waitFor()
      expect.soft(await violationsInBothThemes(page)).toEqual([])
    })
  })

test('the camera reads a label by itself', async ({ playwright, station, launchOptions }) => {
  const film = await filmOf('https://id.example.com/m/12345')
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    args: [
      ...(launchOptions.args ?? []),
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  })
  try {
    const page = await browser.newPage({ locale: 'zh-CN' })
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(new URL(station.url).origin))
        elsewhere.push(request.url())
    })
    await logIn(page, station, 'operator', '#/trace')
    await page.getByRole('button', { name: '摄像头' }).click()
    await expect(page.getByRole('heading', { name: 'https://id.example.com/m/12345' })).toBeVisible({ timeout: 20_000 })
    expect(elsewhere).toEqual([])
  } finally {
    await browser.close()
  }
})
