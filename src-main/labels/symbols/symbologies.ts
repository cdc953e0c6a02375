// The bar codes a label may carry: how wide their quiet zones are, which texts they take, and what a reader says of them.
import { gs1Content, gs1Fault } from './gs1-content.ts'
import { hasControls, isIso15434, isPrintableAscii } from './letters.ts'
import { digitsOnly, withEanCheckDigit } from './retail-digits.ts'

/** What a reader is told to look for (names of zxing). */
export type ReaderFormat =
  | 'QRCode'
  | 'MicroQRCode'
  | 'RMQRCode'
  | 'DataMatrix'
  | 'Aztec'
  | 'PDF417'
  | 'MicroPDF417'
  | 'Code128'
  | 'Code39'
  | 'EAN13'
  | 'EAN8'
  | 'UPCA'
  | 'UPCE'
  | 'ITF'
  | 'DataBarExp'
  | 'DataBarExpStk'

export interface Symbology {
  /** Name in templates (and of bwip-js). */
  readonly name: string
  /** In messages. */
  readonly title: string
  readonly format: ReaderFormat
  /** Bars of one height, or modules in rows and columns. */
  readonly kind: 'bars' | 'modules'
  /** White around it, in modules: left, right, above and below. */
  readonly quiet: { readonly left: number; readonly right: number; readonly vertical: number }
  /** AIM identifiers (`]d2` …) a reader gives: the symbol says of itself that it is GS1. null = any. */
  readonly aimId: string | null
  /** Why this text cannot be its content, as a sentence; null = it can. */
  readonly fault: (text: string) => string | null
  /** What a reader says when it reads it: the text itself, or with check digits and separators. */
  readonly readsAs: (text: string) => string
  /** Sizes by name, smallest first, where the encoder does not choose one by itself. */
  readonly sizes?: readonly string[]
  /** Levels of error correction it takes; empty = it has none to choose. */
  readonly errorCorrection: readonly string[]
  /** A wide bar in modules where it may be chosen (2 as bwip-js draws it). */
  readonly wideBar?: number
}

const same = (text: string) => text
const none: readonly string[] = []

const around = (modules: number) => ({ left: modules, right: modules, vertical: modules })
const beside = (left: number, right = left) => ({ left, right, vertical: 0 })

/** Printable ASCII, or a message of ISO/IEC 15434 with its separators. */
function asciiFault(text: string): string | null {
  return isIso15434(text) ? null : printableAsciiFault(text)
}

function printableAsciiFault(text: string): string | null {
  if (isPrintableAscii(text)) return null
  if (text === '') return 'it is empty'
  return hasControls(text)
    ? 'it has control characters'
    : 'it has letters that are not ASCII, which readers of this kind of symbol do not agree upon; use qrcode for them'
}

function unicodeFault(text: string): string | null {
  if (text === '') return 'it is empty'
  if (!text.isWellFormed()) return 'it has half a character'
  return hasControls(text) && !isIso15434(text) ? 'it has control characters' : null
}

const qrLevels = ['L', 'M', 'Q', 'H']

/** Of ISO/IEC 23941, by the number of their modules. */
const rmqrSizes =
  'R11x27 R7x43 R13x27 R9x43 R7x59 R11x43 R9x59 R7x77 R13x43 R11x59 R15x43 R9x77 R7x99 R17x43 R13x59 R11x77 R15x59 R9x99 R7x139 R13x77 R17x59 R11x99 R15x77 R9x139 R13x99 R17x77 R15x99 R11x139 R17x99 R13x139 R15x139 R17x139'.split(
    ' ',
  )
const aztecLevels = /^(?:[5-9]|[1-8]\d|9[0-5])$/

const matrix = (name: string, title: string, format: ReaderFormat, quiet: number) => ({
  name,
  title,
  format,
  kind: 'modules' as const,
  quiet: around(quiet),
  aimId: null,
  fault: asciiFault,
  readsAs: same,
  errorCorrection: none,
})

const bars = (name: string, title: string, format: ReaderFormat, quiet: Symbology['quiet']) => ({
  ...matrix(name, title, format, 0),
  kind: 'bars' as const,
  quiet,
  fault: printableAsciiFault,
})

const gs1 = (aimId: string) => ({ aimId, fault: gs1Fault, readsAs: gs1Content })

function retail(lengths: readonly number[], title: string) {
  return (text: string) =>
    digitsOnly(text) && lengths.includes(text.length)
      ? null
      : `${title} takes ${lengths.join(' or ')} digits, not "${text}"`
}

