// Where marks on trends come from: the audit trail (writes, other operator actions), states of devices, gaps of the recorder. A new
// source is one more object in the list of runtime.ts.
import type { AuditTrail } from './access/audit-trail.ts'
import type { HistorianGap } from './historian/historian.ts'
import type { HistoryReading } from './historian/history-reader.ts'
import { deviceStateValues } from './recording.ts'
import type { AuditRow } from './shared/contract.ts'
import type { JsonValue } from './shared/data-value.ts'
import type { HistoryMarker, HistoryMarkerSource } from './shared/history.ts'
import { deviceSeriesName } from './shared/own-series.ts'
import { isBad, isGood, statusCodeName } from './shared/status-code.ts'

/** What operators and engineers do to the line. Log-ins and accounts are nobody's business on a trend. */
const operatorActions: ReadonlySet<string> = new Set([
  'devices.reconnect',
  'devices.callMethod',
  'plant.reload',
  'plant.importTags',
  'history.write',
])
const writeActions: ReadonlySet<string> = new Set(['tags.write'])
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
        for (const { tag, timestamps, values, statusCodes } of page.series)
          for (const [row, timestamp] of timestamps.entries())
            markers.push(stateMarker(tag, timestamp, values[row]!, statusCodes[row]!))
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

function stateMarker(series: string, timestamp: number, value: number, statusCode: number): HistoryMarker {
  const device = series.slice('device:'.length, -':state'.length)
  const state = isBad(statusCode) ? statusCodeName(statusCode) : (stateNames.get(value) ?? String(value))
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

/** Times in which the recorder itself lost samples. */
export function recorderMarkers(gaps: () => readonly HistorianGap[]): HistoryMarkerSource {
  return {
    kind: 'recorder',
    async read(from, to, _tags, limit) {
      return gaps()
        .filter((gap) => gap.from < to && (gap.to ?? Number.POSITIVE_INFINITY) >= from)
        .slice(-limit)
        .reverse()
        .map((gap) => ({
          id: String(gap.from),
          kind: 'recorder',
          timestamp: gap.from,
          endTimestamp: gap.to,
          tag: null,
          user: null,
          text: gap.lostCount > 0 ? `${gap.reason} (${gap.lostCount} samples lost)` : gap.reason,
        }))
    },
  }
}
