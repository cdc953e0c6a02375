import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { kpiCsv } from '../../../../src-renderer/alarms/kpi/kpi-csv.ts'
import { chatteringDay, levelAlarm } from './kpi-sample.ts'

const titles = { part: 'Part', item: 'Item', figure: 'Figure', value: 'Value', time: 'Time' }

describe('figures as CSV', () => {
  const records = (kpi = chatteringDay) =>
    parse<Record<string, string>>(kpiCsv(kpi, [], 'Europe/Berlin', titles), { columns: true })
  const rowOf = (part: string, item: string, figure: string) =>
    records().find((row) => row.Part === part && row.Item === item && row.Figure === figure)

  it('hold every headline figure with target and verdict, one a line', () => {
    expect(rowOf('figure', 'perDay', 'value')?.Value).toBe('350')
    expect(rowOf('figure', 'perDay', 'target')?.Value).toBe('150')
    expect(rowOf('figure', 'perDay', 'verdict')?.Value).toBe('bad')
    expect(rowOf('span', '', 'performanceClass')?.Value).toBe('overloaded')
  })

  it('hold the course: one line for each 10 minutes, with the plant’s time', () => {
    const course = records().filter((row) => row.Part === 'tenMinutes')
    expect(course).toHaveLength(144)
    expect(course[0]?.Time).toBe('2026-11-21T01:00:00.000+01:00')
  })

  it('hold each bad actor, and never a formula', () => {
    expect(rowOf('frequent', levelAlarm.id, 'annunciatedCount')?.Value).toBe('340')
    const hostile = {
      ...chatteringDay,
      frequent: { topTenShare: 1, alarms: [{ ...chatteringDay.frequent.alarms[0]!, id: '=HYPERLINK("x")/high' }] },
    }
    expect(records(hostile).some((row) => row.Item === `'=HYPERLINK("x")/high`)).toBe(true)
  })
})
