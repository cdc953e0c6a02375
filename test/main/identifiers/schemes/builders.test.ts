// What is written as ISO/IEC 15434, data identifiers, UDI and HIBC comes back from a Data Matrix as it was, control characters too.
import bwipjs from 'bwip-js/node'
import { describe, expect, it } from 'vitest'
import { bracketed, formatElements } from '../../../../src-main/identifiers/gs1/gs1-elements.ts'
import { udiElements } from '../../../../src-main/identifiers/gs1/udi.ts'
import { formatHibc } from '../../../../src-main/identifiers/schemes/hibc.ts'
import { formatDataIdentifiers, formatGs1Message } from '../../../../src-main/identifiers/schemes/iso15434.ts'
import { parseIdentifier } from '../../../../src-main/identifiers/schemes/parse-identifier.ts'
import { symbolReader } from '../../../../src-main/labels/decode/symbol-reader.ts'

/** Text of the Data Matrix that bwip-js makes of a text, as zxing reads it. */
async function throughDataMatrix(text: string): Promise<string> {
  const [symbol] = bwipjs.raw('datamatrix', text, {}) as unknown as { pixs: number[]; pixx: number; pixy: number }[]
  const module = 4
  const quiet = 4
  const width = (symbol!.pixx + 2 * quiet) * module
  const height = (symbol!.pixy + 2 * quiet) * module
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < symbol!.pixy * module; y++)
    for (let x = 0; x < symbol!.pixx * module; x++) {
      if (symbol!.pixs[Math.floor(y / module) * symbol!.pixx + Math.floor(x / module)] !== 1) continue
      data.fill(
        0,
        ((y + quiet * module) * width + x + quiet * module) * 4,
        ((y + quiet * module) * width + x + quiet * module) * 4 + 3,
      )
    }
  const readBarcodes = await symbolReader()
  const results = await readBarcodes(
    { data, width, height, colorSpace: 'srgb' },
    { formats: ['DataMatrix'], textMode: 'Plain' },
  )
  return results[0]?.text ?? ''
}

describe('through a Data Matrix', () => {
  it.each([
    [
      'data identifiers',
      formatDataIdentifiers([
        { di: '25S', value: 'UN123456789' },
        { di: '1P', value: 'XYZ' },
        { di: 'Q', value: '12' },
      ]),
    ],
    [
      'a VAA identifier behind its data identifier',
      formatDataIdentifiers([{ di: '25S', value: 'VAA88.123.456/CASE00000001' }]),
    ],
    [
      'GS1 elements',
      formatGs1Message(
        formatElements([
          { ai: '01', value: '09521234543213' },
          { ai: '10', value: 'L1' },
          { ai: '21', value: 'A1' },
        ]),
      ),
    ],
    ['HIBC', formatHibc({ labeler: 'A999', product: 'BJC5D6E7', unit: 1, lot: '10X3', expiry: '2027-01-31' })],
  ])('%s', async (_, text) => {
    const read = await throughDataMatrix(text)
    expect(read).toBe(text)
    expect(parseIdentifier(read)).toMatchObject({ valid: true, identifier: parseIdentifier(text).identifier })
  })
})

describe('what is written', () => {
  it('HIBC with its check character, all parts found again', () => {
    const text = formatHibc({
      labeler: 'A999',
      product: '1234',
      unit: 0,
      lot: 'L-1',
      serial: 'S7',
      expiry: '2027-01-31',
      quantity: 25,
      manufactured: '2026-11-23',
    })
    expect(parseIdentifier(text)).toMatchObject({
      scheme: 'hibc',
      valid: true,
      parts: {
        labeler: 'A999',
        product: '1234',
        unit: '0',
        lot: 'L-1',
        serial: 'S7',
        expiry: '2027-01-31',
        quantity: 25,
        manufactured: '2026-11-23',
      },
    })
    expect(formatHibc({ labeler: 'A123', product: 'BJC5D6E7', unit: 1 })).toBe('+A123BJC5D6E71G')
  })
  it('HIBC of a serial number alone', () => {
    expect(parseIdentifier(formatHibc({ labeler: 'A999', product: '1', unit: 0, serial: 'S7' }))).toMatchObject({
      valid: true,
      parts: { serial: 'S7' },
    })
  })
  it('refuses what breaks a rule, with a sentence', () => {
    expect(() => formatHibc({ labeler: '1999', product: '1', unit: 0 })).toThrow('labeler')
    expect(() => formatHibc({ labeler: 'A999', product: 'a', unit: 0 })).toThrow('product')
    expect(() => formatHibc({ labeler: 'A999', product: 'A', unit: 10 })).toThrow('unit of measure')
    expect(() => formatHibc({ labeler: 'A999', product: 'A', unit: 1, expiry: '2027-02-30' })).toThrow('date')
    expect(() => formatDataIdentifiers([])).toThrow('one data identifier')
    expect(() => formatDataIdentifiers([{ di: 'S25', value: 'X' }])).toThrow('not a data identifier')
    expect(() => formatDataIdentifiers([{ di: '25S', value: 'A\u001dB' }])).toThrow('printable ASCII')
  })
  it('a UDI reads as it was meant', () => {
    const text = bracketed(udiElements({ gtin: '09521234543213', lot: 'L1', serial: 'S1' }))
    expect(parseIdentifier(text).identifier).toBe('(01)09521234543213(10)L1(21)S1')
  })
})
