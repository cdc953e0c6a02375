import { afterEach, describe, expect, it } from 'vitest'
import { jobStates, printerConditions } from '../../../src-main/shared/label.ts'
import { canReprint, canVoid, nextReprint } from '../../../src-renderer/labels/job/job-actions.ts'
import { labelLink, placeOf } from '../../../src-renderer/labels/label-links.ts'
import {
  conditionAdvice,
  conditionText,
  jobStateText,
  ledgerActionText,
  messageText,
  needOf,
  shownConditions,
} from '../../../src-renderer/labels/label-words.ts'
import { allRows, ledgerCsv } from '../../../src-renderer/labels/ledger/ledger-csv.ts'
import { actionsFor } from '../../../src-renderer/labels/queue/printer-actions.ts'
import { ReasonChoice } from '../../../src-renderer/labels/reason-choice.svelte.ts'
import { shownText } from '../../../src-renderer/labels/shown-text.ts'
import { language } from '../../../src-renderer/ui/i18n.svelte.ts'
import { labelJob } from './label-jobs.ts'

afterEach(() => language.choose('en'))

describe.each(['en', 'zh-CN'] as const)('words in %s', (tag) => {
  it('differ for every state of a label and of a printer', () => {
    language.choose(tag)
    expect(new Set(jobStates.map(jobStateText)).size).toBe(jobStates.length)
    expect(new Set(printerConditions.map(conditionText)).size).toBe(printerConditions.length)
  })

  it('say why a label is in doubt, and leave alone what they have no words for', () => {
    language.choose(tag)
    const torn = messageText('the label was torn while it came out')
    expect(torn).toBe(tag === 'en' ? 'The label was torn while it came out.' : '标签出纸时被撕坏。')
    const both = messageText('no labels left, the print head is open')
    expect(both).toBe([conditionText('mediaOut'), conditionText('headOpen')].join(tag === 'en' ? ', ' : '、'))
    for (const foreign of ['the label broke off: ECONNRESET', 'toString', '', 'no labels left, ECONNRESET'])
      expect(messageText(foreign)).toBe(foreign)
  })

  it('say what to do wherever somebody has to go to the printer', () => {
    language.choose(tag)
    for (const condition of printerConditions)
      expect([condition, conditionAdvice(condition) !== '']).toEqual([
        condition,
        needOf(condition) === 'fault' || needOf(condition) === 'held',
      ])
  })
})

describe('signs', () => {
  it('count a printer that does not answer, or is not there, as a fault', () => {
    expect(
      ['silent', 'offline', 'mediaOut', 'paused', 'unknown', 'printing'].map((one) => needOf(one as never)),
    ).toEqual(['fault', 'fault', 'fault', 'held', 'unknown', 'well'])
  })

  it('do not call a printer ready that a person holds, nor well that has a fault besides', () => {
    expect(shownConditions({ conditions: ['ready'], isPaused: true })).toEqual(['paused'])
    expect(shownConditions({ conditions: ['mediaOut'], isPaused: true })).toEqual(['mediaOut', 'paused'])
    expect(shownConditions({ conditions: ['paused'], isPaused: false })).toEqual(['paused'])
    expect(shownConditions({ conditions: ['printing'], isPaused: false })).toEqual(['printing'])
    expect(shownConditions({ conditions: [], isPaused: false })).toEqual(['unknown'])
  })

  it('leave an action that is not known as the runtime calls it', () => {
    expect([ledgerActionText('void'), ledgerActionText('polished')]).toEqual(['Taken out of use', 'polished'])
  })

  it('make what a scanner sends between characters visible', () => {
    expect(shownText('10AB\u001d21X\u007f 中')).toBe('10AB␝21X␡ 中')
  })
})

describe('what is offered', () => {
  it('for a queue is what would not be refused', () => {
    expect(actionsFor({ isPaused: false, queuedCount: 0 }, true)).toEqual(['pause'])
    expect(actionsFor({ isPaused: true, queuedCount: 2 }, true)).toEqual(['resume', 'failOver', 'cancel'])
    expect(actionsFor({ isPaused: false, queuedCount: 2 }, false)).toEqual(['pause', 'cancel'])
  })

  it('for a label: a reprint only where there are dots that were on their way', () => {
    const states = (can: (job: ReturnType<typeof labelJob>) => boolean) =>
      jobStates.filter((state) => can(labelJob({ id: '1', state })))
    expect(states(canReprint)).toEqual(['printed', 'verified', 'inDoubt', 'failed'])
    expect(states(canVoid)).toEqual(['printed', 'verified'])
    expect(canReprint(labelJob({ id: '1', state: 'failed', imageHash: null }))).toBe(false)
  })

  it('counts reprints over all jobs of an identifier', () => {
    expect([nextReprint([]), nextReprint([{ reprintCount: 0 }, { reprintCount: 2 }])]).toEqual([1, 3])
  })
})

describe('a reason', () => {
  it('is a word of the list, one’s own words, or both', () => {
    const choice = new ReasonChoice()
    expect([choice.text, choice.check()]).toEqual(['', false])
    choice.chosen = 'Torn'
    expect([choice.text, choice.check()]).toEqual(['Torn', true])
    choice.more = '  at the knife '
    expect(choice.text).toBe('Torn: at the knife')
    choice.chosen = ''
    expect(choice.text).toBe('at the knife')
    choice.more = ' '
    expect(choice.check()).toBe(false)
  })
})

describe('an address', () => {
  it('leads to its part, and without one to where a person begins', () => {
    expect(placeOf(undefined, 'print')).toEqual({ place: 'print', detail: undefined })
    expect(placeOf('job/J/1', 'print')).toEqual({ place: 'job', detail: 'J/1' })
    expect(placeOf('doubt', 'print')).toEqual({ place: 'doubt', detail: undefined })
    expect(placeOf('nowhere', 'print')).toBeNull()
    expect(labelLink('tray', 'A b')).toBe('#/labels/tray/A%20b')
  })
})

describe('the ledger as a file', () => {
  const row = (sequence: number, detail = '') => ({
    sequence,
    timestamp: Date.UTC(2026, 10, 23),
    action: 'printed',
    job: 'J1',
    identifier: null,
    printer: 'tray',
    template: 'case',
    user: 'anna',
    detail,
    hash: 'ab',
  })

  it('has the oldest row first, and no cell a spreadsheet would run', () => {
    const lines = ledgerCsv([row(2, '=1+1'), row(1)], 'Europe/Berlin').split('\r\n')
    expect(lines.length).toBe(4)
    expect(lines[1]).toMatch(/^1,2026-11-23/)
    expect(lines[2]).toContain("'=1+1")
  })

  it('has every page', async () => {
    const counts: number[] = []
    const ask = async (cursor: string | undefined) =>
      cursor === undefined ? { rows: [row(3), row(2)], cursor: 'next' } : { rows: [row(1)] }
    const rows = await allRows(
      ask,
      (count) => counts.push(count),
      () => false,
    )
    expect([rows?.map(({ sequence }) => sequence), counts]).toEqual([
      [3, 2, 1],
      [2, 3],
    ])
    expect(
      await allRows(
        ask,
        () => {},
        () => true,
      ),
    ).toBeNull()
  })
})
