// The span a report is about: this shift, today, seven days, or from then to then, in the plant's time zone.
import { instantOf, shiftDays, startOfDay, zoneOffset } from '../../ui/time-axis.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Spans that move with the time, in the order they are offered. */
export const runningSpans = ['shift', 'lastShift', 'today', 'yesterday', '24h', '7d', '30d'] as const
export type RunningSpan = (typeof runningSpans)[number]

/** `all` = as far back as the journal goes; `fixed` = from then to then. */
export type ReportSpan =
  | { readonly kind: RunningSpan | 'all' }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number }

/** A span in ms since 1970-01-01 UTC. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
}

/** Lengths of a shift that are offered; h. All divide the day, so that shifts begin at the same time every day. */
export const shiftLengths = [6, 8, 12, 24] as const

/** When shifts begin. */
export interface ShiftPattern {
  /** Beginning of one of the shifts, minutes after midnight at the plant. */
  readonly startMinutes: number
  readonly lengthHours: (typeof shiftLengths)[number]
}

export const defaultShiftPattern: ShiftPattern = { startMinutes: 6 * 60, lengthHours: 12 }

/** The pattern a preference says; the usual one where it says none that can be used. */
export function readShiftPattern(stored: unknown): ShiftPattern {
  if (typeof stored !== 'object' || stored === null) return defaultShiftPattern
  const { startMinutes, lengthHours } = stored as Record<string, unknown>
  const length = shiftLengths.find((one) => one === lengthHours)
  const isStart = typeof startMinutes === 'number' && Number.isInteger(startMinutes) && startMinutes >= 0
  return length !== undefined && isStart && startMinutes < 24 * 60
    ? { startMinutes, lengthHours: length }
    : defaultShiftPattern
}

/**
 * The shift an instant is in. It begins and ends on the wall clock, so the night in which the clock changes is an hour longer
 * or shorter.
 */
export function shiftAt(timestamp: number, pattern: ShiftPattern, timeZone: string): TimeSpan {
  const wall = timestamp + zoneOffset(timestamp, timeZone)
  const first = pattern.startMinutes * minute
  const length = pattern.lengthHours * hour
  const start = Math.floor((wall - first) / length) * length + first
  const from = instantOf(start, timeZone)
  const to = instantOf(start + length, timeZone)
  // Where the clock shows an hour twice, the wall time alone would put its second hour before the shift's beginning.
  if (timestamp < from) return { from: instantOf(start - length, timeZone), to: from }
  if (timestamp >= to) return { from: to, to: instantOf(start + 2 * length, timeZone) }
  return { from, to }
}

/**
 * From when to when a span reaches now. `to` of a span that is not over is `now`; `all` begins at 1970.
 */
export function resolveSpan(span: ReportSpan, now: number, pattern: ShiftPattern, timeZone: string): TimeSpan {
  switch (span.kind) {
    case 'fixed':
      return { from: span.from, to: span.to }
    case 'all':
      return { from: 0, to: now }
    case 'shift':
      return { from: shiftAt(now, pattern, timeZone).from, to: now }
    case 'lastShift': {
      const { from } = shiftAt(now, pattern, timeZone)
      return { from: shiftAt(from - 1, pattern, timeZone).from, to: from }
    }
    case 'today':
      return { from: startOfDay(now, timeZone), to: now }
    case 'yesterday': {
      const to = startOfDay(now, timeZone)
      return { from: shiftDays(to, -1, timeZone), to }
    }
    case '24h':
      return { from: now - day, to: now }
    case '7d':
      return { from: now - 7 * day, to: now }
    case '30d':
      return { from: now - 30 * day, to: now }
  }
}

/** The span of the same kind before (-1) or after (1) this one, not beyond the present; shifts and days follow the wall clock. */
export function spanBeside(
  span: ReportSpan,
  direction: -1 | 1,
  now: number,
  pattern: ShiftPattern,
  timeZone: string,
): ReportSpan {
  const { from, to } = resolveSpan(span, now, pattern, timeZone)
  const isPast = direction < 0
  if (span.kind === 'shift' || span.kind === 'lastShift' || isShift(from, to, pattern, timeZone)) {
    const next = isPast
      ? shiftAt(from - 1, pattern, timeZone)
      : shiftAt(shiftAt(from, pattern, timeZone).to, pattern, timeZone)
    return named(next, now, pattern, timeZone)
  }
  const isDay = from === startOfDay(from, timeZone) && (to === shiftDays(from, 1, timeZone) || span.kind === 'today')
  const moved = isDay
    ? isPast
      ? { from: shiftDays(from, -1, timeZone), to: from }
      : { from: shiftDays(from, 1, timeZone), to: shiftDays(from, 2, timeZone) }
    : { from: from + direction * (to - from), to: to + direction * (to - from) }
  return named(moved, now, pattern, timeZone)
}

function isShift(from: number, to: number, pattern: ShiftPattern, timeZone: string): boolean {
  const shift = shiftAt(from, pattern, timeZone)
  return shift.from === from && shift.to === to
}

/** A span by its name where it has one, so that the present shift and day go on. */
function named(span: TimeSpan, now: number, pattern: ShiftPattern, timeZone: string): ReportSpan {
  const isSame = (kind: RunningSpan, to: number) => {
    const known = resolveSpan({ kind }, now, pattern, timeZone)
    return known.from === span.from && to === span.to
  }
  const shift = shiftAt(now, pattern, timeZone)
  if (isSame('shift', shift.to)) return { kind: 'shift' }
  if (isSame('lastShift', shift.from)) return { kind: 'lastShift' }
  const today = startOfDay(now, timeZone)
  if (isSame('today', shiftDays(today, 1, timeZone))) return { kind: 'today' }
  if (isSame('yesterday', today)) return { kind: 'yesterday' }
  return { kind: 'fixed', ...span }
}

/** True while the span ends with the present. */
export function isRunning(span: ReportSpan): boolean {
  return span.kind !== 'fixed' && span.kind !== 'lastShift' && span.kind !== 'yesterday'
}

/** The span as parameters of an address; a kind, or `from` and `to` in RFC 3339. null takes a parameter out. */
export function spanParameters(span: ReportSpan): Readonly<Record<'span' | 'from' | 'to', string | null>> {
  return span.kind === 'fixed'
    ? { span: null, from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() }
    : { span: span.kind, from: null, to: null }
}

/** The span of an address; `otherwise` where it says none, or none that can be read. */
export function readSpan(parameters: Readonly<Record<string, string>>, otherwise: ReportSpan): ReportSpan {
  const from = readTime(parameters.from)
  const to = readTime(parameters.to)
  if (from !== null && to !== null && to > from) return { kind: 'fixed', from, to }
  const kind = runningSpans.find((one) => one === parameters.span)
  if (kind !== undefined) return { kind }
  return parameters.span === 'all' ? { kind: 'all' } : otherwise
}

function readTime(text: string | undefined): number | null {
  if (text === undefined) return null
  const time = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? time : null
}
