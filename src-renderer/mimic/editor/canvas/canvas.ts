// The canvas as one thing: drawing, frames, handles, gestures, zoom. It shows what Editing says and turns gestures into steps of
// the document; it owns nothing that outlives `close`.
import type { Box } from '../../drawing/mimic-box.ts'
import type { Refused } from '../../drawing/mimic-reader.ts'
import { unionOf } from '../document/matrix.ts'
import { isInside, type NodeKey, type SourceElement } from '../document/source-tree.ts'
import type { Editing } from '../editing.svelte.ts'
import { CanvasGestures, type Drag, type Modifiers } from './canvas-gestures.ts'
import { CanvasOverlay, type Frame, type Handle } from './canvas-overlay.ts'
import { CanvasView } from './canvas-view.ts'
import { CanvasViewport, type Point } from './canvas-viewport.ts'
import { resizedBox, turnedBy } from './handle-drag.ts'
import { MovePreview } from './move-preview.ts'
import { isLayer, selectableIn, selectedBy } from './selectable.ts'

/** What a drag may stick to, and by how much the wish was changed. */
export interface Snapped {
  readonly x: number
  readonly y: number
  /** Lines that say what it stuck to; units of the drawing. */
  readonly guides: readonly { readonly from: Point; readonly to: Point }[]
}

/** Steps of the document that gestures end in, and what they stick to. */
export interface CanvasEdits {
  move(elements: readonly SourceElement[], x: number, y: number): void
  /** From one box to another, in units of the drawing. */
  resize(elements: readonly SourceElement[], from: Box, to: Box): void
  /** Degrees, clockwise. */
  turn(elements: readonly SourceElement[], degrees: number, about: Point): void
  canResize(elements: readonly SourceElement[]): boolean
  /** Where a box that wants to be moved by (x, y) goes. `others` are boxes it may line up with; `reach` in units of the drawing. */
  snapMove(box: Box, x: number, y: number, others: readonly Box[], reach: number): Snapped
  snapPoint(at: Point): Point
  /** A drag of the tool in the hand; null when it has none. */
  beginTool(canvas: Canvas, key: NodeKey | null, at: Point): Drag | null
  /** Somebody wants to write into a text. */
  editText(element: SourceElement): void
}

export interface CanvasParts {
  readonly host: HTMLElement
  readonly editing: Editing
  readonly edits: CanvasEdits
  readonly typeOf: (equipment: string) => string | null
  /** Said when the zoom changed. */
  readonly onView: () => void
}

/** Distances at which a click beside a thing still means it; px. */
const mouseReach = [3, 6]
const fingerReach = [6, 12, 18]
/** px within which things stick to each other. */
const snapReach = 6
/** More boxes than these are not lined up with: nobody could tell which one it was. */
const mostSnapTargets = 600

export class Canvas {
  readonly view: CanvasView
  readonly viewport: CanvasViewport
  readonly overlay: CanvasOverlay
  readonly #parts: CanvasParts
  readonly #gestures: CanvasGestures
  readonly #resizes: ResizeObserver
  #hasFitted = false

