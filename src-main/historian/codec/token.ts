// Whole numbers from 0 to 2^32 − 1 as a token, which gets a prefix code, and extra bits, which are written as they are: small
// numbers are tokens of their own; larger ones share one with their neighbours, four tokens for each doubling.
//
//   0..31                      token = number, no extra bits
//   32.. (n = ⌊log2 number⌋)   token = 32 + 4 (n − 5) + the two bits below the highest; the n − 2 bits below those are extra

/** Numbers below are their own token. */
export const directLimit = 32
/** Tokens are 0 to 139. */
export const tokenCount = directLimit + 4 * 27

/** Token of a number, given as its 32 bits. */
export function tokenOf(number: number): number {
  const unsigned = number >>> 0
  if (unsigned < directLimit) return unsigned
  const top = 31 - Math.clz32(unsigned)
  return directLimit + 4 * (top - 5) + ((unsigned >>> (top - 2)) & 3)
}

/** Number of extra bits of each token; 0 to 29. */
export const extraBits = Uint8Array.from({ length: tokenCount }, (_, token) =>
  token < directLimit ? 0 : 3 + ((token - directLimit) >> 2),
)

/** Smallest number of each token. */
export const tokenBase = Uint32Array.from({ length: tokenCount }, (_, token) =>
  token < directLimit ? token : (4 + ((token - directLimit) & 3)) * 2 ** extraBits[token]!,
)
