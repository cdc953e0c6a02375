// Recorded samples of one tag as changes an operator would name: a valve that opened, a quality that was lost, a level that rose.
import type { TagValue } from '../../shared/data-value.ts'
import type { HistorySeries } from '../../shared/history.ts'
import { isBad } from '../../shared/status-code.ts'

/** A single change, or a run of many as one. Times in ms since 1970-01-01 UTC. */
export interface ValueChange {
  /** Of a run: its largest step, the first of equal ones. */
  readonly timestamp: number
  readonly oldValue: TagValue
  readonly newValue: TagValue
  readonly statusCode: number
  /** 1 = a single one. */
  readonly changeCount: number
}

/** So many changes of a tag in the time are told one by one; more are a run (a measured value that moves all the time). */
const mostSingle = 3

/** Changes in [from, to], oldest first. The sample before `from` says what was before. */
export function valueChanges(series: HistorySeries, from: number, to: number): readonly ValueChange[] {
  const singles: ValueChange[] = []
  for (const [row, timestamp] of series.timestamps.entries()) {
    if (row === 0 || timestamp < from || timestamp > to) continue
    const statusCode = series.statusCodes[row]!
    const [oldValue, newValue] = [valueAt(series, row - 1), valueAt(series, row)]
    if (isSame(oldValue, newValue)) continue
    singles.push({ timestamp, oldValue, newValue, statusCode, changeCount: 1 })
  }
  // A value that was lost or came back is told by itself, whatever the numbers do around it.
  const quality = singles.filter(({ oldValue, newValue }) => (oldValue === null) !== (newValue === null))
  const moves = singles.filter((change) => !quality.includes(change))
  const told = moves.length <= mostSingle ? moves : [runOf(moves)]
  return [...told, ...quality.slice(-mostSingle)].sort((a, b) => a.timestamp - b.timestamp)
}

/** null for a sample without usable value. */
function valueAt({ values, others, statusCodes }: HistorySeries, row: number): TagValue {
  if (isBad(statusCodes[row]!)) return null
  const value = values[row]!
  return others?.[row] ?? (Number.isNaN(value) ? null : value)
}

function isSame(a: TagValue, b: TagValue): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

function runOf(moves: readonly ValueChange[]): ValueChange {
  const size = ({ oldValue, newValue }: ValueChange) =>
    typeof oldValue === 'number' && typeof newValue === 'number' ? Math.abs(newValue - oldValue) : 1
  const largest = moves.reduce((best, move) => (size(move) > size(best) ? move : best))
  const last = moves.at(-1)!
  return {
    timestamp: largest.timestamp,
    oldValue: moves[0]!.oldValue,
    newValue: last.newValue,
    statusCode: last.statusCode,
    changeCount: moves.length,
  }
}
