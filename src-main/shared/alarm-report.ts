// What the alarm journal tells afterwards: figures of alarm performance (ISA-18.2-2016 clause 16, EEMUA 191), proposed cures of bad
// actors, and what came before an alarm. Codes and numbers only: the words are the screens'. docs/alarm-kpis.md has every formula.
import type { AlarmCondition, AlarmEvent, AlarmEventKind, AlarmPriority, AlarmState } from './alarm.ts'
import type { JsonValue } from './data-value.ts'
import type { StateWords } from './tag.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Lengths of the periods in which annunciated alarms are counted; ms. A month has 30 days. */
export const alarmPeriodsMs = { minute, tenMinutes: 10 * minute, hour, day, month: 30 * day } as const
export type AlarmPeriod = keyof typeof alarmPeriodsMs

/** Longest span of one report; ms. */
export const longestKpiSpanMs = 1830 * day

/**
 * Targets (docs/alarm-kpis.md says where each is from). `target`: no worse than this is very likely acceptable; `most`: worse than
 * this is not manageable. Shares are 0 to 1.
 */
export const alarmTargets = {
  /** Average annunciated alarms of each period. */
  average: {
    tenMinutes: { target: 1, most: 2 },
    hour: { target: 6, most: 12 },
    day: { target: 150, most: 300 },
  },
  /** Most annunciated alarms of any one period. */
  peak: {
    minute: { target: 2, most: 2 },
    tenMinutes: { target: 10, most: 10 },
    hour: { target: 15, most: 30 },
  },
  /** Outside floods, per 10 minutes. */
  steadyRate: { target: 1, most: 2 },
  shareOfPeriodsOverTen: { target: 0.01, most: 0.05 },
  shareOfTimeInFlood: { target: 0.01, most: 0.05 },
  shareOfTopTen: { target: 0.01, most: 0.05 },
  chatteringCount: { target: 0, most: 0 },
  fleetingCount: { target: 0, most: 0 },
  /** Stale ones on any one day. */
  staleCount: { target: 4, most: 5 },
  standingCount: { target: 9, most: 10 },
  shelvedCount: { target: 29, most: 30 },
  unauthorisedCount: { target: 0, most: 0 },
  /** Share of the alarms of each priority, configured and occurred. */
  priorityShare: { low: 0.8, medium: 0.15, high: 0.05, urgent: 0.01 } satisfies Record<AlarmPriority, number>,
} as const

export const alarmVerdicts = ['good', 'warning', 'bad'] as const
/** `good`: within the target; `warning`: still manageable; `bad`: worse. */
export type AlarmVerdict = (typeof alarmVerdicts)[number]

/** Where a figure stands against its target. */
export function alarmVerdict(value: number, { target, most }: { target: number; most: number }): AlarmVerdict {
  return value <= target ? 'good' : value <= most ? 'warning' : 'bad'
}

/** The most of one period; `timestamp`: its start, ms since 1970-01-01 UTC. */
export interface AlarmPeak {
  readonly count: number
  readonly timestamp: number
}

/** Annunciated alarms by periods of one length. */
export interface AlarmRate {
  /** Count of the span divided by how many periods it has (a part of one counts as that part). */
  readonly average: number
  /** Of the periods that follow each other from `from` on, the first one with most; null when nothing was annunciated. */
  readonly peak: AlarmPeak | null
  /** Of all stretches (t, t + length] wherever they begin; `timestamp`: of its first alarm. null when nothing was annunciated. */
  readonly slidingPeak: AlarmPeak | null
}

/** What is said of an alarm in every list: as its last journal row in the span has it. */
export interface AlarmKpiAlarm {
  readonly id: string
  readonly tag: string
  readonly condition: AlarmCondition
  readonly priority: AlarmPriority
  readonly area: string
  readonly equipment: string | null
}

