// Lines and indentation of a drawing as its author keeps them: where a new element's line begins, which white space goes
// when an element goes.
import { isBlank, type SourceElement, type SourceNode, startTagOf } from './source-tree.ts'

/** White space of a text from its last line break on, the break included; null when it has no line break. */
function lastLine(raw: string): string | null {
  const match = /\r?\n[ \t]*$/.exec(raw)
  return match?.[0] ?? null
}

/** Line break and indentation in front of a node; null when it does not begin a line. */
export function lineStart(node: SourceNode): string | null {
  const siblings = node.parent?.children
  if (siblings === undefined) return null
  const before = siblings[siblings.indexOf(node) - 1]
  return isBlank(before) ? lastLine(before.raw) : null
}

/** True when characters inside the element are part of what is shown, so that no white space may be added. */
export function holdsText(element: SourceElement): boolean {
  const { localName } = startTagOf(element)
  return /^(text|tspan|textPath|title|desc|style|script)$/.test(localName) || element.children.some(isWritten)
}

function isWritten(child: SourceNode): boolean {
  return (child.kind === 'text' && !isBlank(child)) || child.kind === 'cdata'
}

/**
 * Line break and indentation for a new child of `parent`; null where the file keeps children on one line. `unit` is one
 * step of indentation, for the first child of an element.
 */
export function childLineStart(parent: SourceElement, unit: string, lineBreak: string): string | null {
  if (holdsText(parent)) return null
  for (const child of parent.children) {
    if (child.kind === 'text') continue
    const start = lineStart(child)
    if (start !== null) return start
  }
  if (parent.children.some((child) => child.kind !== 'text')) return null
  const own = lineStart(parent)
  if (own !== null) return own + unit
  return parent.parent === null ? lineBreak + unit : null
}

/** The step by which the file indents: that of the root's first child, else two blanks. */
export function indentationUnit(root: SourceElement): string {
  for (const child of root.children) {
    if (child.kind === 'text') continue
    const start = lineStart(child)
    if (start !== null) return start.replace(/^\r?\n/, '')
  }
  return '  '
}

/** What is left of the white space around a line that is taken out. */
export function joinLines(before: string, behind: string): string | null {
  const head = /^[\s\S]*\n/.exec(before)?.[0]
  const tail = /^[ \t]*\r?\n([\s\S]*)$/.exec(behind)?.[1]
  return head === undefined || tail === undefined ? null : head + tail
}
