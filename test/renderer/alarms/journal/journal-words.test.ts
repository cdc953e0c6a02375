import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { JournalWords } from '../../../../src-renderer/alarms/journal/journal-words.svelte.ts'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { FakeStation } from '../../../fakes/fake-station.ts'

const definition = {
  id: 'Boiler.Pressure/high',
  tag: 'Boiler.Pressure',
  unit: 'bar',
  decimals: 1,
  states: null,
  message: { en: 'Pressure {value} {unit} above {limit}', 'zh-CN': '压力 {value} {unit} 高于 {limit}' },
}
const active = {
  id: definition.id,
  event: 'active',
  message: 'Pressure 9.5 bar above 8.0',
  value: 9.5,
  limit: 8,
} as const
const returned = { ...active, event: 'returned', value: 4 } as const

describe('messages of the journal', () => {
  let fake: FakeStation
  let words: JournalWords

  beforeEach(() => {
    vi.useFakeTimers()
    fake = new FakeStation()
    fake.answers.set('alarms.describe', () => ({ definitions: [definition] }))
    words = new JournalWords(fake.station.client, () => 'en')
  })
  afterEach(() => {
    words.close()
    vi.useRealTimers()
    language.choose('en')
  })

  it('are read in the language of the screen, with the values of the occurrence', async () => {
    language.choose('zh-CN')
    for (const id of [definition.id, definition.id, 'Gone/high']) words.need(id)
    expect(words.message(active)).toBe(active.message)
    await vi.advanceTimersByTimeAsync(100)
    expect(fake.calls).toEqual([{ name: 'alarms.describe', input: { ids: [definition.id, 'Gone/high'] } }])
    expect(words.message(active)).toBe('压力 9.5 bar 高于 8.0')
    expect(words.message({ ...active, id: 'Gone/high' })).toBe(active.message)
  })

  it('never get a number that was not theirs: the value of a return is not that of its alarm', async () => {
    language.choose('zh-CN')
    words.need(definition.id)
    await vi.advanceTimersByTimeAsync(100)
    expect(words.message(returned)).toBe('压力 … 高于 …')
  })

  it('are those of the journal where the screen speaks its language: nothing is asked', async () => {
    words.need(definition.id)
    await vi.advanceTimersByTimeAsync(100)
    expect(fake.calls).toEqual([])
    expect(words.message(returned)).toBe(returned.message)
  })
})
