// A drawing made ready for one view: cloned, texts of one language chosen, symbols of equipment put in. What comes out is
// an SVG tree and the flat list of places that have bindings.
import type { EquipmentRow } from '../../../src-main/shared/contract.ts'
import type { BindingAttribute } from '../../../src-main/shared/mimic.ts'
import type { SafeDrawing } from './mimic-sanitiser.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'

/** Something of a mimic that does not work; the rest of the mimic does. */
export interface MimicFault {
  /** Where: `#id` of the element, else its name and position. */
  readonly place: string
  readonly message: string
}

/** Elements that carry quality marks together: an element with bindings, or a whole symbol. */
export interface MarkOwner {
  readonly element: SVGGraphicsElement
  /** What the mark is said to be of, in words: name of the equipment, else empty. */
  readonly name: string
}

/** One element with bindings and what its names refer to. */
export interface BindingSite {
  readonly element: SVGGraphicsElement
  readonly attributes: ReadonlyMap<BindingAttribute, string>
  readonly unknownAttributes: readonly string[]
  /** Tag text of the nearest `ls:tag` here or above, as written; null when there is none. */
  readonly tag: string | null
  /** Instance that is drawn here, and its type; null outside symbols. */
  readonly equipment: EquipmentRow | null
  readonly owner: MarkOwner
  readonly place: string
}

/** A mimic ready to be bound. */
export interface AssembledDrawing {
  readonly root: SVGSVGElement
  readonly sites: readonly BindingSite[]
  readonly faults: readonly MimicFault[]
  readonly styleRules: readonly string[]
}

/** What drawing a mimic needs besides its own file. */
export interface DrawingParts {
  /** BCP 47 language the texts are wanted in. */
  readonly language: string
  readonly equipment: ReadonlyMap<string, EquipmentRow>
  /** Equipment type → its symbol; absent when it has none or it was refused. */
  readonly symbols: ReadonlyMap<string, SafeDrawing>
}

/** Names of the equipment instances a drawing shows, each once. */
export function equipmentNames(drawing: SafeDrawing): readonly string[] {
  const names = new Set<string>()
  for (const bound of drawing.boundElements) {
    const name = bound.attributes.get('equipment')
    if (name !== undefined) names.add(name.trim())
  }
  return [...names]
}

/** A fresh copy of the drawing for one view. The template is not changed. */
export function assembleDrawing(template: SafeDrawing, parts: DrawingParts): AssembledDrawing {
  const faults: MimicFault[] = []
  const sites: BindingSite[] = []
  const copy = copyOf(template)
  chooseLanguage(copy.root, parts.language)
  const styleRules = [...template.styleRules]
  const styledTypes = new Set<string>()
  let symbolCount = 0
  for (const site of sitesIn(copy, { tag: null, equipment: null, owner: null, placePrefix: '' })) {
    const name = site.attributes.get('equipment')?.trim()
    if (name === undefined) {
      sites.push(site)
      continue
    }
    const row = parts.equipment.get(name)
    const symbol = row && parts.symbols.get(row.type)
    const group = symbolGroup(site.element, symbol ?? null, `${name.replaceAll(/[^\w-]/g, '-')}-${++symbolCount}`)
    const owner = { element: group.element, name }
    // The carrier's own bindings now work on the group that took its place.
    sites.push({ ...site, element: group.element, equipment: row ?? null, owner })
    if (!row) faults.push({ place: site.place, message: `there is no equipment "${name}"` })
    else if (!symbol) faults.push({ place: site.place, message: `equipment type "${row.type}" has no symbol` })
    if (!row || !symbol || !group.content) continue
    chooseLanguage(group.content.root, parts.language)
    sites.push(...sitesIn(group.content, { tag: null, equipment: row, owner, placePrefix: `${site.place} ` }))
    if (!styledTypes.has(row.type)) styleRules.push(...symbol.styleRules)
    styledTypes.add(row.type)
  }
  return { root: copy.root as SVGSVGElement, sites, faults, styleRules }
}

