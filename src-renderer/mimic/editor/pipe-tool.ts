// Drawing a pipe: from a connection point of one thing to one of another, or to a place of its own. While it is drawn the points near
// the pointer are shown, and the way the pipe would take.
import type { Canvas } from './canvas/canvas.ts'
import type { Drag } from './canvas/canvas-gestures.ts'
import type { Point } from './canvas/canvas-viewport.ts'
import { isGround, selectableIn } from './canvas/selectable.ts'
import type { EditorCommands } from './commands.ts'
import { addPipe, type PipeTarget, pipesIn, portsOf, previewPipe } from './document/pipes.ts'
import type { SourceElement } from './document/source-tree.ts'
import { elementWords } from './element-words.ts'
import { t } from './texts.ts'

/** px around a thing in which its connection points are offered. */
const reach = 24

/** The drag of the pipe tool; null when another tool is in the hand. */
export function beginPipe(commands: EditorCommands, canvas: Canvas, at: Point): Drag | null {
  const { editing } = commands
  if (editing.tool !== 'pipe') return null
  const targets = targetsOf(commands)
  const from = targetAt(commands, canvas, targets, at)
  let to: PipeTarget = { at }
  const leave = () => {
    canvas.overlay.showPorts([], null)
    canvas.overlay.showGuides([])
  }
  return {
    move: (now) => {
      to = targetAt(commands, canvas, targets, now)
      const near = thingAt(canvas, targets, now)
      const ports = near ? portsOf(near, commands.surroundings).map((port) => canvas.viewport.toHost(port.at)) : []
      canvas.overlay.showPorts(ports, 'element' in to ? canvas.viewport.toHost(placeOf(commands, to)) : null)
      const way = previewPipe(from, to, commands.surroundings).map((corner) => canvas.viewport.toHost(corner))
      canvas.overlay.showGuides(way.slice(1).map((corner, index) => ({ from: way[index]!, to: corner })))
    },
    end: () => {
      leave()
      join(commands, from, to)
    },
    cancel: leave,
  }
}

/** By keyboard: a pipe between the two things that are selected, from the side of one that faces the other. */
export function connectSelected(commands: EditorCommands): void {
  const { editing, canvas } = commands
  const [first, second, more] = editing.selected
  if (!canvas || !first || !second || more) {
    editing.notice = t('pipeNeedsPorts')
    return
  }
  const middleOf = (element: SourceElement): Point => {
    const box = canvas.view.boxOf(element.key) ?? { x: 0, y: 0, width: 0, height: 0 }
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }
  join(commands, nearestPort(commands, first, middleOf(second)), nearestPort(commands, second, middleOf(first)))
}

function join(commands: EditorCommands, from: PipeTarget, to: PipeTarget): void {
  const { editing } = commands
  const isLoop = 'element' in from && 'element' in to && from.element === to.element
  if (isLoop || (!('element' in from) && !('element' in to))) {
    editing.notice = t('pipeNeedsPorts')
    return
  }
  // Pipes lie behind what they join.
  const ends = [from, to].flatMap((target) => ('element' in target ? [target.element] : []))
  const parent = ends[0]!.parent!
  const before = ends.find((element) => element.parent === parent) ?? null
  const pipe = editing.change(t('stepPipe'), (edit) =>
    addPipe(edit, { parent, before }, from, to, commands.surroundings),
  )
  if (!pipe) return
  const words = (target: PipeTarget) => ('element' in target ? elementWords(editing.document, target.element) : '–')
  editing.notice = t('pipeDrawn', { from: words(from), to: words(to) })
}

/** Things a pipe can end at: no pipes, no texts. */
function targetsOf({ editing }: EditorCommands): readonly SourceElement[] {
  const { document, scope } = editing
  const pipes = new Set(pipesIn(document.root))
  return selectableIn(document, scope, editing).filter(
    (element) =>
      !pipes.has(element) &&
      !isGround(document, element) &&
      !['text', 'switch', 'line', 'polyline'].includes(document.tagName(element) ?? '') &&
      !/(^|\s)ls-(panel|pipe|divider)(\s|$)/.test(document.get(element, 'class') ?? ''),
  )
}

/** The thing in front at a place; equipment before anything else. */
function thingAt(canvas: Canvas, targets: readonly SourceElement[], at: Point): SourceElement | null {
  const near = reach / canvas.viewport.scale
  const hits = targets.filter(({ key }) => {
    const box = canvas.view.boxOf(key)
    return (
      box !== null &&
      at.x >= box.x - near &&
      at.x <= box.x + box.width + near &&
      at.y >= box.y - near &&
      at.y <= box.y + box.height + near
    )
  })
  return hits.at(-1) ?? null
}

function targetAt(commands: EditorCommands, canvas: Canvas, targets: readonly SourceElement[], at: Point): PipeTarget {
  const thing = thingAt(canvas, targets, at)
  return thing ? nearestPort(commands, thing, at) : { at: commands.snapPoint(at) }
}

function nearestPort(commands: EditorCommands, element: SourceElement, at: Point): PipeTarget {
  const ports = portsOf(element, commands.surroundings).filter(({ name }) => name !== 'centre')
  const distance = (port: { at: Point }) => Math.hypot(port.at.x - at.x, port.at.y - at.y)
  const nearest = ports.toSorted((a, b) => distance(a) - distance(b))[0]
  return nearest ? { element, port: nearest.name } : { at }
}

function placeOf(commands: EditorCommands, target: PipeTarget): Point {
  if (!('element' in target)) return target.at
  return portsOf(target.element, commands.surroundings).find(({ name }) => name === target.port)?.at ?? { x: 0, y: 0 }
}
