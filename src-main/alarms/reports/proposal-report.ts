// The report `proposals` of the journal's reader thread: what each alarm did in a span, as far as a cure depends on it.

import type { JournalRows, ReportRow } from '../journal-rows.ts'
import { ActivationBursts } from './activation-bursts.ts'
import { AlarmCourseOfTime, type CourseStretch, type ReturnedOccurrence } from './alarm-course.ts'
import type { AlarmKpiRules } from './alarm-kpi-row.ts'
import { isAnnunciation } from './alarm-kpi-row.ts'
import { FollowedAlarms } from './followed-alarms.ts'
import { cancelled } from './kpi-report.ts'
import { ActionIndex, type OperatorActions } from './operator-actions.ts'

/** Plain values: they cross into the reader thread. Times in ms. */
export interface ProposalQuestion {
  readonly from: number
  readonly to: number
  /** null = every alarm. */
  readonly ids: readonly string[] | null
  readonly rules: AlarmKpiRules
  /** null = the audit trail is not there: whether anybody acted is not judged. */
  readonly actions: OperatorActions | null
}

/** What one alarm did in the span. Times in ms since 1970-01-01 UTC. */
export interface AlarmConduct {
  readonly id: string
  /** Annunciated activations. */
  readonly activationCount: number
  /** Of all annunciated activations of the station, 0 to 1; 0 when only some alarms were asked for. */
  readonly share: number
  readonly episodeCount: number
  readonly chatteringActivationCount: number
  readonly worstCount: number
  readonly chatterIndex: number
  readonly fleetingCount: number
  readonly averageFleetingMs: number
  readonly staleCount: number
  readonly longestMs: number
  /** Acknowledged occurrences that returned, and those in which nobody did anything; 0 without audit trail. */
  readonly judgedCount: number
  readonly withoutActionCount: number
  /** The newest activations, oldest first; at most {@link mostActivations}. */
  readonly activations: readonly number[]
  /** The alarm it follows nearly every time; null = none. */
  readonly follows: { readonly id: string; readonly count: number; readonly medianGapMs: number } | null
}

export interface ProposalRows {
  readonly conducts: readonly AlarmConduct[]
  /** Alarm → time stamp of its last row before the span, for alarms that have one and none in it. */
  readonly lastBefore: Readonly<Record<string, number>>
  readonly oldestTimestamp: number | null
}

const mostActivations = 1000

class Conduct {
  readonly course: AlarmCourseOfTime
  readonly activations: number[] = []
  staleCount = 0
  longestMs = 0
  judgedCount = 0

  constructor(row: ReportRow, rules: AlarmKpiRules) {
    this.course = new AlarmCourseOfTime(0, row, new ActivationBursts(rules.chatteringCount, rules.chatteringWindowMs))
  }

  activated(timestamp: number): void {
    this.course.chattering.activated(timestamp)
    this.activations.push(timestamp)
    if (this.activations.length > 2 * mostActivations) this.activations.splice(0, mostActivations)
  }

  closed({ course, end, activeTimestamp }: CourseStretch, staleMs: number): void {
    if (course !== 'standing') return
    this.longestMs = Math.max(this.longestMs, end - activeTimestamp)
    if (end - activeTimestamp > staleMs) this.staleCount++
  }

  returned(
    { row, durationMs, isHandled, ...occurrence }: ReturnedOccurrence,
    rules: AlarmKpiRules,
    actions: ActionIndex | null,
  ): void {
    const { course } = this
    if (durationMs < rules.fleetingMs && !isHandled) {
      course.fleetingCount++
      course.fleetingMs += durationMs
    }
    if (actions === null || !occurrence.isAcknowledged || occurrence.annunciatedTimestamp === null) return
    this.judgedCount++
    if (!actions.hasOperation(row.tag, row.equipment, occurrence.annunciatedTimestamp, row.receivedTimestamp))
      course.withoutActionCount++
  }
}

/** RuntimeError BadRequestInterrupted when cancelled. */
export function proposalReport(rows: JournalRows, question: ProposalQuestion): ProposalRows {
  const { from, to, ids, rules } = question
  const wanted = ids === null ? null : new Set(ids)
  const actions = question.actions === null ? null : new ActionIndex(question.actions)
  const conducts = new Map<string, Conduct>()
  const followed = new FollowedAlarms()
  const lastBefore = new Map<string, number>()
  for (const row of rows.lastBefore(from))
    if (wanted === null || wanted.has(row.id)) {
      lastBefore.set(row.id, row.timestamp)
      if (row.state !== 'normal') conductOf(row).course.begin(row, activeTimestampOf(rows, row))
    }
  let count = 0
  let activationCount = 0
  // An alarm follows another one whether that was asked for or not.
  for (const row of rows.rows(from, to)) {
    if (++count % 8192 === 0 && rows.isCancelled) throw cancelled()
    if (row.timestamp >= to || row.timestamp < from) continue
    const isActivation = row.event === 'active' && isAnnunciation(row)
    if (isActivation) {
      activationCount++
      followed.activated(row.id, row.timestamp)
    }
    if (wanted !== null && !wanted.has(row.id)) continue
    const conduct = conductOf(row)
    if (isActivation) conduct.activated(row.timestamp)
    const step = conduct.course.add(row)
    if (step?.stretch) conduct.closed(step.stretch, rules.staleMs)
    if (step?.returned) conduct.returned(step.returned, rules, actions)
  }
  for (const [id, conduct] of conducts) {
    const open = conduct.course.stretchUntil(to)
    if (open !== null) conduct.closed(open, rules.staleMs)
    lastBefore.delete(id)
  }
  return {
    conducts: [...conducts].map(([id, conduct]) => plain(id, conduct, activationCount, followed)),
    lastBefore: Object.fromEntries(lastBefore),
    oldestTimestamp: rows.oldestTimestamp,
  }

  function conductOf(row: ReportRow): Conduct {
    let conduct = conducts.get(row.id)
    if (conduct === undefined) {
      conduct = new Conduct(row, rules)
      conducts.set(row.id, conduct)
    }
    return conduct
  }
}

function activeTimestampOf(rows: JournalRows, row: ReportRow): number | null {
  return row.isActive && row.eventId !== 0 ? (rows.event(row.eventId)?.timestamp ?? null) : null
}

function plain(id: string, conduct: Conduct, allCount: number, followed: FollowedAlarms): AlarmConduct {
  const { course } = conduct
  const { chattering } = course
  return {
    id,
    activationCount: chattering.activationCount,
    share: allCount === 0 ? 0 : chattering.activationCount / allCount,
    episodeCount: chattering.episodeCount,
    chatteringActivationCount: chattering.burstActivationCount,
    worstCount: chattering.worst?.count ?? 0,
    chatterIndex: chattering.chatterIndex,
    fleetingCount: course.fleetingCount,
    averageFleetingMs: course.fleetingCount === 0 ? 0 : course.fleetingMs / course.fleetingCount,
    staleCount: conduct.staleCount,
    longestMs: conduct.longestMs,
    judgedCount: conduct.judgedCount,
    withoutActionCount: course.withoutActionCount,
    activations: conduct.activations.slice(-mostActivations),
    follows: followed.followedBy(id),
  }
}
