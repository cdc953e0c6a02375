// The few names outside the language that both a page and Node have; everything else is not for shared/.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>
}
declare class TextDecoder {
  constructor(label: 'utf-8', options?: { fatal: boolean })
  decode(bytes: Uint8Array): string
}
