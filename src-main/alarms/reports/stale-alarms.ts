// Alarms that stayed active for longer than a day (conformance A49): each occurrence once, and how many there were on each day.
import { type AlarmKpiAlarm, type AlarmPeak, alarmPeriodsMs, type StaleAlarm } from '../../shared/alarm-report.ts'

/** More are counted, the longest are kept. */
const mostKept = 1000

export class StaleAlarms {
  readonly #from: number
  readonly #to: number
  readonly #staleMs: number
  readonly #dayCounts: Uint32Array
  /** Alarm → the last day it was counted on. */
  readonly #lastDays = new Map<string, number>()
  /** Alarm → the occurrence that was counted last. */
  readonly #lastOccurrences = new Map<string, number>()
  #kept: StaleAlarm[] = []
  #count = 0

  constructor(from: number, to: number, staleMs: number) {
    this.#from = from
    this.#to = to
    this.#staleMs = staleMs
    this.#dayCounts = new Uint32Array(Math.ceil((to - from) / alarmPeriodsMs.day))
  }

  /**
   * The alarm was active and annunciated in [start, end), active since `activeTimestamp`; stretches of one alarm in order of time.
   * True when it was stale in the span. ms.
   */
  add(
    alarm: AlarmKpiAlarm,
    activeTimestamp: number,
    start: number,
    end: number,
    returnedTimestamp: number | null,
  ): boolean {
    const first = Math.max(start, activeTimestamp + this.#staleMs, this.#from)
    const last = Math.min(end, this.#to)
    if (first >= last) return false
    this.#countDays(alarm.id, first, last)
    // Shelved for a while in between it is still the same occurrence.
    if (this.#lastOccurrences.get(alarm.id) === activeTimestamp) this.#forget(alarm.id, activeTimestamp)
    else this.#count++
    this.#lastOccurrences.set(alarm.id, activeTimestamp)
    this.#kept.push({ ...alarm, activeTimestamp, returnedTimestamp, durationMs: last - activeTimestamp })
    if (this.#kept.length > 2 * mostKept) this.#kept = longestFirst(this.#kept).slice(0, mostKept)
    return true
  }

  get count(): number {
    return this.#count
  }

  mostPerDay(): AlarmPeak | null {
    let best: AlarmPeak | null = null
    for (const [day, count] of this.#dayCounts.entries())
      if (count > (best?.count ?? 0)) best = { count, timestamp: this.#from + day * alarmPeriodsMs.day }
    return best
  }

  /** Longest first. */
  alarms(most: number): readonly StaleAlarm[] {
    return longestFirst(this.#kept).slice(0, most)
  }

  #forget(id: string, activeTimestamp: number): void {
    const index = this.#kept.findIndex((kept) => kept.id === id && kept.activeTimestamp === activeTimestamp)
    if (index >= 0) this.#kept.splice(index, 1)
  }

  #countDays(id: string, first: number, last: number): void {
    const lastDay = Math.ceil((last - this.#from) / alarmPeriodsMs.day) - 1
    let day = Math.max(Math.floor((first - this.#from) / alarmPeriodsMs.day), (this.#lastDays.get(id) ?? -1) + 1)
    for (; day <= lastDay; day++) this.#dayCounts[day]!++
    this.#lastDays.set(id, Math.max(lastDay, this.#lastDays.get(id) ?? -1))
  }
}

function longestFirst(alarms: readonly StaleAlarm[]): StaleAlarm[] {
  return [...alarms].sort(
    (a, b) =>
      b.durationMs - a.durationMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.activeTimestamp - b.activeTimestamp),
  )
}
