// Where marks on trends come from: the audit trail (writes, other operator actions), alarms, states of devices, gaps of the recorder. A new
// source is one more object in the list of runtime.ts.
import type { AuditTrail } from './access/audit-trail.ts'
import type { AlarmJournal } from './alarms/journal/alarm-journal.ts'
import type { HistorianGap } from './historian/history-input.ts'
import type { HistoryReading } from './historian/reader/history-reader.ts'
import { deviceStateValues } from './recording.ts'
import type { AuditRow } from './shared/contract.ts'
import type { JsonValue } from './shared/data-value.ts'
import type { HistoryMarker, HistoryMarkerSource } from './shared/history.ts'
import { deviceSeriesName, runningSeriesName } from './shared/own-series.ts'
import { isBad, isGood, StatusCodes, statusCodeName } from './shared/status-code.ts'

/** What operators and engineers do to the line. Log-ins and accounts are nobody's business on a trend. */
const operatorActions: ReadonlySet<string> = new Set([
  'devices.reconnect',
  'devices.callMethod',
  'plant.reload',
  'plant.importTags',
  'history.write',
  'equipment.resetCounter',
])
const writeActions: ReadonlySet<string> = new Set(['tags.write', 'equipment.command'])
/** Longer texts are cut: a mark is a line beside a curve. */
const longestText = 200

/** Writes of tags: who, from what to what, with what result. */
export function writeMarkers(audit: AuditTrail): HistoryMarkerSource {
  return {
    kind: 'write',
    async read(from, to, tags, limit) {
      const targets = tags === null ? null : new Set(tags)
      const rows = await audit.search({ from, to, actions: writeActions, targets, limit })
      return rows.map((row) =>
        auditMarker(row, 'write', row.target, `${valueText(row.oldValue)} → ${valueText(row.newValue)}`),
      )
    },
  }
}

/** What else was done: reconnecting a device, calling a method, changing the plant. */
export function operatorMarkers(audit: AuditTrail): HistoryMarkerSource {
  return {
    kind: 'operator',
    async read(from, to, _tags, limit) {
      const rows = await audit.search({ from, to, actions: operatorActions, targets: null, limit })
      return rows.map((row) => auditMarker(row, 'operator', null, `${row.action} ${row.target}`.trim()))
    },
  }
}

/** Occurrences of alarms, each from active to returned; `endTimestamp` null while it lasts. */
export function alarmMarkers(journal: Pick<AlarmJournal, 'markers'>): HistoryMarkerSource {
  return { kind: 'alarm', read: (from, to, tags, limit) => journal.markers(from, to, tags, limit) }
}

function auditMarker(row: AuditRow, kind: 'write' | 'operator', tag: string | null, what: string): HistoryMarker {
  const result = isGood(row.statusCode) ? '' : ` (${statusCodeName(row.statusCode)})`
  const comment = row.comment === '' ? '' : `: ${row.comment}`
  return {
    id: String(row.sequence),
    kind,
    timestamp: row.timestamp,
    endTimestamp: null,
    tag,
    user: row.user,
    text: `${what}${result}${comment}`.slice(0, longestText),
  }
}

function valueText(value: JsonValue): string {
  return value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
}

export interface DeviceMarkerOptions {
  readonly history: Pick<HistoryReading, 'read' | 'seriesRows'>
  /** Device of a tag; null when it has none. */
  readonly deviceOf: (tag: string) => string | null
}

/** More devices than any line has. */
const mostDevices = 1000
const stateNames = new Map(Object.entries(deviceStateValues).map(([name, value]) => [value, name]))

