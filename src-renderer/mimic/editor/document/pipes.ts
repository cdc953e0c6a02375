// Pipes that stay connected: an element with `ls:from` and `ls:to` is drawn anew when what it joins moves, in the same step.
// A way the editor found is found anew; a way that a person drew keeps its corners, only those beside the moved end follow.
import type { Box } from '../../drawing/mimic-box.ts'
import { attributeOf, svgNameOf } from './attribute-names.ts'
import type { DocumentEdit } from './document-edit.ts'
import { contentMatrix, moveElements, outermost, resizeElements, rotateElements } from './element-moves.ts'
import { elementWithId } from './id-index.ts'
import { boxMap, invert, type Matrix, mapBox, mapPoint, type Point, rotation, translation } from './matrix.ts'
import { pathOf, pipeCorners, writeCorners } from './pipe-path.ts'
import { type PipeEnd, routePipe, type Side, withoutNeedless } from './pipe-router.ts'
import { ensureId } from './references.ts'
import { elementsIn, type SourceElement } from './source-tree.ts'

/** A connection point in the drawing's coordinates. */
export interface Port {
  readonly name: string
  readonly at: Point
  readonly side: Side | null
}

/** What the canvas knows of elements: where they are on screen, in the drawing's coordinates. */
export interface Surroundings {
  /** Box as drawn; null for what has none. */
  box(element: SourceElement): Box | null
  /** Connection points of the element's symbol (`ls:port`), besides those that every box has. */
  ports?(element: SourceElement): readonly Port[]
}

/**
 * What the surroundings are at this moment, of everything that pipes end at. Take it when a drag begins: its updates start
 * from the drawing as it was then, while the canvas shows where things are by now.
 */
export function freezeSurroundings(root: SourceElement, surroundings: Surroundings): Surroundings {
  const ids = new Set<string>()
  for (const pipe of pipesIn(root))
    for (const end of ['ls:from', 'ls:to']) {
      const value = attributeOf(pipe, end)
      if (value !== null) ids.add(readConnection(value).id)
    }
  const known = new Map<SourceElement, { readonly box: Box | null; readonly ports: readonly Port[] }>()
  for (const element of ids.size === 0 ? [] : elementsIn(root)) {
    const id = attributeOf(element, 'id')
    if (id === null || !ids.has(id)) continue
    known.set(element, { box: surroundings.box(element), ports: surroundings.ports?.(element) ?? [] })
  }
  return {
    box: (element) => (known.has(element) ? known.get(element)!.box : surroundings.box(element)),
    ports: (element) => known.get(element)?.ports ?? surroundings.ports?.(element) ?? [],
  }
}

/** The five ports that every box has. */
export function boxPorts({ x, y, width, height }: Box): readonly Port[] {
  const middle = { x: x + width / 2, y: y + height / 2 }
  return [
    { name: 'left', at: { x, y: middle.y }, side: 'left' },
    { name: 'right', at: { x: x + width, y: middle.y }, side: 'right' },
    { name: 'top', at: { x: middle.x, y }, side: 'top' },
    { name: 'bottom', at: { x: middle.x, y: y + height }, side: 'bottom' },
    { name: 'centre', at: middle, side: null },
  ]
}

/** All ports of an element; those of its symbol come first and win over a box's port of the same name. */
export function portsOf(element: SourceElement, surroundings: Surroundings): readonly Port[] {
  const own = surroundings.ports?.(element) ?? []
  const box = surroundings.box(element)
  const names = new Set(own.map((port) => port.name))
  return [...own, ...(box === null ? [] : boxPorts(box).filter((port) => !names.has(port.name)))]
}

/** The side of a box that a port of its symbol is on: the nearest edge; null in the middle of it. */
export function sideOf(at: Point, { x, y, width, height }: Box): Side | null {
  const distances: [Side, number][] = [
    ['left', at.x - x],
    ['right', x + width - at.x],
    ['top', at.y - y],
    ['bottom', y + height - at.y],
  ]
  const [side, distance] = distances.reduce((best, next) => (next[1] < best[1] ? next : best))
  return distance > Math.min(width, height) * 0.4 ? null : side
}

/** `pump1@right` → its parts; the port is `centre` when none is named. Ids may hold any character but `@`. */
export function readConnection(value: string): { readonly id: string; readonly port: string } {
  const at = value.lastIndexOf('@')
  return at < 0
    ? { id: value.trim(), port: 'centre' }
    : { id: value.slice(0, at).trim(), port: value.slice(at + 1).trim() }
}

