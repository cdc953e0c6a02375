// Alarms as both processes speak of them: ISA-18.2-2016 / IEC 62682:2022, with the names of OPC 10000-9 where it has one.
import type { JsonValue } from './data-value.ts'
import type { StateWords } from './tag.ts'

/** What makes an alarm active. The first ten are written in plant files; the last two the station raises by itself. */
export const alarmConditions = [
  'highHigh',
  'high',
  'low',
  'lowLow',
  'deviation',
  'rateOfChange',
  'discrete',
  'changeOfState',
  'badQuality',
  'stale',
  'expression',
  'deviceLost',
  'system',
] as const
export type AlarmCondition = (typeof alarmConditions)[number]

/** Lowest first; four annunciated priorities at most (ISA-18.2 clause 11). */
export const alarmPriorities = ['low', 'medium', 'high', 'urgent'] as const
export type AlarmPriority = (typeof alarmPriorities)[number]

/**
 * The state as it is shown (ISA-18.2 figure 3). Out of service hides suppressed by design, that hides shelved, that hides the
 * process states. `normal` ones are not listed.
 */
export const alarmStates = [
  'normal',
  'unacknowledged',
  'acknowledged',
  'returnedUnacknowledged',
  'latchedUnacknowledged',
  'latchedAcknowledged',
  'shelved',
  'suppressedByDesign',
  'outOfService',
] as const
export type AlarmState = (typeof alarmStates)[number]

/** Numbers of the states in history (series `alarm:<id>`). They stay: what is stored refers to them. */
export const alarmStateValues: Readonly<Record<AlarmState, number>> = {
  normal: 0,
  unacknowledged: 1,
  acknowledged: 2,
  returnedUnacknowledged: 3,
  latchedUnacknowledged: 4,
  latchedAcknowledged: 5,
  shelved: 6,
  suppressedByDesign: 7,
  outOfService: 8,
}

/** What happened, as the journal names it. `state` of the row is the state after it. */
export const alarmEventKinds = [
  /** The condition became true for longer than its on-delay: a new occurrence. */
  'active',
  /** The condition became false for longer than its off-delay. */
  'returned',
  'acknowledged',
  'reset',
  /** Acknowledged and still active for the re-alarm time: annunciated again. */
  'reAlarmed',
  'shelved',
  /** By a person, by its time, or because a one-shot returned to normal; the comment says which. */
  'unshelved',
  'suppressed',
  'unsuppressed',
  'outOfService',
  'returnedToService',
  'comment',
  /** Limit, priority, class or another attribute changed while the alarm was not normal. */
  'changed',
  /** The alarm left the plant folder; an unacknowledged one stays listed until it is acknowledged. */
  'removed',
] as const
export type AlarmEventKind = (typeof alarmEventKinds)[number]

/** Severity of the consequence when nobody acts (rationalisation, ISA-18.2 clause 8). */
export const consequenceSeverities = ['minor', 'major', 'severe'] as const
export type ConsequenceSeverity = (typeof consequenceSeverities)[number]

/** Life of an entry of the master alarm database. */
export const rationalisationStatuses = ['draft', 'reviewed', 'approved', 'implemented', 'retired'] as const
export type RationalisationStatus = (typeof rationalisationStatuses)[number]

/** A text of the plant: one for all languages, or one for each (BCP 47). */
export type PlantWords = StateWords

/** What the master alarm database says of an alarm: response guidance and approval (docs/alarm-configuration.md). */
export interface Rationalisation {
  readonly status: RationalisationStatus
  readonly consequence: PlantWords | null
  readonly severity: ConsequenceSeverity | null
  readonly cause: PlantWords | null
  readonly action: PlantWords | null
  /** Time an operator has to respond; ms. */
  readonly responseTimeMs: number | null
  readonly reviewer: string | null
  /** ISO date (2026-11-22) of the last change of status. */
  readonly date: string | null
  /** Grows with each change of an approved entry. */
  readonly revision: number
  /** Values that were approved; where the tag's own differ the alarm has drifted. */
  readonly approved: ApprovedAlarmValues | null
}

