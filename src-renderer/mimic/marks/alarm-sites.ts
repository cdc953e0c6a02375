// Which elements of a mimic show the alarms of which tags: what names a tag those of the tag, a symbol those of all members.
import { type BindingAttribute, resolveBindingName } from '../../../src-main/shared/mimic.ts'
import type { BindingSite } from '../drawing/mimic-drawing.ts'

/** One element that shows alarms. */
export interface AlarmSite {
  readonly element: SVGGraphicsElement
  /** Name of the equipment; '' = a tag's. */
  readonly equipment: string
  readonly tags: ReadonlySet<string>
  /** Something in it is moved, turned or taken away by a value, so its place is not fixed. */
  readonly isMoving: boolean
}

/** Sites of the alarms of a drawing, one for each element that also carries quality marks. */
export function alarmSitesOf(sites: readonly BindingSite[]): readonly AlarmSite[] {
  const found = new Map<Element, { equipment: string; tags: Set<string>; isMoving: boolean }>()
  for (const { owner, equipment, drawn, tag, attributes } of sites) {
    const site = found.get(owner.element) ?? { equipment: owner.name, tags: new Set<string>(), isMoving: false }
    // Of a symbol every member counts, whether the symbol draws it or not.
    for (const member of owner.name === '' ? [] : Object.values((drawn ?? equipment)?.members ?? {}))
      site.tags.add(member)
    const named = tag === null ? null : resolveBindingName(tag, equipment?.members ?? null)
    if (named !== null) site.tags.add(named)
    site.isMoving ||= ['move', 'rotate', 'visible'].some((name) => attributes.has(name as BindingAttribute))
    found.set(owner.element, site)
  }
  leaveToNested(found)
  return [...found]
    .filter(([, { tags }]) => tags.size > 0)
    .map(([element, site]) => ({
      element: element as SVGGraphicsElement,
      ...site,
    }))
}

/** What a symbol inside a symbol shows is marked there, not once more outside. */
function leaveToNested(found: ReadonlyMap<Element, { equipment: string; tags: Set<string> }>): void {
  for (const [element, { equipment, tags }] of found) {
    if (equipment === '') continue
    for (let outer = element.parentElement; outer; outer = outer.parentElement) {
      const around = found.get(outer)
      if (around && around.equipment !== '') for (const tag of tags) around.tags.delete(tag)
    }
  }
}
