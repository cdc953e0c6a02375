import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { type CounterStore, openCounterStore } from '../../../src-main/equipment/counter-store.ts'
import { MaintenanceCounters } from '../../../src-main/equipment/maintenance-counters.ts'
import type { Equipment, MaintenanceCounter } from '../../../src-main/shared/equipment.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { TagDefinition } from '../../../src-main/shared/tag.ts'
import { ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { DatabaseError } from '../../../src-main/storage/database.ts'
import { TagTable } from '../../../src-main/tags/tag-table.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { plainEquipment } from '../../fakes/plain-equipment.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

const second = 1000
const hour = 3_600_000

const tags: readonly TagDefinition[] = [
  tagDefinition('Pump1.Running', { dataType: 'bool' }),
  tagDefinition('Pump1.Loaded', { dataType: 'bool' }),
  tagDefinition('Pump1.Position'),
  tagDefinition('Pump1.RunHours'),
]
const hours: MaintenanceCounter = {
  name: 'overhaul',
  title: { en: 'Overhaul' },
  source: { kind: 'hours', condition: 'Pump1.Running' },
  unit: 'h',
  due: 10,
  resetTag: null,
}
const starts: MaintenanceCounter = {
  ...hours,
  name: 'starts',
  source: { kind: 'count', condition: 'Pump1.Running' },
  unit: '1',
  due: null,
}
const distance: MaintenanceCounter = {
  ...hours,
  name: 'distance',
  source: { kind: 'travel', tag: 'Pump1.Position' },
  unit: 'mm',
  due: null,
}
const device: MaintenanceCounter = {
  ...hours,
  name: 'device',
  source: { kind: 'tag', tag: 'Pump1.RunHours' },
  due: 100,
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-counters-'))
  folders.push(folder)
  return folder
}

interface BenchOptions {
  readonly counters?: readonly MaintenanceCounter[]
  readonly store?: CounterStore | null
  readonly clock?: FakeClock
  readonly writeStatus?: number
}

function bench({
  counters = [hours, starts, distance, device],
  store = null,
  clock = new FakeClock(),
  writeStatus = 0,
}: BenchOptions = {}) {
  const table = new TagTable(clock)
  const written: unknown[] = []
  const due: string[] = []
  const maintenance = new MaintenanceCounters({
    table,
    clock,
    logger: silentLogger,
    store,
    writeTag: async (tag, value) => {
      written.push([tag, value])
      return { statusCode: writeStatus, refusal: 'the device says no' }
    },
    onDue: (equipment) => due.push(equipment),
  })
  const configure = (all: readonly MaintenanceCounter[], allTags = tags) => {
    table.configure(allTags)
    const equipment: Equipment = {
      ...plainEquipment,
      name: 'Pump1',
      type: 'pump',
      description: {},
      place: '',
      members: {},
      parameters: {},
      counters: all,
    }
    maintenance.configure({ tags: allTags, equipment: [equipment] })
  }
  configure(counters)
  /** Rows as a driver sends them: tag, value (null = Bad), and source time from now; ms. */
  const batch = (...rows: readonly (readonly [tag: string, value: number | null, ms?: number])[]) => {
    const builder = new ValueBatchBuilder()
    for (const [tag, value, ms = 0] of rows)
      builder.addNumber(
        table.handleOf(tag)!,
        value ?? 0,
        value === null ? StatusCodes.BadNoCommunication : 0,
        clock.now() + ms,
      )
    maintenance.changes(table.apply(builder.take()))
  }
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 30 * second) {
      await clock.advance(Math.min(left, 30 * second))
      maintenance.secondPassed()
    }
  }
  const row = (name: string) => maintenance.rows('Pump1').find((each) => each.name === name)!
  return { maintenance, batch, pass, row, configure, clock, written, due }
}

