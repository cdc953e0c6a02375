// Rows of the contract about alarms: what is shown, what happened, what an operator does.
import * as v from 'valibot'
import {
  type AlarmClass,
  type AlarmDefinition,
  type AlarmEvent,
  type AlarmGroup,
  type AlarmResult,
  type AlarmRow,
  type AlarmSummary,
  alarmConditions,
  alarmEventKinds,
  alarmGroupings,
  alarmOrders,
  alarmPriorities,
  alarmStates,
  consequenceSeverities,
  rationalisationStatuses,
} from './alarm.ts'
import type { AlarmDatabase, AlarmDatabaseEdit, AlarmDatabaseSaved } from './alarm-database.ts'
import type { AlarmBefore, AlarmKpi, AlarmProposal } from './alarm-report.ts'
import { call, cursor, feed, limit, names, nothing, result, text, time, wholeNumber } from './contract-row.ts'

/** Alarms of one command; a whole plant in a flood. */
export const mostAlarmsOfCommand = 10_000
/** Rows of one window of `alarms.view`: more than any screen is high. */
export const mostViewedAlarms = 1000

/** `<tag>/<name>`; both parts are at most 256 long. */
const alarmId = v.pipe(v.string(), v.minLength(1), v.maxLength(513))
const alarmIds = v.pipe(v.array(alarmId), v.minLength(1), v.maxLength(mostAlarmsOfCommand))
const sequence = wholeNumber(0, Number.MAX_SAFE_INTEGER)

const filter = {
  states: v.optional(v.pipe(v.array(v.picklist(alarmStates)), v.maxLength(alarmStates.length))),
  priorities: v.optional(v.pipe(v.array(v.picklist(alarmPriorities)), v.maxLength(alarmPriorities.length))),
  area: v.optional(text(1024)),
  equipment: v.optional(text(256)),
  classes: v.optional(names(1000)),
  conditions: v.optional(v.pipe(v.array(v.picklist(alarmConditions)), v.maxLength(alarmConditions.length))),
  tags: v.optional(names(10_000)),
  text: v.optional(text(256)),
}
const listFilter = { ...filter, exactArea: v.optional(v.boolean()) }
const order = v.optional(v.picklist(alarmOrders))

const journalFilter = {
  ...filter,
  from: v.optional(time),
  to: v.optional(time),
  id: v.optional(alarmId),
  events: v.optional(v.pipe(v.array(v.picklist(alarmEventKinds)), v.maxLength(alarmEventKinds.length))),
  /** '' = what the runtime did itself. */
  user: v.optional(text(64)),
  /** Only rows in front of which the station's clock was set back. */
  isClockSetBack: v.optional(v.boolean()),
  order: v.optional(v.picklist(['oldest', 'newest'])),
}

/** One shape for all commands; what a command does not use is not looked at. */
const command = v.object({
  ids: alarmIds,
  comment: v.optional(text(1000)),
  /** Of shelving and of tests. */
  durationMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(3.2e12))),
  /** The shelving ends when the alarm returns to normal. */
  oneShot: v.optional(v.boolean()),
  /** acknowledge: the occurrence that was seen, beside each id; another one is refused with BadEventIdUnknown. */
  eventIds: v.optional(v.pipe(v.array(sequence), v.maxLength(mostAlarmsOfCommand))),
})
const results = result<{ results: readonly AlarmResult[] }>()

function operate(summary: string) {
  return call('alarms.operate', summary, command, results, true)
}

function manage(summary: string) {
  return call('alarms.manage', summary, command, results, true)
}

const words = v.union([text(2000), v.record(v.pipe(v.string(), v.minLength(1), v.maxLength(35)), text(2000))])
const attribute = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(v.nullable(schema))
/** Absent = stays, null = is removed (shared/alarm-database.ts). */
const databaseEdit: v.GenericSchema<AlarmDatabaseEdit> = v.strictObject({
  id: alarmId,
  status: attribute(v.picklist(rationalisationStatuses)),
  consequence: attribute(words),
  severity: attribute(v.picklist(consequenceSeverities)),
  cause: attribute(words),
  action: attribute(words),
  responseTimeMs: attribute(v.number()),
  alarmClass: attribute(text(64)),
  reviewer: attribute(text(200)),
  date: attribute(text(10)),
  revision: attribute(sequence),
  'approved.priority': attribute(v.picklist(alarmPriorities)),
  'approved.limit': attribute(v.union([v.number(), text(4096)])),
  'approved.deadband': attribute(v.number()),
  'approved.onDelayMs': attribute(v.number()),
  'approved.offDelayMs': attribute(v.number()),
})
const databaseChange = {
  /** Why, for the audit trail (management of change). */
  reason: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
  dryRun: v.optional(v.boolean()),
}

