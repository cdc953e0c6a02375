// A mimic's SVG is foreign text: it may come from any drawing program, a supplier or an attacker. What leaves here is a
// drawing that cannot run code, reach the network, or touch anything outside itself (OWASP ASVS 5.0 V1.3.4). DOMPurify
// decides about elements and attributes; the rules it does not know (references, styles, copies) are here.
import DOMPurify, { type Config } from 'dompurify'
import {
  type Bound,
  type ReadMimic,
  type Refused,
  type Removal,
  RemovalCount,
  readMimic,
  svgNamespace,
} from './mimic-reader.ts'
import { cleanInlineStyle, cleanStyleSheet, refersOutside } from './mimic-styles.ts'

/** Most elements after every `use`, pattern, mask, clip path and marker is counted with what it refers to. */
export const mostDrawnElements = 200_000

/** Binding attributes of one element. */
export interface BoundElement extends Bound {
  /** Position in `root.querySelectorAll('*')`; -1 is the root itself. */
  readonly elementIndex: number
}

/** A drawing that may be put into the page. `root` belongs to the holder and is cloned for every use. */
export interface SafeDrawing {
  readonly root: SVGSVGElement
  readonly boundElements: readonly BoundElement[]
  /** CSS rules of the drawing's own style elements, cleaned, one `selector { declarations }` each. */
  readonly styleRules: readonly string[]
  readonly removals: readonly Removal[]
}

export type SanitisedMimic = { readonly ok: true; readonly drawing: SafeDrawing } | Refused

const purifyConfig: Config = {
  IN_PLACE: true,
  USE_PROFILES: { svg: true },
  NAMESPACE: svgNamespace,
  ADD_TAGS: ['use', 'switch'],
  ADD_ATTR: ['href', 'systemlanguage', 'role', 'tabindex', 'patterntransform', 'gradienttransform'],
  FORBID_TAGS: ['style', 'a', 'audio', 'video'],
  KEEP_CONTENT: false,
  // Ids are kept: scripts of others and the drawing's own references rely on them. Those that could shadow a name of the
  // page are dropped below.
  SANITIZE_DOM: false,
}

/** The drawing in an SVG text, made safe; or why it is refused. Never throws, whatever the text. */
export function sanitiseMimic(text: string): SanitisedMimic {
  const removals = new RemovalCount()
  const read = readMimic(text, removals)
  return read.ok ? { ok: true, drawing: clean(read, removals) } : read
}

function clean({ root, bindings, styleTexts }: ReadMimic, removals: RemovalCount): SafeDrawing {
  const styleRules = styleTexts.flatMap((text) => cleanRules(text, removals))
  for (const element of [root, ...root.querySelectorAll('*')]) cleanAttributes(element, removals)
  DOMPurify.sanitize(root, purifyConfig)
  for (const removed of DOMPurify.removed) {
    if ('attribute' in removed) {
      if (removed.attribute) removals.add('other', `${removed.from.nodeName} ${removed.attribute.name}`)
    } else removals.add('other', removed.element.nodeName)
  }
  dropCopiesBeyondLimit(root, removals)
  // The root's own place and size are the page's business.
  root.removeAttribute('style')
  const boundElements: BoundElement[] = []
  for (const [elementIndex, element] of [root, ...root.querySelectorAll('*')].entries()) {
    const bound = bindings.get(element)
    if (bound) boundElements.push({ elementIndex: elementIndex - 1, ...bound })
  }
  return { root, boundElements, styleRules, removals: removals.list() }
}

function cleanRules(text: string, removals: RemovalCount): readonly string[] {
  const { rules, dropped } = cleanStyleSheet(text)
  for (const rule of dropped) removals.add(isOutside(rule) ? 'externalReference' : 'styleRule', rule)
  return rules
}

function cleanAttributes(element: Element, removals: RemovalCount): void {
  for (const attribute of [...element.attributes]) {
    const kind = faultOf(element, attribute, removals)
    if (kind === null) continue
    element.removeAttributeNode(attribute)
    if (kind !== 'silent') removals.add(kind, `${element.localName} ${attribute.name}="${attribute.value}"`)
  }
}

/** Why an attribute may not stay; null when it may. */
function faultOf(
  element: Element,
  { localName, value }: Attr,
  removals: RemovalCount,
): 'externalReference' | 'filter' | 'silent' | null {
  switch (localName) {
    case 'href':
    case 'src':
      return isAllowedReference(element, value) ? null : 'externalReference'
    case 'style':
      for (const dropped of cleanInlineStyle(element as SVGElement))
        removals.add(isOutside(dropped) ? 'externalReference' : 'styleRule', dropped)
      return null
    case 'id':
      // Names of frameworks' own globals begin like this.
      return value.startsWith('__') ? 'silent' : null
    case 'filter':
      return 'filter'
    default:
      return refersOutside(value) ? 'externalReference' : null
  }
}

function isOutside(text: string): boolean {
  return refersOutside(text) || /@import/i.test(text)
}

function isAllowedReference(element: Element, value: string): boolean {
  // A picture of a part of the drawing is none: browsers ask for the page itself.
  if (/^\s*#/.test(value)) return element.localName !== 'image'
  return element.localName === 'image' && /^\s*data:image\/(?:png|jpe?g);base64,[A-Za-z0-9+/=\s]*$/.test(value)
}

/** A few nested copies of copies can mean billions of drawn elements: then no copy is drawn. */
function dropCopiesBeyondLimit(root: Element, removals: RemovalCount): void {
  const byId = new Map<string, Element>()
  for (const element of root.querySelectorAll('[id]')) if (!byId.has(element.id)) byId.set(element.id, element)
  const counts = new Map<Element, number>()
  const count = (element: Element): number => {
    const known = counts.get(element)
    if (known !== undefined) return known
    // While it is being counted: a reference back to it is endless. Browsers draw nothing then, and so the sum says no.
    counts.set(element, Number.POSITIVE_INFINITY)
    let sum = 1
    for (const id of referencedIds(element)) {
      const target = byId.get(id)
      if (target) sum += count(target)
    }
    for (const child of element.children) sum += count(child)
    counts.set(element, sum)
    return sum
  }
  if (count(root) <= mostDrawnElements) return
  for (const element of [...root.querySelectorAll('*')]) {
    if (referencedIds(element).length === 0) continue
    removals.add('copies', element.localName)
    if (element.localName === 'use') {
      element.remove()
      continue
    }
    if (element instanceof SVGElement)
      for (const property of [...element.style])
        if (element.style.getPropertyValue(property).includes('url(')) element.style.removeProperty(property)
    for (const attribute of [...element.attributes])
      if (/url\(|^\s*#/.test(attribute.value)) element.removeAttributeNode(attribute)
  }
}

function referencedIds(element: Element): string[] {
  const ids: string[] = []
  for (const { localName, value } of element.attributes) {
    if (localName === 'href' && value.trim().startsWith('#')) ids.push(value.trim().slice(1))
    else if (value.includes('url('))
      for (const match of value.matchAll(/url\(\s*["']?#([^"')]+)["']?\s*\)/g)) ids.push(match[1]!.trim())
  }
  return ids
}
