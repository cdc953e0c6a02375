// Figures of alarm performance of a span and area, computed row by row from the journal (ISA-18.2-2016 clause 16, EEMUA 191;
// docs/alarm-kpis.md). Memory grows with the alarms of the plant, 16 bytes for each annunciation and 4 for each acknowledgement.
import {
  type AlarmKpi,
  type AlarmPerformanceClass,
  type AlarmPeriod,
  type AlarmRate,
  alarmPeriodsMs,
  alarmTargets,
} from '../../shared/alarm-report.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { AcknowledgementFigures } from './acknowledgement-figures.ts'
import { ActivationBursts } from './activation-bursts.ts'
import { AlarmCourseOfTime, type CourseStretch, type ReturnedOccurrence } from './alarm-course.ts'
import { floodFigures, floodStretches, floodTime, floodWindowMs } from './alarm-floods.ts'
import {
  chatteringAlarms,
  fleetingAlarms,
  frequentAlarms,
  standingAlarms,
  withoutActionAlarms,
} from './alarm-kpi-lists.ts'
import {
  type AlarmKpiRow,
  type AlarmKpiRules,
  byPriority,
  type ConfiguredAlarm,
  type heldStates,
  isAnnunciation,
  isHeld,
  isInArea,
} from './alarm-kpi-row.ts'
import { Annunciations } from './annunciations.ts'
import { AreaAccounts } from './area-figures.ts'
import { ConcurrentAlarms } from './concurrent-alarms.ts'
import { DurationColumn } from './duration-column.ts'
import { type HoldLookup, heldFigures } from './held-figures.ts'
import { ActionIndex, type OperatorActions } from './operator-actions.ts'
import { StaleAlarms } from './stale-alarms.ts'

/** What figures are asked for: [from, to), ms since 1970-01-01 UTC. Plain values: they cross into the journal's reader thread. */
export interface AlarmKpiQuestion {
  readonly from: number
  readonly to: number
  /** With everything below it; null = the whole station. */
  readonly area: string | null
  readonly rules: AlarmKpiRules
  readonly configured: readonly ConfiguredAlarm[]
  /** null = the audit trail is not there. */
  readonly actions: OperatorActions | null
  /** Alarms of the area that run with other values than approved. */
  readonly driftCount: number
}

/**
 * Rows are read from so long before the span on: a flood that runs at its beginning is known with its start. A flood that has run for
 * longer is taken as begun then. ms.
 */
export const kpiLookBackMs = alarmPeriodsMs.day

const mostFloods = 500
const overCount = 10

/** Takes the rows of the journal from `from − kpiLookBackMs` to `to` in order of their sequence, each once. */
export class AlarmKpiAccount {
  readonly #question: AlarmKpiQuestion
  readonly #courses = new Map<string, AlarmCourseOfTime>()
  /** By the number the log knows them by. */
  readonly #byIndex: AlarmCourseOfTime[] = []
  readonly #log = new Annunciations()
  readonly #occurred = byPriority(() => 0)
  readonly #acknowledgements = new AcknowledgementFigures()
  readonly #inAlarm = new DurationColumn()
  readonly #standing: ConcurrentAlarms
  readonly #held: Record<(typeof heldStates)[number], ConcurrentAlarms>
  readonly #stale: StaleAlarms
  readonly #actions: ActionIndex | null
  #rowCount = 0
  #judgedCount = 0
  #withoutActionCount = 0
  #uncommandedCount = 0

