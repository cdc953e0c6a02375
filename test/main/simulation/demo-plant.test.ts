// The demo plant as a plant: an hour of it in fake time has to obey what holds in any bottling hall.
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkPlant } from '../../../src-main/plant/plant-check.ts'
import { plantRules } from '../../../src-main/plant-rules.ts'
import type { Plant } from '../../../src-main/shared/plant.ts'
import type { SimulationEntry } from '../../../src-main/shared/simulation.ts'
import { defaultSeed } from '../../../src-main/simulation/simulate.ts'
import { legalTransitions, packmlStateOf } from './packml-diagram.ts'
import { SmallPlant } from './small-plant.ts'

const machines = ['Rinser', 'Filler', 'Capper', 'Labeller', 'Packer', 'Palletiser']
const tanks = ['Tank1', 'Tank2', 'Tank3', 'WaterTank', 'MixTank', 'BufferTank']

let plant: Plant

beforeAll(async () => {
  const folder = join(import.meta.dirname, '../../../resources/demo-plant')
  const checked = await checkPlant(folder, plantRules)
  expect(checked.faults).toEqual([])
  plant = checked.plant!
})

/** The plant on a day without faults and jams. */
function withoutFaults(of: Plant): Plant {
  const quiet = ({ rule, ...rest }: SimulationEntry): SimulationEntry => {
    if (rule.packml) return { ...rest, rule: { ...rule, packml: { ...rule.packml, faults: [] } } }
    const never = rest.hidden ? ({ value: false, dataType: 'bool' } as const) : { value: false }
    return { ...rest, rule: rule.event ? never : rule }
  }
  return { ...of, simulation: of.simulation.map(quiet) }
}

const states = (line: SmallPlant) => machines.map((machine) => packmlStateOf(line.number(`${machine}.State`)))

