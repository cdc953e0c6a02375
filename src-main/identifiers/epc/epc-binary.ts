// EPC binary encodings with a company prefix (TDS 2.2 section 14.6): the 96-bit ones and their longer sisters. Hexadecimal digits ↔ EPC.
import { RuntimeError } from '../../shared/runtime-error.ts'
import { BitReader, BitWriter } from './bits.ts'
import type { Epc } from './epc-schemes.ts'

/** What a tag holds: an EPC, and the filter a reader may select by. */
export interface TagContent {
  /** `sgtin-96`. */
  readonly encoding: string
  readonly filter: number
  readonly epc: Epc
}

/** How a field behind company prefix is written: an integer of fixed digits, a number without leading zeros, or text of 7 or 6 bits each. */
type FieldForm = 'digits' | 'number' | 'text7' | 'text6' | 'oneBefore'

interface FieldCoding {
  readonly form: FieldForm
  /** Bits; for a partitioned field by partition 0 to 6; 0 = as long as it is, ended by zeros. */
  readonly bits: number | readonly number[]
}

interface Encoding {
  readonly name: string
  readonly header: number
  readonly scheme: string
  /** Bits of the whole; null = as long as the fields are. */
  readonly length: number | null
  /** Digits of company prefix and the field behind it; null = that field has no fixed digits. */
  readonly digits: number | null
  readonly reference: FieldCoding
  readonly further: readonly FieldCoding[]
}

/** Bits of company prefixes of 12 to 6 digits, partitions 0 to 6. */
const prefixBits = [40, 37, 34, 30, 27, 24, 20]
const itemBits = [4, 7, 10, 14, 17, 20, 24]
const serviceBits = [18, 21, 24, 28, 31, 34, 38]
const placeBits = [1, 4, 7, 11, 14, 17, 21]
const assetBits = [42, 45, 48, 52, 55, 58, 62]
const longAssetBits = [148, 151, 154, 158, 161, 164, 168]
const partBits = [11, 14, 17, 21, 24, 27, 31]

const number = (bits: number): FieldCoding => ({ form: 'number', bits })
const text = (bits: number): FieldCoding => ({ form: 'text7', bits })
const parted = (bits: readonly number[]): FieldCoding => ({ form: 'digits', bits })
const twoDigits: FieldCoding = { form: 'digits', bits: 7 }

