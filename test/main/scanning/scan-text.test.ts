// What scanners and verifiers send, taken apart.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gradeOf, readScanText } from '../../../src-main/scanning/scan-text.ts'

const gs = '\u001d'

describe('texts of scanners', () => {
  test('the symbology identifier is taken off, the separator of GS1 stays', () => {
    expect(readScanText(`]C10109521234543213${gs}10LOT42${gs}21SN1`)).toEqual({
      text: `0109521234543213${gs}10LOT42${gs}21SN1`,
      aimId: ']C1',
      grade: null,
    })
    expect(readScanText('88.123.456/CASE00000001')).toEqual({
      text: '88.123.456/CASE00000001',
      aimId: null,
      grade: null,
    })
  })

  test.each([
    ['010952123454321321000000012.5/08/660', '010952123454321321000000012.5/08/660', null],
    ['0109521234543213210000001 2.5/08/660', '0109521234543213210000001', 2.5],
    ['0109521234543213210000001\t4.0/10/660/45', '0109521234543213210000001', 4],
    ['0109521234543213210000001,B/10/660', '0109521234543213210000001', 3],
    ['0109521234543213210000001; Overall Grade: 1,7/08/660', '0109521234543213210000001', 1.7],
    ['0109521234543213210000001 (3.0/08/W)', '0109521234543213210000001', 3],
    ['0109521234543213210000001,grade=C', '0109521234543213210000001', 2],
    ['data=88.123.456/A1;grade=2.5/08/660;contrast=3', '88.123.456/A1', 2.5],
    ['grade=F|data=88.123.456/A1', '88.123.456/A1', 0],
    ['{"data":"88.123.456/A1","overallGrade":"B"}', '88.123.456/A1', 3],
    ['{"text":"]d20109521234543213210000001","grade":3.4}', '0109521234543213210000001', 3.4],
  ])('%s', (sent, text, grade) => {
    expect(readScanText(sent)).toMatchObject({ text, grade })
  })

  test.each(['{not json', '{"other":1}', '1/2/3', '2.5/08/660', 'a,b,c', 'grade=9.9', ''])(
    '%s is all text, without a grade',
    (sent) => {
      expect(readScanText(sent)).toMatchObject({ text: sent, grade: null })
    },
  )

  test('grades are 0 to 4, as numbers or letters', () => {
    expect(['A', 'b', '2.5/08/660', '4', '4.1', 'E', '', '-1', 'B/10/660'].map(gradeOf)).toEqual([
      4,
      3,
      2.5,
      4,
      null,
      null,
      null,
      null,
      3,
    ])
  })

  test('whatever comes, it never throws and is never slow', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.json()), (sent) => {
        const began = performance.now()
        const { text } = readScanText(sent)
        expect(text.length).toBeLessThanOrEqual(sent.length)
        expect(performance.now() - began).toBeLessThan(1000)
      }),
    )
    for (const nasty of [' '.repeat(8192), ',;'.repeat(4096), `1 ${'(2/'.repeat(2700)}`, '{'.repeat(8192)]) {
      const began = performance.now()
      readScanText(nasty)
      expect(performance.now() - began).toBeLessThan(1000)
    }
  })
})
