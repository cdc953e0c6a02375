import { describe, expect, test } from 'vitest'
import { coerceValue } from '../../../src-main/shared/tag.ts'

describe('a value given for a tag', () => {
  test('of a 64-bit type is exact, or refused with how to give it exactly', () => {
    expect(coerceValue('9007199254740993', 'int64', null)).toEqual({ ok: true, value: 9007199254740993n })
    expect(coerceValue(-5, 'int64', null)).toEqual({ ok: true, value: -5n })
    const rounded = coerceValue(2 ** 53 + 2, 'int64', null)
    expect(rounded.ok ? '' : rounded.message).toContain('"9007199254740993"')
    const broken = coerceValue(1.5, 'int64', null)
    expect(broken.ok ? '' : broken.message).toBe('a whole number is expected')
  })
})
