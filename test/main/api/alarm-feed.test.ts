// Feeds about alarms: windows and summary are paced states, events are never left out however slow the client is.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { alarmFeeds } from '../../../src-main/api/alarm-feed.ts'
import { Feed, type FeedSource } from '../../../src-main/api/feed.ts'
import type { AlarmEvent, AlarmRow } from '../../../src-main/shared/alarm.ts'
import { type FakeRuntime, fakeRuntime } from '../../fakes/api-parts.ts'
import { alarmEvent, alarmRow } from '../../fakes/fake-alarms.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

const jsonForm = { frameFeedId: null }

let clock: FakeClock
let runtime: FakeRuntime
/** Timers of the parts themselves. */
let usualTimerCount: number
beforeEach(() => {
  clock = new FakeClock()
  runtime = fakeRuntime(clock)
  usualTimerCount = clock.pendingCount
})
afterEach(() => runtime.close())

/** A client that takes each item at once unless it stalls. */
class Client<Item> {
  readonly items: Item[] = []
  readonly feed: Feed<Item>
  isStalled = false
  #isWaiting = false

  constructor(source: FeedSource<Item>) {
    this.feed = new Feed(source, clock, (item) => {
      this.items.push(item)
      if (this.isStalled) this.#isWaiting = true
      else queueMicrotask(() => this.feed.ready())
    })
  }

  resume(): void {
    this.isStalled = false
    if (this.#isWaiting) this.feed.ready()
    this.#isWaiting = false
  }
}

/** Lets promises and the time go on. */
async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at++) await clock.advance(1)
}

type ViewItem = { readonly total: number; readonly offset: number; readonly alarms: readonly AlarmRow[] }
const feeds = () => alarmFeeds(runtime.parts)
const view = (input: Parameters<ReturnType<typeof alarmFeeds>['alarms.view']>[0]) =>
  new Client(feeds()['alarms.view'](input, jsonForm) as FeedSource<ViewItem>)
const watch = (since?: number) =>
  new Client(
    feeds()['alarms.watch'](since === undefined ? {} : { since }, jsonForm) as FeedSource<{
      events: readonly AlarmEvent[]
    }>,
  )
const sequences = (client: Client<{ events: readonly AlarmEvent[] }>) =>
  client.items.flatMap(({ events }) => events.map(({ sequence }) => sequence))
const commitEvents = (first: number, count: number) =>
  runtime.alarms.commit(
    [],
    Array.from({ length: count }, (_, index) => alarmEvent(first + index, 'A/high')),
  )

describe('alarms.view', () => {
  test('first the window as it is, then at once when something in it changed', async () => {
    runtime.alarms.commit([alarmRow('A/high'), alarmRow('B/high')])
    const client = view({ order: 'tag', offset: 1, count: 1 })
    expect(client.items).toEqual([{ total: 2, offset: 1, alarms: [alarmRow('B/high')] }])
    await pass(200)
    runtime.alarms.commit([alarmRow('B/high', { state: 'acknowledged' })])
    await pass(6)
    expect(client.items[1]?.alarms[0]?.state).toBe('acknowledged')
    client.feed.close()
  })

  test('what changes outside of the window and leaves the total is not sent', async () => {
    runtime.alarms.commit([alarmRow('A/high'), alarmRow('B/high')])
    const client = view({ order: 'tag', offset: 1, count: 1 })
    await pass(200)
    runtime.alarms.commit([alarmRow('A/high', { value: 95 })])
    await pass(300)
    expect(client.items).toHaveLength(1)
    runtime.alarms.commit([alarmRow('C/high')])
    await pass(300)
    expect(client.items[1]).toMatchObject({ total: 3, alarms: [{ id: 'B/high' }] })
    client.feed.close()
  })

  test('in a flood a window comes at most every 100 ms, and the last one is the last state', async () => {
    const client = view({})
    for (let at = 0; at < 1000; at++) {
      runtime.alarms.commit([alarmRow(`T${at}/high`)])
      await pass(1)
    }
    await pass(200)
    expect(client.items.length).toBeLessThanOrEqual(13)
    expect(client.items.length).toBeGreaterThanOrEqual(9)
    expect(client.items.at(-1)?.total).toBe(1000)
    client.feed.close()
    expect(clock.pendingCount).toBe(usualTimerCount)
  })

  test('windows that cost much come so seldom that all of them together take a tenth of the time', async () => {
    const { list } = runtime.parts.alarms.board
    const window = list.window.bind(list)
    const monotonic = clock.monotonic.bind(clock)
    // Each takes 20 ms, and nothing else costs anything.
    let cost = 0
    vi.spyOn(clock, 'monotonic').mockImplementation(() => monotonic() + cost)
    const made = vi.spyOn(list, 'window').mockImplementation((...input) => {
      cost += 20
      return window(...input)
    })
    const source = feeds()['alarms.view']
    const clients = [0, 1, 2].map((offset) => new Client(source({ offset }, jsonForm) as FeedSource<ViewItem>))
    made.mockClear()
    for (let at = 0; at < 3000; at++) {
      runtime.alarms.commit([alarmRow(`T${at % 50}/high`, { eventId: at })])
      await clock.advance(1)
    }
    expect(made.mock.calls.length * 20).toBeLessThanOrEqual(0.12 * 3000)
    expect(made.mock.calls.length).toBeGreaterThan(9)
    for (const { feed } of clients) feed.close()
    vi.restoreAllMocks()
  })

  test('for a client that stalls nothing is put together; afterwards it gets the present state', async () => {
    const client = view({})
    await pass(200)
    client.isStalled = true
    runtime.alarms.commit([alarmRow('A/high')])
    await pass(200)
    for (let at = 0; at < 50; at++) runtime.alarms.commit([alarmRow(`T${at}/high`)])
    await pass(1000)
    expect(client.items).toHaveLength(2)
    client.resume()
    await pass(10)
    expect(client.items.at(-1)?.total).toBe(51)
    client.feed.close()
  })
})

