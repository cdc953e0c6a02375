// Which bindings mean something on which element, and the tag that holds there.
import { type BindingAttribute, bindingAttributes } from '../../../../src-main/shared/mimic.ts'
import { attributeOf, svgNameOf } from '../document/attribute-names.ts'
import type { SourceElement } from '../document/source-tree.ts'

/** Tag that `value` means at an element: its own `ls:tag`, else that of the nearest element around it. */
export function boundTag(element: SourceElement): string | null {
  for (let at: SourceElement | null = element; at !== null; at = at.parent) {
    const tag = attributeOf(at, 'ls:tag')?.trim()
    if (tag) return tag
  }
  return null
}

const onlyOn: Readonly<Partial<Record<BindingAttribute, readonly string[]>>> = {
  text: ['text', 'tspan'],
  equipment: ['rect', 'g'],
  layer: ['g'],
  from: ['path', 'polyline', 'line'],
  to: ['path', 'polyline', 'line'],
}

/** Bindings that an element can have, in the order of docs/mimics.md. */
export function fittingBindings(element: SourceElement): BindingAttribute[] {
  const name = svgNameOf(element) ?? ''
  return (Object.keys(bindingAttributes) as BindingAttribute[]).filter(
    (attribute) => onlyOn[attribute]?.includes(name) ?? true,
  )
}
