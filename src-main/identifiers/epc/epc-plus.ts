// EPC binary encodings of TDS 2.x with a plus sign (section 14.6 and 14.5): AI values as they are, no company prefix length.
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Gs1Element } from '../gs1/gs1-element.ts'
import { BitReader, BitWriter } from './bits.ts'

/** What a tag with a plus encoding holds. */
export interface PlusContent {
  /** `sgtin+`. */
  readonly encoding: string
  readonly filter: number
  readonly elements: readonly Gs1Element[]
  /** More data of the label stands behind the EPC in the tag. */
  readonly hasMore: boolean
}

/** Digits of four bits, text with an indicator of its alphabet, digits up to a sign with such text behind, or a number with its length. */
type PartForm =
  | { readonly form: 'digits'; readonly length: number }
  | { readonly form: 'text' | 'digitsThenText' | 'number'; readonly most: number }

interface PlusEncoding {
  readonly name: string
  readonly header: number
  readonly ais: readonly { readonly ai: string; readonly parts: readonly PartForm[] }[]
}

const digits = (length: number): PartForm => ({ form: 'digits', length })
const textOf = (most: number): PartForm => ({ form: 'text', most })

const serial = { ai: '21', parts: [textOf(20)] }
const encodings: readonly PlusEncoding[] = [
  {
    name: 'cpi+',
    header: 0xf0,
    ais: [
      { ai: '8010', parts: [{ form: 'digitsThenText', most: 30 }] },
      { ai: '8011', parts: [{ form: 'number', most: 12 }] },
    ],
  },
  { name: 'grai+', header: 0xf1, ais: [{ ai: '8003', parts: [digits(14), textOf(16)] }] },
  {
    name: 'sgln+',
    header: 0xf2,
    ais: [
      { ai: '414', parts: [digits(13)] },
      { ai: '254', parts: [textOf(20)] },
    ],
  },
  { name: 'itip+', header: 0xf3, ais: [{ ai: '8006', parts: [digits(18)] }, serial] },
  { name: 'gsrn+', header: 0xf4, ais: [{ ai: '8018', parts: [digits(18)] }] },
  { name: 'gsrnp+', header: 0xf5, ais: [{ ai: '8017', parts: [digits(18)] }] },
  { name: 'gdti+', header: 0xf6, ais: [{ ai: '253', parts: [digits(13), textOf(17)] }] },
  { name: 'sgtin+', header: 0xf7, ais: [{ ai: '01', parts: [digits(14)] }, serial] },
  { name: 'sgcn+', header: 0xf8, ais: [{ ai: '255', parts: [digits(13), { form: 'number', most: 12 }] }] },
  { name: 'sscc+', header: 0xf9, ais: [{ ai: '00', parts: [digits(18)] }] },
  { name: 'giai+', header: 0xfa, ais: [{ ai: '8004', parts: [{ form: 'digitsThenText', most: 30 }] }] },
  { name: 'dsgtin+', header: 0xfb, ais: [{ ai: '01', parts: [digits(14)] }, serial] },
]
const byHeader: ReadonlyMap<number, PlusEncoding> = new Map(encodings.map((encoding) => [encoding.header, encoding]))

/** Encodings in the order in which a label is looked through. dsgtin+ is read only: which date it should carry cannot be known. */
const order = ['sscc+', 'itip+', 'sgtin+', 'grai+', 'giai+', 'gdti+', 'sgcn+', 'cpi+', 'gsrnp+', 'gsrn+', 'sgln+']

/** Dates a dsgtin+ may begin with, by their four bits (TDS table 14.5.3). */
const dateAis = ['11', '13', '15', '16', '17', '7006', '7007']

const code40 = ' ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789'
const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Alphabets of variable-length text by their indicator (TDS table E). */
interface Alphabet {
  readonly fits: RegExp
  readonly bits: (length: number) => number
  readonly write: (writer: BitWriter, text: string) => void
  readonly read: (reader: BitReader, length: number) => string | null
}