describe('alarms.summary', () => {
  test('an alarm is in the summary within milliseconds, a flood makes one each 50 ms', async () => {
    const client = new Client(feeds()['alarms.summary']({}, jsonForm) as FeedSource<object>)
    expect(client.items).toMatchObject([{ top: [], isJournalled: true }])
    await pass(100)
    runtime.alarms.commit([alarmRow('A/high')])
    await pass(6)
    expect(client.items[1]).toMatchObject({ counts: { unacknowledged: { medium: 1 } }, top: [{ id: 'A/high' }] })
    for (let at = 0; at < 500; at++) {
      runtime.alarms.commit([alarmRow(`T${at}/high`)])
      await pass(1)
    }
    expect(client.items.length).toBeLessThanOrEqual(13)
    runtime.alarms.isJournalled = false
    runtime.alarms.board.loadChanged()
    await pass(60)
    expect(client.items.at(-1)).toMatchObject({ isJournalled: false, counts: { unacknowledged: { medium: 501 } } })
    client.feed.close()
    expect(clock.pendingCount).toBe(usualTimerCount)
  })
})

describe('alarms.watch', () => {
  test('from now on: every event, in order, none of before', async () => {
    commitEvents(1, 3)
    const client = watch()
    await pass(20)
    commitEvents(4, 2)
    await pass(20)
    expect(sequences(client)).toEqual([4, 5])
    client.feed.close()
  })

  test('behind a position: what was missed comes first, from the journal', async () => {
    for (let first = 1; first <= 30_000; first += 1000) commitEvents(first, 1000)
    const client = watch(7)
    await pass(200)
    expect(runtime.alarms.readCount).toBeGreaterThan(0)
    commitEvents(30_001, 1)
    await pass(400)
    expect(sequences(client)).toEqual(Array.from({ length: 29_994 }, (_, index) => 8 + index))
    expect(Math.max(...client.items.map(({ events }) => events.length))).toBeLessThanOrEqual(500)
    client.feed.close()
  })

  test('a client that stalls through 10,000 events gets every one of them, and meanwhile one item waits', async () => {
    const client = watch()
    client.isStalled = true
    commitEvents(1, 1)
    await pass(20)
    const readsBefore = runtime.alarms.readCount
    for (let at = 0; at < 100; at++) {
      commitEvents(2 + at * 100, 100)
      await pass(5)
    }
    expect(client.items).toHaveLength(1)
    expect(runtime.alarms.readCount - readsBefore).toBeLessThanOrEqual(1)
    client.resume()
    await pass(300)
    expect(sequences(client)).toEqual(Array.from({ length: 10_001 }, (_, index) => 1 + index))
    client.feed.close()
  })

  test('a journal that cannot be read for a while loses nothing', async () => {
    commitEvents(1, 25_000)
    runtime.alarms.isBroken = true
    const client = watch(2)
    await pass(50)
    expect(client.items).toEqual([])
    commitEvents(25_001, 2)
    await pass(50)
    expect(client.items).toEqual([])
    runtime.alarms.isBroken = false
    await pass(1500)
    expect(sequences(client)).toEqual(Array.from({ length: 25_000 }, (_, index) => 3 + index))
    client.feed.close()
  })

  test('what the disk has refused so far is told all the same, and once', async () => {
    const client = watch()
    runtime.alarms.isBroken = true
    commitEvents(1, 2)
    await pass(20)
    expect(sequences(client)).toEqual([1, 2])
    expect(runtime.alarms.readCount).toBe(0)
    client.feed.close()
  })

  test('rows that were archived meanwhile are passed over', async () => {
    commitEvents(1, 30_000)
    runtime.alarms.events.splice(0, 30_000)
    const client = watch(0)
    await pass(200)
    const seen = sequences(client)
    expect(seen.length).toBeGreaterThanOrEqual(10_000)
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => 30_001 - seen.length + index))
    client.feed.close()
  })

  test('a position behind the end of the journal is refused with a sentence', () => {
    commitEvents(1, 2)
    expect(() => watch(3)).toThrow('the alarm journal ends at 2, there is nothing behind 3')
    watch(2).feed.close()
  })
})