interface Copy {
  readonly root: Element
  readonly bound: readonly { readonly element: Element; readonly from: SafeDrawing['boundElements'][number] }[]
}

function copyOf(template: SafeDrawing): Copy {
  const root = document.importNode(template.root, true)
  const elements = root.querySelectorAll('*')
  const bound = template.boundElements.map((from) => ({
    element: from.elementIndex < 0 ? root : elements[from.elementIndex]!,
    from,
  }))
  return { root, bound }
}

/**
 * Keeps of every `switch` the first child whose systemLanguage fits (SVG 2 section 5.9), judged by the chosen language
 * instead of the browser's.
 */
export function chooseLanguage(root: Element, language: string): void {
  for (const choice of [...root.getElementsByTagNameNS(svgNamespace, 'switch')]) {
    const children = [...choice.children].filter((child) => child.localName !== 'title' && child.localName !== 'desc')
    const chosen = children.find((child) => fitsLanguage(child.getAttribute('systemLanguage'), language))
    for (const child of children) if (child !== chosen) child.remove()
    chosen?.removeAttribute('systemLanguage')
    const group = document.createElementNS(svgNamespace, 'g')
    for (const { name, value } of choice.attributes) group.setAttribute(name, value)
    group.append(...choice.childNodes)
    choice.replaceWith(group)
  }
}

function fitsLanguage(systemLanguage: string | null, language: string): boolean {
  if (systemLanguage === null) return true
  const wanted = language.toLowerCase()
  return systemLanguage.split(',').some((part) => {
    const offered = part.trim().toLowerCase()
    return (
      offered !== '' && (wanted === offered || wanted.startsWith(`${offered}-`) || offered.startsWith(`${wanted}-`))
    )
  })
}

interface Surrounding {
  readonly tag: string | null
  readonly equipment: EquipmentRow | null
  readonly owner: MarkOwner | null
  readonly placePrefix: string
}

/** Sites of a copy in document order, those of removed languages left out. */
function sitesIn(copy: Copy, surrounding: Surrounding): BindingSite[] {
  const tags = new Map<Element, string>()
  for (const { element, from } of copy.bound) {
    const tag = from.attributes.get('tag')
    if (tag !== undefined) tags.set(element, tag.trim())
  }
  const sites: BindingSite[] = []
  for (const { element, from } of copy.bound) {
    if (!copy.root.contains(element)) continue
    const carrier = tagCarrier(element, copy.root, tags)
    sites.push({
      element: element as SVGGraphicsElement,
      attributes: from.attributes,
      unknownAttributes: from.unknownAttributes,
      tag: carrier === null ? surrounding.tag : tags.get(carrier)!,
      equipment: surrounding.equipment,
      // What shows one tag is marked as one: the group that names the tag.
      owner: surrounding.owner ?? { element: (carrier ?? element) as SVGGraphicsElement, name: '' },
      place: `${surrounding.placePrefix}${placeOf(element, from.elementIndex)}`,
    })
  }
  return sites
}

/** The nearest element here or above that has `ls:tag`; null when there is none in the drawing. */
function tagCarrier(start: Element, root: Element, tags: ReadonlyMap<Element, string>): Element | null {
  for (let element: Element | null = start; element; element = element.parentElement) {
    if (tags.has(element)) return element
    if (element === root) return null
  }
  return null
}

function placeOf(element: Element, elementIndex: number): string {
  return element.id ? `#${element.id}` : `${element.localName} ${elementIndex + 1}`
}

