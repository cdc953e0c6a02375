// From a line of the file, as the check says it, to the element that stands there.
import type { MimicDocument } from './document/mimic-document.ts'
import { elementsIn, type SourceElement, type SourceNode } from './document/source-tree.ts'

/** The innermost element that a line and column (from 1) of the text belong to; null when it is outside of all. */
export function elementAt(document: MimicDocument, line: number, column: number): SourceElement | null {
  const { text } = document
  let offset = 0
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', offset)
    if (next < 0) return null
    offset = next + 1
  }
  return innermost(document, offset + column - 1)
}

function innermost(document: MimicDocument, offset: number): SourceElement | null {
  let start = document.tree.before.reduce((sum, piece) => sum + piece.raw.length, 0)
  let found: SourceElement | null = null
  const look = (node: SourceNode) => {
    const begin = start
    if (node.kind !== 'element') {
      start += node.raw.length
      return
    }
    start += node.openTag.length
    for (const child of node.children) look(child)
    start += node.closeTag.length
    if (found === null && offset >= begin && offset < start) found = node
  }
  look(document.root)
  return found
}

/** The element a finding is about: by its id, else by its place in the text. */
export function elementOfFinding(
  document: MimicDocument,
  finding: { readonly element?: string | null; readonly line: number; readonly column: number },
): SourceElement | null {
  if (finding.element)
    for (const element of elementsIn(document.root)) if (document.get(element, 'id') === finding.element) return element
  const element = elementAt(document, finding.line, finding.column)
  return element === document.root ? null : element
}
