import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConditionOutcome, explainCondition } from '../../../src-main/shared/condition-explain.ts'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { compileExpression, type ExpressionInput, type ExpressionScope } from '../../../src-main/shared/expression.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { DataType } from '../../../src-main/shared/tag.ts'

const types: Readonly<Record<string, DataType>> = {
  'Pump.Ready': 'bool',
  'Pump.Fault': 'bool',
  'Door-1/Closed': 'bool',
  '阀门.开': 'bool',
  'Tank1.Level': 'float64',
  'Tank2.Level': 'float64',
  'Drive.State': 'uint16',
  'Drive.Words': 'structure',
  Recipe: 'string',
}
const scope: ExpressionScope = {
  tagType: (name) => (types[name] === undefined ? null : { dataType: types[name], arrayLength: null }),
  now: () => 100_000,
}

type Values = Readonly<Record<string, TagValue>>

/** null = Bad. */
function reading(values: Values): (tag: string) => ExpressionInput {
  return (tag) => {
    const value = values[tag] ?? null
    const statusCode = value === null ? StatusCodes.BadNoCommunication : StatusCodes.Good
    return { value, statusCode, sourceTimestamp: 40_000 }
  }
}

const explain = (text: string, values: Values): ConditionOutcome => explainCondition(text, scope, reading(values))
const said = (text: string, values: Values) => explain(text, values).terms.map((term) => [term.text, term.isTrue])

describe('a condition explains itself by', () => {
  const values = { 'Pump.Ready': true, 'Pump.Fault': true, 'Tank1.Level': 8.2, 'Tank2.Level': 50, 'Drive.State': 3 }

  test.each([
    ['Pump.Ready && Tank1.Level > 10 && !Pump.Fault', false, ['Tank1.Level > 10', false], ['Pump.Fault', true]],
    ['Tank1.Level > 10 || Tank1.Level > 20', false, ['Tank1.Level > 10', false], ['Tank1.Level > 20', false]],
    ['Tank1.Level > 10 || Tank2.Level > 20', true, ['Tank2.Level > 20', true]],
    ['Pump.Ready && Tank2.Level > 20', true, ['Pump.Ready', true], ['Tank2.Level > 20', true]],
    ['!(Pump.Ready && Pump.Fault)', false, ['Pump.Ready', true], ['Pump.Fault', true]],
    ['!!Pump.Ready', true, ['Pump.Ready', true]],
    ['!Pump.Ready == Pump.Fault', false, ['!Pump.Ready == Pump.Fault', false]],
    ['Pump.Fault ? Tank1.Level > 10 : Tank1.Level > 5', false, ['Pump.Fault', true], ['Tank1.Level > 10', false]],
    [
      'Pump.Ready ? Pump.Fault ? false : Pump.Ready : true',
      false,
      ['Pump.Ready', true],
      ['Pump.Fault', true],
      ['false', false],
    ],
    ['(((Tank1.Level + Tank2.Level) > 100))', false, ['(Tank1.Level + Tank2.Level) > 100', false]],
    ['Drive.State in [2, 6]', false, ['Drive.State in [2, 6]', false]],
    [
      '[Tank1.Level, Tank2.Level].all(level, level > 5 && level < 40)',
      false,
      ['[Tank1.Level, Tank2.Level].all(level, level > 5 && level < 40)', false],
    ],
    [
      'min(Tank1.Level, Pump.Ready ? 3 : 4) > 3 && Pump.Ready',
      false,
      ['min(Tank1.Level, Pump.Ready ? 3 : 4) > 3', false],
    ],
    ['Tank1.Level>10&&Pump.Ready // and so on', false, ['Tank1.Level>10', false]],
  ] as const)('%s', (text, outcome, ...terms) => {
    expect({ outcome: explain(text, values).isTrue, terms: said(text, values) }).toEqual({ outcome, terms })
  })

  test('names that only tag("…") can write, exactly as they were written', () => {
    expect(
      said('tag(\'Door-1/Closed\') && tag("阀门.开") && 阀门.开', { 'Door-1/Closed': false, '阀门.开': false }),
    ).toEqual([
      ["tag('Door-1/Closed')", false],
      ['tag("阀门.开")', false],
      ['阀门.开', false],
    ])
  })

  test('what is asked of quality, age and texts', () => {
    const bad = { Recipe: 'Cola', 'Tank1.Level': null }
    expect(said('isGood(Tank1.Level) && Recipe == "a && b"', bad)).toEqual([
      ['isGood(Tank1.Level)', false],
      ['Recipe == "a && b"', false],
    ])
    expect(said('age(Tank1.Level) < 30', bad)).toEqual([['age(Tank1.Level) < 30', false]])
    expect(explain('isGood(Tank1.Level)', bad).terms[0]!.inputs).toEqual([
      { tag: 'Tank1.Level', value: null, statusCode: StatusCodes.BadNoCommunication },
    ])
  })

  test('the values its terms read, booleans as such even where they come as numbers', () => {
    const { terms } = explain('Pump.Ready && Tank1.Level > Tank2.Level', {
      'Pump.Ready': 0,
      'Tank1.Level': 1,
      'Tank2.Level': 2,
    })
    expect(terms.map(({ inputs }) => inputs)).toEqual([
      [{ tag: 'Pump.Ready', value: false, statusCode: 0 }],
      [
        { tag: 'Tank1.Level', value: 1, statusCode: 0 },
        { tag: 'Tank2.Level', value: 2, statusCode: 0 },
      ],
    ])
  })
})

