// Shelved, suppressed by design, out of service: figures of their own, for what was not annunciated (conformance A37, A50).
import type { HeldAlarm, HeldAlarmFigures } from '../../shared/alarm-report.ts'
import type { AlarmCourseOfTime } from './alarm-course.ts'
import type { HeldState } from './alarm-kpi-row.ts'
import type { ConcurrentAlarms } from './concurrent-alarms.ts'

const mostListed = 50

/** The row that put the alarm into this state: the one of `holdSequence`, or the last one before `sequence`; null = not known any more. */
export type HoldLookup = (
  id: string,
  state: HeldState,
  holdSequence: number,
  sequence: number,
) => { readonly timestamp: number; readonly user: string; readonly comment: string } | null

export function heldFigures(
  state: HeldState,
  courses: readonly AlarmCourseOfTime[],
  concurrent: ConcurrentAlarms,
  holdOf: HoldLookup,
): HeldAlarmFigures {
  const touched = courses.filter((course) => {
    const { heldMs, enteredCount, sparedActivationCount } = course.held[state]
    return heldMs > 0 || enteredCount > 0 || sparedActivationCount > 0
  })
  const sum = (figure: (course: AlarmCourseOfTime) => number) =>
    touched.reduce((total, course) => total + figure(course), 0)
  const listed = [...touched]
    .sort((a, b) => b.held[state].heldMs - a.held[state].heldMs || (a.row.id < b.row.id ? -1 : 1))
    .slice(0, mostListed)
  return {
    enteredCount: sum((course) => course.held[state].enteredCount),
    atEndCount: courses.filter(({ course }) => course === state).length,
    averageCount: concurrent.averageCount,
    peak: concurrent.peak(),
    heldMs: concurrent.totalMs,
    longestMs: concurrent.longestMs,
    sparedActivationCount: sum((course) => course.held[state].sparedActivationCount),
    alarms: listed.map((course): HeldAlarm => {
      const { id, sequence } = course.row
      return {
        ...course.named(),
        ...course.held[state],
        since: course.course === state ? holdOf(id, state, course.holdSequence, sequence) : null,
      }
    }),
  }
}
