// The life of a part put together: windows, jobs and scans from the label thread, what was recorded in its windows from history, the
// alarms of that time from the journal, who commanded the equipment from the audit trail. And back: which parts were there.
import type { AuditTrail } from '../access/audit-trail.ts'
import type { AlarmJournal } from '../alarms/journal/alarm-journal.ts'
import type { Clock } from '../base/clock.ts'
import type { Historian } from '../historian/historian.ts'
import type { AlarmEvent } from '../shared/alarm.ts'
import { type JsonValue, toJsonValue } from '../shared/data-value.ts'
import type { Equipment } from '../shared/equipment.ts'
import type { HistoryMarker, HistorySeries } from '../shared/history.ts'
import type { PartWindow } from '../shared/identifier.ts'
import type { IdentifierTrace, TracedSeries } from '../shared/identifier-calls.ts'
import type { Plant } from '../shared/plant.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { isBad } from '../shared/status-code.ts'
import type { TagDefinition } from '../shared/tag.ts'
import type { KnownPart } from './label-message.ts'

export interface PartTraceParts {
  readonly clock: Clock
  readonly plant: () => Plant
  readonly history: Pick<Historian, 'read'>
  readonly journal: Pick<AlarmJournal, 'markers' | 'eventsSince'>
  readonly audit: Pick<AuditTrail, 'search'>
}

export interface TraceOptions {
  /** null = the recorded tags of the equipment, the first of each. */
  readonly tags: readonly string[] | null
  /** Most samples of each series. */
  readonly limit: number
}

/** Recorded tags of each equipment, where nobody named any. */
const mostTags = 50
/** Windows that are looked into, the newest; a part that went round more often has its windows all the same. */
const mostWindows = 50
/** Alarms of each window. */
const mostAlarms = 200
/** Commands of each window that are looked through for who gave them. */
const mostCommands = 200
const commandActions: ReadonlySet<string> = new Set(['tags.write', 'equipment.command'])
/** Text tags that say what was made and by whom, by the last part of their name. */
const circumstance = /^(order|recipe|batch|lot|shift|product|operator|article|material)([A-Z_\d].*)?$/i

export class PartTrace {
  readonly #parts: PartTraceParts

  constructor(parts: PartTraceParts) {
    this.#parts = parts
  }

