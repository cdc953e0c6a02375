import { describe, expect, test } from 'vitest'
import { ExpressionCache } from '../../../src-main/shared/expression-cache.ts'
import type { DataType } from '../../../src-main/shared/tag.ts'

function scopeOf(tags: Readonly<Record<string, DataType>>) {
  return { tagType: (name: string) => (tags[name] ? { dataType: tags[name], arrayLength: null } : null) }
}

describe('the cache of compiled expressions', () => {
  test('keeps what means the same', () => {
    const cache = new ExpressionCache()
    const first = cache.compile('A.B > 1', scopeOf({ 'A.B': 'float64' }))
    cache.begin()
    expect(cache.compile('A.B > 1', scopeOf({ 'A.B': 'float64', C: 'bool' }))).toBe(first)
  })

  test.each([
    ['another type', { 'A.B': 'bool' as const }],
    ['the tag gone', {}],
    ['a longer name that is a tag now', { 'A.B': 'structure' as const, 'A.B.C': 'float64' as const }],
  ])('compiles again with %s', (_, after) => {
    const cache = new ExpressionCache()
    const text = 'A.B.C > 1'
    const first = cache.compile(text, scopeOf({ 'A.B': 'structure' }))
    cache.begin()
    const second = cache.compile(text, scopeOf(after))
    expect(second).not.toBe(first)
  })

  test('a faulty expression is well once its tag exists', () => {
    const cache = new ExpressionCache()
    expect(cache.compile('New > 1', scopeOf({})).ok).toBe(false)
    cache.begin()
    expect(cache.compile('New > 1', scopeOf({ New: 'float64' })).ok).toBe(true)
  })
})
