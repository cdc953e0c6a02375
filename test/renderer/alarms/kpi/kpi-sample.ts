// Figures of alarm performance for tests: a quiet day, and what a test makes of it.
import type { AlarmKpi, AlarmRate, HeldAlarmFigures } from '../../../../src-main/shared/alarm-report.ts'

const hour = 3_600_000

export const sampleFrom = Date.parse('2026-11-21T00:00:00Z')
export const sampleTo = sampleFrom + 24 * hour

const noRate: AlarmRate = { average: 0, peak: null, slidingPeak: null }
const noTimes = { count: 0, averageMs: null, medianMs: null, p90Ms: null, mostMs: null }
const noAcknowledgement = { ...noTimes, histogram: Array.from({ length: 10 }, () => 0), neverCount: 0, openCount: 0 }
const noneHeld: HeldAlarmFigures = {
  enteredCount: 0,
  atEndCount: 0,
  averageCount: 0,
  peak: null,
  heldMs: 0,
  longestMs: 0,
  sparedActivationCount: 0,
  alarms: [],
}
const noPriority = { occurredCount: 0, occurredShare: 0, configuredCount: 5, configuredShare: 0.25 }

/** A day without alarms, changed as given. */
export function kpiSample(change: Partial<AlarmKpi> = {}): AlarmKpi {
  return {
    from: sampleFrom,
    to: sampleTo,
    area: null,
    journalRowCount: 12,
    oldestTimestamp: sampleFrom - hour,
    annunciatedCount: 0,
    rates: { minute: noRate, tenMinutes: noRate, hour: noRate, day: noRate, month: noRate },
    periodCounts: Array.from({ length: 144 }, () => 0),
    shareOfPeriodsOverTen: 0,
    shareOfTimeInFlood: 0,
    steadyRate: 0,
    floodCount: 0,
    floods: [],
    chattering: { count: 0, alarms: [] },
    fleeting: { count: 0, alarms: [] },
    stale: { count: 0, mostPerDay: null, alarms: [] },
    standing: { atEndCount: 0, averageCount: 0, peak: null, alarms: [] },
    frequent: { topTenShare: 0, alarms: [] },
    priorities: {
      urgent: { ...noPriority, targetShare: 0.01 },
      high: { ...noPriority, targetShare: 0.05 },
      medium: { ...noPriority, targetShare: 0.15 },
      low: { ...noPriority, targetShare: 0.8 },
    },
    acknowledgement: {
      ...noAcknowledgement,
      byPriority: {
        urgent: noAcknowledgement,
        high: noAcknowledgement,
        medium: noAcknowledgement,
        low: noAcknowledgement,
      },
    },
    timeInAlarm: { ...noTimes, activeMs: 0 },
    withoutAction: { judgedCount: 0, count: 0, alarms: [], isKnown: true },
    shelved: noneHeld,
    suppressedByDesign: noneHeld,
    outOfService: noneHeld,
    unauthorised: { suppressionCount: 0, changeCount: 0, refusedAttemptCount: 0, isKnown: true },
    performanceClass: 'predictive',
    areas: [],
    ...change,
  }
}

/** One alarm as the lists name it. */
export const levelAlarm = {
  id: 'Tank.Level/high',
  tag: 'Tank.Level',
  condition: 'high',
  priority: 'high',
  area: 'Mixing/Tanks',
  equipment: 'Tank',
} as const

/** It chattered: nearly all of the load, 340 activations. */
export const chatteringDay = kpiSample({
  annunciatedCount: 350,
  rates: {
    minute: { average: 0.24, peak: { count: 5, timestamp: sampleFrom + hour }, slidingPeak: null },
    tenMinutes: { average: 2.43, peak: { count: 34, timestamp: sampleFrom + hour }, slidingPeak: null },
    hour: { average: 14.6, peak: { count: 150, timestamp: sampleFrom + hour }, slidingPeak: null },
    day: { average: 350, peak: { count: 350, timestamp: sampleFrom }, slidingPeak: null },
    month: { average: 10_500, peak: null, slidingPeak: null },
  },
  steadyRate: 1.4,
  floodCount: 1,
  floods: [
    {
      startTimestamp: sampleFrom + hour,
      endTimestamp: sampleFrom + 2 * hour,
      annunciatedCount: 150,
      alarmCount: 2,
      peak: { count: 34, timestamp: sampleFrom + hour },
      firstAlarm: { id: 'Pump.Trip/discrete', eventId: 12, timestamp: sampleFrom + hour - 60_000 },
      firstOut: null,
    },
  ],
  chattering: {
    count: 1,
    alarms: [
      {
        ...levelAlarm,
        episodeCount: 9,
        chatteringActivationCount: 320,
        activationCount: 340,
        worst: { count: 5, timestamp: sampleFrom + hour },
        chatterIndex: 0.21,
      },
    ],
  },
  frequent: {
    topTenShare: 1,
    alarms: [
      {
        ...levelAlarm,
        annunciatedCount: 340,
        share: 340 / 350,
        cumulativeShare: 340 / 350,
        isChattering: true,
        isFleeting: false,
        isStale: false,
        averageAcknowledgeMs: 20_000,
        activeMs: hour,
      },
    ],
  },
  performanceClass: 'overloaded',
})
