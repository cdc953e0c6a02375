import { describe, expect, it } from 'vitest'
import { plainEquipment } from '../../fakes/plain-equipment.ts'
import { plantOf, SmallPlant, tag } from './small-plant.ts'

describe('a simulated plant', () => {
  it('shows initial values before the first step', () => {
    const plant = new SmallPlant(
      plantOf([tag('Speed'), tag('Twice'), tag('Text', 'string')], {
        Speed: { initial: 20 },
        Twice: { value: 'Speed * 2' },
        Text: { initial: "'Lemon'" },
      }),
    )
    expect([plant.read('Speed'), plant.read('Twice'), plant.read('Text')]).toEqual([20, 40, 'Lemon'])
  })

  it('evaluates value rules behind those they read, in whatever order they are written', () => {
    const plant = new SmallPlant(
      plantOf([tag('A'), tag('B'), tag('C')], { A: { value: 'B + 1' }, B: { value: 'C + 1' }, C: { value: 'time' } }),
    )
    plant.run(2)
    expect(plant.number('A')).toBeCloseTo(4)
  })

  it('a lag has gone 63 % of the way after one time constant, with any step length', () => {
    for (const step of [0.05, 0.2, 1]) {
      const plant = new SmallPlant(plantOf([tag('T')], { T: { lag: { to: 100, timeConstant: '30 s' } } }))
      plant.run(30, step)
      expect(plant.number('T')).toBeCloseTo(63.21, 1)
    }
  })

  it('a ramp moves no faster than its rate and stops at its target', () => {
    const plant = new SmallPlant(plantOf([tag('V')], { V: { ramp: { to: 100, rate: 50 } } }))
    plant.run(1)
    expect(plant.number('V')).toBeCloseTo(50)
    plant.run(5)
    expect(plant.number('V')).toBe(100)
  })

  it('an integral stays within its bounds and returns to its start on reset', () => {
    const plant = new SmallPlant(
      plantOf([tag('Level'), tag('Reset', 'bool', { writable: true })], {
        Level: { integrate: { rate: 2, low: 0, high: 100, reset: 'Reset' }, initial: 10 },
      }),
    )
    plant.run(10)
    expect(plant.number('Level')).toBeCloseTo(30)
    plant.run(100)
    expect(plant.number('Level')).toBe(100)
    plant.write('Reset', true)
    plant.run(1)
    expect(plant.number('Level')).toBe(10)
  })

  it('two rules that read each other both step from the values before the step', () => {
    const plant = new SmallPlant(
      plantOf([tag('A'), tag('B')], {
        A: { integrate: { rate: 'B - A' }, initial: 100 },
        B: { integrate: { rate: 'A - B' } },
      }),
    )
    plant.run(60)
    expect(plant.number('A') + plant.number('B')).toBeCloseTo(100)
    expect(plant.number('A')).toBeCloseTo(50)
  })

  it('a whole-number counter loses nothing between the whole numbers', () => {
    const plant = new SmallPlant(plantOf([tag('Count', 'uint32')], { Count: { integrate: { rate: 0.7 } } }))
    plant.run(100)
    expect(plant.read('Count')).toBe(70)
  })

  it('counts rising edges only', () => {
    const plant = new SmallPlant(
      plantOf([tag('On', 'bool', { writable: true }), tag('Starts', 'uint32')], { Starts: { count: { when: 'On' } } }),
    )
    plant.run(1)
    for (let start = 0; start < 3; start++) {
      plant.write('On', true)
      plant.run(2)
      plant.write('On', false)
      plant.run(2)
    }
    expect(plant.read('Starts')).toBe(3)
  })

  it('a delay gives what was put in so many seconds ago', () => {
    const plant = new SmallPlant(
      plantOf([tag('In', 'float64', { writable: true }), tag('Out')], { Out: { delay: { of: 'In', by: 5 } } }),
    )
    plant.run(10)
    plant.write('In', 7)
    plant.run(4.8)
    expect(plant.read('Out')).toBe(0)
    plant.run(0.6)
    expect(plant.read('Out')).toBe(7)
  })

  it('a delay of an hour holds its memory for an hour and no longer', () => {
    const plant = new SmallPlant(plantOf([tag('Out')], { Out: { delay: { of: 'time', by: 3600 } } }))
    plant.run(3 * 3600, 1)
    expect(plant.number('Out')).toBeCloseTo(2 * 3600, -1)
  })

  it('a latch keeps its state until it is reset', () => {
    const plant = new SmallPlant(
      plantOf([tag('Level', 'float64', { writable: true }), tag('Filling', 'bool')], {
        Filling: { latch: { set: 'Level < 20', reset: 'Level > 80' } },
      }),
    )
    const filling = [10, 50, 90, 50].map((level) => {
      plant.write('Level', level)
      plant.run(0.4)
      return plant.read('Filling')
    })
    expect(filling).toEqual([true, true, false, false])
  })

  it('an event happens about as often as its mean time says, for its duration', () => {
    const plant = new SmallPlant(
      plantOf([tag('Jam', 'bool'), tag('Jams', 'uint32'), tag('Time')], {
        Jam: { event: { meanTimeBetween: '10 min', duration: '20 s' } },
        Jams: { count: { when: 'Jam' } },
        Time: { integrate: { rate: 'Jam ? 1 : 0' } },
      }),
    )
    plant.run(200 * 3600, 2)
    expect(plant.number('Jams')).toBeGreaterThan(900)
    expect(plant.number('Jams')).toBeLessThan(1400)
    expect(plant.number('Time') / plant.number('Jams')).toBeCloseTo(20, -1)
  })

  it('random walk and sine keep within their bounds and use them', () => {
    const plant = new SmallPlant(
      plantOf([tag('W'), tag('S')], {
        W: { randomWalk: { low: 390, high: 410, step: 1 } },
        S: { sine: { low: -5, high: 5, period: '10 s' } },
      }),
    )
    expect(plant.read('W')).toBe(400)
    const seen: Record<'W' | 'S', number[]> = { W: [], S: [] }
    plant.run(3600, 1, () => {
      seen.W.push(plant.number('W'))
      seen.S.push(plant.number('S'))
    })
    expect(Math.min(...seen.W)).toBeGreaterThanOrEqual(390)
    expect(Math.max(...seen.W)).toBeLessThanOrEqual(410)
    expect(Math.max(...seen.W) - Math.min(...seen.W)).toBeGreaterThan(10)
    expect([Math.min(...seen.S), Math.max(...seen.S)]).toEqual([expect.closeTo(-5, 0), expect.closeTo(5, 0)])
  })

  it('a sequence runs through its steps by time and condition, holds, aborts, and shows its time', () => {
    const plant = new SmallPlant(
      plantOf(
        [
          tag('Command', 'uint8', { writable: true }),
          tag('Phase', 'uint8'),
          tag('Spent', 'uint32'),
          tag('Level', 'float64', { writable: true }),
        ],
        {
          Phase: {
            sequence: {
              start: 'Command == 1',
              abort: 'Command == 2',
              hold: 'Command == 3',
              rest: 0,
              elapsed: 'Spent',
              steps: [
                { value: 1, for: '10 s' },
                { value: 2, until: 'Level > 50' },
                { value: 3, for: '5 s', until: 'true' },
              ],
            },
          },
        },
      ),
    )
    expect(plant.read('Phase')).toBe(0)
    plant.write('Command', 1)
    plant.run(5)
    plant.write('Command', 0)
    expect([plant.read('Phase'), plant.read('Spent')]).toEqual([1, 4])
    plant.write('Command', 3)
    plant.run(60)
    expect([plant.read('Phase'), plant.read('Spent')]).toEqual([1, 4])
    plant.write('Command', 0)
    plant.run(60)
    expect(plant.read('Phase')).toBe(2)
    plant.write('Level', 60)
    plant.run(1)
    expect(plant.read('Phase')).toBe(3)
    plant.run(6)
    expect(plant.read('Phase')).toBe(0)
    plant.write('Command', 1)
    plant.run(1)
    plant.write('Command', 2)
    plant.run(1)
    expect(plant.read('Phase')).toBe(0)
  })

  it('a machine takes commands from a written tag and sets it back after three seconds', () => {
    const plant = new SmallPlant(
      plantOf([tag('M.State', 'uint16'), tag('M.Command', 'uint16', { writable: true }), tag('M.Fault', 'uint16')], {
        'M.State': { packml: { initial: 'Execute', command: 'M.Command', faultCode: 'M.Fault', restart: true } },
      }),
    )
    plant.run(5)
    expect(plant.read('M.State')).toBe(6)
    plant.write('M.Command', 3)
    plant.run(1)
    expect([plant.read('M.State'), plant.read('M.Command')]).toEqual([7, 3])
    plant.run(4)
    expect([plant.read('M.State'), plant.read('M.Command')]).toEqual([2, 0])
  })

  it('what a client writes is where an integral goes on from', () => {
    const plant = new SmallPlant(
      plantOf([tag('Total', 'float64', { writable: true })], { Total: { integrate: { rate: 1 } } }),
    )
    plant.run(50)
    plant.write('Total', 0)
    plant.run(10)
    expect(plant.number('Total')).toBeCloseTo(10)
  })

  it('names in rules of an instance mean its parameters, then its members, then tags of the plant', () => {
    const pump = {
      name: 'Pump',
      ...plainEquipment,
      type: 'pump',
      description: {},
      place: '',
      members: { Speed: 'Pump.Speed', Flow: 'Pump.Flow' },
      parameters: { ratedFlow: 8 },
    }
    const plant = new SmallPlant(
      plantOf(
        [tag('Pump.Speed'), tag('Pump.Flow'), tag('Speed'), tag('Valve')],
        {
          'Pump.Speed': { initial: 'ratedFlow * 10' },
          'Pump.Flow': { value: 'Speed / 100 * ratedFlow * Valve + extra' },
          'Pump.extra': { value: 1 },
          Valve: { initial: 1 },
          Speed: { initial: 5 },
        },
        [pump],
      ),
    )
    expect(plant.number('Pump.Flow')).toBeCloseTo(7.4)
  })

  it('rules may read calculated tags of the plant', () => {
    const plant = new SmallPlant(
      plantOf(
        [
          tag('A'),
          tag('Double', 'float64', { device: null, address: null, expression: 'Once + A' }),
          tag('Once', 'float64', { device: null, address: null, expression: 'A' }),
          tag('B'),
        ],
        { A: { initial: 4 }, B: { value: 'Double + 1' } },
      ),
    )
    expect(plant.read('B')).toBe(9)
  })

  it('noise is on the wire, not in what other rules read', () => {
    const plant = new SmallPlant(
      plantOf([tag('Level'), tag('Copy')], { Level: { initial: 50, noise: 1 }, Copy: { value: 'Level' } }),
    )
    const measured: number[] = []
    plant.run(200, 1, () => measured.push(Number(plant.behaviour.measured(plant.behaviour.slotOf('Level')!))))
    expect(plant.read('Copy')).toBe(50)
    expect(new Set(measured).size).toBeGreaterThan(100)
    const mean = measured.reduce((sum, value) => sum + value, 0) / measured.length
    expect(Math.abs(mean - 50)).toBeLessThan(0.3)
  })

  it('noise alone takes no value beyond the limits of its tag', () => {
    const limits = { low: 0, high: 100 }
    const plant = new SmallPlant(
      plantOf([tag('Empty', 'float64', { limits }), tag('Over', 'float64', { limits })], {
        Empty: { value: 0, noise: 1 },
        Over: { value: 103, noise: 1 },
      }),
    )
    const measured = (name: string) => Number(plant.behaviour.measured(plant.behaviour.slotOf(name)!))
    const seen: number[] = []
    plant.run(100, 1, () => seen.push(measured('Empty')))
    expect(Math.min(...seen)).toBe(0)
    expect(Math.max(...seen)).toBeGreaterThan(1)
    // What is really beyond them is shown so.
    expect(measured('Over')).toBeGreaterThan(100)
  })

  it('a pulse keeps what is written for its time and goes back', () => {
    const plant = new SmallPlant(
      plantOf([tag('Command', 'uint8', { writable: true }), tag('Start', 'bool', { writable: true })], {
        Command: { pulse: { for: '3 s' } },
        Start: { pulse: { for: '1 s' } },
      }),
    )
    plant.run(10)
    plant.write('Command', 2)
    plant.write('Start', true)
    plant.run(0.6)
    expect([plant.read('Command'), plant.read('Start')]).toEqual([2, true])
    plant.run(1)
    expect([plant.read('Command'), plant.read('Start')]).toEqual([2, false])
    plant.run(2)
    expect(plant.read('Command')).toBe(0)
  })

  it('a rule that cannot be evaluated keeps its value and says so once', () => {
    const plant = new SmallPlant(
      plantOf([tag('Divisor', 'float64', { writable: true }), tag('Q')], {
        Divisor: { initial: 2 },
        Q: { value: '10 / Divisor' },
      }),
    )
    plant.write('Divisor', 0)
    plant.run(10)
    expect(plant.read('Q')).toBe(5)
    expect(plant.failures).toHaveLength(1)
    plant.write('Divisor', 5)
    plant.run(1)
    expect(plant.read('Q')).toBe(2)
  })

  it('the same seed gives the same day, another seed another one', () => {
    const day = (seed: number) => {
      const plant = new SmallPlant(plantOf([tag('W')], { W: { randomWalk: { low: 0, high: 1000, step: 3 } } }), seed)
      plant.run(600, 1)
      return plant.read('W')
    }
    expect(day(7)).toBe(day(7))
    expect(day(8)).not.toBe(day(7))
  })
})
