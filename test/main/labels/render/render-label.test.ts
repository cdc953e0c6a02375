// What stands on a label, to the dot; and what is said when it cannot.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toZpl } from '../../../../src-main/labels/emit/zpl.ts'
import { Bitmap } from '../../../../src-main/labels/render/bitmap.ts'
import { bitmapHash, renderLabel } from '../../../../src-main/labels/render/render-label.ts'
import type { LabelElement } from '../../../../src-main/shared/label.ts'
import { barcodeElement, labelRequest, textElement } from '../label-fixtures.ts'
import { unpackedGraphic } from '../zpl-graphic.ts'

const box: LabelElement = { type: 'box', x: 1, y: 1, rotate: 0, width: 10, height: 5, line: 0.5, filled: false }

function drawn(elements: readonly LabelElement[], texts: readonly string[], dpi: 203 | 300 | 600 = 203) {
  const label = renderLabel(labelRequest(elements, texts, dpi))
  return { ...label, picture: new Bitmap(label.width, label.height, label.bitmap) }
}

describe('dots', () => {
  test('203 dpi is 8 dots on a millimetre, 300 and 600 dpi are those of an inch', () => {
    const sizes = ([203, 300, 600] as const).map((dpi) => {
      const { width, height } = drawn([], [], dpi)
      return [width, height]
    })
    expect(sizes).toEqual([
      [800, 480],
      [1181, 709],
      [2362, 1417],
    ])
  })

  test('a box is where its millimetres say, its line inside', () => {
    const { picture } = drawn([box], [''])
    expect(picture.inkArea()).toEqual({ x: 8, y: 8, width: 80, height: 40 })
    expect([picture.isBlack(8, 8), picture.isBlack(11, 20), picture.isBlack(12, 20)]).toEqual([true, true, false])
  })

  test('an element that is turned has its upper left corner where it is said', () => {
    for (const rotate of [0, 90, 180, 270] as const) {
      const { picture } = drawn([{ ...box, rotate }], [''])
      const [width, height] = rotate % 180 === 0 ? [80, 40] : [40, 80]
      expect(picture.inkArea()).toEqual({ x: 8, y: 8, width, height })
    }
  })

  test('a label that is turned is the same dots, turned clockwise', () => {
    const element = textElement()
    const upright = renderLabel(labelRequest([element], ['Case 7']))
    const turned = renderLabel(labelRequest([element], ['Case 7'], 203, { rotate: 90 }))
    expect([turned.width, turned.height]).toEqual([upright.height, upright.width])
    const back = new Bitmap(turned.width, turned.height, turned.bitmap).rotated(270)
    expect(back.equals(new Bitmap(upright.width, upright.height, upright.bitmap))).toBe(true)
  })

  test('lines stand at their points, level, upright and slanted', () => {
    const line = { type: 'line', x: 10, y: 10, toX: 30, toY: 10, rotate: 0, line: 0.5 } as const
    expect(drawn([line], ['']).picture.inkArea()).toEqual({ x: 80, y: 80, width: 160, height: 4 })
    expect(drawn([{ ...line, rotate: 90 }], ['']).picture.inkArea()).toEqual({ x: 80, y: 80, width: 4, height: 160 })
    const slanted = drawn([{ ...line, toY: 20 }], ['']).picture
    expect(slanted.isBlack(160, 120)).toBe(true)
    expect(slanted.isBlack(160, 90)).toBe(false)
  })
})