/** The group that takes the place of an `ls:equipment` element, with the symbol scaled into the element's box. */
function symbolGroup(
  carrier: SVGGraphicsElement,
  symbol: SafeDrawing | null,
  idPrefix: string,
): { readonly element: SVGGraphicsElement; readonly content: Copy | null } {
  const group = document.createElementNS(svgNamespace, 'g')
  for (const name of ['id', 'class', 'transform', 'role', 'tabindex', 'aria-label']) {
    const value = carrier.getAttribute(name)
    if (value !== null) group.setAttribute(name, value)
  }
  const box = {
    x: numberOf(carrier, 'x', 0),
    y: numberOf(carrier, 'y', 0),
    width: numberOf(carrier, 'width', 0),
    height: numberOf(carrier, 'height', 0),
  }
  const keepsChildren = carrier.localName === 'g'
  if (!symbol) {
    group.append(missingSymbol(box))
    if (keepsChildren) group.append(...carrier.childNodes)
    carrier.replaceWith(group)
    return { element: group, content: null }
  }
  const copy = copyOf(symbol)
  prefixIds(copy.root, idPrefix)
  const view = viewBoxOf(copy.root)
  const width = box.width || view.width
  const height = box.height || view.height
  const scale = Math.min(width / view.width, height / view.height)
  const x = box.x + (width - view.width * scale) / 2 - view.x * scale
  const y = box.y + (height - view.height * scale) / 2 - view.y * scale
  const inner = document.createElementNS(svgNamespace, 'g')
  inner.setAttribute('transform', `translate(${round(x)} ${round(y)}) scale(${round(scale)})`)
  inner.append(...copy.root.childNodes)
  group.append(inner)
  if (keepsChildren) group.append(...carrier.childNodes)
  carrier.replaceWith(group)
  return {
    element: group,
    content: {
      root: inner,
      bound: copy.bound.map((entry) => (entry.element === copy.root ? { ...entry, element: inner } : entry)),
    },
  }
}

/** A dashed box: the place is visible although nothing can be drawn in it. */
function missingSymbol(box: { x: number; y: number; width: number; height: number }): Element {
  const rect = document.createElementNS(svgNamespace, 'rect')
  for (const [name, value] of Object.entries({ ...box, width: box.width || 48, height: box.height || 48 }))
    rect.setAttribute(name, `${value}`)
  rect.setAttribute('class', 'ls-missing')
  rect.setAttribute('fill', 'none')
  rect.setAttribute('stroke', '#606060')
  rect.setAttribute('stroke-dasharray', '4 3')
  return rect
}

/** The same symbol stands in a mimic many times: its ids become unique, its references follow. */
function prefixIds(root: Element, prefix: string): void {
  const elements = [...root.querySelectorAll('*')]
  const ids = new Set<string>()
  for (const element of elements) {
    if (!element.id) continue
    ids.add(element.id)
    element.id = `${prefix}-${element.id}`
  }
  if (ids.size === 0) return
  const renamed = (id: string) => (ids.has(id) ? `${prefix}-${id}` : id)
  const withRenamed = (value: string) =>
    value.replaceAll(/url\(\s*(["']?)#([^"')]+)\1\s*\)/g, (_, _quote, id: string) => `url(#${renamed(id)})`)
  for (const element of elements) {
    for (const attribute of [...element.attributes]) {
      const { localName, value } = attribute
      if (localName === 'href' && value.startsWith('#')) attribute.value = `#${renamed(value.slice(1))}`
      else if (localName !== 'style' && value.includes('url(')) attribute.value = withRenamed(value)
    }
    // Through the object model: the Content-Security-Policy forbids style attributes.
    const { style } = element as SVGElement
    for (const property of [...style]) {
      const value = style.getPropertyValue(property)
      if (value.includes('url(')) style.setProperty(property, withRenamed(value))
    }
  }
}

/** The drawing's own coordinates; a drawing without a viewBox is measured by width and height. */
export function viewBoxOf(root: Element): { x: number; y: number; width: number; height: number } {
  const parts = (root.getAttribute('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  const [x, y, width, height] = parts
  if (parts.length === 4 && parts.every(Number.isFinite) && width! > 0 && height! > 0)
    return { x: x!, y: y!, width: width!, height: height! }
  return { x: 0, y: 0, width: numberOf(root, 'width', 100) || 100, height: numberOf(root, 'height', 100) || 100 }
}

function numberOf(element: Element, attribute: string, otherwise: number): number {
  const value = Number.parseFloat(element.getAttribute(attribute) ?? '')
  return Number.isFinite(value) ? value : otherwise
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
