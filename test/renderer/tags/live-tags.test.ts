import { flushSync } from 'svelte'
import { describe, expect, it } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { FakeStation } from '../../fakes/fake-station.ts'
import { rooted } from './rooted.svelte.ts'

/** Lets microtasks and effects run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  flushSync()
}

describe('LiveTags', () => {
  it('watches a tag only while something on screen reads it', async () => {
    const fake = new FakeStation()
    const tag = fake.station.liveTags.tag('A')
    await settle()
    expect(fake.feeds).toHaveLength(0)
    const stop = rooted(() => tag.value)
    await settle()
    expect(fake.feeds.map((feed) => feed.input.tags)).toEqual([['A']])
    stop()
    await settle()
    expect(fake.feeds).toHaveLength(0)
  })

  it('opens one feed for all names asked for at the same moment', async () => {
    const fake = new FakeStation()
    const names = ['A', 'B', 'C']
    const stop = rooted(() => names.map((name) => fake.station.liveTags.tag(name).value))
    await settle()
    expect(fake.feeds.map((feed) => feed.input.tags)).toEqual([names])
    stop()
  })

  it('gives every reader of a tag the same value from one subscription, until the last one leaves', async () => {
    const fake = new FakeStation()
    const seen: unknown[][] = [[], []]
    const stops = seen.map((list) => rooted(() => list.push(fake.station.liveTags.tag('A').value)))
    await settle()
    expect(fake.feeds).toHaveLength(1)
    fake.send('A', 7)
    await settle()
    expect(seen.map((list) => list.at(-1))).toEqual([7, 7])
    stops[0]!()
    await settle()
    expect(fake.feeds).toHaveLength(1)
    stops[1]!()
    await settle()
    expect(fake.feeds).toHaveLength(0)
  })

  it('says that it waits before the first value, never 0', async () => {
    const fake = new FakeStation()
    const tag = fake.station.liveTags.tag('A')
    const stop = rooted(() => tag.value)
    await settle()
    expect([tag.value, tag.quality, tag.statusCode]).toEqual([null, 'Bad', StatusCodes.BadWaitingForInitialData])
    stop()
  })

  // A screen that is opened again must not begin with what the plant had when it was closed.
  it('forgets the value of a tag nobody reads', async () => {
    const fake = new FakeStation()
    const stop = rooted(() => fake.station.liveTags.tag('A').value)
    await settle()
    fake.send('A', 7)
    stop()
    await settle()
    const again = fake.station.liveTags.tag('A')
    const stopAgain = rooted(() => again.value)
    await settle()
    expect(again.value).toBeNull()
    stopAgain()
  })

  it('packs a feed anew when most of its tags have gone, and keeps the values of the others', async () => {
    const fake = new FakeStation()
    const names = ['A', 'B', 'C', 'D']
    const stops = names.map((name) => rooted(() => fake.station.liveTags.tag(name).value))
    await settle()
    fake.send('A', 7)
    for (const stop of stops.slice(1)) stop()
    await settle()
    expect(fake.feeds.map((feed) => feed.input.tags)).toEqual([['A']])
    expect(fake.station.liveTags.tag('A').value).toBe(7)
    stops[0]!()
    await settle()
    expect(fake.feeds).toHaveLength(0)
  })

  it('turns its tags Bad when the runtime ends the feed, so that old values do not look alive', async () => {
    const fake = new FakeStation()
    const tag = fake.station.liveTags.tag('A')
    const stop = rooted(() => tag.value)
    await settle()
    fake.send('A', 7)
    expect([tag.value, tag.quality]).toEqual([7, 'Good'])
    fake.feeds[0]!.onError?.(new Error('ended'))
    expect([tag.value, tag.quality]).toEqual([null, 'Bad'])
    stop()
  })

  it('carries texts, booleans and no-value beside numbers', async () => {
    const fake = new FakeStation()
    const tag = fake.station.liveTags.tag('A')
    const stop = rooted(() => tag.value)
    await settle()
    const values = [1.5, true, 'Cola', [1, 2], null]
    const seen = values.map((value) => {
      fake.send('A', value)
      return tag.value
    })
    expect(seen).toEqual(values)
    stop()
  })
})