  constructor(parts: CanvasParts) {
    this.#parts = parts
    const { host } = parts
    this.view = new CanvasView({ host, typeOf: parts.typeOf })
    this.overlay = new CanvasOverlay(host)
    this.viewport = new CanvasViewport(host, () => this.#showViewport())
    this.#gestures = new CanvasGestures(host, this.viewport, {
      isPanTool: () => parts.editing.tool === 'pan',
      keyAt: (event) => this.#keyNear(event),
      canGrab: (key) => this.#unitAt(key) !== null,
      click: (key, modifiers) => this.#click(key, modifiers),
      doubleClick: (key) => this.#doubleClick(key),
      beginMove: (key, at, modifiers) => this.#beginMove(key, at, modifiers),
      beginHandle: (handle, at) => (handle === 'rotate' ? this.#beginTurn(at) : this.#beginResize(handle, at)),
      beginTool: (key, at) => parts.edits.beginTool(this, key, at),
      hover: () => {},
      band: (box, isDone, modifiers) => this.#band(box, isDone, modifiers),
    })
    this.#resizes = new ResizeObserver(() => {
      if (this.#hasFitted) this.#showViewport()
      else this.fit()
    })
    this.#resizes.observe(host)
  }

  close(): void {
    this.#resizes.disconnect()
    this.#gestures.close()
    this.overlay.close()
    this.view.close()
  }

  /** Shows the document as it is now; says why when it cannot be shown. */
  render(language: string): Refused | null {
    const refused = this.view.render(this.#parts.editing.document, language, this.#parts.editing.takeTouched())
    this.#showHidden()
    this.showSelection()
    return refused
  }

  /** Everything anew, because symbols or the plant changed. */
  renderAll(language: string): Refused | null {
    const refused = this.view.renderAll(this.#parts.editing.document, language)
    this.#showHidden()
    this.showSelection()
    return refused
  }

  /** The whole page. */
  fit(): void {
    if (this.#parts.host.clientWidth === 0) return
    this.#hasFitted = true
    this.viewport.fit(this.view.page)
  }

  /** Moves the view so that elements are seen. */
  reveal(elements: readonly SourceElement[]): void {
    const box = this.boxOf(elements)
    if (box) this.viewport.reveal(box)
  }

  /** Box around elements; null when none of them is drawn. */
  boxOf(elements: readonly SourceElement[]): Box | null {
    return unionOf(elements.flatMap(({ key }) => this.view.boxOf(key) ?? []))
  }

  /** Ends a gesture that Escape interrupts. */
  cancelGesture(): boolean {
    const wasBusy = this.#gestures.cancel()
    if (wasBusy) this.showSelection()
    return wasBusy
  }

  showSelection(): void {
    const { selected } = this.#parts.editing
    const frames = this.#framesOf(selected)
    const box = frames.length > 1 ? this.boxOf(selected) : null
    const whole = frames.length === 1 ? frames[0]! : box ? this.#frameAround(box) : null
    this.overlay.showFrames(frames, whole, whole !== null && this.#parts.edits.canResize(selected))
    this.overlay.showGuides([])
  }

  /** Boxes that a moved thing may line up with: what is in view and does not move itself. */
  snapTargets(moved: readonly SourceElement[]): readonly Box[] {
    const { editing } = this.#parts
    const seen = this.viewport.box
    const boxes: Box[] = [this.view.page]
    for (const element of selectableIn(editing.document, editing.scope, editing)) {
      if (moved.includes(element)) continue
      const box = this.view.boxOf(element.key)
      if (box && overlaps(box, seen)) boxes.push(box)
      if (boxes.length >= mostSnapTargets) break
    }
    return boxes
  }

  /** What is under the pointer; where that is nothing to select, what is near: lines are thin, and fingers are not. */
  #keyNear(event: MouseEvent): NodeKey | null {
    const own = this.view.keyAt(event.target)
    if (own !== null && this.#unitAt(own)) return own
    const isTouch = event instanceof PointerEvent && event.pointerType === 'touch'
    for (const radius of isTouch ? fingerReach : mouseReach)
      for (let turn = 0; turn < 8; turn++) {
        const x = event.clientX + radius * Math.cos((turn * Math.PI) / 4)
        const y = event.clientY + radius * Math.sin((turn * Math.PI) / 4)
        const key = this.view.keyAt(document.elementFromPoint(x, y))
        if (key !== null && this.#unitAt(key)) return key
      }
    return own
  }

  #unitAt(key: NodeKey): SourceElement | null {
    const { editing } = this.#parts
    const { document } = editing
    const clicked = document.element(key)
    if (!clicked) return null
    if (!isInside(clicked, editing.scope)) return null
    return selectedBy(document, editing.scope, clicked, editing)
  }

  #click(key: NodeKey | null, { shift }: Modifiers): void {
    const { editing } = this.#parts
    const unit = key === null ? null : this.#unitAt(key)
    const isAdding = shift || editing.isAdding
    if (unit === null) {
      if (isAdding) return
      // A click beside a group one is in leads out of it.
      if (editing.selected.length === 0) editing.stepOut()
      else editing.select([])
    } else if (isAdding) editing.toggle(unit)
    else editing.select([unit])
  }

  #doubleClick(key: NodeKey | null): void {
    const { editing, edits } = this.#parts
    const unit = key === null ? null : this.#unitAt(key)
    if (!unit) return
    const name = editing.document.tagName(unit)
    if (name === 'g' && !isLayer(editing.document, unit)) {
      editing.stepInto(unit)
      const inner = key === null ? null : this.#unitAt(key)
      if (inner) editing.select([inner])
    } else if (name === 'text' || name === 'switch') edits.editText(unit)
  }

  #beginMove(key: NodeKey, from: Point, { shift }: Modifiers): Drag | null {
    const { editing, edits } = this.#parts
    const unit = this.#unitAt(key)
    if (!unit) return null
    if (!editing.isSelected(unit.key)) {
      if (shift) editing.toggle(unit)
      else editing.select([unit])
    }
    const { selected } = editing
    const box = this.boxOf(selected)
    if (!box) return null
    const others = editing.isSnapping ? this.snapTargets(selected) : []
    const preview = new MovePreview(
      this.view,
      selected.map((element) => element.key),
    )
    this.overlay.showFrames([], null, false)
    let done: Point = { x: 0, y: 0 }
    const leave = () => {
      preview.end()
      this.showSelection()
    }
    return {
      move: (at, modifiers) => {
        // With Shift it goes straight; with Alt nothing sticks.
        const wish = straight({ x: at.x - from.x, y: at.y - from.y }, modifiers.shift)
        const snapped =
          editing.isSnapping && !modifiers.alt
            ? edits.snapMove(box, wish.x, wish.y, others, snapReach / this.viewport.scale)
            : { ...wish, guides: [] }
        done = { x: snapped.x, y: snapped.y }
        preview.show(done.x, done.y)
        this.overlay.showGuides(
          snapped.guides.map((line) => ({ from: this.viewport.toHost(line.from), to: this.viewport.toHost(line.to) })),
        )
      },
      end: () => {
        preview.end()
        if (done.x !== 0 || done.y !== 0) edits.move(selected, done.x, done.y)
        this.showSelection()
      },
      cancel: leave,
    }
  }

  #beginResize(handle: Exclude<Handle, 'rotate'>, from: Point): Drag | null {
    const { editing, edits } = this.#parts
    const { selected } = editing
    const box = this.boxOf(selected)
    if (!box) return null
    let to = box
    return {
      move: (at, { shift, alt }) => {
        const goal = editing.isSnapping && !alt ? edits.snapPoint(at) : at
        to = resizedBox(box, handle, { x: goal.x - from.x, y: goal.y - from.y }, shift)
        this.overlay.showFrames([], this.#frameAround(to), false)
      },
      end: () => {
        edits.resize(selected, box, to)
        this.showSelection()
      },
      cancel: () => this.showSelection(),
    }
  }

  #beginTurn(from: Point): Drag | null {
    const { editing, edits } = this.#parts
    const { selected } = editing
    const box = this.boxOf(selected)
    if (!box) return null
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    let degrees = 0
    return {
      move: (at, { alt }) => {
        degrees = turnedBy(middle, from, at, alt ? 1 : 15)
        const frames = this.#framesOf(selected)
        const centre = this.viewport.toHost(middle)
        this.overlay.showFrames(
          frames.map((frame) => turned(frame, centre, degrees)),
          null,
          false,
        )
      },
      end: () => {
        if (degrees !== 0) edits.turn(selected, degrees, middle)
        this.showSelection()
      },
      cancel: () => this.showSelection(),
    }
  }

  #band(box: Box | null, isDone: boolean, { shift }: Modifiers): void {
    const { editing } = this.#parts
    this.overlay.showBand(box === null || isDone ? null : this.#frameAround(box))
    if (box === null || !isDone) return
    const caught = selectableIn(editing.document, editing.scope, editing).filter((element) => {
      const own = this.view.boxOf(element.key)
      return own !== null && contains(box, own)
    })
    const kept = shift || editing.isAdding ? editing.selected.filter((element) => !caught.includes(element)) : []
    editing.select([...kept, ...caught])
  }

  #frameOf(key: NodeKey): Frame | null {
    const corners = this.view.cornersOf(key)
    return corners && (corners.map((corner) => this.viewport.toHost(corner)) as unknown as Frame)
  }

  #framesOf(elements: readonly SourceElement[]): readonly Frame[] {
    return elements.map(({ key }) => this.#frameOf(key)).filter((frame) => frame !== null)
  }

  #frameAround({ x, y, width, height }: Box): Frame {
    const at = (px: number, py: number) => this.viewport.toHost({ x: px, y: py })
    return [at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height)]
  }

  #showViewport(): void {
    const { x, y, width, height } = this.viewport.box
    if (width === 0 || height === 0) return
    this.view.root.setAttribute('viewBox', [x, y, width, height].map((part) => Math.round(part * 100) / 100).join(' '))
    this.showSelection()
    this.#parts.onView()
  }

  /** Hidden layers and things are not drawn; what is hidden belongs to the editor, not to the file. */
  #showHidden(): void {
    for (const element of this.view.root.querySelectorAll<SVGElement>('.editor-hidden'))
      element.classList.remove('editor-hidden')
    for (const key of this.#parts.editing.hidden) this.view.elementOf(key)?.classList.add('editor-hidden')
  }
}

/** Along the axis in which it was moved further. */
function straight(by: Point, isStraight: boolean): Point {
  if (!isStraight) return by
  return Math.abs(by.x) >= Math.abs(by.y) ? { x: by.x, y: 0 } : { x: 0, y: by.y }
}

function turned(frame: Frame, about: Point, degrees: number): Frame {
  const angle = (degrees * Math.PI) / 180
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  return frame.map(({ x, y }) => ({
    x: about.x + (x - about.x) * cos - (y - about.y) * sin,
    y: about.y + (x - about.x) * sin + (y - about.y) * cos,
  })) as unknown as Frame
}

function contains(outer: Box, inner: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  )
}

function overlaps(a: Box, b: Box): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
}
