// Expressions as installers write them: what they may say, what they get, and where a fault is shown.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import {
  type CompiledExpression,
  compileExpression,
  type ExpressionInput,
  type ExpressionScope,
} from '../../../src-main/shared/expression.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { DataType } from '../../../src-main/shared/tag.ts'
import { limitHere } from '../../fakes/busy-machine.ts'

const types: Record<string, { dataType: DataType; arrayLength: number | null }> = {
  'Filler.Level': { dataType: 'float32', arrayLength: null },
  Filler: { dataType: 'float64', arrayLength: null },
  State: { dataType: 'int16', arrayLength: null },
  Running: { dataType: 'bool', arrayLength: null },
  Product: { dataType: 'string', arrayLength: null },
  Counter: { dataType: 'uint64', arrayLength: null },
  Started: { dataType: 'datetime', arrayLength: null },
  Zones: { dataType: 'float32', arrayLength: 4 },
  Doors: { dataType: 'bool', arrayLength: 2 },
  Recipe: { dataType: 'structure', arrayLength: null },
  Photo: { dataType: 'bytes', arrayLength: null },
  '罐区.液位': { dataType: 'float32', arrayLength: null },
  'Tank-1/Level': { dataType: 'float32', arrayLength: null },
  'Pump.in': { dataType: 'bool', arrayLength: null },
  a: { dataType: 'float64', arrayLength: null },
}

const values: Record<string, TagValue> = {
  'Filler.Level': 50,
  Filler: 1,
  State: 6,
  Running: true,
  Product: 'Cola',
  Counter: 9_007_199_254_740_993n,
  Started: Date.UTC(2026, 0, 2, 3, 4, 5),
  Zones: [10, 20, 30, 40],
  Doors: [true, false],
  Recipe: { name: 'Cola 1 l', steps: [1, 2, 3], limits: { high: 90 } },
  Photo: new Uint8Array([1, 2, 3]),
  '罐区.液位': 12.5,
  'Tank-1/Level': 77,
  'Pump.in': false,
  a: 3,
}

const now = Date.UTC(2026, 0, 2, 4, 0, 0)
const scope: ExpressionScope = {
  tagType: (name) => types[name] ?? null,
  tagNames: () => Object.keys(types),
  now: () => now,
}

function compiled(text: string, within: ExpressionScope = scope): CompiledExpression {
  const result = compileExpression(text, within)
  if (!result.ok) throw new Error(`${result.message} at ${result.offset}`)
  return result.expression
}

function evaluated(text: string, statuses: Record<string, number> = {}, variables?: Record<string, unknown>): TagValue {
  const expression = compiled(text, variables === undefined ? scope : { ...scope, variables: typesOf(variables) })
  return expression.evaluate((index) => inputOf(expression.inputs[index]!, statuses), variables)
}

function typesOf(variables: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'number' ? 'double' : typeof value]),
  )
}

function inputOf(tag: string, statuses: Record<string, number>): ExpressionInput {
  return { value: values[tag]!, statusCode: statuses[tag] ?? StatusCodes.Good, sourceTimestamp: now - 2500 }
}

function faultOf(text: string): string {
  const result = compileExpression(text, scope)
  return result.ok ? `no fault, type ${result.expression.type}` : `${result.offset}: ${result.message}`
}

