// What every printer language is made from.

/** Black and white dots: 1 bit per dot, rows of whole bytes, most significant bit first, 1 = black. */
export interface LabelImage {
  readonly width: number
  readonly height: number
  readonly bitmap: Uint8Array
}
