// Calculated tags on the value path: what is computed again, in which order, with which quality and time.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CalculatedTags } from '../../../src-main/expressions/calculated-tags.ts'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import type { ExpressionInput } from '../../../src-main/shared/expression.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { DataType, TagDefinition } from '../../../src-main/shared/tag.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

function tag(
  name: string,
  expression: string | null,
  dataType: DataType = 'float64',
  arrayLength: number | null = null,
): TagDefinition {
  const source = expression === null ? { device: 'plc', address: '1' } : { device: null, address: null }
  return tagDefinition(name, { ...source, expression, dataType, arrayLength, writable: false, history: false })
}

const waiting: ExpressionInput = { value: null, statusCode: StatusCodes.BadWaitingForInitialData, sourceTimestamp: 0 }

/** A tag table that keeps objects: enough for the test to say what the inputs are. */
class Bench {
  now = 1_000_000
  readonly definitions: readonly TagDefinition[]
  readonly values = new Map<number, ExpressionInput>()
  readonly calculated: CalculatedTags

  constructor(definitions: readonly TagDefinition[]) {
    this.definitions = definitions
    this.calculated = new CalculatedTags({
      table: {
        handleOf: (name) => this.handleOf(name),
        read: (handle) => this.values.get(handle) ?? waiting,
      },
      clock: { now: () => this.now },
    })
    this.calculated.configure(definitions)
  }

  handleOf(name: string): number | undefined {
    const at = this.definitions.findIndex((definition) => definition.name === name)
    return at < 0 ? undefined : at + 5
  }

  /** Values come; gives `name: value (status)` of what was computed, in order. */
  change(values: Record<string, TagValue>, statusCode: number = StatusCodes.Good, time = this.now): string[] {
    const builder = new ValueBatchBuilder()
    for (const [name, value] of Object.entries(values)) builder.add(this.handleOf(name)!, value, statusCode, time)
    return this.rows(this.calculated.evaluate(builder.take()))
  }

  rows(batch: ValueBatch): string[] {
    return Array.from({ length: batch.count }, (_, row) => {
      const definition = this.definitions[batch.handle[row]! - 5]!
      const value = batch.others?.[row] === undefined ? batch.value[row] : batch.others[row]
      const status = batch.statusCode[row]!
      return `${definition.name}: ${typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)}${status === 0 ? '' : ` 0x${status.toString(16)}`} @${batch.sourceTimestamp[row]! - this.now}`
    })
  }
}

describe('what is computed', () => {
  const plant = [
    tag('Sum', 'Twice + B'),
    tag('Twice', 'A * 2'),
    tag('A', null),
    tag('B', null),
    tag('Other', 'B > 3', 'bool'),
  ]

  it('everything once after configuring, then only what a change touches, each after what it is calculated from', () => {
    const bench = new Bench(plant)
    expect(bench.change({ A: 1, B: 2 }).sort()).toEqual(['Other: 0 @0', 'Sum: 4 @0', 'Twice: 2 @0'])
    expect(bench.change({ A: 5 })).toEqual(['Twice: 10 @0', 'Sum: 12 @0'])
    expect(bench.change({ B: 7 })).toEqual(['Sum: 17 @0', 'Other: 1 @0'])
    expect(bench.change({})).toEqual([])
  })

  it('what builds on a value that came out the same is left alone', () => {
    const bench = new Bench([
      tag('A', null),
      tag('High', 'A > 10', 'bool'),
      tag('Text', "High ? 'high' : 'low'", 'string'),
    ])
    bench.change({ A: 1 })
    expect(bench.change({ A: 2 })).toEqual(['High: 0 @0'])
    expect(bench.change({ A: 20 })).toEqual(['High: 1 @0', 'Text: "high" @0'])
  })

  it('present values of the table count from the start', () => {
    const bench = new Bench(plant)
    bench.values.set(bench.handleOf('A')!, { value: 4, statusCode: 0, sourceTimestamp: bench.now - 10 })
    bench.calculated.configure(plant)
    expect(bench.change({})).toContain('Twice: 8 @-10')
  })

  it('a constant has its value at once', () => {
    expect(new Bench([tag('Pi', '3.14')]).change({})).toEqual(['Pi: 3.14 @0'])
  })

  it('a ring, which the plant check refuses, is a configuration error and disturbs nobody', () => {
    const bench = new Bench([tag('R1', 'R2'), tag('R2', 'R1'), tag('A', null), tag('Fine', 'A + 1')])
    expect(bench.change({ A: 1 }).sort()).toEqual(['Fine: 2 @0', 'R1: null 0x80890000 @0', 'R2: null 0x80890000 @0'])
  })

  it('age() is computed again when a second has passed, without any change', () => {
    const bench = new Bench([tag('A', null), tag('Stale', 'age(A) > 5', 'bool')])
    expect(bench.change({ A: 1 })).toEqual(['Stale: 0 @0'])
    bench.now += 900
    expect(bench.change({})).toEqual([])
    bench.now += 5000
    expect(bench.change({})).toEqual(['Stale: 1 @-5900'])
  })
})

