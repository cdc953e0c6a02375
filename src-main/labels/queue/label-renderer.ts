// What the print queue needs of the one who draws: a label as dots, read back before it leaves, and as the printer's language.
import type { JsonValue } from '../../shared/data-value.ts'
import type { LabelTemplate, PrinterLanguage, PrinterResolution } from '../../shared/label.ts'

/** A label as dots. */
export interface LabelImage {
  /** Dots. */
  readonly width: number
  readonly height: number
  /** One bit per dot, rows padded to whole bytes, most significant bit first, 1 = black. */
  readonly bitmap: Uint8Array
  /** SHA-256 of width, height and bitmap, hexadecimal: names the picture. */
  readonly hash: string
}

/** All a label is made of; kept with the job, so that it looks the same whenever it is drawn. */
export interface RenderRequest {
  readonly template: LabelTemplate
  /** Bytes of the image files the template names. */
  readonly images: ReadonlyMap<string, Uint8Array>
  readonly dpi: PrinterResolution
  readonly identifier: string | null
  readonly fields: Readonly<Record<string, JsonValue>>
  /** Values of the tags the template reads, as they were when the label was asked for. */
  readonly tags: Readonly<Record<string, JsonValue>>
  readonly user: string
  /** When the label was asked for; ms. */
  readonly timestamp: number
}

export interface EmitOptions {
  readonly language: PrinterLanguage
  readonly copies: number
  readonly dpi: PrinterResolution
}

export interface LabelRenderer {
  /**
   * The label, its symbols decoded again and equal to what was put in. Throws RuntimeError with a sentence when it cannot be made so;
   * never waits for ever.
   */
  render(request: RenderRequest): Promise<LabelImage>
  /** The label as bytes for a printer. */
  emit(image: LabelImage, options: EmitOptions): Promise<Uint8Array>
}
