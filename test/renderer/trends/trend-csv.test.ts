import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { PenTrace } from '../../../src-renderer/trends/pen-trace.ts'
import { type CsvPen, trendCsv } from '../../../src-renderer/trends/trend-csv.ts'
import { localTimestamp } from '../../../src-renderer/ui/time-axis.ts'

const options = {
  from: 0,
  to: 1e15,
  timeZone: 'Europe/Berlin',
  titles: {
    time: 'Time',
    average: 'average',
    minimum: 'minimum',
    maximum: 'maximum',
    state: 'state',
    quality: 'quality',
  },
}
const start = Date.parse('2026-11-22T13:00:00Z')

function pen(
  tag: string,
  rows: readonly (readonly [number, number, number, string?])[],
  over: Partial<CsvPen> = {},
): CsvPen {
  const trace = new PenTrace()
  for (const [time, value, statusCode, other] of rows) trace.addSample(start + time, value, statusCode, other)
  return { tag, unit: '', trace, words: null, ...over }
}

describe('the table of what is seen', () => {
  it('has one line for each instant and for each pen its value and quality, empty where it has no sample', () => {
    const csv = trendCsv(
      [
        pen(
          'A',
          [
            [0, 1.5, 0],
            [1000, Number.NaN, StatusCodes.BadNoCommunication],
          ],
          { unit: '°C' },
        ),
        pen('B', [[1000, 7, StatusCodes.UncertainSensorNotAccurate]]),
      ],
      options,
    )
    expect(csv.split('\r\n')).toEqual([
      'Time,A [°C],A quality,B,B quality',
      '2026-11-22T14:00:00.000+01:00,1.5,Good,,',
      '2026-11-22T14:00:01.000+01:00,,Bad BadNoCommunication,7,Uncertain UncertainSensorNotAccurate',
      '',
    ])
  })

  it('gives states their number and their word, and texts as they are', () => {
    const csv = trendCsv(
      [
        pen('State', [[0, 1, 0]], { words: () => 'Running, fast' }),
        pen('Recipe', [[0, Number.NaN, 0, 'Cola "0.5"\nl']]),
      ],
      options,
    )
    expect(parse(csv, { columns: true })).toEqual([
      {
        Time: '2026-11-22T14:00:00.000+01:00',
        State: '1',
        'State state': 'Running, fast',
        'State quality': 'Good',
        Recipe: 'Cola "0.5"\nl',
        'Recipe quality': 'Good',
      },
    ])
  })

  it('holds any text of a plant, and none of them is run by a spreadsheet', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 20 }),
        (texts) => {
          const csv = trendCsv(
            [
              pen(
                'T',
                texts.map((text, index) => [index, Number.NaN, 0, text] as const),
              ),
            ],
            options,
          )
          const rows: string[][] = parse(csv, { relax_column_count: false })
          const values = rows.slice(1).map((row) => row[1]!)
          expect(values.map((value, index) => (value === `'${texts[index]}` ? texts[index] : value))).toEqual(texts)
          for (const value of values) expect(value).not.toMatch(/^[=+@\t\r-]/)
        },
      ),
    )
  })

  it('says the time with the offset of its own season', () => {
    expect(localTimestamp(Date.parse('2026-07-01T00:00:00.250Z'), 'Europe/Berlin')).toBe(
      '2026-07-01T02:00:00.250+02:00',
    )
    expect(localTimestamp(Date.parse('2026-01-01T00:00:00Z'), 'America/St_Johns')).toBe('2025-12-31T20:30:00.000-03:30')
    expect(Date.parse(localTimestamp(start, 'Asia/Kathmandu'))).toBe(start)
  })
})
