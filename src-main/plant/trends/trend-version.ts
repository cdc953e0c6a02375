// Tells two states of a trend file apart, so that nobody overwrites what another person changed meanwhile.
import { createHash } from 'node:crypto'

/** The same version = the same text. */
export function trendVersionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
