import { describe, expect, test } from 'vitest'
import { EquipmentStatuses } from '../../../src-main/equipment/equipment-statuses.ts'
import type { Equipment, HealthRule, PlantText } from '../../../src-main/shared/equipment.ts'
import { packmlStateModel } from '../../../src-main/shared/packml.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { TagDefinition } from '../../../src-main/shared/tag.ts'
import { ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { TagTable } from '../../../src-main/tags/tag-table.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { plainEquipment } from '../../fakes/plain-equipment.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

const rule = (name: string, state: HealthRule['state'], condition: string): HealthRule => ({
  name,
  state,
  title: { en: name },
  condition,
})

/** A pump with its motor nested in it. */
function pump(name: string): { equipment: readonly Equipment[]; tags: readonly TagDefinition[] } {
  const motor = `${name}.Motor`
  const members = { Flow: `${name}.Flow`, State: `${name}.State`, 'Motor.Temperature': `${motor}.Temperature` }
  const base = { ...plainEquipment, description: {}, place: '', parameters: {} }
  return {
    equipment: [
      {
        ...base,
        name,
        type: 'pump',
        members,
        children: { Motor: motor },
        states: { model: 'packml', tag: `${name}.State`, states: packmlStateModel },
        health: [rule('low flow', 'maintenanceRequired', `${name}.Flow < 3`)],
      },
      {
        ...base,
        name: motor,
        type: 'motor',
        parent: name,
        members: { Temperature: `${motor}.Temperature` },
        health: [
          rule('warm', 'outOfSpecification', `${motor}.Temperature > 80`),
          rule('burnt', 'failure', `${motor}.Temperature > 200`),
        ],
      },
    ],
    tags: [
      tagDefinition(`${name}.Flow`),
      tagDefinition(`${name}.State`, { dataType: 'uint16' }),
      tagDefinition(`${motor}.Temperature`),
    ],
  }
}

function bench(
  plant: { equipment: readonly Equipment[]; tags: readonly TagDefinition[] },
  clock: FakeClock = new FakeClock(),
) {
  const table = new TagTable(clock)
  const due = new Map<string, readonly PlantText[]>()
  const statuses = new EquipmentStatuses({ table, clock, dueCounters: (equipment) => due.get(equipment) ?? [] })
  const configure = ({ equipment, tags }: typeof plant) => {
    table.configure(tags)
    statuses.configure({ equipment, tags })
  }
  configure(plant)
  const set = (values: Readonly<Record<string, number | null>>) => {
    const builder = new ValueBatchBuilder()
    for (const [tag, value] of Object.entries(values))
      builder.addNumber(
        table.handleOf(tag)!,
        value ?? 0,
        value === null ? StatusCodes.BadNoCommunication : 0,
        clock.now(),
      )
    statuses.changes(table.apply(builder.take()))
  }
  const read = (name: string) => statuses.read([name])[0]!
  return { statuses, set, read, due, configure, clock }
}

const allGood = { 'P1.Flow': 10, 'P1.State': 6, 'P1.Motor.Temperature': 40 }

describe('state and health of an instance', () => {
  test('follow its values, worst rule first', () => {
    const { set, read } = bench(pump('P1'))
    expect(read('P1')).toEqual({ equipment: 'P1', state: null, health: 'unknown', reasons: [] })
    set(allGood)
    expect(read('P1')).toEqual({
      equipment: 'P1',
      state: { name: 'Execute', title: { en: 'Execute', 'zh-CN': '运行' }, kind: 'running' },
      health: 'good',
      reasons: [],
    })
    set({ 'P1.Motor.Temperature': 300 })
    expect(read('P1.Motor')).toMatchObject({
      health: 'failure',
      reasons: [{ title: { en: 'burnt' } }, { title: { en: 'warm' } }],
    })
  })

  test('count for the instance it is nested in, not the other way round', () => {
    const { set, read } = bench(pump('P1'))
    set({ ...allGood, 'P1.Flow': 1, 'P1.Motor.Temperature': 90 })
    expect(read('P1')).toMatchObject({
      health: 'outOfSpecification',
      reasons: [
        { equipment: 'P1.Motor', state: 'outOfSpecification' },
        { equipment: 'P1', state: 'maintenanceRequired' },
      ],
    })
    set({ 'P1.Motor.Temperature': 40 })
    expect(read('P1').health).toBe('maintenanceRequired')
    expect(read('P1.Motor').health).toBe('good')
  })

  test('are unknown, not good, where a value is Bad; what applies all the same is said', () => {
    const { set, read } = bench(pump('P1'))
    set({ ...allGood, 'P1.Motor.Temperature': null })
    expect([read('P1.Motor').health, read('P1').health]).toEqual(['unknown', 'unknown'])
    set({ 'P1.Flow': 1 })
    expect(read('P1').health).toBe('maintenanceRequired')
    set({ ...allGood, 'P1.State': null })
    expect(read('P1')).toMatchObject({ state: null, health: 'unknown' })
    set({ 'P1.State': 99 })
    expect(read('P1')).toMatchObject({ state: null, health: 'good' })
  })

  test('of an instance without rules and states are unknown while any of its members is Bad', () => {
    const { equipment, tags } = pump('P1')
    const { set, read } = bench({ tags, equipment: [{ ...equipment[0]!, states: null, health: [] }] })
    set({ 'P1.Flow': 1, 'P1.State': 1 })
    expect(read('P1').health).toBe('unknown')
    set(allGood)
    expect(read('P1').health).toBe('good')
  })

  test('ask for maintenance when a counter is due', () => {
    const { set, read, due } = bench(pump('P1'))
    set(allGood)
    due.set('P1.Motor', [{ en: 'Overhaul' }])
    expect(read('P1')).toMatchObject({
      health: 'maintenanceRequired',
      reasons: [{ equipment: 'P1.Motor', title: { en: 'Overhaul' } }],
    })
  })

  test('of a name that is none are unknown', () => {
    expect(bench(pump('P1')).read('P2')).toEqual({ equipment: 'P2', state: null, health: 'unknown', reasons: [] })
  })
})

describe('who watches', () => {
  test('gets all rows at first, then those that changed, and is told when', () => {
    const { statuses, set } = bench(pump('P1'))
    set(allGood)
    let told = 0
    const watch = statuses.watch(['P1', 'P1.Motor', 'P9'], () => told++)
    expect(watch.take()!.map(({ equipment, health }) => [equipment, health])).toEqual([
      ['P9', 'unknown'],
      ['P1', 'good'],
      ['P1.Motor', 'good'],
    ])
    expect(watch.take()).toBeNull()
    set({ 'P1.Flow': 9 })
    expect(told).toBe(1)
    expect(watch.take()).toBeNull()
    set({ 'P1.Motor.Temperature': 90 })
    expect(
      watch
        .take()!
        .map(({ equipment }) => equipment)
        .sort(),
    ).toEqual(['P1', 'P1.Motor'])
    set({ 'P1.Flow': 1 })
    expect(watch.take()!.map(({ equipment }) => equipment)).toEqual(['P1'])
    watch.close()
    told = 0
    set({ 'P1.Flow': 9 })
    expect(told).toBe(0)
  })

  test('sees nested instances through their parent even when somebody else stops watching them', () => {
    const { statuses, set } = bench(pump('P1'))
    set(allGood)
    const parent = statuses.watch(['P1'], () => undefined)
    const child = statuses.watch(['P1.Motor'], () => undefined)
    parent.take()
    child.take()
    child.close()
    set({ 'P1.Motor.Temperature': 90 })
    expect(parent.take()).toMatchObject([{ health: 'outOfSpecification' }])
    parent.close()
    expect(statuses.counters.watchedCount).toBe(0)
  })

  test('goes on under the same names when the plant changes', () => {
    const { statuses, set, configure } = bench(pump('P1'))
    set(allGood)
    let told = 0
    const watch = statuses.watch(['P1', 'P2'], () => told++)
    watch.take()
    const [first, second] = [pump('P1'), pump('P2')]
    configure({ equipment: [...first.equipment, ...second.equipment], tags: [...first.tags, ...second.tags] })
    expect(told).toBe(1)
    expect(watch.take()!.map(({ equipment, health }) => [equipment, health])).toEqual([
      ['P1', 'good'],
      ['P2', 'unknown'],
    ])
    set({ 'P2.Flow': 1 })
    expect(watch.take()).toMatchObject([{ equipment: 'P2', health: 'maintenanceRequired' }])
    configure({ equipment: [], tags: [] })
    expect(watch.take()!.map(({ health }) => health)).toEqual(['unknown', 'unknown'])
  })

  test('sees rules about the age of a value without any change', async () => {
    const { equipment, tags } = pump('P1')
    const stale = { ...equipment[0]!, health: [rule('silent', 'failure', 'age(P1.Flow) > 10')] }
    const { statuses, set, clock } = bench({ tags, equipment: [stale] })
    set(allGood)
    const watch = statuses.watch(['P1'], () => undefined)
    expect(watch.take()).toMatchObject([{ health: 'good' }])
    await clock.advance(11_000)
    statuses.secondPassed()
    expect(watch.take()).toMatchObject([{ health: 'failure' }])
  })

  test('pays for what changed alone, and nobody pays while nobody watches', () => {
    const all = Array.from({ length: 200 }, (_, index) => pump(`P${index}`))
    const plant = { equipment: all.flatMap(({ equipment }) => equipment), tags: all.flatMap(({ tags }) => tags) }
    const { statuses, set } = bench(plant)
    set({ 'P7.Flow': 10 })
    expect(statuses.counters.evaluationCount).toBe(0)
    const watch = statuses.watch(
      plant.equipment.map(({ name }) => name),
      () => undefined,
    )
    watch.take()
    expect(statuses.counters).toEqual({ watchedCount: 400, evaluationCount: 400 })
    set({ 'P7.Flow': 11, 'P8.Motor.Temperature': 12 })
    set({ 'P7.Flow': 12 })
    watch.take()
    expect(statuses.counters.evaluationCount).toBe(402)
  })

  test('of thousands is served in slices: nothing holds the thread for long, and nothing is lost in between', async () => {
    // Every look at the clock is a millisecond of work.
    class BusyClock extends FakeClock {
      spent = 0
      override monotonic(): number {
        return super.monotonic() + this.spent++
      }
    }
    const all = Array.from({ length: 100 }, (_, index) => pump(`P${index}`))
    const plant = { equipment: all.flatMap(({ equipment }) => equipment), tags: all.flatMap(({ tags }) => tags) }
    const clock = new BusyClock()
    const { statuses, set } = bench(plant, clock)
    const names = plant.equipment.map(({ name }) => name)
    set(Object.fromEntries(plant.tags.map(({ name }) => [name, name.endsWith('State') ? 6 : 10])))
    let told = 0
    const closedSoon = statuses.watch(names, () => undefined)
    const watch = statuses.watch(names, () => told++)
    expect(statuses.counters.evaluationCount).toBeLessThan(30)
    expect(watch.take()).toBeNull()
    closedSoon.close()
    for (let turn = 0; turn < 50 && told === 0; turn++) await clock.advance(1)
    expect(told).toBe(1)
    expect(statuses.counters).toEqual({ watchedCount: 200, evaluationCount: 200 })

    const health = new Map<string, string>()
    let largest = 0
    const takeAll = () => {
      for (let pieces = 0; pieces < 100; pieces++) {
        told = 0
        const rows = watch.take() ?? []
        largest = Math.max(largest, rows.length)
        for (const row of rows) health.set(row.equipment, row.health)
        if (told === 0) return
        // What was looked at already changes behind the look.
        if (pieces === 1) set({ 'P0.Motor.Temperature': 90 })
      }
      throw new Error('it never ends')
    }
    takeAll()
    expect(health.size).toBe(200)
    expect(new Set(health.values())).toEqual(new Set(['good']))
    largest = 0
    set(Object.fromEntries(all.map((_, index) => [`P${index}.Motor.Temperature`, 300])))
    takeAll()
    expect(largest).toBeLessThan(40)
    for (const name of names.filter((other) => !other.startsWith('P0'))) expect(health.get(name)).toBe('failure')
    expect(health.get('P0')).toBe('outOfSpecification')
    watch.close()
    expect(statuses.counters.watchedCount).toBe(0)
  })
})
