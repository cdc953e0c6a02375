// EPC binary encodings without a GS1 key (TDS 2.2 sections 14.6.7 to 14.6.9): GID-96, USDOD-96 and ADI-var.
import { RuntimeError } from '../../shared/runtime-error.ts'
import { BitReader, BitWriter } from './bits.ts'
import { readSixBits, type TagContent } from './epc-binary.ts'

const headers: Readonly<Record<string, number>> = { 'gid-96': 0x35, 'usdod-96': 0x2f, 'adi-var': 0x3b }

export function isSpecialEncoding(name: string): boolean {
  return headers[name] !== undefined
}

/**
 * Hexadecimal digits of a tag's EPC memory.
 * @throws RuntimeError BadInvalidArgument when a field does not fit.
 */
export function encodeSpecialTag({ encoding, filter, epc }: TagContent): string {
  const header = headers[encoding]
  if (header === undefined) throw new RuntimeError('BadInvalidArgument', `There is no EPC encoding ${encoding}.`)
  const [first = '', second = '', third = ''] = epc.fields
  const writer = new BitWriter()
  writer.integer(header, 8)
  if (encoding === 'gid-96') {
    writeNumber(writer, first, 28)
    writeNumber(writer, second, 24)
    writeNumber(writer, third, 36)
  } else if (encoding === 'usdod-96') {
    writer.integer(filter, 4)
    writer.characters(first.padStart(6, ' '), 8)
    writeNumber(writer, second, 36)
  } else {
    writer.integer(filter, 6)
    writer.characters(first.padStart(6, ' '), 6)
    writer.characters(second, 6)
    writer.integer(0, 6)
    writer.characters(third, 6)
    writer.integer(0, 6)
  }
  return writer.hex()
}

/** null = it is none of these, or its bits make no sense. */
export function decodeSpecialTag(hex: string): TagContent | null {
  const reader = new BitReader(hex)
  const header = reader.number(8)
  if (header === headers['gid-96']) {
    const fields = [28, 24, 36].map((width) => reader.integer(width).toString())
    return reader.isShort ? null : { encoding: 'gid-96', filter: 0, epc: { scheme: 'gid', fields } }
  }
  if (header === headers['usdod-96']) {
    const filter = reader.number(4)
    const code = Array.from({ length: 6 }, () => String.fromCharCode(reader.number(8))).join('')
    const fields = [code.trimStart(), reader.integer(36).toString()]
    return reader.isShort ? null : { encoding: 'usdod-96', filter, epc: { scheme: 'usdod', fields } }
  }
  if (header !== headers['adi-var']) return null
  const filter = reader.number(6)
  const code = Array.from({ length: 6 }, () => sixBitCharacter(reader.number(6))).join('')
  const part = readSixBits(reader)
  const serial = readSixBits(reader)
  if (part === null || serial === null || reader.isShort) return null
  return { encoding: 'adi-var', filter, epc: { scheme: 'adi', fields: [code.trimStart(), part, serial] } }
}

function sixBitCharacter(code: number): string {
  return String.fromCharCode(code < 32 ? code + 64 : code)
}

function writeNumber(writer: BitWriter, value: string, width: number): void {
  const most = (1n << BigInt(width)) - 1n
  if (BigInt(value) > most)
    throw new RuntimeError('BadInvalidArgument', `${value} is too large for the tag: ${most} is the most.`)
  writer.integer(BigInt(value), width)
}