describe('a counter of hours', () => {
  test('counts while its condition is true, and what runs now', async () => {
    const { batch, pass, row } = bench()
    expect(row('overhaul').value).toBe(0)
    batch(['Pump1.Running', 0])
    await pass(hour)
    expect(row('overhaul').value).toBe(0)
    batch(['Pump1.Running', 1])
    await pass(1.5 * hour)
    expect(row('overhaul').value).toBe(1.5)
    batch(['Pump1.Running', null])
    await pass(hour)
    expect(row('overhaul').value).toBe(1.5)
  })

  test('counts what a batch says of the time before it came, in the order of time', async () => {
    const loaded = { ...hours, source: { kind: 'hours', condition: 'Pump1.Running && Pump1.Loaded' } } as const
    const { batch, pass, row } = bench({ counters: [loaded] })
    batch(['Pump1.Running', 0], ['Pump1.Loaded', 0])
    await pass(hour)
    // Rows of one tag stand together; loaded from -50 to -20 min, running from -40 to -10 min: both for 20 min.
    const minute = 60 * second
    batch(
      ['Pump1.Running', 1, -40 * minute],
      ['Pump1.Running', 0, -10 * minute],
      ['Pump1.Loaded', 1, -50 * minute],
      ['Pump1.Loaded', 0, -20 * minute],
    )
    expect(row('overhaul').value).toBeCloseTo(20 / 60, 9)
  })

  test('is due from its limit on, at the pace since the last reset', async () => {
    const { maintenance, batch, pass, row, due } = bench()
    batch(['Pump1.Running', 1])
    await pass(4 * hour)
    batch(['Pump1.Running', 0])
    await pass(4 * hour)
    // 4 h in 8 h: the other 6 h take 12 h.
    expect(row('overhaul').dueTimestamp! - Date.UTC(2026, 0, 1, 8)).toBeCloseTo(12 * hour, -3)
    expect([maintenance.due('Pump1'), due]).toEqual([[], []])
    batch(['Pump1.Running', 1])
    await pass(6 * hour)
    expect(maintenance.due('Pump1')).toEqual([{ en: 'Overhaul' }])
    expect(due).toEqual(['Pump1'])
    await maintenance.reset('Pump1', 'overhaul', 'anna')
    expect(maintenance.due('Pump1')).toEqual([])
    expect(due).toEqual(['Pump1', 'Pump1'])
    expect(row('overhaul')).toMatchObject({ value: 0, resetBy: 'anna', resetTimestamp: Date.UTC(2026, 0, 1, 14) })
  })

  test('in minutes counts minutes', async () => {
    const { batch, pass, row } = bench({ counters: [{ ...hours, unit: 'min' }] })
    batch(['Pump1.Running', 1])
    await pass(hour)
    expect(row('overhaul').value).toBe(60)
  })
})

test('starts and distance are counted', async () => {
  const { batch, pass, row } = bench()
  batch(['Pump1.Running', 1], ['Pump1.Position', 10])
  await pass(second)
  batch(['Pump1.Running', 0, -500], ['Pump1.Running', 1, -200], ['Pump1.Position', 15], ['Pump1.Position', 12])
  batch(['Pump1.Running', null], ['Pump1.Position', null])
  batch(['Pump1.Running', 1], ['Pump1.Position', 100])
  expect([row('starts').value, row('distance').value]).toEqual([1, 8])
})