const table: readonly Symbology[] = [
  { ...matrix('qrcode', 'QR Code', 'QRCode', 4), fault: unicodeFault, errorCorrection: qrLevels },
  { ...matrix('gs1qrcode', 'GS1 QR Code', 'QRCode', 4), ...gs1(']Q3'), errorCorrection: qrLevels },
  {
    ...matrix('gs1dlqrcode', 'GS1 Digital Link QR Code', 'QRCode', 4),
    fault: printableAsciiFault,
    errorCorrection: qrLevels,
  },
  {
    ...matrix('microqrcode', 'Micro QR Code', 'MicroQRCode', 2),
    fault: printableAsciiFault,
    errorCorrection: ['L', 'M', 'Q'],
  },
  {
    ...matrix('rectangularmicroqrcode', 'rMQR Code', 'RMQRCode', 2),
    fault: printableAsciiFault,
    errorCorrection: ['M', 'H'],
    sizes: rmqrSizes,
  },
  matrix('datamatrix', 'Data Matrix', 'DataMatrix', 1),
  matrix('datamatrixrectangular', 'rectangular Data Matrix', 'DataMatrix', 1),
  { ...matrix('gs1datamatrix', 'GS1 Data Matrix', 'DataMatrix', 1), ...gs1(']d2') },
  { ...matrix('gs1dldatamatrix', 'GS1 Digital Link Data Matrix', 'DataMatrix', 1), fault: printableAsciiFault },
  { ...matrix('azteccode', 'Aztec Code', 'Aztec', 0), errorCorrection: ['23', '36', '50'] },
  { ...matrix('pdf417', 'PDF417', 'PDF417', 2), errorCorrection: ['0', '1', '2', '3', '4', '5', '6', '7', '8'] },
  { ...matrix('micropdf417', 'MicroPDF417', 'MicroPDF417', 1) },
  bars('code128', 'Code 128', 'Code128', beside(10)),
  { ...bars('gs1-128', 'GS1-128', 'Code128', beside(10)), ...gs1(']C1') },
  bars('code39', 'Code 39', 'Code39', beside(10)),
  {
    ...bars('ean13', 'EAN-13', 'EAN13', beside(11, 7)),
    fault: retail([12, 13], 'EAN-13'),
    readsAs: (text) => withEanCheckDigit(text, 13),
  },
  {
    ...bars('ean8', 'EAN-8', 'EAN8', beside(7)),
    fault: retail([7, 8], 'EAN-8'),
    readsAs: (text) => withEanCheckDigit(text, 8),
  },
  {
    ...bars('upca', 'UPC-A', 'UPCA', beside(9)),
    fault: retail([11, 12], 'UPC-A'),
    readsAs: (text) => withEanCheckDigit(text, 12),
  },
  { ...bars('upce', 'UPC-E', 'UPCE', beside(9, 7)), fault: retail([8], 'UPC-E') },
  {
    ...bars('itf14', 'ITF-14', 'ITF', beside(10)),
    fault: retail([13, 14], 'ITF-14'),
    readsAs: (text) => withEanCheckDigit(text, 14),
    wideBar: 2.5,
  },
  {
    ...bars('interleaved2of5', 'Interleaved 2 of 5', 'ITF', beside(10)),
    fault: (text) =>
      digitsOnly(text) && text.length % 2 === 0 && text.length >= 4
        ? null
        : `Interleaved 2 of 5 takes an even number of digits, at least 4, not "${text}"`,
    wideBar: 2.5,
  },
  { ...bars('databarexpanded', 'GS1 DataBar Expanded', 'DataBarExp', beside(1)), ...gs1(']e0') },
  {
    ...matrix('databarexpandedstacked', 'GS1 DataBar Expanded Stacked', 'DataBarExpStk', 1),
    ...gs1(']e0'),
  },
]

const byName: ReadonlyMap<string, Symbology> = new Map(table.map((symbology) => [symbology.name, symbology]))

/** Names of all symbologies, for messages and choices. */
export const symbologyNames: readonly string[] = table.map(({ name }) => name)

/** undefined = a name that is none. */
export function symbologyOf(name: string): Symbology | undefined {
  return byName.get(name)
}

/** Why this level of error correction is none of the symbology's, as a sentence; null = it is one. */
export function errorCorrectionFault(symbology: Symbology, level: string): string | null {
  if (symbology.errorCorrection.includes(level)) return null
  if (symbology.format === 'Aztec' && aztecLevels.test(level)) return null
  return symbology.errorCorrection.length === 0
    ? `${symbology.title} has no error correction to choose, but "${level}" is asked for`
    : `${symbology.title} has no error correction "${level}"; it has ${symbology.errorCorrection.join(', ')}`
}
