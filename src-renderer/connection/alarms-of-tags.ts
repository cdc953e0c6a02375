// The alarms of some tags, kept up to date: of a display, of a faceplate.
import type { AlarmRow } from '../../src-main/shared/alarm.ts'
import type { RuntimeClient } from './runtime-client.ts'

/** Tags of one question. */
const mostTags = 10_000
/** Rows of one window: the most the runtime gives. */
const windowRows = 1000

/** A window of the list: rows from `offset` on. */
interface Window {
  rows: readonly AlarmRow[]
  readonly stop: () => void
}

/**
 * Calls back with all alarms of these tags that are not normal, now and whenever one changed; with as many windows of the
 * list as they need, one as a rule. Returns the way to stop.
 */
export function watchAlarmsOf(
  client: Pick<RuntimeClient, 'watch'>,
  tags: readonly string[],
  onRows: (rows: readonly AlarmRow[]) => void,
  onError?: (error: Error) => void,
): () => void {
  const parts: Window[][] = []
  const tell = () => onRows(parts.flatMap((windows) => windows.flatMap(({ rows }) => rows)))
  for (let start = 0; start < tags.length; start += mostTags) {
    const windows: Window[] = []
    parts.push(windows)
    openWindow(windows, tags.slice(start, start + mostTags))
  }
  return () => {
    for (const window of parts.flat()) window.stop()
  }

  function openWindow(windows: Window[], wanted: readonly string[]): void {
    const offset = windows.length * windowRows
    const input = { tags: [...wanted], order: 'priority' as const, offset, count: windowRows }
    const window: Window = {
      rows: [],
      stop: client.watch(
        'alarms.view',
        input,
        ({ total, alarms }) => {
          window.rows = alarms
          const needed = Math.max(1, Math.ceil(total / windowRows))
          while (windows.length > needed) windows.pop()!.stop()
          // The next one asks for the one behind it when its turn comes.
          if (windows.at(-1) === window && windows.length < needed) openWindow(windows, wanted)
          tell()
        },
        onError,
      ),
    }
    windows.push(window)
  }
}
