// Calls about alarms: what is listed, what happened, what an operator does, reports, the master alarm database.
import type { AlarmDefinition, AlarmOperator, AlarmResult } from '../shared/alarm.ts'
import type { AlarmDatabaseSaved } from '../shared/alarm-database.ts'
import type { InputOf } from '../shared/contract.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { isGood } from '../shared/status-code.ts'
import { invalidInput } from './api-error.ts'
import type { ApiParts } from './api-parts.ts'
import { type AuditNote, type CallContext, type NounCalls, sessionOf } from './call-handlers.ts'
import { printable } from './printable-text.ts'

/** Rows of a page of `alarms.list` when the caller names no limit. */
const usualPageLength = 1000
/** Ids of one command that the audit trail names; the journal has them all. */
const mostNotedIds = 100
/** How long a question waits for what is on its way to the disk; ms. A commit takes some milliseconds. */
const longestWaitMs = 25
/** Characters of one exported journal; `lineside alarms export` writes any number into a file. */
const longestCsv = 100_000_000

type CommandInput = InputOf<'alarms.acknowledge'>
type CommandName = Extract<
  Extract<keyof NounCalls<'alarms'>, `alarms.${string}`>,
  | 'alarms.acknowledge'
  | 'alarms.shelve'
  | 'alarms.unshelve'
  | 'alarms.outOfService'
  | 'alarms.returnToService'
  | 'alarms.reset'
  | 'alarms.comment'
  | 'alarms.test'
>

export function alarmCalls(parts: ApiParts): NounCalls<'alarms'> {
  const { board, journal, reports } = parts.alarms
  return {
    'alarms.list': async ({ order = 'priority', limit = usualPageLength, cursor, ...filter }) => {
      await committed(parts)
      return board.list.page(filter, order, limit, cursor)
    },
    'alarms.classes': () => ({ classes: parts.plantStore.plant.alarmPhilosophy.classes }),
    'alarms.describe': ({ ids = [], tags = [] }) => ({ definitions: definitionsOf(parts, ids, tags) }),
    ...commandCalls(parts),
    'alarms.journal': async (input, { signal }) => {
      checkSpan(input)
      await committed(parts)
      return journal.query(input, signal)
    },
    'alarms.exportJournal': async (input, { signal }) => {
      checkSpan(input)
      await committed(parts)
      return { csv: await joined(journal.exportCsv(input, signal)) }
    },
    'alarms.verifyJournal': (_input, { signal }) => journal.verify(signal),
    'alarms.before': ({ id, eventId }, { signal }) => reports.before(id, eventId, signal),
    'alarms.kpi': ({ from, to, area }, { signal }) => {
      checkSpan({ from, to })
      return reports.kpi(from, to, area === '' ? null : (area ?? null), signal)
    },
    'alarms.proposals': async ({ ids }, { signal }) => ({ proposals: await reports.proposals(ids ?? null, signal) }),
    ...databaseCalls(parts),
  }
}

function commandCalls(parts: ApiParts): Pick<NounCalls<'alarms'>, CommandName> {
  const { access } = parts
  const { engine } = parts.alarms
  const command =
    (give: (operator: AlarmOperator, input: CommandInput, comment: string) => Promise<readonly AlarmResult[]>) =>
    async (input: CommandInput, context: CallContext) => {
      const { note, origin } = context
      const { user, roles } = sessionOf(context)
      noteIds(note, input.ids)
      const comment = printable(input.comment, 'comment')
      note.comment = comment
      const isManager = access.permissions.has(roles, 'alarms.manage')
      const results = await give({ user, station: origin.station, isManager }, input, comment)
      noteResults(note, input, results)
      await shown(parts)
      return { results }
    }
  return {
    'alarms.acknowledge': command((operator, { ids, eventIds }, comment) => {
      if (eventIds !== undefined && eventIds.length !== ids.length)
        throw invalidInput(
          `${ids.length} ids and ${eventIds.length} eventIds: they belong together one by one`,
          'eventIds',
        )
      return engine.acknowledge(ids, operator, { comment, eventIds })
    }),
    'alarms.shelve': command((operator, { ids, durationMs, oneShot }, comment) =>
      engine.shelve(ids, operator, { comment, durationMs, oneShot }),
    ),
    'alarms.unshelve': command((operator, { ids }, comment) => engine.unshelve(ids, operator, comment)),
    'alarms.outOfService': command((operator, { ids }, comment) => engine.outOfService(ids, operator, comment)),
    'alarms.returnToService': command((operator, { ids }, comment) => engine.returnToService(ids, operator, comment)),
    'alarms.reset': command((operator, { ids }, comment) => engine.reset(ids, operator, comment)),
    'alarms.comment': command((operator, { ids }, comment) => engine.comment(ids, operator, comment)),
    'alarms.test': command((operator, { ids, durationMs = 0 }) => engine.test(ids, operator, durationMs)),
  }
}