export type PipeEndName = 'from' | 'to'

/** Elements that are pipes: `path`, `polyline` or `line` with an end at something. */
export function pipesIn(root: SourceElement): SourceElement[] {
  return [...elementsIn(root)].filter((element) => isPipe(element))
}

function isPipe(element: SourceElement): boolean {
  if (attributeOf(element, 'ls:from') === null && attributeOf(element, 'ls:to') === null) return false
  return ['path', 'polyline', 'line'].includes(svgNameOf(element) ?? '')
}

/** Moves elements and, in the same step, the pipes at them. `surroundings` are those before the move ({@link freezeSurroundings}). */
export function moveWithPipes(
  edit: DocumentEdit,
  elements: readonly SourceElement[],
  delta: Point,
  surroundings: Surroundings,
): void {
  const before = freezeSurroundings(edit.root, surroundings)
  moveElements(edit, withoutTiedPipes(edit, elements), delta)
  reroutePipes(edit, elements, before, mapped(elements, translation(delta), before))
}

/** The same for stretching. */
export function resizeWithPipes(
  edit: DocumentEdit,
  elements: readonly SourceElement[],
  from: Box,
  to: Box,
  surroundings: Surroundings,
): void {
  const before = freezeSurroundings(edit.root, surroundings)
  resizeElements(edit, withoutTiedPipes(edit, elements), from, to)
  reroutePipes(edit, elements, before, mapped(elements, boxMap(from, to), before))
}

/** The same for elements that each get a box of their own: equal sizes. */
export function resizeEachWithPipes(
  edit: DocumentEdit,
  sizes: ReadonlyMap<SourceElement, { readonly from: Box; readonly to: Box }>,
  surroundings: Surroundings,
): void {
  const elements = [...sizes.keys()]
  const before = freezeSurroundings(edit.root, surroundings)
  let after = before
  for (const element of withoutTiedPipes(edit, elements)) {
    const { from, to } = sizes.get(element)!
    resizeElements(edit, [element], from, to)
    after = mapped([element], boxMap(from, to), after)
  }
  reroutePipes(edit, elements, before, after)
}

/** The same for turning. */
export function rotateWithPipes(
  edit: DocumentEdit,
  elements: readonly SourceElement[],
  degrees: number,
  centre: Point,
  surroundings: Surroundings,
): void {
  const before = freezeSurroundings(edit.root, surroundings)
  rotateElements(edit, withoutTiedPipes(edit, elements), degrees, centre)
  reroutePipes(edit, elements, before, mapped(elements, rotation(degrees, centre), before))
}

/** The same for distances of their own: align and distribute. */
export function moveEachWithPipes(
  edit: DocumentEdit,
  moves: ReadonlyMap<SourceElement, Point>,
  surroundings: Surroundings,
): void {
  const elements = [...moves.keys()]
  const before = freezeSurroundings(edit.root, surroundings)
  for (const element of withoutTiedPipes(edit, elements)) moveElements(edit, [element], moves.get(element)!)
  const after: Surroundings = elements.reduce<Surroundings>(
    (present, element) => mapped([element], translation(moves.get(element)!), present),
    before,
  )
  reroutePipes(edit, elements, before, after)
}

/** A pipe that is joined at both ends follows those: moving it by itself would tear it off. */
function withoutTiedPipes(edit: DocumentEdit, elements: readonly SourceElement[]): SourceElement[] {
  return outermost(elements).filter((element) => !isPipe(element) || !isTied(edit, element))
}

function isTied(edit: DocumentEdit, pipe: SourceElement): boolean {
  const ends = (['ls:from', 'ls:to'] as const).map((name) => edit.get(pipe, name))
  return ends.every((end) => end !== null && elementWithId(edit.root, readConnection(end).id) !== null)
}

/** Surroundings after a map of some elements; of turned ones the box is the one around the turned box. */
function mapped(elements: readonly SourceElement[], matrix: Matrix, before: Surroundings): Surroundings {
  const set = new Set(elements)
  const isMoved = (element: SourceElement) => {
    for (let at: SourceElement | null = element; at !== null; at = at.parent) if (set.has(at)) return true
    return false
  }
  const box = (element: SourceElement) => {
    const present = before.box(element)
    return present === null || !isMoved(element) ? present : mapBox(matrix, present)
  }
  return {
    box,
    ports: (element) => {
      const present = before.ports?.(element) ?? []
      const around = box(element)
      if (!isMoved(element) || around === null) return present
      return present.map(({ name, at }) => {
        const moved = mapPoint(matrix, at)
        return { name, at: moved, side: sideOf(moved, around) }
      })
    },
  }
}

