import { describe, expect, it } from 'vitest'
import { endingSoonCount, endsSoon } from '../../../src-renderer/alarms/shelving-end.ts'

const minute = 60_000

describe('the warning before a shelving ends (A31)', () => {
  it('begins five minutes before, and stands until the alarm is back', () => {
    expect(endsSoon(10 * minute, 5 * minute - 1)).toBe(false)
    expect(endsSoon(10 * minute, 5 * minute)).toBe(true)
    expect(endsSoon(10 * minute, 10 * minute + 1)).toBe(true)
  })

  it('counts those that are near', () => {
    expect(endingSoonCount([4 * minute, 6 * minute, 60 * minute], 2 * minute)).toBe(2)
    expect(endingSoonCount([], 0)).toBe(0)
  })
})
