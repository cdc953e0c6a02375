// V1: updates per second from a driver's batch into the tag table, with 100,000 tags, beside a loop that only copies the
// columns; alone, and with every change handed to the historian, whose answers are this thread's work too.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAlarms } from '../../src-main/alarms/engine/alarm-engine.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { openHistorian } from '../../src-main/historian/historian.ts'
import { defaultHistorySettings, recordedTag } from '../../src-main/historian/history-settings.ts'
import { defaultAlarmPhilosophy } from '../../src-main/shared/alarm.ts'
import type { ValueBatch } from '../../src-main/shared/value-batch.ts'
import { TagTable } from '../../src-main/tags/tag-table.ts'
import { alarmDefinition, MemoryRecorder } from '../fakes/alarm-station.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'
import type { Report } from './run.ts'

const tagCount = 100_000
const batchRows = 2_000
const rounds = 7

function batches(seed: number): ValueBatch[] {
  return Array.from({ length: tagCount / batchRows }, (_, batch) => ({
    count: batchRows,
    handle: Uint32Array.from({ length: batchRows }, (_, row) => batch * batchRows + row),
    value: Float64Array.from({ length: batchRows }, (_, row) => Math.sin(seed + row) * 50 + 50),
    statusCode: new Uint32Array(batchRows),
    sourceTimestamp: new Float64Array(batchRows).fill(Date.now()),
    others: null,
  }))
}

export async function run(report: Report): Promise<void> {
  const table = new TagTable(systemClock)
  table.configure(
    Array.from({ length: tagCount }, (_, index) =>
      tagDefinition(`Area${index % 10}.Unit${index % 100}.Tag${index}`, {
        scaling: index % 2 === 0 ? { rawLow: 0, rawHigh: 100, low: -50, high: 150 } : null,
        limits: { low: -100, high: 200 },
        deadband: index % 4 === 0 ? 0.01 : 0,
      }),
    ),
  )
  const copy = {
    value: new Float64Array(tagCount),
    statusCode: new Uint32Array(tagCount),
    sourceTimestamp: new Float64Array(tagCount),
  }
  const tableRates: number[] = []
  const copyRates: number[] = []
  for (let round = 0; round < rounds; round++) {
    const sets = Array.from({ length: 10 }, (_, index) => batches(round * 10 + index))
    copyRates.push(rate(sets, (batch) => copyColumns(batch, copy)))
    tableRates.push(rate(sets, (batch) => table.apply(batch)))
  }
  const [updates, copies] = [median(tableRates), median(copyRates)]
  report({ bench: 'tag-table', figure: 'V1 updates into the tag table', value: Math.round(updates), unit: '1/s' })
  report({ bench: 'tag-table', figure: 'V1 beside: columns only copied', value: Math.round(copies), unit: '1/s' })
  report({ bench: 'tag-table', figure: 'V1 ratio', value: updates / copies, unit: '1' })
  const [alarmed, unalarmed] = alarmedRates(table)
  report({ bench: 'tag-table', figure: 'V1 updates, two limits on every tag', value: Math.round(alarmed), unit: '1/s' })
  report({ bench: 'tag-table', figure: 'V1 share that alarms leave', value: alarmed / unalarmed, unit: '1' })
  const recorded = await recordedRate(table)
  report({
    bench: 'tag-table',
    figure: 'V1 updates, historian on',
    value: Math.round(recorded.updates),
    unit: '1/s',
  })
  report({ bench: 'tag-table', figure: 'V1 samples lost by the historian', value: recorded.lostCount, unit: '1' })
}

/** With alarms on every tag, none of which becomes active; and without, in turn. */
function alarmedRates(table: TagTable): readonly [number, number] {
  const alarms = openAlarms({
    clock: systemClock,
    logger: silentLogger,
    table,
    recorder: new MemoryRecorder(),
    onCommitted: () => undefined,
  })
  const definitions = [...table.entries()].flatMap(({ definition: { name: tag } }) => [
    alarmDefinition({ tag, condition: 'high', limit: 1000 }),
    alarmDefinition({ tag, condition: 'low', limit: -1000 }),
  ])
  alarms.configure({ definitions, philosophy: defaultAlarmPhilosophy, languages: ['en'], removesMissing: true })
  const rates: Record<'with' | 'without', number[]> = { with: [], without: [] }
  for (let round = 0; round < rounds; round++) {
    const sets = Array.from({ length: 10 }, (_, index) => batches(500 + round * 10 + index))
    rates.with.push(rate(sets.slice(0, 5), (batch) => alarms.changes(table.apply(batch))))
    rates.without.push(rate(sets.slice(5), (batch) => table.apply(batch)))
  }
  if (alarms.ledger().transitionCount > 0) throw new Error('an alarm became active')
  alarms.close()
  return [median(rates.with), median(rates.without)]
}

/** Updates per second of this thread's CPU time with the changes recorded; each round ends when the historian has all of them. */
async function recordedRate(table: TagTable): Promise<{ updates: number; lostCount: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-'))
  const historian = openHistorian({
    folder: join(folder, 'history'),
    settings: defaultHistorySettings,
    clock: systemClock,
    logger: silentLogger,
  })
  try {
    historian.configure(
      [...table.entries()].flatMap(({ handle, definition }) => recordedTag(handle, definition) ?? []),
      defaultHistorySettings,
    )
    const rates: number[] = []
    for (let round = 0; round < rounds; round++) {
      const sets = Array.from({ length: 5 }, (_, index) => batches(1000 + round * 5 + index))
      const begin = process.threadCpuUsage()
      let count = 0
      for (const set of sets) {
        for (const batch of set) {
          historian.record(table.apply(batch))
          count += batch.count
        }
        do await new Promise((resolve) => setTimeout(resolve, 25))
        while (historian.health().waitingCount > 0)
      }
      const { user, system } = process.threadCpuUsage(begin)
      rates.push((count / (user + system)) * 1_000_000)
    }
    return { updates: median(rates), lostCount: historian.health().lostCount }
  } finally {
    await historian.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Rows per second of this thread's own CPU time: what another program does to the machine meanwhile does not count. */
function rate(sets: readonly ValueBatch[][], take: (batch: ValueBatch) => unknown): number {
  const begin = process.threadCpuUsage()
  let count = 0
  for (const set of sets)
    for (const batch of set) {
      take(batch)
      count += batch.count
    }
  const { user, system } = process.threadCpuUsage(begin)
  return (count / (user + system)) * 1_000_000
}

/** The least a table could do: put every row at its handle, and hand the same rows on. */
function copyColumns(
  batch: ValueBatch,
  to: { value: Float64Array; statusCode: Uint32Array; sourceTimestamp: Float64Array },
): ValueBatch {
  const { count } = batch
  const handle = new Uint32Array(count)
  const value = new Float64Array(count)
  const statusCode = new Uint32Array(count)
  const sourceTimestamp = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    const at = batch.handle[row]!
    to.value[at] = value[row] = batch.value[row]!
    to.statusCode[at] = statusCode[row] = batch.statusCode[row]!
    to.sourceTimestamp[at] = sourceTimestamp[row] = batch.sourceTimestamp[row]!
    handle[row] = at
  }
  return { count, handle, value, statusCode, sourceTimestamp, others: null }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
