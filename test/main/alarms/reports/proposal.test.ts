// Proposed cures: recorded samples replayed through the engine's own conditions with other settings (conformance A14, A48, A49, A51).
import { describe, expect, test } from 'vitest'
import { openAlarmReporting } from '../../../../src-main/alarms/alarm-reporting.ts'
import type { JournalRows } from '../../../../src-main/alarms/journal-rows.ts'
import { alarmReports } from '../../../../src-main/alarms/reports/alarm-reports.ts'
import { ConditionReplay } from '../../../../src-main/alarms/reports/condition-replay.ts'
import { usualSettings } from '../../../../src-main/alarms/reports/cure-candidates.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import type { AlarmDefinition, AlarmEvent } from '../../../../src-main/shared/alarm.ts'
import type { AlarmProposal } from '../../../../src-main/shared/alarm-report.ts'
import type { TagDefinition } from '../../../../src-main/shared/tag.ts'
import { alarmDefinition, alarmEvent } from '../../../fakes/alarm-transitions.ts'
import { emptyPlant } from '../../../fakes/empty-plant.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { MemoryJournalRows } from '../../../fakes/memory-journal-rows.ts'
import { type RecordedSample, recordedHistory } from '../../../fakes/recorded-history.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const now = Date.UTC(2026, 10, 22, 12)
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const levelTag = tagDefinition('Filler.Level', { unit: '%', limits: { low: 0, high: 100 } })
const levelHigh = alarmDefinition('Filler.Level/high', { limit: 90, priority: 'medium' })
const rationalised = (responseTimeMs: number): AlarmDefinition => ({
  ...levelHigh,
  rationalisation: {
    status: 'approved',
    consequence: null,
    severity: null,
    cause: null,
    action: null,
    responseTimeMs,
    reviewer: null,
    date: null,
    revision: 1,
    approved: null,
  },
})

/** What the engine would have written for these samples. */
function journalOf(definition: AlarmDefinition, tag: TagDefinition, samples: readonly RecordedSample[]): AlarmEvent[] {
  const replay = new ConditionReplay([definition], [tag], [], samples[0]![0])
  for (const [timestamp, value] of samples) replay.sample({ tag: 0, timestamp, value, statusCode: 0 })
  replay.advance(now)
  const events: AlarmEvent[] = []
  for (const { start, end } of replay.activations[0]!) {
    const eventId = events.length + 1
    events.push(alarmEvent(eventId, definition, { timestamp: start, receivedTimestamp: start, eventId }))
    if (end !== null)
      events.push(
        alarmEvent(events.length + 1, definition, {
          event: 'returned',
          state: 'returnedUnacknowledged',
          previousState: 'unacknowledged',
          isActive: false,
          timestamp: end,
          receivedTimestamp: end,
          eventId,
        }),
      )
  }
  return events
}

interface Station {
  readonly definitions: readonly AlarmDefinition[]
  readonly tags?: readonly TagDefinition[]
  readonly recorded?: Readonly<Record<string, readonly RecordedSample[]>>
  readonly events: readonly AlarmEvent[]
}

function reporting({ definitions, tags = [levelTag], recorded = {}, events }: Station) {
  const rows: JournalRows = new MemoryJournalRows(events)
  const report = (async (name: 'proposals', input: never) => alarmReports[name](rows, input)) as never
  return openAlarmReporting({
    clock: new FakeClock(now),
    logger: silentLogger,
    journal: { report },
    readHistory: recordedHistory(recorded),
    searchAudit: null,
    plant: () => ({ ...emptyPlant, tags, alarms: definitions }),
    definitions: () => definitions,
    deviceStates: {},
  })
}

/** A level that swings by ±0.2 around the limit for five minutes on each of ten days. */
function swinging(): RecordedSample[] {
  const samples: RecordedSample[] = []
  for (let back = 10; back >= 1; back--) {
    const start = now - back * day
    samples.push([start - hour, 80])
    for (let at = 0; at < 5 * minute; at += 2500) samples.push([start + at, (at / 2500) % 2 === 0 ? 90.2 : 89.8])
    samples.push([start + 5 * minute, 80])
  }
  return samples
}

