// What goes to printers: the very dots, and nothing in them that a printer could take for a command.
import { describe, expect, test } from 'vitest'
import { emitLabel } from '../../../../src-main/labels/emit/emit-label.ts'
import { toPdf } from '../../../../src-main/labels/emit/pdf.ts'
import { toPng } from '../../../../src-main/labels/emit/png.ts'
import { toTspl } from '../../../../src-main/labels/emit/tspl.ts'
import { crc16, toZpl } from '../../../../src-main/labels/emit/zpl.ts'
import { readPng } from '../../../../src-main/labels/render/png-reader.ts'
import { renderLabel } from '../../../../src-main/labels/render/render-label.ts'
import { barcodeElement, labelRequest, textElement } from '../label-fixtures.ts'
import { unpackedGraphic } from '../zpl-graphic.ts'

const injection = 'A^XZ~JR^XA^FDB_C'
const elements = [
  textElement(),
  textElement({ y: 8, width: 60, height: 6 }),
  barcodeElement({ symbology: 'datamatrix', y: 20 }),
  barcodeElement({ symbology: 'qrcode', x: 40, y: 20 }),
  barcodeElement({ symbology: 'code128', x: 10, y: 38, module: 0.25, showText: true }),
]

function labelOf(text: string) {
  return renderLabel(
    labelRequest(
      elements,
      elements.map(() => text),
      300,
    ),
  )
}

describe('ZPL', () => {
  test('CRC-16 of Z64 is that of XMODEM', () => {
    expect(crc16('123456789')).toBe(0x31c3)
  })

  test('commands in every text make exactly one label with that text', () => {
    const label = labelOf(injection)
    expect(label.faults).toEqual([])
    for (const coding of ['z64', 'hex'] as const) {
      const zpl = toZpl(label, { copies: 1, coding })
      const text = Buffer.from(zpl).toString('latin1')
      expect([text.match(/\^XA/g)?.length, text.match(/\^XZ/g)?.length, text.includes('~')]).toEqual([1, 1, false])
      expect(unpackedGraphic(zpl).bitmap).toEqual(label.bitmap)
    }
  })

  test('copies are the same dots again, and the printer never repeats a label by itself', () => {
    const zpl = Buffer.from(toZpl(labelOf('A1'), { copies: 12 })).toString('latin1')
    expect(zpl).toContain('^PQ12,0,1,Y^XZ')
    expect(zpl).toContain('^JZN')
    expect(zpl).not.toContain('^SN')
  })
})

test('TSPL has the dots inverted between CLS and PRINT, and its texts nowhere', () => {
  const label = labelOf(injection)
  const tspl = Buffer.from(toTspl(label, { copies: 3, dpi: 300 }))
  const head = `SIZE 99.99 mm,60.03 mm\r\nDIRECTION 0\r\nREFERENCE 0,0\r\nSET REPRINT OFF\r\nCLS\r\nBITMAP 0,0,148,${label.height},0,`
  expect(tspl.subarray(0, head.length).toString('latin1')).toBe(head)
  const data = tspl.subarray(head.length, head.length + label.bitmap.length)
  expect(Buffer.from(data.map((byte) => ~byte)).equals(label.bitmap)).toBe(true)
  expect(tspl.subarray(head.length + label.bitmap.length).toString('latin1')).toBe('\r\nPRINT 1,3\r\n')
})

test('PNG has the same dots and the resolution', () => {
  const label = labelOf('A1')
  const png = toPng(label, 300)
  const { width, height, grey } = readPng(png)
  expect([width, height]).toEqual([label.width, label.height])
  const rowBytes = (width + 7) >> 3
  const differing = grey.findIndex((value, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    const isBlack = (label.bitmap[y * rowBytes + (x >> 3)]! & (0x80 >> (x & 7))) !== 0
    return (value === 0) !== isBlack
  })
  expect(differing).toBe(-1)
  expect(Buffer.from(png).readUInt32BE(Buffer.from(png).indexOf('pHYs') + 4)).toBe(11811)
})

test('PDF: the same label gives the same bytes, and a page for each copy', async () => {
  const label = labelOf('A1')
  const one = await toPdf(label, { copies: 1, dpi: 300 })
  expect(Buffer.from(await toPdf(label, { copies: 1, dpi: 300 })).equals(one)).toBe(true)
  const three = await toPdf(label, { copies: 3, dpi: 300 })
  expect(
    Buffer.from(three)
      .toString('latin1')
      .match(/\/Type \/Page\b/g),
  ).toHaveLength(3)
  expect(three.length).toBeLessThan(one.length + 1500)
})

test('each language of printers is written', async () => {
  const label = labelOf('A1')
  const begin = { zpl: '^XA', tspl: 'SIZE', pdf: '%PDF', png: '\u0089PNG' } as const
  for (const language of ['zpl', 'tspl', 'pdf', 'png'] as const) {
    const bytes = await emitLabel(label, { language, copies: 1, dpi: 300 })
    expect(Buffer.from(bytes).toString('latin1').startsWith(begin[language])).toBe(true)
  }
})