const alphabets: readonly Alphabet[] = [
  { fits: /^\d+$/, bits: integerBits, write: writeInteger, read: readInteger },
  {
    fits: /^[0-9A-F]+$/,
    bits: (length) => length * 4,
    write: writeFrom('0123456789ABCDEF', 4),
    read: readFrom('0123456789ABCDEF', 4),
  },
  {
    fits: /^[0-9a-f]+$/,
    bits: (length) => length * 4,
    write: writeFrom('0123456789abcdef', 4),
    read: readFrom('0123456789abcdef', 4),
  },
  {
    fits: /^[-0-9A-Z_a-z]+$/,
    bits: (length) => length * 6,
    write: writeFrom(base64url, 6),
    read: readFrom(base64url, 6),
  },
  {
    fits: /^[!-~]+$/,
    bits: (length) => length * 7,
    write: (writer, text) => writer.characters(text, 7),
    read: readAscii,
  },
  { fits: /^[-.0-9:A-Z]+$/, bits: (length) => Math.ceil(length / 3) * 16, write: writeCode40, read: readCode40 },
]

/**
 * Hexadecimal digits of the plus encoding of a label's key; what else is on the label is left out.
 * @throws RuntimeError BadInvalidArgument when there is no key with its serial number.
 */
export function encodePlus(elements: readonly Gs1Element[], filter: number): string {
  const values = new Map(elements.map(({ ai, value }) => [ai, value]))
  if (values.has('414') && !values.has('254')) values.set('254', '0')
  const encoding = order
    .map((name) => encodings.find((other) => other.name === name)!)
    .find(({ ais }) => ais.every(({ ai }) => values.has(ai)))
  if (encoding === undefined)
    throw new RuntimeError(
      'BadInvalidArgument',
      'There is no EPC of it: no key with its serial number was found, as (01) with (21) or (00).',
    )
  const writer = new BitWriter()
  writer.integer(encoding.header, 8)
  writer.integer(0, 1)
  writer.integer(filter, 3)
  for (const { ai, parts } of encoding.ais) {
    let value = values.get(ai)!
    for (const part of parts) {
      const piece = part.form === 'digits' ? value.slice(0, part.length) : value
      value = value.slice(piece.length)
      if (piece === '')
        throw new RuntimeError(
          'BadInvalidArgument',
          `AI (${ai}) has no serial number, without which there is no EPC of it.`,
        )
      writePart(writer, part, piece)
    }
  }
  return writer.hex()
}

/** Reads hexadecimal digits; null = it is no plus encoding, or its bits make no sense. */
export function decodePlus(hex: string): PlusContent | null {
  const encoding = byHeader.get(Number.parseInt(hex.slice(0, 2), 16))
  if (encoding === undefined) return null
  const reader = new BitReader(hex)
  reader.integer(8)
  const hasMore = reader.number(1) === 1
  const filter = reader.number(3)
  const date = encoding.name === 'dsgtin+' ? readDate(reader) : []
  if (date === null) return null
  const elements: Gs1Element[] = []
  for (const { ai, parts } of encoding.ais) {
    let value = ''
    for (const part of parts) {
      const piece = readPart(reader, part)
      if (piece === null || reader.isShort) return null
      value += piece
    }
    if (!(ai === '254' && value === '0')) elements.push({ ai, value })
  }
  if (!hasMore && !reader.restIsPadding(128)) return null
  return { encoding: encoding.name, filter, elements: [...elements, ...date], hasMore }
}

function writePart(writer: BitWriter, part: PartForm, piece: string): void {
  if (part.form === 'digits') return writeFrom('0123456789', 4)(writer, piece)
  if (part.form === 'number') {
    writer.integer(piece.length, 4)
    return writeInteger(writer, piece)
  }
  if (part.form === 'text') return writeText(writer, piece)
  const numeric = /^\d*/.exec(piece)![0]
  writeFrom('0123456789', 4)(writer, numeric)
  if (numeric.length === piece.length) return writer.integer(0b1111, 4)
  writer.integer(0b1110, 4)
  writeText(writer, piece.slice(numeric.length))
}