/** A flood: from the 10th annunciated alarm in 10 minutes until fewer than 5 in 10 minutes (numbers: AlarmPhilosophy). Times in ms. */
export interface AlarmFlood {
  /** Time stamp of the annunciation that made it a flood. May lie before `from`. */
  readonly startTimestamp: number
  /** When the rate fell below the end; null = it runs on at `to`. */
  readonly endTimestamp: number | null
  /** Annunciated from the first alarm of the window that made it a flood to its end, those before `from` too. */
  readonly annunciatedCount: number
  /** Different alarms among them. */
  readonly alarmCount: number
  /** Most in any 10 minutes. */
  readonly peak: AlarmPeak
  /** First alarm of the window that made it a flood: where to look first. */
  readonly firstAlarm: { readonly id: string; readonly eventId: number; readonly timestamp: number }
  /** First one of them that was the first of its first-out group; null = none was. */
  readonly firstOut: { readonly id: string; readonly eventId: number; readonly timestamp: number } | null
}

/** At least `chatteringCount` activations within `chatteringWindowMs`. */
export interface ChatteringAlarm extends AlarmKpiAlarm {
  /** Separate bursts: one ends when a window is below the count again. */
  readonly episodeCount: number
  /** Activations that belong to a burst. */
  readonly chatteringActivationCount: number
  /** All annunciated activations of the span. */
  readonly activationCount: number
  /** Most activations in any one window. */
  readonly worst: AlarmPeak
  /**
   * Chatter index Ψ = Σ n(r)/r / Σ n(r) over the run lengths r between activations in whole seconds (at least 1), 0 to 1 per second;
   * from 0.05 on an alarm chatters (Kondaveeti, Izadi, Shah, Chen 2013).
   */
  readonly chatterIndex: number
}

/** Active for less than `fleetingMs`, and gone without anybody's action. Times in ms. */
export interface FleetingAlarm extends AlarmKpiAlarm {
  readonly fleetingCount: number
  readonly activationCount: number
  readonly shortestMs: number
  readonly averageMs: number
}

/** Active without a break for longer than `staleMs`, some of it in the span. Times in ms. */
export interface StaleAlarm extends AlarmKpiAlarm {
  readonly activeTimestamp: number
  /** null = still active at `to`. */
  readonly returnedTimestamp: number | null
  /** Until it returned or `to`. */
  readonly durationMs: number
}

/** Active and annunciated at `to`. Times in ms. */
export interface StandingAlarm extends AlarmKpiAlarm {
  readonly activeTimestamp: number
  readonly durationMs: number
  readonly state: AlarmState
}

/** One of the most frequent ones: what to cure first. */
export interface FrequentAlarm extends AlarmKpiAlarm {
  readonly annunciatedCount: number
  /** Share of all annunciated alarms, 0 to 1. */
  readonly share: number
  /** Share of this one and all before it. */
  readonly cumulativeShare: number
  readonly isChattering: boolean
  readonly isFleeting: boolean
  readonly isStale: boolean
  /** Of its acknowledged annunciations; null = none was acknowledged. ms. */
  readonly averageAcknowledgeMs: number | null
  /** Sum of the times active in the span; ms. */
  readonly activeMs: number
}

export interface AlarmPriorityFigures {
  readonly occurredCount: number
  /** 0 to 1; 0 when nothing occurred. */
  readonly occurredShare: number
  /** Alarms of the plant (and area) with this priority. */
  readonly configuredCount: number
  readonly configuredShare: number
  readonly targetShare: number
}

/** Upper edges of the histogram's columns; the last column is everything longer. ms. */
export const acknowledgeEdgesMs = [
  5000,
  10_000,
  30_000,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hour,
] as const

/** How long something took; null where there was none. Percentiles are nearest-rank: a value that occurred. ms. */
export interface AlarmDurations {
  readonly count: number
  readonly averageMs: number | null
  readonly medianMs: number | null
  readonly p90Ms: number | null
  readonly mostMs: number | null
}

export interface AlarmAcknowledgement extends AlarmDurations {
  /** Columns of `acknowledgeEdgesMs`: count with time ≤ edge and above the one before; one more column than edges. */
  readonly histogram: readonly number[]
  /** Annunciations that nobody acknowledged before the alarm was annunciated again, held, or went by itself. */
  readonly neverCount: number
  /** Annunciations that still wait at `to`. */
  readonly openCount: number
}

