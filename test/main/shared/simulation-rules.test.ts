import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import {
  equipmentSimulationSchema,
  type SimulationRule,
  simulationFileSchema,
} from '../../../src-main/shared/simulation.ts'
import { checkSimulation, compileSimulation } from '../../../src-main/shared/simulation-rules.ts'
import { plantOf, tag } from '../simulation/small-plant.ts'

/** Messages for the rules of a plant with a number N, a truth value B, a text S, an array A and a calculated tag C. */
function faultsOf(rules: Readonly<Record<string, SimulationRule>>): string[] {
  const tags = [
    tag('N'),
    tag('M'),
    tag('B', 'bool'),
    tag('S', 'string'),
    tag('A', 'int16', { arrayLength: 3 }),
    tag('C', 'float64', { device: null, address: null, expression: 'N * 2' }),
  ]
  return checkSimulation(plantOf(tags, rules)).map(({ message }) => message)
}

describe('simulation rules of a plant', () => {
  it('are silent when they fit', () => {
    const rules: Record<string, SimulationRule> = {
      N: { lag: { to: 'B ? M * 2 : C', timeConstant: '3 s' }, initial: 4, noise: 0.1 },
      B: { latch: { set: 'N > 3', reset: 'N < 1' } },
      S: { value: "B ? 'on' : 'off'", initial: "'off'" },
      A: { value: '[1, 2, 3]' },
      hidden: { value: 'previous + dt + time' },
    }
    expect(faultsOf(rules)).toEqual([])
  })

  it.each<[string, Record<string, SimulationRule>, string]>([
    ['an unknown name', { N: { value: 'Nn + 1' } }, 'simulation of N, value: no tag named Nn'],
    [
      'a circle',
      { N: { value: 'M' }, M: { value: 'N' } },
      'goes in a circle: N → M → N; a lag or integrate in it breaks it',
    ],
    ['a rule for a calculated tag', { C: { value: 1 } }, 'C is calculated by Lineside, it has no device to simulate'],
    ['a truth value for a number', { N: { value: 'B' } }, 'simulation of N, value: float64 is expected, not a bool'],
    ['a number for a truth value', { B: { value: 'N' } }, 'simulation of B, value: bool is expected, not a double'],
    [
      'a hidden truth value without its type',
      { h: { value: 'B' } },
      'float64 is expected, not a bool (add dataType: bool)',
    ],
    [
      'a number as a condition',
      { B: { latch: { set: 'N', reset: 'B' } } },
      'latch.set: true or false is expected, not a double',
    ],
    ['a text as a rate', { N: { integrate: { rate: 'S' } } }, 'integrate.rate: a number is expected, not a string'],
    ['a latch for a number', { N: { latch: { set: 'B', reset: 'B' } } }, 'latch: gives true or false, N is float64'],
    ['a sum for a truth value', { B: { integrate: { rate: 1 } } }, 'integrate: gives a number, B is bool'],
    ['a lag for an array', { A: { lag: { to: 1, timeConstant: '1 s' } } }, 'arrays can only have value rules'],
    ['one number for an array', { A: { value: 'N' } }, 'a list of 3 int16 is expected, not a double'],
    ['an initial value that reads a tag', { N: { initial: 'M' } }, 'simulation of N, initial: no tag named M'],
    [
      'a command that is no tag',
      { N: { packml: { initial: 'Idle', command: 'Z', restart: true } } },
      'packml.command: Z is no number that could be driven',
    ],
    [
      'a fault code that is a text',
      { N: { packml: { initial: 'Idle', faultCode: 'S', restart: true } } },
      'packml.faultCode: S is no number',
    ],
    [
      'a driven value with a rule of its own',
      { N: { packml: { initial: 'Idle', faultCode: 'M', restart: true } }, M: { value: 1 } },
      'M has a rule of its own already (value)',
    ],
    [
      'a condition of a step',
      { N: { sequence: { start: 'B', rest: 0, steps: [{ value: 1 }, { value: 2, until: 'N' }] } } },
      'sequence.steps.1.until: true or false is expected, not a double',
    ],
    ['an initial value that is none', { N: { initial: '1 / 0' } }, 'simulation of N, initial: '],
    [
      'noise that is a text',
      { N: { value: 1, noise: "'x'" } },
      'simulation of N, noise: a number is expected, not a string',
    ],
    ['bad syntax', { N: { value: 'M +' } }, 'simulation of N, value: '],
  ])('report %s', (_what, rules, message) => {
    const faults = faultsOf(rules)
    expect(faults.length).toBeGreaterThanOrEqual(1)
    expect(faults.join('\n')).toContain(message)
  })

  it('report which rule it is, and run without it', () => {
    const plant = plantOf([tag('N'), tag('M')], { N: { value: 1 }, M: { value: 'Zz' } })
    const compiled = compileSimulation(plant)
    expect(compiled.faults).toEqual([{ index: 1, message: expect.stringContaining('no tag named Zz') }])
    expect(compiled.values.map((rule) => rule.entry.name)).toEqual(['N'])
  })

  it('report a second rule for the same tag', () => {
    const plant = plantOf([tag('N')], { N: { value: 1 } })
    const twice = { ...plant, simulation: [plant.simulation[0]!, { ...plant.simulation[0]! }] }
    expect(checkSimulation(twice)).toEqual([
      expect.objectContaining({ index: 1, message: expect.stringContaining('N has more than one rule') }),
    ])
  })
})

describe('simulation as plant files write it', () => {
  const issuesOf = (schema: v.GenericSchema, input: unknown) =>
    (v.safeParse(schema, input).issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)

  it('takes every kind of rule with its defaults', () => {
    const parsed = v.parse(equipmentSimulationSchema, {
      members: {
        State: { packml: { faults: [{ code: 1, name: 'Jam', meanTimeBetween: '20 min', duration: '40 s' }] } },
      },
    })
    expect(parsed.hidden).toEqual({})
    expect(parsed.members.State?.packml).toMatchObject({
      initial: 'Idle',
      restart: true,
      faults: [{ response: 'abort' }],
    })
  })

  it.each<[string, unknown, string]>([
    [
      'two kinds in one rule',
      { tags: { T: { value: 1, lag: { to: 1, timeConstant: '1 s' } } } },
      'a rule has one kind only',
    ],
    ['a misspelt kind', { tags: { T: { lagg: {} } } }, 'lagg'],
    ['a duration without a unit', { tags: { T: { lag: { to: 1, timeConstant: '30' } } } }, 'a duration is expected'],
    ['a sequence without steps', { tags: { T: { sequence: { start: true, steps: [] } } } }, 'tags.T.sequence.steps'],
    ['a state PackML does not know', { tags: { T: { packml: { initial: 'Running' } } } }, 'tags.T.packml.initial'],
    [
      'a fault code 0',
      { tags: { T: { packml: { faults: [{ code: 0, name: 'x', meanTimeBetween: '1 h', duration: '1 s' }] } } } },
      'code',
    ],
    ['a key that is not there', { tagz: {} }, 'tagz'],
  ])('refuses %s', (_what, input, message) => {
    expect(issuesOf(simulationFileSchema, input).join('\n')).toContain(message)
  })
})
