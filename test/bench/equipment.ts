// Equipment while it runs: 10,000 instances of three rules, a state model and two counters each, watched by nobody and by somebody.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock, type Timer } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { openCounterStore } from '../../src-main/equipment/counter-store.ts'
import { EquipmentStatuses, type StatusWatch } from '../../src-main/equipment/equipment-statuses.ts'
import { MaintenanceCounters } from '../../src-main/equipment/maintenance-counters.ts'
import type { CounterSource, Equipment } from '../../src-main/shared/equipment.ts'
import { packmlStateModel } from '../../src-main/shared/packml.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'
import { TagTable } from '../../src-main/tags/tag-table.ts'
import { plainEquipment } from '../fakes/plain-equipment.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'
import type { Report } from './run.ts'

const instanceCount = 10_000
/** Tags that no instance reads. */
const otherCount = 60_000

function instance(name: string): Equipment {
  const running = `${name}.State == 6`
  const counter = (counterName: string, source: CounterSource, unit: string) => ({
    name: counterName,
    title: { en: counterName },
    source,
    unit,
    due: 1000,
    resetTag: null,
  })
  return {
    ...plainEquipment,
    name,
    type: 'motor',
    description: {},
    place: '',
    parameters: {},
    members: {},
    states: { model: 'packml', tag: `${name}.State`, states: packmlStateModel },
    health: [80, 90, 100].map((limit) => ({
      name: `above ${limit}`,
      state: 'outOfSpecification' as const,
      title: { en: `Above ${limit}` },
      condition: `${name}.Temperature > ${limit} && ${name}.Current > 1`,
    })),
    counters: [
      counter('overhaul', { kind: 'hours', condition: running }, 'h'),
      counter('starts', { kind: 'count', condition: running }, '1'),
    ],
  }
}

function timeOf(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}

/** The system's clock; says how long what it started held the thread. */
class PieceClock implements Clock {
  #pending = 0
  #spent: number[] = []
  #isOver: () => void = () => undefined

  now = systemClock.now
  monotonic = systemClock.monotonic
  every = systemClock.every

  after(delayMs: number, run: () => void): Timer {
    this.#pending++
    return systemClock.after(delayMs, () => {
      this.#spent.push(timeOf(run))
      if (--this.#pending === 0) this.#isOver()
    })
  }

  /** Until nothing that `work` started is left: all it cost, and its longest piece. */
  async all<Result>(work: () => Result): Promise<{ result: Result; milliseconds: number; longest: number }> {
    const over = new Promise<void>((resolve) => {
      this.#isOver = resolve
    })
    this.#spent = []
    const started = performance.now()
    const result = work()
    this.#spent.push(performance.now() - started)
    if (this.#pending > 0) await over
    const milliseconds = this.#spent.reduce((sum, piece) => sum + piece, 0)
    return { result, milliseconds, longest: Math.max(...this.#spent) }
  }
}

/** Takes rows until there are no more. */
function takeAll(watch: StatusWatch): { milliseconds: number; longest: number } {
  const pieces: number[] = []
  let rows: unknown
  do {
    pieces.push(
      timeOf(() => {
        rows = watch.take()
      }),
    )
  } while (rows !== null)
  return { milliseconds: pieces.reduce((sum, piece) => sum + piece, 0), longest: Math.max(...pieces) }
}

export async function run(report: Report): Promise<void> {
  const say = (figure: string, value: number, unit: string) =>
    report({ bench: 'equipment', figure, value: Number(value.toPrecision(3)), unit })
  const names = Array.from({ length: instanceCount }, (_, index) => `Motor${index}`)
  const read = names.flatMap((name) => ['State', 'Temperature', 'Current'].map((member) => `${name}.${member}`))
  const others = Array.from({ length: otherCount }, (_, index) => `Other${index}`)
  const plant = { tags: [...read, ...others].map((name) => tagDefinition(name)), equipment: names.map(instance) }
  const table = new TagTable(systemClock)
  table.configure(plant.tags)
  let round = 0
  const changes = (tags: readonly string[]): ValueBatch => {
    round++
    const builder = new ValueBatchBuilder(tags.length)
    for (const [index, tag] of tags.entries())
      builder.addNumber(table.handleOf(tag)!, (index * 7 + round) % 120, 0, systemClock.now())
    return table.apply(builder.take())
  }
  changes(read)
  const pieces = new PieceClock()
  const statuses = new EquipmentStatuses({ table, clock: pieces, dueCounters: (name) => counters.due(name) })
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-'))
  const counters = new MaintenanceCounters({
    table,
    clock: pieces,
    logger: silentLogger,
    store: openCounterStore(folder),
    writeTag: async () => ({ statusCode: 0 }),
    onDue: () => undefined,
  })
  statuses.configure(plant)
  say(
    'counters of 10,000 instances begin',
    timeOf(() => counters.configure(plant)),
    'ms',
  )

  const unread = changes(others)
  const passes = 200
  const perChange = (work: () => void) => (timeOf(work) / (unread.count * passes)) * 1e6
  const pass = () => {
    for (let times = 0; times < passes; times++) {
      statuses.changes(unread)
      counters.changes(unread)
    }
  }
  pass()
  say('a change that no equipment reads, nobody watching', perChange(pass), 'ns')

  let told = 0
  const begin = await pieces.all(() => statuses.watch(names, () => told++))
  const watch = begin.result
  say('to begin to watch 10,000 instances, all judged', begin.milliseconds, 'ms')
  say('longest piece of it', begin.longest, 'ms')
  say(
    'first rows of 10,000 instances',
    timeOf(() => watch.take()),
    'ms',
  )
  say('a change that no equipment reads, 10,000 watched', perChange(pass), 'ns')
  const all = changes(read)
  say(
    '30,000 changes marked',
    timeOf(() => statuses.changes(all)),
    'ms',
  )
  const judged = takeAll(watch)
  say('10,000 instances judged', judged.milliseconds, 'ms')
  say('longest piece of it', judged.longest, 'ms')
  say('a change that two counters read', (timeOf(() => counters.changes(all)) / all.count) * 1e3, 'µs')
  const tenth = changes(read.filter((_, index) => index % 30 < 3))
  statuses.changes(tenth)
  say('1,000 of them judged', takeAll(watch).milliseconds, 'ms')
  // All of them count: a fifth is written.
  const seconds: { milliseconds: number; longest: number }[] = []
  for (let second = 0; second < 6; second++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    seconds.push(await pieces.all(() => counters.secondPassed()))
  }
  const usual = seconds.slice(1).sort((a, b) => a.longest - b.longest)[2]!
  say('what 20,000 counters cost in a second, a fifth written to disk', usual.milliseconds, 'ms')
  say('longest piece of it', usual.longest, 'ms')
  watch.close()
  counters.close()
  rmSync(folder, { recursive: true, force: true })
  if (told === 0) throw new Error('nobody was told')
}
