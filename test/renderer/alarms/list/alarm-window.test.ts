import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { AlarmRow } from '../../../../src-main/shared/alarm.ts'
import {
  AlarmWindow,
  type ListQuestion,
  type WindowClient,
} from '../../../../src-renderer/alarms/list/alarm-window.svelte.ts'
import { patience } from '../../../fakes/busy-machine.ts'
import { alarmRow } from '../alarm-rows.ts'

const byPriority: ListQuestion = { order: 'priority' }

/** A runtime that has a list, and sends windows of it when it is told to. */
class FakeList {
  rows: AlarmRow[]
  readonly #feeds = new Set<{
    input: { tags?: string[]; offset?: number; count?: number }
    onItem: (item: unknown) => void
  }>()
  readonly client: WindowClient

  constructor(names: readonly string[]) {
    this.rows = names.map((id) => alarmRow({ id }))
    this.client = {
      watch: (_name: string, input: never, onItem: (item: never) => void) => {
        const feed = { input, onItem: onItem as (item: unknown) => void }
        this.#feeds.add(feed)
        return () => this.#feeds.delete(feed)
      },
    } as unknown as WindowClient
  }

  get openFeeds() {
    return [...this.#feeds].map(({ input }) => input)
  }

  send(): void {
    for (const { input, onItem } of [...this.#feeds]) {
      const rows = this.rows.filter(({ tag }) => input.tags?.includes(tag) ?? true)
      const { offset = 0, count = 100 } = input
      onItem({ total: rows.length, offset, alarms: rows.slice(offset, offset + count) })
    }
  }
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `T${index}`)
const shown = (list: AlarmWindow, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => list.at(from + index)?.row.id ?? null)

describe('the window of the list of alarms', () => {
  let fake: FakeList
  let list: AlarmWindow
  beforeEach(() => {
    fake = new FakeList(names(1000))
    list = new AlarmWindow(fake.client)
    list.ask(byPriority)
    list.look(0, 9)
    fake.send()
  })

  it('asks for what is in view and a margin, never for everything', () => {
    expect(list.total).toBe(1000)
    expect(shown(list, 0, 2)).toEqual(['T0', 'T1', 'T2'])
    expect(fake.openFeeds).toHaveLength(1)
    expect(fake.openFeeds[0]!.count).toBeLessThan(200)
  })

  it('follows the list while nobody works in it', () => {
    fake.rows.unshift(alarmRow({ id: 'new' }))
    fake.send()
    expect(shown(list, 0, 1)).toEqual(['new', 'T0'])
    expect(list.hasChanged).toBe(false)
  })

  it('keeps each row in its place while somebody works in it, and says how many wait', () => {
    list.hold()
    fake.rows.unshift(alarmRow({ id: 'new 1' }), alarmRow({ id: 'new 2' }))
    fake.send()
    expect(shown(list, 0, 2)).toEqual(['T0', 'T1', 'T2'])
    expect([list.hasChanged, list.waitingCount]).toEqual([true, 2])
    list.release()
    expect(shown(list, 0, 2)).toEqual(['new 1', 'new 2', 'T0'])
  })

  it('shows the present state of a held row that stands elsewhere in the list now', () => {
    list.hold()
    fake.send()
    // Acknowledged: it goes to the end of the list, far outside the window.
    fake.rows = [...fake.rows.slice(1), alarmRow({ id: 'T0', state: 'acknowledged' })]
    fake.send()
    expect(list.at(0)).toMatchObject({ row: { id: 'T0', state: 'acknowledged' }, isGone: false })
    expect(shown(list, 1, 2)).toEqual(['T1', 'T2'])
  })

  it('leaves a row that is gone where it was, as gone: no other row comes under the finger', () => {
    list.hold()
    fake.send()
    fake.rows = fake.rows.slice(1)
    fake.send()
    expect(list.at(0)).toMatchObject({ row: { id: 'T0' }, isGone: true })
    expect(list.at(1)).toMatchObject({ row: { id: 'T1' }, isGone: false })
    list.release()
    expect(shown(list, 0, 0)).toEqual(['T1'])
  })

  it('goes on below the held rows without leaving one out or showing one twice', () => {
    list.hold()
    fake.rows.unshift(alarmRow({ id: 'new 1' }), alarmRow({ id: 'new 2' }))
    fake.rows.splice(7, 0, alarmRow({ id: 'new 3' }))
    fake.send()
    // T5 is the last in view above; "new 3" came in between T4 and T5 and waits.
    expect(shown(list, 0, 30)).toEqual(names(31))
    expect(list.waitingCount).toBe(3)
    expect(list.total).toBe(1000)
  })

  it('keeps places while one scrolls down a list that grows above', async () => {
    list.look(500, 509)
    await vi.waitFor(() => expect(fake.openFeeds.map(({ offset }) => offset)).toEqual([440]), patience)
    fake.send()
    expect(shown(list, 500, 501)).toEqual(['T500', 'T501'])
    list.hold()
    fake.rows.unshift(...names(15).map((name) => alarmRow({ id: `new ${name}` })))
    fake.send()
    expect(shown(list, 500, 501)).toEqual(['T500', 'T501'])
    list.look(505, 514)
    fake.send()
    expect(shown(list, 505, 514)).toEqual(names(515).slice(505))
  })

  it('never shows a hole at the top when rows above the held ones have left', () => {
    list.look(20, 29)
    list.hold()
    fake.rows = fake.rows.slice(15)
    fake.send()
    expect(list.at(20)?.row.id).toBe('T20')
    list.look(0, 9)
    fake.send()
    expect(shown(list, 0, 9)).toEqual(names(25).slice(15))
  })

  it('shows a row that was acknowledged in its place, and only there, however the list is sorted now', () => {
    fake.rows = [alarmRow({ id: 'urgent' }), alarmRow({ id: 'high' })]
    fake.send()
    list.look(0, 9)
    list.hold()
    fake.rows = [fake.rows[1]!, alarmRow({ id: 'urgent', state: 'acknowledged' })]
    fake.send()
    expect(shown(list, 0, 3)).toEqual(['urgent', 'high', null, null])
    expect(list.at(0)?.row.state).toBe('acknowledged')
    expect([list.total, list.hasChanged]).toEqual([2, true])
  })

  // Whatever happens to the list: what is in view stands still, and no alarm is on the screen twice.
  it('never moves a row in view and never shows one twice, whatever changes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            from: fc.nat(60),
            to: fc.nat(60),
            step: fc.constantFrom('come' as const, 'go' as const, 'move' as const),
          }),
          { maxLength: 20 },
        ),
        fc.nat(40),
        (changes, first) => {
          const station = new FakeList(names(60))
          const window = new AlarmWindow(station.client)
          window.ask(byPriority)
          window.look(first, first + 9)
          station.send()
          window.hold()
          const before = shown(window, first, first + 9)
          for (const [index, { from, to, step }] of changes.entries()) {
            const [taken] = step === 'come' ? [alarmRow({ id: `new ${index}` })] : station.rows.splice(from, 1)
            if (taken && step !== 'go') station.rows.splice(to, 0, taken)
            station.send()
            expect(shown(window, first, first + 9)).toEqual(before)
            const all = shown(window, 0, window.total + 2).filter((id) => id !== null)
            expect(new Set(all).size).toBe(all.length)
          }
          window.release()
          station.send()
          expect(shown(window, 0, window.total - 1)).toEqual(station.rows.map(({ id }) => id))
          window.close()
        },
      ),
    )
  })

  it('asks for another part with one feed at a time, and ends all of them', async () => {
    list.look(900, 909)
    await vi.waitFor(() => expect(fake.openFeeds.map(({ offset }) => offset)).toEqual([840]), patience)
    fake.send()
    expect(shown(list, 900, 900)).toEqual(['T900'])
    list.close()
    expect(fake.openFeeds).toEqual([])
  })
})