const encodings: readonly Encoding[] = [
  {
    name: 'sgtin-96',
    header: 0x30,
    scheme: 'sgtin',
    length: 96,
    digits: 13,
    reference: parted(itemBits),
    further: [number(38)],
  },
  {
    name: 'sgtin-198',
    header: 0x36,
    scheme: 'sgtin',
    length: 198,
    digits: 13,
    reference: parted(itemBits),
    further: [text(140)],
  },
  {
    name: 'sscc-96',
    header: 0x31,
    scheme: 'sscc',
    length: 96,
    digits: 17,
    reference: parted(serviceBits),
    further: [],
  },
  {
    name: 'sgln-96',
    header: 0x32,
    scheme: 'sgln',
    length: 96,
    digits: 12,
    reference: parted(placeBits),
    further: [number(41)],
  },
  {
    name: 'sgln-195',
    header: 0x39,
    scheme: 'sgln',
    length: 195,
    digits: 12,
    reference: parted(placeBits),
    further: [text(140)],
  },
  {
    name: 'grai-96',
    header: 0x33,
    scheme: 'grai',
    length: 96,
    digits: 12,
    reference: parted(itemBits),
    further: [number(38)],
  },
  {
    name: 'grai-170',
    header: 0x37,
    scheme: 'grai',
    length: 170,
    digits: 12,
    reference: parted(itemBits),
    further: [text(112)],
  },
  {
    name: 'giai-96',
    header: 0x34,
    scheme: 'giai',
    length: 96,
    digits: null,
    reference: { form: 'number', bits: assetBits },
    further: [],
  },
  {
    name: 'giai-202',
    header: 0x38,
    scheme: 'giai',
    length: 202,
    digits: null,
    reference: { form: 'text7', bits: longAssetBits },
    further: [],
  },
  {
    name: 'gsrn-96',
    header: 0x2d,
    scheme: 'gsrn',
    length: 96,
    digits: 17,
    reference: parted(serviceBits),
    further: [],
  },
  {
    name: 'gsrnp-96',
    header: 0x2e,
    scheme: 'gsrnp',
    length: 96,
    digits: 17,
    reference: parted(serviceBits),
    further: [],
  },
  {
    name: 'gdti-96',
    header: 0x2c,
    scheme: 'gdti',
    length: 96,
    digits: 12,
    reference: parted(placeBits),
    further: [number(41)],
  },
  {
    name: 'gdti-113',
    header: 0x3a,
    scheme: 'gdti',
    length: 113,
    digits: 12,
    reference: parted(placeBits),
    further: [number(58)],
  },
  {
    name: 'gdti-174',
    header: 0x3e,
    scheme: 'gdti',
    length: 174,
    digits: 12,
    reference: parted(placeBits),
    further: [text(119)],
  },
  {
    name: 'sgcn-96',
    header: 0x3f,
    scheme: 'sgcn',
    length: 96,
    digits: 12,
    reference: parted(placeBits),
    further: [{ form: 'oneBefore', bits: 41 }],
  },
  {
    name: 'cpi-96',
    header: 0x3c,
    scheme: 'cpi',
    length: 96,
    digits: null,
    reference: { form: 'number', bits: partBits },
    further: [number(31)],
  },
  {
    name: 'cpi-var',
    header: 0x3d,
    scheme: 'cpi',
    length: null,
    digits: null,
    reference: { form: 'text6', bits: 0 },
    further: [number(40)],
  },
  {
    name: 'itip-110',
    header: 0x40,
    scheme: 'itip',
    length: 110,
    digits: 13,
    reference: parted(itemBits),
    further: [twoDigits, twoDigits, number(38)],
  },
  {
    name: 'itip-212',
    header: 0x41,
    scheme: 'itip',
    length: 212,
    digits: 13,
    reference: parted(itemBits),
    further: [twoDigits, twoDigits, text(140)],
  },
]

const byHeader: ReadonlyMap<number, Encoding> = new Map(encodings.map((encoding) => [encoding.header, encoding]))
const byName: ReadonlyMap<string, Encoding> = new Map(encodings.map((encoding) => [encoding.name, encoding]))

/** Is there an encoding of this name. */
export function isPrefixEncoding(name: string): boolean {
  return byName.has(name)
}

/** The encoding of 96 bits of a scheme; `itip-110` for want of one; null = there is none. */
export function shortEncodingOf(scheme: string): string | null {
  return encodings.find((encoding) => encoding.scheme === scheme)?.name ?? null
}

/**
 * Hexadecimal digits of a tag's EPC memory, without the protocol bits.
 * @throws RuntimeError BadInvalidArgument when a field does not fit the encoding, as a serial number with letters or leading zeros.
 */
export function encodeTag({ encoding: name, filter, epc }: TagContent): string {
  const encoding = byName.get(name)
  if (encoding === undefined || encoding.scheme !== epc.scheme)
    throw new RuntimeError('BadInvalidArgument', `There is no encoding ${name} of the scheme ${epc.scheme}.`)
  const [company = '', reference = '', ...further] = epc.fields
  const partition = 12 - company.length
  if (partition < 0 || partition > 6)
    throw new RuntimeError(
      'BadInvalidArgument',
      `The company prefix has ${company.length} digits; 6 to 12 are possible.`,
    )
  const writer = new BitWriter()
  writer.integer(encoding.header, 8)
  writer.integer(filter, 3)
  writer.integer(partition, 3)
  writer.integer(BigInt(company), prefixBits[partition]!)
  writeField(writer, encoding, encoding.reference, partition, reference)
  for (const [at, field] of encoding.further.entries())
    writeField(writer, encoding, field, partition, further[at] ?? '')
  if (encoding.length !== null) writer.padTo(encoding.length)
  return writer.hex()
}

