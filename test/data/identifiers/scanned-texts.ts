// Texts for tests and benchmarks of parse-identifier.ts: what scanners send, and garbage made of it.

/** One of each kind, as a scanner or a person sends it. */
export const scannedTexts: readonly string[] = [
  ']C10109521234543213\u001d10LOT4221\u001d21SN0001',
  ']d2010952123454321321SN0001\u001d17270200',
  '(01)09521234543213(21)SN0001(10)ABC-123/x(17)270200',
  '0109521234543213112701011727020010LOT4221SN0001',
  '00095212345678901235',
  '(02)09521234543213(37)24(00)095212345678901235',
  '(8006)095212345432130102(21)X',
  '(414)9521234567899(254)LINE-1',
  ']E09521234567899',
  'https://id.gs1.org/01/09521234543213/10/ABC1/21/12345?17=180426&linkType=all',
  'https://example.com/p/01/09521234543213/21/A%2FB',
  'HTTPS://ID.GS1.ORG/00/095212345678901235',
  'urn:epc:id:sgtin:0614141.812345.6789',
  'urn:epc:tag:sgtin-198:3.0614141.712345.32a%2Fb',
  '3074257BF7194E4000001A85',
  'F7380614141123458A6790FC0500',
  '3674257BF6B7A659B2C2BF100000000000000000000000000000',
  '88.123.456/CASE00000001',
  '300:88.111.1/test',
  'https://hdl.handle.net/86.1000.11/abc',
  '10.1000/182',
  '1.2.156.3001.1.1',
  '2.25.329800735698586629295641978511506172918',
  'https://id.example.com/m/12345?t=P100&sn=0001',
  '+A123BJC5D6E71G',
  '+A123BJC5D6E71/$$52001510X3C',
  '[)>\u001e06\u001d25SUN123456789\u001d1PXYZ\u001e\u0004',
  '[)>\u001e05\u001d010952123454321321SN0001\u001e\u0004',
  'did:web:example.com:line:filler',
  'MA.156.1001.1/000123',
  'ecode:1123456789',
  'Pallet 12 from the night shift',
  '',
]

const alphabet =
  '0123456789ABCDEFabcdefXYZxyz()[]>/\\.:;,+-*$%&=?#@!"\'~^_ \u001d\u001e\u0004\u0000\t\r\n电机é\ud83d\ude00\ud800\udc00\uffff'

/** Strings without end: changed, cut, doubled and joined scans, and characters by chance; the same ones for the same seed. */
export class GarbageTexts {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  next(): string {
    const kind = this.#below(8)
    if (kind === 0) return this.#characters(this.#below(60))
    if (kind === 1) return this.#pick(scannedTexts) + this.#pick(scannedTexts)
    if (kind === 2) return this.#repeated()
    let text = this.#pick(scannedTexts)
    for (let changes = 1 + this.#below(4); changes > 0; changes--) text = this.#changed(text)
    return text
  }

  #changed(text: string): string {
    const at = this.#below(text.length + 1)
    switch (this.#below(4)) {
      case 0:
        return text.slice(0, at) + this.#characters(1) + text.slice(at + 1)
      case 1:
        return text.slice(0, at) + text.slice(at + 1 + this.#below(4))
      case 2:
        return text.slice(0, at) + this.#characters(1 + this.#below(3)) + text.slice(at)
      default:
        return text.slice(0, at)
    }
  }

  /** A piece many times over, which makes bad expressions slow; rarely, for it is long. */
  #repeated(): string {
    const text = this.#pick(scannedTexts)
    const from = this.#below(text.length + 1)
    const piece = text.slice(from, from + 1 + this.#below(6))
    return text.slice(0, from) + piece.repeat(this.#below(this.#below(50) === 0 ? 1200 : 20))
  }

  #characters(count: number): string {
    let text = ''
    for (let at = 0; at < count; at++) text += alphabet[this.#below(alphabet.length)]
    return text
  }

  #pick(texts: readonly string[]): string {
    return texts[this.#below(texts.length)]!
  }

  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit)
  }
}
