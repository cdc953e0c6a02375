// Equipment while it runs: 10,000 instances of three rules, a state model and two counters each, watched by nobody and by somebody.
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { EquipmentStatuses } from '../../src-main/equipment/equipment-statuses.ts'
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
  const statuses = new EquipmentStatuses({ table, clock: systemClock, dueCounters: (name) => counters.due(name) })
  const counters = new MaintenanceCounters({
    table,
    clock: systemClock,
    logger: silentLogger,
    store: null,
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
  const started = performance.now()
  const watch = statuses.watch(names, () => told++)
  say('to begin to watch 10,000 instances', performance.now() - started, 'ms')
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
  say(
    '10,000 instances judged',
    timeOf(() => watch.take()),
    'ms',
  )
  say('a change that two counters read', (timeOf(() => counters.changes(all)) / all.count) * 1e3, 'µs')
  const tenth = changes(read.filter((_, index) => index % 30 < 3))
  statuses.changes(tenth)
  say(
    '1,000 of them judged',
    timeOf(() => watch.take()),
    'ms',
  )
  say(
    'what 20,000 counters cost in a second',
    timeOf(() => counters.secondPassed()),
    'ms',
  )
  if (told === 0) throw new Error('nobody was told')
}
