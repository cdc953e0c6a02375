// A4, the runtime's part: a list of 100,000 alarms that are not normal: first window after a change in every order, filters, text, and
// what a flood of 1,000 changes between two windows costs. Beside: the same rows sorted by comparison.

import { compareAlarms } from '../../src-main/alarms/alarm-order.ts'
import { AlarmList } from '../../src-main/alarms/list/alarm-list.ts'
import {
  type AlarmFilter,
  type AlarmOrder,
  type AlarmRow,
  alarmOrders,
  alarmPriorities,
  alarmStates,
} from '../../src-main/shared/alarm.ts'
import { alarmRow } from '../fakes/fake-alarms.ts'
import type { Report } from './run.ts'

const alarmCount = 100_000
const rounds = 9

const filters: Readonly<Record<string, AlarmFilter>> = {
  'unacknowledged only': { states: ['unacknowledged', 'returnedUnacknowledged', 'latchedUnacknowledged'] },
  'area and priority': { area: 'Area3', priorities: ['urgent', 'high'] },
  'text that a thousandth has': { text: 'TAG12' },
}

export async function run(report: Report): Promise<void> {
  const rows = Array.from({ length: alarmCount }, (_, index) => rowOf(index))
  const list = new AlarmList()
  const [configureMs] = timed(() => list.configure(rows))
  report({
    bench: 'alarm-list',
    figure: 'A4 the plant changes: ranks of 100,000 alarms',
    value: configureMs,
    unit: 'ms',
  })
  const [putMs] = timed(() => {
    for (const row of rows) list.put(row.id, row)
  })
  report({ bench: 'alarm-list', figure: 'A4 100,000 alarms into the list', value: putMs, unit: 'ms' })
  for (const order of alarmOrders) measure(report, list, rows, `order ${order}`, {}, order)
  for (const [name, filter] of Object.entries(filters)) measure(report, list, rows, name, filter, 'priority')
  const flood = median(Array.from({ length: rounds }, (_, round) => timed(() => change(list, rows, round, 1000))[0]))
  report({ bench: 'alarm-list', figure: 'A4 1,000 changes while nobody looks', value: flood, unit: 'ms' })
  const top = median(Array.from({ length: rounds }, () => timed(() => list.mostUrgent(6))[0]))
  report({ bench: 'alarm-list', figure: 'A4 the six of the banner', value: top, unit: 'ms' })
  const [compared] = timed(() => rows.toSorted((a, b) => compareAlarms('priority', a, b)))
  report({ bench: 'alarm-list', figure: 'A4 beside: sorted by comparison', value: compared, unit: 'ms' })
}

function measure(
  report: Report,
  list: AlarmList,
  rows: readonly AlarmRow[],
  name: string,
  filter: AlarmFilter,
  order: AlarmOrder,
): void {
  const times = Array.from({ length: rounds }, (_, round) => {
    change(list, rows, round, 1)
    return timed(() => list.window(filter, order, 50_000, 60))[0]
  })
  report({ bench: 'alarm-list', figure: `A4 window after a change, ${name}`, value: median(times), unit: 'ms' })
  report({ bench: 'alarm-list', figure: `A4 first window, ${name}`, value: times[0]!, unit: 'ms' })
}

function change(list: AlarmList, rows: readonly AlarmRow[], round: number, count: number): void {
  for (let at = 0; at < count; at++) {
    const row = rows[(round * 7919 + at * 97) % rows.length]!
    list.put(row.id, { ...row, activeTimestamp: row.activeTimestamp! + round })
  }
}

function rowOf(index: number): AlarmRow {
  const scattered = (index * 7919) % alarmCount
  // As text comes from files: in one piece.
  const id = Buffer.from(`Area${scattered % 10}.Unit${scattered % 100}.Tag${scattered}/high`).toString()
  return alarmRow(id, {
    state: alarmStates[1 + (index % 8)]!,
    priority: alarmPriorities[index % 4]!,
    activeTimestamp: 1_800_000_000_000 + ((index * 104_729) % 86_400_000),
    message: `Level of tank ${scattered} is above its limit: ${index} %`,
    area: `Area${scattered % 10}/Unit${scattered % 100}`,
  })
}

function timed<T>(work: () => T): [number, T] {
  const start = performance.now()
  const result = work()
  return [Math.round((performance.now() - start) * 100) / 100, result]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