describe('a counter of the device', () => {
  test('is what the device says, not known while it says nothing', async () => {
    const { batch, pass, row } = bench()
    expect(row('device').value).toBeNull()
    batch(['Pump1.RunHours', 40])
    await pass(10 * hour)
    batch(['Pump1.RunHours', 50])
    expect(row('device').value).toBe(50)
    // 10 h in 10 h; its first 40 h say nothing of the pace.
    expect(row('device').dueTimestamp).toBe(Date.UTC(2026, 0, 1, 10) + 50 * hour)
    batch(['Pump1.RunHours', null])
    expect(row('device').value).toBeNull()
  })

  test('without a tag to set it back begins where it was set back, until the device itself begins again', async () => {
    const { maintenance, batch, row, written } = bench()
    await expect(maintenance.reset('Pump1', 'device', 'anna')).rejects.toMatchObject({ code: 'BadInvalidState' })
    batch(['Pump1.RunHours', 4000])
    expect((await maintenance.reset('Pump1', 'device', 'anna')).value).toBe(0)
    batch(['Pump1.RunHours', 4010])
    expect(row('device').value).toBe(10)
    batch(['Pump1.RunHours', 3])
    expect(row('device').value).toBe(3)
    expect(written).toEqual([])
  })

  test('with one is set back at the device, and counts on where that refuses', async () => {
    const counters = [
      { ...device, resetTag: 'Pump1.ResetHours' },
      { ...hours, resetTag: 'Pump1.ResetHours' },
    ]
    const { maintenance, batch, written, row } = bench({ counters })
    batch(['Pump1.RunHours', 4000])
    await maintenance.reset('Pump1', 'device', 'anna')
    expect(written).toEqual([['Pump1.ResetHours', 1]])
    expect(row('device').value).toBe(4000)
    batch(['Pump1.RunHours', 0])
    expect(row('device').value).toBe(0)

    const refusing = bench({ counters, writeStatus: StatusCodes.BadDeviceFailure })
    refusing.batch(['Pump1.Running', 1])
    await refusing.pass(hour)
    await expect(refusing.maintenance.reset('Pump1', 'overhaul', 'anna')).rejects.toMatchObject({
      code: 'BadDeviceFailure',
      message: 'the device says no',
    })
    expect(refusing.row('overhaul')).toMatchObject({ value: 1, resetBy: null })
  })
})

test('a counter that does not exist is not set back', async () => {
  await expect(bench().maintenance.reset('Pump1', 'oil', 'anna')).rejects.toMatchObject({
    code: 'BadNotFound',
    message: 'Pump1 has no counter "oil": it has overhaul, starts, distance, device',
  })
})

describe('what is counted', () => {
  test('goes on while the plant is changed, and where only words changed', async () => {
    const { batch, pass, row, configure } = bench()
    batch(['Pump1.Running', 1])
    await pass(hour)
    configure([hours, starts, distance, device])
    await pass(hour)
    expect(row('overhaul').value).toBe(2)
    configure([{ ...hours, title: { en: 'Big overhaul' }, due: 20 }])
    await pass(hour)
    expect(row('overhaul')).toMatchObject({ value: 3, due: 20, title: { en: 'Big overhaul' } })
    configure([])
    await pass(hour)
    configure([hours])
    await pass(hour)
    expect(row('overhaul').value).toBe(4)
    batch(['Pump1.Running', 0])
    await pass(hour)
    expect(row('overhaul').value).toBe(4)
  })

  test('is the same after a restart, but for the time in between', async () => {
    const folder = dataFolder()
    const clock = new FakeClock()
    const first = bench({ store: openCounterStore(folder), clock })
    first.batch(['Pump1.Running', 0], ['Pump1.RunHours', 70])
    first.batch(['Pump1.Running', 1], ['Pump1.RunHours', 80])
    await first.maintenance.reset('Pump1', 'device', 'anna')
    await first.pass(hour)
    first.maintenance.close()
    await clock.advance(100 * hour)
    const second = bench({ store: openCounterStore(folder), clock })
    expect(second.row('overhaul').value).toBe(1)
    expect(second.row('starts').value).toBe(1)
    expect(second.row('device')).toMatchObject({ value: null, resetBy: 'anna' })
    second.batch(['Pump1.Running', 1, -101 * hour], ['Pump1.RunHours', 85])
    expect([second.row('overhaul').value, second.row('device').value]).toEqual([1, 5])
    await second.pass(hour)
    expect(second.row('overhaul').value).toBe(2)
    second.maintenance.close()
  })

  test('is on disk some seconds later, without being closed', async () => {
    const folder = dataFolder()
    const clock = new FakeClock()
    const { batch, maintenance } = bench({ store: openCounterStore(folder), clock })
    batch(['Pump1.Running', 1])
    for (let passed = 0; passed < 60; passed++) {
      await clock.advance(second)
      maintenance.secondPassed()
      const reader = openCounterStore(folder)
      const kept = reader.kept.find(({ name }) => name === 'overhaul')?.total ?? 0
      reader.close()
      expect((passed + 1) * second - kept * hour).toBeLessThanOrEqual(5 * second + 1)
    }
    maintenance.close()
  })

  test('begins anew where it is counted in another unit', async () => {
    const { batch, pass, row, configure } = bench()
    batch(['Pump1.Running', 1])
    await pass(hour)
    configure([{ ...hours, unit: 'min' }])
    expect(row('overhaul').value).toBe(0)
  })

  test('is not set back where that cannot be kept, and goes on being counted', async () => {
    let isFull = false
    const store: CounterStore = {
      kept: [],
      save: () => {
        if (isFull) throw new DatabaseError('full', 'saving maintenance counters failed: the disk is full')
      },
      close: () => undefined,
    }
    const { batch, pass, row, maintenance } = bench({ store })
    batch(['Pump1.Running', 1])
    await pass(hour)
    isFull = true
    await expect(maintenance.reset('Pump1', 'overhaul', 'anna')).rejects.toMatchObject({
      code: 'BadResourceUnavailable',
    })
    await pass(hour)
    expect(row('overhaul').value).toBe(2)
    expect(maintenance.health()).toMatchObject({ isKept: false, lastFailure: expect.stringContaining('disk is full') })
    isFull = false
    await pass(10 * 30 * second)
    expect(maintenance.health()).toMatchObject({ isKept: true, lastFailure: null })
  })
})

