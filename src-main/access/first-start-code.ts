// The way in before there is any account: a code made at each start while there is none, printed on the station itself.
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

/** Without I, L, O, U, 0 and 1, which are read wrongly from a screen. 30^12 = 59 bits, and guesses are throttled. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A fresh code as `ABCD-2345-WXYZ`. */
export function newFirstStartCode(): string {
  const group = () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]!).join('')
  return `${group()}-${group()}-${group()}`
}

/** Is this text the code? Case, dashes and spaces do not count; takes the same time wherever it differs. */
export function isFirstStartCode(text: string, code: string): boolean {
  return timingSafeEqual(digest(text), digest(code))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text.toUpperCase().replace(/[\s-]/g, '')).digest()
}