/** Draws the pipes anew that end at elements that moved, or that moved themselves. */
export function reroutePipes(
  edit: DocumentEdit,
  moved: readonly SourceElement[],
  before: Surroundings,
  after: Surroundings,
): void {
  const set = new Set(moved)
  const hasMoved = (element: SourceElement | null) => {
    for (let at = element; at !== null; at = at.parent) if (set.has(at)) return true
    return false
  }
  const pipes = pipesIn(edit.root)
  if (pipes.length === 0) return
  const byId = new Map<string, SourceElement>()
  for (const element of elementsIn(edit.root)) {
    const id = attributeOf(element, 'id')
    if (id !== null && !byId.has(id)) byId.set(id, element)
  }
  for (const pipe of pipes) {
    const ends = { from: joinedTo(pipe, 'from', byId), to: joinedTo(pipe, 'to', byId) }
    const isConcerned = [pipe, ends.from?.element ?? null, ends.to?.element ?? null].some(hasMoved)
    if (isConcerned) reroute(edit, pipe, ends, before, after)
  }
}

interface Joint {
  readonly element: SourceElement
  readonly port: string
}

type Joints = Readonly<Record<PipeEndName, Joint | null>>

function joinedTo(pipe: SourceElement, end: PipeEndName, byId: ReadonlyMap<string, SourceElement>): Joint | null {
  const value = attributeOf(pipe, `ls:${end}`)
  if (value === null) return null
  const { id, port } = readConnection(value)
  const element = byId.get(id)
  return element === undefined ? null : { element, port }
}

function endAt(joint: Joint | null, free: Point, surroundings: Surroundings): PipeEnd {
  if (joint === null) return { at: free, side: null, box: null }
  const box = surroundings.box(joint.element)
  const ports = portsOf(joint.element, surroundings)
  const port = ports.find(({ name }) => name === joint.port) ?? ports.find(({ name }) => name === 'centre')
  return port === undefined ? { at: free, side: null, box } : { at: port.at, side: port.side, box }
}

function reroute(
  edit: DocumentEdit,
  pipe: SourceElement,
  joints: Joints,
  before: Surroundings,
  after: Surroundings,
): void {
  const toDrawing = contentMatrix(pipe)
  const fromDrawing = invert(toDrawing)
  if (fromDrawing === null) return
  const corners = pipeCorners(pipe)?.map((corner) => mapPoint(toDrawing, corner)) ?? null
  const first = corners?.[0] ?? { x: 0, y: 0 }
  const last = corners?.at(-1) ?? first
  const from = endAt(joints.from, first, after)
  const to = endAt(joints.to, last, after)
  if (corners !== null && isNear(first, from.at) && isNear(last, to.at)) return
  const old = { from: endAt(joints.from, first, before), to: endAt(joints.to, last, before) }
  const way = newWay(corners, old, { from, to })
  writeCorners(
    edit,
    pipe,
    way.map((corner) => mapPoint(fromDrawing, corner)),
  )
}

interface Ends {
  readonly from: PipeEnd
  readonly to: PipeEnd
}

/** The rule of this file's head. */
function newWay(corners: readonly Point[] | null, old: Ends, now: Ends): Point[] {
  if (corners === null || corners.length < 2) return routePipe(now.from, now.to)
  const shift = { x: now.from.at.x - old.from.at.x, y: now.from.at.y - old.from.at.y }
  const movesAsOne =
    isNear(now.to.at, { x: old.to.at.x + shift.x, y: old.to.at.y + shift.y }) &&
    isNear(corners[0]!, old.from.at) &&
    isNear(corners.at(-1)!, old.to.at)
  if (movesAsOne) return corners.map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y }))
  if (corners.length < 4 || isSameWay(corners, routePipe(old.from, old.to))) return routePipe(now.from, now.to)
  const led = leadEnd(leadEnd(corners, now.from.at).toReversed(), now.to.at).toReversed()
  return entersBox(led, now) ? routePipe(now.from, now.to) : withoutNeedless(led)
}

function isNear(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) < 0.02 && Math.abs(a.y - b.y) < 0.02
}

