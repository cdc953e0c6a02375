// Every bar code at every resolution, turned every way, is read back as what was put in.
import { describe, expect, test } from 'vitest'
import { decodeSymbols } from '../../../../src-main/labels/decode/decode-symbols.ts'
import { renderLabel } from '../../../../src-main/labels/render/render-label.ts'
import { symbologyNames } from '../../../../src-main/labels/symbols/symbologies.ts'
import { printerResolutions } from '../../../../src-main/shared/label.ts'
import { barcodeElement, labelRequest } from '../label-fixtures.ts'
import { symbolSamples } from '../symbol-samples.ts'

/** How the bar code is turned on the label, and the label on the media. */
const turns = [
  [0, 0],
  [90, 0],
  [180, 90],
  [270, 180],
  [0, 270],
] as const

test('there is a sample of every bar code', () => {
  expect(new Set(symbolSamples.map(({ symbology }) => symbology))).toEqual(new Set(symbologyNames))
})

describe.each(printerResolutions)('at %i dpi', (dpi) => {
  test.each(symbolSamples)('$symbology of $text is read back, turned every way', async (sample) => {
    for (const [rotate, turn] of turns) {
      const { symbology, text, errorCorrection = null } = sample
      const element = barcodeElement({ symbology, rotate, module: 0.38, height: 8, showText: true, errorCorrection })
      const label = renderLabel(labelRequest([element], [text], dpi, { width: 150, height: 150, rotate: turn }))
      expect(label.faults).toEqual([])
      expect(await decodeSymbols(label)).toEqual([
        { element: 0, symbology, text: sample.readsAs, aimId: sample.aimId, fault: null },
      ])
    }
  })
})
