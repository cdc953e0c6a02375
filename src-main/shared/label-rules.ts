// What the check of a plant folder has to know of identifiers and bar codes. Those who know it hand it over (plant-rules.ts at the
// top level), as protocols hand over what their addresses look like.
import type { ExpressionVariables } from './expression.ts'
import type { IdentifierScheme } from './identifier.ts'

/** Something wrong in a text: `offset` counts characters from its beginning. */
export interface TextFault {
  readonly offset: number
  readonly message: string
}

/** What the template of a scheme asks for, and what it gives out. */
export interface SchemeMeaning {
  /** Names of `{field:…}`, each once. */
  readonly fields: readonly string[]
  /** Names of `{tag:…}`, each once. */
  readonly tags: readonly string[]
  /** The largest counter value that is given out: what fits in its width, at most the scheme's `last`. */
  readonly last: number
  /** Its prefix is one of those meant for tests and examples, which nobody's goods have. */
  readonly isTestPrefix: boolean
}

/** `meaning` is null with faults. */
export interface SchemeReading {
  readonly meaning: SchemeMeaning | null
  readonly faults: readonly TextFault[]
}

/** What a template may do with a kind of bar code. */
export interface SymbologyRules {
  /** Modules in rows and columns, no bars. */
  readonly isTwoDimensional: boolean
  /** Its content is a GS1 element string. */
  readonly isGs1: boolean
  /** Why this level of error correction is none of its own, as a sentence; null = it is one. */
  errorCorrectionFault(level: string): string | null
  /** Why this text cannot be its content, as a sentence; null = it can. */
  contentFault(text: string): string | null
}

export interface LabelRules {
  /** Names that mean something in elements of a template besides tags (docs/labels.md). */
  readonly variables: ExpressionVariables
  /** The one spelling of an identifier that is compared; '' = there is nothing in the text. Never throws. */
  spellingOf(text: string): string
  /** Compiles the template of a scheme and holds what it would give out first and last against all rules of its kind. Never throws. */
  readScheme(scheme: IdentifierScheme): SchemeReading
  /** There is an identifier that both could give out. Both were read without faults. */
  mayOverlap(one: IdentifierScheme, other: IdentifierScheme): boolean
  /** null = there is no symbology of that name. */
  symbology(name: string): SymbologyRules | null
  readonly symbologyNames: readonly string[]
  /** Why an image cannot be drawn, said behind its name; null = it can. Never throws. */
  imageFault(bytes: Uint8Array): string | null
}