/** Absent = not part of the approval. Durations in ms, limit and deadband in engineering units. */
export interface ApprovedAlarmValues {
  readonly priority?: AlarmPriority | undefined
  readonly limit?: number | string | undefined
  readonly deadband?: number | undefined
  readonly onDelayMs?: number | undefined
  readonly offDelayMs?: number | undefined
}

/** An alarm of the checked plant: everything is known of it before it ever occurs. Durations in ms, engineering units. */
export interface AlarmDefinition {
  /** Unique and lasting: `<tag>/<name>`, the name being the condition unless the plant file gives another (`Filler.Level/high`). */
  readonly id: string
  /** What it watches; of `deviceLost` the series `device:<name>:state`, of `system` a series `runtime:…`. */
  readonly tag: string
  readonly condition: AlarmCondition
  /** A number, or CEL that gives one; null where the condition needs none. `discrete`: the abnormal value. */
  readonly limit: number | string | null
  /** CEL: the condition of `expression`, the reference of `deviation`. */
  readonly expression: string | null
  /** How far inside the limit the value must come back before the alarm returns. */
  readonly deadband: number
  readonly onDelayMs: number
  readonly offDelayMs: number
  /** rateOfChange: the span over which the change is taken. */
  readonly windowMs: number
  /** Of several limits of one tag on one side only the outermost one is active (OPC 10000-9 ExclusiveLimitAlarmType). */
  readonly isExclusive: boolean
  /** badQuality: Uncertain counts too. All others: Uncertain values are evaluated (true) or hold the last result (false). */
  readonly usesUncertain: boolean
  /** What a Bad value means to the other conditions: the last result stays (`hold`), or the alarm is suppressed by design. */
  readonly onBadQuality: 'hold' | 'suppress'
  readonly priority: AlarmPriority
  readonly latching: boolean
  /** An acknowledged alarm that is active for so long is annunciated again; null = never. */
  readonly reAlarmMs: number | null
  readonly mostReAlarms: number
  /** CEL: suppressed by design while true; null = never. */
  readonly suppressedWhen: string | null
  /** Alarms of one group: the first one since the group was normal is flagged; null = none. */
  readonly firstOutGroup: string | null
  /** Name of its class (alarms/*.yaml `classes:`); `process` unless said otherwise. */
  readonly alarmClass: string
  /** Device of the tag; its badQuality and stale alarms are suppressed while that device is lost. */
  readonly device: string | null
  readonly equipment: string | null
  /** Place in the hierarchy, `Packaging/Filling/Filler`; '' = the line itself. */
  readonly area: string
  /** `{value}`, `{limit}`, `{unit}` and `{tag}` are filled in when the alarm occurs, and stay. */
  readonly message: PlantWords
  readonly unit: string
  /** Of the tag's values on screens; null = as many as needed. */
  readonly decimals: number | null
  readonly states: Readonly<Record<string, StateWords>> | null
  /** null = not in the master alarm database: unrationalised. */
  readonly rationalisation: Rationalisation | null
}

/** Rules that alarms of one class share (ISA-18.2 clause 6, alarm philosophy). */
export interface AlarmClass {
  readonly name: string
  readonly title: PlantWords
  /** Acknowledging needs a comment. */
  readonly commentRequired: boolean
  /** Returns to normal without acknowledgement once the condition is gone. */
  readonly acknowledgeOnReturn: boolean
  readonly isShelvingAllowed: boolean
  /** Longest time of one shelving; ms. */
  readonly longestShelvingMs: number
  /** A latched alarm may be reset before it is acknowledged; the reset acknowledges it. */
  readonly resetAcknowledges: boolean
  /** Highly managed: taking it out of service needs the permission `alarms.manage` as well (ISA-18.2 clause 6.2.9). */
  readonly isHighlyManaged: boolean
}

