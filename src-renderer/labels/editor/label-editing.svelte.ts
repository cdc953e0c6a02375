// One label being drawn: its history, what is chosen, and what is done to it by hand, key or field.
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import { EditHistory } from './edit-history.svelte.ts'
import { areasNow, type DrawnLabel } from './element-areas.ts'
import {
  type Alignment,
  type Area,
  aligned,
  changed,
  duplicated,
  type ElementType,
  labelChanged,
  moved,
  newElement,
  reordered,
  resized,
  type WrittenLabel,
  withElement,
  without,
} from './label-document.ts'
import { frameOf, type Guide, type Snap, snapMoved, snapResized } from './snapping.ts'

/** More a label cannot have (plant/labels/label-file.ts). */
export const mostElements = 500

/** Where the hand is, from where it began; mm. */
export interface Hand {
  readonly dx: number
  readonly dy: number
  /** Nearer than this to a line is meant; mm; 0 = exactly where the hand is. */
  readonly reach: number
  readonly isEnd: boolean
}

/** Reactive. */
export class LabelEditing {
  readonly history: EditHistory<WrittenLabel>
  #chosen: ReadonlySet<number> = $state.raw(new Set())
  #guides: readonly Guide[] = $state.raw([])
  /** Where the present drag began: what moves is moved from there. */
  #dragged: { readonly label: WrittenLabel; readonly areas: readonly Area[] } | null = null
  readonly #drawn: () => DrawnLabel | null
  readonly #areas = $derived.by(() => areasNow(this.label, this.#drawn()))

  /** `drawn`: the newest picture; reactive. */
  constructor(label: WrittenLabel, drawn: () => DrawnLabel | null) {
    this.history = new EditHistory(label)
    this.#drawn = drawn
  }

  get label(): WrittenLabel {
    return this.history.present
  }

  get chosen(): ReadonlySet<number> {
    return this.#chosen
  }

  /** The only element chosen; null = none or several. */
  get only(): number | null {
    return this.#chosen.size === 1 ? [...this.#chosen][0]! : null
  }

  /** Frames of the elements as they are now; mm. */
  get areas(): readonly Area[] {
    return this.#areas
  }

  /** Lines that what is dragged keeps to. */
  get guides(): readonly Guide[] {
    return this.#guides
  }

  get isFull(): boolean {
    return this.label.elements.length >= mostElements
  }

  choose(index: number | null, isMore = false): void {
    this.history.settle()
    if (index === null) this.#chosen = new Set()
    else if (!isMore) this.#chosen = new Set([index])
    else {
      const next = new Set(this.#chosen)
      if (!next.delete(index)) next.add(index)
      this.#chosen = next
    }
  }

  chooseAll(): void {
    this.history.settle()
    this.#chosen = new Set(this.label.elements.keys())
  }

  add(type: ElementType): void {
    if (this.isFull) return
    const index = this.label.elements.length
    this.history.do(withElement(this.label, newElement(type, this.label)))
    this.#chosen = new Set([index])
  }

  /** Keys of the chosen element; `kind`: typing into one field is one step. */
  change(index: number, keys: Readonly<Record<string, JsonValue | undefined>>, kind: string | null): void {
    this.history.do(changed(this.label, index, keys), kind === null ? null : `${index} ${kind}`)
  }

  changeLabel(keys: Readonly<Record<string, unknown>>, kind: string | null = null): void {
    this.history.do(labelChanged(this.label, keys), kind)
  }

  remove(): void {
    if (this.#chosen.size === 0) return
    this.history.do(without(this.label, this.#chosen))
    this.#chosen = new Set()
  }

  duplicate(): void {
    if (this.#chosen.size === 0 || this.label.elements.length + this.#chosen.size > mostElements) return
    const made = duplicated(this.label, this.#chosen)
    this.history.do(made.label)
    this.#chosen = made.copies
  }

  /** Before (-1) or after (1) its neighbour. */
  reorder(by: -1 | 1): void {
    const { only } = this
    if (only === null) return
    const next = reordered(this.label, only, by)
    if (next === this.label) return
    this.history.do(next)
    this.#chosen = new Set([only + by])
  }

  align(to: Alignment): void {
    this.history.do(aligned(this.label, this.#chosen, this.areas, to))
  }

  /** By keys; mm. */
  nudge(dx: number, dy: number): void {
    if (this.#chosen.size > 0) this.history.do(moved(this.label, this.#chosen, dx, dy), 'arrows')
  }

  /** What is chosen is dragged as one. */
  dragTo(hand: Hand): void {
    this.#drag(hand, ({ label, areas }) => {
      const frame = frameOf([...this.#chosen].flatMap((index) => areas[index] ?? []))
      const at = frame && { ...frame, x: frame.x + hand.dx, y: frame.y + hand.dy }
      const snap = at && hand.reach > 0 ? snapMoved(at, this.#field(areas, hand.reach)) : noSnap
      return { next: moved(label, this.#chosen, hand.dx + snap.dx, hand.dy + snap.dy), snap }
    })
  }

  /** The lower right corner of an element is dragged. */
  resizeTo(index: number, hand: Hand): void {
    this.#drag(hand, ({ label, areas }) => {
      const area = areas[index]
      if (area === undefined) return { next: label, snap: noSnap }
      const at = { ...area, width: area.width + hand.dx, height: area.height + hand.dy }
      const snap = hand.reach > 0 ? snapResized(at, this.#field(areas, hand.reach)) : noSnap
      return { next: resized(label, index, area, hand.dx + snap.dx, hand.dy + snap.dy), snap }
    })
  }

  undo(): void {
    this.history.undo()
    this.#keepKnown()
  }

  redo(): void {
    this.history.redo()
    this.#keepKnown()
  }

  #drag(
    { isEnd }: Hand,
    change: (from: { readonly label: WrittenLabel; readonly areas: readonly Area[] }) => {
      readonly next: WrittenLabel
      readonly snap: Snap
    },
  ): void {
    this.#dragged ??= { label: this.label, areas: this.areas }
    const { next, snap } = change(this.#dragged)
    this.history.do(next, 'drag')
    this.#guides = isEnd ? [] : snap.guides
    if (!isEnd) return
    this.#dragged = null
    this.history.settle()
  }

  #field(areas: readonly Area[], reach: number) {
    const { width, height } = this.label.size
    return { width, height, reach, others: areas.filter((_, index) => !this.#chosen.has(index)) }
  }

  #keepKnown(): void {
    const count = this.label.elements.length
    this.#chosen = new Set([...this.#chosen].filter((index) => index < count))
  }
}

const noSnap: Snap = { dx: 0, dy: 0, guides: [] }
