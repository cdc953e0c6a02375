// The picture in a ZPL format, unpacked as a printer would.
import { inflateSync } from 'node:zlib'

export interface Graphic {
  readonly width: number
  readonly height: number
  readonly bitmap: Uint8Array
  readonly copies: number
}

/** Throws when the bytes are anything else than one format with one graphic. */
export function unpackedGraphic(zpl: Uint8Array): Graphic {
  const text = Buffer.from(zpl).toString('latin1')
  const match =
    /^\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^JZN\^FO0,0\^GFA,(\d+),(\d+),(\d+),([^^~]*)\^FS\^PQ(\d+),0,1,Y\^XZ\n$/.exec(text)
  if (match === null) throw new Error(`this is not one format with one graphic: ${text.slice(0, 200)}`)
  const [width, height, total, sent, rowBytes] = match.slice(1, 6).map(Number)
  const data = match[6]!
  const z64 = /^:Z64:([A-Za-z0-9+/=]+):([0-9A-F]{4})$/.exec(data)
  const bitmap = z64 === null ? Buffer.from(data, 'hex') : inflateSync(Buffer.from(z64[1]!, 'base64'))
  if (bitmap.length !== total || total !== sent || bitmap.length !== rowBytes! * height!)
    throw new Error('the graphic has another length than it says')
  return { width: width!, height: height!, bitmap: new Uint8Array(bitmap), copies: Number(match[7]) }
}
