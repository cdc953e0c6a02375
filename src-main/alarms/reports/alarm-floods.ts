// Alarm floods of a span, exact to the millisecond (conformance A41): one begins with the annunciation that is the tenth within ten
// minutes, and ends at the instant from which fewer than five lie in the ten minutes before.
import type { AlarmFlood } from '../../shared/alarm-report.ts'
import type { AlarmKpiRules } from './alarm-kpi-row.ts'
import type { Annunciations } from './annunciations.ts'

/** Length of the window in which annunciated alarms are counted; ms. */
export const floodWindowMs = 600_000

/** A flood by the rows of its annunciations: [first, end). Times in ms. */
export interface FloodStretch {
  readonly first: number
  readonly end: number
  readonly startTimestamp: number
  /** null = not over at the end of what is known. */
  readonly endTimestamp: number | null
}

/**
 * Floods among all annunciations, oldest first; `to` is the first instant that is not known any more. An annunciation counts for the
 * ten minutes from its own instant on; it does not count any more at the instant ten minutes later.
 */
export function floodStretches(
  log: Annunciations,
  { floodStartCount, floodEndCount }: Pick<AlarmKpiRules, 'floodStartCount' | 'floodEndCount'>,
  to: number,
): readonly FloodStretch[] {
  const found: FloodStretch[] = []
  let oldest = 0
  let open: { first: number; startTimestamp: number } | null = null
  for (let index = 0; index < log.count; index++) {
    const timestamp = log.timestamp(index)
    while (log.timestamp(oldest) <= timestamp - floodWindowMs) oldest++
    if (open === null && index - oldest + 1 >= floodStartCount) open = { first: oldest, startTimestamp: timestamp }
    if (open === null) continue
    const endTimestamp = endAfter(log, index, open, floodEndCount)
    const next = index + 1 < log.count ? log.timestamp(index + 1) : Number.POSITIVE_INFINITY
    if (endTimestamp >= next) continue
    found.push({ ...open, end: index + 1, endTimestamp: endTimestamp <= to ? endTimestamp : null })
    open = null
  }
  return found
}

/** When the flood ends if nothing more comes after row `index`: the window then loses its fifth-last one. */
function endAfter(
  log: Annunciations,
  index: number,
  open: { first: number; startTimestamp: number },
  endCount: number,
): number {
  const leaving = index - (endCount - 1)
  return leaving < open.first
    ? open.startTimestamp
    : Math.max(open.startTimestamp, log.timestamp(leaving) + floodWindowMs)
}

/** What a report says of a flood. */
export function floodFigures(log: Annunciations, stretch: FloodStretch, idOf: (alarm: number) => string): AlarmFlood {
  const alarms = new Set<number>()
  let firstOut: number | null = null
  for (let index = stretch.first; index < stretch.end; index++) {
    alarms.add(log.alarm(index))
    if (firstOut === null && log.isFirstOut(index)) firstOut = index
  }
  const named = (index: number) => ({
    id: idOf(log.alarm(index)),
    eventId: log.eventId(index),
    timestamp: log.timestamp(index),
  })
  return {
    startTimestamp: stretch.startTimestamp,
    endTimestamp: stretch.endTimestamp,
    annunciatedCount: stretch.end - stretch.first,
    alarmCount: alarms.size,
    peak: log.slidingPeak(floodWindowMs, stretch.first, stretch.end)!,
    firstAlarm: named(stretch.first),
    firstOut: firstOut === null ? null : named(firstOut),
  }
}

/** How much of [from, to) was flood; ms. */
export function floodTime(stretches: readonly FloodStretch[], from: number, to: number): number {
  return stretches.reduce(
    (sum, { startTimestamp, endTimestamp }) =>
      sum + Math.max(0, Math.min(to, endTimestamp ?? to) - Math.max(from, startTimestamp)),
    0,
  )
}
