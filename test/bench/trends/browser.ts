// Debian's Chromium for the benchmark of trends, and what its page takes of memory.
import { existsSync, readFileSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright'

const executablePath = process.env.LINESIDE_CHROMIUM ?? '/usr/bin/chromium'

/** null, with a remark on stderr, where there is none. The caller closes it. */
export async function openBrowser(): Promise<Browser | null> {
  if (!existsSync(executablePath)) {
    console.error(`trends: there is no ${executablePath} on this machine; nothing was measured`)
    return null
  }
  return chromium.launch({
    executablePath,
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
}

/** A page as large as a control room's, logged in. */
export async function openPage(browser: Browser, token: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 } })
  await context.addInitScript((text) => sessionStorage.setItem('lineside-token', text), token)
  return context.newPage()
}

export interface PageMemory {
  /** Of the page's heap after a collection; MB. */
  readonly heap: number
  /** Of the process that draws it; MB. */
  readonly resident: number
}

export async function pageMemory(browser: Browser, page: Page): Promise<PageMemory> {
  const session = await page.context().newCDPSession(page)
  const browserSession = await browser.newBrowserCDPSession()
  try {
    await session.send('HeapProfiler.collectGarbage')
    await page.waitForTimeout(300)
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    const { processInfo } = await browserSession.send('SystemInfo.getProcessInfo')
    const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentBytes(id))
    return { heap: usedSize / 1e6, resident: Math.max(...renderers) / 1e6 }
  } finally {
    await session.detach()
    await browserSession.detach()
  }
}

/** Bytes of a process in memory. */
export function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    // Ended between the list and the look.
    return 0
  }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}
