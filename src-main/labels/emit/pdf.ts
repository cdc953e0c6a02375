// A label as PDF: a page as large as the label, on it the dots, one by one. The same dots give the same bytes.
import type { PrinterResolution } from '../../shared/label.ts'
import { dotsPerMm } from '../layout/dots.ts'
import type { LabelImage } from './label-image.ts'
import { toPng } from './png.ts'

export interface PdfOptions {
  /** Pages with the very same dots; 1 to 1000. */
  readonly copies: number
  readonly dpi: PrinterResolution
}

/** Points on a millimetre. */
const pointsPerMm = 72 / 25.4

/** A PDF says when it was made; a label's says always the same, so that its bytes do. */
const fixedDate = new Date(0)

export async function toPdf(image: LabelImage, { copies, dpi }: PdfOptions): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit')
  const width = (image.width / dotsPerMm(dpi)) * pointsPerMm
  const height = (image.height / dotsPerMm(dpi)) * pointsPerMm
  const page: PDFKit.PDFDocumentOptions = { size: [pageLength(width), pageLength(height)], margin: 0 }
  // No font: the text of a label is dots.
  const document = new PDFDocument({ ...page, autoFirstPage: false, font: '', info: { CreationDate: fixedDate } })
  const parts: Uint8Array[] = []
  document.on('data', (part: Uint8Array) => parts.push(part))
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve)
    document.on('error', reject)
  })
  // As a text it is one picture, however many pages show it.
  const picture = `data:image/png;base64,${Buffer.from(toPng(image, dpi)).toString('base64')}`
  for (let copy = 0; copy < copies; copy++) document.addPage(page).image(picture, 0, 0, { width, height })
  document.end()
  await ended
  return Buffer.concat(parts)
}

/** A hundredth of a point less than the dots: who draws the page counts each dot begun, and there must not be one more. */
function pageLength(points: number): number {
  return Math.ceil(points * 100) / 100 - 0.01
}
