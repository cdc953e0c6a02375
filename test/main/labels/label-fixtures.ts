// Labels for tests: one element on a label, or many.

import type { LabelRequest } from '../../../src-main/labels/render/render-label.ts'
import type { LabelElement, LabelTemplate, PrinterResolution } from '../../../src-main/shared/label.ts'

type Given<Type extends LabelElement['type']> = Partial<LabelElement & { type: Type }>

export function textElement(given: Given<'text'> = {}): LabelElement {
  return {
    type: 'text',
    x: 2,
    y: 2,
    rotate: 0,
    value: 'identifier',
    fontSize: 4,
    bold: false,
    width: null,
    height: null,
    align: 'left',
    ...given,
  }
}

export function barcodeElement(given: Given<'barcode'> = {}): LabelElement {
  return {
    type: 'barcode',
    x: 10,
    y: 10,
    rotate: 0,
    value: 'identifier',
    symbology: 'datamatrix',
    module: 0.5,
    height: null,
    showText: false,
    errorCorrection: null,
    ...given,
  }
}

export function labelTemplate(elements: readonly LabelElement[], given: Partial<LabelTemplate> = {}): LabelTemplate {
  return {
    name: 'case',
    title: { en: 'Case' },
    width: 100,
    height: 60,
    rotate: 0,
    scheme: null,
    printer: null,
    fields: [],
    elements,
    digest: '0'.repeat(64),
    ...given,
  }
}

/** A request with one text for each element. */
export function labelRequest(
  elements: readonly LabelElement[],
  texts: readonly string[],
  dpi: PrinterResolution = 203,
  given: Partial<LabelTemplate> = {},
): LabelRequest {
  return { template: labelTemplate(elements, given), texts, dpi, image: () => null }
}
