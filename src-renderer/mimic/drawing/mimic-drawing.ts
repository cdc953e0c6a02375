// A drawing made ready for one view: cloned, texts of one language chosen, symbols of equipment put in. What comes out is
// an SVG tree and the flat list of places that have bindings.
import type { EquipmentRow } from '../../../src-main/shared/contract.ts'
import { type BindingAttribute, deepestSymbols, memberPrefix } from '../../../src-main/shared/mimic.ts'
import { mostDrawnElements, type SafeDrawing } from './mimic-sanitiser.ts'

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
  /** Instance that `self` means; null outside symbols. */
  readonly equipment: EquipmentRow | null
  /** Instance whose symbol the element has become (`ls:equipment`); null when it is none. */
  readonly drawn: EquipmentRow | null
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

/** What `ls:equipment` names: an instance of the plant, or `self.<member>` of the instance whose symbol this is. Null = none. */
export function namedEquipment(
  text: string,
  surrounding: EquipmentRow | null,
  equipment: ReadonlyMap<string, EquipmentRow>,
): EquipmentRow | null {
  const name = text.trim()
  if (!name.startsWith(memberPrefix)) return equipment.get(name) ?? null
  let row = surrounding
  for (const member of name.slice(memberPrefix.length).split('.')) {
    const child = row && Object.hasOwn(row.children, member) ? row.children[member]! : null
    row = child === null ? null : (equipment.get(child) ?? null)
  }
  return row
}

/** Texts of the `ls:equipment` attributes of a drawing, each once. */
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
  return new Assembly(template, parts).run()
}

class Assembly {
  readonly #parts: DrawingParts
  readonly #copy: Copy
  readonly #faults: MimicFault[] = []
  readonly #sites: BindingSite[] = []
  readonly #styleRules: string[]
  readonly #styledTypes = new Set<string>()
  #symbolCount = 0
  #elementCount = 0

  constructor(template: SafeDrawing, parts: DrawingParts) {
    this.#parts = parts
    this.#copy = copyOf(template)
    this.#styleRules = [...template.styleRules]
  }

  run(): AssembledDrawing {
    const { root } = this.#copy
    chooseLanguage(root, this.#parts.language)
    this.#add(this.#copy, { tag: null, equipment: null, owner: null, placePrefix: '', drawn: [] })
    return { root: root as SVGSVGElement, sites: this.#sites, faults: this.#faults, styleRules: this.#styleRules }
  }

  #add(copy: Copy, surrounding: Surrounding): void {
    for (const { element, from } of copy.bound) if (from.attributes.has('port')) element.remove()
    for (const site of sitesIn(copy, surrounding)) {
      const name = site.attributes.get('equipment')
      if (name === undefined) this.#sites.push(site)
      else this.#addSymbol(site, name.trim(), surrounding)
    }
  }

  /** Puts the symbol of the named instance in place of its carrier; the carrier's own bindings work on the group then. */
  #addSymbol(site: BindingSite, name: string, surrounding: Surrounding): void {
    const row = namedEquipment(name, site.equipment, this.#parts.equipment)
    const shownName = row?.name ?? name
    const symbol = row ? (this.#parts.symbols.get(row.type) ?? null) : null
    const obstacle = row && symbol ? this.#obstacleTo(row, symbol, surrounding.drawn) : null
    const isDrawn = row !== null && symbol !== null && obstacle === null
    const idPrefix = `${shownName.replaceAll(/[^\w-]/g, '-')}-${++this.#symbolCount}`
    const group = symbolGroup(site.element, isDrawn ? symbol : null, idPrefix)
    const owner = { element: group.element, name: shownName }
    const isAbsent = row === null && isAbsentMember(name, site.equipment, this.#parts.equipment)
    this.#sites.push({ ...site, element: group.element, equipment: site.equipment ?? row, drawn: row, owner })
    if (isAbsent) return
    if (!row) this.#faults.push({ place: site.place, message: `there is no equipment "${name}"` })
    else if (!symbol) this.#faults.push({ place: site.place, message: `equipment type "${row.type}" has no symbol` })
    else if (obstacle !== null) this.#faults.push({ place: site.place, message: obstacle })
    if (!isDrawn || !group.content) return
    chooseLanguage(group.content.root, this.#parts.language)
    if (!this.#styledTypes.has(row.type)) this.#styleRules.push(...symbol.styleRules)
    this.#styledTypes.add(row.type)
    this.#add(group.content, {
      tag: null,
      equipment: row,
      owner,
      placePrefix: `${site.place} `,
      drawn: [...surrounding.drawn, row.name],
    })
  }

  /** Why a symbol is not drawn here; null when it is. What draws itself would never end. */
  #obstacleTo(row: EquipmentRow, symbol: SafeDrawing, drawn: readonly string[]): string | null {
    if (drawn.includes(row.name)) return `the symbol of ${row.name} would draw itself`
    if (drawn.length >= deepestSymbols) return `symbols inside each other are drawn ${deepestSymbols} deep at most`
    this.#elementCount += symbol.root.getElementsByTagName('*').length
    return this.#elementCount > mostDrawnElements
      ? `the symbols of this display have more than ${mostDrawnElements} elements together`
      : null
  }
}

/**
 * True for `self.<member>` where the type has the member and the instance, or a nested one on the way, does not: an optional
 * one left out, or one switched off.
 */
export function isAbsentMember(
  text: string,
  surrounding: EquipmentRow | null,
  equipment: ReadonlyMap<string, EquipmentRow>,
): boolean {
  if (!text.startsWith(memberPrefix)) return false
  let row = surrounding
  const path = text.slice(memberPrefix.length).split('.')
  while (row && path.length > 0) {
    if (row.absent?.includes(path[0]!)) return true
    const child: string | undefined = Object.hasOwn(row.children, path[0]!) ? row.children[path[0]!] : undefined
    row = child === undefined ? null : (equipment.get(child) ?? null)
    path.shift()
  }
  return false
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
  /** Instances whose symbols this stands in, outermost first. */
  readonly drawn: readonly string[]
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
      drawn: null,
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
