// What came before an alarm: changes of related tags from history, writes and operator actions from the audit trail, other alarms from
// the journal, put together into the ten that most plausibly led to it.
import type { AlarmDefinition, AlarmEvent } from '../../shared/alarm.ts'
import type { AlarmBefore, AlarmBeforeNote, AlarmChange, AlarmRelation } from '../../shared/alarm-report.ts'
import type { AuditRow } from '../../shared/contract.ts'
import { type JsonValue, type TagValue, toJsonValue } from '../../shared/data-value.ts'
import type { HistorySeries } from '../../shared/history.ts'
import { deviceSeriesName, subjectOfSeries } from '../../shared/own-series.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { StateWords, TagDefinition } from '../../shared/tag.ts'
import { isHeld } from './alarm-kpi-row.ts'
import { mostPlausible, shownChangeCount, type WeighedChange } from './before-ranking.ts'
import type { BeforeQuestion, BeforeRows } from './before-report.ts'
import { type ReadHistory, readSamples } from './recorded-samples.ts'
import { type PlantIndex, RelatedThings } from './related-things.ts'
import { type ValueChange, valueChanges } from './value-changes.ts'

/** How the audit trail is searched; as `AuditTrail.search`: newest first. */
export type SearchAudit = (search: {
  readonly from: number
  readonly to: number
  readonly actions: ReadonlySet<string>
  readonly targets: ReadonlySet<string> | null
  readonly limit: number
}) => Promise<readonly AuditRow[]>

export interface BeforeSources {
  readonly readJournal: (question: BeforeQuestion, signal?: AbortSignal) => Promise<BeforeRows>
  readonly readHistory: ReadHistory
  /** null = there is no audit trail. */
  readonly searchAudit: SearchAudit | null
  /** Words of the states of devices, by the number that is recorded. */
  readonly deviceStates: Readonly<Record<string, StateWords>>
}

/** How far back is looked; farther when there were fewer than ten changes. ms. */
const spansMs = [10 * 60_000, 60 * 60_000]
const mostSamples = 50_000
const mostAuditRows = 500
/** A value that follows a write of the same tag within this time is its echo; ms. */
const echoMs = 5000
/** So many tags of a device that lose their values at one instant are the device. */
const leastLostTags = 3
/** Size of what an alarm did that is shelved, suppressed or out of service. */
const heldSize = 0.3

/** What persons do to the plant. Commands to alarms are in the journal already. */
const auditedActions: ReadonlySet<string> = new Set([
  'tags.write',
  'devices.reconnect',
  'devices.callMethod',
  'plant.reload',
  'plant.importTags',
  'alarms.saveDatabase',
  'alarms.importDatabase',
])

/**
 * RuntimeError BadNoData (never active), BadEventIdUnknown, BadRequestInterrupted. Where history or audit trail cannot be read the
 * answer says so in its notes.
 */
export async function alarmBefore(
  subject: AlarmDefinition,
  eventId: number | null,
  definitions: readonly AlarmDefinition[],
  index: PlantIndex,
  sources: BeforeSources,
  signal?: AbortSignal,
): Promise<AlarmBefore> {
  const related = new RelatedThings(subject, definitions, index)
  const longestMs = spansMs.at(-1)!
  const question = { id: subject.id, eventId, groupIds: related.groupIds, spanMs: longestMs }
  const { occurrence, members, others } = await sources.readJournal(question, signal)
  const found = new FoundChanges(occurrence, subject, related, index, sources)
  for (const spanMs of spansMs) {
    await found.look(spanMs, others, signal)
    if (found.changes.length >= shownChangeCount) break
  }
  return {
    occurrence,
    firstOut: subject.firstOutGroup === null ? null : { group: subject.firstOutGroup, members },
    changes: mostPlausible(found.changes),
    from: found.from,
    notes: [...found.notes].sort(),
  }
}

/** Everything that changed in the time before one occurrence. */
class FoundChanges {
  changes: readonly WeighedChange[] = []
  from: number
  readonly notes = new Set<AlarmBeforeNote>()
  readonly #occurrence: AlarmEvent
  readonly #subject: AlarmDefinition
  readonly #related: RelatedThings
  readonly #index: PlantIndex
  readonly #sources: BeforeSources

  constructor(
    occurrence: AlarmEvent,
    subject: AlarmDefinition,
    related: RelatedThings,
    index: PlantIndex,
    sources: BeforeSources,
  ) {
    this.#occurrence = occurrence
    this.#subject = subject
    this.#related = related
    this.#index = index
    this.#sources = sources
    this.from = occurrence.timestamp
  }