/** In the alphabet that takes the fewest bits. */
function writeText(writer: BitWriter, text: string): void {
  const fitting = alphabets
    .map((alphabet, indicator) => ({ alphabet, indicator }))
    .filter(({ alphabet }) => alphabet.fits.test(text))
  const best = fitting.reduce((a, b) => (b.alphabet.bits(text.length) < a.alphabet.bits(text.length) ? b : a))
  writer.integer(best.indicator, 3)
  writer.integer(text.length, 5)
  best.alphabet.write(writer, text)
}

function readPart(reader: BitReader, part: PartForm): string | null {
  if (part.form === 'digits') return readFrom('0123456789', 4)(reader, part.length)
  if (part.form === 'number') {
    const length = reader.number(4)
    return length > part.most ? null : length === 0 ? '' : readInteger(reader, length)
  }
  if (part.form === 'text') return readText(reader, part.most)
  let value = ''
  while (!reader.isShort && value.length <= part.most) {
    const digit = reader.number(4)
    if (digit === 0b1111) return value
    if (digit === 0b1110) {
      const rest = readText(reader, part.most - value.length)
      return rest === null ? null : value + rest
    }
    if (digit > 9) return null
    value += digit
  }
  return null
}

function readText(reader: BitReader, most: number): string | null {
  const alphabet = alphabets[reader.number(3)]
  const length = reader.number(5)
  return alphabet === undefined || length > most || length === 0 ? null : alphabet.read(reader, length)
}

/** Bits of the largest number of so many digits. */
function integerBits(length: number): number {
  return Math.ceil(length * Math.log2(10))
}

function writeInteger(writer: BitWriter, text: string): void {
  writer.integer(BigInt(text), integerBits(text.length))
}

function readInteger(reader: BitReader, length: number): string | null {
  const text = reader.integer(integerBits(length)).toString().padStart(length, '0')
  return text.length === length ? text : null
}

function writeFrom(alphabet: string, bits: number): (writer: BitWriter, text: string) => void {
  return (writer, text) => {
    for (const character of text) writer.integer(alphabet.indexOf(character), bits)
  }
}

function readFrom(alphabet: string, bits: number): (reader: BitReader, length: number) => string | null {
  return (reader, length) => {
    let text = ''
    for (let at = 0; at < length; at++) text += alphabet[reader.number(bits)] ?? ''
    return text.length === length ? text : null
  }
}

function readAscii(reader: BitReader, length: number): string {
  let text = ''
  for (let at = 0; at < length; at++) text += String.fromCharCode(reader.number(7))
  return text
}

/** Three characters in 16 bits; the last ones are filled with spaces. */
function writeCode40(writer: BitWriter, text: string): void {
  const padded = text.padEnd(Math.ceil(text.length / 3) * 3, ' ')
  for (let at = 0; at < padded.length; at += 3) {
    const [first = 0, second = 0, third = 0] = [0, 1, 2].map((offset) => code40.indexOf(padded[at + offset]!))
    writer.integer(1600 * first + 40 * second + third + 1, 16)
  }
}

function readCode40(reader: BitReader, length: number): string | null {
  let text = ''
  for (let at = 0; at < length; at += 3) {
    const packed = reader.number(16) - 1
    if (packed < 0 || packed >= 64_000) return null
    text += code40[Math.floor(packed / 1600)]! + code40[Math.floor(packed / 40) % 40]! + code40[packed % 40]!
  }
  const read = text.slice(0, length)
  return read.includes(' ') || text.slice(length).trim() !== '' ? null : read
}

function readDate(reader: BitReader): Gs1Element[] | null {
  const ai = dateAis[reader.number(4)]
  const [year, month, day] = [reader.number(7), reader.number(4), reader.number(5)]
  if (ai === undefined || year > 99) return null
  return [{ ai, value: [year, month, day].map((number) => String(number).padStart(2, '0')).join('') }]
}
