// What every test of the screens starts from: a station on the test plant with an account of each role, and a logged-in page.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test as base, type Page } from '@playwright/test'
import { type Role, roles } from '../../src-main/shared/permission.ts'
import { StationProcess } from '../runtime/station-process.ts'
import { noteQuestions } from './settled.ts'

const plant = fileURLToPath(new URL('plant', import.meta.url))
export const password = 'correct horse battery staple'

export interface TestStation {
  readonly url: string
  readonly process: StationProcess
  /** A copy of the test plant that a test may spoil. */
  readonly plantFolder: string
}

/** `station` lives for one file of tests: a file names itself with `test.use({ file })`, and no other gets what it leaves behind. */
export const test = base.extend<object, { station: TestStation; file: string }>({
  file: ['', { scope: 'worker', option: true }],
  station: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants an object pattern for the fixtures that are used
    async ({}, use) => {
      const plantFolder = mkdtempSync(join(tmpdir(), 'lineside-screens-'))
      cpSync(plant, plantFolder, { recursive: true })
      const process = await StationProcess.start(plantFolder)
      // The administrator first: with it the first-start code ends.
      for (const role of [...roles].reverse()) {
        await process.call('access.addAccount', { user: role, password, roles: [role] })
        if (role === 'administrator') await process.logIn(role, password)
      }
      await use({ url: process.url, process, plantFolder })
      await process.stop()
      rmSync(plantFolder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
})

/** Opens the station and logs in through the form. */
export async function logIn(page: Page, station: TestStation, role: Role, hash = ''): Promise<void> {
  noteQuestions(page)
  await page.goto(station.url + hash)
  await page.locator('input[name=user]').fill(role)
  await page.locator('input[name=password]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('#main').waitFor()
}