/** What one way of holding alarms back did (shelved, suppressed by design, out of service). Times in ms. */
export interface HeldAlarmFigures {
  /** How often an alarm came into this state in the span. */
  readonly enteredCount: number
  /** Alarms in this state at `to`. */
  readonly atEndCount: number
  /** Over the whole span. */
  readonly averageCount: number
  /** Most at the start of any 10-minute period of the span; null = there was never one. */
  readonly peak: AlarmPeak | null
  /** Sum over all alarms. */
  readonly heldMs: number
  readonly longestMs: number
  /** Activations that were not annunciated because of it. */
  readonly sparedActivationCount: number
  /** Longest held first; at most 50. */
  readonly alarms: readonly HeldAlarm[]
}

export interface HeldAlarm extends AlarmKpiAlarm {
  readonly enteredCount: number
  readonly heldMs: number
  readonly sparedActivationCount: number
  /** Since when it is held at `to`, by whom, why; null = it is not any more. */
  readonly since: { readonly timestamp: number; readonly user: string; readonly comment: string } | null
}

/**
 * EEMUA 191 figure "alarm performance levels", by average and greatest number of alarms in 10 minutes: the worse of the two decides.
 * `predictive` is the best.
 */
export const alarmPerformanceClasses = ['predictive', 'robust', 'stable', 'reactive', 'overloaded'] as const
export type AlarmPerformanceClass = (typeof alarmPerformanceClasses)[number]

export interface AreaFigures {
  /** `Packaging/Filling`, with everything below it; '' = alarms of the line itself and of everything. */
  readonly area: string
  readonly annunciatedCount: number
  /** Of the whole span's, 0 to 1. */
  readonly share: number
  readonly averagePerTenMinutes: number
  readonly peak: AlarmPeak | null
  readonly standingCount: number
  readonly staleCount: number
  readonly chatteringCount: number
  readonly configuredCount: number
  /** Annunciated in each of `areaPartCount` equal parts of the span: a small chart beside the area's name. */
  readonly partCounts: readonly number[]
}

/** Parts of the span in which the alarms of an area are counted. */
export const areaPartCount = 48

/**
 * Answer of `alarms.kpi`: figures of [from, to). What is annunciated: activations, re-alarms, and alarms that are still active when
 * they leave shelved, suppressed by design or out of service. Test alarms count nowhere. Times are the journal's `timestamp`.
 */
export interface AlarmKpi {
  readonly from: number
  readonly to: number
  /** null = the whole station. */
  readonly area: string | null
  /** Rows of the journal that were looked at: nothing was recorded where it is 0. */
  readonly journalRowCount: number
  /** `timestamp` of the oldest row the journal has, ms: what lies before it in the span is not known; null = it has none. */
  readonly oldestTimestamp: number | null
  readonly annunciatedCount: number
  readonly rates: Readonly<Record<AlarmPeriod, AlarmRate>>
  /** Count of each 10-minute period from `from` on; the last one may be cut by `to`. */
  readonly periodCounts: readonly number[]
  /** Share of the 10-minute periods with more than 10, 0 to 1. */
  readonly shareOfPeriodsOverTen: number
  /** 0 to 1. */
  readonly shareOfTimeInFlood: number
  /** Per 10 minutes, of the time without flood (EEMUA 191 "steady operation"); null = all was flood. */
  readonly steadyRate: number | null
  readonly floodCount: number
  /** Oldest first; of more than 500 those with most alarms. */
  readonly floods: readonly AlarmFlood[]
  /** Worst first; at most 100 of each list, the counts are of all. */
  readonly chattering: { readonly count: number; readonly alarms: readonly ChatteringAlarm[] }
  readonly fleeting: { readonly count: number; readonly alarms: readonly FleetingAlarm[] }
  readonly stale: {
    readonly count: number
    /** Most on any one day (days count from `from`). */
    readonly mostPerDay: AlarmPeak | null
    readonly alarms: readonly StaleAlarm[]
  }
  readonly standing: {
    /** Active and annunciated at `to`. */
    readonly atEndCount: number
    readonly averageCount: number
    /** At the start of any 10-minute period. */
    readonly peak: AlarmPeak | null
    /** Longest first. */
    readonly alarms: readonly StandingAlarm[]
  }
  readonly frequent: {
    /** Share of the first ten, 0 to 1. */
    readonly topTenShare: number
    /** Most frequent first, at most 50. */
    readonly alarms: readonly FrequentAlarm[]
  }
  readonly priorities: Readonly<Record<AlarmPriority, AlarmPriorityFigures>>
  readonly acknowledgement: AlarmAcknowledgement & {
    readonly byPriority: Readonly<Record<AlarmPriority, AlarmAcknowledgement>>
  }
  /** How long alarms were active: occurrences that returned in the span. */
  readonly timeInAlarm: AlarmDurations & { readonly activeMs: number }
  /**
   * Acknowledged occurrences that returned in the span, and those of them while which nobody wrote to or operated the equipment or
   * tag of the alarm: candidates for events instead of alarms.
   */
  readonly withoutAction: {
    readonly judgedCount: number
    readonly count: number
    /** Most first, at most 50. */
    readonly alarms: readonly (AlarmKpiAlarm & { readonly count: number })[]
    /** The audit trail was not there or had too many rows to be read: nothing was judged. */
    readonly isKnown: boolean
  }
  readonly shelved: HeldAlarmFigures
  readonly suppressedByDesign: HeldAlarmFigures
  readonly outOfService: HeldAlarmFigures
  readonly unauthorised: {
    /** Shelved or taken out of service with no successful, audited command of that person behind it. */
    readonly suppressionCount: number
    /** Alarms whose priority, limit, deadband or delays are not the approved ones at the time of the report. */
    readonly changeCount: number
    /** Commands that were refused for want of a permission. */
    readonly refusedAttemptCount: number
    /** False without an audit trail: suppressions and attempts were not judged. */
    readonly isKnown: boolean
  }
  readonly performanceClass: AlarmPerformanceClass
  /** Every area with an alarm, by name. */
  readonly areas: readonly AreaFigures[]
}