/** Suppression of many alarms by a state of the plant (ISA-18.2 clause 12.4): all of `area`, `equipment`, `priorities`, `ids` must fit. */
export interface SuppressionRule {
  readonly name: string
  readonly title: PlantWords
  /** CEL; suppressed while true. */
  readonly when: string
  /** null = whatever it is. A name ending in `*` fits every id that begins so. */
  readonly ids: readonly string[] | null
  readonly area: string | null
  readonly equipment: readonly string[] | null
  readonly priorities: readonly AlarmPriority[] | null
}

/** Plant-wide rules and figures of alarm management (alarms/*.yaml); the usual ones after ISA-18.2 and EEMUA 191 are the default. */
export interface AlarmPhilosophy {
  readonly classes: readonly AlarmClass[]
  readonly suppressions: readonly SuppressionRule[]
  /** Priority by severity of the consequence and time to respond; columns: up to 3, 10, 30 minutes, longer. */
  readonly priorityMatrix: Readonly<
    Record<ConsequenceSeverity, readonly [AlarmPriority, AlarmPriority, AlarmPriority, AlarmPriority]>
  >
  /** A flood begins with so many annunciated alarms in 10 minutes, and ends below `floodEndCount`. */
  readonly floodStartCount: number
  readonly floodEndCount: number
  /** Chattering: so many activations within `chatteringWindowMs`. */
  readonly chatteringCount: number
  readonly chatteringWindowMs: number
  /** Fleeting: active for less, and gone without anybody's action. */
  readonly fleetingMs: number
  /** Stale (standing): active without a break for longer. */
  readonly staleMs: number
  /** Most alarms one operator may hold shelved at a time. */
  readonly mostShelvedPerUser: number
  /** Most alarms that may be shelved by one command without the permission `alarms.manage`. */
  readonly mostShelvedAtOnce: number
  /** Alarms whose approved values differ from the tag's run with the approved ones. */
  readonly enforceApproved: boolean
  /** How long journal rows are kept; ms; null = for ever. */
  readonly journalRetentionMs: number | null
  readonly deviceLost: { readonly priority: AlarmPriority; readonly onDelayMs: number }
}

const minute = 60_000
const hour = 60 * minute

export const processClass: AlarmClass = {
  name: 'process',
  title: { en: 'Process', 'zh-CN': '过程' },
  commentRequired: false,
  acknowledgeOnReturn: false,
  isShelvingAllowed: true,
  longestShelvingMs: 8 * hour,
  resetAcknowledges: false,
  isHighlyManaged: false,
}

/** Alarms that the station raises of itself. */
export const systemClass: AlarmClass = { ...processClass, name: 'system', title: { en: 'System', 'zh-CN': '系统' } }

/** Classes every plant may use without writing them: equipment types of libraries need common words. A plant may write its own rules for them. */
export const commonClasses: readonly AlarmClass[] = [
  processClass,
  systemClass,
  {
    ...processClass,
    name: 'safety',
    title: { en: 'Safety related', 'zh-CN': '安全相关' },
    longestShelvingMs: hour / 2,
    isHighlyManaged: true,
  },
  { ...processClass, name: 'quality', title: { en: 'Product quality', 'zh-CN': '产品质量' } },
  {
    ...processClass,
    name: 'maintenance',
    title: { en: 'Maintenance', 'zh-CN': '维护' },
    acknowledgeOnReturn: true,
    longestShelvingMs: 24 * hour,
  },
]

export const defaultAlarmPhilosophy: AlarmPhilosophy = {
  classes: commonClasses,
  suppressions: [],
  priorityMatrix: {
    minor: ['medium', 'low', 'low', 'low'],
    major: ['high', 'medium', 'medium', 'low'],
    severe: ['urgent', 'high', 'high', 'medium'],
  },
  floodStartCount: 10,
  floodEndCount: 5,
  chatteringCount: 3,
  chatteringWindowMs: minute,
  fleetingMs: 10_000,
  staleMs: 24 * hour,
  mostShelvedPerUser: 30,
  mostShelvedAtOnce: 10,
  enforceApproved: false,
  journalRetentionMs: null,
  deviceLost: { priority: 'high', onDelayMs: 2000 },
}

