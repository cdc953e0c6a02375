import { describe, expect, it } from 'vitest'
import { areasOf, isWithinArea } from '../../../src-renderer/ui/areas.ts'

describe('areas of a plant', () => {
  it('are every level above the equipment once, by name', () => {
    expect(areasOf(['Process/Tanks', 'Packaging', '', 'Process/Tanks'])).toEqual([
      'Packaging',
      'Process',
      'Process/Tanks',
    ])
  })

  it('hold what is in them and below them, not what only begins with the same letters', () => {
    expect(isWithinArea('Process', 'Process')).toBe(true)
    expect(isWithinArea('Process/Tanks', 'Process')).toBe(true)
    expect(isWithinArea('Processing', 'Process')).toBe(false)
    expect(isWithinArea('', 'Process')).toBe(false)
  })

  it('are all within the whole plant', () => {
    expect(isWithinArea('Process/Tanks', '')).toBe(true)
    expect(isWithinArea('', '')).toBe(true)
  })
})