describe('what an expression gives', () => {
  it.each([
    ['Filler.Level * 2 > 90 && State == 6', true],
    ['Filler.Level', 50],
    ['7 / 2', 3.5],
    ['7 % 4', 3],
    ['State in [2, 6]', true],
    ['State in [6]', true],
    ['Running ? Filler.Level : 0', 50],
    ['!Running', false],
    ['Product + ": " + format(Filler.Level, 1) + " %"', 'Cola: 50.0 %'],
    ['Product.startsWith("Co") && size(Product) == 4', true],
    ['罐区.液位 + 1', 13.5],
    ['tag("Tank-1/Level") + 1', 78],
    ["tag('Filler.Level')", 50],
    ['Pump.in', false],
    ['Zones[0] + Zones[State - 3]', 50],
    ['Zones[int(State) - 3]', 40],
    ['Zones.exists(z, z > 35)', true],
    ['Zones.map(z, z * 2)', [20, 40, 60, 80]],
    ['Doors.all(door, door)', false],
    ['Doors[1]', false],
    ['min(Zones) + max(Zones) + sum(Zones) + average(Zones)', 175],
    ['Recipe.name + Recipe.limits.high', 'Cola 1 l90'],
    ['Recipe["name"]', 'Cola 1 l'],
    ['Recipe.steps[1] == 2', true],
    ['has(Recipe.speed)', false],
    ['min(State, 3, 9) + max(1, State) + abs(-2) + clamp(12, 0, 10)', 21],
    ['round(2.5) + round(-2.5) + round(2.345, 2) + floor(2.7) + ceil(2.1)', 7.35],
    ['sqrt(16) + pow(2, 10)', 1028],
    ['bit(State, 1) && !bit(State, 0)', true],
    ['bit(Counter, 0)', true],
    ['bitAnd(State, 3) + bitOr(8, 1)', 11],
    ['Counter == 9007199254740993', true],
    ['Counter == 9007199254740992', false],
    ['Counter > 5', true],
    ['Counter', 9_007_199_254_740_993n],
    ['Counter - int(3)', 9_007_199_254_740_990],
    ['Counter / 2 > State', true],
    ['Started < timestamp("2027-01-01T00:00:00Z")', true],
    ['Started', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['Started.getHours() >= 3', true],
    ['timestamp(Filler.Level) > Started', true],
    ['age(Filler.Level)', 2.5],
    ['quality(Running)', 'Good'],
    ['Photo.size() == 3 && Photo.at(1) == 2', true],
    ['upper(Product).replace("O", "0")', 'C0LA'],
    ['Product.matches("^C[a-z]+$")', true],
    ['string(State) + string(Running)', '6true'],
    ['Filler.Level // the level\n > 3', true],
    ['a.exists_one', null],
  ] as [string, TagValue][])('%s', (text, expected) => {
    if (expected === null) return expect(faultOf(text)).toContain('no tag named a.exists_one')
    expect(evaluated(text)).toEqual(expected)
  })

  it('takes the longest tag name, and a field only of a structure', () => {
    expect(compiled('Filler.Level + Filler').inputs).toEqual(['Filler.Level', 'Filler'])
    expect(compiled('Recipe.limits.high').inputs).toEqual(['Recipe'])
  })

  it('lists each tag once, in the order of first use', () => {
    expect(compiled('State + a * State > a').inputs).toEqual(['State', 'a'])
  })

  it('reads booleans that travel as 0 and 1', () => {
    const expression = compiled('Running && Doors[0]')
    expect(
      expression.evaluate((index) => ({
        value: expression.inputs[index] === 'Running' ? 1 : [1, 0],
        statusCode: 0,
        sourceTimestamp: 1,
      })),
    ).toBe(true)
  })

  it('lets a variable win over a tag, and reads it from the call', () => {
    expect(evaluated('a + time', {}, { time: 2, a: 10 })).toBe(12)
  })

  it('lets an alias stand for a tag, so that its quality can be asked', () => {
    const expression = compiled('isBad(value) ? 0 : value * 2', { ...scope, aliases: { value: 'Filler.Level' } })
    expect(expression.inputs).toEqual(['Filler.Level'])
    expect(expression.evaluate(() => inputOf('Filler.Level', {}))).toBe(100)
    expect(expression.evaluate(() => inputOf('Filler.Level', { 'Filler.Level': StatusCodes.BadTimeout }))).toBe(0)
  })
})

describe('quality', () => {
  const bad = { 'Filler.Level': StatusCodes.BadNoCommunication }

  it('a needed Bad input is an error that names the tag and its code', () => {
    expect(() => evaluated('Filler.Level > 3', bad)).toThrow('Filler.Level is BadNoCommunication')
    expect(() => evaluated('State > 3 && Filler.Level > 3', bad)).toThrow('Filler.Level is BadNoCommunication')
  })

  it('a Bad input that does not matter is not needed (CEL: && and || are commutative over errors)', () => {
    expect(evaluated('State > 3 || Filler.Level > 3', bad)).toBe(true)
    expect(evaluated('Filler.Level > 3 || State > 3', bad)).toBe(true)
    expect(evaluated('Filler.Level > 3 && State < 3', bad)).toBe(false)
  })

  it('an expression that asks first can answer', () => {
    expect(evaluated('isBad(Filler.Level) ? -1 : Filler.Level', bad)).toBe(-1)
    expect(evaluated('isBad(Filler.Level) ? -1 : Filler.Level')).toBe(50)
    expect(evaluated('quality(tag("Tank-1/Level"))', { 'Tank-1/Level': StatusCodes.UncertainSubNormal })).toBe(
      'Uncertain',
    )
    expect(evaluated('isUncertain(State) || isGood(State)', { State: StatusCodes.Bad })).toBe(false)
  })

  it('says what an input is read for, so that only used values carry their quality on', () => {
    const asked: string[] = []
    const expression = compiled('isBad(State) || a > 1 || Running')
    expression.evaluate((index, asks) => {
      asked.push(`${expression.inputs[index]} ${asks}`)
      return inputOf(expression.inputs[index]!, {})
    })
    expect(asked).toEqual(['State quality', 'a value'])
  })

  it('tells whether it asks for quality or time', () => {
    expect(compiled('a > 1')).toMatchObject({ asksQuality: false, asksTime: false })
    expect(compiled('isGood(a)')).toMatchObject({ asksQuality: true, asksTime: false })
    expect(compiled('age(a) > 5')).toMatchObject({ asksQuality: true, asksTime: true })
  })
})

describe('faults are found when the plant is loaded', () => {
  it.each([
    ['Filler.Levle > 3', '0: no tag named Filler.Levle; did you mean Filler.Level?'],
    ['State > 3 && filler.level > 3', '13: no tag named filler.level; did you mean Filler.Level?'],
    ['1 + tag("Tank-1/Levl")', '8: no tag named Tank-1/Levl; did you mean Tank-1/Level?'],
    ['Running + State', "0: '+' does not work between true or false and number"],
    ['State > 3 && (Product * 2) > 1', "14: '*' does not work between text and number"],
    ['State && Running', "0: '&&' and '||' join conditions (true or false), not number"],
    ['State ? 1 : 2', "0: before '?' stands a condition (true or false), not number"],
    ['Running ? 1 : "x"', "0: both results of '? :' are of one type, not number and text"],
    ['State = 6', "6: '=' is written '==' when two things are compared"],
    ['Running & Running', "8: '&' is written '&&'"],
    ['State >', '7: the expression ends too early'],
    ['(State', '6: the expression ends too early'],
    ['State)', "5: ')' closes nothing here"],
    ['State ? ', '7: the expression ends too early'],
    ['', '0: the expression is empty'],
    ['"open', '0: the text in quotes has no end'],
    ['rond(State)', '0: there is no function rond(number)'],
    ['sqrt(Product)', '0: there is no function sqrt(text)'],
    ['isBad(State + 1)', '0: isBad() asks about one tag, not about an expression'],
    ['isBad(3)', '0: isBad() asks about a tag: write the name of a tag between the brackets'],
    ['tag(Product)', '0: tag() takes the name of a tag in quotes: tag("Tank-1/Level")'],
    ['Filler.Level.high', '0: no tag named Filler.Level.high; Filler.Level is a tag, but its value has no fields'],
    ['State; State', "5: ';' means nothing here"],
    [
      'Zones.exists(x, Zones.exists(y, x > y))',
      '22: exists() inside another loop is not allowed: the time it takes has no bound',
    ],
    ['{speed: 1}', '1: keys of a map are written in quotes: "speed"'],
    ['type(State)', '0: the result is a type, which is no value'],
  ])('%s', (text, expected) => {
    expect(faultOf(text)).toBe(expected)
  })
})

describe('at run time', () => {
  it('a division by zero is an error, not an infinite value', () => {
    expect(() => evaluated('a / (State - 6)')).toThrow('division by zero')
  })
  it('an index outside the list is an error', () => {
    expect(() => evaluated('Zones[State]')).toThrow('cannot be evaluated')
    expect(() => evaluated('Zones[0.5]')).toThrow('an index is a whole number')
  })
})

describe('hostile expressions end at once', () => {
  it.each([
    ['much too long', 'a + '.repeat(5000)],
    ['much too deep', `${'('.repeat(1900)}a${')'.repeat(1900)}`],
    ['a row of negations', '!'.repeat(3990)],
    ['many terms', 'a+'.repeat(1990).concat('a')],
    ['a bomb of bindings', 'cel.bind(x, [1,2,3], cel.bind(y, x+x+x, y+y+y))'],
    ['brackets that never close', '['.repeat(2000)],
  ])('%s', (_what, text) => {
    const started = performance.now()
    expect(compileExpression(text, scope).ok).toBe(false)
    expect(performance.now() - started).toBeLessThan(limitHere(2000))
  })

  it('patterns that would run for hours are refused', () => {
    expect(() => evaluated('Product.matches("(a+)+$")')).toThrow('the pattern repeats a group')
    expect(() => evaluated('Product.matches("(a)\\\\1")')).toThrow('the pattern refers back to a group')
  })

  it('any text at all is compiled or refused with an offset inside it, and evaluated or refused with a RuntimeError', () => {
    const words = [
      'a',
      'State',
      'Filler.Level',
      'Product',
      'Zones',
      '1',
      '2.5',
      '"x"',
      '+',
      '-',
      '*',
      '==',
      '&&',
      '||',
      '?',
      ':',
      '(',
      ')',
      '[',
      ']',
      '.',
      ',',
      '!',
      'isBad(',
      'tag("a")',
      'size(',
      'exists(x,',
      '{',
      '}',
      'in',
      'null',
      '\n',
      '//',
      "'",
    ]
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((parts) => parts.join(' ')),
    )
    fc.assert(
      fc.property(text, (written) => {
        const result = compileExpression(written, scope)
        if (!result.ok) {
          expect(result.offset).toBeGreaterThanOrEqual(0)
          expect(result.offset).toBeLessThanOrEqual(written.length)
          return
        }
        try {
          result.expression.evaluate((index) => inputOf(result.expression.inputs[index]!, {}))
        } catch (error) {
          expect((error as Error).name).toBe('RuntimeError')
        }
      }),
      { numRuns: 5000 },
    )
  })
})
