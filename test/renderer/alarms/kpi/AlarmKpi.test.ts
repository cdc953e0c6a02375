import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AlarmKpi, AlarmProposal } from '../../../../src-main/shared/alarm-report.ts'
import AlarmKpiScreen from '../../../../src-renderer/alarms/kpi/AlarmKpi.svelte'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { FakeStation } from '../../../fakes/fake-station.ts'
import { chatteringDay, kpiSample, levelAlarm, sampleFrom, sampleTo } from './kpi-sample.ts'

const proposal: AlarmProposal = {
  id: levelAlarm.id,
  tag: levelAlarm.tag,
  kind: 'deadband',
  reason: 'chattering',
  presentValue: 0,
  proposedValue: 2.5,
  unit: '%',
  from: 0,
  to: 1,
  activationCount: 340,
  remainingCount: 12,
  detectionDelayMs: 0,
  isBest: true,
  figures: {},
  notes: [],
}

describe('the screen of alarm performance', () => {
  let fake: FakeStation
  let component: Record<string, unknown> | undefined
  let kpi: AlarmKpi

  beforeEach(() => {
    // jsdom lays nothing out: the chart keeps the width it begins with.
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe() {}
        unobserve() {}
        disconnect() {}
      },
    )
    language.choose('en')
    location.hash = '#/alarm-kpi'
    fake = new FakeStation('viewer')
    fake.answers.set('plant.equipment', () => ({ equipment: [] }))
    fake.sendItem('plant.watch', { name: 'Works', revision: 1, timeZone: 'UTC', mimics: [], languages: ['en'] })
    fake.answers.set('access.preferences', () => ({ preferences: {} }))
    fake.answers.set('alarms.kpi', () => kpi)
    fake.answers.set('alarms.proposals', () => ({ proposals: [proposal] }))
    fake.answers.set('alarms.describe', () => ({
      definitions: [{ id: levelAlarm.id, message: 'Level at {value} {unit}' }],
    }))
  })
  afterEach(async () => {
    if (component) await unmount(component)
    component = undefined
    document.body.replaceChildren()
    vi.unstubAllGlobals()
  })

  async function open(shown: AlarmKpi): Promise<void> {
    kpi = shown
    component = mount(AlarmKpiScreen, { target: document.body, context: fake.context })
    for (let turn = 0; turn < 30; turn++) {
      flushSync()
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    flushSync()
  }
  const text = () => document.body.textContent?.replace(/\s+/g, ' ') ?? ''
  const hrefs = () => [...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))

  it('asks once for the span, when it knows the shifts', async () => {
    await open(kpiSample())
    expect(fake.calls.filter(({ name }) => name === 'alarms.kpi')).toHaveLength(1)
  })

  it('of a quiet day says so, and calls nothing bad', async () => {
    await open(kpiSample())
    expect(text()).toContain('Nothing was annunciated in this time.')
    expect(text()).not.toContain('Too much')
    expect(document.querySelector('[aria-current="true"]')?.textContent).toContain('Predictive')
  })

  it('of a bad day says what is bad and what to do', async () => {
    await open(chatteringDay)
    expect(text()).toContain('Average per 10 min: 2.43')
    expect(text()).toContain('Cure the most frequent ones below.')
    expect(document.querySelector('[aria-current="true"]')?.textContent).toContain('Overloaded')
  })

  it('shows beside each bad actor its cure with the computed reduction, and the way to take it over', async () => {
    await open(chatteringDay)
    const row = [...document.querySelectorAll('tr')].find((one) => one.textContent?.includes(levelAlarm.id))
    expect(row?.textContent).toContain('Deadband 0 % → 2.5 %')
    expect(row?.textContent).toContain('340 → 12 activations (−96 %)')
    expect(row?.textContent).toContain('Level at …')
    expect(hrefs()).toContain(`#/alarm-database/${encodeURIComponent(levelAlarm.id)}`)
  })

  it('leads from a flood to what came before its first alarm', async () => {
    await open(chatteringDay)
    expect(hrefs()).toContain(`#/alarm-before/${encodeURIComponent('Pump.Trip/discrete')}?event=12`)
  })

  it('leads from a bar to the journal of its time, by keyboard', async () => {
    await open(kpiSample({ annunciatedCount: 3, periodCounts: [0, 3, ...Array.from({ length: 142 }, () => 0)] }))
    const chart = document.querySelector<HTMLElement>('[role="slider"]')!
    for (const key of ['ArrowRight', 'ArrowRight', 'Enter'])
      chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    flushSync()
    expect(chart.getAttribute('aria-valuetext')).toContain('3 in 10 min')
    const query = new URLSearchParams(location.hash.split('?')[1])
    expect(location.hash).toContain('#/alarm-journal?')
    expect(Date.parse(query.get('from')!)).toBe(sampleFrom + 600_000)
    expect(Date.parse(query.get('to')!)).toBe(sampleFrom + 1_200_000)
  })

  it('has figures of the time since the journal began when that lies within the span', async () => {
    await open(kpiSample({ oldestTimestamp: sampleFrom + 3_725_000 }))
    expect(text()).toContain('The journal begins at 2026-11-21 01:02:05')
    const asked = fake.calls.filter(({ name }) => name === 'alarms.kpi').map(({ input }) => input)
    expect(asked).toHaveLength(2)
    expect(asked[1]).toMatchObject({ from: sampleFrom + 3_600_000, to: sampleTo })
  })

  it('claims no level and calls nothing good of less than an hour, and still says what is bad', async () => {
    const oldestTimestamp = sampleTo - 59 * 60_000
    await open(kpiSample({ oldestTimestamp }))
    expect(text()).toContain('None is claimed: the journal holds 59 min of this time')
    expect(text()).toContain('too little time is known to call it good')
    expect(text()).not.toContain('Predictive')
    await unmount(component!)
    await open({ ...chatteringDay, oldestTimestamp })
    expect(text()).toContain('Alarms came faster than they can be read.')
    expect(text()).not.toContain('More alarms than one operator can deal with')
  })

  it('tells drift from what happened without leave, and leads to the list of it', async () => {
    const unauthorised = { suppressionCount: 0, changeCount: 2, refusedAttemptCount: 0, isKnown: false }
    await open(kpiSample({ unauthorised }))
    expect(text()).toContain('Alarms that differ from what was approved: 2')
    expect(text()).toContain('2 alarms differ from what was approved')
    expect(hrefs()).toContain('#/alarm-database?view=drift')
  })

  it.each([null, sampleTo])('calls nothing good of a time before the journal began (%s)', async (oldestTimestamp) => {
    await open(kpiSample({ oldestTimestamp, journalRowCount: 0 }))
    expect(text()).toContain('The journal has no rows of this time')
    expect(text()).not.toContain('Good')
    expect(text()).not.toContain('That is what an alarm system is meant to do.')
  })

  it('uses no colour of alarms but in their marks', async () => {
    await open(chatteringDay)
    for (const mark of document.querySelectorAll('.alarm-mark')) mark.remove()
    expect(document.body.innerHTML).not.toContain('--alarm')
  })

  it('says why when the runtime cannot answer', async () => {
    fake.answers.set('alarms.kpi', () => {
      throw new Error('The span is longer than 1830 days.')
    })
    await open(kpiSample())
    expect(document.querySelector('[role="alert"]')?.textContent).toBe('The span is longer than 1830 days.')
  })
})