  async trace(part: KnownPart, options: TraceOptions, signal: AbortSignal): Promise<IdentifierTrace> {
    const looked = part.windows.slice(-mostWindows)
    const [series, alarms, circumstances] = await Promise.all([
      Promise.all(looked.map((window) => this.#series(window, options, signal))),
      Promise.all(looked.map((window) => this.#alarms(window))),
      Promise.all(looked.map((window) => this.#circumstances(window, signal))),
    ])
    return {
      identifier: part.identifier,
      record: part.record,
      windows: part.windows,
      series: series.flat(),
      alarms: alarms.flat(),
      jobs: part.jobs,
      circumstances: circumstances.flat(),
      scans: part.scans,
    }
  }

  /**
   * Equipment of these names and tags, and all that it is part of. Tags of no equipment belong to where their names put them: `Line` and
   * `Line.Oven` for `Line.Oven.Temperature`. Throws RuntimeError BadNotFound.
   */
  equipmentOf(names: readonly string[], tags: readonly string[]): ReadonlySet<string> {
    const { equipment, tags: definitions } = this.#parts.plant()
    const byName = new Map(equipment.map((each) => [each.name, each]))
    const found = new Set<string>()
    const add = (name: string | null): void => {
      for (let each = name; each !== null; each = byName.get(each)?.parent ?? null) found.add(each)
    }
    for (const name of names) {
      if (byName.has(name)) add(name)
      else if (definitions.some((tag) => tag.name.startsWith(`${name}.`))) found.add(name)
      else throw new RuntimeError('BadNotFound', `No equipment is called "${name}", and no tags begin with it`)
    }
    const wanted = new Set(tags)
    for (const { name, equipment: owner } of definitions) {
      if (!wanted.delete(name)) continue
      if (owner !== null) add(owner)
      else for (const place of placesOf(name)) found.add(place)
    }
    const [unknown] = wanted
    if (unknown !== undefined) throw new RuntimeError('BadNotFound', `There is no tag "${unknown}"`)
    return found
  }

  /**
   * When an alarm was active last, in the span when one is given; ms; `to` is the present while it lasts. Throws RuntimeError BadNotFound for
   * an alarm that is none, BadNoData when it was not active then.
   */
  async activeSpan(
    id: string,
    span: { readonly from: number; readonly to: number },
  ): Promise<{ readonly from: number; readonly to: number; readonly tag: string; readonly equipment: string | null }> {
    const definition = this.#parts.plant().alarms.find((alarm) => alarm.id === id)
    if (!definition) throw new RuntimeError('BadNotFound', `There is no alarm "${id}"`)
    const markers = await this.#parts.journal.markers(span.from, span.to, [definition.tag], mostAlarms)
    const marker = markers.find(({ alarm }) => alarm === id)
    if (!marker) throw new RuntimeError('BadNoData', `The alarm ${id} was not active in that time`)
    const { timestamp, endTimestamp } = marker
    const { tag, equipment } = definition
    return { from: timestamp, to: endTimestamp ?? this.#parts.clock.now(), tag, equipment }
  }

  /** Cut to the window, with the sample before and the one after it. */
  async #series(
    window: PartWindow,
    { tags, limit }: TraceOptions,
    signal: AbortSignal,
  ): Promise<readonly TracedSeries[]> {
    const wanted = tags === null ? this.#recordedTags(window.equipment) : this.#tagsOf(window.equipment, new Set(tags))
    if (wanted.length === 0) return []
    const { series } = await this.#parts.history.read(
      {
        tags: wanted.map(({ name }) => name),
        from: window.from,
        // A part that came and left at once counts at its moment.
        to: Math.max(this.#end(window), window.from + 1),
        mode: 'plot',
        // A bucket becomes at most four samples: first, least, greatest, last.
        buckets: Math.max(1, Math.floor(limit / 4)),
        rawUpTo: limit,
        bounds: true,
      },
      signal,
    )
    return series.map((columns, index) => tracedSeries(columns, window.equipment, wanted[index]!))
  }

  async #alarms(window: PartWindow): Promise<readonly (AlarmEvent & { readonly equipment: string })[]> {
    const { journal } = this.#parts
    const tags = this.#tagsOf(window.equipment, null).map(({ name }) => name)
    if (tags.length === 0) return []
    const markers = await journal.markers(window.from, this.#end(window), tags, mostAlarms)
    const events = await Promise.all(markers.map((marker) => this.#activation(marker)))
    return events.flatMap((event) => (event === null ? [] : [{ ...event, equipment: window.equipment }]))
  }

  /** The row of the journal with which the alarm became active; null = archived meanwhile. */
  async #activation({ id }: HistoryMarker): Promise<AlarmEvent | null> {
    const sequence = Number(id)
    const [event] = await this.#parts.journal.eventsSince(sequence - 1, 1)
    return event?.sequence === sequence ? event : null
  }

  async #circumstances(window: PartWindow, signal: AbortSignal): Promise<IdentifierTrace['circumstances']> {
    const { equipment } = window
    const [users, texts] = await Promise.all([this.#users(window), this.#texts(window, signal)])
    return [
      ...users.map((value) => ({ equipment, name: 'operator', value })),
      ...texts.map(({ name, value }) => ({ equipment, name, value })),
    ]
  }

  /** Who wrote to the equipment or commanded it, each once. */
  async #users(window: PartWindow): Promise<readonly string[]> {
    const targets = new Set(this.#tagsOf(window.equipment, null).map(({ name }) => name))
    if (targets.size === 0) return []
    const to = this.#end(window) + 1
    const search = { from: window.from, to, actions: commandActions, targets, limit: mostCommands }
    const rows = await this.#parts.audit.search(search)
    return [...new Set(rows.map(({ user }) => user))]
  }

  /** Order, recipe, batch and shift of the equipment, of what it is part of, and of the line, when the part came. */
  async #texts(window: PartWindow, signal: AbortSignal): Promise<readonly { name: string; value: string }[]> {
    const owners = new Set(this.#withParents(window.equipment))
    const tags = this.#parts
      .plant()
      .tags.filter(
        (tag) =>
          (tag.equipment === null || owners.has(tag.equipment)) &&
          tag.history !== false &&
          tag.arrayLength === null &&
          (tag.dataType === 'string' || tag.states !== null) &&
          circumstance.test(tag.name.slice(tag.name.lastIndexOf('.') + 1)),
      )
      .slice(0, mostTags)
    if (tags.length === 0) return []
    const { from } = window
    const names = tags.map(({ name }) => name)
    const { series } = await this.#parts.history.read(
      { tags: names, from, to: from, mode: 'atTime', intervalMs: 1 },
      signal,
    )
    return series.flatMap((columns, index) => {
      const value = valueAt(columns, 0, tags[index]!)
      return value === null || value === '' ? [] : [{ name: tags[index]!.name, value: String(value) }]
    })
  }

  #recordedTags(equipment: string): readonly TagDefinition[] {
    return this.#tagsOf(equipment, null)
      .filter(({ history, dataType }) => history !== false && dataType !== 'bytes' && dataType !== 'structure')
      .slice(0, mostTags)
  }

  /** Tags of the equipment and of what is nested in it; `names` null = all of them. Named tags of nobody belong to every window. */
  #tagsOf(name: string, names: ReadonlySet<string> | null): readonly TagDefinition[] {
    const { tags, equipment } = this.#parts.plant()
    const members = new Set(
      equipment.find((each) => each.name === name) ? Object.values(memberTags(equipment, name)) : [],
    )
    return tags.filter((tag) => {
      const isNamed = names?.has(tag.name) ?? true
      if (!isNamed) return false
      if (members.has(tag.name) || tag.equipment === name) return true
      return tag.equipment === null && (names !== null || tag.name.startsWith(`${name}.`))
    })
  }

  #withParents(name: string): readonly string[] {
    const byName = new Map(this.#parts.plant().equipment.map((each) => [each.name, each]))
    const chain: string[] = []
    for (let each: string | null = name; each !== null; each = byName.get(each)?.parent ?? null) chain.push(each)
    return chain
  }

  #end({ from, to }: PartWindow): number {
    return Math.max(from, to ?? this.#parts.clock.now())
  }
}

/** `Line` and `Line.Oven` for `Line.Oven.Temperature`. */
function placesOf(tag: string): readonly string[] {
  const parts = tag.split('.').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}

/** Of the instance; members of nested instances are among them. */
function memberTags(equipment: readonly Equipment[], name: string): Readonly<Record<string, string>> {
  return equipment.find((each) => each.name === name)?.members ?? {}
}

function tracedSeries(columns: HistorySeries, equipment: string, definition: TagDefinition): TracedSeries {
  const timestamps: number[] = []
  const values: (number | string | boolean | null)[] = []
  const statusCodes: number[] = []
  const add = (timestamp: number, value: number | string | boolean | null, statusCode: number): void => {
    timestamps.push(timestamp)
    values.push(value)
    statusCodes.push(statusCode)
  }
  const { plot } = columns
  for (const [row, timestamp] of columns.timestamps.entries()) {
    const statusCode = columns.statusCodes[row]!
    if (plot === null) add(timestamp, valueAt(columns, row, definition), statusCode)
    else if ((plot.count[row] ?? 0) > 0)
      for (const value of new Set([plot.first[row]!, plot.minimum[row]!, plot.maximum[row]!, plot.last[row]!]))
        add(timestamp, Number.isNaN(value) ? null : value, statusCode)
  }
  return { tag: columns.tag, equipment, timestamps, values, statusCodes }
}

function valueAt(columns: HistorySeries, row: number, { dataType }: TagDefinition): number | string | boolean | null {
  const statusCode = columns.statusCodes[row]
  if (statusCode === undefined || isBad(statusCode)) return null
  const other = columns.others?.[row]
  if (other !== undefined) return plainValue(toJsonValue(other))
  const value = columns.values[row]!
  if (Number.isNaN(value)) return null
  return dataType === 'bool' ? value !== 0 : value
}

function plainValue(value: JsonValue): number | string | boolean | null {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
