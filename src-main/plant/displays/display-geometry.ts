// Where the shapes of a drawing lie, near enough to say what covers what: boxes in units of the drawing, transforms applied.

/** A box; x and y are its upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** `a b c d e f` of SVG: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [number, number, number, number, number, number]

export const identity: Matrix = [1, 0, 0, 1, 0, 0]

/** First `b`, then `a`. */
function times(a: Matrix, b: Matrix): Matrix {
  return [
    a[0] * b[0] + a[2] * b[1],
    a[1] * b[0] + a[3] * b[1],
    a[0] * b[2] + a[2] * b[3],
    a[1] * b[2] + a[3] * b[3],
    a[0] * b[4] + a[2] * b[5] + a[4],
    a[1] * b[4] + a[3] * b[5] + a[5],
  ]
}

/** Longer transforms and paths are read as far as this; the boxes of such things are near enough. */
const mostCharacters = 20_000

/** An element's matrix: that of the one around it, then its own `transform`. */
export function withTransform(outer: Matrix, transform: string | undefined): Matrix {
  if (transform === undefined) return outer
  let matrix = outer
  for (const [, name, list = ''] of transform.slice(0, mostCharacters).matchAll(/([a-zA-Z]+)\s*\(([^)]*)\)/g)) {
    const own = matrixOf(name!, numbersOf(list))
    if (own !== null) matrix = times(matrix, own)
  }
  return matrix
}

function matrixOf(name: string, n: readonly number[]): Matrix | null {
  const [a = 0, b, c] = n
  switch (name) {
    case 'translate':
      return [1, 0, 0, 1, a, b ?? 0]
    case 'scale':
      return [a, 0, 0, b ?? a, 0, 0]
    case 'rotate': {
      const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]
      const turn: Matrix = [cos, sin, -sin, cos, 0, 0]
      return b === undefined ? turn : times(times([1, 0, 0, 1, b, c ?? 0], turn), [1, 0, 0, 1, -b, -(c ?? 0)])
    }
    case 'skewX':
      return [1, 0, Math.tan((a * Math.PI) / 180), 1, 0, 0]
    case 'skewY':
      return [1, Math.tan((a * Math.PI) / 180), 0, 1, 0, 0]
    case 'matrix':
      return n.length === 6 ? (n as unknown as Matrix) : null
    default:
      return null
  }
}

/** By how much lengths grow. */
export function scaleOf([a, b, c, d]: Matrix): number {
  return Math.sqrt(Math.abs(a * d - b * c))
}

export function numbersOf(text: string): number[] {
  return (text.slice(0, mostCharacters).match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g) ?? []).map(Number)
}

/** The box around a box after a transform. */
export function transformed({ x, y, width, height }: Box, m: Matrix): Box {
  const corners = [
    [x, y],
    [x + width, y],
    [x, y + height],
    [x + width, y + height],
  ] as const
  return boxAround(corners.map(([px, py]) => [m[0] * px + m[2] * py + m[4], m[1] * px + m[3] * py + m[5]] as const))!
}

/** null of no points, or of such as are no numbers. */
export function boxAround(points: readonly (readonly [number, number])[]): Box | null {
  if (points.length === 0) return null
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of points) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x)
    bottom = Math.max(bottom, y)
  }
  return [left, top, right, bottom].every(Number.isFinite)
    ? { x: left, y: top, width: right - left, height: bottom - top }
    : null
}

export function area({ width, height }: Box): number {
  return width * height
}

/** Area that two boxes share. */
export function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return width <= 0 || height <= 0 ? 0 : width * height
}

export function holds(box: Box, x: number, y: number): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height
}

/** Length of the shortest way from box to box; 0 where they touch. */
export function gapOf(a: Box, b: Box): number {
  const across = Math.max(0, Math.max(a.x, b.x) - Math.min(a.x + a.width, b.x + b.width))
  const down = Math.max(0, Math.max(a.y, b.y) - Math.min(a.y + a.height, b.y + b.height))
  return Math.hypot(across, down)
}

/** Numbers that one step of a path command takes, and which of them are its points. */
const commandSizes: Readonly<Record<string, number>> = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7, Z: 0 }