/**
 * Cures. `deadband`, `onDelay`, `offDelay`, `limit` change a value; `suppress` proposes a suppressedWhen; `redesign`: no value of
 * those cures it (another measurement, another limit, an event instead of an alarm); `review`: it never occurs, is it needed?
 */
export const alarmProposalKinds = [
  'deadband',
  'onDelay',
  'offDelay',
  'limit',
  'suppress',
  'redesign',
  'review',
] as const
export type AlarmProposalKind = (typeof alarmProposalKinds)[number]

/** Why something is proposed; the screen's sentence is by this code, filled with `figures`. */
export const alarmProposalReasons = [
  /** figures: activationCount, episodeCount, worstCount, windowMs, chatterIndex */
  'chattering',
  /** figures: activationCount, fleetingCount, averageMs */
  'fleeting',
  /** figures: activationCount, share, perDay */
  'frequent',
  /** figures: longestMs, staleCount */
  'stale',
  /** figures: days: the alarm did not occur in so many days of journal. */
  'neverActive',
  /** figures: judgedCount, count: acknowledged and nobody did anything. */
  'withoutAction',
  /** figures: activationCount, togetherCount, medianGapMs: it follows `otherId` nearly every time. */
  'follows',
] as const
export type AlarmProposalReason = (typeof alarmProposalReasons)[number]

/** What a computed proposal must be read with. */
export const alarmProposalNotes = [
  /** The tag is recorded with a deadband or swinging door: smaller movements than `recordingDeadband` are not in history. */
  'recordingDeadband',
  /** Replaying the recorded samples with the present settings gave other activations than the journal has (figures: replayedCount). */
  'replayDiffers',
  /** Not all activations were replayed, only the newest ones (figures: replayedSpanMs). */
  'partlyReplayed',
  /** No samples of the tag are recorded: nothing was computed from history. */
  'noHistory',
  /** Limit or expression reads other tags; they were replayed as far as they are recorded. */
  'otherInputs',
  /** A longer delay would have cured more, but takes more than a quarter of the response time. */
  'boundByResponseTime',
] as const
export type AlarmProposalNote = (typeof alarmProposalNotes)[number]

