// Elements by id, without walking the drawing for each question.
import { attributeOf } from './attribute-names.ts'
import { elementsIn, isInside, type SourceElement } from './source-tree.ts'

/** Per drawing what was found last; an entry counts only while it is still true. */
const indexes = new WeakMap<SourceElement, Map<string, SourceElement>>()

/** An element of the drawing with that id, null when there is none. */
export function elementWithId(root: SourceElement, id: string): SourceElement | null {
  const known = indexes.get(root)?.get(id)
  if (known !== undefined && attributeOf(known, 'id') === id && isInside(known, root)) return known
  const index = new Map<string, SourceElement>()
  for (const element of elementsIn(root)) {
    const own = attributeOf(element, 'id')
    if (own !== null && !index.has(own)) index.set(own, element)
  }
  indexes.set(root, index)
  return index.get(id) ?? null
}
