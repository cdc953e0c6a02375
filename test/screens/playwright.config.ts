// The screens in a real browser against a real headless runtime. Debian's Chromium, or the one LINESIDE_CHROMIUM names.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'

const debianChromium = '/usr/bin/chromium'
const chromium = process.env.LINESIDE_CHROMIUM ?? (existsSync(debianChromium) ? debianChromium : undefined)

export default defineConfig({
  testDir: '.',
  outputDir: fileURLToPath(new URL('../../out/screens-test', import.meta.url)),
  globalSetup: './build-screens.ts',
  // One runtime and one browser at a time: what is measured and killed must not be another test's.
  workers: 1,
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    colorScheme: 'light',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
