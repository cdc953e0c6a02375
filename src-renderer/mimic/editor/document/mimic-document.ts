// A mimic while it is being drawn: its source tree, what may be undone, and who wants to know of changes. All coordinates
// are units of the drawing. One document per open file; owned by the editor screen.
import { attributeOf, attributesOf, type NamedValue, svgNameOf } from './attribute-names.ts'
import { DocumentEdit } from './document-edit.ts'
import { parseSource, type SourceFault } from './source-parser.ts'
import {
  elementsIn,
  KeySource,
  type NodeKey,
  type SourceElement,
  type SourceTree,
  serialise,
  serialiseNode,
  startTagOf,
} from './source-tree.ts'
import { applyOperation, revertOperation, type TreeOperation } from './tree-operation.ts'

/** What changed since the last report; keys of nodes that are no longer in the tree included. */
export interface DocumentChange {
  readonly cause: 'edit' | 'undo' | 'redo' | 'gesture'
  /** Words of the step, as the editor gave them. */
  readonly label: string
  /** Elements with other attributes than before. */
  readonly attributes: ReadonlySet<NodeKey>
  /** Elements whose children or texts are others, or in another order, than before. */
  readonly children: ReadonlySet<NodeKey>
}

export type DocumentListener = (change: DocumentChange) => void

/** One entry of the undo list. */
interface Step {
  readonly label: string
  readonly operations: TreeOperation[]
  /** Steps with the same word that follow each other are one step (typing into a field). */
  readonly merge: string | null
}

/** Opened by {@link MimicDocument.beginGesture}; one drag is one step, however many times it is updated. */
export interface Gesture {
  /** Takes back what the last update did and does this instead, so that a drag never adds up rounding. */
  update(run: (edit: DocumentEdit) => void): void
  /** Keeps the last update as one step. */
  commit(): void
  /** Leaves the document as it was before the gesture. */
  cancel(): void
}

export type OpenedDocument = { readonly ok: true; readonly document: MimicDocument } | SourceFault

/** Text → document, or why not in a sentence with line and column. Never throws. */
export function openDocument(text: string): OpenedDocument {
  const keys = new KeySource()
  const parsed = parseSource(text, keys)
  return parsed.ok ? { ok: true, document: new MimicDocument(parsed.tree, keys) } : parsed
}

export class MimicDocument {
  readonly tree: SourceTree
  readonly keys: KeySource
  readonly #listeners = new Set<DocumentListener>()
  readonly #elements = new Map<NodeKey, SourceElement>()
  #undo: Step[] = []
  #redo: Step[] = []
  #savedStep: Step | null = null
  #gesture: Step | null = null
  #text: string | null = null

  /** Use {@link openDocument}. */
  constructor(tree: SourceTree, keys: KeySource) {
    this.tree = tree
    this.keys = keys
    for (const element of elementsIn(tree.root)) this.#elements.set(element.key, element)
  }

  /** The `<svg>` element. */
  get root(): SourceElement {
    return this.tree.root
  }

  /** The whole file as it would be saved now. Cheap when nothing changed since the last call. */
  get text(): string {
    this.#text ??= serialise(this.tree)
    return this.#text
  }

  /** The element of that key, if it is in the drawing now. */
  element(key: NodeKey): SourceElement | undefined {
    const element = this.#elements.get(key)
    return element !== undefined && this.#isAttached(element) ? element : undefined
  }

