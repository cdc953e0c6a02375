import { afterEach, describe, expect, it } from 'vitest'
import type { ScanOutcome } from '../../../src-main/shared/label.ts'
import { DoubtList } from '../../../src-renderer/labels/doubt/doubt-list.svelte.ts'
import { isSettling, scanText } from '../../../src-renderer/labels/doubt/scan-words.ts'
import { language } from '../../../src-renderer/ui/i18n.svelte.ts'
import { labelJob } from './label-jobs.ts'

const doubtful = (id: string, createdTimestamp: number) => labelJob({ id, state: 'inDoubt', createdTimestamp })

describe('labels in doubt', () => {
  it('stand in the order in which they were made', async () => {
    const list = new DoubtList(async () => [doubtful('b', 2), doubtful('a', 1)])
    await list.load()
    list.take([doubtful('c', 3)])
    expect(list.jobs.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  it('go when they are settled, and what became of them is told', async () => {
    const list = new DoubtList(async () => [doubtful('a', 1), doubtful('b', 2)])
    await list.load()
    list.take([labelJob({ id: 'a', state: 'printed', createdTimestamp: 1, changedTimestamp: 2000 })])
    expect(list.jobs.map(({ id }) => id)).toEqual(['b'])
    expect(list.settled.map(({ id, state }) => `${id} ${state}`)).toEqual(['a printed'])
  })

  it('do not come back by an answer that is older than what was heard meanwhile', async () => {
    let answer: (jobs: ReturnType<typeof doubtful>[]) => void = () => {}
    const list = new DoubtList(
      () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    )
    const loading = list.load()
    list.take([labelJob({ id: 'a', state: 'failed', changedTimestamp: 2000 })])
    answer([doubtful('a', 1), doubtful('b', 2)])
    await loading
    expect(list.jobs.map(({ id }) => id)).toEqual(['b'])
  })

  it('does not tell of jobs that were never in doubt here', async () => {
    const list = new DoubtList(async () => [])
    await list.load()
    list.take([labelJob({ id: 'x', state: 'printed' })])
    expect([list.jobs, list.settled]).toEqual([[], []])
  })
})

describe('what came of a scan', () => {
  afterEach(() => language.choose('en'))
  const scan = (outcome: ScanOutcome, identifier = 'SN1') => ({
    sequence: 1,
    timestamp: 1,
    source: 'keyboard',
    user: 'anna',
    text: 'SN1',
    parsed: { valid: true, scheme: 'opaque' as const, identifier, parts: {}, faults: [] },
    outcome,
  })
  const outcomes: readonly ScanOutcome[] = [
    { kind: 'resolved', job: '1' },
    { kind: 'verified', job: '1' },
    { kind: 'mismatch', job: '1', expected: 'SN2' },
    { kind: 'part', equipment: null },
    { kind: 'equipment', equipment: 'Filler' },
    { kind: 'unknown' },
  ]

  it.each(['en', 'zh-CN'] as const)('is a sentence of its own for each outcome in %s', (tag) => {
    language.choose(tag)
    const texts = outcomes.map((outcome) => scanText(scan(outcome)))
    expect(new Set(texts).size).toBe(outcomes.length)
    for (const text of texts) expect(text).toMatch(/SN1/)
    expect(texts[2]).toContain('SN2')
  })

  it('settles only when the label is there', () => {
    expect(outcomes.map((outcome) => isSettling(scan(outcome)))).toEqual([true, true, false, false, false, false])
  })

  it('shows the text itself where nothing could be made of it', () => {
    expect(scanText(scan({ kind: 'unknown' }, ''))).toContain('SN1')
  })
})
