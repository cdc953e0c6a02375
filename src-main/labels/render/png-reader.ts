// Reads PNG images (ISO/IEC 15948) as grey: all colour types and depths, not interlaced.
import { crc32, inflateSync } from 'node:zlib'

export interface GreyImage {
  readonly width: number
  readonly height: number
  /** A byte for each pixel, row by row: 0 = black, 255 = white; transparent pixels lie on white. */
  readonly grey: Uint8Array
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** More pixels than a label of 100 by 100 mm has at 600 dpi are refused. */
const mostPixels = 8_000_000

export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, at) => bytes[at] === byte)
}

interface Header {
  readonly width: number
  readonly height: number
  readonly depth: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha (table 11.1). */
  readonly colourType: number
}

/** Throws RangeError with what is wrong. */
export function readPng(bytes: Uint8Array): GreyImage {
  const chunks = [...chunksOf(bytes)]
  const header = headerOf(chunks[0])
  const data = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ content }) => content))
  const palette = chunks.find(({ type }) => type === 'PLTE')?.content ?? new Uint8Array()
  const transparency = chunks.find(({ type }) => type === 'tRNS')?.content ?? new Uint8Array()
  const bitsPerPixel = header.depth * channelCount(header.colourType)
  const rowBytes = Math.ceil((header.width * bitsPerPixel) / 8)
  const size = (rowBytes + 1) * header.height
  const raw = inflateSync(data, { maxOutputLength: size })
  if (raw.length < size) throw new RangeError('it ends too early')
  const rows = unfiltered(raw, rowBytes, header.height, Math.max(1, bitsPerPixel >> 3))
  return { width: header.width, height: header.height, grey: toGrey(rows, rowBytes, header, palette, transparency) }
}

interface Chunk {
  readonly type: string
  readonly content: Uint8Array
}

function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = signature.length
  for (;;) {
    if (at + 12 > bytes.length) throw new RangeError('it ends too early')
    const length = view.getUint32(at)
    if (length > bytes.length - at - 12) throw new RangeError('it ends too early')
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length))
      throw new RangeError(`its part ${type.replaceAll(/\W/g, '?')} is damaged`)
    if (type === 'IEND') return
    yield { type, content: bytes.subarray(at + 8, at + 8 + length) }
    at += length + 12
  }
}

function headerOf(chunk: Chunk | undefined): Header {
  if (chunk?.type !== 'IHDR' || chunk.content.length !== 13) throw new RangeError('it has no header')
  const view = new DataView(chunk.content.buffer, chunk.content.byteOffset, 13)
  const header = {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: view.getUint8(8),
    colourType: view.getUint8(9),
  }
  if (header.width === 0 || header.height === 0) throw new RangeError('it is empty')
  if (header.width * header.height > mostPixels)
    throw new RangeError(`it has ${header.width} by ${header.height} pixels; ${mostPixels} are the most`)
  if (view.getUint8(12) !== 0) throw new RangeError('it is interlaced; save it without')
  const depths: Readonly<Record<number, readonly number[]>> = {
    0: [1, 2, 4, 8, 16],
    2: [8, 16],
    3: [1, 2, 4, 8],
    4: [8, 16],
    6: [8, 16],
  }
  if (depths[header.colourType]?.includes(header.depth) !== true)
    throw new RangeError(`it has colour type ${header.colourType} with ${header.depth} bits, which PNG does not know`)
  return header
}

function channelCount(colourType: number): number {
  return [1, 0, 3, 1, 2, 0, 4][colourType]!
}

/** Undoes the filters of the rows (clause 9). */
function unfiltered(raw: Uint8Array, rowBytes: number, height: number, step: number): Uint8Array {
  const rows = new Uint8Array(rowBytes * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowBytes + 1)]!
    const source = y * (rowBytes + 1) + 1
    const target = y * rowBytes
    for (let x = 0; x < rowBytes; x++) {
      const left = x >= step ? rows[target + x - step]! : 0
      const above = y > 0 ? rows[target + x - rowBytes]! : 0
      const corner = x >= step && y > 0 ? rows[target + x - rowBytes - step]! : 0
      rows[target + x] = raw[source + x]! + predicted(filter, left, above, corner)
    }
  }
  return rows
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0
    case 1:
      return left
    case 2:
      return above
    case 3:
      return (left + above) >> 1
    case 4:
      return paeth(left, above, corner)
    default:
      throw new RangeError(`a row has filter ${filter}, which PNG does not know`)
  }
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner
  const toLeft = Math.abs(estimate - left)
  const toAbove = Math.abs(estimate - above)
  const toCorner = Math.abs(estimate - corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

function toGrey(
  rows: Uint8Array,
  rowBytes: number,
  header: Header,
  palette: Uint8Array,
  transparency: Uint8Array,
): Uint8Array {
  const { width, height, depth, colourType } = header
  const grey = new Uint8Array(width * height)
  const channels = channelCount(colourType)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sample = (channel: number) => sampleAt(rows, y * rowBytes, (x * channels + channel) * depth, depth)
      grey[y * width + x] = Math.floor(pixelGrey(sample) + 0.5)
    }
  return grey

  function pixelGrey(sample: (channel: number) => number): number {
    const largest = 2 ** depth - 1
    if (colourType === 3) {
      const index = sample(0)
      const at = index * 3
      if (at + 2 >= palette.length) throw new RangeError('a pixel has a colour that its palette lacks')
      return onWhite(luminance(palette[at]!, palette[at + 1]!, palette[at + 2]!), (transparency[index] ?? 255) / 255)
    }
    const isGrey = colourType === 0 || colourType === 4
    const value = isGrey ? sample(0) : luminance(sample(0), sample(1), sample(2))
    if (colourType === 4 || colourType === 6) return onWhite((value * 255) / largest, sample(channels - 1) / largest)
    const isTransparent =
      transparency.length === channels * 2 &&
      Array.from({ length: channels }, (_, channel) => channel).every(
        (channel) => sample(channel) === transparency[channel * 2]! * 256 + transparency[channel * 2 + 1]!,
      )
    return isTransparent ? 255 : (value * 255) / largest
  }
}

function sampleAt(rows: Uint8Array, row: number, bit: number, depth: number): number {
  const at = row + (bit >> 3)
  if (depth === 16) return rows[at]! * 256 + rows[at + 1]!
  if (depth === 8) return rows[at]!
  return (rows[at]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}

/** ITU-R BT.709. */
function luminance(red: number, green: number, blue: number): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function onWhite(grey: number, opacity: number): number {
  return grey * opacity + 255 * (1 - opacity)
}
