// A font of the web (WOFF 1.0, W3C Recommendation) as the font program it carries.
import { inflateSync } from 'node:zlib'

const headerBytes = 44
const entryBytes = 20
/** No table of a font is larger. */
const largestTable = 32 * 1024 * 1024

/** The same font as sfnt: its tables unpacked, in their order. Throws RangeError for what is no WOFF. */
export function unpackWoff(woff: Uint8Array): Uint8Array {
  const bytes = Buffer.from(woff.buffer, woff.byteOffset, woff.byteLength)
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 4) !== 'wOFF')
    throw new RangeError('it is no WOFF font')
  const tableCount = bytes.readUInt16BE(12)
  const directory = Buffer.alloc(12 + 16 * tableCount)
  bytes.copy(directory, 0, 4, 8)
  directory.writeUInt16BE(tableCount, 4)
  const parts: Uint8Array[] = [directory]
  let offset = directory.length
  for (let index = 0; index < tableCount; index++) {
    const entry = headerBytes + entryBytes * index
    const table = tableAt(bytes, entry)
    const target = 12 + 16 * index
    bytes.copy(directory, target, entry, entry + 4)
    directory.writeUInt32BE(bytes.readUInt32BE(entry + 16), target + 4)
    directory.writeUInt32BE(offset, target + 8)
    directory.writeUInt32BE(table.length, target + 12)
    const padding = Buffer.alloc((4 - (table.length % 4)) % 4)
    parts.push(table, padding)
    offset += table.length + padding.length
  }
  return Buffer.concat(parts)
}

function tableAt(bytes: Buffer, entry: number): Uint8Array {
  const start = bytes.readUInt32BE(entry + 4)
  const packedLength = bytes.readUInt32BE(entry + 8)
  const length = bytes.readUInt32BE(entry + 12)
  if (length > largestTable || start + packedLength > bytes.length)
    throw new RangeError('a table of the font is cut off')
  const packed = bytes.subarray(start, start + packedLength)
  return packedLength < length ? inflateSync(packed, { maxOutputLength: length }) : packed
}
