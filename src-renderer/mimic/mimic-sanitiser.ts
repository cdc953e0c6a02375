// A mimic's SVG is foreign text: it may come from any drawing program, a supplier or an attacker. What leaves here is a
// drawing that cannot run code, reach the network, or touch anything outside itself (OWASP ASVS 5.0 V1.3.4).
// DOMPurify decides about elements and attributes; the rules it does not know (references, styles, copies) are here.
import DOMPurify, { type Config } from 'dompurify'
import { type BindingAttribute, isBindingAttribute, mimicNamespace } from '../../src-main/shared/mimic.ts'
import { cleanInlineStyle, cleanStyleSheet, refersOutside } from './mimic-styles.ts'

/** Largest SVG text, in UTF-16 units: ten times the largest plant overview seen. */
export const longestMimicText = 8_000_000
/** Most elements of one drawing; beyond, a browser no longer draws fluently. */
export const mostMimicElements = 50_000
/** Most elements after every `use`, pattern, mask, clip path and marker is counted with what it refers to. */
export const mostDrawnElements = 200_000
/** Deepest nesting. Chromium's own parser stops at 256. */
export const deepestNesting = 250

const svgNamespace = 'http://www.w3.org/2000/svg'
const htmlNamespace = 'http://www.w3.org/1999/xhtml'

/** Kinds of things that are taken out of a drawing. */
export type RemovalKind =
  | 'script'
  | 'eventHandler'
  | 'foreignContent'
  | 'animation'
  | 'externalReference'
  | 'styleRule'
  | 'filter'
  | 'copies'
  | 'other'

/** What was taken out, counted by kind; `example` is the first of them, shortened. */
export interface Removal {
  readonly kind: RemovalKind
  readonly count: number
  readonly example: string
}

/** Binding attributes of one element, as written. */
export interface BoundElement {
  /** Position in `root.querySelectorAll('*')`; -1 is the root itself. */
  readonly elementIndex: number
  readonly attributes: ReadonlyMap<BindingAttribute, string>
  /** Local names in Lineside's namespace that mean nothing. */
  readonly unknownAttributes: readonly string[]
}

/** A drawing that may be put into the page. `root` belongs to the holder and is cloned for every use. */
export interface SafeDrawing {
  readonly root: SVGSVGElement
  readonly boundElements: readonly BoundElement[]
  /** CSS rules of the drawing's own style elements, cleaned, one `selector { declarations }` each. */
  readonly styleRules: readonly string[]
  readonly removals: readonly Removal[]
}

/** Why a file is not drawn at all. `detail` holds the figures or the parser's words. */
export type MimicRefusal = 'empty' | 'tooLong' | 'entities' | 'notXml' | 'notSvg' | 'tooManyElements' | 'tooDeep'

export type SanitisedMimic =
  | { readonly ok: true; readonly drawing: SafeDrawing }
  | { readonly ok: false; readonly refusal: MimicRefusal; readonly detail: string }

const purifyConfig: Config = {
  IN_PLACE: true,
  USE_PROFILES: { svg: true },
  NAMESPACE: svgNamespace,
  ADD_TAGS: ['use', 'switch'],
  ADD_ATTR: ['href', 'systemLanguage', 'systemlanguage', 'role', 'tabindex'],
  FORBID_TAGS: ['style', 'a', 'audio', 'video'],
  KEEP_CONTENT: false,
  // Ids are kept: bindings and scripts of others rely on them. Names that could shadow a global are dropped below.
  SANITIZE_DOM: false,
}

const animationNames = new Set(['animate', 'animatemotion', 'animatetransform', 'animatecolor', 'set', 'mpath'])
const foreignNames = new Set(['foreignobject', 'iframe', 'object', 'embed', 'html', 'body', 'math', 'video', 'audio'])