function isSameWay(a: readonly Point[], b: readonly Point[]): boolean {
  const [one, two] = [withoutNeedless(a), withoutNeedless(b)]
  return one.length === two.length && one.every((corner, index) => isNear(corner, two[index]!))
}

/** The way with its beginning elsewhere: the first line keeps its direction, the corner at its end follows. */
function leadEnd(corners: readonly Point[], start: Point): Point[] {
  const [first, second, ...rest] = corners as [Point, Point, ...Point[]]
  const isLevel = Math.abs(first.y - second.y) < 0.02
  const isUpright = Math.abs(first.x - second.x) < 0.02
  if (rest.length === 0 || (!isLevel && !isUpright)) return [start, second, ...rest]
  return [start, isLevel ? { x: second.x, y: start.y } : { x: start.x, y: second.y }, ...rest]
}

/** True when a way that was kept now runs through one of the two things it joins. */
function entersBox(corners: readonly Point[], { from, to }: Ends): boolean {
  return [from, to].some(({ box, side }) => {
    if (box === null || side === null) return false
    return corners.slice(1).some((corner, index) => {
      const before = corners[index]!
      return (
        Math.max(before.x, corner.x) > box.x + 1 &&
        Math.min(before.x, corner.x) < box.x + box.width - 1 &&
        Math.max(before.y, corner.y) > box.y + 1 &&
        Math.min(before.y, corner.y) < box.y + box.height - 1
      )
    })
  })
}

/** Where one end of a new or changed pipe goes: a port of an element, or a place that belongs to nothing. */
export type PipeTarget = { readonly element: SourceElement; readonly port: string } | { readonly at: Point }

/** Joins an end of a pipe to something else, or to nothing, and draws the pipe anew. The element gets an id if it has none. */
export function connectPipe(
  edit: DocumentEdit,
  pipe: SourceElement,
  end: PipeEndName,
  target: PipeTarget,
  surroundings: Surroundings,
): void {
  edit.set(pipe, `ls:${end}`, 'element' in target ? `${ensureId(edit, target.element)}@${target.port}` : null)
  const toDrawing = contentMatrix(pipe)
  const fromDrawing = invert(toDrawing)
  if (fromDrawing === null) return
  const corners = pipeCorners(pipe)?.map((corner) => mapPoint(toDrawing, corner)) ?? []
  const other: PipeEndName = end === 'from' ? 'to' : 'from'
  const value = edit.get(pipe, `ls:${other}`)
  const connection = value === null ? null : readConnection(value)
  const element = connection === null ? null : elementWithId(edit.root, connection.id)
  const joint = element === null || connection === null ? null : { element, port: connection.port }
  const free = (end === 'from' ? corners.at(-1) : corners[0]) ?? { x: 0, y: 0 }
  const otherEnd = endAt(joint, free, surroundings)
  const ownEnd = 'element' in target ? endAt(target, free, surroundings) : { at: target.at, side: null, box: null }
  const way = end === 'from' ? routePipe(ownEnd, otherEnd) : routePipe(otherEnd, ownEnd)
  writeCorners(
    edit,
    pipe,
    way.map((corner) => mapPoint(fromDrawing, corner)),
  )
}

/** Draws a new pipe into `parent`, behind what is painted there already only where `before` says so. */
export function addPipe(
  edit: DocumentEdit,
  place: { readonly parent: SourceElement; readonly before: SourceElement | null },
  from: PipeTarget,
  to: PipeTarget,
  surroundings: Surroundings,
): SourceElement {
  const start = 'at' in from ? from.at : { x: 0, y: 0 }
  const xml = `<path class="ls-pipe" fill="none" stroke="#8a8a8a" d="${pathOf([start])}" stroke-width="4" stroke-linejoin="round"/>`
  const [pipe] = edit.insertXml(place, xml)
  if ('element' in from) edit.set(pipe!, 'ls:from', `${ensureId(edit, from.element)}@${from.port}`)
  connectPipe(edit, pipe!, 'to', to, surroundings)
  return pipe!
}

/** The way a pipe would take, for a preview while it is being drawn; corners in the drawing's coordinates. */
export function previewPipe(from: PipeTarget, to: PipeTarget, surroundings: Surroundings): Point[] {
  const endOf = (target: PipeTarget): PipeEnd =>
    'element' in target ? endAt(target, { x: 0, y: 0 }, surroundings) : { at: target.at, side: null, box: null }
  return routePipe(endOf(from), endOf(to))
}