describe('a condition with a Bad value', () => {
  test('is undecided where the value is needed, and says which tag is Bad', () => {
    const { isTrue, terms } = explain('Pump.Ready && Tank1.Level > 10', { 'Pump.Ready': true })
    expect(isTrue).toBeNull()
    expect(terms).toEqual([
      {
        text: 'Tank1.Level > 10',
        isTrue: null,
        inputs: [{ tag: 'Tank1.Level', value: null, statusCode: StatusCodes.BadNoCommunication }],
      },
    ])
  })

  test('is false all the same where another term is', () => {
    const values = { 'Pump.Ready': false }
    expect(explain('Tank1.Level > 10 && Pump.Ready', values)).toMatchObject({
      isTrue: false,
      terms: [{ text: 'Pump.Ready' }],
    })
  })

  test('is undecided when its question is', () => {
    expect(said('Pump.Fault ? Pump.Ready : !Pump.Ready', { 'Pump.Ready': true })).toEqual([['Pump.Fault', null]])
  })
})

test('a condition that does not compile, or gives no truth, is undecided', () => {
  expect(explain('Pump.Redy', {})).toEqual({ isTrue: null, terms: [{ text: 'Pump.Redy', isTrue: null, inputs: [] }] })
  expect(explain('Tank1.Level', { 'Tank1.Level': 3 })).toMatchObject({ isTrue: null, terms: [{ text: 'Tank1.Level' }] })
  expect(explain('Drive.Words.ready', { 'Drive.Words': { ready: 'yes' } }).isTrue).toBeNull()
})

/** Terms are tags alone, so that a test can turn each of them by itself. */
const flags = Array.from({ length: 8 }, (_, index) => `F${index}`)
const flagScope: ExpressionScope = {
  tagType: (name) => (flags.includes(name) ? { dataType: 'bool', arrayLength: null } : null),
}
const spaced = (text: string) => fc.constantFrom(text, ` ${text} `, `\n${text}`)
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(...flags, ...flags.map((flag) => `tag("${flag}")`)),
    fc.tuple(tie('condition'), spaced('&&'), tie('condition')).map((parts) => `(${parts.join('')})`),
    fc.tuple(tie('condition'), spaced('||'), tie('condition')).map((parts) => parts.join('')),
    fc.tuple(tie('condition'), spaced('&&'), tie('condition')).map((parts) => parts.join('')),
    tie('condition').map((part) => `!(${part})`),
    fc.constantFrom(...flags).map((flag) => `!${flag}`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(${a}) ? ${b} : ${c}`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a}) == (${b})`),
  ),
}))
/** null = Bad. */
const someValues = fc.array(fc.constantFrom(true, false, null), { minLength: flags.length, maxLength: flags.length })
const valuesOf = (values: readonly (boolean | null)[]): Values =>
  Object.fromEntries(flags.map((flag, index) => [flag, values[index]!]))

