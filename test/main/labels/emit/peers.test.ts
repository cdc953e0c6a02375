// What others read from labels: zbarimg and dmtxread from PNG, from ZPL as a printer would draw it, and from PDF as poppler does.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toPdf } from '../../../../src-main/labels/emit/pdf.ts'
import { toPng } from '../../../../src-main/labels/emit/png.ts'
import { toZpl } from '../../../../src-main/labels/emit/zpl.ts'
import { Bitmap } from '../../../../src-main/labels/render/bitmap.ts'
import { renderLabel } from '../../../../src-main/labels/render/render-label.ts'
import { type PrinterResolution, printerResolutions } from '../../../../src-main/shared/label.ts'
import { barcodeElement, labelRequest, textElement } from '../label-fixtures.ts'
import { type SymbolSample, symbolSamples } from '../symbol-samples.ts'

const isThere = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
const noZbar = !isThere('zbarimg')
const noDmtx = !isThere('dmtxread')
const noPoppler = !isThere('pdftoppm')

/** What zbar reads, and how it calls it. */
const zbarNames: Readonly<Record<string, string>> = {
  qrcode: 'QR-Code',
  gs1qrcode: 'QR-Code',
  gs1dlqrcode: 'QR-Code',
  code128: 'CODE-128',
  'gs1-128': 'CODE-128',
  code39: 'CODE-39',
  ean13: 'EAN-13',
  interleaved2of5: 'I2/5',
  itf14: 'I2/5',
}
const forZbar = symbolSamples.filter(({ symbology }) => symbology in zbarNames)
const forDmtx = symbolSamples.filter(({ symbology }) => symbology.includes('datamatrix'))

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'labels-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function labelWith({ symbology, text, errorCorrection = null }: SymbolSample, dpi: PrinterResolution) {
  const code = barcodeElement({ symbology, x: 15, y: 15, module: 0.5, height: 15, errorCorrection })
  const request = labelRequest([textElement(), code], ['Lineside', text], dpi, { width: 150, height: 80 })
  const label = renderLabel(request)
  expect(label.faults).toEqual([])
  return label
}

function zbarReads(file: string): string {
  const { stdout, stderr, status } = spawnSync('zbarimg', ['--quiet', '--nodbus', file], { encoding: 'utf8' })
  return status === 0 ? stdout : `nothing (${status}): ${stderr}`
}

/** With `-G 29` FNC1 is GS, the leading one too. */
function dmtxReads(file: string): string {
  return spawnSync('dmtxread', ['-N1', '-G', '29', '-m', '20000', file], { encoding: 'utf8' }).stdout
}

function expectedOfZbar({ symbology, readsAs }: SymbolSample): string {
  return `${zbarNames[symbology]}:${readsAs}\n`
}

function expectedOfDmtx({ symbology, readsAs }: SymbolSample): string {
  return symbology === 'gs1datamatrix' ? `\u001d${readsAs}` : readsAs
}

describe.each(printerResolutions)('PNG at %i dpi', (dpi) => {
  test.skipIf(noZbar).each(forZbar)('zbarimg reads $symbology $text (skipped without zbar-tools)', (sample) => {
    const file = join(folder, 'label.png')
    writeFileSync(file, toPng(labelWith(sample, dpi), dpi))
    expect(zbarReads(file)).toBe(expectedOfZbar(sample))
  })

  test.skipIf(noDmtx).each(forDmtx)('dmtxread reads $symbology $text (skipped without dmtx-utils)', (sample) => {
    const file = join(folder, 'label.png')
    writeFileSync(file, toPng(labelWith(sample, dpi), dpi))
    expect(dmtxReads(file)).toBe(expectedOfDmtx(sample))
  })
})

describe('ZPL, drawn by another', () => {
  const injection: SymbolSample = {
    symbology: 'qrcode',
    text: 'A^XZ~JR^XA^FDB_C',
    readsAs: 'A^XZ~JR^XA^FDB_C',
    aimId: '',
  }

  test.skipIf(noZbar).each([...forZbar.slice(0, 4), injection])(
    'zbarimg reads $symbology $text from what the renderer draws, and it is one label (skipped without zbar-tools)',
    async (sample) => {
      const file = join(folder, 'zpl.png')
      writeFileSync(file, await drawnZpl(toZpl(labelWith(sample, 203), { copies: 1 })))
      expect(zbarReads(file)).toBe(expectedOfZbar(sample))
    },
  )

  test.skipIf(noDmtx).each(forDmtx.slice(0, 3))(
    'dmtxread reads $symbology $text from what the renderer draws (skipped without dmtx-utils)',
    async (sample) => {
      const file = join(folder, 'zpl.png')
      writeFileSync(file, await drawnZpl(toZpl(labelWith(sample, 203), { copies: 1, coding: 'hex' })))
      expect(dmtxReads(file)).toBe(expectedOfDmtx(sample))
    },
  )

  /** 8 dots a millimetre, a label of 150 by 80 mm. */
  async function drawnZpl(zpl: Uint8Array): Promise<Uint8Array> {
    const { ready } = await import('zpl-renderer-js')
    const { api } = await ready
    const pictures = await api.zplToBase64MultipleAsync(Buffer.from(zpl).toString('latin1'), 150, 80, 8)
    expect(pictures).toHaveLength(1)
    return Buffer.from(pictures[0]!, 'base64')
  }
})

describe('PDF, drawn by poppler', () => {
  test.skipIf(noPoppler)(
    'is the very dots at the resolution of the printer (skipped without poppler-utils)',
    async () => {
      for (const dpi of [300, 600] as const) {
        const label = labelWith(symbolSamples[0]!, dpi)
        const drawn = await drawnPdf(await toPdf(label, { copies: 1, dpi }), dpi)
        const header = `P5\n${label.width} ${label.height}\n255\n`
        expect(drawn.subarray(0, header.length).toString()).toBe(header)
        const picture = new Bitmap(label.width, label.height, label.bitmap)
        const differing = drawn
          .subarray(header.length)
          .findIndex((grey, at) => grey < 128 !== picture.isBlack(at % label.width, Math.floor(at / label.width)))
        expect(differing).toBe(-1)
      }
    },
  )

  test.skipIf(noPoppler || noZbar).each(forZbar.slice(0, 6))(
    'zbarimg reads $symbology $text (skipped without poppler-utils and zbar-tools)',
    async (sample) => {
      const drawn = await drawnPdf(await toPdf(labelWith(sample, 203), { copies: 1, dpi: 203 }), 300)
      const file = join(folder, 'page.pgm')
      writeFileSync(file, drawn)
      expect(zbarReads(file)).toBe(expectedOfZbar(sample))
    },
  )

  async function drawnPdf(pdf: Uint8Array, dpi: number): Promise<Buffer> {
    const file = join(folder, 'label.pdf')
    writeFileSync(file, pdf)
    spawnSync('pdftoppm', ['-r', `${dpi}`, '-gray', '-singlefile', file, join(folder, 'page')])
    return readFileSync(join(folder, 'page.pgm'))
  }
})
