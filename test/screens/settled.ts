// When a screen is there as its reader sees it: what it asked for has been answered, and nothing of it comes or goes any more.
import type { Page } from '@playwright/test'
import { callIdOfFrame } from '../../src-main/shared/history-frame.ts'

/** Nothing has come or gone for so long; ms. */
const stillForMs = 200
/** A screen on which something always comes and goes is looked at as it is; ms. */
const longestMs = 10_000

/** What a page waits for: requests, and the calls on its link. */
const waiting = new WeakMap<Page, Set<object>>()

/** Notes from now on what this page asks and what is answered. Before it is opened; a second time does nothing. */
export function noteQuestions(page: Page): void {
  if (waiting.has(page)) return
  const open = new Set<object>()
  waiting.set(page, open)
  page.on('request', (request) => open.add(request))
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
  page.on('websocket', (link) => {
    const calls = new Map<number, object>()
    const answered = (id: number) => open.delete(calls.get(id) ?? link)
    link.on('framesent', ({ payload }) => {
      const said = messageOf(payload)
      if (said?.type !== 'call') return
      calls.set(said.id, said)
      open.add(said)
    })
    link.on('framereceived', ({ payload }) => {
      const said = messageOf(payload)
      const id = typeof payload === 'string' ? null : callIdOfFrame(payload)
      if (id !== null) answered(id)
      else if (said?.type === 'result' || said?.type === 'error') answered(said.id)
    })
    link.on('close', () => {
      for (const id of calls.keys()) answered(id)
    })
  })
}

function messageOf(payload: string | Buffer): { type: string; id: number } | null {
  return typeof payload === 'string' ? JSON.parse(payload) : null
}

/** Waits until the screen of the address is there, everything it asked for is answered, and it stands still. */
export async function settled(page: Page): Promise<void> {
  await page.locator('#main :is(.screen, .mimic, .canvas-drawing)').first().waitFor()
  const until = performance.now() + longestMs
  do await page.evaluate(stillness, { stillForMs, longestMs })
  while ((waiting.get(page)?.size ?? 0) > 0 && performance.now() < until)
}

/** In the page: resolves when no element came or went, nothing is busy and nothing moves, for `stillForMs`. */
function stillness({ stillForMs, longestMs }: { stillForMs: number; longestMs: number }): Promise<void> {
  return new Promise((resolve) => {
    let since = performance.now()
    const begin = since
    const observer = new MutationObserver((records) => {
      if (records.some(({ addedNodes, removedNodes }) => [...addedNodes, ...removedNodes].some(isElement)))
        since = performance.now()
    })
    const isElement = (node: Node) => node.nodeType === Node.ELEMENT_NODE
    observer.observe(document.body, { childList: true, subtree: true })
    const look = () => {
      const now = performance.now()
      if (document.querySelector('[aria-busy=true]') || document.getAnimations().length > 0) since = now
      if (now - since < stillForMs && now - begin < longestMs) return void requestAnimationFrame(look)
      observer.disconnect()
      resolve()
    }
    look()
  })
}