function direct(text: string, values: Values): boolean | null {
  const compiled = compileExpression(text, flagScope)
  if (!compiled.ok) throw new Error(`${text}: ${compiled.message}`)
  try {
    const { expression } = compiled
    return expression.evaluate((index) => reading(values)(expression.inputs[index]!)) === true
  } catch {
    return null
  }
}

describe('whatever the condition', () => {
  test('its outcome is that of the expression, and its terms stand in the text as they are said', () => {
    fc.assert(
      fc.property(condition, someValues, (text, given) => {
        fc.pre(compileExpression(text, flagScope).ok)
        const values = valuesOf(given)
        const { isTrue, terms } = explainCondition(text, flagScope, reading(values))
        expect(isTrue).toBe(direct(text, values))
        expect(terms.length).toBeGreaterThan(0)
        for (const term of terms) {
          expect(text).toContain(term.text)
          expect(term.isTrue).toBe(direct(term.text, values))
          if (isTrue === null) expect(term.isTrue).toBeNull()
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('its terms decide: while their tags stay, the others can become anything', () => {
    fc.assert(
      fc.property(condition, someValues, someValues, (text, given, others) => {
        fc.pre(compileExpression(text, flagScope).ok)
        const values = valuesOf(given)
        const { isTrue, terms } = explainCondition(text, flagScope, reading(values))
        fc.pre(isTrue !== null)
        const kept = new Set(terms.flatMap(({ inputs }) => inputs.map(({ tag }) => tag)))
        const changed = {
          ...valuesOf(others),
          ...Object.fromEntries(Object.entries(values).filter(([tag]) => kept.has(tag))),
        }
        expect(direct(text, changed)).toBe(isTrue)
      }),
      { numRuns: 2000 },
    )
  })

  test('of terms joined by && and || alone, each tag once, turning all that decide turns the outcome', () => {
    const shape = fc.array(fc.constantFrom('&&', '||', '&& !', '|| !'), {
      minLength: flags.length - 1,
      maxLength: flags.length - 1,
    })
    fc.assert(
      fc.property(shape, fc.nat(flags.length - 2), someValues, (operators, wrapped, given) => {
        const values = valuesOf(given.map((value) => value ?? false))
        const words = flags.map((flag, index) => (index === 0 ? flag : `${operators[index - 1]}${flag}`))
        // Brackets around two neighbours.
        const text = words
          .map((word, index) =>
            index === wrapped ? word.replace(/F\d$/, '($&') : index === wrapped + 1 ? `${word})` : word,
          )
          .join(' ')
        const { isTrue, terms } = explainCondition(text, flagScope, reading(values))
        const turned = Object.fromEntries(terms.map(({ inputs, isTrue: was }) => [inputs[0]!.tag, !was]))
        expect(direct(text, { ...values, ...turned })).toBe(!isTrue)
      }),
      { numRuns: 1000 },
    )
  })

  test('it is explained however deep it is written, and never throws', () => {
    for (const depth of [1, 10, 40, 45, 46, 47, 48, 60, 400]) {
      const text = `${'('.repeat(depth)}F0${')'.repeat(depth)}`
      const isCompiled = compileExpression(text, flagScope).ok
      expect(explainCondition(text, flagScope, reading({ F0: true })).isTrue).toBe(isCompiled ? true : null)
    }
    for (const text of [`${'!'.repeat(1400)}F0`, Array(400).fill('F0').join('&&'), Array(400).fill('F0').join(' || ')])
      expect(explainCondition(text, flagScope, reading({ F0: true }))).toMatchObject({
        isTrue: true,
        terms: [{ text: 'F0' }],
      })
  })
})
