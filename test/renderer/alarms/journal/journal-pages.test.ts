import { describe, expect, it } from 'vitest'
import type { AlarmEvent } from '../../../../src-main/shared/alarm.ts'
import { JournalPages } from '../../../../src-renderer/alarms/journal/journal-pages.svelte.ts'
import { alarmEvent } from './event-samples.ts'

const pageSize = 100

/** A journal of so many rows, newest first; counts what is asked. */
function journalOf(count: number) {
  const asked: (string | undefined)[] = []
  const ask = async (cursor: string | undefined) => {
    asked.push(cursor)
    const from = cursor === undefined ? count : Number(cursor)
    const events: AlarmEvent[] = []
    for (let sequence = from; sequence > Math.max(0, from - pageSize); sequence--) events.push(alarmEvent({ sequence }))
    const next = from - pageSize
    return next > 0 ? { events, cursor: String(next) } : { events }
  }
  return { asked, ask }
}

const sequenceAt = (pages: JournalPages, index: number) => {
  const line = pages.lines[index]
  return line?.kind === 'event' ? line.event.sequence : null
}

describe('pages of the journal', () => {
  it('follow each other to the oldest row, each asked once', async () => {
    const { asked, ask } = journalOf(250)
    const pages = new JournalPages({ ask, timeZone: 'UTC', isWhole: true })
    while (pages.hasMore) await pages.loadMore()
    expect(pages.lines).toHaveLength(250)
    expect([sequenceAt(pages, 0), sequenceAt(pages, 249), pages.newest]).toEqual([250, 1, 250])
    expect(asked).toEqual([undefined, '150', '50'])
    await pages.loadMore()
    expect(asked).toHaveLength(3)
  })

  it('two calls at once load one page', async () => {
    const { asked, ask } = journalOf(250)
    const pages = new JournalPages({ ask, timeZone: 'UTC', isWhole: true })
    await Promise.all([pages.loadMore(), pages.loadMore()])
    expect(asked).toEqual([undefined])
  })

  // Somebody who scrolls for an hour must not fill the memory of a panel PC.
  it('far from what is looked at forget their rows, keep their place, and load them again', async () => {
    const { asked, ask } = journalOf(10_000)
    const pages = new JournalPages({ ask, timeZone: 'UTC', isWhole: true })
    while (pages.hasMore) await pages.loadMore()
    expect(pages.lines).toHaveLength(10_000)
    const kept = pages.lines.filter((line) => line !== null).length
    expect(kept).toBeLessThanOrEqual(40 * pageSize)
    // The newest page is never forgotten: asked for again it would be another one.
    expect(sequenceAt(pages, 0)).toBe(10_000)
    expect(pages.lines[250]).toBeNull()
    await pages.need(250)
    expect(sequenceAt(pages, 250)).toBe(10_000 - 250)
    expect(asked.at(-1)).toBe('9800')
    expect(pages.lines.filter((line) => line !== null).length).toBeLessThanOrEqual(40 * pageSize)
  })

  it('that are asked for while another one is on its way are not lost', async () => {
    const { ask } = journalOf(10_000)
    const pages = new JournalPages({ ask, timeZone: 'UTC', isWhole: true })
    while (pages.hasMore) await pages.loadMore()
    await Promise.all([pages.need(150), pages.need(1250)])
    expect([sequenceAt(pages, 150), sequenceAt(pages, 1250)]).toEqual([9850, 8750])
  })

  it('that fail say why, and go on where they were', async () => {
    const { ask } = journalOf(250)
    let isBroken = false
    const pages = new JournalPages({
      ask: async (cursor) => {
        if (isBroken) throw new Error('the link is lost')
        return ask(cursor)
      },
      timeZone: 'UTC',
      isWhole: true,
    })
    await pages.loadMore()
    isBroken = true
    await pages.loadMore()
    expect([pages.error?.message, pages.lines.length, pages.isLoading]).toEqual(['the link is lost', 100, false])
    isBroken = false
    await pages.loadMore()
    expect([pages.error, pages.lines.length]).toEqual([null, 200])
  })
})
