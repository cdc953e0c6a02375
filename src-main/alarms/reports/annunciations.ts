// When which alarm was annunciated, in columns of 16 bytes for each: what all rates, peaks and floods are computed from. Kept in order
// of time though the journal is in order of arrival.

import type { AlarmPeak } from '../../shared/alarm-report.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'

/** 160 MB of columns; nobody reads a report of more. */
const mostAnnunciations = 10_000_000
const firstOutBit = 0x8000_0000

/** Columns in order of time, equal ones in order of the journal. ms since 1970-01-01 UTC. */
export class Annunciations {
  #count = 0
  #timestamps = new Float64Array(1024)
  /** Number of the alarm, with the first-out flag as its topmost bit. */
  #alarms = new Uint32Array(1024)
  #eventIds = new Uint32Array(1024)
  #isSorted = true

  get count(): number {
    return this.#count
  }

  /** RuntimeError BadRequestTooLarge when there are too many for one report. */
  append(timestamp: number, alarm: number, eventId: number, isFirstOut: boolean): void {
    const index = this.#count
    if (index === this.#timestamps.length) this.#grow()
    if (index > 0 && timestamp < this.#timestamps[index - 1]!) this.#isSorted = false
    this.#timestamps[index] = timestamp
    this.#alarms[index] = isFirstOut ? (alarm | firstOutBit) >>> 0 : alarm
    this.#eventIds[index] = eventId
    this.#count++
  }

  /** To be called once after the last one was appended, before anything is read. */
  sort(): void {
    if (this.#isSorted) return
    const order = Uint32Array.from({ length: this.#count }, (_, index) => index)
    const given = this.#timestamps
    order.sort((a, b) => given[a]! - given[b]! || a - b)
    this.#timestamps = Float64Array.from(order, (index) => given[index]!)
    this.#alarms = Uint32Array.from(
      order,
      (
        (alarms) => (index: number) =>
          alarms[index]!
      )(this.#alarms),
    )
    this.#eventIds = Uint32Array.from(
      order,
      (
        (ids) => (index: number) =>
          ids[index]!
      )(this.#eventIds),
    )
    this.#isSorted = true
  }

  timestamp(index: number): number {
    return this.#timestamps[index]!
  }

  /** Number of the alarm, as it was appended. */
  alarm(index: number): number {
    return this.#alarms[index]! & ~firstOutBit
  }

  eventId(index: number): number {
    return this.#eventIds[index]!
  }

  isFirstOut(index: number): boolean {
    return this.#alarms[index]! >= firstOutBit
  }

  /** First one at or after an instant. */
  indexFrom(timestamp: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timestamps[middle]! < timestamp) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Most in any stretch (t − length, t], of those from row `first` on; the first such stretch, by its first annunciation. */
  slidingPeak(lengthMs: number, first = 0, end = this.#count): AlarmPeak | null {
    let best = 0
    let timestamp = 0
    for (let index = first, oldest = first; index < end; index++) {
      while (this.#timestamps[oldest]! <= this.#timestamps[index]! - lengthMs) oldest++
      if (index - oldest + 1 <= best) continue
      best = index - oldest + 1
      timestamp = this.#timestamps[oldest]!
    }
    return best === 0 ? null : { count: best, timestamp }
  }

  /** Most in one of the periods that follow each other from `from` on; the first such period, by its start. */
  fixedPeak(from: number, lengthMs: number): AlarmPeak | null {
    let best: AlarmPeak | null = null
    let period = Number.NaN
    let count = 0
    for (let index = this.indexFrom(from); index < this.#count; index++) {
      const own = Math.floor((this.#timestamps[index]! - from) / lengthMs)
      count = own === period ? count + 1 : 1
      period = own
      if (count > (best?.count ?? 0)) best = { count, timestamp: from + period * lengthMs }
    }
    return best
  }

  #grow(): void {
    if (this.#count >= mostAnnunciations)
      throw new RuntimeError(
        'BadRequestTooLarge',
        `More than ${mostAnnunciations} alarms were annunciated in this span; ask for a shorter one or for one area`,
      )
    const length = this.#timestamps.length * 2
    this.#timestamps = enlarged(this.#timestamps, new Float64Array(length))
    this.#alarms = enlarged(this.#alarms, new Uint32Array(length))
    this.#eventIds = enlarged(this.#eventIds, new Uint32Array(length))
  }
}

function enlarged<Column extends Float64Array | Uint32Array>(old: Column, larger: Column): Column {
  larger.set(old)
  return larger
}
