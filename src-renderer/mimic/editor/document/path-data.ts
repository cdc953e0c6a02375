// Numbers in `d` and `points` where they stand: moving or stretching a path changes its numbers and leaves commands, blanks
// and line breaks as their author put them (SVG 2, section 9.3).
import type { Matrix, Point } from './matrix.ts'
import { restyleNumber } from './number-style.ts'

/** An upright map: x' = sx x + tx. */
export interface AxisMap {
  readonly sx: number
  readonly sy: number
  readonly tx: number
  readonly ty: number
}

/** The upright map in a matrix; null when it turns or skews. */
export function axisMapOf({ a, b, c, d, e, f }: Matrix): AxisMap | null {
  return Math.abs(b) < 1e-9 && Math.abs(c) < 1e-9 ? { sx: a, sy: d, tx: e, ty: f } : null
}

/** What a number of a path is. */
type Role = 'x' | 'y' | 'rx' | 'ry' | 'angle' | 'flag'

interface PathNumber {
  readonly raw: string
  readonly at: number
  readonly role: Role
  /** Counts from the point before, not from the origin. */
  readonly isRelative: boolean
  /** Index of the command it belongs to, and of the group of numbers within. */
  readonly command: number
  readonly group: number
}

interface PathCommand {
  readonly letter: string
  readonly numbers: PathNumber[]
}

const roles: Readonly<Record<string, readonly Role[]>> = {
  M: ['x', 'y'],
  L: ['x', 'y'],
  T: ['x', 'y'],
  H: ['x'],
  V: ['y'],
  S: ['x', 'y', 'x', 'y'],
  Q: ['x', 'y', 'x', 'y'],
  C: ['x', 'y', 'x', 'y', 'x', 'y'],
  A: ['rx', 'ry', 'angle', 'flag', 'flag', 'x', 'y'],
  Z: [],
}
const blank = /[\s,]*/y
const number = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const flag = /[01]/y

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

/** The commands of a path; null when it breaks off somewhere, as hand-written ones do. */
function readPath(d: string): PathCommand[] | null {
  const commands: PathCommand[] = []
  let at = matchAt(blank, d, 0).length
  while (at < d.length) {
    const letter = d[at]!
    const pattern = roles[letter.toUpperCase()]
    if (pattern === undefined) return null
    if (commands.length === 0 && letter.toUpperCase() !== 'M') return null
    const command: PathCommand = { letter, numbers: [] }
    at = readNumbers(d, at + 1 + matchAt(blank, d, at + 1).length, command, pattern, commands.length)
    if (pattern.length > 0 && (command.numbers.length === 0 || command.numbers.length % pattern.length !== 0))
      return null
    commands.push(command)
  }
  return commands.length === 0 ? null : commands
}

function readNumbers(d: string, from: number, command: PathCommand, pattern: readonly Role[], index: number): number {
  let at = from
  while (pattern.length > 0) {
    const count = command.numbers.length
    const role = pattern[count % pattern.length]!
    const raw = matchAt(role === 'flag' ? flag : number, d, at)
    if (raw === '') break
    const group = Math.floor(count / pattern.length)
    // "m 10,10" at the beginning is absolute; what follows it is not.
    const isRelative = command.letter >= 'a' && !(index === 0 && group === 0)
    command.numbers.push({ raw, at, role, isRelative, command: index, group })
    at += raw.length
    at += matchAt(blank, d, at).length
  }
  return at
}

/** A path under an upright map; null when the path cannot be read. */
export function mapPath(d: string, map: AxisMap): string | null {
  const commands = readPath(d)
  if (commands === null) return null
  const changes: Change[] = []
  for (const { numbers } of commands)
    for (let index = 0; index < numbers.length; index++) {
      const item = numbers[index]!
      if (item.role === 'rx') {
        changes.push(...mapArc(numbers.slice(index, index + 3), map))
        index += 2
      } else changes.push({ at: item.at, raw: item.raw, text: mapNumber(item, map) })
    }
  return rewrite(d, changes)
}

interface Change {
  readonly at: number
  readonly raw: string
  readonly text: string
}

