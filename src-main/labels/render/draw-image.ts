// An image of a template as black and white dots of its size on the label.
import { messageOf } from '../../shared/runtime-error.ts'
import { Bitmap } from './bitmap.ts'
import { isPng, readPng } from './png-reader.ts'

export type DrawnImage =
  | { readonly ok: true; readonly bitmap: Bitmap }
  /** Goes on after "the image …". */
  | { readonly ok: false; readonly fault: string }

/** What is darker than this is black; 0 to 255. */
const threshold = 128

/** Scales to exactly this size (dots). A dot is the mean of what it covers; transparent is white. */
export function drawImage(bytes: Uint8Array, width: number, height: number): DrawnImage {
  if (!isPng(bytes)) return { ok: false, fault: 'is no PNG file' }
  try {
    const image = readPng(bytes)
    const bitmap = new Bitmap(width, height)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) if (meanOf(image, x, y, width, height) < threshold) bitmap.blacken(x, y)
    return { ok: true, bitmap }
  } catch (error) {
    return { ok: false, fault: `cannot be read: ${messageOf(error)}` }
  }
}

/** Mean grey of the pixels a dot covers, each counted whole; the nearest one when it covers none. */
function meanOf(
  image: { readonly width: number; readonly height: number; readonly grey: Uint8Array },
  x: number,
  y: number,
  width: number,
  height: number,
): number {
  const left = Math.floor((x * image.width) / width)
  const right = Math.max(left + 1, Math.floor(((x + 1) * image.width) / width))
  const top = Math.floor((y * image.height) / height)
  const bottom = Math.max(top + 1, Math.floor(((y + 1) * image.height) / height))
  let sum = 0
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) sum += image.grey[row * image.width + column]!
  return sum / ((right - left) * (bottom - top))
}
