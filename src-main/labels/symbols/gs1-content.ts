// GS1 element strings in a symbol: from the form with brackets, `(01)09521234543213(21)A1`, to what a reader gives: without brackets,
// GS (FNC1) behind each value whose length is not fixed (GS1 General Specifications 7.8).
import { isPrintableAscii } from './letters.ts'

/** First two digits of the application identifiers whose length is fixed: no separator follows (figure 7.8.5-2). */
const fixedLength: ReadonlySet<string> = new Set(
  '00 01 02 03 04 11 12 13 14 15 16 17 18 19 20 31 32 33 34 35 36 41'.split(' '),
)

/** GS: what a reader gives for FNC1. */
export const groupSeparator = '\u001d'

interface Element {
  readonly ai: string
  readonly value: string
}

/** `(21)` and its value up to the next bracket; a bracket that belongs to the value has a backslash before it. */
const element = /\((\d{2,4})\)((?:[^(\\]|\\\(|\\)+)/y

/** null = it is not written with brackets. */
function elementsOf(text: string): Element[] | null {
  const elements: Element[] = []
  for (let at = 0; at < text.length; at = element.lastIndex) {
    element.lastIndex = at
    const found = element.exec(text)
    if (found === null) return null
    elements.push({ ai: found[1]!, value: found[2]!.replaceAll('\\(', '(') })
  }
  return elements.length === 0 ? null : elements
}

export function gs1Fault(text: string): string | null {
  if (!isPrintableAscii(text)) return 'it has letters that are no GS1 letters'
  return elementsOf(text) === null
    ? 'it is not written as application identifiers in brackets, each with its value, like (01)09521234543213(21)A1'
    : null
}

/** What a reader gives for a text that has no {@link gs1Fault}. */
export function gs1Content(text: string): string {
  const elements = elementsOf(text) ?? []
  return elements
    .map(({ ai, value }, index) => {
      const isLast = index === elements.length - 1
      return ai + value + (isLast || fixedLength.has(ai.slice(0, 2)) ? '' : groupSeparator)
    })
    .join('')
}