/** Twenty spikes of four seconds, an hour apart, and two true alarms of ten minutes. */
function spiking(): RecordedSample[] {
  const samples: RecordedSample[] = [[now - 3 * day, 80]]
  for (let index = 0; index < 20; index++) {
    samples.push([now - 2 * day + index * hour, 95])
    samples.push([now - 2 * day + index * hour + 4 * second, 80])
  }
  for (const start of [now - 20 * hour, now - 10 * hour]) samples.push([start, 96], [start + 10 * minute, 80])
  return samples
}

async function proposalsFor(samples: readonly RecordedSample[], definition = levelHigh, tag = levelTag) {
  const station = { definitions: [definition], tags: [tag], recorded: { [tag.name]: samples } }
  return reporting({ ...station, events: journalOf(definition, tag, samples) }).proposals(null)
}

const kinds = (proposals: readonly AlarmProposal[]) => proposals.map(({ kind, reason }) => [kind, reason])

describe('an alarm that chatters around its limit', () => {
  test('gets the smallest deadband that leaves one activation of each burst (A48)', async () => {
    const proposals = await proposalsFor(swinging())
    const best = proposals.find(({ isBest }) => isBest)!
    expect(best).toMatchObject({
      id: 'Filler.Level/high',
      kind: 'deadband',
      reason: 'chattering',
      presentValue: 0,
      proposedValue: 0.25,
      unit: '%',
      activationCount: 600,
      remainingCount: 10,
      detectionDelayMs: 0,
      notes: [],
    })
    expect(best.figures).toMatchObject({ activationCount: 600, episodeCount: 10, worstCount: 12, replayedCount: 600 })
  })

  test('may get an off-delay instead, which delays no detection; an on-delay would hide the bursts (A48)', async () => {
    const proposals = await proposalsFor(swinging())
    expect(kinds(proposals)).toEqual([
      ['deadband', 'chattering'],
      ['offDelay', 'chattering'],
    ])
    expect(proposals[1]).toMatchObject({
      proposedValue: 3000,
      unit: 'ms',
      remainingCount: 10,
      detectionDelayMs: 0,
      isBest: false,
    })
  })

  test('says that a recording deadband may hide movements', async () => {
    const coarse = {
      ...levelTag,
      history: { deadband: 0.1, compression: 0, retentionMs: null, interpolation: 'sloped' },
    } as const
    const [best] = await proposalsFor(swinging(), levelHigh, coarse)
    expect(best!.notes).toContain('recordingDeadband')
    expect(best!.figures.recordingDeadband).toBe(0.1)
  })

  test('says so when the recorded samples do not give the activations of the journal', async () => {
    const samples = swinging()
    const every = samples.filter((_, index) => index % 4 !== 1)
    const events = journalOf(levelHigh, levelTag, samples)
    const [best] = await reporting({ definitions: [levelHigh], recorded: { 'Filler.Level': every }, events }).proposals(
      null,
    )
    expect(best!.notes).toContain('replayDiffers')
  })
})

describe('a fleeting alarm', () => {
  test('gets the smallest on-delay that removes the spikes and keeps the true alarms (A48)', async () => {
    const proposals = await proposalsFor(spiking())
    expect(kinds(proposals)).toEqual([['onDelay', 'fleeting']])
    expect(proposals[0]).toMatchObject({
      presentValue: 0,
      proposedValue: 5000,
      activationCount: 22,
      remainingCount: 2,
      detectionDelayMs: 5000,
      isBest: true,
    })
  })

  test('never gets an on-delay longer than a quarter of the response time', async () => {
    const patient = await proposalsFor(spiking(), rationalised(20 * second))
    expect(patient[0]).toMatchObject({ kind: 'onDelay', proposedValue: 5000 })
    const urgent = await proposalsFor(spiking(), rationalised(16 * second))
    expect(kinds(urgent)).toEqual([['redesign', 'fleeting']])
    expect(urgent[0]!.notes).toContain('boundByResponseTime')
  })
})