export const alarmCalls = {
  'alarms.list': call(
    'alarms.read',
    'Alarms that are not normal, sorted and filtered. Pages of one list hang together while alarms come and go: nothing that stays is left out.',
    v.object({ ...listFilter, order, limit: limit(10_000), cursor: v.optional(text(8192)) }),
    result<{ alarms: readonly AlarmRow[]; cursor?: string; total: number }>(),
  ),
  'alarms.view': feed(
    'alarms.read',
    'A window of the sorted and filtered list, now and when something in it changed, at most every 100 ms.',
    v.object({
      ...listFilter,
      order,
      offset: v.optional(wholeNumber(0, 10_000_000)),
      count: v.optional(wholeNumber(0, mostViewedAlarms)),
    }),
    result<{ total: number; offset: number; alarms: readonly AlarmRow[] }>(),
  ),
  'alarms.groups': feed(
    'alarms.read',
    'The filtered list by area or equipment, with counts; by name, now and when something changed, at most every 500 ms.',
    v.object({ ...listFilter, by: v.picklist(alarmGroupings) }),
    result<{ groups: readonly AlarmGroup[] }>(),
  ),
  'alarms.summary': feed(
    'alarms.read',
    'Counts by priority and area, the most important unacknowledged alarms, flood; now and when it changed, at most every 50 ms.',
    nothing,
    result<AlarmSummary>(),
  ),
  'alarms.watch': feed(
    'alarms.read',
    'Every change of every alarm in order of its sequence, none left out; from behind `since`, or from now on.',
    v.object({ since: v.optional(sequence) }),
    result<{ events: readonly AlarmEvent[] }>(),
  ),
  'alarms.classes': call(
    'alarms.read',
    'Classes of alarms: what acknowledging and shelving them needs.',
    nothing,
    result<{ classes: readonly AlarmClass[] }>(),
  ),
  'alarms.describe': call(
    'alarms.read',
    'Definitions of those of the ids that are alarms, in the order asked, then of all alarms of the tags: limits, messages, response guidance.',
    v.object({
      ids: v.optional(v.pipe(v.array(alarmId), v.maxLength(mostAlarmsOfCommand))),
      tags: v.optional(names(10_000)),
    }),
    result<{ definitions: readonly AlarmDefinition[] }>(),
  ),

  'alarms.acknowledge': operate(
    'Acknowledge alarms; with `eventIds` only the occurrences that were seen. Each id has its own result.',
  ),
  'alarms.shelve': operate(
    'Shelve alarms with a reason (`comment`) for `durationMs`, or until they return (`oneShot`), at the longest.',
  ),
  'alarms.unshelve': operate('End shelving; what is active is annunciated again.'),
  'alarms.reset': operate('Reset latched alarms whose condition is gone.'),
  'alarms.comment': operate('Put a comment into the journal; the alarms stay as they are.'),
  'alarms.outOfService': manage(
    'Take alarms out of service, with a reason (`comment`); they do not come back by themselves.',
  ),
  'alarms.returnToService': manage('Put alarms back into service; what is active is annunciated again.'),
  'alarms.test': manage('Raise alarms for `durationMs` without the process; the journal marks the rows as a test.'),

  'alarms.journal': call(
    'alarms.read',
    'What happened to alarms, in order of sequence, oldest first; a range takes rows that happened or were received in [from, to].',
    v.object({ ...journalFilter, limit: limit(10_000), cursor }),
    result<{ events: readonly AlarmEvent[]; cursor?: string }>(),
  ),
  'alarms.exportJournal': call(
    'alarms.read',
    'Rows as in alarms.journal as CSV; more than some hundred thousand at a time are refused (`lineside alarms export` takes any number).',
    v.object(journalFilter),
    result<{ csv: string }>(),
  ),
  'alarms.verifyJournal': call(
    'alarms.read',
    'Check the chain of the alarm journal.',
    nothing,
    result<{ ok: boolean; firstBrokenSequence?: number }>(),
  ),

  'alarms.before': call(
    'alarms.read',
    'What came before an occurrence of an alarm (the present or last one without `eventId`): its first-out group, and the ten changes that preceded it.',
    v.object({ id: alarmId, eventId: v.optional(sequence) }),
    result<AlarmBefore>(),
  ),
  'alarms.kpi': call(
    'alarms.read',
    'Figures of alarm performance of [from, to) (ISA-18.2 clause 16, EEMUA 191).',
    v.object({ from: time, to: time, area: v.optional(text(1024)) }),
    result<AlarmKpi>(),
  ),
  'alarms.proposals': call(
    'alarms.read',
    'Proposed cures of chattering, fleeting, stale and frequent alarms, worst first; with `ids` of those alone.',
    v.object({ ids: v.optional(v.pipe(v.array(alarmId), v.maxLength(mostAlarmsOfCommand))) }),
    result<{ proposals: readonly AlarmProposal[] }>(),
  ),

  'alarms.database': call(
    'alarms.read',
    'The master alarm database: every alarm with its rationalisation, what is missing, and where it has drifted from what was approved.',
    nothing,
    result<AlarmDatabase>(),
  ),
  'alarms.saveDatabase': call(
    'plant.change',
    'Change entries of the master alarm database in the plant folder, with a reason; nothing is written when one edit is faulty. With `version` refused (409) when it changed meanwhile; `dryRun` only says what would change.',
    v.object({
      edits: v.pipe(v.array(databaseEdit), v.maxLength(100_000)),
      ...databaseChange,
      version: v.optional(text(64)),
    }),
    result<AlarmDatabaseSaved>(),
    true,
  ),
  'alarms.exportDatabase': call('alarms.read', 'The master alarm database as CSV.', nothing, result<{ csv: string }>()),
  'alarms.importDatabase': call(
    'plant.change',
    'Take the master alarm database from CSV, with a reason; nothing is written when one row is faulty. `dryRun` only says what would change.',
    v.object({ csv: text(20_000_000), ...databaseChange }),
    result<AlarmDatabaseSaved>(),
    true,
  ),
} as const
