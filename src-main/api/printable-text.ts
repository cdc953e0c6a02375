// Texts people typed that end in the journal or on labels: control characters are refused, printable text never is.
import { RuntimeError } from '../shared/runtime-error.ts'

/** C0 and C1 control characters and DEL, line break and tab included (Unicode category Cc), and lone surrogates. */
const unprintable = /[\p{Cc}\p{Cs}]/u

/** The text as it is, or RuntimeError BadDataEncodingInvalid; '' when there is none. */
export function printable(text: string | undefined, what: string): string {
  const found = text === undefined ? null : unprintable.exec(text)
  if (!found) return text ?? ''
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
  throw new RuntimeError(
    'BadDataEncodingInvalid',
    `the ${what} holds the control character U+${code} at position ${found.index}`,
  )
}