test('a process that was stopped for an hour has counted nothing meanwhile, whatever comes first afterwards', async () => {
  for (const isValueFirst of [true, false]) {
    const { maintenance, batch, pass, row, clock } = bench()
    batch(['Pump1.Running', 1])
    await pass(hour)
    await clock.advance(hour)
    if (!isValueFirst) maintenance.secondPassed()
    batch(['Pump1.Running', 0])
    expect(row('overhaul').value).toBe(1)
  }
})

describe('thousands of counters', () => {
  const many = Array.from({ length: 2500 }, (_, index) => ({ ...hours, name: `counter ${index}`, due: 0.001 }))

  test('are looked at in slices, each has its turn: all become due, all are on disk within seconds', async () => {
    const folder = dataFolder()
    const store = openCounterStore(folder)
    const sizes: number[] = []
    const counted: CounterStore = {
      kept: store.kept,
      save: (counters) => {
        sizes.push(counters.length)
        store.save(counters)
      },
      close: () => store.close(),
    }
    const { maintenance, batch, clock, due } = bench({ counters: many, store: counted })
    batch(['Pump1.Running', 1])
    for (let passed = 0; passed < 6; passed++) {
      await clock.advance(second)
      maintenance.secondPassed()
      // Busy: the next second comes before the look at all of them is at its end.
      maintenance.secondPassed()
      await clock.advance(10)
    }
    expect(due).toHaveLength(2500)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200)
    expect(openCounterStore(folder).kept).toHaveLength(2500)
    maintenance.close()
    expect(clock.pendingCount).toBe(0)
  })

  test('that the plant has no more are on disk when it changes; the others go on in their turn', () => {
    const folder = dataFolder()
    const store = openCounterStore(folder)
    const { configure } = bench({ counters: many, store })
    configure(many.slice(10))
    const reader = openCounterStore(folder)
    expect(reader.kept.map(({ name }) => name).sort()).toEqual(
      many
        .slice(0, 10)
        .map(({ name }) => name)
        .sort(),
    )
    reader.close()
    store.close()
  })
})