  #isAttached(element: SourceElement): boolean {
    let top = element
    while (top.parent !== null) top = top.parent
    return top === this.root
  }

  /** The element with that `id`; the first one where a file has it twice. */
  elementById(id: string): SourceElement | undefined {
    for (const element of elementsIn(this.root)) if (this.get(element, 'id') === id) return element
    return undefined
  }

  /** See {@link attributeOf}. */
  get(element: SourceElement, name: string): string | null {
    return attributeOf(element, name)
  }

  /** See {@link attributesOf}. */
  attributes(element: SourceElement): readonly NamedValue[] {
    return attributesOf(element)
  }

  /** See {@link svgNameOf}. */
  tagName(element: SourceElement): string | null {
    return svgNameOf(element)
  }

  /**
   * The drawing's text with the key of every element as attribute `attribute`, for a canvas that has to find the source of
   * what it shows.
   */
  keyedText(attribute = 'data-key'): string {
    return serialise({ ...this.tree, root: keyed(this.root, attribute) })
  }

  /** The same for one element and what it holds; prefixes declared further up are not repeated. */
  keyedElementText(element: SourceElement, attribute = 'data-key'): string {
    return serialiseNode(keyed(element, attribute))
  }

  /**
   * Carries out one step: all of `run` or, when it throws, nothing. Steps that change nothing leave no trace. With `merge`
   * the step joins the one before it if that had the same word.
   */
  change<Result>(label: string, run: (edit: DocumentEdit) => Result, merge: string | null = null): Result {
    if (this.#gesture !== null) throw new Error('a gesture is open: commit or cancel it first')
    const { operations, result } = this.#perform(run)
    if (operations.length === 0) return result
    const last = this.#undo.at(-1)
    if (merge !== null && last?.merge === merge && last !== this.#savedStep) last.operations.push(...operations)
    else this.#undo.push({ label, operations, merge })
    this.#redo = []
    this.#report('edit', label, operations)
    return result
  }

  /** Begins a drag: see {@link Gesture}. Only one at a time. */
  beginGesture(label: string): Gesture {
    if (this.#gesture !== null) throw new Error('another gesture is open')
    const step: Step = { label, operations: [], merge: null }
    this.#gesture = step
    const rollBack = () => {
      const undone = step.operations.splice(0)
      for (const operation of undone.toReversed()) revertOperation(operation)
      return undone
    }
    const end = () => {
      if (this.#gesture !== step) throw new Error('the gesture has ended')
      this.#gesture = null
    }
    return {
      update: (run) => {
        if (this.#gesture !== step) throw new Error('the gesture has ended')
        const undone = rollBack()
        try {
          step.operations.push(...this.#perform(run).operations)
        } finally {
          this.#report('gesture', label, [...undone, ...step.operations])
        }
      },
      commit: () => {
        end()
        if (step.operations.length === 0) return
        this.#undo.push(step)
        this.#redo = []
        this.#report('edit', label, [])
      },
      cancel: () => {
        end()
        this.#report('gesture', label, rollBack())
      },
    }
  }

  #perform<Result>(run: (edit: DocumentEdit) => Result): { operations: TreeOperation[]; result: Result } {
    const operations: TreeOperation[] = []
    const edit = new DocumentEdit(this.tree, this.keys, (operation) => {
      applyOperation(operation)
      operations.push(operation)
      this.#text = null
      if (operation.kind === 'insert' && operation.node.kind === 'element')
        for (const element of elementsIn(operation.node)) this.#elements.set(element.key, element)
    })
    try {
      return { result: run(edit), operations }
    } catch (error) {
      for (const operation of operations.toReversed()) revertOperation(operation)
      this.#text = null
      throw error
    } finally {
      edit.close()
    }
  }

  get canUndo(): boolean {
    return this.#undo.length > 0
  }

  get canRedo(): boolean {
    return this.#redo.length > 0
  }

  /** Words of the step that {@link undo} would take back. */
  get undoLabel(): string | null {
    return this.#undo.at(-1)?.label ?? null
  }

  get redoLabel(): string | null {
    return this.#redo.at(-1)?.label ?? null
  }

  /** Takes the last step back; false when there is none, or while a gesture is open. */
  undo(): boolean {
    const step = this.#gesture === null ? this.#undo.pop() : undefined
    if (step === undefined) return false
    for (const operation of step.operations.toReversed()) revertOperation(operation)
    this.#redo.push(step)
    this.#report('undo', step.label, step.operations)
    return true
  }

  /** Does the step again that was undone last; false when there is none. */
  redo(): boolean {
    const step = this.#gesture === null ? this.#redo.pop() : undefined
    if (step === undefined) return false
    for (const operation of step.operations) applyOperation(operation)
    this.#undo.push(step)
    this.#report('redo', step.label, step.operations)
    return true
  }

  /** True when the text is another than at the last {@link markSaved} (at first: than when it was opened). */
  get isChanged(): boolean {
    return (this.#undo.at(-1) ?? null) !== this.#savedStep
  }

  /** The text as it is now has been saved. */
  markSaved(): void {
    this.#savedStep = this.#undo.at(-1) ?? null
  }

  /** Calls `listener` after every step, undo and update of a gesture; returns how to stop it. */
  onChange(listener: DocumentListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #report(cause: DocumentChange['cause'], label: string, operations: readonly TreeOperation[]): void {
    this.#text = null
    const attributes = new Set<NodeKey>()
    const children = new Set<NodeKey>()
    for (const operation of operations) {
      if (operation.kind === 'tags') attributes.add(operation.element.key)
      else if (operation.kind !== 'raw') children.add(operation.parent.key)
      else if (operation.piece.parent !== null) children.add(operation.piece.parent.key)
    }
    for (const listener of this.#listeners) listener({ cause, label, attributes, children })
  }
}

function keyed(element: SourceElement, attribute: string): SourceElement {
  const nameEnd = 1 + startTagOf(element).name.length
  const { openTag } = element
  return {
    ...element,
    openTag: `${openTag.slice(0, nameEnd)} ${attribute}="${element.key}"${openTag.slice(nameEnd)}`,
    children: element.children.map((child) => (child.kind === 'element' ? keyed(child, attribute) : child)),
  }
}