describe('what cannot be replayed', () => {
  test('gets the usual off-delay of what is measured, and it is said that there is no history (A14)', async () => {
    const events = journalOf(levelHigh, levelTag, swinging())
    const [best] = await reporting({ definitions: [levelHigh], events }).proposals(null)
    expect(best).toMatchObject({ kind: 'offDelay', proposedValue: 60_000, remainingCount: null, notes: ['noHistory'] })
  })

  test('usual settings follow the unit of the measurement (A14)', () => {
    expect(usualSettings('m3/h')).toEqual({ deadbandPart: 0.05, delayMs: 15_000 })
    expect(usualSettings('%')).toEqual({ deadbandPart: 0.05, delayMs: 60_000 })
    expect(usualSettings('bar')).toEqual({ deadbandPart: 0.02, delayMs: 15_000 })
    expect(usualSettings('Cel')).toEqual({ deadbandPart: 0.01, delayMs: 60_000 })
    expect(usualSettings('1/min')).toBeNull()
  })
})

describe('what the journal alone tells', () => {
  test('an alarm that stood for more than a day should be suppressed by the state of the plant (A49)', async () => {
    const start = now - 3 * day
    const proposals = await proposalsFor([
      [start - hour, 80],
      [start, 95],
      [start + 30 * hour, 80],
    ])
    expect(kinds(proposals)).toEqual([['suppress', 'stale']])
    expect(proposals[0]!.figures).toEqual({ longestMs: 30 * hour, staleCount: 1 })
  })

  test('an alarm that follows another nearly every time names it', async () => {
    const pump = alarmDefinition('Pump.Tripped/discrete', { condition: 'discrete' })
    const flow = alarmDefinition('Flow/low', { condition: 'low' })
    const events = Array.from({ length: 8 }, (_, index) => {
      const timestamp = now - day + index * hour
      return [
        alarmEvent(2 * index + 1, pump, { timestamp, receivedTimestamp: timestamp }),
        alarmEvent(2 * index + 2, flow, { timestamp: timestamp + 4000, receivedTimestamp: timestamp + 4000 }),
      ]
    }).flat()
    const proposals = await reporting({ definitions: [pump, flow], events }).proposals(null)
    expect(proposals).toHaveLength(1)
    expect(proposals[0]).toMatchObject({
      id: 'Flow/low',
      kind: 'suppress',
      reason: 'follows',
      proposedValue: 'Pump.Tripped/discrete',
      figures: { activationCount: 8, togetherCount: 8, medianGapMs: 4000 },
    })
  })

  test('an alarm that did not occur for a year is to be reviewed, once the journal is that old', async () => {
    const other = alarmDefinition('Old/high')
    const old = alarmEvent(1, other, { timestamp: now - 400 * day, receivedTimestamp: now - 400 * day })
    const proposals = await reporting({ definitions: [levelHigh, other], events: [old] }).proposals([
      'Filler.Level/high',
    ])
    expect(proposals).toHaveLength(1)
    expect(proposals[0]).toMatchObject({
      id: 'Filler.Level/high',
      kind: 'review',
      reason: 'neverActive',
      figures: { days: 400 },
    })
    const young = { ...old, timestamp: now - day, receivedTimestamp: now - day }
    expect(await reporting({ definitions: [levelHigh], events: [young] }).proposals(null)).toEqual([])
  })

  test('an alarm that is none is refused', async () => {
    await expect(reporting({ definitions: [], events: [] }).proposals(['No/such'])).rejects.toMatchObject({
      code: 'BadNodeIdUnknown',
    })
  })
})

test('the same journal and history give the same proposals', async () => {
  expect(await proposalsFor(swinging())).toEqual(await proposalsFor(swinging()))
})

test('proposals that nobody waits for end', async () => {
  const samples = swinging()
  const events = journalOf(levelHigh, levelTag, samples)
  const parts = { definitions: [levelHigh], recorded: { 'Filler.Level': samples }, events }
  const abort = new AbortController()
  abort.abort()
  await expect(reporting(parts).proposals(null, abort.signal)).rejects.toMatchObject({ code: 'BadRequestInterrupted' })
})
