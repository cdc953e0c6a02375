// The headline figures of alarm performance: each with its target, where it stands, and how its value is written.
import type { AlarmKpi, AlarmVerdict } from '../../../src-main/shared/alarm-report.ts'
import { alarmTargets, alarmVerdict } from '../../../src-main/shared/alarm-report.ts'

export const kpiFigureKeys = [
  'perTenMinutes',
  'perHour',
  'perDay',
  'peakTenMinutes',
  'peakHour',
  'peakMinute',
  'steadyRate',
  'overTen',
  'timeInFlood',
  'topTen',
  'chattering',
  'fleeting',
  'stale',
  'standing',
  'shelved',
  'drifted',
  'unauthorised',
] as const
export type KpiFigureKey = (typeof kpiFigureKeys)[number]

/** Parts of the page a figure is explained by. */
export const kpiParts = [
  'course',
  'floods',
  'frequent',
  'chattering',
  'fleeting',
  'stale',
  'standing',
  'held',
  'drift',
  'unauthorised',
] as const
export type KpiPart = (typeof kpiParts)[number]

export interface KpiFigure {
  readonly key: KpiFigureKey
  /** null = there is none: no time without flood, nothing that could be judged. */
  readonly value: number | null
  /** Shares are 0 to 1. */
  readonly unit: 'count' | 'rate' | 'share'
  /** No worse than this is acceptable. */
  readonly target: number
  /** Worse than this is not manageable. */
  readonly most: number
  /** null where there is no value. */
  readonly verdict: AlarmVerdict | null
  /** When the worst was; ms; null where it is no moment. */
  readonly timestamp: number | null
  readonly part: KpiPart
}

/** Of less than this nothing is called good; ms. */
const leastKnownMs = 60 * 60_000
/** Of fewer alarms the ten most frequent are all there were: their share says nothing. */
const leastSharedCount = 100
/** Averages and bars begin with a whole one of these; ms. */
const periodMs = 10 * 60_000

/** Where figures can begin: at the span, or where the journal does; ms. */
export function knownFrom({ from, to, oldestTimestamp }: AlarmKpi): number {
  if (oldestTimestamp === null || oldestTimestamp <= from || oldestTimestamp >= to) return from
  return Math.max(from, Math.floor(oldestTimestamp / periodMs) * periodMs)
}

/** How much of the span the journal holds; ms. */
export function knownMs({ from, to, oldestTimestamp }: AlarmKpi): number {
  return oldestTimestamp === null ? 0 : Math.max(0, to - Math.max(from, oldestTimestamp))
}

/** Whether enough of the span is known to judge it. */
export function isLongEnough(kpi: AlarmKpi): boolean {
  return knownMs(kpi) >= leastKnownMs
}

/** Figures that need some time before they mean anything. */
const overTime: readonly KpiFigureKey[] = ['perTenMinutes', 'perHour', 'perDay', 'steadyRate', 'overTen', 'timeInFlood']
/** Figures of how things stand at the end. */
const atTheEnd: readonly KpiFigureKey[] = ['standing', 'drifted']

/** Of little time no average is judged, and nothing that may still come is called good. */
function ofLittleTime(figure: KpiFigure): KpiFigure {
  const isOpen = figure.verdict === 'good' && !atTheEnd.includes(figure.key)
  return isOpen || overTime.includes(figure.key) ? { ...figure, verdict: null } : figure
}

/** All headline figures in the order they are read. */
export function kpiFigures(kpi: AlarmKpi): readonly KpiFigure[] {
  const { rates } = kpi
  const { average, peak } = alarmTargets
  const { isKnown, suppressionCount, changeCount } = kpi.unauthorised
  const figures = [
    figure('perTenMinutes', rates.tenMinutes.average, 'rate', average.tenMinutes, 'course'),
    figure('perHour', rates.hour.average, 'rate', average.hour, 'course'),
    figure('perDay', rates.day.average, 'rate', average.day, 'course'),
    figure(
      'peakTenMinutes',
      rates.tenMinutes.peak?.count ?? 0,
      'count',
      peak.tenMinutes,
      'course',
      rates.tenMinutes.peak?.timestamp,
    ),
    figure('peakHour', rates.hour.peak?.count ?? 0, 'count', peak.hour, 'course', rates.hour.peak?.timestamp),
    figure('peakMinute', rates.minute.peak?.count ?? 0, 'count', peak.minute, 'course', rates.minute.peak?.timestamp),
    figure('steadyRate', kpi.steadyRate, 'rate', alarmTargets.steadyRate, 'course'),
    figure('overTen', kpi.shareOfPeriodsOverTen, 'share', alarmTargets.shareOfPeriodsOverTen, 'course'),
    figure('timeInFlood', kpi.shareOfTimeInFlood, 'share', alarmTargets.shareOfTimeInFlood, 'floods'),
    figure(
      'topTen',
      kpi.annunciatedCount < leastSharedCount ? null : kpi.frequent.topTenShare,
      'share',
      alarmTargets.shareOfTopTen,
      'frequent',
    ),
    figure('chattering', kpi.chattering.count, 'count', alarmTargets.chatteringCount, 'chattering'),
    figure('fleeting', kpi.fleeting.count, 'count', alarmTargets.fleetingCount, 'fleeting'),
    figure(
      'stale',
      kpi.stale.mostPerDay?.count ?? 0,
      'count',
      alarmTargets.staleCount,
      'stale',
      kpi.stale.mostPerDay?.timestamp,
    ),
    figure('standing', kpi.standing.atEndCount, 'count', alarmTargets.standingCount, 'standing'),
    figure(
      'shelved',
      kpi.shelved.peak?.count ?? 0,
      'count',
      alarmTargets.shelvedCount,
      'held',
      kpi.shelved.peak?.timestamp,
    ),
    figure('drifted', changeCount, 'count', alarmTargets.unauthorisedCount, 'drift'),
    figure('unauthorised', isKnown ? suppressionCount : null, 'count', alarmTargets.unauthorisedCount, 'unauthorised'),
  ]
  return isLongEnough(kpi) ? figures : figures.map(ofLittleTime)
}

function figure(
  key: KpiFigureKey,
  value: number | null,
  unit: KpiFigure['unit'],
  { target, most }: { readonly target: number; readonly most: number },
  part: KpiPart,
  timestamp: number | null = null,
): KpiFigure {
  const verdict = value === null ? null : alarmVerdict(value, { target, most })
  return { key, value, unit, target, most, verdict, timestamp, part }
}

/** Figures that say the same of other periods: only the first of them that is not good has to be acted upon. */
const sameTrouble: readonly (readonly KpiFigureKey[])[] = [
  ['perTenMinutes', 'perHour', 'perDay', 'steadyRate'],
  ['peakTenMinutes', 'peakHour', 'peakMinute'],
  ['timeInFlood', 'overTen'],
]

/** What needs somebody, worst first: bad before still manageable, among equals in the order they are read; nothing twice. */
export function findings(figures: readonly KpiFigure[]): readonly KpiFigure[] {
  const worstFirst = [
    ...figures.filter(({ verdict }) => verdict === 'bad'),
    ...figures.filter(({ verdict }) => verdict === 'warning'),
  ]
  return worstFirst.filter(({ key }, at) => {
    const same = sameTrouble.find((keys) => keys.includes(key))
    return !same || !worstFirst.slice(0, at).some((earlier) => same.includes(earlier.key))
  })
}
