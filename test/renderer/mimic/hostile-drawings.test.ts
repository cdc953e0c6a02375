// @vitest-environment node
// The same hostile drawings in a real browser under the runtime's Content-Security-Policy: what counts is that nothing runs,
// nothing is asked of the network, and the page around the mimic stays as it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostileDrawings } from './hostile-corpus.ts'
import { chromiumPath, hasChromium, type OpenStage, openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/stage.ts'

declare const stage: Stage

describe.skipIf(!hasChromium)(`in Chromium (skipped where ${chromiumPath} is missing) a hostile drawing`, () => {
  let open: OpenStage
  const requests: string[] = []

  beforeAll(async () => {
    open = await openStage()
    open.page.on('request', (request) => requests.push(request.url()))
    open.page.on('dialog', (dialog) => requests.push(`dialog ${dialog.message()}`))
    const mimics = Object.fromEntries(hostileDrawings.map(([name, text]) => [name, text]))
    await open.page.evaluate((given) => stage.define({ mimics: given, symbols: {}, equipment: [], tags: [] }), mimics)
  }, 120_000)

  afterAll(async () => {
    await open?.close()
  })

  it.each(hostileDrawings)('with %s runs nothing, loads nothing and covers nothing', async (name) => {
    open.messages.length = 0
    requests.length = 0
    const seen = await open.page.evaluate(async (mimic) => {
      await stage.open(mimic)
      while (!document.querySelector('.mimic svg')) await new Promise((resolve) => setTimeout(resolve, 20))
      await new Promise((resolve) => setTimeout(resolve, 100))
      return {
        hacked: (globalThis as { hacked?: number }).hacked ?? 0,
        fixed: [...document.querySelectorAll('.mimic svg *')].filter(
          (part) => getComputedStyle(part).position === 'fixed',
        ).length,
        notes: document.querySelector('.notes')?.textContent?.trim() ?? '',
      }
    }, name)
    expect(seen.hacked).toBe(0)
    expect(seen.fixed).toBe(0)
    expect(seen.notes).toMatch(/note/)
    expect(requests).toEqual([])
    expect(open.messages).toEqual([])
  })
})
