// In which order a person writes attributes, so that a new one stands where it is looked for. Attributes that are there
// already are never moved.
import { bindingAttributes } from '../../../../src-main/shared/mimic.ts'
import { splitName } from './written-name.ts'

/** Attributes that stand together, group by group; each group takes up a hundred ranks. */
const groups: readonly (readonly string[])[] = [
  ['id', 'systemLanguage'],
  ['class', 'style'],
  ['fill', 'fill-opacity', 'fill-rule', 'stroke', 'opacity'],
  ['transform', 'href'],
  'd points x y width height rx ry cx cy r x1 y1 x2 y2 dx dy'.split(' '),
  'font-size font-family font-weight font-style text-anchor dominant-baseline letter-spacing'.split(' '),
  'stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset'.split(' '),
  ['marker-start', 'marker-mid', 'marker-end'],
]
const unknownRank = 1000
const foreignRank = 1100
const bindingRank = 1200

const ranks = new Map<string, number>(
  groups.flatMap((group, groupIndex) => group.map((name, index) => [name, (groupIndex + 1) * 100 + index] as const)),
)
const bindings = new Map<string, number>(
  Object.keys(bindingAttributes).map((name, index) => [name, bindingRank + index]),
)

/** True when two ranks belong to names that stand together. */
export function areTogether(one: number, two: number): boolean {
  return Math.floor(one / 100) === Math.floor(two / 100)
}

/**
 * Orders attribute names as written; smaller stands further left. `bindingPrefix` is the file's prefix of Lineside's
 * namespace.
 */
export function attributeRank(name: string, bindingPrefix: string): number {
  const { prefix, localName } = splitName(name)
  if (name === 'xmlns') return 0
  if (prefix === 'xmlns') return 1
  if (prefix === bindingPrefix && prefix !== '') return bindings.get(localName) ?? bindingRank + 99
  if (prefix === 'xlink' && localName === 'href') return ranks.get('href')!
  if (prefix !== '') return foreignRank
  return ranks.get(name) ?? unknownRank
}
