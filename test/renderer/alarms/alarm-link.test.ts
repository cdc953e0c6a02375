import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alarmConditions, alarmOrders, alarmPriorities, alarmStates } from '../../../src-main/shared/alarm.ts'
import {
  type AlarmListView,
  alarmListLink,
  alarmParameters,
  alarmTabs,
  readAlarmParameters,
} from '../../../src-renderer/alarms/alarm-link.ts'
import { filterOf, isFiltered, questionOf } from '../../../src-renderer/alarms/list/list-question.ts'
import { readSavedFilters, savedFiltersValue, withFilter } from '../../../src-renderer/alarms/list/saved-filters.ts'

const some = <Item>(items: readonly Item[]) => fc.uniqueArray(fc.constantFrom(...items), { minLength: 1 })
const words = fc.string({ minLength: 1, unit: 'grapheme' })
const views: fc.Arbitrary<AlarmListView> = fc.record(
  {
    tab: fc.constantFrom(...alarmTabs),
    order: fc.constantFrom(...alarmOrders),
    groupBy: fc.constantFrom('area' as const, 'equipment' as const),
    alarm: words,
    states: some(alarmStates),
    priorities: some(alarmPriorities),
    conditions: some(alarmConditions),
    classes: fc.array(words, { minLength: 1 }),
    tags: fc.array(words, { minLength: 1 }),
    area: words,
    equipment: words,
    text: words,
  },
  { requiredKeys: [] },
)
/** Lists of fixed words come back in the order of the vocabulary. */
function inOrder(view: AlarmListView): AlarmListView {
  const sorted = <Item>(items: readonly Item[] | undefined, all: readonly Item[]) =>
    items && all.filter((item) => items.includes(item))
  return Object.fromEntries(
    Object.entries({
      ...view,
      states: sorted(view.states, alarmStates),
      priorities: sorted(view.priorities, alarmPriorities),
      conditions: sorted(view.conditions, alarmConditions),
    }).filter(([, value]) => value !== undefined),
  )
}

describe('the list as an address', () => {
  it('says every view, whatever tags and areas are called', () => {
    fc.assert(
      fc.property(views, (view) => {
        const query = new URLSearchParams(alarmListLink(view).split('?')[1] ?? '')
        expect(readAlarmParameters(Object.fromEntries(query))).toEqual(inOrder(view))
      }),
    )
  })

  it('leaves out what cannot be read', () => {
    expect(readAlarmParameters({ tab: 'x', order: '', states: 'on,shelved', priorities: '%zz', group: 'tag' })).toEqual(
      {
        states: ['shelved'],
      },
    )
  })

  it('takes out of the address what is as usual', () => {
    expect(Object.values(alarmParameters({})).every((text) => text === null)).toBe(true)
    expect(alarmListLink({})).toBe('#/alarms')
  })
})

describe('the question of a view', () => {
  it('asks for what is annunciated, the most important first, unless the view says otherwise', () => {
    const question = questionOf({})
    expect(question.order).toBe('priority')
    expect(question.states).not.toContain('shelved')
    expect(question.states).toContain('returnedUnacknowledged')
  })

  it('never asks a tab for states it does not have', () => {
    expect(filterOf({ tab: 'shelved', states: ['unacknowledged'] }).states).toEqual(['shelved'])
    expect(filterOf({ tab: 'all', states: ['outOfService'] }).states).toEqual(['outOfService'])
  })

  it('knows whether the list is narrowed', () => {
    expect(isFiltered({ tab: 'shelved', order: 'newest', groupBy: 'area', alarm: 'x' })).toBe(false)
    expect(isFiltered({ area: 'Filling' })).toBe(true)
  })
})

describe('saved filters', () => {
  it('come back as they were kept, without the alarm that was open', () => {
    fc.assert(
      fc.property(words, views, (name, view) => {
        const { alarm, ...kept } = inOrder(view)
        expect(readSavedFilters(savedFiltersValue([{ name, view }]))).toEqual([{ name, view: kept }])
      }),
    )
  })

  it('of the same name take the place of the older one', () => {
    const filters = withFilter(withFilter([], { name: 'night', view: { area: 'A' } }), { name: 'night', view: {} })
    expect(filters).toEqual([{ name: 'night', view: {} }])
  })

  it('that another version wrote are left out, not guessed', () => {
    expect(readSavedFilters({ filters: [] })).toEqual([])
    expect(readSavedFilters(undefined)).toEqual([])
  })
})
