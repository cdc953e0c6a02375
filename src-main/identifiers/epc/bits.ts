// Bits as text of 0 and 1, most significant first, as tag data standards draw them; and hexadecimal digits.

/** Writes bit fields one behind the other. */
export class BitWriter {
  #bits = ''

  get length(): number {
    return this.#bits.length
  }

  /** The value has to fit: callers check ranges, for they know what to call it. */
  integer(value: bigint | number, width: number): void {
    this.#bits += BigInt(value).toString(2).padStart(width, '0')
  }

  /** Characters of so many bits each; only their low bits count. */
  characters(text: string, bitsPerCharacter: number): void {
    for (let at = 0; at < text.length; at++)
      this.integer(text.charCodeAt(at) & ((1 << bitsPerCharacter) - 1), bitsPerCharacter)
  }

  /** Zeros up to a length, or up to a multiple of it. */
  padTo(length: number): void {
    this.#bits = this.#bits.padEnd(length, '0')
  }

  /** Hexadecimal digits in capital letters; filled with zeros to whole words of 16 bits. */
  hex(): string {
    const bits = this.#bits.padEnd(Math.ceil(this.#bits.length / 16) * 16, '0')
    let text = ''
    for (let at = 0; at < bits.length; at += 4) text += Number.parseInt(bits.slice(at, at + 4), 2).toString(16)
    return text.toUpperCase()
  }
}

/** Reads bit fields; `isShort` says whether more was read than there is. Missing bits are zeros. */
export class BitReader {
  readonly #bits: string
  #at = 0

  constructor(hex: string) {
    let bits = ''
    for (const digit of hex) bits += Number.parseInt(digit, 16).toString(2).padStart(4, '0')
    this.#bits = bits
  }

  get isShort(): boolean {
    return this.#at > this.#bits.length
  }

  /** What has not been read is zeros only, and less than a limit of bits. */
  restIsPadding(limit: number): boolean {
    const rest = this.#bits.slice(this.#at)
    return rest.length < limit && !rest.includes('1')
  }

  integer(width: number): bigint {
    if (width === 0) return 0n
    return BigInt(`0b${this.#take(width)}`)
  }

  number(width: number): number {
    return Number(this.integer(width))
  }

  #take(width: number): string {
    const bits = this.#bits.slice(this.#at, this.#at + width).padEnd(width, '0')
    this.#at += width
    return bits
  }
}
