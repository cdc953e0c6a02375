import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvText } from '../../../src-main/shared/csv-cell.ts'
import { enteredFields, faultOf } from '../../../src-renderer/labels/print/label-fields.ts'
import { mostRows, readRows } from '../../../src-renderer/labels/print/label-rows.ts'
import { rowFaults } from '../../../src-renderer/labels/print/row-faults.ts'
import { labelField } from './label-jobs.ts'

const order = labelField({ name: 'order', title: { en: 'Order', 'zh-CN': '订单' } })
const batch = labelField({ name: 'batch', pattern: '[A-Z]{2}\\d{4}', defaultValue: 'AB0001' })
const fields = [order, batch]

describe('a pasted table', () => {
  it.each([
    ['commas', 'order,batch\nPO1,AB1234\nPO2,CD5678\n'],
    ['tabs of a spreadsheet', 'Order\tBatch\r\nPO1\tAB1234\r\nPO2\tCD5678\r\n'],
    ['semicolons and Chinese titles', '订单;batch\nPO1;AB1234\n\nPO2;CD5678'],
    ['a byte order mark', '\ufefforder,batch\nPO1,AB1234\nPO2,CD5678'],
  ])('with %s gives a label for each row', (_, text) => {
    expect(readRows(text, fields)).toEqual({
      rows: [
        { order: 'PO1', batch: 'AB1234' },
        { order: 'PO2', batch: 'CD5678' },
      ],
      unknownColumns: [],
      missingFields: [],
      problem: null,
    })
  })

  it('says which columns no field has, and which fields have no column', () => {
    const { rows, unknownColumns, missingFields } = readRows('order,colour\nPO1,red', fields)
    expect([rows, unknownColumns, missingFields]).toEqual([[{ order: 'PO1' }], ['colour'], ['batch']])
  })

  it('leaves empty cells to the defaults', () => {
    expect(readRows('order,batch\nPO1,\nPO2', fields).rows).toEqual([{ order: 'PO1' }, { order: 'PO2' }])
  })

  it.each([
    ['', 'empty'],
    ['order,batch', 'empty'],
    ['colour\nred', 'noColumn'],
    [`order\n${'PO1\n'.repeat(mostRows + 1)}`, 'tooMany'],
  ])('is refused with the reason: %#', (text, problem) => {
    expect(readRows(text, fields).problem).toBe(problem)
  })

  it('with a quote that never closes is refused, not guessed', () => {
    expect(readRows('order\n"PO1', fields).problem).toMatchObject({ unreadable: expect.any(String) })
  })

  it('gives back what a file of ours says, whatever stands in it', () => {
    const cell = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() === text && text !== '')
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
        const text = csvText([['order', 'batch'], ...cells.map((one) => [one, 'AB0001'])])
        expect(readRows(text, fields).rows.map((row) => row.order)).toEqual(cells)
      }),
    )
  })

  // Vitest maps the stack of each refusal back to the sources of the CSV library, which takes long; hence few runs and much time.
  it('never throws on garbage', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void readRows(text, fields)),
      { numRuns: 30 },
    )
  })

  it('has its faults named by row; what has no column comes from the form', () => {
    const { rows } = readRows('batch\nAB1234\nnope\nCD5678', fields)
    expect(rowFaults(rows, fields, { order: 'PO1' }).map(({ row, field, fault }) => [row, field.name, fault])).toEqual([
      [2, 'batch', 'pattern'],
    ])
    expect(rowFaults(rows, fields, {}).map(({ row, fault }) => [row, fault])).toEqual([
      [1, 'missing'],
      [2, 'missing'],
      [3, 'missing'],
    ])
  })
})

describe('a field', () => {
  it('without a default has to be filled in; the pattern is for the whole text', () => {
    expect([faultOf(order, ''), faultOf(order, 'x'), faultOf(batch, ''), faultOf(batch, 'xAB1234')]).toEqual([
      'missing',
      null,
      null,
      'pattern',
    ])
  })

  it('that is left empty is not sent: the runtime has the default', () => {
    expect(enteredFields({ order: 'PO1', batch: '' })).toEqual({ order: 'PO1' })
  })
})