/** Reads hexadecimal digits; null = no encoding with a company prefix begins so, or the bits make no sense in it. */
export function decodeTag(hex: string): TagContent | null {
  const encoding = byHeader.get(Number.parseInt(hex.slice(0, 2), 16))
  if (encoding === undefined) return null
  const reader = new BitReader(hex)
  reader.integer(8)
  const filter = reader.number(3)
  const partition = reader.number(3)
  const width = prefixBits[partition]
  if (width === undefined) return null
  const company = digitsOf(reader.integer(width), 12 - partition)
  const length = encoding.digits === null ? null : encoding.digits - (12 - partition)
  const fields = [company, readField(reader, encoding.reference, partition, length)]
  for (const field of encoding.further) fields.push(readField(reader, field, partition, field.bits === 7 ? 2 : null))
  if (fields.includes(null) || reader.isShort) return null
  return { encoding: encoding.name, filter, epc: { scheme: encoding.scheme, fields: fields as string[] } }
}

/** Bits an encoding with this header has; null = as many as its fields need, or there is none. */
export function encodedBits(header: number): number | null {
  return header === 0x35 || header === 0x2f ? 96 : (byHeader.get(header)?.length ?? null)
}

function widthOf(field: FieldCoding, partition: number): number {
  return typeof field.bits === 'number' ? field.bits : field.bits[partition]!
}

function writeField(writer: BitWriter, encoding: Encoding, field: FieldCoding, partition: number, value: string): void {
  const width = widthOf(field, partition)
  if (field.form === 'digits') return writer.integer(value === '' ? 0n : BigInt(value), width)
  if (field.form === 'text6') {
    writer.characters(value, 6)
    return writer.integer(0, 6)
  }
  if (field.form === 'text7') {
    if (value.length * 7 > width)
      throw new RuntimeError(
        'BadInvalidArgument',
        `${JSON.stringify(value)} is too long for ${encoding.name}: ${Math.floor(width / 7)} characters fit.`,
      )
    writer.characters(value, 7)
    return writer.integer(0, width - value.length * 7)
  }
  if (!/^\d+$/.test(value))
    throw new RuntimeError(
      'BadInvalidArgument',
      `${JSON.stringify(value)} cannot stand in ${encoding.name}, which has room for a number only.`,
    )
  if (field.form === 'number' && value.length > 1 && value.startsWith('0'))
    throw new RuntimeError(
      'BadInvalidArgument',
      `${JSON.stringify(value)} cannot stand in ${encoding.name}: leading zeros would be lost.`,
    )
  const written = BigInt(field.form === 'oneBefore' ? `1${value}` : value)
  const most = (1n << BigInt(width)) - 1n
  if (written > most)
    throw new RuntimeError('BadInvalidArgument', `${value} is too large for ${encoding.name}: ${most} is the most.`)
  writer.integer(written, width)
}

/** null = the bits are no value of the field. */
function readField(reader: BitReader, field: FieldCoding, partition: number, length: number | null): string | null {
  const width = widthOf(field, partition)
  if (field.form === 'digits') return digitsOf(reader.integer(width), length ?? 0)
  if (field.form === 'number') return reader.integer(width).toString()
  if (field.form === 'oneBefore') {
    const written = reader.integer(width).toString()
    return written.startsWith('1') && written.length > 1 ? written.slice(1) : null
  }
  return field.form === 'text6' ? readSixBits(reader) : readSevenBits(reader, width)
}

/** null = the number has more digits. */
function digitsOf(value: bigint, length: number): string | null {
  if (length === 0) return value === 0n ? '' : null
  const text = value.toString().padStart(length, '0')
  return text.length === length ? text : null
}

function readSevenBits(reader: BitReader, width: number): string | null {
  let value = ''
  let hasEnded = false
  for (let at = 0; at < Math.floor(width / 7); at++) {
    const code = reader.number(7)
    if (code === 0) hasEnded = true
    else if (hasEnded) return null
    else value += String.fromCharCode(code)
  }
  return reader.number(width % 7) === 0 ? value : null
}

/** Six-bit characters up to six zeros: capital letters, digits, signs (TDS table G). */
export function readSixBits(reader: BitReader): string | null {
  let value = ''
  while (!reader.isShort && value.length <= 32) {
    const code = reader.number(6)
    if (code === 0) return value
    value += String.fromCharCode(code < 32 ? code + 64 : code)
  }
  return null
}
