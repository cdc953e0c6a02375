// What the elements of a template say.
import { describe, expect, test } from 'vitest'
import { compileLabel, type LabelVariables } from '../../../../src-main/labels/layout/label-texts.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'
import { barcodeElement, labelTemplate, textElement } from '../label-fixtures.ts'

const types: Readonly<Record<string, DataType>> = {
  'Line.Order': 'string',
  'Tank.Level': 'float64',
  'Line.Count': 'int64',
  'Line.Running': 'bool',
  'Line.Since': 'datetime',
}
const values: Readonly<Record<string, TagValue>> = {
  'Line.Order': 'PO-4711',
  'Tank.Level': 0.1,
  'Line.Count': 9_007_199_254_740_993n,
  'Line.Running': true,
  'Line.Since': Date.UTC(2026, 10, 23, 6),
}
const scope = {
  tagType: (name: string) => (types[name] === undefined ? null : { dataType: types[name], arrayLength: null }),
  tagNames: () => Object.keys(types),
}
const order = { name: 'order', title: { en: 'Order' }, value: null, defaultValue: null, pattern: null }
const variables: LabelVariables = {
  identifier: '88.123.456/A1',
  fields: { order: 'PO-1' },
  user: 'mei',
  now: Date.UTC(2026, 10, 23, 22, 30),
}

function compiled(...elements: string[]) {
  const template = labelTemplate(
    elements.map((value) => textElement({ value })),
    { fields: [order] },
  )
  return compileLabel(template, scope)
}

function textsOf(given: Partial<LabelVariables> = {}, ...elements: string[]): readonly string[] {
  const result = compiled(...elements)
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join())
  return result.label.evaluate(read, { ...variables, ...given })
}

function read(tag: string) {
  return { value: values[tag]!, statusCode: StatusCodes.Good, sourceTimestamp: 1 }
}

function faultOf(text: string): string {
  const result = compiled(text)
  if (result.ok) throw new Error(`${text} has no fault`)
  return result.faults[0]!.message
}

describe('texts', () => {
  test('come from tags, the identifier, fields, the user and the time', () => {
    expect(
      textsOf({}, 'identifier', "'Order ' + fields.order", 'user', 'Line.Order', 'Line.Count', 'Line.Running'),
    ).toEqual(['88.123.456/A1', 'Order PO-1', 'mei', 'PO-4711', '9007199254740993', 'true'])
  })

  test('numbers have no noise of binary fractions', () => {
    expect(textsOf({}, 'Tank.Level + 0.2', 'Tank.Level * 70', 'format(Tank.Level, 2)', '1e30')).toEqual([
      '0.3',
      '7',
      '0.10',
      '1e+30',
    ])
  })

  test('dates are those of the zone, also in thirty days', () => {
    expect(
      textsOf(
        {},
        'format(now, "yyyy-MM-dd HH:mm", "Asia/Shanghai")',
        'format(now + duration("720h"), "dd.MM.yyyy", "UTC")',
        'format(Line.Since, "yyDDD", "UTC")',
      ),
    ).toEqual(['2026-11-24 06:30', '23.12.2026', '26327'])
  })

  test('tags it reads are known, each once', () => {
    const result = compiled("Line.Order + ' ' + Tank.Level", 'Tank.Level', 'identifier')
    expect(result.ok && result.label.inputs).toEqual(['Line.Order', 'Tank.Level'])
  })
})

describe('faults', () => {
  test('a field the template does not have is named before any label is made', () => {
    expect(faultOf('fields.ordr')).toBe('the template has no field "ordr"; it has order')
  })

  test('an unknown tag, a time and a list are named', () => {
    expect(faultOf('Line.Ordre')).toMatch(/no tag named Line.Ordre/)
    expect(faultOf('now')).toMatch(/format\(now/)
    expect(faultOf('[1, 2]')).toMatch(/texts and numbers/)
  })

  test('a Bad tag throws with the element, never makes a blank text', () => {
    const result = compiled("'A'", 'Line.Order')
    if (!result.ok) throw new Error('does not compile')
    const bad = () => ({ value: null, statusCode: StatusCodes.BadNoCommunication, sourceTimestamp: 1 })
    expect(() => result.label.evaluate(bad, variables)).toThrow('element 2 (text): Line.Order is BadNoCommunication')
  })

  test('control characters that come with a field are refused, line breaks of the template are not', () => {
    expect(textsOf({}, "'one\\ntwo'")).toEqual(['one\ntwo'])
    expect(() => textsOf({ fields: { order: 'a\u001bb' } }, 'fields.order')).toThrow(
      'the field "order" is "a<U+001B>b", which has control characters',
    )
    expect(() => textsOf({ fields: { order: 'a\nb' } }, 'fields.order')).toThrow(/control characters/)
    const result = compiled('Line.Order')
    const lines = () => ({ value: 'a\nb', statusCode: StatusCodes.Good, sourceTimestamp: 1 })
    expect(() => result.ok && result.label.evaluate(lines, variables)).toThrow(
      'element 1 (text): Line.Order is "a<U+000A>b", which has control characters',
    )
  })

  test('a bar code takes the separators of ISO/IEC 15434, and no other control character', () => {
    const result = compileLabel(labelTemplate([barcodeElement({ value: 'identifier' })]), scope)
    if (!result.ok) throw new Error('does not compile')
    const message = '[)>\u001e06\u001d25SUN1\u001e\u0004'
    expect(result.label.evaluate(read, { ...variables, identifier: message })).toEqual([message])
    expect(() => result.label.evaluate(read, { ...variables, identifier: 'a\u001db' })).toThrow(/control characters/)
    expect(() => result.label.evaluate(read, { ...variables, identifier: 'a\nb' })).toThrow(/control characters/)
  })
})
