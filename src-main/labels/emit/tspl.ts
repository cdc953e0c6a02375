// A label as TSPL (TSC and compatible printers): one bitmap, nothing of the label's texts in the command stream.
import type { PrinterResolution } from '../../shared/label.ts'
import { dotsPerMm } from '../layout/dots.ts'
import type { LabelImage } from './label-image.ts'

export interface TsplOptions {
  /** Labels with the very same dots; 1 to 1000. */
  readonly copies: number
  readonly dpi: PrinterResolution
}

/**
 * `SIZE`, `REFERENCE`, `SET REPRINT OFF` (a printer that ran out of media does not print the last label again by itself), `CLS`, `BITMAP`,
 * `PRINT`. The gap between labels, speed and darkness stay as they are set at the printer: only who stands there knows its media.
 */
export function toTspl({ width, height, bitmap }: LabelImage, { copies, dpi }: TsplOptions): Uint8Array {
  const rowBytes = (width + 7) >> 3
  const mm = (dots: number) => (dots / dotsPerMm(dpi)).toFixed(2)
  const before = [
    `SIZE ${mm(width)} mm,${mm(height)} mm`,
    'DIRECTION 0',
    'REFERENCE 0,0',
    'SET REPRINT OFF',
    'CLS',
    `BITMAP 0,0,${rowBytes},${height},0,`,
  ].join('\r\n')
  // In TSPL 1 is white.
  const inverted = bitmap.map((byte) => ~byte)
  return Buffer.concat([Buffer.from(before, 'latin1'), inverted, Buffer.from(`\r\nPRINT 1,${copies}\r\n`, 'latin1')])
}
