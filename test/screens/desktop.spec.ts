// The real desktop window, wherever Electron's binary is installed; elsewhere test/runtime/desktop-shell.test.ts runs the
// program on a fake of its module.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, expect, test } from '@playwright/test'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pathFile = join(root, 'node_modules/electron/path.txt')
const binary = existsSync(pathFile) ? join(root, 'node_modules/electron/dist', readFileSync(pathFile, 'utf8')) : ''
const isInstalled = binary !== '' && existsSync(binary)

test.describe('the desktop window', () => {
  test.skip(!isInstalled, "Electron's binary is not installed on this machine (npx install-electron fetches it)")

  test('shows the log-in, has no Node and no way out', async () => {
    const data = mkdtempSync(join(tmpdir(), 'lineside-desktop-'))
    const program = await _electron.launch({ executablePath: binary, args: [root, '--data', data] })
    try {
      const page = await program.firstWindow()
      await expect(page.locator('input[type=password]')).toBeVisible()
      expect(page.url()).toMatch(/^app:\/\/station\//)
      expect(
        await page.evaluate(() => [
          typeof Reflect.get(globalThis, 'require'),
          typeof Reflect.get(globalThis, 'process'),
        ]),
      ).toEqual(['undefined', 'undefined'])
      expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull()
    } finally {
      await program.close()
      rmSync(data, { recursive: true, force: true })
    }
  })
})
