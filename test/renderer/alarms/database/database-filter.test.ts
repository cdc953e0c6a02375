import { describe, expect, it } from 'vitest'
import { defaultAlarmPhilosophy, type Rationalisation } from '../../../../src-main/shared/alarm.ts'
import { alarmDatabaseRow } from '../../../../src-main/shared/alarm-database.ts'
import {
  databaseColumns,
  filteredRows,
  needs,
  wholeDatabase,
} from '../../../../src-renderer/alarms/database/database-filter.ts'
import { alarmDefinition } from '../../../fakes/alarm-row.ts'

const entry: Rationalisation = {
  status: 'approved',
  consequence: 'Overflow',
  severity: 'severe',
  cause: 'Valve open',
  action: 'Close it',
  responseTimeMs: 120_000,
  reviewer: 'anna',
  date: '2026-11-22',
  revision: 1,
  approved: { priority: 'urgent' },
}
const source = { file: 'tags/a.yaml', entryFile: null, inheritedFrom: null, own: null }
const row = (id: string, change: Parameters<typeof alarmDefinition>[1] = {}) =>
  alarmDatabaseRow(alarmDefinition(id, change), source, defaultAlarmPhilosophy)

const rows = [
  row('Tank10.Level/high', { area: 'Process/Tanks', rationalisation: entry, priority: 'urgent' }),
  row('Tank2.Level/high', { area: 'Process/Tanks', rationalisation: entry, priority: 'low' }),
  row('Filler.Speed/low', { area: 'Packaging', limit: 5, message: { en: 'Too slow', 'zh-CN': '转速过低' } }),
]
const byId = { column: 'id', isDescending: false } as const
const ids = (found: readonly { readonly definition: { readonly id: string } }[]) =>
  found.map(({ definition }) => definition.id)

describe('the master alarm database on screen', () => {
  it('knows what has to be done with an alarm', () => {
    expect(rows.map((one) => needs(one, 'unrationalised'))).toEqual([false, false, true])
    expect(rows.map((one) => needs(one, 'drifted'))).toEqual([false, true, false])
    // Severe and two minutes to respond are urgent by the matrix.
    expect(rows.map((one) => needs(one, 'otherPriority'))).toEqual([false, true, false])
  })

  it('does not ask for the rationalisation of a retired alarm', () => {
    expect(needs(row('A/high', { rationalisation: { ...entry, status: 'retired' } }), 'unrationalised')).toBe(false)
  })

  it('finds by need, status, area with everything below, class, and text in any language', () => {
    const find = (filter: Partial<typeof wholeDatabase>) =>
      ids(filteredRows(rows, { ...wholeDatabase, ...filter }, byId))
    expect(find({})).toEqual(['Filler.Speed/low', 'Tank2.Level/high', 'Tank10.Level/high'])
    expect(find({ need: 'drifted' })).toEqual(['Tank2.Level/high'])
    expect(find({ status: 'none' })).toEqual(['Filler.Speed/low'])
    expect(find({ area: 'Process' })).toHaveLength(2)
    expect(find({ area: 'Proc' })).toEqual([])
    expect(find({ alarmClass: 'safety' })).toEqual([])
    expect(find({ text: '转速' })).toEqual(['Filler.Speed/low'])
    expect(find({ text: 'TANK1' })).toEqual(['Tank10.Level/high'])
  })

  it('sorts by every column both ways, what is missing last', () => {
    for (const column of databaseColumns) {
      const up = ids(filteredRows(rows, wholeDatabase, { column, isDescending: false }))
      const down = ids(filteredRows(rows, wholeDatabase, { column, isDescending: true }))
      expect(up.toSorted()).toEqual(down.toSorted())
    }
    expect(ids(filteredRows(rows, wholeDatabase, { column: 'priority', isDescending: false }))[0]).toBe(
      'Tank10.Level/high',
    )
    expect(ids(filteredRows(rows, wholeDatabase, { column: 'responseTime', isDescending: false })).at(-1)).toBe(
      'Filler.Speed/low',
    )
  })
})