describe('quality and time (OPC 10000-4 section 7.11)', () => {
  const plant = [
    tag('A', null),
    tag('B', null),
    tag('Sum', 'A + B'),
    tag('Safe', 'isBad(A) ? B : A + B'),
    tag('Next', 'Sum + 1'),
  ]

  it('the worst input counts, with its code, and passes on through what builds on it', () => {
    const bench = new Bench(plant)
    bench.change({ A: 1, B: 2 })
    expect(bench.change({ A: 3 }, StatusCodes.UncertainSubNormal)).toEqual([
      'Sum: 5 0x40950000 @0',
      'Safe: 5 0x40950000 @0',
      'Next: 6 0x40950000 @0',
    ])
    expect(bench.change({ A: null }, StatusCodes.BadNoCommunication)).toEqual([
      'Sum: null 0x80310000 @0',
      'Safe: 2 @0',
      'Next: null 0x80310000 @0',
    ])
  })

  it('waits for the first value of every input', () => {
    expect(new Bench(plant).change({ B: 1 })).toContain('Sum: null 0x80320000 @0')
  })

  it('the source timestamp is that of the newest input', () => {
    const bench = new Bench(plant)
    bench.change({ A: 1 }, 0, bench.now - 100)
    expect(bench.change({ B: 1 }, 0, bench.now - 500)[0]).toBe('Sum: 2 @-100')
  })

  it('what cannot be computed is Bad with the reason', () => {
    const bench = new Bench([
      tag('A', null),
      tag('Ratio', '1 / A'),
      tag('Byte', 'A', 'uint8'),
      tag('Big', 'A * 2', 'int64'),
    ])
    expect(bench.change({ A: 0 })).toEqual(['Ratio: null 0x803c0000 @0', 'Byte: 0 @0', 'Big: 0n @0'])
    expect(bench.change({ A: 300.4 })).toContain('Byte: null 0x803c0000 @0')
  })
})

it('the result is always that of computing everything anew', () => {
  const names = ['A', 'B', 'C', 'D']
  const inputs = names.map((name) => tag(name, null))
  const terms = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 6 })
  const changes = fc.array(
    fc.dictionary(fc.constantFrom(...names), fc.integer({ min: -9, max: 9 }), { noNullPrototype: true }),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(terms, changes, (rows, steps) => {
      // Tag Xn adds two of the inputs or of the calculated tags before it.
      const calculated = rows.map(([left, right], at) => {
        const choices = [...names, ...rows.slice(0, at).map((_, index) => `X${index}`)]
        return tag(`X${at}`, `${choices[left % choices.length]} + ${choices[right % choices.length]}`)
      })
      const bench = new Bench([...calculated.toReversed(), ...inputs])
      const state: Record<string, number> = { A: 0, B: 0, C: 0, D: 0 }
      const shown: Record<string, number> = {}
      for (const step of [state, ...steps]) {
        Object.assign(state, step)
        for (const row of bench.change(step)) shown[row.split(':')[0]!] = Number(row.split(': ')[1]!.split(' ')[0])
        const expected: Record<string, number> = { ...state }
        for (const { name, expression } of calculated) {
          const [left, right] = expression!.split(' + ')
          expected[name] = expected[left!]! + expected[right!]!
        }
        for (const { name } of calculated) expect(shown[name]).toBe(expected[name])
      }
    }),
    { numRuns: 300 },
  )
})