describe('text', () => {
  test('letters of Chinese, Greek and Polish and signs of units are drawn', () => {
    const { faults, picture } = drawn([textElement()], ['电机 M1 ≤ 85 ℃, 4.7 kΩ ±5 %, Łódź № ① µ²'])
    expect(faults).toEqual([])
    expect(picture.inkArea()!.height).toBeGreaterThan(20)
  })

  test('a letter that no font has is a fault, never a box', () => {
    const { faults, picture } = drawn([textElement()], ['Pump \u{1F600}'])
    expect(faults).toEqual([
      'element 1 (text): the font has no letter for \'\u{1F600}\' (U+1F600), which stands in the text "Pump \u{1F600}"',
    ])
    expect(picture.inkArea()).toBe(null)
  })

  test('bold is darker than regular, and as high', () => {
    const [regular, bold] = [false, true].map((isBold) => drawn([textElement({ bold: isBold })], ['HHHH']).picture)
    expect(blackDots(bold!)).toBeGreaterThan(1.3 * blackDots(regular!))
    expect(bold!.inkArea()!.height).toBe(regular!.inkArea()!.height)
  })

  test('the height of the font is from top of ascender to descender', () => {
    const { picture } = drawn([textElement({ fontSize: 10, y: 5 })], ['ÅÄgjpy|'])
    const ink = picture.inkArea()!
    expect(ink.y).toBeGreaterThanOrEqual(40)
    expect(ink.y + ink.height).toBeLessThanOrEqual(120)
    expect(ink.height).toBeGreaterThan(60)
  })

  test('right-aligned text ends where its box ends, centred text stands in the middle', () => {
    const inBox = (align: 'left' | 'center' | 'right') =>
      drawn([textElement({ x: 10, width: 50, align })], ['HHH']).picture.inkArea()!
    const [left, center, right] = [inBox('left'), inBox('center'), inBox('right')]
    expect(left.x).toBeLessThan(90)
    expect(right.x + right.width).toBeGreaterThan(470)
    expect(Math.abs(center.x - 80 - (480 - center.x - center.width))).toBeLessThan(4)
  })

  test('text in a box is broken at blanks and between Chinese characters, then made smaller, at most by half', () => {
    const inBox = (text: string) => drawn([textElement({ x: 10, y: 10, width: 30, height: 10, fontSize: 4 })], [text])
    const long = inBox('Conveyor drive left 输送带驱动电机左侧维护')
    expect(long.faults).toEqual([])
    const ink = long.picture.inkArea()!
    expect(ink.x >= 80 && ink.x + ink.width <= 320 && ink.y >= 80 && ink.y + ink.height <= 160).toBe(true)
    expect(inBox('word '.repeat(60)).faults[0]).toMatch(/does not fit its box, not even at half its size/)
    expect(inBox('W'.repeat(40)).faults[0]).toMatch(/does not fit/)
  })

  test('thin strokes of small print do not vanish', () => {
    const { picture } = drawn([textElement({ fontSize: 1.2 })], ['l|-_'])
    const ink = picture.inkArea()!
    expect(blackDots(picture)).toBeGreaterThan(ink.width)
  })
})

describe('faults', () => {
  const gs1 = barcodeElement({ symbology: 'gs1datamatrix', x: 20, y: 20 })
  const content = '(01)09521234543213(21)A1'

  test('an element that goes beyond the edge is named', () => {
    const faults = drawn([textElement({ x: 95 })], ['Too far']).faults
    expect(faults).toEqual(['element 1 (text): it goes beyond the edge of the label'])
  })

  test('a quiet zone that is not white is named with who stands in it', () => {
    const line = { type: 'line', x: 10, y: 19.8, toX: 60, toY: 19.8, rotate: 0, line: 0.1 } as const
    expect(drawn([gs1, line], [content, '']).faults).toEqual([
      'element 1 (gs1datamatrix): its quiet zone of 1 modules is not white: element 2 (line) reaches into it',
    ])
    expect(drawn([gs1, { ...line, y: 19, toY: 19 }], [content, '']).faults).toEqual([])
  })

  test('a quiet zone that leaves the label is named', () => {
    const faults = drawn([barcodeElement({ symbology: 'code128', x: 1 })], ['A1']).faults
    expect(faults).toEqual(['element 1 (code128): its quiet zone of 10 modules goes beyond the edge of the label'])
  })

  test.each([
    ['datamatrix', '电机', /not ASCII/],
    ['code128', 'Öl', /not ASCII/],
    ['pdf417', '℃', /not ASCII/],
    ['qrcode', 'a\u0007b', /control characters/],
    ['code128', 'a\nb', /control characters/],
    ['qrcode', '', /empty/],
    ['qrcode', '\ud800', /half a character/],
    ['ean13', '9521234543214', /check digit/],
    ['ean13', '12', /takes 12 or 13 digits/],
    ['itf14', '12345678901231234', /takes 13 or 14 digits/],
    ['interleaved2of5', '123', /even number/],
    ['gs1datamatrix', '(01)09521234543214', /checksum/],
    ['gs1datamatrix', '0109521234543213', /brackets/],
    ['code39', 'abc', /capital letters/],
  ])('%s refuses "%s" with a sentence', (symbology, text, sentence) => {
    const { faults, symbols } = drawn([barcodeElement({ symbology })], [text])
    expect(faults[0]).toMatch(sentence)
    expect(symbols).toEqual([])
  })

  test('a text that is too long for its bar code is refused', () => {
    expect(drawn([barcodeElement()], ['x'.repeat(4000)]).faults[0]).toMatch(/cannot be a Data Matrix/)
  })

  test('a bar code that is none, a level it does not have and a module below a dot are named', () => {
    expect(drawn([barcodeElement({ symbology: 'maxicode' })], ['A']).faults[0]).toMatch(/no bar code "maxicode"/)
    expect(drawn([barcodeElement({ symbology: 'qrcode', errorCorrection: 'Z' })], ['A']).faults[0]).toMatch(
      /L, M, Q, H/,
    )
    expect(drawn([barcodeElement({ errorCorrection: 'Q' })], ['A']).faults[0]).toMatch(/no error correction to choose/)
    expect(drawn([barcodeElement({ module: 0.05 })], ['A']).faults[0]).toMatch(/less than a dot/)
  })

  test('an image that is not there or none is named', () => {
    const image: LabelElement = { type: 'image', x: 1, y: 1, rotate: 0, width: 10, height: 10, file: 'logo.png' }
    expect(drawn([image], ['']).faults).toEqual(['element 1 (image): there is no image logo.png'])
    const request = { ...labelRequest([image], ['']), image: () => new TextEncoder().encode('<svg/>') }
    expect(renderLabel(request).faults).toEqual(['element 1 (image): the image logo.png is no PNG file'])
  })
})

