// In which order a person writes attributes, so that a new one stands where it is looked for. Attributes that are there
// already are never moved.
import { bindingAttributes } from '../../../../src-main/shared/mimic.ts'
import { splitName } from './start-tag.ts'

const order = [
  'id',
  'systemLanguage',
  'class',
  'style',
  'fill',
  'fill-opacity',
  'fill-rule',
  'stroke',
  'opacity',
  'transform',
  'href',
  'd',
  'points',
  'x',
  'y',
  'width',
  'height',
  'rx',
  'ry',
  'cx',
  'cy',
  'r',
  'x1',
  'y1',
  'x2',
  'y2',
  'dx',
  'dy',
  'font-size',
  'font-family',
  'font-weight',
  'font-style',
  'text-anchor',
  'dominant-baseline',
  'letter-spacing',
  'stroke-width',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-dasharray',
  'stroke-dashoffset',
  'marker-start',
  'marker-mid',
  'marker-end',
] as const // prettier-ignore

const ranks = new Map<string, number>(order.map((name, index) => [name, 100 + index]))
const bindings = new Map<string, number>(Object.keys(bindingAttributes).map((name, index) => [name, 1000 + index]))

/**
 * Orders attribute names as written; smaller stands further left. `bindingPrefix` is the file's prefix of Lineside's
 * namespace.
 */
export function attributeRank(name: string, bindingPrefix: string): number {
  const { prefix, localName } = splitName(name)
  if (name === 'xmlns') return 0
  if (prefix === 'xmlns') return 1
  if (prefix === bindingPrefix && prefix !== '') return bindings.get(localName) ?? 1900
  if (prefix === 'xlink' && localName === 'href') return ranks.get('href')!
  if (prefix !== '') return 500
  return ranks.get(name) ?? 400
}
