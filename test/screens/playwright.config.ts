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
  // Each file has runtimes of its own, so two go side by side: most of a test waits for the other side. What is measured against a
  // limit has the machine to itself: npm test runs `alone` after `screens`, with one worker.
  workers: 2,
  fullyParallel: false,
  projects: [
    { name: 'screens', grepInvert: /@alone/ },
    { name: 'alone', grep: /@alone/, workers: 1 },
  ],
  // What is waited for comes; these limits end only what hangs, also on a machine with other work.
  timeout: 180_000,
  expect: { timeout: 30_000 },
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