describe('symbols', () => {
  test('a module is whole dots, and how wide it really is is said', () => {
    const { symbols } = drawn([barcodeElement({ module: 0.33 })], ['A1'], 300)
    expect(symbols[0]).toMatchObject({ module: 4, width: 40, height: 40, readsAs: 'A1' })
    expect(symbols[0]!.moduleMm).toBeCloseTo(0.3387, 4)
  })

  test('wide bars of ITF are two and a half modules', () => {
    const width = (module: number) =>
      drawn([barcodeElement({ symbology: 'interleaved2of5', module })], ['1234']).symbols[0]!.width
    // Start 4 narrow, two pairs of 6 narrow and 4 wide, end one wide and two narrow.
    expect(width(0.25)).toBe(2 * (4 + 12 + 2) + 5 * 9)
  })

  test('text below bars is clear of the quiet zone', () => {
    const element = barcodeElement({ symbology: 'datamatrix', module: 1, showText: true })
    expect(drawn([element], ['HELLO']).faults).toEqual([])
  })
})

describe('the same label is the same dots', () => {
  test('a label of text, bar codes, box and line has the hash it always had', () => {
    const elements = [
      textElement({ bold: true }),
      textElement({ y: 8, rotate: 90, fontSize: 3 }),
      barcodeElement({ symbology: 'gs1datamatrix', x: 70, y: 5 }),
      barcodeElement({ symbology: 'code128', x: 20, y: 30, module: 0.25, showText: true }),
      barcodeElement({ symbology: 'qrcode', x: 20, y: 12, module: 0.375 }),
      { ...box, width: 98, height: 58 },
    ]
    const texts = ['Case 箱 Ω', '批次 AB0001', '(01)09521234543213(21)00000001', 'CASE00000001', '88.123.456/电机', '']
    const hashes = ([203, 300, 600] as const).map((dpi) => {
      const label = renderLabel(labelRequest(elements, texts, dpi))
      expect(label.faults).toEqual([])
      return label.hash
    })
    expect(hashes).toMatchInlineSnapshot(`
      [
        "d161efd8021f0332a52cd3921b7ec08d90ff22d14014547b28ea444c9a119ed5",
        "2954e93b560e56cc56b0d161a0bf14f4c34e9becf988282b428a54ba91af9643",
        "818964cf86f307801360123fb8bb5326037ba9023ced39ebab26eae7efedbfaa",
      ]
    `)
  })

  test('the picture of the preview is the picture in the print: same SHA-256 after ^GFA is unpacked', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'AZaz09 -_^~\\{}电机℃'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(texts, fc.constantFrom(203, 300), fc.constantFrom('z64', 'hex'), (text, dpi, coding) => {
        const label = renderLabel(
          labelRequest([textElement(), barcodeElement({ symbology: 'qrcode' })], [text, text], dpi),
        )
        const { width, height, bitmap } = unpackedGraphic(toZpl(label, { copies: 1, coding }))
        expect(bitmapHash(width, height, bitmap)).toBe(label.hash)
      }),
      { numRuns: 30 },
    )
  })

  test('whatever the texts are, there is a label or a sentence, and bits behind the last dot are white', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom('datamatrix', 'qrcode', 'code128', 'gs1-128', 'ean13'),
        (text, symbology) => {
          const elements = [
            textElement({ width: 30, height: 8 }),
            barcodeElement({ symbology, module: 0.25, showText: true }),
          ]
          const label = renderLabel(labelRequest(elements, [text, text], 203, { width: 97.1 }))
          expect(label.faults.every((fault) => fault.length > 20)).toBe(true)
          const rowBytes = (label.width + 7) >> 3
          const behind = 0xff >> (label.width % 8)
          for (let y = 0; y < label.height; y++) expect(label.bitmap[(y + 1) * rowBytes - 1]! & behind).toBe(0)
        },
      ),
      { numRuns: 50 },
    )
  })
})

function blackDots(picture: Bitmap): number {
  let count = 0
  picture.forEachBlack(() => count++)
  return count
}
