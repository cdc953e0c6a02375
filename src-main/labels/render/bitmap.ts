// A picture of black and white dots as printers take it: 1 bit each, rows of whole bytes, most significant bit first, 1 = black.

/** Clockwise. */
export type QuarterTurn = 0 | 90 | 180 | 270

/** Part of a picture, in dots. */
export interface DotRectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Dots outside of the picture are white and stay so. */
export class Bitmap {
  readonly width: number
  readonly height: number
  /** Bytes of a row. */
  readonly rowBytes: number
  /** The dots; bits behind the last dot of a row are 0. */
  readonly bytes: Uint8Array

  /** White; `bytes` are taken over, not copied. */
  constructor(width: number, height: number, bytes?: Uint8Array) {
    this.width = width
    this.height = height
    this.rowBytes = (width + 7) >> 3
    this.bytes = bytes ?? new Uint8Array(this.rowBytes * height)
  }

  isBlack(x: number, y: number): boolean {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return false
    return (this.bytes[y * this.rowBytes + (x >> 3)]! & (0x80 >> (x & 7))) !== 0
  }

  blacken(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return
    this.bytes[y * this.rowBytes + (x >> 3)]! |= 0x80 >> (x & 7)
  }

  /** Black from `left` (inclusive) to `right` (exclusive) of one row. */
  blackenRow(y: number, left: number, right: number): void {
    if (y < 0 || y >= this.height) return
    const from = Math.max(0, left)
    const to = Math.min(this.width, right)
    if (from >= to) return
    const first = y * this.rowBytes + (from >> 3)
    const last = y * this.rowBytes + ((to - 1) >> 3)
    const firstMask = 0xff >> (from & 7)
    const lastMask = (0xff << (7 - ((to - 1) & 7))) & 0xff
    if (first === last) {
      this.bytes[first]! |= firstMask & lastMask
      return
    }
    this.bytes[first]! |= firstMask
    this.bytes.fill(0xff, first + 1, last)
    this.bytes[last]! |= lastMask
  }

  fill({ x, y, width, height }: DotRectangle): void {
    const bottom = Math.min(this.height, y + height)
    for (let row = Math.max(0, y); row < bottom; row++) this.blackenRow(row, x, x + width)
  }

  /** Adds the black dots of another picture, its upper left corner at (x, y). */
  add(picture: Bitmap, x: number, y: number): void {
    for (let row = 0; row < picture.height; row++) {
      const toY = y + row
      if (toY < 0 || toY >= this.height) continue
      for (let byte = 0; byte < picture.rowBytes; byte++) {
        const bits = picture.bytes[row * picture.rowBytes + byte]!
        if (bits !== 0) this.#addBits(bits, x + byte * 8, toY)
      }
    }
  }

  /** Eight dots beginning at x, which may be anywhere. */
  #addBits(bits: number, x: number, y: number): void {
    if (x <= -8 || x >= this.width) return
    const byteIndex = x >> 3
    const shift = x & 7
    const rowStart = y * this.rowBytes
    const high = bits >> shift
    const low = (bits << (8 - shift)) & 0xff
    if (byteIndex >= 0) this.bytes[rowStart + byteIndex]! |= high & this.#rowMask(byteIndex)
    if (shift !== 0 && byteIndex + 1 < this.rowBytes)
      this.bytes[rowStart + byteIndex + 1]! |= low & this.#rowMask(byteIndex + 1)
  }

  /** Which bits of a byte of a row are dots. */
  #rowMask(byteIndex: number): number {
    const dots = this.width - byteIndex * 8
    return dots >= 8 ? 0xff : (0xff << (8 - dots)) & 0xff
  }

  /** A part of it; what lies outside is white. */
  part({ x, y, width, height }: DotRectangle): Bitmap {
    const part = new Bitmap(width, height)
    part.add(this, -x, -y)
    return part
  }

  /** Calls for each black dot, row by row. */
  forEachBlack(visit: (x: number, y: number) => void): void {
    for (let y = 0; y < this.height; y++)
      for (let byte = 0; byte < this.rowBytes; byte++) {
        let bits = this.bytes[y * this.rowBytes + byte]!
        while (bits !== 0) {
          const bit = Math.clz32(bits) - 24
          bits &= ~(0x80 >> bit)
          visit(byte * 8 + bit, y)
        }
      }
  }

  rotated(turn: QuarterTurn): Bitmap {
    if (turn === 0) return this
    const { width, height } = this
    const rotated = turn === 180 ? new Bitmap(width, height) : new Bitmap(height, width)
    this.forEachBlack((x, y) => {
      if (turn === 90) rotated.blacken(height - 1 - y, x)
      else if (turn === 180) rotated.blacken(width - 1 - x, height - 1 - y)
      else rotated.blacken(y, width - 1 - x)
    })
    return rotated
  }

  /** The smallest rectangle with all black dots; null = there are none. */
  inkArea(): DotRectangle | null {
    let left = this.width
    let right = -1
    let top = -1
    let bottom = -1
    for (let y = 0; y < this.height; y++)
      for (let byte = 0; byte < this.rowBytes; byte++) {
        const bits = this.bytes[y * this.rowBytes + byte]!
        if (bits === 0) continue
        if (top < 0) top = y
        bottom = y
        left = Math.min(left, byte * 8 + Math.clz32(bits) - 24)
        right = Math.max(right, byte * 8 + Math.clz32(bits & -bits) - 24)
      }
    if (top < 0) return null
    return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
  }

  equals(other: Bitmap): boolean {
    if (other.width !== this.width || other.height !== this.height) return false
    return Buffer.compare(this.bytes, other.bytes) === 0
  }
}

/** A rectangle on a picture of this size, after the picture was turned. */
export function rotatedRectangle(
  { x, y, width, height }: DotRectangle,
  turn: QuarterTurn,
  size: { readonly width: number; readonly height: number },
): DotRectangle {
  switch (turn) {
    case 0:
      return { x, y, width, height }
    case 90:
      return { x: size.height - y - height, y: x, width: height, height: width }
    case 180:
      return { x: size.width - x - width, y: size.height - y - height, width, height }
    case 270:
      return { x: y, y: size.width - x - width, width: height, height: width }
  }
}
