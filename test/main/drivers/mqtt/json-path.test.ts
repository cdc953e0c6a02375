import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  documentWith,
  formatJsonPath,
  parseJsonPath,
  putAt,
  valueAt,
} from '../../../../src-main/drivers/mqtt/json-path.ts'

function pathOf(text: string): readonly (string | number)[] {
  const parsed = parseJsonPath(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.path
}

const segment = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom('__proto__', 'length', "it's", '"', '\\', ']', '.'),
)
const path = fc.array(segment, { maxLength: 8 })

describe('a JSON path (RFC 9535, singular queries)', () => {
  test.each([
    ['$', []],
    ['$.a.b', ['a', 'b']],
    ['$.a[0]', ['a', 0]],
    ['$.a[-1].b_2', ['a', -1, 'b_2']],
    ['$[\'x y\']["z"]', ['x y', 'z']],
    ["$['it\\'s']", ["it's"]],
    ['$["\\u00e9\\n"]', ['é\n']],
    ['$.温度', ['温度']],
    ["$[ 'a' ][ 3 ]", ['a', 3]],
  ])('%s leads to %j', (text, expected) => {
    expect(pathOf(text)).toEqual(expected)
  })

  test.each([
    ['a.b', 'starts with $'],
    ['$..a', 'many values'],
    ['$.*', 'many values'],
    ['$[*]', 'many values'],
    ['$[?@.a]', 'many values'],
    ['$[0:2]', 'many values'],
    ["$['a','b']", 'many values'],
    ['$.a-b', 'neither'],
    ['$.1a', "['…']"],
    ['$[01]', 'neither'],
    ['$[99999999]', 'neither'],
    ["$['a", 'neither'],
    ['$.', 'plain name'],
    [`$${'.a'.repeat(33)}`, 'more than 32'],
  ])('%s is refused with a sentence', (text, expected) => {
    const parsed = parseJsonPath(text)
    expect(parsed.ok).toBe(false)
    expect(parsed.ok ? '' : parsed.message).toContain(expected)
  })

  test('every path survives being written and read', () => {
    fc.assert(
      fc.property(path, (segments) => {
        const kept = segments.map((one) => (one === 0 ? 0 : one))
        expect(pathOf(formatJsonPath(kept))).toEqual(kept)
      }),
      { numRuns: 2000 },
    )
  })

  test('any text is a path or a sentence', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `$${text}`),
          fc.stringMatching(/^\$[.[\]'"a*?@0-9\\:,-]*$/),
        ),
        (text) => {
          const parsed = parseJsonPath(text)
          expect(parsed.ok || parsed.message.length > 10).toBe(true)
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('finds what the payload holds and never what objects inherit', () => {
    const document = JSON.parse('{"a":[1,{"b":null}],"__proto__":{"x":1},"t":"text"}') as unknown
    expect(valueAt(document, ['a', 1, 'b'])).toBeNull()
    expect(valueAt(document, ['a', -2])).toBe(1)
    expect(valueAt(document, ['__proto__', 'x'])).toBe(1)
    for (const missing of [
      ['a', 2],
      ['a', -3],
      ['a', 'length'],
      ['constructor'],
      ['toString'],
      ['t', 'length'],
      ['t', 0],
      ['a', 1, 'b', 'c'],
      ['x'],
    ])
      expect(valueAt(document, missing), missing.join('.')).toBeUndefined()
    expect(valueAt({}, ['__proto__'])).toBeUndefined()
  })

  test('a document made with a path holds the value there, and no object changes its ancestry', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'prototype')), { maxLength: 6 }),
        fc.integer(),
        (names, value) => {
          const document = documentWith(names, value)
          expect(valueAt(JSON.parse(JSON.stringify(document)), names)).toBe(value)
          expect(({} as Record<string, unknown>).polluted).toBeUndefined()
          expect(Object.keys(Object.prototype)).toEqual([])
        },
      ),
    )
    putAt({}, ['__proto__', 'polluted'], true)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('a path with an index cannot make a document, because the rest of the array is not known', () => {
    expect(documentWith(['a', 0], 1)).toBeNull()
  })
})
