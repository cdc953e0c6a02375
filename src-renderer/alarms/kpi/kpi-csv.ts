// The figures as CSV (RFC 4180): one figure a line, so that a spreadsheet filters and pivots them.
import type { AlarmKpi, AlarmProposal } from '../../../src-main/shared/alarm-report.ts'
import { csvText } from '../../../src-main/shared/csv-cell.ts'
import { localTimestamp } from '../../ui/time-axis.ts'
import { isLongEnough, kpiFigures } from './kpi-figures.ts'

type Cell = string | number | null

/** Titles in the language of the screen. What follows are the names the API has, so that files of all languages fit together. */
export interface KpiCsvTitles {
  readonly part: string
  readonly item: string
  readonly figure: string
  readonly value: string
  readonly time: string
}

/** The text of the file; lines end with CR LF, decimals have a point, shares are 0 to 1, durations ms, times in the plant's zone. */
export function kpiCsv(
  kpi: AlarmKpi,
  proposals: readonly AlarmProposal[],
  timeZone: string,
  titles: KpiCsvTitles,
): string {
  const rows: string[][] = [[titles.part, titles.item, titles.figure, titles.value, titles.time]]
  const add = (part: string, item: string, figure: string, value: Cell, time: number | null = null) => {
    const at = time === null ? '' : localTimestamp(time, timeZone)
    rows.push([part, item, figure, value === null ? '' : String(value), at])
  }
  const addAll = (part: string, item: string, figures: Readonly<Record<string, Cell>>, time: number | null = null) => {
    for (const [figure, value] of Object.entries(figures)) add(part, item, figure, value, time)
  }

  add('span', '', 'from', kpi.from, kpi.from)
  add('span', '', 'to', kpi.to, kpi.to)
  add('span', '', 'area', kpi.area)
  add('span', '', 'oldestTimestamp', kpi.oldestTimestamp, kpi.oldestTimestamp)
  add('span', '', 'annunciatedCount', kpi.annunciatedCount)
  add('span', '', 'performanceClass', isLongEnough(kpi) ? kpi.performanceClass : null)
  for (const figure of kpiFigures(kpi)) {
    add('figure', figure.key, 'value', figure.value, figure.timestamp)
    addAll('figure', figure.key, { target: figure.target, most: figure.most, verdict: figure.verdict })
  }
  kpi.periodCounts.forEach((count, at) => {
    add('tenMinutes', '', 'count', count, kpi.from + at * 600_000)
  })
  for (const flood of kpi.floods) {
    const item = localTimestamp(flood.startTimestamp, timeZone)
    add('flood', item, 'end', flood.endTimestamp, flood.endTimestamp)
    add('flood', item, 'peak', flood.peak.count, flood.peak.timestamp)
    add('flood', item, 'firstAlarm', flood.firstAlarm.id, flood.firstAlarm.timestamp)
    addAll('flood', item, { annunciatedCount: flood.annunciatedCount, alarmCount: flood.alarmCount })
  }
  for (const { id, annunciatedCount, share, cumulativeShare, activeMs } of kpi.frequent.alarms)
    addAll('frequent', id, { annunciatedCount, share, cumulativeShare, activeMs })
  for (const { id, episodeCount, chatteringActivationCount, chatterIndex, worst } of kpi.chattering.alarms) {
    addAll('chattering', id, { episodeCount, chatteringActivationCount, chatterIndex })
    add('chattering', id, 'worst', worst.count, worst.timestamp)
  }
  for (const { id, fleetingCount, activationCount, averageMs } of kpi.fleeting.alarms)
    addAll('fleeting', id, { fleetingCount, activationCount, averageMs })
  for (const { id, durationMs, activeTimestamp } of kpi.stale.alarms)
    add('stale', id, 'durationMs', durationMs, activeTimestamp)
  for (const { id, durationMs, activeTimestamp } of kpi.standing.alarms)
    add('standing', id, 'durationMs', durationMs, activeTimestamp)
  for (const [priority, figures] of Object.entries(kpi.priorities)) addAll('priority', priority, { ...figures })
  for (const [priority, times] of Object.entries({ all: kpi.acknowledgement, ...kpi.acknowledgement.byPriority })) {
    const { count, averageMs, medianMs, p90Ms, mostMs, neverCount, openCount } = times
    addAll('acknowledgement', priority, { count, averageMs, medianMs, p90Ms, mostMs, neverCount, openCount })
  }
  for (const way of ['shelved', 'suppressedByDesign', 'outOfService'] as const) {
    const { enteredCount, atEndCount, averageCount, heldMs, sparedActivationCount } = kpi[way]
    addAll(way, '', { enteredCount, atEndCount, averageCount, heldMs, sparedActivationCount })
  }
  for (const area of kpi.areas) {
    const { annunciatedCount, share, averagePerTenMinutes, standingCount, configuredCount } = area
    addAll('area', area.area, { annunciatedCount, share, averagePerTenMinutes, standingCount, configuredCount })
  }
  for (const { id, kind, reason, presentValue, proposedValue, unit, activationCount, remainingCount } of proposals)
    addAll('proposal', id, { kind, reason, presentValue, proposedValue, unit, activationCount, remainingCount })
  return csvText(rows)
}
