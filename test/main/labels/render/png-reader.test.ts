// Images of templates: every kind of PNG becomes the same grey, and bytes that are none become a sentence.
import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawImage } from '../../../../src-main/labels/render/draw-image.ts'
import { readPng } from '../../../../src-main/labels/render/png-reader.ts'

interface Kind {
  readonly depth: number
  readonly colourType: number
  readonly interlace?: number
  readonly palette?: readonly number[]
  readonly transparency?: readonly number[]
}

/** A PNG of these rows; each begins with its filter. */
function png(width: number, rows: readonly (readonly number[])[], kind: Kind): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set([kind.depth, kind.colourType, 0, 0, kind.interlace ?? 0], 8)
  return Buffer.concat([
    Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'),
    chunk('IHDR', header),
    ...(kind.palette === undefined ? [] : [chunk('PLTE', Buffer.from(kind.palette))]),
    ...(kind.transparency === undefined ? [] : [chunk('tRNS', Buffer.from(kind.transparency))]),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), content, Buffer.alloc(4)])
  bytes.writeUInt32BE(content.length, 0)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4)
  return bytes
}

const grey = { depth: 8, colourType: 0 }

describe('PNG', () => {
  test.each<[string, number, number[][], Kind, number[]]>([
    ['1 bit grey', 4, [[0, 0b0101_0000]], { depth: 1, colourType: 0 }, [0, 255, 0, 255]],
    ['2 bit grey', 4, [[0, 0b00_01_10_11]], { depth: 2, colourType: 0 }, [0, 85, 170, 255]],
    ['8 bit grey', 3, [[0, 0, 100, 255]], grey, [0, 100, 255]],
    ['16 bit grey', 2, [[0, 0, 0, 255, 255]], { depth: 16, colourType: 0 }, [0, 255]],
    ['colours', 2, [[0, 255, 255, 255, 0, 255, 0]], { depth: 8, colourType: 2 }, [255, 182]],
    ['a palette', 2, [[0, 1, 0]], { depth: 8, colourType: 3, palette: [0, 0, 0, 255, 255, 255] }, [255, 0]],
    [
      'a palette with a transparent colour',
      2,
      [[0, 0, 1]],
      { depth: 8, colourType: 3, palette: [0, 0, 0, 0, 0, 0], transparency: [0] },
      [255, 0],
    ],
    ['grey with opacity', 2, [[0, 0, 0, 0, 255]], { depth: 8, colourType: 4 }, [255, 0]],
    ['colours with opacity', 2, [[0, 0, 0, 0, 51, 0, 0, 0, 255]], { depth: 8, colourType: 6 }, [204, 0]],
    ['grey with one grey transparent', 2, [[0, 7, 9]], { ...grey, transparency: [0, 7] }, [255, 9]],
  ])('%s is read', (_, width, rows, kind, expected) => {
    expect([...readPng(png(width, rows, kind)).grey]).toEqual(expected)
  })

  test('each filter of rows is undone', () => {
    const rows = [
      [0, 10, 20, 30],
      [1, 10, 10, 10],
      [2, 5, 5, 5],
      [3, 1, 1, 1],
      [4, 2, 2, 2],
    ]
    expect([...readPng(png(3, rows, grey)).grey]).toEqual([10, 20, 30, 10, 20, 30, 15, 25, 35, 8, 17, 27, 10, 19, 29])
  })

  test.each<[string, Uint8Array, RegExp]>([
    ['interlaced', png(1, [[0, 0]], { ...grey, interlace: 1 }), /interlaced/],
    ['of a depth PNG does not know', png(1, [[0, 0]], { depth: 4, colourType: 2 }), /does not know/],
    ['of an unknown filter', png(1, [[9, 0]], grey), /filter 9/],
    ['with too few rows', png(1, [[0]], grey), /ends too early/],
    ['with a colour beyond its palette', png(1, [[0, 5]], { depth: 8, colourType: 3, palette: [0, 0, 0] }), /palette/],
  ])('%s is refused with a sentence', (_, bytes, sentence) => {
    expect(() => readPng(bytes)).toThrow(sentence)
  })

  test('too many pixels are refused before room is made for them', () => {
    const huge = Buffer.from(png(1, [[0, 0]], grey))
    huge.writeUInt32BE(100_000, 16)
    huge.writeUInt32BE(100_000, 20)
    huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29)
    expect(() => readPng(huge)).toThrow(/8000000 are the most/)
  })
})

describe('an image on a label', () => {
  test('is scaled to its size, dark is black', () => {
    const image = png(2, [[0, 0, 255]], grey)
    const drawn = drawImage(image, 8, 4)
    expect(drawn.ok && drawn.bitmap.inkArea()).toEqual({ x: 0, y: 0, width: 4, height: 4 })
  })

  test('whatever the bytes are, there is a picture or a sentence', () => {
    const image = png(
      3,
      [
        [0, 1, 2, 3],
        [4, 3, 2, 1],
      ],
      grey,
    )
    const changed = fc.array(fc.tuple(fc.nat(image.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
      const bytes = Uint8Array.from(image)
      for (const [at, value] of changes) bytes[at] = value
      return bytes
    })
    const foreign = fc.uint8Array({ maxLength: 200 })
    fc.assert(
      fc.property(fc.oneof(changed, foreign), (bytes) => {
        const drawn = drawImage(bytes, 5, 5)
        expect(drawn.ok || drawn.fault.length > 10).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
