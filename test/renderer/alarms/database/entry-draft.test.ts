import { describe, expect, it } from 'vitest'
import { defaultAlarmPhilosophy, matrixPriority, type Rationalisation } from '../../../../src-main/shared/alarm.ts'
import { alarmDatabaseRow } from '../../../../src-main/shared/alarm-database.ts'
import { bulkEdits, noBulkChange } from '../../../../src-renderer/alarms/database/bulk-edit.ts'
import { draftFaults, draftOf, editOf, presentValues } from '../../../../src-renderer/alarms/database/entry-draft.ts'
import { alarmDefinition } from '../../../fakes/alarm-row.ts'

const entry: Rationalisation = {
  status: 'reviewed',
  consequence: { en: 'Overflow', 'zh-CN': '溢出' },
  severity: 'major',
  cause: 'Valve open',
  action: null,
  responseTimeMs: 600_000,
  reviewer: 'anna',
  date: '2026-11-01',
  revision: 2,
  approved: { priority: 'medium', limit: 90, onDelayMs: 2500 },
}
const source = { file: 'tags/a.yaml', entryFile: 'alarms/database.yaml', inheritedFrom: null, own: null }
const rowOf = (rationalisation: Rationalisation | null, own: { readonly limit: number } | null = null) =>
  alarmDatabaseRow(alarmDefinition('Tank.Level/high', { rationalisation }), { ...source, own }, defaultAlarmPhilosophy)
const languages = ['en', 'zh-CN']

describe('an entry while it is edited', () => {
  it('that nothing was changed in is no edit', () => {
    const draft = draftOf(rowOf(entry), languages)
    expect(editOf('Tank.Level/high', draft, draft)).toBeNull()
    expect(draft.responseTime).toBe('10 min')
    expect(draft.onDelay).toBe('2500 ms')
  })

  it('becomes an edit of what was changed alone; the same time in other words is no change', () => {
    const before = draftOf(rowOf(entry), languages)
    const after = {
      ...before,
      responseTime: '600 s',
      onDelay: '2.5 s',
      limit: '91,5',
      status: 'approved' as const,
      words: { ...before.words, action: { en: ' Close the valve ', 'zh-CN': '' } },
    }
    expect(editOf('Tank.Level/high', before, after)).toEqual({
      id: 'Tank.Level/high',
      status: 'approved',
      action: { en: 'Close the valve' },
      'approved.limit': 91.5,
    })
  })

  it('takes out what was emptied with null', () => {
    const before = draftOf(rowOf(entry), languages)
    const words = { ...before.words, consequence: { en: '', 'zh-CN': ' ' } }
    expect(editOf('Tank.Level/high', before, { ...before, limit: '', reviewer: '', severity: '', words })).toEqual({
      id: 'Tank.Level/high',
      consequence: null,
      severity: null,
      reviewer: null,
      'approved.limit': null,
    })
  })

  it('keeps CEL as a limit', () => {
    const before = draftOf(rowOf(entry), languages)
    expect(editOf('a', before, { ...before, limit: 'Tank.Setpoint + 5.0' })).toEqual({
      id: 'a',
      'approved.limit': 'Tank.Setpoint + 5.0',
    })
  })

  it('refuses what is no duration, number or date, field by field', () => {
    const draft = draftOf(rowOf(null), languages)
    expect(draftFaults(draft)).toEqual([])
    expect(draftFaults({ ...draft, responseTime: 'soon', deadband: '-1', offDelay: '3', date: '22.11.2026' })).toEqual([
      'responseTime',
      'offDelay',
      'deadband',
      'date',
    ])
  })

  it('compares with what the tag says, not with what is enforced', () => {
    expect(presentValues(rowOf(entry, { limit: 95 })).limit).toBe(95)
    expect(presentValues(rowOf(entry)).limit).toBe(90)
  })
})

describe('editing many alarms', () => {
  const matrix = (_: unknown, ...known: [Parameters<typeof matrixPriority>[1], number | null]) =>
    matrixPriority(defaultAlarmPhilosophy.priorityMatrix, ...known)

  it('changes only what is set', () => {
    expect(bulkEdits([rowOf(entry)], noBulkChange, matrix)).toEqual([])
    expect(bulkEdits([rowOf(entry)], { ...noBulkChange, status: 'approved', responseTime: '5 min' }, matrix)).toEqual([
      { id: 'Tank.Level/high', status: 'approved', responseTimeMs: 300_000 },
    ])
  })

  it('takes the priority of the matrix by what is set in the same change, and leaves it where the matrix says nothing', () => {
    const change = { ...noBulkChange, priority: 'matrix' as const }
    expect(bulkEdits([rowOf(entry)], { ...change, severity: 'severe' }, matrix)).toEqual([
      { id: 'Tank.Level/high', severity: 'severe', 'approved.priority': 'high' },
    ])
    expect(bulkEdits([rowOf(null)], change, matrix)).toEqual([])
  })

  it('approves what each tag has, or takes the approval out', () => {
    expect(bulkEdits([rowOf(entry)], { ...noBulkChange, priority: 'own', values: 'own' }, matrix)).toEqual([
      {
        id: 'Tank.Level/high',
        'approved.priority': 'high',
        'approved.limit': 90,
        'approved.deadband': 2,
        'approved.onDelayMs': 2000,
        'approved.offDelayMs': 0,
      },
    ])
    expect(bulkEdits([rowOf(entry)], { ...noBulkChange, priority: 'remove' }, matrix)).toEqual([
      { id: 'Tank.Level/high', 'approved.priority': null },
    ])
  })
})
