// Alarms as the runtime would send them, with as much as a test wants to say.
import type { AlarmCounts, AlarmRow, AlarmSummary } from '../../../src-main/shared/alarm.ts'

export function alarmRow(row: Partial<AlarmRow> & { id: string }): AlarmRow {
  const tag = row.id.slice(0, Math.max(0, row.id.lastIndexOf('/')))
  return {
    tag: tag === '' ? row.id : tag,
    condition: 'high',
    state: 'unacknowledged',
    priority: 'medium',
    message: `${row.id} is high`,
    activeTimestamp: 1_700_000_000_000,
    value: 1,
    unit: '',
    statusCode: 0,
    isActive: true,
    isAcknowledged: false,
    occurrenceCount: 1,
    eventId: 1,
    alarmClass: 'process',
    area: '',
    equipment: null,
    ...row,
  }
}

const none = { low: 0, medium: 0, high: 0, urgent: 0 }

export function alarmCounts(counts: {
  readonly unacknowledged?: Partial<AlarmCounts['unacknowledged']>
  readonly active?: Partial<AlarmCounts['active']>
  readonly shelved?: number
}): AlarmCounts {
  return {
    unacknowledged: { ...none, ...counts.unacknowledged },
    active: { ...none, ...counts.active },
    shelved: counts.shelved ?? 0,
    suppressedByDesign: 0,
    outOfService: 0,
  }
}

export function alarmSummary(summary: Partial<AlarmSummary> = {}): AlarmSummary {
  return {
    counts: alarmCounts({}),
    areas: {},
    top: [],
    annunciationCount: 0,
    annunciatedPriority: null,
    floodTimestamp: null,
    rate: 0,
    shelvingEnds: [],
    isJournalled: true,
    ...summary,
  }
}
