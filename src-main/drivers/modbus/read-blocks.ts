// Groups addresses into as few read requests as the limits allow: neighbours within `maxGap` share a request, a request
// never asks for more than the device gives at once, and a value is never torn between two requests unless it is longer
// than one. Pure: no wire, no time.
import { isBitTable, type ModbusTable } from './modbus-address.ts'

/** What one owner wants read: registers, or bits in the bit tables. `start` is zero-based. */
export interface ReadRange<T> {
  readonly unit: number
  readonly table: ModbusTable
  readonly start: number
  readonly count: number
  readonly owner: T
}

/** One read request and the ranges it answers; a range longer than a request appears in several blocks, in parts. */
export interface ReadBlock<T> {
  readonly unit: number
  readonly table: ModbusTable
  readonly start: number
  readonly count: number
  readonly ranges: readonly ReadRange<T>[]
}

export interface ReadLimits {
  /** Registers that nobody asked for but that may be read over to merge two requests; 16 bits each in bit tables. */
  readonly maxGap: number
  readonly maxRegisters: number
  readonly maxBits: number
}

interface OpenBlock<T> {
  readonly start: number
  end: number
  readonly ranges: ReadRange<T>[]
}

/** The fewest blocks that cover all ranges within the limits; in the order of unit, table and address. */
export function planBlocks<T>(ranges: readonly ReadRange<T>[], limits: ReadLimits): ReadBlock<T>[] {
  const blocks: ReadBlock<T>[] = []
  for (const same of byUnitAndTable(ranges)) {
    const { unit, table } = same[0]!
    const most = isBitTable(table) ? limits.maxBits : limits.maxRegisters
    const gap = isBitTable(table) ? limits.maxGap * 16 : limits.maxGap
    for (const { start, end, ranges: covered } of cover(same, most, gap))
      blocks.push({ unit, table, start, count: end - start, ranges: covered })
  }
  return blocks
}

/**
 * Two blocks that together answer what this one does, to find the address a device refuses: parted at the widest gap,
 * else in the middle. Null when it is down to one range (or several that lie in the same registers).
 */
export function splitBlock<T>(block: ReadBlock<T>): readonly [ReadBlock<T>, ReadBlock<T>] | null {
  const { ranges } = block
  let best = -1
  let bestGap = 0
  let end = 0
  for (const [index, range] of ranges.entries()) {
    if (index > 0 && range.start - end > bestGap) {
      best = index
      bestGap = range.start - end
    }
    end = Math.max(end, range.start + range.count)
  }
  if (best === -1) best = middle(ranges)
  return best === -1 ? null : [blockOf(block, ranges.slice(0, best)), blockOf(block, ranges.slice(best))]
}

/** Index of the range nearest to the middle that covers other registers than the one before it; -1 when none does. */
function middle<T>(ranges: readonly ReadRange<T>[]): number {
  const half = ranges.length / 2
  let best = -1
  for (let index = 1; index < ranges.length; index++) {
    const [before, range] = [ranges[index - 1]!, ranges[index]!]
    const isOther = range.start !== before.start || range.count !== before.count
    if (isOther && (best === -1 || Math.abs(index - half) < Math.abs(best - half))) best = index
  }
  return best
}

function blockOf<T>({ unit, table }: ReadBlock<T>, ranges: readonly ReadRange<T>[]): ReadBlock<T> {
  const { start } = ranges[0]!
  const end = ranges.reduce((furthest, range) => Math.max(furthest, range.start + range.count), 0)
  return { unit, table, start, count: end - start, ranges }
}

/** Ranges of one unit and table together, sorted by start, then length. */
function byUnitAndTable<T>(ranges: readonly ReadRange<T>[]): ReadRange<T>[][] {
  const groups = new Map<string, ReadRange<T>[]>()
  for (const range of ranges) {
    const key = `${String(range.unit).padStart(3, '0')} ${range.table}`
    const group = groups.get(key)
    if (group) group.push(range)
    else groups.set(key, [range])
  }
  const sorted = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
  for (const group of sorted) group.sort((a, b) => a.start - b.start || a.count - b.count)
  return sorted
}

/**
 * The first uncovered range has to begin a block, and a block that takes everything that still fits leaves nothing to
 * others that they could use better: the greedy cover is the least one.
 */
function cover<T>(ranges: readonly ReadRange<T>[], most: number, gap: number): OpenBlock<T>[] {
  const blocks: OpenBlock<T>[] = []
  for (const range of ranges) {
    if (range.count > most) coverInParts(blocks, range, most, gap)
    else coverWhole(blocks, range, most, gap)
  }
  return blocks
}

function coverWhole<T>(blocks: OpenBlock<T>[], range: ReadRange<T>, most: number, gap: number): void {
  const end = range.start + range.count
  const last = blocks.at(-1)
  if (last && range.start >= last.start && range.start - last.end <= gap && end - last.start <= most) {
    last.end = Math.max(last.end, end)
    last.ranges.push(range)
    return
  }
  const holder = blocks.findLast((block) => block.start <= range.start && block.end >= end)
  if (holder) holder.ranges.push(range)
  else blocks.push({ start: range.start, end, ranges: [range] })
}

/** A range longer than a request fills up the block before it, then takes full ones; its last part stays open. */
function coverInParts<T>(blocks: OpenBlock<T>[], range: ReadRange<T>, most: number, gap: number): void {
  const end = range.start + range.count
  let at = range.start
  const last = blocks.at(-1)
  const canJoin = last !== undefined && at >= last.start && at - last.end <= gap && last.start + most > at
  let room = canJoin ? last.start + most - at : most
  while (at < end) {
    const count = Math.min(room, end - at)
    coverWhole(blocks, { ...range, start: at, count }, most, gap)
    at += count
    room = most
  }
}