/** The drawing in an SVG text, made safe; or why it is refused. Never throws, whatever the text. */
export function sanitiseMimic(text: string): SanitisedMimic {
  if (text.trim() === '') return refuse('empty', '')
  if (text.length > longestMimicText) return refuse('tooLong', `${text.length}`)
  // Entities are expanded by the parser before anything could look at them ("billion laughs"): decided on the text.
  if (/<!ENTITY/i.test(text)) return refuse('entities', '')
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml')
  const problem = parsed.getElementsByTagName('parsererror')[0]
  if (problem) return refuse('notXml', firstSentence(problem.textContent ?? ''))
  const root = parsed.documentElement
  if (root.namespaceURI !== svgNamespace || root.localName !== 'svg') return refuse('notSvg', root.nodeName)
  const elements = [...root.querySelectorAll('*')]
  if (elements.length > mostMimicElements) return refuse('tooManyElements', `${elements.length}`)
  if (isTooDeep(root)) return refuse('tooDeep', `${deepestNesting}`)
  return { ok: true, drawing: clean(root as unknown as SVGSVGElement, elements) }
}

function clean(root: SVGSVGElement, elements: readonly Element[]): SafeDrawing {
  const removals = new RemovalCount()
  const bindings = takeBindings([root, ...elements])
  const styleRules = takeStyleSheets(root, removals)
  removeEditorElements(elements)
  for (const element of [root, ...root.querySelectorAll('*')]) cleanAttributes(element, removals)
  unwrapLinks(root)
  DOMPurify.sanitize(root, purifyConfig)
  for (const removed of DOMPurify.removed) removals.addPurified(removed)
  dropCopiesBeyondLimit(root, removals)
  root.removeAttribute('style')
  const order = new Map<Element, number>([[root, -1]])
  for (const [index, element] of [...root.querySelectorAll('*')].entries()) order.set(element, index)
  const boundElements: BoundElement[] = []
  for (const [element, bound] of bindings) {
    const elementIndex = order.get(element)
    if (elementIndex !== undefined) boundElements.push({ elementIndex, ...bound })
  }
  boundElements.sort((a, b) => a.elementIndex - b.elementIndex)
  return { root, boundElements, styleRules, removals: removals.list() }
}

type Bound = Pick<BoundElement, 'attributes' | 'unknownAttributes'>

/** Takes the binding attributes off the elements: CEL is no markup and must not pass through the sanitiser as such. */
function takeBindings(elements: readonly Element[]): Map<Element, Bound> {
  const bindings = new Map<Element, Bound>()
  for (const element of elements) {
    const attributes = new Map<BindingAttribute, string>()
    const unknownAttributes: string[] = []
    for (const attribute of [...element.attributes]) {
      if (attribute.namespaceURI !== mimicNamespace) continue
      if (isBindingAttribute(attribute.localName)) attributes.set(attribute.localName, attribute.value)
      else unknownAttributes.push(attribute.localName)
      element.removeAttributeNode(attribute)
    }
    if (attributes.size > 0 || unknownAttributes.length > 0) bindings.set(element, { attributes, unknownAttributes })
  }
  return bindings
}

function takeStyleSheets(root: Element, removals: RemovalCount): readonly string[] {
  const rules: string[] = []
  for (const style of [...root.getElementsByTagNameNS(svgNamespace, 'style')]) {
    const cleaned = cleanStyleSheet(style.textContent ?? '')
    rules.push(...cleaned.rules)
    for (const dropped of cleaned.dropped) {
      removals.add(refersOutside(dropped) || /@import/i.test(dropped) ? 'externalReference' : 'styleRule', dropped)
    }
    style.remove()
  }
  return rules
}

/** Notes of drawing programs (`sodipodi:namedview`, RDF metadata): neither drawn nor dangerous, removed without a word. */
function removeEditorElements(elements: readonly Element[]): void {
  for (const element of elements) {
    const isNote = element.namespaceURI !== svgNamespace && element.namespaceURI !== htmlNamespace
    if ((isNote && element.localName !== 'script') || element.localName === 'metadata') element.remove()
  }
}