describe('the demo plant', () => {
  it('has about 300 tags over Modbus, OPC UA, MQTT and Sparkplug, and some calculated ones', () => {
    const protocolOf = new Map(plant.devices.map((device) => [device.name, device.protocol]))
    const counts = new Map<string, number>()
    for (const tag of plant.tags) {
      const kind = tag.device === null ? 'calculated' : protocolOf.get(tag.device)!
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
    }
    expect(plant.tags.length).toBeGreaterThan(300)
    expect([...counts.keys()].sort()).toEqual(['calculated', 'modbus-tcp', 'mqtt', 'opcua', 'sparkplug'])
  })

  it('simulates every tag that has a device', () => {
    const ruled = new Set(plant.simulation.map((entry) => entry.name))
    expect(plant.tags.filter((tag) => tag.device !== null && !ruled.has(tag.name)).map((tag) => tag.name)).toEqual([])
  })

  it('describes every tag, in English and Chinese', () => {
    const bare = plant.tags.filter(
      ({ description, descriptions }) =>
        !/^[^(]+\(.*\p{Script=Han}.*\)$/u.test(description) && !/\p{Script=Han}/u.test(descriptions?.['zh-CN'] ?? ''),
    )
    expect(bare.map((tag) => tag.name)).toEqual([])
  })

  it('takes its equipment from the standard library, and lets a valve know that its tank is full', () => {
    const own = plant.equipmentTypes.filter(({ library }) => library === null).map(({ name }) => name)
    expect(own.toSorted()).toEqual(['batch', 'cip-skid', 'meter'])
    const command = plant.tags.find(({ name }) => name === 'Tank1InletValve.Command')!
    const guards = (command.writeConditions ?? []).map(({ value, condition }) => [value, condition.condition])
    expect(guards).toContainEqual([true, '!Tank1.HighSwitch'])
    expect(guards).toContainEqual([true, 'Tank1InletValve.Mode == 1'])
    expect(guards.filter(([value]) => value !== true)).toEqual([])
  })

  it('is in production within seconds of its start', () => {
    const line = new SmallPlant(plant)
    line.run(5)
    expect(states(line)).toEqual(machines.map(() => 'Execute'))
    for (const machine of machines) expect(line.number(`${machine}.Speed`)).toBeGreaterThan(30)
  })

  it.each([defaultSeed, 2])('obeys its tanks, counters and the PackML diagram for an hour (seed %i)', (seed) => {
    const line = new SmallPlant(plant, seed)
    const before = new Map<string, number>()
    const faultSince = new Map<string, number>()
    // Collected, since an hour of expectations takes longer than the hour itself.
    const wrong = new Set<string>()
    let faultCount = 0
    line.run(3600, 1, () => {
      for (const tank of tanks) {
        const level = line.number(`${tank}.Level`)
        if (!(level >= 0 && level < 97)) wrong.add(`${tank} at ${level} %`)
      }
      for (const machine of machines) {
        const state = line.number(`${machine}.State`)
        const transition = `${packmlStateOf(before.get(machine) ?? 6)} → ${packmlStateOf(state)}`
        if (state !== (before.get(machine) ?? 6) && !legalTransitions.has(transition))
          wrong.add(`${machine}: ${transition}`)
        before.set(machine, state)
        for (const counter of ['GoodCount', 'RejectCount', 'RunTime']) {
          const count = line.number(`${machine}.${counter}`)
          if (count < (before.get(`${machine}.${counter}`) ?? 0)) wrong.add(`${machine}.${counter} went back`)
          before.set(`${machine}.${counter}`, count)
        }
        const now = line.behaviour.time
        if (line.number(`${machine}.FaultCode`) === 0) faultSince.delete(machine)
        else if (!faultSince.has(machine)) {
          faultCount++
          faultSince.set(machine, now)
        } else if (now - faultSince.get(machine)! > 120) wrong.add(`${machine} has its fault for two minutes`)
      }
    })
    expect([...wrong]).toEqual([])
    expect(line.failures).toEqual([])
    expect(faultCount).toBeGreaterThanOrEqual(3)
    expect(faultCount).toBeLessThan(40)
    // Most of the hour is production, else the screens would be no grey ones.
    const runTime = line.number('Filler.RunTime') - 12_600
    expect(runTime).toBeGreaterThan(0.7 * 3600)
  })

  it('has its first fault within a few minutes, as started by lineside simulate, and comes back from it', () => {
    const line = new SmallPlant(plant, defaultSeed)
    line.run(120, 1)
    expect(states(line)).toEqual(machines.map(() => 'Execute'))
    const hasFault = () => machines.some((machine) => line.number(`${machine}.FaultCode`) !== 0)
    let faultAt = 0
    line.run(480, 1, () => {
      if (faultAt === 0 && hasFault()) faultAt = line.behaviour.time
    })
    expect(faultAt).toBeGreaterThan(120)
    expect(faultAt).toBeLessThan(300)
    expect(states(line)).toEqual(machines.map(() => 'Execute'))
  })

  it('keeps every value inside its limits on a day without faults', () => {
    const line = new SmallPlant(withoutFaults(plant))
    const outside = new Set<string>()
    line.run(3600, 1, () => {
      for (const tag of plant.tags) {
        if (tag.device === null) continue
        const value = line.read(tag.name)
        if (typeof value !== 'number') continue
        if (value < (tag.limits.low ?? -Infinity) || value > (tag.limits.high ?? Infinity)) outside.add(tag.name)
      }
    })
    expect([...outside]).toEqual([])
  })

  it('loses and invents no product between tank farm and bottles', () => {
    const line = new SmallPlant(withoutFaults(plant))
    const contents = () => ['MixTank', 'BufferTank'].reduce((sum, tank) => sum + line.number(`${tank}.contents`), 0)
    const bowl = () => line.number('Filler.Level') * 3
    const start = contents() + bowl()
    let dosed = 0
    const bottles = line.number('Filler.GoodCount') + line.number('Filler.RejectCount')
    line.run(3600, 1, () => {
      dosed += line.number('SyrupPump.flow') + line.number('WaterPump.flow')
    })
    const bottled = (line.number('Filler.GoodCount') + line.number('Filler.RejectCount') - bottles) * 0.5
    expect(dosed).toBeGreaterThan(5000)
    expect(bottled).toBeGreaterThan(10_000)
    expect(Math.abs(start + dosed - bottled - contents() - bowl())).toBeLessThan(0.01 * dosed)
  })

  it('no machine puts out more bottles than came to it', () => {
    const line = new SmallPlant(plant, 4)
    const counted = (machine: string, perPiece = 1) =>
      (line.number(`${machine}.GoodCount`) + line.number(`${machine}.RejectCount`)) * perPiece
    const start = { filler: counted('Filler'), labeller: counted('Labeller'), packer: counted('Packer', 12) }
    line.run(3600, 1)
    const onBelts = 120 + 500 + 600
    const filled = counted('Filler') - start.filler
    expect(filled).toBeGreaterThan(15_000)
    expect(counted('Labeller') - start.labeller).toBeLessThan(filled + onBelts)
    expect(counted('Packer', 12) - start.packer).toBeLessThan(filled + onBelts)
    expect(counted('Packer', 12) - start.packer).toBeGreaterThan(filled - onBelts)
  })

  it('a slower filler slows the line behind it, one machine after the other', () => {
    const line = new SmallPlant(withoutFaults(plant))
    line.run(120)
    const speeds = () =>
      ['Filler', 'Capper', 'Labeller', 'Packer', 'Palletiser'].map((name) => line.number(`${name}.Speed`))
    expect(speeds()).toEqual([400, 400, 400, 33.3, 33.3].map((speed) => expect.closeTo(speed, -1)))
    line.write('Filler.SpeedSetpoint', 300)
    line.run(5)
    expect(line.number('Filler.Speed')).toBe(300)
    expect(line.number('Labeller.Speed')).toBeGreaterThan(380)
    expect(line.number('Palletiser.Speed')).toBeGreaterThan(32)
    line.run(25)
    expect(line.number('Labeller.Speed')).toBeLessThan(330)
    expect(line.number('Palletiser.Speed')).toBeGreaterThan(30)
    line.run(150)
    expect(speeds()).toEqual([300, 300, 300, 25, 25].map((speed) => expect.closeTo(speed, -1)))
    // And the rinser before it has filled its belt and gone slower too.
    expect(line.number('Rinser.Speed')).toBeLessThan(330)
  })

  it('a stopped filler starves what is behind it and blocks what is before it; started again, all go on', () => {
    const line = new SmallPlant(withoutFaults(plant))
    line.run(60)
    line.write('Filler.Command', 3)
    line.run(300)
    expect(states(line)).toEqual(['Suspended', 'Stopped', 'Suspended', 'Suspended', 'Suspended', 'Suspended'])
    expect([line.read('Rinser.Blocked'), line.read('Capper.Starved')]).toEqual([true, true])
    expect([line.read('Rinser.Starved'), line.read('Capper.Blocked')]).toEqual([false, false])
    line.write('Filler.Command', 1)
    line.run(10)
    expect(packmlStateOf(line.number('Filler.State'))).toBe('Idle')
    line.write('Filler.Command', 2)
    line.run(300)
    expect(states(line)).toEqual(machines.map(() => 'Execute'))
  })

  it('a valve in manual mode obeys its command, and the tank follows', () => {
    const line = new SmallPlant(withoutFaults(plant))
    line.run(10)
    const level = line.number('Tank1.Level')
    expect(line.read('Tank1InletValve.State')).toBe(0)
    line.write('Tank1InletValve.Mode', 1)
    line.write('Tank1InletValve.Command', true)
    line.run(1)
    expect(line.read('Tank1InletValve.State')).toBe(1)
    line.run(120)
    expect(line.read('Tank1InletValve.State')).toBe(2)
    expect(line.number('Tank1.Level')).toBeGreaterThan(level + 1)
  })

  it('the high level switch closes the inlet valve, whatever the operator commands', () => {
    const line = new SmallPlant(withoutFaults(plant))
    line.write('Tank1InletValve.Mode', 1)
    line.write('Tank1InletValve.Command', true)
    line.run(20 * 60, 1)
    expect([line.read('Tank1.HighSwitch'), line.read('Tank1InletValve.State')]).toEqual([true, 0])
    expect(line.number('Tank1.Level')).toBeGreaterThan(96)
    expect(line.number('Tank1.Level')).toBeLessThan(98)
  })

  it('a closed product valve empties the filler bowl, and the filler holds', () => {
    const line = new SmallPlant(withoutFaults(plant))
    line.run(10)
    line.write('BufferOutletValve.Mode', 1)
    line.write('BufferOutletValve.Command', false)
    line.run(120)
    expect(line.number('Filler.Level')).toBeLessThan(26)
    expect(packmlStateOf(line.number('Filler.State'))).toBe('Held')
    line.write('BufferOutletValve.Command', true)
    line.run(120)
    expect(packmlStateOf(line.number('Filler.State'))).toBe('Execute')
  })

  it('a cleaning on command runs through its phases, hot in the caustic, and ends', () => {
    const line = new SmallPlant(withoutFaults(plant))
    line.run(5)
    line.write('Cip.Command', 1)
    line.run(1)
    const phases: number[] = []
    const hottest = new Map<number, number>()
    line.run(560, 1, () => {
      const phase = line.number('Cip.Phase')
      if (phases.at(-1) !== phase) phases.push(phase)
      hottest.set(phase, Math.max(hottest.get(phase) ?? 0, line.number('Cip.ReturnTemperature')))
    })
    // Once, though the command was written for good: the skid takes it back.
    expect(phases).toEqual([1, 2, 3, 4, 5, 6, 0])
    expect(hottest.get(2)).toBeGreaterThan(70)
    expect(hottest.get(1)).toBeLessThan(30)
    expect(line.read('Cip.CycleCount')).toBe(1875)
  })

  it('takes more electricity running than standing', () => {
    const line = new SmallPlant(withoutFaults(plant))
    line.run(60)
    const running = line.number('FillingMeter.Power')
    const energy = line.number('MainMeter.Energy')
    line.write('Filler.Command', 3)
    line.run(300)
    expect(line.number('FillingMeter.Power')).toBeLessThan(running / 2)
    expect(line.number('MainMeter.Energy')).toBeGreaterThan(energy + 5)
  })
})
