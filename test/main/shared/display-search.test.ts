import { describe, expect, it } from 'vitest'
import { displaysOf, type SearchedDisplay, sharedPlace } from '../../../src-main/shared/display-search.ts'

function display(name: string, level: 1 | 2 | 3 | 4, shows: Partial<SearchedDisplay> = {}): SearchedDisplay {
  return { name, level, tags: [], equipment: [], area: null, ...shows }
}

const displays = [
  display('overview', 1, { tags: ['Line.Speed'], equipment: ['Filler', 'Boiler'], area: '' }),
  display('filling', 2, { equipment: ['Filler', 'Capper'], area: 'Filling' }),
  display('filler', 3, { equipment: ['Filler'], tags: ['Filler.Level'], area: 'Filling/Filler' }),
  display('valves', 4, { tags: ['Filler.Level'], area: null }),
]

describe('the display of an alarm', () => {
  it('is one that shows its tag, then one that shows its equipment, units before areas before the overview', () => {
    const found = displaysOf(displays, { tag: 'Filler.Level', equipment: 'Filler', area: 'Filling/Filler' })
    expect(found).toEqual(['filler', 'valves', 'filling', 'overview'])
  })

  it('is one of the nearest area above it where nothing shows it', () => {
    expect(displaysOf(displays, { tag: 'Rinser.Flow', equipment: 'Rinser', area: 'Filling/Rinser' })).toEqual([
      'filling',
    ])
    expect(displaysOf(displays, { tag: 'x', equipment: null, area: 'Utilities' })).toEqual(['overview'])
  })

  it('is none where there is none', () => {
    expect(displaysOf([], { tag: 'x', area: '' })).toEqual([])
    expect(displaysOf(displays, { tag: 'x' })).toEqual([])
  })
})

describe('the place a display is about', () => {
  it('is what all of its equipment shares', () => {
    expect(sharedPlace(['Filling/Filler', 'Filling/Capper'])).toBe('Filling')
    expect(sharedPlace(['Filling/Filler', 'Filling'])).toBe('Filling')
    expect(sharedPlace(['Filling/Filler'])).toBe('Filling/Filler')
    expect(sharedPlace(['Filling', 'Utilities'])).toBe('')
  })

  it('is not known of a display without equipment', () => {
    expect(sharedPlace([])).toBeNull()
  })
})
