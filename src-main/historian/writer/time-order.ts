// Brings samples that came late into order of time without touching those that are in order already.

/**
 * Rows in order of time, those with the same time stamp in order of arrival; null when they are in order as they are.
 * Natural merge sort: rows that are nearly in order cost little more than a look at each.
 */
export function timeOrder(timestamp: Float64Array, count: number): Uint32Array | null {
  let runs = [0]
  for (let row = 1; row < count; row++) if (timestamp[row]! < timestamp[row - 1]!) runs.push(row)
  if (runs.length === 1) return null
  let from = new Uint32Array(count)
  for (let row = 0; row < count; row++) from[row] = row
  let to = new Uint32Array(count)
  while (runs.length > 1) {
    const merged: number[] = []
    for (let run = 0; run < runs.length; run += 2) {
      const begin = runs[run]!
      const middle = runs[run + 1] ?? count
      const end = runs[run + 2] ?? count
      merged.push(begin)
      merge(timestamp, from, to, begin, middle, end)
    }
    runs = merged
    const swap = from
    from = to
    to = swap
  }
  return from
}

function merge(
  timestamp: Float64Array,
  from: Uint32Array,
  to: Uint32Array,
  begin: number,
  middle: number,
  end: number,
): void {
  let left = begin
  let right = middle
  for (let at = begin; at < end; at++) {
    const takesLeft = right >= end || (left < middle && timestamp[from[left]!]! <= timestamp[from[right]!]!)
    to[at] = takesLeft ? from[left++]! : from[right++]!
  }
}