/** The box around the points of a path, control points included. */
export function pathBox(text: string): Box | null {
  const points: (readonly [number, number])[] = []
  let [x, y, startX, startY] = [0, 0, 0, 0]
  for (const [, letter = '', list = ''] of text
    .slice(0, mostCharacters)
    .matchAll(/([MLHVCSQTAZmlhvcsqtaz])([^MLHVCSQTAZmlhvcsqtaz]*)/g)) {
    const command = letter.toUpperCase()
    const isRelative = letter !== command
    const numbers = numbersOf(list)
    const size = commandSizes[command] ?? 0
    if (size === 0) {
      x = startX
      y = startY
      continue
    }
    for (let at = 0; at + size <= numbers.length; at += size) {
      const step = numbers.slice(at, at + size)
      const [baseX, baseY] = isRelative ? [x, y] : [0, 0]
      if (command === 'H') x = baseX + step[0]!
      else if (command === 'V') y = baseY + step[0]!
      else {
        const first = command === 'A' ? 5 : 0
        for (let part = first; part < size; part += 2) {
          x = baseX + step[part]!
          y = baseY + step[part + 1]!
          points.push([x, y])
        }
      }
      points.push([x, y])
      if (command === 'M' && at === 0) {
        startX = x
        startY = y
      }
    }
  }
  return boxAround(points)
}

/** Width of a text in parts of its font size: Chinese is square, Latin a good half. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text)
    width += /[\u1100-\u115f\u2e80-\uffdc]/.test(character)
      ? 1
      : /[ijl.,:;|!' ]/.test(character)
        ? 0.28
        : /[MWmw%@]/.test(character)
          ? 0.85
          : 0.55
  return width
}

const mostInOnePlace = 500

/** Things with a box, found by place. */
export class BoxGrid<Thing extends { readonly box: Box | null }> {
  readonly #cells = new Map<string, Thing[]>()
  readonly #large: Thing[] = []
  readonly #cell: number

  /** `size`: length of the longer side of all of it, in the units of the boxes. */
  constructor(things: Iterable<Thing>, size: number) {
    this.#cell = Math.max(size / 40, 1e-6)
    for (const thing of things) {
      const cells = thing.box === null ? [] : this.#cellsOf(thing.box)
      if (cells === null) this.#large.push(thing)
      else for (const cell of cells) this.#put(cell, thing)
    }
  }

  /**
   * Things whose gap to a box is at most so much, each once, in the order of the things in each place. Of more than `most` in
   * one place the others are left out: it is a heap, and the rest of it tells nothing new.
   */
  *near(box: Box, gap: number, most = mostInOnePlace): Iterable<Thing> {
    const wide = { x: box.x - gap, y: box.y - gap, width: box.width + 2 * gap, height: box.height + 2 * gap }
    const cells = this.#cellsOf(wide)
    let left = most
    for (const thing of this.#large) {
      if (gapOf(box, thing.box!) > gap) continue
      if (--left < 0) return
      yield thing
    }
    const found = new Set<Thing>()
    for (const things of cells === null ? this.#cells.values() : cells.map((cell) => this.#cells.get(cell) ?? []))
      for (const thing of things) {
        if (gapOf(box, thing.box!) > gap || found.has(thing)) continue
        if (--left < 0) return
        found.add(thing)
        yield thing
      }
  }

  #put(cell: string, thing: Thing): void {
    const present = this.#cells.get(cell)
    if (present === undefined) this.#cells.set(cell, [thing])
    else present.push(thing)
  }

  /** null = too many to list. */
  #cellsOf({ x, y, width, height }: Box): readonly string[] | null {
    const [left, top] = [Math.floor(x / this.#cell), Math.floor(y / this.#cell)]
    const [right, bottom] = [Math.floor((x + width) / this.#cell), Math.floor((y + height) / this.#cell)]
    if (!((right - left + 1) * (bottom - top + 1) <= 200)) return null
    // So far outside counting on by one changes nothing any more, and would never end.
    if (![left, top, right, bottom].every(Number.isSafeInteger)) return null
    const cells: string[] = []
    for (let column = left; column <= right; column++)
      for (let row = top; row <= bottom; row++) cells.push(`${column}:${row}`)
    return cells
  }
}
