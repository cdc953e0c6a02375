// Reports on alarms as the API asks for them: figures, proposed cures, what came before. Rows are read in the journal's reader thread;
// history, audit trail and plant are handed in by the runtime.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { AlarmDefinition, AlarmPhilosophy } from '../shared/alarm.ts'
import { alarmDatabaseRow } from '../shared/alarm-database.ts'
import { type AlarmBefore, type AlarmKpi, type AlarmProposal, longestKpiSpanMs } from '../shared/alarm-report.ts'
import type { Plant } from '../shared/plant.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import type { StateWords } from '../shared/tag.ts'
import type { AlarmJournal } from './journal/alarm-journal.ts'
import { alarmBefore, type SearchAudit } from './reports/alarm-before.ts'
import { kpiLookBackMs } from './reports/alarm-kpi.ts'
import { type AlarmKpiRules, isInArea } from './reports/alarm-kpi-row.ts'
import { alarmProposals, proposalSpanMs } from './reports/alarm-proposals.ts'
import { auditedActions } from './reports/audited-actions.ts'
import type { BeforeQuestion } from './reports/before-report.ts'
import type { OperatorActions } from './reports/operator-actions.ts'
import type { ReadHistory } from './reports/recorded-samples.ts'
import { PlantIndex } from './reports/related-things.ts'

export interface AlarmReportingParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly journal: Pick<AlarmJournal, 'report'>
  readonly readHistory: ReadHistory
  /** null = the station keeps no audit trail. */
  readonly searchAudit: SearchAudit | null
  readonly plant: () => Plant
  /** Of the plant and of the station itself. */
  readonly definitions: () => readonly AlarmDefinition[]
  /** Words of the states of devices, by the number that is recorded (recording.ts). */
  readonly deviceStates: Readonly<Record<string, StateWords>>
}

/** Made by {@link openAlarmReporting}. All answers are bounded in time and size, and end soon after `signal` is aborted. */
export interface AlarmReporting {
  /**
   * Figures of [from, to), ms; `area` with everything below it, null = everything. RuntimeError BadInvalidArgument (empty or too long),
   * BadRequestTooLarge (too many alarms), BadRequestInterrupted.
   */
  kpi(from: number, to: number, area: string | null, signal?: AbortSignal): Promise<AlarmKpi>
  /** Of the last 30 days; `ids` null = of every alarm. RuntimeError BadNodeIdUnknown for an id that is none. */
  proposals(ids: readonly string[] | null, signal?: AbortSignal): Promise<readonly AlarmProposal[]>
  /** `eventId` absent = its last occurrence. RuntimeError BadNodeIdUnknown, BadEventIdUnknown, BadNoData (never active). */
  before(id: string, eventId?: number, signal?: AbortSignal): Promise<AlarmBefore>
}

export function openAlarmReporting(parts: AlarmReportingParts): AlarmReporting {
  let index: PlantIndex | null = null
  const indexOfPlant = () => {
    const plant = parts.plant()
    if (index?.plant !== plant) index = new PlantIndex(plant)
    return index
  }

  return {
    async kpi(from, to, area, signal) {
      checkSpan(from, to)
      const { alarmPhilosophy } = parts.plant()
      const question = {
        from,
        to,
        area,
        rules: rulesOf(alarmPhilosophy),
        configured: parts.definitions().map(({ id, priority, area: place }) => ({ id, priority, area: place })),
        actions: await actionsOf(parts, indexOfPlant(), from - kpiLookBackMs, to),
        driftCount: driftCountOf(parts.plant(), area),
      }
      return parts.journal.report('kpi', question, signal)
    },

    async proposals(ids, signal) {
      const definitions = known(parts.definitions(), ids)
      const to = parts.clock.now()
      const span = { from: to - proposalSpanMs, to }
      const plantIndex = indexOfPlant()
      const { alarmPhilosophy } = plantIndex.plant
      const actions = await actionsOf(parts, plantIndex, span.from, to)
      const question = { ...span, ids, rules: rulesOf(alarmPhilosophy), actions }
      const rows = await parts.journal.report('proposals', question, signal)
      return alarmProposals(rows, definitions, span, alarmPhilosophy, plantIndex, parts.readHistory, signal)
    },

    async before(id, eventId, signal) {
      const definitions = parts.definitions()
      const subject = known(definitions, [id])[0]!
      const { readHistory, searchAudit, deviceStates } = parts
      const sources = {
        readJournal: (question: BeforeQuestion, aborted?: AbortSignal) =>
          parts.journal.report('before', question, aborted),
        readHistory,
        searchAudit,
        deviceStates,
      }
      return alarmBefore(subject, eventId ?? null, definitions, indexOfPlant(), sources, signal)
    },
  }
}

function rulesOf(philosophy: AlarmPhilosophy): AlarmKpiRules {
  const { floodStartCount, floodEndCount, chatteringCount, chatteringWindowMs, fleetingMs, staleMs } = philosophy
  return { floodStartCount, floodEndCount, chatteringCount, chatteringWindowMs, fleetingMs, staleMs }
}

function checkSpan(from: number, to: number): void {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to)
    throw new RuntimeError('BadInvalidArgument', 'Alarm figures: the end of the span must lie after its beginning')
  if (to - from > longestKpiSpanMs)
    throw new RuntimeError('BadInvalidArgument', 'Alarm figures: the span must not be longer than five years')
}

/** Definitions of these ids, in their order; all for null. */
function known(definitions: readonly AlarmDefinition[], ids: readonly string[] | null): readonly AlarmDefinition[] {
  if (ids === null) return definitions
  const byId = new Map(definitions.map((definition) => [definition.id, definition]))
  return ids.map((id) => {
    const definition = byId.get(id)
    if (definition === undefined) throw new RuntimeError('BadNodeIdUnknown', `There is no alarm "${id}"`)
    return definition
  })
}

/** Without the audit trail the figures that need it say so. */
async function actionsOf(
  { searchAudit, logger }: AlarmReportingParts,
  index: PlantIndex,
  from: number,
  to: number,
): Promise<OperatorActions | null> {
  if (searchAudit === null) return null
  try {
    return await auditedActions(searchAudit, index, from, to)
  } catch (error) {
    logger.warn(`alarm figures without the audit trail: ${messageOf(error)}`)
    return null
  }
}

/** Alarms that run with other values than approved. */
function driftCountOf({ alarms, alarmDatabase, alarmPhilosophy }: Plant, area: string | null): number {
  return alarms.filter((definition, index) => {
    const source = alarmDatabase.sources[index]
    if (source === undefined || !isInArea(definition.area, area)) return false
    return alarmDatabaseRow(definition, source, alarmPhilosophy).drift.length > 0
  }).length
}
