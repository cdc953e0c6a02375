// A display being edited, as all parts of the editor see it: the document, what is selected, which tool is in the hand. Reads are
// reactive: every step of the document makes what depends on it new.
import { SvelteSet } from 'svelte/reactivity'
import { isLayer, type Locks, selectableIn } from './canvas/selectable.ts'
import type { DocumentEdit } from './document/document-edit.ts'
import type { MimicDocument } from './document/mimic-document.ts'
import { isInside, type NodeKey, type SourceElement } from './document/source-tree.ts'

export type Tool = 'select' | 'pan' | 'pipe'

export class Editing implements Locks {
  readonly #document: MimicDocument
  #step = $state(0)
  #drawn = $state(0)
  /** What may have changed since the canvas drew last. */
  #touched = new Set<NodeKey>()
  #selection = $state.raw<readonly NodeKey[]>([])
  #scope = $state.raw<NodeKey | null>(null)
  tool = $state<Tool>('select')
  /** Every click adds to what is selected: Shift for those who have no keyboard. */
  isAdding = $state(false)
  isSnapping = $state(true)
  /** Units of the drawing. */
  grid = $state(10)
  readonly locked = new SvelteSet<NodeKey>()
  readonly hidden = new SvelteSet<NodeKey>()
  /** What was opened is not what is on the disk: a new display, or a draft that was restored. */
  isUnsaved = $state(false)
  /** Said to a screen reader and shown for a while; what was done, or why not. */
  notice = $state('')

  constructor(document: MimicDocument) {
    this.#document = document
    document.onChange((change) => {
      this.#step++
      for (const key of [...change.attributes, ...change.children]) this.#touched.add(key)
      if (change.cause !== 'gesture') this.#dropLost()
    })
  }

  /** Reactive. */
  get document(): MimicDocument {
    void this.#step
    return this.#document
  }

  /** Reactive: grows with every change. */
  get step(): number {
    return this.#step
  }

  /** Reactive: what is selected, in the order it was. */
  get selected(): readonly SourceElement[] {
    const { document } = this
    return this.#selection.flatMap((key) => document.element(key) ?? [])
  }

  /** Reactive: the group one has stepped into; the drawing itself at first. */
  get scope(): SourceElement {
    const { document } = this
    return (this.#scope === null ? undefined : document.element(this.#scope)) ?? document.root
  }

  /** Reactive: grows whenever the canvas has drawn; who measures what is drawn waits for it. */
  get drawn(): number {
    return this.#drawn
  }

  markDrawn(): void {
    this.#drawn++
  }

  /** What may have changed since this was asked last. */
  takeTouched(): ReadonlySet<NodeKey> {
    const touched = this.#touched
    this.#touched = new Set()
    return touched
  }

  isSelected(key: NodeKey): boolean {
    return this.#selection.includes(key)
  }

  select(elements: readonly SourceElement[]): void {
    this.#selection = elements.map(({ key }) => key)
  }

  /** Adds it, or takes it away if it was selected. */
  toggle(element: SourceElement): void {
    this.#selection = this.isSelected(element.key)
      ? this.#selection.filter((key) => key !== element.key)
      : [...this.#selection, element.key]
  }

  selectAll(): void {
    this.select(selectableIn(this.document, this.scope, this))
  }

  /** The next one in paint order, or the one before; begins anew at the end. */
  selectNext(direction: 1 | -1): SourceElement | null {
    const all = selectableIn(this.document, this.scope, this)
    if (all.length === 0) return null
    const last = this.#selection.at(-1)
    const at = all.findIndex(({ key }) => key === last)
    const next = at < 0 ? (direction === 1 ? 0 : all.length - 1) : (at + direction + all.length) % all.length
    this.select([all[next]!])
    return all[next]!
  }

  /** Steps into a group: now its parts can be selected. */
  stepInto(group: SourceElement): void {
    this.#scope = group.key
    this.#selection = []
  }

  /** Steps out of the group and selects it. False when there was none. */
  stepOut(): boolean {
    const { scope, document } = this
    if (scope === document.root) return false
    let outer = scope.parent
    while (outer && outer !== document.root && isLayer(document, outer)) outer = outer.parent
    this.#scope = outer === null || outer === document.root ? null : outer.key
    this.select([scope])
    return true
  }

  isLocked(key: NodeKey): boolean {
    return this.locked.has(key) || this.hidden.has(key)
  }

  /** One step of the document; the sentence of a step that cannot be done is shown instead of thrown. */
  change<Result>(label: string, run: (edit: DocumentEdit) => Result, merge: string | null = null): Result | null {
    try {
      return this.#document.change(label, run, merge)
    } catch (error) {
      this.notice = error instanceof Error ? error.message : `${error}`
      return null
    }
  }

  /** Reactive: there is something that a save would write. */
  get isChanged(): boolean {
    return this.document.isChanged || this.isUnsaved
  }

  /** What is there now is on the disk. */
  markSaved(): void {
    this.#document.markSaved()
    this.isUnsaved = false
    this.#step++
  }

  undo(): void {
    this.#document.undo()
  }

  redo(): void {
    this.#document.redo()
  }

  #dropLost(): void {
    const kept = this.#selection.filter((key) => this.#document.element(key) !== undefined)
    if (kept.length !== this.#selection.length) this.#selection = kept
    const scope = this.#scope === null ? undefined : this.#document.element(this.#scope)
    if (this.#scope !== null && !(scope && isInside(scope, this.#document.root))) this.#scope = null
  }
}
