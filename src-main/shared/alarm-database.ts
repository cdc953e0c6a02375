// The master alarm database as screens and the API speak of it (ISA-18.2-2016 clause 8, IEC 62682:2022): each alarm with what
// rationalisation says of it, what was approved, and where the plant has drifted from that. On disk: alarms/*.yaml of the plant
// folder (docs/alarm-configuration.md).
import {
  type AlarmDefinition,
  type AlarmPhilosophy,
  type AlarmPriority,
  type ApprovedAlarmValues,
  type ConsequenceSeverity,
  matrixPriority,
  type PlantWords,
  type Rationalisation,
  type RationalisationStatus,
} from './alarm.ts'
import type { AlarmSource, PlantFault } from './plant.ts'

/** Values an approval may fix, as they are named in rows, changes and edits. */
export const approvedAttributes = ['priority', 'limit', 'deadband', 'onDelayMs', 'offDelayMs'] as const
export type ApprovedAttribute = (typeof approvedAttributes)[number]

/** An approved value that differs from the tag's own. */
export interface AlarmDrift {
  readonly attribute: ApprovedAttribute
  readonly approved: number | string
  /** What the tag says; null = nothing. */
  readonly own: number | string | null
}

/** Row of `alarms.database`. */
export interface AlarmDatabaseRow {
  readonly definition: AlarmDefinition
  readonly source: AlarmSource
  /** What the priority matrix gives for its severity and response time; null while one of them is missing. */
  readonly matrixPriority: AlarmPriority | null
  readonly drift: readonly AlarmDrift[]
  /** Mandatory attributes that are still missing, by their names in {@link AlarmDatabaseEdit}; empty = complete. */
  readonly missing: readonly AlarmDatabaseAttribute[]
  /** Reviewed, approved or implemented, with every mandatory attribute. */
  readonly isRationalised: boolean
}

/** Attributes of an entry; of `approved` each value is one. */
export const alarmDatabaseAttributes = [
  'status',
  'consequence',
  'severity',
  'cause',
  'action',
  'responseTimeMs',
  'alarmClass',
  'reviewer',
  'date',
  'revision',
  'approved.priority',
  'approved.limit',
  'approved.deadband',
  'approved.onDelayMs',
  'approved.offDelayMs',
] as const
export type AlarmDatabaseAttribute = (typeof alarmDatabaseAttributes)[number]

/**
 * Change of one entry: absent = stays, null = is removed (then what the equipment type's entry says holds again). An alarm
 * without an entry gets one. Changes to an approved or implemented entry raise its revision, and set it back to `reviewed`
 * unless the edit gives a status.
 */
export interface AlarmDatabaseEdit {
  readonly id: string
  /** null takes the whole entry out of the database. */
  readonly status?: RationalisationStatus | null | undefined
  readonly consequence?: PlantWords | null | undefined
  readonly severity?: ConsequenceSeverity | null | undefined
  readonly cause?: PlantWords | null | undefined
  readonly action?: PlantWords | null | undefined
  readonly responseTimeMs?: number | null | undefined
  readonly alarmClass?: string | null | undefined
  readonly reviewer?: string | null | undefined
  /** ISO date (2026-11-22); without it a change of the status takes the present date. */
  readonly date?: string | null | undefined
  readonly revision?: number | null | undefined
  readonly 'approved.priority'?: AlarmPriority | null | undefined
  readonly 'approved.limit'?: number | string | null | undefined
  readonly 'approved.deadband'?: number | null | undefined
  readonly 'approved.onDelayMs'?: number | null | undefined
  readonly 'approved.offDelayMs'?: number | null | undefined
}

/** What an edit does to one attribute, for the preview and for the audit trail; null = nothing is there. */
export interface AlarmDatabaseChange {
  readonly id: string
  readonly attribute: AlarmDatabaseAttribute
  readonly old: PlantWords | number | null
  readonly new: PlantWords | number | null
}

/** What a save or an import did, or would do (`dryRun`). With faults nothing was written. */
export interface AlarmDatabaseSaved {
  readonly changes: readonly AlarmDatabaseChange[]
  readonly faults: readonly PlantFault[]
  /** Of the database as it is now. */
  readonly version: string
}

/** Answer of `alarms.database`. */
export interface AlarmDatabase {
  /** In the order of `Plant.alarms`. */
  readonly rows: readonly AlarmDatabaseRow[]
  readonly version: string
  /** Classes, suppressions, priority matrix and the other rules the rows are judged by. */
  readonly philosophy: AlarmPhilosophy
}

/** Attributes every approved entry must have (conformance/ALARMS.md A20); the others of A20 every definition has anyway. */
const mandatoryAttributes = [
  'consequence',
  'severity',
  'cause',
  'action',
  'responseTimeMs',
] as const satisfies readonly (AlarmDatabaseAttribute & keyof Rationalisation)[]

/** Row of a definition. */
export function alarmDatabaseRow(
  definition: AlarmDefinition,
  source: AlarmSource,
  philosophy: Pick<AlarmPhilosophy, 'priorityMatrix'>,
): AlarmDatabaseRow {
  const { rationalisation } = definition
  const missing = missingAttributes(rationalisation)
  const status = rationalisation?.status
  return {
    definition,
    source,
    matrixPriority:
      rationalisation === null
        ? null
        : matrixPriority(philosophy.priorityMatrix, rationalisation.severity, rationalisation.responseTimeMs),
    drift: driftOf(rationalisation?.approved ?? null, source.own ?? definition),
    missing,
    isRationalised:
      missing.length === 0 && (status === 'reviewed' || status === 'approved' || status === 'implemented'),
  }
}

/** Mandatory attributes an entry lacks. */
export function missingAttributes(rationalisation: Rationalisation | null): readonly AlarmDatabaseAttribute[] {
  return mandatoryAttributes.filter(
    (attribute) => rationalisation === null || rationalisation[attribute] === null || rationalisation[attribute] === '',
  )
}

function driftOf(
  approved: ApprovedAlarmValues | null,
  own: { readonly [Key in ApprovedAttribute]?: ApprovedAlarmValues[Key] | null },
): readonly AlarmDrift[] {
  if (approved === null) return noDrift
  const drift = approvedAttributes.flatMap((attribute): AlarmDrift[] => {
    const [wanted, has] = [approved[attribute], own[attribute] ?? null]
    return wanted === undefined || wanted === has ? [] : [{ attribute, approved: wanted, own: has }]
  })
  return drift.length === 0 ? noDrift : drift
}

const noDrift: readonly AlarmDrift[] = []
