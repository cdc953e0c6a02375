// A label as PNG (ISO/IEC 15948): 1 bit grey, with its resolution.
import { crc32, deflateSync } from 'node:zlib'
import type { PrinterResolution } from '../../shared/label.ts'
import { dotsPerMm } from '../layout/dots.ts'
import type { LabelImage } from './label-image.ts'

const signature = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** The same dots; in PNG 1 is white. */
export function toPng({ width, height, bitmap }: LabelImage, dpi: PrinterResolution): Uint8Array {
  const rowBytes = (width + 7) >> 3
  const rows = new Uint8Array((rowBytes + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < rowBytes; x++) rows[y * (rowBytes + 1) + 1 + x] = ~bitmap[y * rowBytes + x]!
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 1)
  const density = new DataView(new ArrayBuffer(9))
  const perMetre = Math.floor(dotsPerMm(dpi) * 1000 + 0.5)
  density.setUint32(0, perMetre)
  density.setUint32(4, perMetre)
  density.setUint8(8, 1)
  return Buffer.concat([
    signature,
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('pHYs', new Uint8Array(density.buffer)),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
    chunk('IEND', new Uint8Array()),
  ])
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(content.length + 12)
  bytes.writeUInt32BE(content.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(content, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + content.length)), 8 + content.length)
  return bytes
}
