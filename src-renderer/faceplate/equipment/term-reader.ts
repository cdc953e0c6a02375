// The CEL of one term, read as far as a sentence about it needs: a tag, a literal, or one comparison of the two.

export type Operator = '>' | '>=' | '<' | '<=' | '==' | '!=' | 'in' | 'notIn'

/** What holds where the comparison does not. */
export const opposite: Readonly<Record<Operator, Operator>> = {
  '>': '<=',
  '>=': '<',
  '<': '>=',
  '<=': '>',
  '==': '!=',
  '!=': '==',
  in: 'notIn',
  notIn: 'in',
}

/** The same comparison with its sides exchanged. */
export const turned: Readonly<Record<Exclude<Operator, 'in' | 'notIn'>, Operator>> = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
}

export type Operand =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'literal'; readonly value: number | string | boolean }
  /** `[1, 2, 3]` */
  | { readonly kind: 'choice'; readonly values: readonly (number | string | boolean)[] }
  /** `isBad(Tag)` */
  | { readonly kind: 'quality'; readonly tag: string; readonly question: 'isGood' | 'isUncertain' | 'isBad' }

/** One side of a comparison; null = arithmetic, a call or anything else. */
export function readOperand(written: string): Operand | null {
  const text = written.trim()
  const literal = readLiteral(text)
  if (literal !== null) return { kind: 'literal', value: literal }
  const list = /^\[([^[\]]*)\]$/.exec(text)
  if (list) {
    const values = splitOutsideQuotes(list[1]!).map(readLiteral)
    return values.every((value) => value !== null) ? { kind: 'choice', values } : null
  }
  const quality = /^(isGood|isUncertain|isBad)\(\s*(.+?)\s*\)$/.exec(text)
  if (quality) {
    const tag = readTag(quality[2]!)
    return tag === null ? null : { kind: 'quality', tag, question: quality[1] as 'isGood' }
  }
  const tag = readTag(text)
  return tag === null ? null : { kind: 'tag', tag }
}

function readTag(text: string): string | null {
  const quoted = /^tag\(\s*("([^"\\]*)"|'([^'\\]*)')\s*\)$/.exec(text)
  if (quoted) return quoted[2] ?? quoted[3] ?? null
  return /^[\p{L}_][\p{L}\p{N}\p{M}_]*(\.[\p{L}_][\p{L}\p{N}\p{M}_]*)*$/u.test(text) ? text : null
}

function readLiteral(written: string): number | string | boolean | null {
  const text = written.trim()
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text)
  const quoted = /^(?:"([^"\\]*)"|'([^'\\]*)')$/.exec(text)
  return quoted ? (quoted[1] ?? quoted[2] ?? '') : null
}

function splitOutsideQuotes(text: string): readonly string[] {
  return text.match(/("[^"]*"|'[^']*'|[^,])+/g) ?? []
}

/** The one comparison a term consists of, outside brackets and quotes; null = there is none, or more than one. */
export function findComparison(
  text: string,
): { readonly left: string; readonly operator: Operator; readonly right: string } | null {
  let depth = 0
  let quote: string | null = null
  let found: { readonly at: number; readonly operator: Operator; readonly length: number } | null = null
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]!
    if (quote !== null) {
      if (letter === '\\') index++
      else if (letter === quote) quote = null
    } else if (letter === '"' || letter === "'") quote = letter
    else if ('([{'.includes(letter)) depth++
    else if (')]}'.includes(letter)) depth--
    else if (depth === 0) {
      if (letter === '?' || text.startsWith('&&', index) || text.startsWith('||', index)) return null
      const operator = operatorAt(text, index)
      if (operator === null) continue
      if (found) return null
      found = { at: index, operator: operator.trim() as Operator, length: operator.length }
      index += operator.length - 1
    }
  }
  if (!found) return null
  const left = text.slice(0, found.at).trim()
  const right = text.slice(found.at + found.length).trim()
  return left === '' || right === '' ? null : { left, operator: found.operator, right }
}

function operatorAt(text: string, index: number): string | null {
  if (text.startsWith(' in ', index)) return ' in '
  return (['>=', '<=', '==', '!=', '>', '<'] as const).find((operator) => text.startsWith(operator, index)) ?? null
}