/** Every change of the state of a device, from its recorded series. `tag` is that series. */
export function deviceMarkers({ history, deviceOf }: DeviceMarkerOptions): HistoryMarkerSource {
  const wanted = async (tags: readonly string[] | null): Promise<string[]> => {
    const { rows } = await history.seriesRows('device:', mostDevices)
    const names = rows.map(({ tag }) => tag)
    if (tags === null) return names
    const asked = new Set(tags.map((tag) => (tag.startsWith('device:') ? tag : deviceSeriesName(deviceOf(tag) ?? ''))))
    return names.filter((name) => asked.has(name))
  }
  return {
    kind: 'device',
    async read(from, to, tags, limit) {
      const names = await wanted(tags)
      if (names.length === 0) return []
      const markers: HistoryMarker[] = []
      let cursor: string | undefined
      do {
        const page = await history.read({ tags: names, from, to, mode: 'raw', limit: pageLength, cursor })
        // Without a value the station did not run, or the device left the plant: no state of the device.
        for (const { tag, timestamps, values, statusCodes } of page.series)
          for (const [row, timestamp] of timestamps.entries())
            if (!isBad(statusCodes[row]!)) markers.push(stateMarker(tag, timestamp, values[row]!))
        // The newest are asked for: of a span with very many changes only those are held.
        if (markers.length > 2 * limit) keepNewest(markers, limit)
        cursor = page.cursor
      } while (cursor !== undefined)
      keepNewest(markers, limit)
      return markers
    },
  }
}

const pageLength = 10_000

function keepNewest(markers: HistoryMarker[], limit: number): void {
  markers.sort((a, b) => b.timestamp - a.timestamp)
  markers.length = Math.min(markers.length, limit)
}

function stateMarker(series: string, timestamp: number, value: number): HistoryMarker {
  const device = series.slice('device:'.length, -':state'.length)
  const state = stateNames.get(value) ?? String(value)
  return {
    id: `${series}@${timestamp}`,
    kind: 'device',
    timestamp,
    endTimestamp: null,
    tag: series,
    user: null,
    text: `${device}: ${state}`,
  }
}

export interface RecorderMarkerOptions {
  readonly history: Pick<HistoryReading, 'read' | 'seriesRows'>
  /** Of this run of the station. */
  readonly gaps: () => readonly HistorianGap[]
}

/** Times in which nothing was recorded: the station did not run, or the historian lost samples. */
export function recorderMarkers({ history, gaps }: RecorderMarkerOptions): HistoryMarkerSource {
  return {
    kind: 'recorder',
    async read(from, to, _tags, limit) {
      const pauses = await pausesOf(history, from, to, limit)
      // Of a time without a station the historian tells too; it is a pause already.
      const losses = gaps().filter(
        (gap) => gap.lostCount > 0 && gap.from < to && (gap.to ?? Number.POSITIVE_INFINITY) >= from,
      )
      return [...pauses, ...losses.map(lossMarker)].sort((a, b) => b.timestamp - a.timestamp).slice(0, limit)
    },
  }
}

/** From each sample that says that the station does not run to the next one that says it does. */
async function pausesOf(
  history: RecorderMarkerOptions['history'],
  from: number,
  to: number,
  limit: number,
): Promise<HistoryMarker[]> {
  const { rows } = await history.seriesRows(runningSeriesName, 1)
  if (rows[0]?.tag !== runningSeriesName) return []
  const request = { tags: [runningSeriesName], from, to, mode: 'raw', bounds: true, limit: pageLength } as const
  const { series } = await history.read(request)
  const { timestamps, statusCodes } = series[0]!
  const pauses: HistoryMarker[] = []
  for (const [row, timestamp] of timestamps.entries()) {
    const next = timestamps[row + 1]
    if (!isBad(statusCodes[row]!) || timestamp >= to || (next !== undefined && next < from)) continue
    const isOrderly = statusCodes[row] === StatusCodes.BadShutdown
    pauses.push({
      id: `${runningSeriesName}@${timestamp}`,
      kind: 'recorder',
      timestamp,
      endTimestamp: next ?? null,
      tag: null,
      user: null,
      text: isOrderly ? 'The station was stopped' : 'The station did not end in order',
    })
  }
  return pauses.slice(-limit)
}

function lossMarker({ from, to, lostCount, reason }: HistorianGap): HistoryMarker {
  const shared = { kind: 'recorder', tag: null, user: null } as const
  return {
    ...shared,
    id: `loss@${from}`,
    timestamp: from,
    endTimestamp: to,
    text: `${reason} (${lostCount} samples lost)`,
  }
}
