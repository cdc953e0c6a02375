// A label as ZPL II: one format, one bitmap, nothing of the label's texts in the command stream, so nothing in them can be a command.
import { deflateSync } from 'node:zlib'
import type { LabelImage } from './label-image.ts'

export interface ZplOptions {
  /** Labels with the very same dots; 1 to 1000. */
  readonly copies: number
  /** `z64` is what every printer since 2003 takes; `hex` for those that do not. */
  readonly coding?: 'z64' | 'hex'
}

/**
 * `^XA ^PW ^LL ^LH0,0 ^JZN ^FO0,0 ^GFA … ^FS ^PQ ^XZ`. `^JZN`: a printer that ran out of media does not print the last label again by
 * itself. `^PQ` repeats dots, it counts nothing. Media, speed and darkness stay as they are set at the printer.
 */
export function toZpl({ width, height, bitmap }: LabelImage, { copies, coding = 'z64' }: ZplOptions): Uint8Array {
  const rowBytes = (width + 7) >> 3
  const data = coding === 'z64' ? z64(bitmap) : Buffer.from(bitmap).toString('hex').toUpperCase()
  const graphic = `^GFA,${bitmap.length},${bitmap.length},${rowBytes},${data}`
  const format = `^XA^PW${width}^LL${height}^LH0,0^JZN^FO0,0${graphic}^FS^PQ${copies},0,1,Y^XZ\n`
  return Buffer.from(format, 'latin1')
}

/** zlib, base64 and a CRC over the base64 text (ZPL II Programming Guide, "Alternative Data Compression Scheme"). */
function z64(bytes: Uint8Array): string {
  const text = deflateSync(bytes, { level: 6 }).toString('base64')
  return `:Z64:${text}:${crc16(text).toString(16).toUpperCase().padStart(4, '0')}`
}

/** CRC-16/XMODEM: polynomial 0x1021, begins with 0. */
export function crc16(text: string): number {
  let crc = 0
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at) << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc
}
