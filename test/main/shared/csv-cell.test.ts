import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvText, guarded, unguarded } from '../../../src-main/shared/csv-cell.ts'

describe('CSV (RFC 4180)', () => {
  it('has one line for each row, also the last one ended with CR LF', () => {
    expect(
      csvText([
        ['Time', 'A [°C]'],
        ['1', 'x, "y"'],
        ['', 'two\nlines'],
      ]),
    ).toBe('Time,A [°C]\r\n1,"x, ""y"""\r\n,"two\nlines"\r\n')
  })

  it('lets no text run as a formula in a spreadsheet, and numbers stay numbers (CWE-1236)', () => {
    expect(csvText([['=1+1', '-2.5', '+7', '-2+3', '@SUM(A1)']])).toBe("'=1+1,-2.5,+7,'-2+3,'@SUM(A1)\r\n")
  })

  it('is read back as it was written, whatever the texts are', () => {
    const rows = fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 2 }), { minLength: 1 })
    fc.assert(
      fc.property(rows, (texts) => {
        const read = parse(csvText(texts), { record_delimiter: '\r\n', relax_column_count: true }) as string[][]
        expect(read.map((cells) => cells.map(unguarded))).toEqual(texts)
      }),
    )
  })

  it('guards a text exactly once', () => {
    fc.assert(fc.property(fc.string(), (text) => unguarded(guarded(text)) === text))
  })
})