/** Priority that the matrix gives; null while severity or response time is not known. */
export function matrixPriority(
  matrix: AlarmPhilosophy['priorityMatrix'],
  severity: ConsequenceSeverity | null,
  responseTimeMs: number | null,
): AlarmPriority | null {
  if (severity === null || responseTimeMs === null) return null
  const column =
    responseTimeMs <= 3 * minute ? 0 : responseTimeMs <= 10 * minute ? 1 : responseTimeMs <= 30 * minute ? 2 : 3
  return matrix[severity][column]
}

/** Why an alarm is shelved, suppressed or out of service; `user` null = the runtime itself. Times in ms. */
export interface AlarmHold {
  readonly user: string | null
  readonly timestamp: number
  readonly reason: string
}

/** Row of `alarms.list`: one alarm that is not normal. Times in ms since 1970-01-01 UTC. */
export interface AlarmRow {
  readonly id: string
  readonly tag: string
  readonly condition: AlarmCondition
  readonly state: AlarmState
  readonly priority: AlarmPriority
  /** In the plant's first language, with the values of the occurrence. */
  readonly message: string
  /** By language, where the plant has several. */
  readonly messages?: Readonly<Record<string, string>>
  /** Of the present or last occurrence; source time. null when there was none (shelved while normal). */
  readonly activeTimestamp: number | null
  readonly returnedTimestamp?: number
  readonly acknowledgedTimestamp?: number
  readonly acknowledgedBy?: string
  readonly shelvedUntil?: number
  /** Why, by whom: of shelved, suppressed and out of service. */
  readonly hold?: AlarmHold
  /** Value that made the present occurrence. */
  readonly value: JsonValue
  readonly unit: string
  /** Present quality of what it watches; a Bad one says that the state is held, not known. */
  readonly statusCode: number
  /** The process condition, whatever is shown. */
  readonly isActive: boolean
  readonly isAcknowledged: boolean
  /** First of its first-out group. */
  readonly isFirstOut?: boolean
  /** Another alarm of its group came with the same time stamp. */
  readonly isFirstOutTie?: boolean
  /** Activations within the chattering window reach the limit. */
  readonly isChattering?: boolean
  /** No longer in the plant folder; it goes when it is acknowledged. */
  readonly isRemoved?: boolean
  /** Raised by `alarms.test`, not by the process: every screen that shows it says so. */
  readonly isTest?: boolean
  /** Activations since the station's alarm database exists. */
  readonly occurrenceCount: number
  /** Sequence of the journal row of its last activation: an acknowledgement can say which occurrence it means. */
  readonly eventId: number
  readonly alarmClass: string
  readonly area: string
  readonly equipment: string | null
}

/** Row of the journal. Never changed; `sequence` rises by one without gaps. */
export interface AlarmEvent {
  readonly sequence: number
  readonly id: string
  readonly tag: string
  readonly condition: AlarmCondition
  readonly event: AlarmEventKind
  /** The new state. */
  readonly state: AlarmState
  readonly previousState: AlarmState
  readonly priority: AlarmPriority
  /** When it happened: source time of the sample that crossed plus the delay; of a command the runtime's clock. ms. */
  readonly timestamp: number
  /** When the runtime took it; ms. Goes back where the clock was set back; the sequence never does. */
  readonly receivedTimestamp: number
  readonly value: JsonValue
  readonly limit: JsonValue
  readonly statusCode: number
  readonly message: string
  /** '' = the runtime itself. */
  readonly user: string
  /** Where the command came from: `desktop`, an IP address; '' = the runtime itself. */
  readonly station: string
  readonly comment: string
  /** Process condition after the event. */
  readonly isActive: boolean
  /** Activation this event belongs to: sequence of its `active` row; 0 = none. */
  readonly eventId: number
  readonly isFirstOut: boolean
  /** Raised by `alarms.test`, not by the process. */
  readonly isTest: boolean
  readonly alarmClass: string
  readonly area: string
  readonly equipment: string | null
  /** Received before the row in front of it: the station's clock was set back. Set by the journal. */
  readonly isClockSetBack?: boolean
}

