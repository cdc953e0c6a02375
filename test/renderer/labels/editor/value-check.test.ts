// Expressions of elements: what is wrong is said with its place, what can stand there is offered.
import { describe, expect, test } from 'vitest'
import { elementOf } from '../../../../src-renderer/labels/editor/label-preview.svelte.ts'
import { checkValue } from '../../../../src-renderer/labels/editor/value-check.ts'
import { valueChoices } from '../../../../src-renderer/labels/editor/value-choices.ts'
import { titleIn, withTitle } from '../../../../src-renderer/labels/editor/written-title.ts'

const tagType = (name: string) => {
  if (name === 'Asked.Now') return undefined
  return name === 'Line.Speed' ? { dataType: 'float64' as const, arrayLength: null } : null
}
const check = (text: string) => checkValue(text, ['order'], tagType)

describe('an expression', () => {
  test.each(['identifier', "'Order ' + fields.order", 'format(Line.Speed, 1)', 'user', 'Line.Speed'])(
    '%s is right',
    (text) => expect(check(text)).toEqual({ state: 'right' }),
  )

  test('names what is wrong and where', () => {
    expect(check('fields.batch')).toMatchObject({
      state: 'wrong',
      offset: 7,
      message: expect.stringContaining('order'),
    })
    expect(check("'a' + Line.Sped")).toMatchObject({ state: 'wrong', offset: 6 })
    expect(check('1 +')).toMatchObject({ state: 'wrong' })
    expect(check('now')).toMatchObject({ state: 'wrong', message: expect.stringContaining('format(now') })
  })

  test('is not called wrong while a tag is still asked for', () => {
    expect(check('format(Asked.Now, 1)')).toEqual({ state: 'unknown' })
  })
})

test('the own names of a label come first, then tags, then functions', () => {
  const own = [
    { name: 'identifier', detail: '' },
    { name: 'fields.order', detail: '' },
  ]
  const choices = valueChoices('f', own, [{ name: 'Filler.Level', detail: '' }], 'en')
  expect(choices.map(({ label }) => label.replace(/\(.*/, ''))).toEqual(
    expect.arrayContaining(['fields.order', 'Filler.Level', 'format', 'floor']),
  )
  expect(choices.map(({ kind }) => kind)).toEqual(
    choices
      .map(({ kind }) => kind)
      .toSorted((a, b) => 'member tag function'.indexOf(a) - 'member tag function'.indexOf(b)),
  )
})

test('a sentence of the station is about the element it counts', () => {
  expect(elementOf('element 3 (text): the tag Line.Order is Bad')).toBe(2)
  expect(elementOf('Element 12 of the template "case" cannot be computed')).toBe(11)
  expect(elementOf('the label is too small')).toBe(null)
})

describe('a title', () => {
  test('that is one text stays one, until another language gets words', () => {
    expect(withTitle('Case', 'en', 'Crate', ['en', 'zh-CN'])).toBe('Crate')
    expect(withTitle('Case', 'zh-CN', '箱', ['en', 'zh-CN'])).toEqual({ en: 'Case', 'zh-CN': '箱' })
    expect(withTitle(undefined, 'en', 'Case', ['en'])).toBe('Case')
    expect(withTitle({ en: 'Case', 'zh-CN': '箱' }, 'zh-CN', '', ['en', 'zh-CN'])).toEqual({ en: 'Case' })
    expect(withTitle('Case', 'en', '', ['en'])).toBe(undefined)
    expect([titleIn('Case', 'en', true), titleIn('Case', 'zh-CN', false), titleIn({ en: 'A' }, 'en', true)]).toEqual([
      'Case',
      '',
      'A',
    ])
  })
})
