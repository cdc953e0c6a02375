// What the trace says of each window of a part. The station lists windows by time; series and alarms of the newest of them follow one
// another in the same order, so that equipment a part was in twice has each of them twice.

import type { PartWindow } from '../../src-main/shared/identifier.ts'
import type { IdentifierTrace, TracedSeries } from '../../src-main/shared/identifier-calls.ts'

export interface TracedWindow {
  readonly window: PartWindow
  readonly series: readonly TracedSeries[]
  readonly alarms: IdentifierTrace['alarms']
  readonly circumstances: IdentifierTrace['circumstances']
}

/** By time. */
export function windowsOf(trace: IdentifierTrace): readonly TracedWindow[] {
  const series = new Map<string, TracedSeries[]>()
  for (const one of trace.series) pushTo(series, `${one.equipment}\n${one.tag}`, one)
  const visits = new Map<string, PartWindow[]>()
  for (const window of trace.windows) pushTo(visits, window.equipment, window)
  return trace.windows.map((window) => {
    const all = visits.get(window.equipment)!
    const fromEnd = all.length - all.indexOf(window)
    return {
      window,
      // Without series of the oldest windows the newest still have theirs.
      series: [...series.values()].flatMap((each) =>
        each[0]!.equipment === window.equipment ? (each.at(-fromEnd) ?? []) : [],
      ),
      alarms: alarmsOf(trace, all, window),
      circumstances: distinct(trace.circumstances.filter(({ equipment }) => equipment === window.equipment)),
    }
  })
}

/** An alarm stands once for each window it was active in: for the first ones it can have been active in. */
function alarmsOf(
  trace: IdentifierTrace,
  visits: readonly PartWindow[],
  window: PartWindow,
): IdentifierTrace['alarms'] {
  const rows = Map.groupBy(
    trace.alarms.filter(({ equipment }) => equipment === window.equipment),
    ({ sequence }) => sequence,
  )
  return [...rows.values()].flatMap((same) => {
    const alarm = same[0]!
    const possible = visits.filter(({ to }) => to === null || alarm.timestamp <= to)
    return possible.slice(0, same.length).includes(window) ? [alarm] : []
  })
}

function distinct(circumstances: IdentifierTrace['circumstances']): IdentifierTrace['circumstances'] {
  return [...new Map(circumstances.map((one) => [`${one.name}\n${one.value}`, one])).values()]
}

function pushTo<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