  /** RuntimeError BadInvalidArgument for a span that ends before it begins. */
  constructor(question: AlarmKpiQuestion) {
    const { from, to, rules, actions } = question
    if (!(from < to))
      throw new RuntimeError('BadInvalidArgument', `Alarm figures from ${from} to ${to}: the span is empty`)
    this.#question = question
    this.#standing = new ConcurrentAlarms(from, to)
    this.#held = {
      shelved: new ConcurrentAlarms(from, to),
      suppressedByDesign: new ConcurrentAlarms(from, to),
      outOfService: new ConcurrentAlarms(from, to),
    }
    this.#stale = new StaleAlarms(from, to, rules.staleMs)
    this.#actions = actions === null ? null : new ActionIndex(actions)
  }

  /**
   * The last row of an alarm before the rows begin, and the time stamp of the `active` row of its present occurrence (null = it is not
   * active or not known). To be called before {@link add}.
   */
  begin(row: AlarmKpiRow, activeTimestamp: number | null): void {
    if (isInArea(row.area, this.#question.area)) this.#courseOf(row).begin(row, activeTimestamp)
  }

  /** RuntimeError BadRequestTooLarge when there are more annunciations than one report can hold. */
  add(row: AlarmKpiRow): void {
    const { from, to, area } = this.#question
    if (row.timestamp >= to || !isInArea(row.area, area)) return
    const isInSpan = row.timestamp >= from
    const course = this.#courseOf(row)
    if (isInSpan) this.#rowCount++
    if (isAnnunciation(row)) this.#annunciated(row, course, isInSpan)
    if (isInSpan) this.#countRow(row, course)
    const step = course.add(row)
    if (step === null) return
    for (const answered of step.answered)
      if (answered.row.timestamp >= from) {
        this.#acknowledgements.answered(answered.row.priority, answered.acknowledgeMs)
        if (answered.acknowledgeMs !== null) {
          course.acknowledgedCount++
          course.acknowledgeMs += answered.acknowledgeMs
        }
      }
    if (step.stretch !== null) this.#closed(course, step.stretch, row.event === 'returned')
    if (step.returned !== null && isInSpan) this.#returned(course, step.returned)
    if (step.entered !== null && isInSpan) course.held[step.entered].enteredCount++
  }

  /** The figures; `holdOf` tells who put an alarm into its hold. To be called once, after the last row. */
  finish(oldestTimestamp: number | null, holdOf: HoldLookup): AlarmKpi {
    const { from, to, area, rules, actions } = this.#question
    const courses = [...this.#courses.values()]
    for (const course of courses) this.#end(course)
    this.#log.sort()
    const first = this.#log.indexFrom(from)
    const annunciatedCount = this.#log.count - first
    const floods = floodStretches(this.#log, rules, to).filter(({ endTimestamp }) => (endTimestamp ?? to) > from)
    const periodCounts = this.#periodCounts(first)
    const rates = this.#rates(first)
    const floodMs = floodTime(floods, from, to)
    return {
      from,
      to,
      area,
      journalRowCount: this.#rowCount,
      oldestTimestamp,
      annunciatedCount,
      rates,
      periodCounts,
      shareOfPeriodsOverTen: periodCounts.filter((count) => count > overCount).length / periodCounts.length,
      shareOfTimeInFlood: floodMs / (to - from),
      steadyRate: this.#steadyRate(first, floods, floodMs),
      floodCount: floods.length,
      floods: this.#worstFloods(floods),
      chattering: chatteringAlarms(courses),
      fleeting: fleetingAlarms(courses),
      stale: { count: this.#stale.count, mostPerDay: this.#stale.mostPerDay(), alarms: this.#stale.alarms(100) },
      standing: {
        ...standingAlarms(courses, to),
        averageCount: this.#standing.averageCount,
        peak: this.#standing.peak(),
      },
      frequent: frequentAlarms(courses, annunciatedCount),
      priorities: this.#priorities(annunciatedCount),
      acknowledgement: this.#acknowledgements.figures(),
      timeInAlarm: { ...this.#inAlarm.figures(), activeMs: this.#standing.totalMs },
      withoutAction: {
        judgedCount: this.#judgedCount,
        count: this.#withoutActionCount,
        alarms: withoutActionAlarms(courses),
        isKnown: actions !== null,
      },
      shelved: heldFigures('shelved', courses, this.#held.shelved, holdOf),
      suppressedByDesign: heldFigures('suppressedByDesign', courses, this.#held.suppressedByDesign, holdOf),
      outOfService: heldFigures('outOfService', courses, this.#held.outOfService, holdOf),
      unauthorised: {
        suppressionCount: this.#uncommandedCount,
        changeCount: this.#question.driftCount,
        refusedAttemptCount: actions?.refusedAttemptCount ?? 0,
        isKnown: actions !== null,
      },
      performanceClass: performanceClass(rates.tenMinutes),
      areas: this.#areaFigures(courses, first, annunciatedCount),
    }
  }

  #courseOf(row: AlarmKpiRow): AlarmCourseOfTime {
    let course = this.#courses.get(row.id)
    if (course === undefined) {
      const { chatteringCount, chatteringWindowMs } = this.#question.rules
      course = new AlarmCourseOfTime(
        this.#byIndex.length,
        row,
        new ActivationBursts(chatteringCount, chatteringWindowMs),
      )
      this.#courses.set(row.id, course)
      this.#byIndex.push(course)
    }
    return course
  }

  #annunciated(row: AlarmKpiRow, course: AlarmCourseOfTime, isInSpan: boolean): void {
    this.#log.append(row.timestamp, course.index, row.eventId === 0 ? row.sequence : row.eventId, row.isFirstOut)
    if (!isInSpan) return
    this.#occurred[row.priority]++
    course.annunciatedCount++
    if (row.event === 'active') course.chattering.activated(row.timestamp)
  }

  #countRow(row: AlarmKpiRow, course: AlarmCourseOfTime): void {
    if (row.event === 'active' && !row.isTest && isHeld(row.state)) course.held[row.state].sparedActivationCount++
    if (this.#actions === null) return
    if (row.event === 'shelved' || row.event === 'outOfService') {
      if (!this.#actions.isCommanded(row.event, row.user, row.receivedTimestamp)) this.#uncommandedCount++
    }
  }

  #returned(course: AlarmCourseOfTime, occurrence: ReturnedOccurrence): void {
    const { row, durationMs, isHandled, annunciatedTimestamp, isAcknowledged } = occurrence
    this.#inAlarm.append(durationMs)
    if (durationMs < this.#question.rules.fleetingMs && !isHandled) {
      course.fleetingCount++
      course.fleetingMs += durationMs
      course.shortestFleetingMs = Math.min(course.shortestFleetingMs, durationMs)
    }
    if (this.#actions === null || !isAcknowledged || annunciatedTimestamp === null) return
    this.#judgedCount++
    if (this.#actions.hasOperation(row.tag, row.equipment, annunciatedTimestamp, row.receivedTimestamp)) return
    this.#withoutActionCount++
    course.withoutActionCount++
  }

  #closed(course: AlarmCourseOfTime, stretch: CourseStretch, isReturned: boolean): void {
    const { start, end, activeTimestamp } = stretch
    if (stretch.course !== 'standing') {
      course.held[stretch.course].heldMs += this.#held[stretch.course].add(start, end)
      return
    }
    course.standingMs += this.#standing.add(start, end)
    const isStale = this.#stale.add(course.named(), activeTimestamp, start, end, isReturned ? end : null)
    course.hasBeenStale ||= isStale
  }

  #end(course: AlarmCourseOfTime): void {
    const stretch = course.stretchUntil(this.#question.to)
    if (stretch !== null) this.#closed(course, stretch, false)
    const waiting = course.pending
    if (waiting !== null && waiting.timestamp >= this.#question.from) this.#acknowledgements.open(waiting.priority)
  }

  #rates(first: number): Record<AlarmPeriod, AlarmRate> {
    const { from, to } = this.#question
    const rate = (lengthMs: number): AlarmRate => ({
      average: ((this.#log.count - first) * lengthMs) / (to - from),
      peak: this.#log.fixedPeak(from, lengthMs),
      slidingPeak: this.#log.slidingPeak(lengthMs, first),
    })
    return {
      minute: rate(alarmPeriodsMs.minute),
      tenMinutes: rate(alarmPeriodsMs.tenMinutes),
      hour: rate(alarmPeriodsMs.hour),
      day: rate(alarmPeriodsMs.day),
      month: rate(alarmPeriodsMs.month),
    }
  }

  #periodCounts(first: number): number[] {
    const { from, to } = this.#question
    const counts = new Array<number>(Math.ceil((to - from) / alarmPeriodsMs.tenMinutes)).fill(0)
    for (let index = first; index < this.#log.count; index++)
      counts[Math.floor((this.#log.timestamp(index) - from) / alarmPeriodsMs.tenMinutes)]!++
    return counts
  }

  /** Annunciations outside floods for each 10 minutes outside floods; null when all was flood. */
  #steadyRate(first: number, floods: ReturnType<typeof floodStretches>, floodMs: number): number | null {
    const { from, to } = this.#question
    const steadyMs = to - from - floodMs
    if (steadyMs <= 0) return null
    const inFlood = (timestamp: number) =>
      floods.some(({ startTimestamp, endTimestamp }) => timestamp >= startTimestamp && timestamp < (endTimestamp ?? to))
    let count = 0
    for (let index = first; index < this.#log.count; index++) if (!inFlood(this.#log.timestamp(index))) count++
    return (count * floodWindowMs) / steadyMs
  }

  #worstFloods(floods: ReturnType<typeof floodStretches>): AlarmKpi['floods'] {
    const kept =
      floods.length <= mostFloods
        ? floods
        : [...floods].sort((a, b) => b.end - b.first - (a.end - a.first)).slice(0, mostFloods)
    return [...kept]
      .sort((a, b) => a.first - b.first)
      .map((flood) => floodFigures(this.#log, flood, (alarm) => this.#byIndex[alarm]!.row.id))
  }

  #priorities(annunciatedCount: number): AlarmKpi['priorities'] {
    const configured = this.#question.configured.filter(({ area }) => isInArea(area, this.#question.area))
    return byPriority((priority) => {
      const occurredCount = this.#occurred[priority]
      const configuredCount = configured.filter((alarm) => alarm.priority === priority).length
      return {
        occurredCount,
        occurredShare: annunciatedCount === 0 ? 0 : occurredCount / annunciatedCount,
        configuredCount,
        configuredShare: configured.length === 0 ? 0 : configuredCount / configured.length,
        targetShare: alarmTargets.priorityShare[priority],
      }
    })
  }

  #areaFigures(courses: readonly AlarmCourseOfTime[], first: number, annunciatedCount: number): AlarmKpi['areas'] {
    const { from, to, area, configured } = this.#question
    const accounts = new AreaAccounts(from, to, area)
    for (const alarm of configured) if (isInArea(alarm.area, area)) accounts.configured(alarm)
    for (let index = first; index < this.#log.count; index++)
      accounts.annunciated(this.#byIndex[this.#log.alarm(index)]!.row.area, this.#log.timestamp(index))
    for (const course of courses)
      accounts.add({
        area: course.row.area,
        isStanding: course.course === 'standing',
        isStale: course.hasBeenStale,
        isChattering: course.chattering.episodeCount > 0,
      })
    return accounts.figures(annunciatedCount)
  }
}

/**
 * EEMUA 191's grid of performance levels in decades: average and greatest number in 10 minutes each have their level, the worse one
 * decides.
 */
export function performanceClass({ average, peak }: Pick<AlarmRate, 'average' | 'peak'>): AlarmPerformanceClass {
  const most = peak?.count ?? 0
  if (average > 100 || most > 1000) return 'overloaded'
  if (average > 10 || most > 100) return 'reactive'
  if (average > 1) return 'stable'
  return most > 10 ? 'robust' : 'predictive'
}