function mapNumber({ raw, role, isRelative }: PathNumber, { sx, sy, tx, ty }: AxisMap): string {
  if (role === 'x') return restyleNumber(raw, Number(raw) * sx + (isRelative ? 0 : tx))
  if (role === 'y') return restyleNumber(raw, Number(raw) * sy + (isRelative ? 0 : ty))
  return raw
}

/** Radii and angle of an arc's ellipse after stretching. */
function mapArc(numbers: readonly PathNumber[], { sx, sy }: AxisMap): Change[] {
  const [rx, ry, angle] = numbers.map((item) => Number(item.raw)) as [number, number, number]
  const values = stretchedEllipse(rx, ry, angle, Math.abs(sx), Math.abs(sy))
  return numbers.map(({ at, raw }, index) => ({ at, raw, text: restyleNumber(raw, values[index]!) }))
}

function stretchedEllipse(rx: number, ry: number, angle: number, sx: number, sy: number): [number, number, number] {
  if (Math.abs(sx - sy) < 1e-9 || rx === 0 || ry === 0) return [rx * sx, ry * sx, angle]
  if (angle % 180 === 0) return [rx * sx, ry * sy, angle]
  if (angle % 90 === 0) return [rx * sy, ry * sx, angle]
  // The ellipse is the image of the unit circle under [[a c] [b d]]; its axes are the singular vectors of that.
  const radians = (angle * Math.PI) / 180
  const a = sx * rx * Math.cos(radians)
  const b = sy * rx * Math.sin(radians)
  const c = -sx * ry * Math.sin(radians)
  const d = sy * ry * Math.cos(radians)
  const sum = Math.hypot((a + d) / 2, (b - c) / 2)
  const difference = Math.hypot((a - d) / 2, (b + c) / 2)
  const tilt = (Math.atan2(b + c, a - d) + Math.atan2(b - c, a + d)) / 2
  return [sum + difference, Math.abs(sum - difference), (tilt * 180) / Math.PI]
}

/** The text with numbers exchanged; where two would run together a blank keeps them apart. */
function rewrite(text: string, changes: readonly Change[]): string {
  let output = ''
  let copied = 0
  for (const { at, raw, text: replacement } of changes) {
    output += text.slice(copied, at)
    const isGlued = /[\d.]$/.test(output) && !/^[+-]/.test(replacement)
    output += isGlued && raw !== replacement ? ` ${replacement}` : replacement
    copied = at + raw.length
    // What follows may have relied on the dot or sign of the number before it.
    if (raw !== replacement && /^[\d.]/.test(text.slice(copied, copied + 1))) output += ' '
  }
  return output + text.slice(copied)
}

/** Points of a polygon or polyline under an upright map. */
export function mapPoints(points: string, map: AxisMap): string {
  const changes: Change[] = []
  let index = 0
  for (const match of points.matchAll(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g)) {
    const item = { raw: match[0], role: index++ % 2 === 0 ? ('x' as const) : ('y' as const), isRelative: false }
    changes.push({
      at: match.index,
      raw: match[0],
      text: mapNumber({ ...item, at: match.index, command: 0, group: 0 }, map),
    })
  }
  return rewrite(points, changes)
}

/**
 * Corners of a path of straight lines, absolute; null when it has curves, more than one part or cannot be read. A `Z` is
 * the way back to the first corner.
 */
export function cornersOf(d: string): Point[] | null {
  const commands = readPath(d)
  if (commands === null) return null
  const corners: Point[] = []
  let x = 0
  let y = 0
  for (const [index, { letter, numbers }] of commands.entries()) {
    const kind = letter.toUpperCase()
    if (!'MLHVZ'.includes(kind) || (kind === 'M' && index > 0)) return null
    if (kind === 'Z') corners.push(corners[0]!)
    for (const { raw, role, isRelative } of numbers) {
      if (role === 'x') x = Number(raw) + (isRelative ? x : 0)
      else y = Number(raw) + (isRelative ? y : 0)
      if (role === 'y' || kind === 'H') corners.push({ x, y })
    }
  }
  return corners
}
