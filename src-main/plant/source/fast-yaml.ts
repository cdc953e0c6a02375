// YAML files read fast: the `yaml` package knows every position but takes 8 s for 100,000 tags, js-yaml takes 1 s and knows none.
// Positions are needed only for faults, so js-yaml reads first, and `yaml` reads again what has a fault.
import { CORE_SCHEMA, load } from 'js-yaml'

/** Smaller files are read by `yaml` at once. */
const largeText = 1_000

/** Anchors, aliases, tags, explicit keys, directives and further documents: rare, and left to the one reader that checks them. */
const rareForms = /(^|[:,[{-] +|\[|\{)([&*!]|\?\s)|^%|^---|^\.\.\.|<<\s*:/m

/** Numbers on which YAML 1.2 and js-yaml differ: `-.5`, `0b1`, `-0x1F`, `1_000`. */
const rareNumbers = /[:,[{-] *(?:[+-]\.|[+-]?0b|[+-]0[xo]|[+-]?\d+_)/

/** Quoted texts over several lines: js-yaml takes some that YAML 1.2 does not (section 7.3.1, indentation). */
const quotesOverLines = /(?:^|[:,[{-]) *(?:"(?:[^"\\\n]|\\.)*\\?|'(?:[^'\n]|'')*)$/m

/** Values of a large plain YAML text; undefined when the text is small, unusual or faulty: then `yaml` has to read it. */
export function readFast(text: string): unknown {
  if (text.length < largeText) return undefined
  if (rareForms.test(text) || rareNumbers.test(text) || quotesOverLines.test(text)) return undefined
  return readPlain(text)
}

/** The same without regard to size; for the test that both readers agree. */
export function readPlain(text: string): unknown {
  try {
    return load(text, { schema: CORE_SCHEMA })
  } catch {
    // Not a fault yet: `yaml` reads the text again and says what is wrong, and where.
    return undefined
  }
}
