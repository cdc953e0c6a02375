// The one spelling of an identifier that is stored and compared.
import type { IdentifierKind } from '../../shared/identifier.ts'

/** Of what a template wrote. */
export function spellingOf(_kind: IdentifierKind, text: string): string {
  return text
}
