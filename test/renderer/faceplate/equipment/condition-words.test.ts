import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConditionTerm, TermInput } from '../../../../src-main/shared/equipment.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { sentenceParts, termWords } from '../../../../src-renderer/faceplate/equipment/condition-words.ts'
import { valueWords } from '../../../../src-renderer/faceplate/equipment/value-words.ts'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { FakeStation } from '../../../fakes/fake-station.ts'

describe('a term of a condition in words', () => {
  let fake: FakeStation

  beforeEach(() => {
    language.choose('en')
    fake = new FakeStation()
    fake.describe({ tag: 'Tank1.Level', unit: '%', decimals: 1 })
    fake.describe({ tag: 'Tank1.Minimum', unit: '%', decimals: 1 })
    fake.describe({ tag: 'Drive.Ready', dataType: 'bool' })
    fake.describe({
      tag: 'Valve1.State',
      dataType: 'uint8',
      states: { 0: { en: 'Closed', 'zh-CN': '关闭' }, 1: { en: 'Open', 'zh-CN': '打开' } },
    })
    fake.describe({ tag: 'Tank-1/Level', unit: 'Cel' })
  })
  afterEach(() => language.choose('en'))

  const input = (tag: string, value: TermInput['value'], statusCode = 0): TermInput => ({ tag, value, statusCode })
  const say = (text: string, isTrue: boolean | null, inputs: readonly TermInput[], isFulfilled = false) =>
    termWords({ text, isTrue, inputs }, isFulfilled, valueWords(fake.station.catalog)).replaceAll('\u00a0', ' ')

  const level = input('Tank1.Level', 8.2)
  it.each([
    ['Tank1.Level > 10', 'Tank1.Level is 8.2 %, has to be above 10 %'],
    ['Tank1.Level >= 10.25', 'Tank1.Level is 8.2 %, has to be at least 10.25 %'],
    ['Tank1.Level < 5', 'Tank1.Level is 8.2 %, has to be below 5 %'],
    ['Tank1.Level <= -5', 'Tank1.Level is 8.2 %, has to be at most -5 %'],
    ['10 < Tank1.Level', 'Tank1.Level is 8.2 %, has to be above 10 %'],
    ['(Tank1.Level > 10)', 'Tank1.Level is 8.2 %, has to be above 10 %'],
  ])('%s', (text, words) => {
    expect(say(text, false, [level])).toBe(words)
  })

  // Behind `!` a term keeps the condition from being fulfilled by being true.
  it('turns the comparison round where the term is true and must not be', () => {
    expect(say('Tank1.Level < 10', true, [level])).toBe('Tank1.Level is 8.2 %, has to be at least 10 %')
    expect(say('Drive.Ready', true, [input('Drive.Ready', true)])).toBe('Drive.Ready is On, has to be Off')
  })

  it('says what a fulfilled condition asks for, not its contrary', () => {
    expect(say('Tank1.Level > 5', true, [level], true)).toBe('Tank1.Level is 8.2 %, has to be above 5 %')
  })

  it('compares two tags by name and value', () => {
    expect(say('Tank1.Level > Tank1.Minimum', false, [level, input('Tank1.Minimum', 10)])).toBe(
      'Tank1.Level is 8.2 %, has to be above Tank1.Minimum (10.0 %)',
    )
  })

  it('uses the words of states and of truth', () => {
    expect(say('Valve1.State == 1', false, [input('Valve1.State', 0)])).toBe('Valve1.State is Closed, has to be Open')
    expect(say('Valve1.State != 0', false, [input('Valve1.State', 0)])).toBe(
      'Valve1.State is Closed, has to be anything but Closed',
    )
    expect(say('Valve1.State in [0, 1]', true, [input('Valve1.State', 0)])).toBe(
      'Valve1.State is Closed, has to be none of Closed, Open',
    )
    expect(say('Drive.Ready', false, [input('Drive.Ready', false)])).toBe('Drive.Ready is Off, has to be On')
    expect(say('Drive.Ready == true', false, [input('Drive.Ready', false)])).toBe('Drive.Ready is Off, has to be On')
  })

  it('finds the tag behind names CEL cannot spell', () => {
    expect(say('tag("Tank-1/Level") > 10', false, [input('Tank-1/Level', 8)])).toBe(
      'Tank-1/Level is 8 °C, has to be above 10 °C',
    )
  })

  it('names the tag that has no value, and why, where nothing can be decided', () => {
    const words = say('Tank1.Level > 10', null, [input('Tank1.Level', null, StatusCodes.BadNoCommunication)])
    expect(words).toContain('Tank1.Level has no usable value')
    expect(words).toContain('no communication')
  })

  it('asks for quality in words', () => {
    const bad = [input('Tank1.Level', null, StatusCodes.BadNoCommunication)]
    expect(say('isBad(Tank1.Level)', true, bad)).toBe('Tank1.Level has no usable value, has to have one')
    expect(say('isGood(Tank1.Level)', false, bad)).toBe('Tank1.Level has no good value, has to have one')
  })

  it('quotes what is too involved, with all the values it reads', () => {
    expect(say('abs(Tank1.Level - Tank1.Minimum) < 1', false, [level, input('Tank1.Minimum', 10)])).toBe(
      'abs(Tank1.Level - Tank1.Minimum) has to be below 1; now Tank1.Level = 8.2 %, Tank1.Minimum = 10.0 %',
    )
    expect(say('!Drive.Ready == (Tank1.Level > 3)', false, [input('Drive.Ready', true), level])).toContain(
      'Drive.Ready = On',
    )
  })

  it('says all of it in Chinese', () => {
    language.choose('zh-CN')
    expect(say('Tank1.Level > 10', false, [level])).toBe('Tank1.Level 为 8.2 %，必须高于 10 %')
    expect(say('Valve1.State == 1', false, [input('Valve1.State', 0)])).toBe('Valve1.State 为 关闭，必须为 打开')
  })

  it('sets every tag of the sentence apart, and loses no word', () => {
    const sentence = say('Tank1.Level > Tank1.Minimum', false, [level, input('Tank1.Minimum', 10)])
    const parts = sentenceParts(sentence, ['Tank1.Level', 'Tank1.Minimum', 'Tank1'])
    expect(parts.filter((part) => 'tag' in part)).toEqual([{ tag: 'Tank1.Level' }, { tag: 'Tank1.Minimum' }])
    expect(parts.map((part) => ('tag' in part ? part.tag : part.text)).join('')).toBe(sentence)
  })

  it('has words for any text, whatever it reads', () => {
    const anyTerm: fc.Arbitrary<ConditionTerm> = fc.record({
      text: fc.oneof(
        fc.string({ maxLength: 60 }),
        fc
          .array(fc.constantFrom('!', '(', ')', 'Tank1.Level', '<', '==', ' in ', '[1,2]', '"a"', '10', '&&', '-'))
          .map((tokens) => tokens.join('')),
      ),
      isTrue: fc.option(fc.boolean()),
      inputs: fc.array(
        fc.record({
          tag: fc.constantFrom('Tank1.Level', 'Drive.Ready'),
          value: fc.oneof(fc.double(), fc.boolean(), fc.constant(null), fc.string()),
          statusCode: fc.constantFrom(0, StatusCodes.BadNoCommunication),
        }),
      ),
    })
    fc.assert(
      fc.property(anyTerm, fc.boolean(), (term, isFulfilled) => {
        expect(termWords(term, isFulfilled, valueWords(fake.station.catalog))).not.toBe('')
      }),
    )
  })
})
