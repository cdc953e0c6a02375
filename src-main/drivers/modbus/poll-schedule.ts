// What to read next. Items of one scan rate are one group; when a group is due all its blocks are read once. Blocks of
// different groups take turns by deadline, so that a large slow group does not hold up a fast one. A scan that takes longer
// than its interval lowers the rate: scans never queue up. Pure: time is handed in (ms, monotonic).
import type { ReadBlock } from './read-blocks.ts'

/** A device that refused an address is asked for it again after this time: a program may have been loaded into it. */
const rejoinAfterMs = 30_000

interface PollGroup<T> {
  readonly intervalMs: number
  /** As planned, and as it is read now: parted where the device refused, without what it does not have. */
  planned: readonly ReadBlock<T>[]
  active: ReadBlock<T>[]
  /** Still to be read in the scan that runs. */
  pending: ReadBlock<T>[]
  dueAt: number
  /** When the running scan should be over. */
  deadline: number
  rejoinAt: number | null
  isScanning: boolean
  scanStartedAt: number
  lastScanMs: number | null
  overrunCount: number
}

export type Turn<T> =
  | { readonly kind: 'read'; readonly intervalMs: number; readonly block: ReadBlock<T> }
  | { readonly kind: 'wait'; readonly waitMs: number }

/** Of one scan rate, for the device page. */
export interface PollCounts {
  readonly intervalMs: number
  readonly blockCount: number
  readonly plannedCount: number
  readonly lastScanMs: number | null
  readonly overrunCount: number
}

export class PollSchedule<T> {
  readonly #groups = new Map<number, PollGroup<T>>()

  /** The plan of one scan rate; the first scan of a new or changed one is due at once. An empty plan ends it. */
  setGroup(intervalMs: number, planned: readonly ReadBlock<T>[], now: number): void {
    if (planned.length === 0) {
      this.#groups.delete(intervalMs)
      return
    }
    const before = this.#groups.get(intervalMs)
    this.#groups.set(intervalMs, {
      intervalMs,
      planned,
      active: [...planned],
      pending: [],
      dueAt: now,
      deadline: now + intervalMs,
      rejoinAt: null,
      isScanning: false,
      scanStartedAt: now,
      lastScanMs: before?.lastScanMs ?? null,
      overrunCount: before?.overrunCount ?? 0,
    })
  }

  intervals(): readonly number[] {
    return [...this.#groups.keys()]
  }

  /** Every group is due now: the device is back after a silence. */
  dueNow(now: number): void {
    for (const group of this.#groups.values()) if (!group.isScanning) group.dueAt = now
  }

  /** The block to read now, which then counts as read; or how long nothing is due (Infinity: no groups). */
  next(now: number): Turn<T> {
    let first: PollGroup<T> | null = null
    let nextDue = Number.POSITIVE_INFINITY
    for (const group of this.#groups.values()) {
      this.#advance(group, now)
      if (group.pending.length === 0) nextDue = Math.min(nextDue, group.dueAt)
      else if (first === null || group.deadline < first.deadline) first = group
    }
    if (first === null) return { kind: 'wait', waitMs: Math.max(0, nextDue - now) }
    return { kind: 'read', intervalMs: first.intervalMs, block: first.pending.shift()! }
  }

  /** The device refuses something in the block: read these instead, in this scan and from now on (none = give it up). */
  replace(intervalMs: number, block: ReadBlock<T>, instead: readonly ReadBlock<T>[], now: number): void {
    const group = this.#groups.get(intervalMs)
    const index = group?.active.indexOf(block) ?? -1
    if (!group || index === -1) return
    group.active.splice(index, 1, ...instead)
    group.pending.unshift(...instead)
    group.rejoinAt ??= now + rejoinAfterMs
  }

  counts(): readonly PollCounts[] {
    return [...this.#groups.values()]
      .sort((a, b) => a.intervalMs - b.intervalMs)
      .map(({ intervalMs, active, planned, lastScanMs, overrunCount }) => ({
        intervalMs,
        blockCount: active.length,
        plannedCount: planned.length,
        lastScanMs,
        overrunCount,
      }))
  }

  /** Ends a scan whose blocks were all read, begins the one that is due. */
  #advance(group: PollGroup<T>, now: number): void {
    if (group.isScanning && group.pending.length === 0) this.#endScan(group, now)
    if (group.isScanning || now < group.dueAt) return
    if (group.rejoinAt !== null && now >= group.rejoinAt) {
      group.active = [...group.planned]
      group.rejoinAt = null
    }
    group.isScanning = true
    group.scanStartedAt = now
    group.deadline = group.dueAt + group.intervalMs
    group.pending = [...group.active]
    if (group.pending.length === 0) this.#endScan(group, now)
  }

  #endScan(group: PollGroup<T>, now: number): void {
    group.isScanning = false
    group.lastScanMs = now - group.scanStartedAt
    group.dueAt += group.intervalMs
    if (group.dueAt >= now) return
    group.overrunCount++
    group.dueAt = now
  }
}
