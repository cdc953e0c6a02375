import { expect } from '@playwright/test'
import { logIn, password, test } from './station.ts'

test.use({ file: 'access' })

test('a wrong password is refused in words and the fields can be used again', async ({ page, station }) => {
  await page.goto(station.url)
  await page.locator('input[name=user]').fill('operator')
  await page.locator('input[name=password]').fill('wrong')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'User or password is wrong.' })).toBeVisible()
  await page.locator('input[name=password]').fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Test Works').first()).toBeVisible()
})

test('a reload keeps the session; logging out ends it', async ({ page, station }) => {
  await logIn(page, station, 'viewer')
  await page.reload()
  await expect(page.locator('#main')).toBeVisible()
  await page.getByRole('button', { name: /User and settings/ }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(page.locator('input[name=user]')).toBeVisible()
  await page.reload()
  await expect(page.locator('input[name=user]')).toBeVisible()
})

test('everybody sees the tools of their role and no others', async ({ page, station }) => {
  await logIn(page, station, 'viewer')
  const menu = page.getByRole('navigation', { name: 'Screens' })
  await expect(menu.getByRole('link', { name: 'Tags', exact: true })).toBeVisible()
  await expect(menu.getByRole('link', { name: 'Audit trail' })).toHaveCount(0)
  await expect(menu.getByRole('link', { name: 'Accounts' })).toHaveCount(0)
  await page.goto(`${station.url}#/accounts`)
  await expect(page.getByText('Your role does not include this screen.')).toBeVisible()
  await page.evaluate(() => sessionStorage.clear())
  await page.reload()
  await logIn(page, station, 'administrator', '#/accounts')
  await expect(page.getByRole('cell', { name: 'viewer' }).first()).toBeVisible()
})

test('the browser’s language and colour scheme are honoured on the first visit, and both can be changed', async ({
  browser,
  station,
}) => {
  const context = await browser.newContext({ locale: 'zh-CN', colorScheme: 'dark' })
  const page = await context.newPage()
  await page.goto(station.url)
  await expect(page.getByRole('heading', { name: '登录' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN')
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(await ground()).toBe('rgb(38, 38, 38)')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('button', { name: 'Light' }).click()
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
  expect(await ground()).toBe('rgb(218, 218, 218)')
  await context.close()
})

test('an account is made on screen and works; what was done is in the audit trail', async ({ page, station }) => {
  await logIn(page, station, 'administrator', '#/accounts')
  await page.getByRole('button', { name: 'Make an account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('input[name=new-user]').fill('Chen Wei')
  await dialog.locator('input[name=new-password]').fill(password)
  await dialog.locator('input[name=repeat-password]').fill(`${password}!`)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText('The two passwords are not the same.')).toBeVisible()
  await dialog.locator('input[name=repeat-password]').fill(password)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('The account Chen Wei was made.')).toBeVisible()
  await page.goto(`${station.url}#/audit`)
  await expect(page.getByRole('cell', { name: 'access.addAccount' }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Check the chain' }).click()
  await expect(page.getByText('The chain is whole')).toBeVisible()
})
