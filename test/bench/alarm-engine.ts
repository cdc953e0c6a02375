// The alarm engine without a disk: limit checks and CEL conditions per second (A1), a flood in one batch, a plant with 100,000 alarms.
// Times are those of the thread itself: what other programs of the machine take does not count.
import type { AlarmDefinition } from '../../src-main/shared/alarm.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'
import { AlarmStation, alarmDefinition, MemoryRecorder } from '../fakes/alarm-station.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'
import type { Report } from './run.ts'

const tagCount = 25_000
const tags = Array.from({ length: tagCount }, (_, at) => tagDefinition(`T${at}`))

/** Takes everything and keeps nothing: the journal has its own benchmark. */
class NoRecorder extends MemoryRecorder {
  override append(): void {}
}

/** One value of every tag; `values(at)`. */
function batchOf(values: (at: number) => number): ValueBatch {
  const builder = new ValueBatchBuilder(tagCount)
  for (let at = 0; at < tagCount; at++) builder.addNumber(at, values(at), 0, 1_800_000_000_000)
  return builder.take()
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1]!
}

/** Median time of a round over the batches, ms. */
function timeOf(rounds: number, round: (at: number) => void): number {
  for (let at = 0; at < 5; at++) round(at)
  return median(
    Array.from({ length: rounds }, (_, at) => {
      const started = threadMs()
      round(at)
      return threadMs() - started
    }),
  )
}

function stationOf(definitions: readonly AlarmDefinition[]): AlarmStation {
  return new AlarmStation({ tags, definitions, recorder: new NoRecorder() })
}

/** Four limits on every tag; values move and stay within them. */
function limits(report: Report): void {
  const definitions = tags.flatMap(({ name }) => [
    alarmDefinition({ tag: name, condition: 'highHigh', limit: 95, deadband: 1 }),
    alarmDefinition({ tag: name, condition: 'high', limit: 90, deadband: 1 }),
    alarmDefinition({ tag: name, condition: 'low', limit: 10, deadband: 1 }),
    alarmDefinition({ tag: name, condition: 'lowLow', limit: 5, deadband: 1 }),
  ])
  const station = stationOf(definitions)
  const batches = [batchOf((at) => 20 + (at % 50)), batchOf((at) => 21 + (at % 50))]
  // Many batches each time: the clock of a thread is coarse.
  const batchCount = 100
  const ms =
    timeOf(9, () => {
      for (let at = 0; at < batchCount; at++) station.alarms.changes(batches[at % 2]!)
    }) / batchCount
  report({
    bench: 'alarm-engine',
    figure: 'limit checks',
    value: Math.round((definitions.length / ms) * 1000),
    unit: '/s',
  })
  station.alarms.close()
}

/** An expression of its own for every tag, and limits that are expressions. */
function expressions(report: Report): void {
  const definitions = tags.map(({ name }, at) =>
    alarmDefinition({
      tag: name,
      condition: 'expression',
      limit: null,
      expression: `${name} > 90 && T${(at + 1) % tagCount} > 80`,
    }),
  )
  const station = stationOf(definitions)
  const batches = [batchOf((at) => 20 + (at % 50)), batchOf((at) => 21 + (at % 50))]
  const ms = timeOf(20, (at) => station.alarms.changes(batches[at % 2]!))
  report({
    bench: 'alarm-engine',
    figure: 'CEL conditions',
    value: Math.round((definitions.length / ms) * 1000),
    unit: '/s',
  })
  station.alarms.close()
}

/** 10,000 alarms become active in one batch, and return in the next. */
async function flood(report: Report): Promise<void> {
  const definitions = tags
    .slice(0, 10_000)
    .map(({ name }) =>
      alarmDefinition({ tag: name, message: { en: 'Level {value} {unit}', 'zh-CN': '液位 {value} {unit}' } }),
    )
  const station = stationOf(definitions)
  const high = batchOf((at) => (at < 10_000 ? 95 : 50))
  const low = batchOf(() => 50)
  const times: number[] = []
  /** The first of each batch: the evaluation, and a thousand alarms. */
  const slices: number[] = []
  station.alarms.changes(low)
  for (let round = 0; round < 7; round++) {
    const started = threadMs()
    station.alarms.changes(high)
    slices.push(threadMs() - started)
    await station.alarms.flushed()
    times.push(threadMs() - started)
    station.alarms.changes(low)
    await station.alarms.flushed()
    // A station keeps no list of what it told.
    station.committed.length = 0
  }
  report({ bench: 'alarm-engine', figure: '10,000 activations in one batch', value: round(median(times)), unit: 'ms' })
  report({ bench: 'alarm-engine', figure: '10,000 activations, first time', value: round(times[0]!), unit: 'ms' })
  report({ bench: 'alarm-engine', figure: 'the thread at a stretch', value: round(median(slices)), unit: 'ms' })
  report({ bench: 'alarm-engine', figure: 'the same, first time', value: round(slices[0]!), unit: 'ms' })
  station.alarms.close()
}

/** A plant with 100,000 alarms, then the same with one of them changed. */
function configuring(report: Report): void {
  const definitions = tags.flatMap(({ name }) => [
    alarmDefinition({ tag: name, condition: 'high' }),
    alarmDefinition({ tag: name, condition: 'low', limit: 10, suppressedWhen: 'T0 > 5000' }),
    alarmDefinition({ tag: name, condition: 'badQuality' }),
    alarmDefinition({ tag: name, condition: 'stale', onDelayMs: 60_000 }),
  ])
  const station = stationOf([])
  global.gc?.()
  const before = process.memoryUsage()
  const started = threadMs()
  station.configure(definitions)
  const ms = threadMs() - started
  global.gc?.()
  const after = process.memoryUsage()
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
  report({ bench: 'alarm-engine', figure: 'configure 100,000 alarms', value: round(ms), unit: 'ms' })
  report({
    bench: 'alarm-engine',
    figure: 'memory of 100,000 alarms beside their definitions',
    value: round(bytes / 2 ** 20),
    unit: 'MiB',
  })
  const again = threadMs()
  station.configure([...definitions.slice(1), { ...definitions[0]!, limit: 80 }])
  report({ bench: 'alarm-engine', figure: 'configure again', value: round(threadMs() - again), unit: 'ms' })
  station.alarms.close()
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

export async function run(report: Report): Promise<void> {
  limits(report)
  expressions(report)
  await flood(report)
  configuring(report)
}
