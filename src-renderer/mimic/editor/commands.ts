// What can be done with what is selected, as steps of the document with words for the undo list. Keys, buttons and gestures all
// come here.
import type { Box } from '../drawing/mimic-box.ts'
import type { Canvas, CanvasEdits, Snapped } from './canvas/canvas.ts'
import type { Drag } from './canvas/canvas-gestures.ts'
import type { Point } from './canvas/canvas-viewport.ts'
import { type Alignment, type Axis, align, distribute, sameSize } from './document/arrange.ts'
import { copyElements, pasteSvg } from './document/clipboard.ts'
import {
  duplicateElements,
  groupElements,
  type OrderStep,
  removeElements,
  reorderElements,
  ungroupElement,
} from './document/element-order.ts'
import {
  moveEachWithPipes,
  moveWithPipes,
  type Port,
  resizeEachWithPipes,
  resizeWithPipes,
  rotateWithPipes,
  type Surroundings,
  sideOf,
} from './document/pipes.ts'
import { snapBox, snapPoint } from './document/snap.ts'
import { elementsIn, type NodeKey, type SourceElement } from './document/source-tree.ts'
import type { Editing } from './editing.svelte.ts'
import type { EquipmentCatalog } from './equipment-catalog.svelte.ts'
import { t } from './texts.ts'

export class EditorCommands implements CanvasEdits {
  readonly #editing: Editing
  readonly #catalog: EquipmentCatalog
  /** Copied here; for browsers that do not let a button read the clipboard. */
  #copied: string | null = null
  /** Set by the workbench once the canvas is on the page. */
  canvas: Canvas | null = null
  /** Set by the workbench: puts the cursor into the text of an element. */
  onEditText: (element: SourceElement) => void = () => {}
  /** Set by the pipe tool. */
  onTool: (canvas: Canvas, key: NodeKey | null, at: Point) => Drag | null = () => null

  constructor(editing: Editing, catalog: EquipmentCatalog) {
    this.#editing = editing
    this.#catalog = catalog
  }

  get editing(): Editing {
    return this.#editing
  }

  /** What the canvas knows of where things stand: boxes as drawn, connection points of symbols. */
  readonly surroundings: Surroundings = {
    box: (element) => this.canvas?.view.boxOf(element.key) ?? null,
    ports: (element) => this.#symbolPorts(element),
  }

  move(elements: readonly SourceElement[], x: number, y: number, merge: string | null = null): void {
    this.#editing.change(t('stepMove'), (edit) => moveWithPipes(edit, elements, { x, y }, this.surroundings), merge)
  }

  /** Arrow keys: one step of the undo list however often they are pressed. */
  nudge(x: number, y: number): void {
    const { selected } = this.#editing
    if (selected.length > 0) this.move(selected, x, y, `nudge ${selected.map(({ key }) => key).join(' ')}`)
  }

