// The four smallest changes of a source tree, each with its reverse. Everything the editor does is made of these, which is
// why undo gives back the very characters.
import type { SourceElement, SourceNode, SourcePiece } from './source-tree.ts'

interface Tags {
  readonly open: string
  readonly close: string
}

export type TreeOperation =
  | { readonly kind: 'tags'; readonly element: SourceElement; readonly before: Tags; readonly after: Tags }
  | { readonly kind: 'raw'; readonly piece: SourcePiece; readonly before: string; readonly after: string }
  | {
      readonly kind: 'insert' | 'remove'
      readonly parent: SourceElement
      readonly index: number
      readonly node: SourceNode
    }

type Writable<Node> = { -readonly [Field in keyof Node]: Node[Field] }

/** Carries an operation out. */
export function applyOperation(operation: TreeOperation): void {
  switch (operation.kind) {
    case 'tags':
      return setTags(operation.element, operation.after)
    case 'raw':
      ;(operation.piece as Writable<SourcePiece>).raw = operation.after
      return
    case 'insert':
      ;(operation.parent.children as SourceNode[]).splice(operation.index, 0, operation.node)
      ;(operation.node as Writable<SourceNode>).parent = operation.parent
      return
    case 'remove':
      ;(operation.parent.children as SourceNode[]).splice(operation.index, 1)
      ;(operation.node as Writable<SourceNode>).parent = null
  }
}

/** Takes an operation back; the tree must be as the operation left it. */
export function revertOperation(operation: TreeOperation): void {
  switch (operation.kind) {
    case 'tags':
      return setTags(operation.element, operation.before)
    case 'raw':
      ;(operation.piece as Writable<SourcePiece>).raw = operation.before
      return
    case 'insert':
      return applyOperation({ ...operation, kind: 'remove' })
    case 'remove':
      return applyOperation({ ...operation, kind: 'insert' })
  }
}

function setTags(element: SourceElement, tags: Tags): void {
  const writable = element as Writable<SourceElement>
  writable.openTag = tags.open
  writable.closeTag = tags.close
}