/** One proposed cure of one alarm. Times in ms; values in engineering units. */
export interface AlarmProposal {
  /** Of the alarm; (id, kind, reason) is unique. */
  readonly id: string
  readonly tag: string
  readonly kind: AlarmProposalKind
  readonly reason: AlarmProposalReason
  /** deadband, limit: engineering units; delays: ms; null = there is no single value. */
  readonly presentValue: number | string | null
  /** suppress: id of the alarm that comes before it, where one is known. */
  readonly proposedValue: number | string | null
  /** Of the values; `ms` for delays. */
  readonly unit: string
  /** Span the figures are of. */
  readonly from: number
  readonly to: number
  /** Activations that were replayed with the present settings, and how many of them the proposed one leaves; null = not replayed. */
  readonly activationCount: number
  readonly remainingCount: number | null
  /** Longest time by which an activation that stays would have come later than now; null = not replayed. ms. */
  readonly detectionDelayMs: number | null
  /** The one to take where several would do. */
  readonly isBest: boolean
  readonly figures: Readonly<Record<string, number>>
  readonly notes: readonly AlarmProposalNote[]
}

/** How something is related to the alarm, nearest first; one thing has its nearest relation. */
export const alarmRelations = [
  /** The tag the alarm watches. */
  'sameTag',
  /** Read by the alarm's expression, limit or suppression, or by the calculated tag it watches, however deep. */
  'input',
  'firstOutGroup',
  'sameEquipment',
  'sameDevice',
  'sameArea',
  /** Concerns the whole station. */
  'station',
] as const
export type AlarmRelation = (typeof alarmRelations)[number]

export const alarmChangeKinds = [
  /** A recorded value changed. */
  'value',
  /** Somebody wrote a value. */
  'write',
  /** A device changed its state. */
  'device',
  /** Another alarm became active, returned or was acted upon. */
  'alarm',
  /** Another operator action of the audit trail. */
  'operator',
] as const
export type AlarmChangeKind = (typeof alarmChangeKinds)[number]

/** Something that changed before an alarm came. */
export interface AlarmChange {
  readonly kind: AlarmChangeKind
  /** ms since 1970-01-01 UTC: source time of values, the runtime's clock of what persons did. */
  readonly timestamp: number
  /** Before the alarm's active time stamp; ms, ≥ 0. */
  readonly beforeMs: number
  readonly relation: AlarmRelation
  /** Tag or series that changed; of an alarm event what that alarm watches. */
  readonly tag: string | null
  /** alarm: its id. */
  readonly alarmId: string | null
  readonly event: AlarmEventKind | null
  readonly priority: AlarmPriority | null
  readonly message: string | null
  /** write, operator: action of the audit trail (`tags.write`, `plant.reload`) and what it was done to. */
  readonly action: string | null
  readonly target: string | null
  readonly user: string | null
  readonly oldValue: JsonValue
  readonly newValue: JsonValue
  readonly unit: string
  /** Words of the values. */
  readonly states: Readonly<Record<string, StateWords>> | null
  readonly decimals: number | null
  /** Quality of the new value, or result of the command. */
  readonly statusCode: number
  /** value: samples of this tag in the minutes before that say the same run of changes (1 = a single one). */
  readonly changeCount: number
  readonly equipment: string | null
}

/** One alarm of the first-out group's occurrence. */
export interface FirstOutMember {
  readonly id: string
  readonly eventId: number
  readonly timestamp: number
  readonly message: string
  readonly priority: AlarmPriority
  readonly isFirstOut: boolean
  /** Same time stamp as the one before or after it: which came first is not known. */
  readonly isTie: boolean
  /** Of the occurrence that was asked for. */
  readonly isSubject: boolean
  /** After the first one of the group; ms. */
  readonly afterMs: number
}

/** What was not to be had. */
export const alarmBeforeNotes = ['noHistory', 'historyFailed', 'auditFailed', 'cut'] as const
export type AlarmBeforeNote = (typeof alarmBeforeNotes)[number]

/** Answer of `alarms.before`. */
export interface AlarmBefore {
  /** The `active` row of the journal. */
  readonly occurrence: AlarmEvent
  /** In order of their source time stamp, since the group was normal; null = the alarm has no group. */
  readonly firstOut: { readonly group: string; readonly members: readonly FirstOutMember[] } | null
  /** The ten that most plausibly preceded it, newest first. */
  readonly changes: readonly AlarmChange[]
  /** How far back was looked; ms since 1970-01-01 UTC. */
  readonly from: number
  readonly notes: readonly AlarmBeforeNote[]
}