  resize(elements: readonly SourceElement[], from: Box, to: Box): void {
    if (from.x === to.x && from.y === to.y && from.width === to.width && from.height === to.height) return
    this.#editing.change(t('stepResize'), (edit) =>
      resizeWithPipes(edit, elements, withExtent(from), to, this.surroundings),
    )
  }

  turn(elements: readonly SourceElement[], degrees: number, about: Point): void {
    this.#editing.change(t('stepTurn'), (edit) => rotateWithPipes(edit, elements, degrees, about, this.surroundings))
  }

  canResize(elements: readonly SourceElement[]): boolean {
    return elements.length > 0
  }

  snapMove(box: Box, x: number, y: number, others: readonly Box[], reach: number): Snapped {
    const { delta, guides } = snapBox(
      { ...box, x: box.x + x, y: box.y + y },
      { boxes: others, grid: this.#grid, reach },
    )
    return {
      x: x + delta.x,
      y: y + delta.y,
      guides: guides.map(({ axis, at, from, to }) =>
        axis === 'x'
          ? { from: { x: at, y: from }, to: { x: at, y: to } }
          : { from: { x: from, y: at }, to: { x: to, y: at } },
      ),
    }
  }

  snapPoint(at: Point): Point {
    const { delta } = snapPoint(at, { boxes: [], grid: this.#grid, reach: 0 })
    return { x: at.x + delta.x, y: at.y + delta.y }
  }

  beginTool(canvas: Canvas, key: NodeKey | null, at: Point): Drag | null {
    return this.onTool(canvas, key, at)
  }

  editText(element: SourceElement): void {
    this.onEditText(element)
  }

  remove(): void {
    const { selected } = this.#editing
    if (selected.length > 0) this.#editing.change(t('stepDelete'), (edit) => removeElements(edit, selected))
  }

  align(alignment: Alignment): void {
    const { selected } = this.#editing
    // One thing alone is aligned on the page.
    const page = this.canvas?.view.page
    const boxes = this.#boxes(selected)
    if (selected.length === 1 && page) {
      const [only] = selected as [SourceElement]
      const moves = align(new Map<SourceElement | null, Box>([...boxes, [null, page]]), alignment, null)
      const delta = moves.get(only)
      if (delta) this.move([only], delta.x, delta.y)
      return
    }
    this.#editing.change(t('stepAlign'), (edit) => moveEachWithPipes(edit, align(boxes, alignment), this.surroundings))
  }

  distribute(axis: Axis): void {
    const boxes = this.#boxes(this.#editing.selected)
    this.#editing.change(t('stepDistribute'), (edit) =>
      moveEachWithPipes(edit, distribute(boxes, axis), this.surroundings),
    )
  }

  /** As large as the one that was selected last. */
  sameSize(): void {
    const { selected } = this.#editing
    const anchor = selected.at(-1)
    if (!anchor || selected.length < 2) return
    const boxes = this.#boxes(selected)
    const sized = sameSize(boxes, 'both', anchor)
    sized.delete(anchor)
    const sizes = new Map([...sized].map(([element, to]) => [element, { from: withExtent(boxes.get(element)!), to }]))
    this.#editing.change(t('stepSameSize'), (edit) => resizeEachWithPipes(edit, sizes, this.surroundings))
  }

  /** The selection as an SVG text of its own; null when nothing is selected. */
  copiedText(): string | null {
    const { selected, document } = this.#editing
    if (selected.length === 0) return null
    this.#copied = copyElements(document, selected)
    this.#editing.notice = t('copied', { count: selected.length })
    return this.#copied
  }

  /** For a button: the system's clipboard where the browser lets a page write to it, else the editor's own. */
  copy(): void {
    const text = this.copiedText()
    if (text !== null) void navigator.clipboard?.writeText(text).catch(() => undefined)
  }

  cut(): void {
    this.copy()
    this.remove()
  }

  async pasteFromClipboard(): Promise<void> {
    // Browsers ask the user, or refuse where the page did not come over HTTPS: then what was copied here is pasted.
    const text = await (navigator.clipboard?.readText().catch(() => null) ?? Promise.resolve(null))
    const wanted = text?.includes('<svg') ? text : this.#copied
    if (wanted === null) this.#editing.notice = t('nothingToPaste')
    else this.paste(wanted)
  }

  /** Puts an SVG text in front of everything, a little beside where it was copied, and selects it. */
  paste(text: string, label = t('stepPaste')): void {
    const { scope, grid } = this.#editing
    if (!text.includes('<svg')) {
      this.#editing.notice = t('nothingToPaste')
      return
    }
    const pasted = this.#editing.change(label, (edit) =>
      pasteSvg(edit, text, { offset: { x: grid * 2, y: grid * 2 }, place: { parent: scope, before: null } }),
    )
    if (!pasted) return
    this.#editing.select(pasted.elements)
    this.#editing.notice =
      pasted.leftOut.length === 0
        ? t('pasted', { count: pasted.elements.length })
        : t('pastedWithout', { count: pasted.elements.length, what: pasted.leftOut.join(', ') })
  }

  duplicate(): void {
    const { selected, grid } = this.#editing
    const copies = this.#editing.change(t('stepDuplicate'), (edit) =>
      duplicateElements(edit, selected, { x: grid * 2, y: grid * 2 }),
    )
    if (copies) this.#editing.select(copies)
  }

  group(): void {
    const { selected } = this.#editing
    if (selected.length === 0) return
    const group = this.#editing.change(t('stepGroup'), (edit) => groupElements(edit, selected))
    if (group) this.#editing.select([group])
  }

  ungroup(): void {
    const { selected } = this.#editing
    const parts = this.#editing.change(t('stepUngroup'), (edit) =>
      selected.flatMap((group) => ungroupElement(edit, group)),
    )
    if (parts) this.#editing.select(parts)
  }

  reorder(step: OrderStep): void {
    const { selected } = this.#editing
    if (selected.length > 0) this.#editing.change(t('stepOrder'), (edit) => reorderElements(edit, selected, step))
  }

  /** Puts new elements in front of everything in the group one is in, and selects them. */
  insert(label: string, xml: string): readonly SourceElement[] {
    const { scope } = this.#editing
    const made = this.#editing.change(label, (edit) => edit.insertXml({ parent: scope, before: null }, xml))
    if (made) this.#editing.select(made)
    return made ?? []
  }

  /** Names of the equipment that stands on this drawing. */
  equipmentHere(): ReadonlySet<string> {
    const { document } = this.#editing
    const names = new Set<string>()
    for (const element of elementsIn(document.root)) {
      const name = document.get(element, 'ls:equipment')
      if (name !== null) names.add(name.trim())
    }
    return names
  }

  /** Middle for something new of that size: the middle of what is seen, further down where something stands there already. */
  freePlace(width: number, height: number): Point {
    const seen = this.canvas?.viewport.box ?? { x: 0, y: 0, width: 800, height: 600 }
    const step = this.#editing.grid * 2
    const middle = { x: seen.x + seen.width / 2, y: seen.y + seen.height / 2 }
    const others = this.canvas?.snapTargets([]).slice(1) ?? []
    for (let turn = 0; turn < 20; turn++) {
      const x = middle.x - width / 2 + turn * step
      const y = middle.y - height / 2 + turn * step
      if (!others.some((box) => Math.abs(box.x - x) < step / 2 && Math.abs(box.y - y) < step / 2))
        return { x: x + width / 2, y: y + height / 2 }
    }
    return middle
  }

  /** Keys of the canvas with Ctrl, and single letters. */
  key(event: KeyboardEvent): boolean {
    const isCommand = event.ctrlKey || event.metaKey
    switch (isCommand ? `ctrl+${event.key.toLowerCase()}` : event.key) {
      case 'ctrl+d':
        this.duplicate()
        return true
      case 'ctrl+g':
        if (event.shiftKey) this.ungroup()
        else this.group()
        return true
      case 'PageUp':
        this.reorder('forward')
        return true
      case 'PageDown':
        this.reorder('backward')
        return true
      case 'Home':
        this.reorder('back')
        return true
      case 'End':
        this.reorder('front')
        return true
      case 'p':
        this.#editing.tool = this.#editing.tool === 'pipe' ? 'select' : 'pipe'
        return true
      case '[':
      case ']': {
        const box = this.canvas?.boxOf(this.#editing.selected)
        if (!box) return false
        const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
        this.turn(this.#editing.selected, event.key === '[' ? -15 : 15, middle)
        return true
      }
      default:
        return false
    }
  }

  #symbolPorts(element: SourceElement): readonly Port[] {
    const name = this.#editing.document.get(element, 'ls:equipment')
    const type = name === null ? null : this.#catalog.typeOf(name)
    const shape = type === null ? null : (this.canvas?.view.symbols.shape(type) ?? null)
    const box = this.canvas?.view.boxOf(element.key)
    if (!shape || !box) return []
    return Object.entries(shape.ports).map(([port, { x, y }]) => {
      const at = { x: box.x + x * box.width, y: box.y + y * box.height }
      return { name: port, at, side: sideOf(at, box) }
    })
  }

  get #grid(): number | null {
    return this.#editing.isSnapping ? this.#editing.grid : null
  }

  #boxes(elements: readonly SourceElement[]): Map<SourceElement, Box> {
    const boxes = new Map<SourceElement, Box>()
    for (const element of elements) {
      const box = this.canvas?.view.boxOf(element.key)
      if (box) boxes.set(element, box)
    }
    return boxes
  }
}

/** A line that lies flat has no height to be stretched by. */
function withExtent(box: Box): Box {
  return { ...box, width: box.width || 1, height: box.height || 1 }
}
