// Tells two states of files of the plant folder apart, so that nobody overwrites what another person changed meanwhile.
import { createHash } from 'node:crypto'

/** The same version = the same texts in the same order; null = there is no such file or row. 32 hexadecimal digits. */
export function fileVersionOf(...texts: readonly (string | null)[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text === null ? 'none\n' : `${text.length}\n${text}`)
  return hash.digest('hex').slice(0, 32)
}
