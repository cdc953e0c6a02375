// Builds the stage page with Vite, serves it with the runtime's own Content-Security-Policy and opens it in Debian's Chromium.
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { type Browser, chromium, type Page } from 'playwright'
import { build } from 'vite'
import { setSecurityHeaders } from '../../../../src-main/api/security-headers.ts'

/** Where Debian puts Chromium. */
export const chromiumPath = '/usr/bin/chromium'
export const hasChromium = existsSync(chromiumPath)

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

export interface OpenStage {
  readonly page: Page
  readonly browser: Browser
  readonly url: string
  /** Messages of the page's console and its errors. */
  readonly messages: string[]
  close(): Promise<void>
}

/** @param root folder of another stage's page */
export async function openStage(
  size = { width: 1600, height: 900 },
  root = fileURLToPath(new URL('.', import.meta.url)),
): Promise<OpenStage> {
  const folder = await mkdtemp(join(tmpdir(), 'mimic-stage-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [svelte({ configFile: false })],
    build: { outDir: folder, emptyOutDir: true, target: 'chrome123', modulePreload: { polyfill: false } },
  })
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://stage').pathname)
    const file = join(folder, path === '/' ? 'index.html' : path)
    setSecurityHeaders(request, response, false)
    readFile(file).then(
      (bytes) => response.setHeader('Content-Type', types[extname(file)] ?? 'text/plain').end(bytes),
      () => {
        response.statusCode = 404
        response.end()
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  const page = await browser.newPage({ viewport: size })
  const messages: string[] = []
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(error.message))
  await page.goto(url)
  return {
    page,
    browser,
    url,
    messages,
    async close() {
      await browser.close()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