function cleanAttributes(element: Element, removals: RemovalCount): void {
  const drop = (attribute: Attr, kind: RemovalKind | null) => {
    if (kind) removals.add(kind, `${element.localName} ${attribute.name}="${attribute.value}"`)
    element.removeAttributeNode(attribute)
  }
  for (const attribute of [...element.attributes]) {
    const { localName, value } = attribute
    if (localName === 'href' || localName === 'src') {
      if (!isAllowedReference(element, value)) drop(attribute, 'externalReference')
    } else if (localName === 'base' || attribute.name.startsWith('xmlns:')) drop(attribute, null)
    else if (localName === 'style') {
      for (const dropped of cleanInlineStyle(element as SVGElement))
        removals.add(refersOutside(dropped) ? 'externalReference' : 'styleRule', dropped)
    } else if (localName === 'id') {
      if (value.startsWith('__')) drop(attribute, null)
    } else if (localName === 'filter') drop(attribute, 'filter')
    else if (refersOutside(value)) drop(attribute, 'externalReference')
    else if (attribute.namespaceURI !== null && !attribute.name.startsWith('xml')) drop(attribute, null)
  }
}

function isAllowedReference(element: Element, value: string): boolean {
  if (/^\s*#/.test(value)) return true
  return element.localName === 'image' && /^\s*data:image\/(?:png|jpe?g);base64,[A-Za-z0-9+/=\s]*$/.test(value)
}

/** Links leave the page's own navigation; what they hold is kept as a group (`ls:open` is the way to open a display). */
function unwrapLinks(root: Element): void {
  for (const link of [...root.getElementsByTagNameNS(svgNamespace, 'a')]) link.replaceWith(...link.childNodes)
}

function isTooDeep(root: Element): boolean {
  let level: Element[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepestNesting) return true
    level = level.flatMap((element) => [...element.children])
  }
  return false
}

/** A few nested copies of copies can mean billions of drawn elements: then no copy is drawn. */
function dropCopiesBeyondLimit(root: Element, removals: RemovalCount): void {
  const byId = new Map<string, Element>()
  for (const element of root.querySelectorAll('[id]')) if (!byId.has(element.id)) byId.set(element.id, element)
  const counts = new Map<Element, number>()
  const count = (element: Element): number => {
    const known = counts.get(element)
    if (known !== undefined) return known
    counts.set(element, Number.POSITIVE_INFINITY) // while being counted: a reference back to it is endless
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
    if (element.localName === 'use') element.remove()
    else
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

class RemovalCount {
  readonly #byKind = new Map<RemovalKind, { count: number; example: string }>()

  add(kind: RemovalKind, example: string): void {
    const entry = this.#byKind.get(kind)
    if (entry) entry.count++
    else this.#byKind.set(kind, { count: 1, example: example.replaceAll(/\s+/g, ' ').slice(0, 80) })
  }

  addPurified(removed: (typeof DOMPurify.removed)[number]): void {
    if ('attribute' in removed) {
      if (!removed.attribute) return
      const { name } = removed.attribute
      if (/^on/i.test(name)) this.add('eventHandler', name)
      else if (!name.includes(':') && removed.from.nodeName !== 'svg')
        this.add('other', `${removed.from.nodeName} ${name}`)
      return
    }
    const name = removed.element.nodeName.toLowerCase().replace(/^.*:/, '')
    if (name === '#comment' || name.startsWith('#') || removed.element.nodeType === 7) return
    if (name === 'script') this.add('script', 'script')
    else if (animationNames.has(name)) this.add('animation', name)
    else if (name === 'filter' || name.startsWith('fe')) this.add('filter', name)
    else if (foreignNames.has(name) || (removed.element as Element).namespaceURI === htmlNamespace)
      this.add('foreignContent', name)
    else this.add('other', name)
  }

  list(): readonly Removal[] {
    return [...this.#byKind].map(([kind, { count, example }]) => ({ kind, count, example }))
  }
}

function refuse(refusal: MimicRefusal, detail: string): SanitisedMimic {
  return { ok: false, refusal, detail }
}

function firstSentence(text: string): string {
  const line = text.split('\n').find((part) => /error|unexpected|expected|undefined|mismatch/i.test(part)) ?? text
  return line.trim().slice(0, 200)
}
