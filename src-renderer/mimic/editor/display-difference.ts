// In which elements two texts of one display differ, for somebody who has to decide which one is kept.

import { isDrawable } from './canvas/selectable.ts'
import { type MimicDocument, openDocument } from './document/mimic-document.ts'
import { childElements, type SourceElement, serialiseNode } from './document/source-tree.ts'
import { elementWords } from './element-words.ts'

export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed'
  /** What it is called. */
  readonly words: string
}

/** What `theirs` has other than `mine`; null when theirs cannot be read. Elements are told apart by id, else by their text. */
export function differences(mine: string, theirs: string): readonly Difference[] | null {
  const [a, b] = [openDocument(mine), openDocument(theirs)]
  if (!a.ok || !b.ok) return null
  const before = partsOf(a.document)
  const after = partsOf(b.document)
  const found: Difference[] = []
  for (const [name, part] of after) {
    const old = before.get(name)
    if (old === undefined) found.push({ kind: 'added', words: part.words })
    else if (old.text !== part.text) found.push({ kind: 'changed', words: part.words })
  }
  for (const [name, part] of before) if (!after.has(name)) found.push({ kind: 'removed', words: part.words })
  return found
}

function partsOf(document: MimicDocument): Map<string, { text: string; words: string }> {
  const parts = new Map<string, { text: string; words: string }>()
  const look = (parent: SourceElement) => {
    for (const element of childElements(parent)) {
      const text = serialiseNode(element)
      const id = document.get(element, 'id')
      const isGroup = document.tagName(element) === 'g' && document.get(element, 'ls:equipment') === null
      if (id === null && isGroup) look(element)
      else {
        const words = isDrawable(document, element)
          ? elementWords(document, element)
          : (document.tagName(element) ?? '?')
        const name = id === null ? text : `#${id}`
        for (let count = 1; ; count++) {
          const own = count === 1 ? name : `${name} ${count}`
          if (parts.has(own)) continue
          parts.set(own, { text, words })
          break
        }
      }
    }
  }
  look(document.root)
  return parts
}
