import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jobStates, type LabelJob } from '../../../src-main/shared/label.ts'
import { type AskJobs, JobList } from '../../../src-renderer/labels/queue/job-list.svelte.ts'
import {
  fits,
  questionInput,
  questionParameters,
  readQuestion,
} from '../../../src-renderer/labels/queue/job-question.ts'
import { labelJob } from './label-jobs.ts'

const ids = (list: JobList) => list.rows.map(({ id }) => id)
const job = (number: number, more: Partial<LabelJob> = {}) =>
  labelJob({ id: String(number), sequence: number, createdTimestamp: number, changedTimestamp: number, ...more })

/** A runtime with jobs 1 to `count`, pages of three. */
function runtime(count: number): AskJobs {
  return async (cursor) => {
    const from = cursor === undefined ? count : Number(cursor)
    const jobs = [from, from - 1, from - 2].filter((number) => number > 0).map((number) => job(number))
    return { jobs, ...(from - 3 > 0 ? { cursor: String(from - 3) } : {}) }
  }
}

describe('the list of jobs', () => {
  it('loads page after page, each job once', async () => {
    const list = new JobList(runtime(7), () => true)
    await list.load()
    await list.loadMore()
    await list.loadMore()
    expect(ids(list)).toEqual(['7', '6', '5', '4', '3', '2', '1'])
    expect(list.hasMore).toBe(false)
  })

  it('shows new jobs at once at the top, and only counts them for who has scrolled away', async () => {
    const list = new JobList(runtime(3), () => true)
    await list.load()
    list.take([job(4), job(5)], true)
    expect(ids(list)).toEqual(['5', '4', '3', '2', '1'])
    list.take([job(6)], false)
    expect([ids(list)[0], list.waitingCount]).toEqual(['5', 1])
    // Back at the top nothing jumps in above those that are counted.
    list.take([job(7)], true)
    expect([ids(list)[0], list.waitingCount]).toEqual(['5', 2])
  })

  it('changes a job where it stands, and never back to an older state', async () => {
    const list = new JobList(runtime(3), () => true)
    await list.load()
    list.take([job(2, { state: 'printed', changedTimestamp: 50 })], false)
    list.take([job(2, { state: 'sent', changedTimestamp: 40 })], false)
    expect(list.rows.map(({ id, state }) => `${id} ${state}`)).toEqual(['3 queued', '2 printed', '1 queued'])
    expect(list.waitingCount).toBe(0)
  })

  it('keeps what changed while the page was on its way', async () => {
    const list = new JobList(runtime(3), () => true)
    const loading = list.load()
    list.take([job(3, { state: 'printed', changedTimestamp: 50 }), job(4)], true)
    await loading
    expect(list.rows.map(({ id, state }) => `${id} ${state}`)).toEqual([
      '4 queued',
      '3 printed',
      '2 queued',
      '1 queued',
    ])
  })

  it('does not take an old job that changed for a new one', async () => {
    const list = new JobList(runtime(7), () => true)
    await list.load()
    list.take([job(1, { state: 'void', changedTimestamp: 90 })], true)
    expect(ids(list)).toEqual(['7', '6', '5'])
  })

  it('does not take a label of a long order for a new one: all of them are made at the same instant', async () => {
    const order = Array.from({ length: 6 }, (_, index) => job(6 - index, { createdTimestamp: 5 }))
    const list = new JobList(
      async () => ({ jobs: order.slice(0, 3), cursor: '3' }),
      () => true,
    )
    await list.load()
    list.take([job(2, { createdTimestamp: 5, state: 'printed' }), job(7, { createdTimestamp: 5 })], true)
    expect(ids(list)).toEqual(['7', '6', '5', '4'])
  })

  it('leaves out new jobs that do not fit', async () => {
    const list = new JobList(runtime(3), ({ printer }) => printer === 'other')
    await list.load()
    list.take([job(4), job(5, { printer: 'other' })], true)
    expect(ids(list)).toEqual(['5', '3', '2', '1'])
  })

  it('keeps its rows when the next page fails, and says why', async () => {
    const answers = runtime(7)
    const list = new JobList(
      (cursor) => {
        if (cursor !== undefined) throw new Error('lost')
        return answers(cursor)
      },
      () => true,
    )
    await list.load()
    await list.loadMore()
    expect([ids(list).length, list.error?.message]).toEqual([3, 'lost'])
  })

  it('holds every job at most once, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 30 }),
        async (steps) => {
          const list = new JobList(runtime(7), () => true)
          await list.load()
          for (const [number, isAtTop] of steps) {
            list.take([job(number, { changedTimestamp: 100 })], isAtTop)
            if (number % 5 === 0) await list.loadMore()
          }
          expect(new Set(ids(list)).size).toBe(ids(list).length)
        },
      ),
    )
  })
})

describe('the question of the list', () => {
  it('is the same after a way through the address', () => {
    const question = fc.record({
      states: fc.subarray([...jobStates]),
      printer: fc.string(),
      text: fc.string(),
    })
    fc.assert(
      fc.property(question, (asked) => {
        const parameters = Object.entries(questionParameters(asked)).filter(
          (entry): entry is [string, string] => entry[1] !== null,
        )
        expect(readQuestion(Object.fromEntries(parameters))).toEqual(asked)
      }),
    )
  })

  it('leaves out what is not asked', () => {
    expect(questionInput(readQuestion({}))).toEqual({})
    expect(questionInput(readQuestion({ states: 'failed,nonsense', text: 'A' }))).toEqual({
      states: ['failed'],
      text: 'A',
    })
  })

  it('finds a job by anything that stands on it, whatever the case', () => {
    const one = job(1, { identifier: 'SN-77', fields: { order: 'PO4711', count: 12 } })
    const found = (text: string) => fits(one, { states: [], printer: '', text })
    expect([found('sn-7'), found('po47'), found('12'), found('CASE'), found('anna'), found('4712')]).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ])
    expect(fits(one, { states: ['printed'], printer: '', text: '' })).toBe(false)
    expect(fits(one, { states: [], printer: 'elsewhere', text: '' })).toBe(false)
  })
})