/** What a list is narrowed to; absent = everything. */
export interface AlarmFilter {
  readonly states?: readonly AlarmState[] | undefined
  readonly priorities?: readonly AlarmPriority[] | undefined
  /** The area itself and everything below it. */
  readonly area?: string | undefined
  readonly equipment?: string | undefined
  readonly classes?: readonly string[] | undefined
  readonly conditions?: readonly AlarmCondition[] | undefined
  readonly tags?: readonly string[] | undefined
  /** Part of id, tag or message, upper or lower case. */
  readonly text?: string | undefined
}

/** What the list of alarms is narrowed to. */
export interface AlarmListFilter extends AlarmFilter {
  /** Only the area itself, nothing below it. */
  readonly exactArea?: boolean | undefined
}

/** `priority`: unacknowledged first, then priority, then newest first: what an operator looks at next is on top; a test counts as low. */
export const alarmOrders = ['priority', 'newest', 'oldest', 'tag', 'area', 'state'] as const
export type AlarmOrder = (typeof alarmOrders)[number]

/** Counts of one area, or of all. */
export interface AlarmCounts {
  /** Unacknowledged, by priority: unacknowledged, returnedUnacknowledged, latchedUnacknowledged. */
  readonly unacknowledged: Readonly<Record<AlarmPriority, number>>
  /** Active and annunciated, by priority, whether acknowledged or not. */
  readonly active: Readonly<Record<AlarmPriority, number>>
  readonly shelved: number
  readonly suppressedByDesign: number
  readonly outOfService: number
}

/** What a list may be grouped by. */
export const alarmGroupings = ['area', 'equipment'] as const
export type AlarmGrouping = (typeof alarmGroupings)[number]

/** Rows of a list that share their area or their equipment. */
export interface AlarmGroup {
  /** The area (`Packaging/Filling`, '' = the line itself) or the equipment ('' = alarms of none). */
  readonly name: string
  /** Rows of the list. */
  readonly total: number
  readonly counts: AlarmCounts
}

/** Item of `alarms.summary`: what every screen shows. */
export interface AlarmSummary {
  readonly counts: AlarmCounts
  /** Area (every level: `Packaging`, `Packaging/Filling`) → its counts; areas without alarms are left out. */
  readonly areas: Readonly<Record<string, AlarmCounts>>
  /** The most important unacknowledged ones, in the order `priority`. */
  readonly top: readonly AlarmRow[]
  /** Rises with every annunciation; sound starts when it rises. */
  readonly annunciationCount: number
  /** Priority of the last annunciation; null before the first. */
  readonly annunciatedPriority: AlarmPriority | null
  /** Since when there is a flood; null = there is none. */
  readonly floodTimestamp: number | null
  /** Annunciated alarms of the last 10 minutes. */
  readonly rate: number
  /** When the next shelvings end by their time, soonest first, at most 100; ms. A screen warns before they do. */
  readonly shelvingEnds: readonly number[]
  /** False while the journal cannot be written: what is shown may be lost with the station. */
  readonly isJournalled: boolean
}

/** One item of an answer to a command, in the order of the ids. Good, or why that alarm was left as it was. */
export interface AlarmResult {
  readonly id: string
  readonly statusCode: number
  /** Why it was refused, as a sentence. */
  readonly message?: string
}

/** Who gives a command, and from where. */
export interface AlarmOperator {
  readonly user: string
  readonly station: string
  /** Has the permission `alarms.manage`. */
  readonly isManager: boolean
}