  /** Looks so far back; takes the place of what was found before. */
  async look(spanMs: number, others: readonly AlarmEvent[], signal?: AbortSignal): Promise<void> {
    this.from = this.#occurrence.timestamp - spanMs
    const [values, actions] = await Promise.all([this.#valueChanges(signal), this.#actions(signal)])
    const alarms = others.flatMap((event) => (event.timestamp < this.from ? [] : this.#alarmChange(event)))
    this.changes = [...withoutEchoes(values, actions), ...actions, ...alarms]
  }

  async #valueChanges(signal?: AbortSignal): Promise<readonly WeighedChange[]> {
    const names = [...this.#related.devices.map(deviceSeriesName), ...this.#related.tags()]
    const { timestamp } = this.#occurrence
    const span = { from: this.from, to: timestamp + 1, limit: mostSamples }
    const answer = await readSamples(this.#sources.readHistory, names, span, signal).catch(unlessInterrupted)
    if (answer === null) {
      this.notes.add('historyFailed')
      return []
    }
    if (!answer.isComplete) this.notes.add('cut')
    if (!answer.series.some(({ tag }) => tag === this.#subject.tag)) this.notes.add('noHistory')
    return this.#withoutLostDevices(answer.series.flatMap((one) => this.#changesOf(one)))
  }

  /** Where many tags of a device lose or get their values at one instant, the device was lost or came back: its state tells. */
  #withoutLostDevices(values: readonly WeighedChange[]): readonly WeighedChange[] {
    const deviceAt = ({ change }: WeighedChange) =>
      change.kind === 'value' && (change.oldValue === null) !== (change.newValue === null)
        ? `${change.timestamp} ${this.#index.tag(change.tag!)?.device}`
        : null
    const counts = new Map<string | null, number>()
    for (const value of values) counts.set(deviceAt(value), (counts.get(deviceAt(value)) ?? 0) + 1)
    return values.filter((value) => deviceAt(value) === null || counts.get(deviceAt(value))! < leastLostTags)
  }

  #changesOf(series: HistorySeries): WeighedChange[] {
    const device = deviceOf(series.tag)
    // The movement that made the alarm is the alarm; what it did before its delay began is a change like any other.
    const isSubject = series.tag === this.#subject.tag
    const to = isSubject ? this.#occurrence.timestamp - this.#subject.onDelayMs - 1 : this.#occurrence.timestamp
    const changes = valueChanges(series, this.from, to)
    if (device !== null)
      return changes
        .filter(({ newValue }) => newValue !== null)
        .map((change) => this.#weighed('device', 'sameDevice', change, series.tag, undefined, 1))
    const relation = this.#related.ofTag(series.tag)
    if (relation === null) return []
    const tag = this.#index.tag(series.tag)
    return changes.map((change) => this.#weighed('value', relation, change, series.tag, tag, sizeOf(change, tag)))
  }

  #weighed(
    kind: 'value' | 'device',
    relation: AlarmRelation,
    { timestamp, oldValue, newValue, statusCode, changeCount }: ValueChange,
    name: string,
    tag: TagDefinition | undefined,
    size: number,
  ): WeighedChange {
    const change: AlarmChange = {
      ...this.#blank(kind, relation, timestamp),
      tag: name,
      oldValue: jsonOf(oldValue, tag),
      newValue: jsonOf(newValue, tag),
      unit: tag?.unit ?? '',
      states: kind === 'device' ? this.#sources.deviceStates : (tag?.states ?? null),
      decimals: tag?.decimals ?? null,
      statusCode,
      changeCount,
      equipment: tag?.equipment ?? null,
    }
    return { change, size }
  }

  async #actions(signal?: AbortSignal): Promise<readonly WeighedChange[]> {
    if (this.#sources.searchAudit === null) return []
    const to = this.#occurrence.receivedTimestamp + 1
    const search = { from: this.from, to, actions: auditedActions, targets: null, limit: mostAuditRows }
    const rows = await this.#sources.searchAudit(search).catch(unlessInterrupted)
    if (signal?.aborted)
      throw new RuntimeError('BadRequestInterrupted', 'What came before the alarm was not waited for')
    if (rows === null) {
      this.notes.add('auditFailed')
      return []
    }
    if (rows.length === mostAuditRows) this.notes.add('cut')
    return rows.flatMap((row) => this.#actionChange(row))
  }

  #actionChange(row: AuditRow): WeighedChange[] {
    const isWrite = row.action === 'tags.write'
    const relation = isWrite ? this.#related.ofTag(row.target) : relationOfAction(row, this.#related)
    if (relation === null || row.timestamp > this.#occurrence.receivedTimestamp) return []
    const tag = isWrite ? this.#index.tag(row.target) : undefined
    const change: AlarmChange = {
      ...this.#blank(isWrite ? 'write' : 'operator', relation, row.timestamp),
      tag: isWrite ? row.target : null,
      action: row.action,
      target: row.target,
      user: row.user,
      oldValue: row.oldValue,
      newValue: row.newValue,
      unit: tag?.unit ?? '',
      states: tag?.states ?? null,
      decimals: tag?.decimals ?? null,
      statusCode: row.statusCode,
      equipment: tag?.equipment ?? null,
    }
    return [{ change, size: 1 }]
  }

  #alarmChange(event: AlarmEvent): WeighedChange[] {
    const relation = this.#related.ofAlarm(event)
    if (relation === null) return []
    const tag = this.#index.tag(event.tag)
    const change: AlarmChange = {
      ...this.#blank('alarm', relation, event.timestamp),
      tag: event.tag,
      alarmId: event.id,
      event: event.event,
      priority: event.priority,
      message: event.message,
      user: event.user === '' ? null : event.user,
      newValue: event.value,
      unit: tag?.unit ?? '',
      states: tag?.states ?? null,
      decimals: tag?.decimals ?? null,
      statusCode: event.statusCode,
      equipment: event.equipment,
    }
    return [{ change, size: isHeld(event.state) ? heldSize : 1 }]
  }

  #blank(kind: AlarmChange['kind'], relation: AlarmRelation, timestamp: number): AlarmChange {
    return {
      kind,
      timestamp,
      beforeMs: Math.max(0, this.#occurrence.timestamp - timestamp),
      relation,
      tag: null,
      alarmId: null,
      event: null,
      priority: null,
      message: null,
      action: null,
      target: null,
      user: null,
      oldValue: null,
      newValue: null,
      unit: '',
      states: null,
      decimals: null,
      statusCode: StatusCodes.Good,
      changeCount: 1,
      equipment: null,
    }
  }
}

/** What cannot be read is told in the notes; a question that was given up is given up. */
function unlessInterrupted(error: unknown): null {
  if (error instanceof RuntimeError && error.statusCode === StatusCodes.BadRequestInterrupted) throw error
  return null
}

function deviceOf(series: string): string | null {
  const subject = subjectOfSeries(series)
  return 'device' in subject ? subject.device : null
}

function relationOfAction(row: AuditRow, related: RelatedThings): AlarmRelation | null {
  return row.action.startsWith('devices.') ? related.ofDevice(row.target) : 'station'
}

/** History keeps booleans as 0 and 1. */
function jsonOf(value: TagValue, tag: TagDefinition | undefined): JsonValue {
  return tag?.dataType === 'bool' && typeof value === 'number' ? value !== 0 : toJsonValue(value)
}

/** How much of its range a number moved; everything else that changed changed altogether. */
function sizeOf({ oldValue, newValue, changeCount }: ValueChange, tag: TagDefinition | undefined): number {
  if (typeof oldValue !== 'number' || typeof newValue !== 'number') return 1
  if (tag?.dataType === 'bool' || tag?.states) return 1
  const low = tag?.limits.low ?? null
  const high = tag?.limits.high ?? null
  const range = low !== null && high !== null ? high - low : Math.max(Math.abs(oldValue), Math.abs(newValue))
  const share = range > 0 ? Math.min(1, Math.abs(newValue - oldValue) / range) : 0
  // A setpoint that is moved was moved by somebody or something; noise of a measured value is hardly a change.
  return changeCount === 1 && tag?.writable === true ? Math.max(0.5, share) : share
}

/** What a write made of its own tag is the write, not another change. */
function withoutEchoes(values: readonly WeighedChange[], actions: readonly WeighedChange[]): readonly WeighedChange[] {
  const writes = actions.filter(({ change }) => change.kind === 'write')
  const isEcho = ({ change }: WeighedChange) =>
    change.changeCount === 1 &&
    writes.some(({ change: write }) => {
      const afterMs = change.timestamp - write.timestamp
      return write.tag === change.tag && afterMs >= -echoMs && afterMs <= echoMs && write.newValue === change.newValue
    })
  return values.filter((value) => !isEcho(value))
}
