// The trend of what one points at: right click, long press, the context-menu key or T on any value or symbol of a mimic.
import type { BindingPlan } from '../runtime/mimic-bindings.ts'

/** Most pens of one symbol: more cannot be told apart in a small trend. */
const mostTags = 8

/** Calls `open` with the tags of the element that was asked about; returns the way to stop. */
export function listenForTrends(
  root: SVGSVGElement,
  plan: Pick<BindingPlan, 'bindings' | 'owners' | 'tags' | 'rows'>,
  open: (tags: readonly string[]) => void,
): () => void {
  const listening = new AbortController()
  const { signal } = listening
  const tagsOf = new Map<Element, Set<string>>()
  for (const { ownerIndex, inputs } of plan.bindings) {
    const element = plan.owners[ownerIndex]!.element
    const tags = tagsOf.get(element) ?? new Set()
    for (const input of inputs) if (plan.rows[input]) tags.add(plan.tags[input]!)
    tagsOf.set(element, tags)
  }
  const ask = (event: Event) => {
    const tags = tagsAt(event.target, tagsOf)
    if (tags.length === 0) return
    event.preventDefault()
    open(tags.slice(0, mostTags))
  }
  root.addEventListener('contextmenu', ask, { signal })
  root.addEventListener(
    'keydown',
    (event) => {
      if (event.key.toLowerCase() === 't' && !event.ctrlKey && !event.metaKey && !event.altKey) ask(event)
    },
    { signal },
  )
  return () => listening.abort()
}

/** Tags of the element or of what it stands in; of a button around values those of its values. */
function tagsAt(target: EventTarget | null, tagsOf: ReadonlyMap<Element, ReadonlySet<string>>): readonly string[] {
  if (!(target instanceof Element)) return []
  for (let element: Element | null = target; element; element = element.parentElement) {
    const tags = tagsOf.get(element)
    if (tags && tags.size > 0) return [...tags]
  }
  const inside = [...tagsOf].filter(([element]) => target !== element.ownerDocument.body && target.contains(element))
  const isDrawing = target instanceof SVGSVGElement && target.ownerSVGElement === null
  return isDrawing ? [] : [...new Set(inside.flatMap(([, tags]) => [...tags]))]
}
