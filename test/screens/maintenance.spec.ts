import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { logIn, test } from './station.ts'

test.use({ file: 'maintenance' })

test('the broken connection stands first, with its last error in words and what to do', async ({ page, station }) => {
  await logIn(page, station, 'engineer', '#/devices')
  await expect(page.getByText('1 of 2 connections gives no values. Look here first:')).toBeVisible()
  await expect(page.getByRole('row').nth(1)).toContainText('away-plc')
  await page.getByRole('alert').getByRole('link', { name: 'away-plc' }).click()
  const detail = page.getByRole('region', { name: 'Details of away-plc' })
  await expect(detail.getByText('What to do')).toBeVisible()
  await expect(detail.getByText(/127\.0\.0\.1:9/).first()).toBeVisible()
  await detail.getByRole('button', { name: 'Reconnect now' }).click()
  await expect(detail.getByText('Asked away-plc to reconnect.')).toBeVisible()
})

test('every screen says that a device gives no values, and one click leads to it and its reason', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'operator', '#/tags')
  await page.getByRole('banner').getByRole('link', { name: '1 device without values' }).click()
  await expect(page.getByRole('region', { name: 'Details of away-plc' }).getByText('What to do')).toBeVisible()
})

test('a read test reads an address without a tag', async ({ page, station }) => {
  await logIn(page, station, 'engineer', '#/devices/line')
  const detail = page.getByRole('region', { name: 'Details of line' })
  await detail.getByLabel('Address').fill('memory(free, initial=42)')
  await detail.getByRole('button', { name: 'Read', exact: true }).click()
  await expect(detail.getByText(/^42 · Good/)).toBeVisible()
})

test('a faulty file is shown with its place and a sentence, and the last good plant runs on', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'engineer', '#/faults')
  await expect(page.getByText('The plant folder has no faults.')).toBeVisible()
  const file = join(station.plantFolder, 'tags/more.yaml')
  writeFileSync(file, 'tags:\n  - { name: More.One, device: nobody, address: "memory(x)", dataType: float64 }\n')
  await expect(page.getByRole('link', { name: '1 plant fault', exact: true })).toBeVisible()
  const row = page.getByRole('row').nth(1)
  await expect(row).toContainText('tags/more.yaml')
  await expect(row).toContainText('nobody')
  await expect(page.getByText('The last good plant runs on')).toBeVisible()
  writeFileSync(file, 'tags: []\n')
  await expect(page.getByText('The plant folder has no faults.')).toBeVisible()
  appendFileSync(file, '')
})

test('tags go out as CSV and a faulty file is refused row by row', async ({ page, station }) => {
  await logIn(page, station, 'engineer', '#/tag-files')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const saved = await (await download).createReadStream()
  let csv = ''
  for await (const chunk of saved) csv += String(chunk)
  expect(csv).toContain('Line.Speed')
  // One byte order mark for spreadsheets, not two.
  expect(csv).toMatch(/^\ufeffname,/)
  await page.getByLabel('Name of the tag file').fill('imported')
  await page
    .getByLabel('CSV file')
    .setInputFiles({ name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from('name,device\nX.Y,nobody\n') })
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByText(/Nothing was written/)).toBeVisible()
})

test('system health shows the runtime’s figures', async ({ page, station }) => {
  await logIn(page, station, 'viewer', '#/health')
  await expect(page.getByText('Uptime')).toBeVisible()
})

test('every figure of system health has its words in Chinese', async ({ browser, station }) => {
  const context = await browser.newContext({ locale: 'zh-CN' })
  const page = await context.newPage()
  await logIn(page, station, 'viewer', '#/health')
  const historian = page.locator('section section', { has: page.getByRole('heading', { name: '历史记录' }) })
  await expect(historian.getByText('正在记录')).toBeVisible()
  const words = await page.locator('.sections :is(h2, dt)').allInnerTexts()
  // Names of devices and "99 %" are the same in every language.
  const names = await page
    .locator('section section', { has: page.getByRole('heading', { name: '通信设备' }) })
    .locator('dt')
    .allInnerTexts()
  const foreign = words.filter((text) => !/\p{Script=Han}/u.test(text) && text !== '99 %' && !names.includes(text))
  expect(foreign).toEqual([])
  await context.close()
})
