// Could two templates give out the same identifier? Both are walked together, character by character, as two finite automata: whether
// there is any text that both write.
import type { IdentifierTemplate } from './identifier-template.ts'
import type { TemplatePart } from './template-parts.ts'

/** A set of characters: of one, of digits, of digits and capital letters, or any. */
type Characters = { readonly one: string } | 'digits' | 'alphanumeric' | 'any'

/** One character of a template; `repeats` = it may come again, `optional` = it may be missing. */
interface Step {
  readonly characters: Characters
  readonly repeats: boolean
  readonly optional: boolean
}

const dateWidths: Readonly<Record<string, number>> = { yyyy: 4, yy: 2, MM: 2, DDD: 3, dd: 2, HH: 2, mm: 2 }

/** There is a text both may write. Check characters and dates count as any: better one fault too many than one identifier twice. */
export function mayOverlap(a: IdentifierTemplate, b: IdentifierTemplate): boolean {
  if (a.scheme.kind !== b.scheme.kind) return false
  if (a.scheme.template === b.scheme.template) return a.scheme.first <= b.last && b.scheme.first <= a.last
  const left = stepsOf(a.parts)
  const right = stepsOf(b.parts)
  const seen = new Set<number>()
  const open: [number, number][] = [[0, 0]]
  for (let position = open.pop(); position; position = open.pop()) {
    const [x, y] = position
    const key = x * (right.length + 1) + y
    if (seen.has(key)) continue
    seen.add(key)
    if (x === left.length && y === right.length) return true
    const stepX = left[x]
    const stepY = right[y]
    if (stepX?.optional) open.push([x + 1, y])
    if (stepY?.optional) open.push([x, y + 1])
    if (!stepX || !stepY || !share(stepX.characters, stepY.characters)) continue
    open.push([x + 1, y + 1])
    if (stepX.repeats) open.push([x, y + 1])
    if (stepY.repeats) open.push([x + 1, y])
    if (stepX.repeats && stepY.repeats) open.push([x, y])
  }
  return false
}

function stepsOf(parts: readonly TemplatePart[]): readonly Step[] {
  const steps: Step[] = []
  const add = (characters: Characters, count: number) => {
    for (let times = 0; times < count; times++) steps.push({ characters, repeats: false, optional: false })
  }
  for (const part of parts)
    switch (part.kind) {
      case 'literal':
        for (const character of part.text) add({ one: character }, 1)
        break
      case 'counter': {
        const characters = part.radix === 36 ? 'alphanumeric' : 'digits'
        if (part.width > 0) add(characters, part.width)
        else steps.push({ characters, repeats: true, optional: false })
        break
      }
      case 'date':
        for (const piece of part.format)
          if ('text' in piece) add({ one: piece.text }, 1)
          else add('digits', dateWidths[piece.letters] ?? 1)
        break
      case 'check':
        add('any', part.algorithm === 'mod97-10' ? 2 : 1)
        break
      default:
        steps.push({ characters: 'any', repeats: true, optional: false })
    }
  return steps
}

function share(a: Characters, b: Characters): boolean {
  if (typeof a === 'object') return has(b, a.one)
  if (typeof b === 'object') return has(a, b.one)
  return true
}

function has(characters: Characters, one: string): boolean {
  if (typeof characters === 'object') return characters.one === one
  if (characters === 'any') return true
  return (characters === 'digits' ? /^[0-9]$/ : /^[0-9A-Z]$/).test(one)
}
