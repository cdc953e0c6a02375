// A label in the language of a printer.
import type { PrinterLanguage, PrinterResolution } from '../../shared/label.ts'
import type { LabelImage } from './label-image.ts'
import { toPdf } from './pdf.ts'
import { toPng } from './png.ts'
import { toTspl } from './tspl.ts'
import { toZpl } from './zpl.ts'

export interface EmitLabelOptions {
  readonly language: PrinterLanguage
  /** Labels with the very same dots; a PNG is one picture, however many copies are made of it. */
  readonly copies: number
  readonly dpi: PrinterResolution
}

export async function emitLabel(image: LabelImage, { language, copies, dpi }: EmitLabelOptions): Promise<Uint8Array> {
  switch (language) {
    case 'zpl':
      return toZpl(image, { copies })
    case 'tspl':
      return toTspl(image, { copies, dpi })
    case 'pdf':
      return toPdf(image, { copies, dpi })
    case 'png':
      return toPng(image, dpi)
  }
}
