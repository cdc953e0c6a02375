// The `transform` attribute (CSS Transforms 1, section 8): read, composed, and written back as shortly as a person would,
// in the manner (blanks or commas) of what stood there.

import { identity, type Matrix, mapPoint, multiply, type Point, rotation, translation } from './matrix.ts'
import { formatNumber } from './number-style.ts'

export interface TransformPart {
  readonly name: 'translate' | 'scale' | 'rotate' | 'matrix' | 'skewX' | 'skewY'
  readonly numbers: readonly number[]
  /** As it is written; null when it has to be written anew. */
  readonly raw: string | null
}

export interface TransformList {
  readonly parts: readonly TransformPart[]
  /** Between numbers: `, ` `,` or a blank. */
  readonly separator: string
}

const partPattern = /\s*,?\s*(translate|scale|rotate|matrix|skewX|skewY)\s*\(([^()]*)\)/y
const counts: Readonly<Record<TransformPart['name'], readonly number[]>> = {
  translate: [1, 2],
  scale: [1, 2],
  rotate: [1, 3],
  matrix: [6],
  skewX: [1],
  skewY: [1],
}

/** A transform as written; null when it is not understood. Nothing is an empty list. */
export function readTransform(text: string | null): TransformList | null {
  const parts: TransformPart[] = []
  const source = (text ?? '').trimEnd()
  partPattern.lastIndex = 0
  let end = 0
  for (let match = partPattern.exec(source); match !== null; match = partPattern.exec(source)) {
    const name = match[1] as TransformPart['name']
    const numbers = match[2]!.match(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g)?.map(Number) ?? []
    if (!counts[name].includes(numbers.length)) return null
    parts.push({ name, numbers, raw: match[0].replace(/^[\s,]+/, '') })
    end = partPattern.lastIndex
  }
  if (end !== source.length) return null
  return { parts, separator: /\d\s*,\s/.test(source) ? ', ' : /\d,/.test(source) ? ',' : ' ' }
}

/** The matrix of a list. */
export function matrixOf(list: TransformList): Matrix {
  return list.parts.map(partMatrix).reduce(multiply, identity)
}

function partMatrix({ name, numbers }: TransformPart): Matrix {
  const [first = 0, second, third] = numbers
  switch (name) {
    case 'translate':
      return translation({ x: first, y: second ?? 0 })
    case 'scale':
      return { ...identity, a: first, d: second ?? first }
    case 'rotate':
      return rotation(first, { x: second ?? 0, y: third ?? 0 })
    case 'skewX':
      return { ...identity, c: Math.tan((first * Math.PI) / 180) }
    case 'skewY':
      return { ...identity, b: Math.tan((first * Math.PI) / 180) }
    case 'matrix': {
      const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbers
      return { a, b, c, d, e, f }
    }
  }
}

function part(name: TransformPart['name'], numbers: readonly number[]): TransformPart {
  return { name, numbers, raw: null }
}

/** The list written; null when it says nothing. */
export function writeTransform({ parts, separator }: TransformList): string | null {
  const written = parts
    .filter((part) => part.raw !== null || !saysNothing(part))
    .map((part) => writePart(part, separator))
  return written.length === 0 ? null : written.join(' ')
}

function writePart({ name, numbers, raw }: TransformPart, separator: string): string {
  if (raw !== null) return raw
  const [first = 0, second, third] = numbers
  if (name === 'scale' && (second === undefined || formatNumber(first, 4) === formatNumber(second, 4)))
    return `scale(${formatNumber(first, 4)})`
  if (name === 'rotate' && second === 0 && third === 0) return `rotate(${formatNumber(first)})`
  const texts = numbers.map((number, index) => formatNumber(number, isFactor(name, index) ? 5 : 2))
  return `${name}(${texts.join(separator)})`
}

/** Factors need more decimals than lengths: 0.005 of 1000 units is five units. */
function isFactor(name: TransformPart['name'], index: number): boolean {
  return name === 'scale' || (name === 'matrix' && index < 4)
}

function saysNothing({ name, numbers }: TransformPart): boolean {
  const texts = numbers.map((number, index) => formatNumber(number, isFactor(name, index) ? 5 : 2))
  switch (name) {
    case 'scale':
      return texts.every((text) => text === '1')
    case 'matrix':
      return texts.join(' ') === '1 0 0 1 0 0'
    case 'rotate':
      return texts[0] === '0'
    default:
      return texts.every((text) => text === '0')
  }
}

/** The list after everything it does has been moved by `delta`. */
export function translated(list: TransformList, delta: Point): TransformList {
  const [first, ...rest] = list.parts
  if (first?.name === 'translate') {
    const [x = 0, y = 0] = first.numbers
    return { ...list, parts: [part('translate', [x + delta.x, y + delta.y]), ...rest] }
  }
  if (first?.name === 'matrix') {
    const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = first.numbers
    return { ...list, parts: [part('matrix', [a, b, c, d, e + delta.x, f + delta.y]), ...rest] }
  }
  return { ...list, parts: [part('translate', [delta.x, delta.y]), ...list.parts] }
}

/** The list after everything it does has been turned about `centre`. */
export function rotated(list: TransformList, degrees: number, centre: Point): TransformList {
  const [first, second, ...rest] = list.parts
  if (first?.name === 'rotate' && second === undefined) {
    const [angle = 0, x = 0, y = 0] = first.numbers
    if (Math.hypot(x - centre.x, y - centre.y) < 0.02)
      return { ...list, parts: [part('rotate', [turn(angle + degrees), x, y])] }
  }
  if (
    first?.name === 'translate' &&
    (second === undefined || (second.name === 'rotate' && second.numbers.length === 1))
  ) {
    const [x = 0, y = 0] = first.numbers
    const moved = mapPoint(rotation(degrees, centre), { x, y })
    const turned = part('rotate', [turn((second?.numbers[0] ?? 0) + degrees)])
    return { ...list, parts: [part('translate', [moved.x, moved.y]), turned, ...rest] }
  }
  return { ...list, parts: [part('rotate', [turn(degrees), centre.x, centre.y]), ...list.parts] }
}

/** Between -180 and 180 degrees. */
function turn(degrees: number): number {
  const rest = ((degrees % 360) + 360) % 360
  return rest > 180 ? rest - 360 : rest
}

/** A list for a matrix: translate and scale where that says it all, else `matrix(…)`. */
export function listOf(matrix: Matrix, separator: string): TransformList {
  const { a, b, c, d, e, f } = matrix
  if (Math.abs(b) < 1e-6 && Math.abs(c) < 1e-6)
    return { parts: [part('translate', [e, f]), part('scale', [a, d])], separator }
  if (Math.abs(a - d) < 1e-6 && Math.abs(b + c) < 1e-6 && Math.abs(Math.hypot(a, b) - 1) < 1e-6)
    return { parts: [part('translate', [e, f]), part('rotate', [(Math.atan2(b, a) * 180) / Math.PI])], separator }
  return { parts: [part('matrix', [a, b, c, d, e, f])], separator }
}
