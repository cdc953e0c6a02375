// Lists of bad actors: chattering, fleeting, standing, most frequent, acknowledged without action. Worst first, equal ones by id.
import type {
  AlarmKpi,
  ChatteringAlarm,
  FleetingAlarm,
  FrequentAlarm,
  StandingAlarm,
} from '../../shared/alarm-report.ts'
import type { AlarmCourseOfTime } from './alarm-course.ts'

const mostListed = 100
const mostFrequent = 50

type Courses = readonly AlarmCourseOfTime[]

function worstFirst(courses: Courses, figure: (course: AlarmCourseOfTime) => number): AlarmCourseOfTime[] {
  return courses
    .filter((course) => figure(course) > 0)
    .sort((a, b) => figure(b) - figure(a) || (a.row.id < b.row.id ? -1 : 1))
}

export function chatteringAlarms(courses: Courses): AlarmKpi['chattering'] {
  const worst = worstFirst(courses, ({ chattering }) => chattering.burstActivationCount)
  const alarms = worst.slice(0, mostListed).map((course): ChatteringAlarm => {
    const { chattering } = course
    return {
      ...course.named(),
      episodeCount: chattering.episodeCount,
      chatteringActivationCount: chattering.burstActivationCount,
      activationCount: chattering.activationCount,
      worst: chattering.worst!,
      chatterIndex: chattering.chatterIndex,
    }
  })
  return { count: worst.length, alarms }
}

export function fleetingAlarms(courses: Courses): AlarmKpi['fleeting'] {
  const worst = worstFirst(courses, ({ fleetingCount }) => fleetingCount)
  const alarms = worst.slice(0, mostListed).map(
    (course): FleetingAlarm => ({
      ...course.named(),
      fleetingCount: course.fleetingCount,
      activationCount: course.chattering.activationCount,
      shortestMs: course.shortestFleetingMs,
      averageMs: course.fleetingMs / course.fleetingCount,
    }),
  )
  return { count: worst.length, alarms }
}

export function standingAlarms(courses: Courses, to: number): Pick<AlarmKpi['standing'], 'atEndCount' | 'alarms'> {
  const standing = courses.filter(({ course }) => course === 'standing')
  const alarms = [...standing]
    .sort((a, b) => a.activeTimestamp - b.activeTimestamp || (a.row.id < b.row.id ? -1 : 1))
    .slice(0, mostListed)
    .map(
      (course): StandingAlarm => ({
        ...course.named(),
        activeTimestamp: course.activeTimestamp,
        durationMs: to - course.activeTimestamp,
        state: course.row.state,
      }),
    )
  return { atEndCount: standing.length, alarms }
}

export function frequentAlarms(courses: Courses, annunciatedCount: number): AlarmKpi['frequent'] {
  const worst = worstFirst(courses, (course) => course.annunciatedCount).slice(0, mostFrequent)
  let cumulative = 0
  const alarms = worst.map((course): FrequentAlarm => {
    cumulative += course.annunciatedCount
    return {
      ...course.named(),
      annunciatedCount: course.annunciatedCount,
      share: course.annunciatedCount / annunciatedCount,
      cumulativeShare: cumulative / annunciatedCount,
      isChattering: course.chattering.episodeCount > 0,
      isFleeting: course.fleetingCount > 0,
      isStale: course.hasBeenStale,
      averageAcknowledgeMs: course.acknowledgedCount === 0 ? null : course.acknowledgeMs / course.acknowledgedCount,
      activeMs: course.standingMs,
    }
  })
  return { topTenShare: alarms[9]?.cumulativeShare ?? alarms.at(-1)?.cumulativeShare ?? 0, alarms }
}

export function withoutActionAlarms(courses: Courses): AlarmKpi['withoutAction']['alarms'] {
  return worstFirst(courses, ({ withoutActionCount }) => withoutActionCount)
    .slice(0, mostFrequent)
    .map((course) => ({ ...course.named(), count: course.withoutActionCount }))
}