type DatabaseCallName = 'alarms.database' | 'alarms.saveDatabase' | 'alarms.exportDatabase' | 'alarms.importDatabase'

function databaseCalls({ plantStore }: ApiParts): Pick<NounCalls<'alarms'>, DatabaseCallName> {
  return {
    'alarms.database': () => plantStore.alarmDatabase(),
    'alarms.saveDatabase': async ({ edits, reason, version, dryRun = false }, { note }) => {
      note.target = edits.length === 1 ? edits[0]!.id : `${edits.length} alarms`
      note.comment = printable(reason, 'reason')
      const saved = await plantStore.saveAlarmDatabase(edits, { version, dryRun })
      noteChanges(note, saved, dryRun)
      return saved
    },
    'alarms.exportDatabase': async () => ({ csv: await plantStore.exportAlarmDatabase() }),
    'alarms.importDatabase': async ({ csv, reason, dryRun = false }, { note }) => {
      note.target = 'master alarm database'
      note.comment = printable(reason, 'reason')
      const saved = await plantStore.importAlarmDatabase(csv, { dryRun })
      noteChanges(note, saved, dryRun)
      return saved
    },
  }
}

/**
 * What happened before a question is in its answer, unless the disk takes long over it: in a flood, and while the journal cannot be
 * written, what there is must do. The summary and maintenance.health say how it stands.
 */
async function committed({ clock, alarms }: ApiParts): Promise<void> {
  if (alarms.isTold() || !alarms.engine.isJournalled) return
  await new Promise<void>((resolve, reject) => {
    const timer = clock.after(longestWaitMs, resolve)
    const over = (error?: unknown) => {
      timer.cancel()
      if (error === undefined || error instanceof RuntimeError) resolve()
      else reject(error)
    }
    alarms.told().then(() => over(), over)
  })
}

/** Who was told that it is done sees it in the next answer, also where ten thousand alarms are shown slice by slice. */
async function shown({ alarms }: ApiParts): Promise<void> {
  if (alarms.isTold() || !alarms.engine.isJournalled) return
  try {
    await alarms.told()
  } catch (error) {
    // The disk refuses since; each result says so where it concerns it.
    if (!(error instanceof RuntimeError)) throw error
  }
}

function checkSpan({ from, to }: { readonly from?: number | undefined; readonly to?: number | undefined }): void {
  if (from !== undefined && to !== undefined && from > to)
    throw invalidInput('the span begins after it ends: `from` is later than `to`', 'from')
}

/** Those of the ids, then all of the tags, none twice. */
function definitionsOf(
  { alarms: { engine } }: ApiParts,
  ids: readonly string[],
  tags: readonly string[],
): readonly AlarmDefinition[] {
  const found = new Set(ids.flatMap((id) => engine.definition(id) ?? []))
  const wanted = new Set(tags)
  if (wanted.size > 0)
    for (const definition of engine.definitions()) if (wanted.has(definition.tag)) found.add(definition)
  return [...found]
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) {
    text += piece
    if (text.length > longestCsv)
      throw new RuntimeError(
        'BadResponseTooLarge',
        'so many rows do not fit into one answer: narrow the range, or export with `lineside alarms export`',
      )
  }
  return text
}

function noteIds(note: AuditNote, ids: readonly string[]): void {
  note.target = ids.length === 1 ? ids[0]! : `${ids.length} alarms`
  if (ids.length > 1) note.newValue = { ids: ids.slice(0, mostNotedIds) }
}

function noteResults(note: AuditNote, input: CommandInput, results: readonly AlarmResult[]): void {
  const { ids, durationMs, oneShot } = input
  const refused = results.filter(({ statusCode }) => !isGood(statusCode))
  note.newValue = {
    ...(ids.length > 1 ? { ids: ids.slice(0, mostNotedIds), count: ids.length } : {}),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(oneShot === undefined ? {} : { oneShot }),
    ...(refused.length === 0 ? {} : { refusedCount: refused.length }),
  }
}

/** Every change with old and new value, as far as one record can hold them; the folder's history (git) has all. */
function noteChanges(note: AuditNote, { changes, faults }: AlarmDatabaseSaved, dryRun: boolean): void {
  const noted = changes.slice(0, mostNotedIds)
  note.oldValue = noted.map((change) => ({ id: change.id, [change.attribute]: change.old }))
  note.newValue = {
    changeCount: changes.length,
    ...(faults.length === 0 ? {} : { faultCount: faults.length }),
    ...(dryRun ? { dryRun } : {}),
    changes: noted.map((change) => ({ id: change.id, [change.attribute]: change.new })),
  }
}
