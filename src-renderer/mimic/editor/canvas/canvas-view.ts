// The drawing as the editor shows it: a sanitised copy in which every element knows the node of the source it comes from. After an
// edit only what was edited is drawn anew, found by comparing what each node was drawn from with what it is now.
import { type Box, boxInDrawing } from '../../drawing/mimic-box.ts'
import { chooseLanguage, viewBoxOf } from '../../drawing/mimic-drawing.ts'
import type { Refused, Removal } from '../../drawing/mimic-reader.ts'
import { type SafeDrawing, sanitiseMimic } from '../../drawing/mimic-sanitiser.ts'
import { adoptStyleRules } from '../../drawing/mimic-styles.ts'
import type { MimicDocument } from '../document/mimic-document.ts'
import { childElements, type NodeKey, type SourceElement, serialiseNode, startTagOf } from '../document/source-tree.ts'
import { encodeAttribute } from '../document/start-tag.ts'
import { CanvasSymbols } from './canvas-symbols.ts'
import type { Point } from './canvas-viewport.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'
const keyAttribute = 'data-key'
/** These have an element of their own on the canvas and their children theirs; everything else is drawn as a whole. */
const containers = new Set(['g', 'svg'])

/** What a node was drawn from. */
interface Drawn {
  /** null: nothing of it can be shown. */
  element: SVGGraphicsElement | null
  text: string
}

export interface CanvasViewParts {
  readonly host: HTMLElement
  /** Type of an equipment instance; null when there is none of that name. */
  readonly typeOf: (equipment: string) => string | null
}

let viewCount = 0

export class CanvasView {
  readonly root: SVGSVGElement = document.createElementNS(svgNamespace, 'svg')
  readonly symbols = new CanvasSymbols()
  readonly #parts: CanvasViewParts
  readonly #page = document.createElementNS(svgNamespace, 'rect')
  readonly #content = document.createElementNS(svgNamespace, 'g')
  readonly #drawn = new Map<NodeKey, Drawn>()
  readonly #boxes = new Map<NodeKey, Box>()
  readonly #scopeClass = `mimic-canvas-${++viewCount}`
  #removeStyles = () => {}
  #rootTag = ''
  #outside = ''
  #language = ''
  #removals: readonly Removal[] = []
  #touched: ReadonlySet<NodeKey> | null = null

  constructor(parts: CanvasViewParts) {
    this.#parts = parts
    this.root.setAttribute('class', `mimic-drawing canvas-drawing ${this.#scopeClass}`)
    // The group around it has the name; a picture without one would be read out as such.
    this.root.setAttribute('role', 'none')
    this.#page.setAttribute('class', 'canvas-page')
    this.root.append(this.symbols.defs, this.#page, this.#content)
    parts.host.prepend(this.root)
  }

  close(): void {
    this.#removeStyles()
    this.root.remove()
  }

  /** The page: viewBox of the drawing. */
  get page(): Box {
    return viewBoxOf(this.#content)
  }

  /** What of the file cannot be shown, as the last whole drawing found it. */
  get removals(): readonly Removal[] {
    return this.#removals
  }

  /**
   * Shows the document as it is now. Says why when nothing of it can be shown.
   * @param touched keys of what may have changed since the last time; null = anything
   */
  render(document: MimicDocument, language: string, touched: ReadonlySet<NodeKey> | null = null): Refused | null {
    const { root } = document
    this.#touched = touched && withAncestors(document, touched)
    if (root.openTag !== this.#rootTag || language !== this.#language || textOutside(root) !== this.#outside)
      return this.renderAll(document, language)
    this.#sync(document, root, this.#content)
    return null
  }

  /** Everything anew: another file, another language, other symbols. */
  renderAll(document: MimicDocument, language: string): Refused | null {
    const { root } = document
    this.#language = language
    this.#rootTag = root.openTag
    this.#outside = textOutside(root)
    const sanitised = sanitiseMimic(document.keyedText(keyAttribute))
    if (!sanitised.ok) return sanitised
    const { drawing } = sanitised
    this.#removals = drawing.removals
    this.#removeStyles()
    this.#removeStyles = adoptStyleRules(drawing.styleRules, this.#scopeClass)
    this.#drawn.clear()
    this.#boxes.clear()
    const copy = this.#prepare(drawing)
    for (const { name } of [...this.#content.attributes]) this.#content.removeAttribute(name)
    for (const { name, value } of copy.attributes)
      if (!['id', 'class', 'x', 'y', 'transform', 'style'].includes(name)) this.#content.setAttribute(name, value)
    this.#content.replaceChildren(...copy.childNodes)
    const elements = elementsByKey(this.#content)
    for (const child of childElements(root)) this.#register(child, elements)
    this.#showPage()
    return null
  }

  elementOf(key: NodeKey): SVGGraphicsElement | null {
    return this.#drawn.get(key)?.element ?? null
  }

  /** Key of the node that a drawn element belongs to; null outside of the drawing. */
  keyAt(target: EventTarget | null): NodeKey | null {
    if (!(target instanceof Element) || !this.#content.contains(target)) return null
    const carrier = target.closest(`[${keyAttribute}]`)
    return carrier && this.#content.contains(carrier) ? Number(carrier.getAttribute(keyAttribute)) : null
  }

  /** Box in units of the drawing; null for what is not drawn or has no extent. */
  boxOf(key: NodeKey): Box | null {
    const known = this.#boxes.get(key)
    if (known) return known
    const element = this.elementOf(key)
    if (!element?.isConnected || typeof element.getBBox !== 'function') return null
    const box = boxInDrawing(this.root, element)
    this.#boxes.set(key, box)
    return box
  }

  /** Corners of an element's own box where they stand on the drawing, turned with it. */
  cornersOf(key: NodeKey): readonly [Point, Point, Point, Point] | null {
    const element = this.elementOf(key)
    if (!element?.isConnected || typeof element.getBBox !== 'function') return null
    const box = element.getBBox()
    const toScreen = element.getScreenCTM()
    const rootToScreen = this.root.getScreenCTM()
    if (!toScreen || !rootToScreen) return null
    const matrix = rootToScreen.inverse().multiply(toScreen)
    const at = (x: number, y: number): Point => ({
      x: matrix.a * x + matrix.c * y + matrix.e,
      y: matrix.b * x + matrix.d * y + matrix.f,
    })
    const right = box.x + box.width
    const bottom = box.y + box.height
    return [at(box.x, box.y), at(right, box.y), at(right, bottom), at(box.x, bottom)]
  }

  /** Makes the children of `target` what those of `source` are, in their order. */
  #sync(document: MimicDocument, source: SourceElement, target: Element): void {
    const children = childElements(source)
    const fresh = new Set(children.filter((child) => !this.#isDrawn(child)))
    const made = fresh.size > 0 ? this.#draw(document, source, [...fresh]) : null
    for (const child of fresh) {
      const before = this.elementOf(child.key)
      this.#forget(before)
      const element = made?.get(child.key) ?? null
      if (before && element) before.replaceWith(element)
      else before?.remove()
      this.#register(child, element ? elementsByKey(element) : new Map())
    }
    const wanted = new Set<Element>()
    let cursor = nextKeyed(target.firstElementChild)
    for (const child of children) {
      const element = this.elementOf(child.key)
      if (!element) continue
      wanted.add(element)
      if (cursor === element) cursor = nextKeyed(cursor.nextElementSibling)
      else target.insertBefore(element, cursor)
      if (!fresh.has(child) && this.#mayDiffer(child) && isContainer(child)) this.#sync(document, child, element)
    }
    for (const element of [...target.children])
      if (!wanted.has(element) && element.hasAttribute(keyAttribute)) {
        this.#forget(element)
        element.remove()
      }
  }

  /** True when nothing of the node itself changed; what is in a container is looked at on its own. */
  #isDrawn(node: SourceElement): boolean {
    const drawn = this.#drawn.get(node.key)
    if (drawn !== undefined && !this.#mayDiffer(node)) return true
    return drawn !== undefined && drawn.text === drawnFrom(node) && (drawn.element?.isConnected ?? true)
  }

  #mayDiffer(node: SourceElement): boolean {
    return this.#touched?.has(node.key) ?? true
  }

  /** Draws nodes that stand in one parent, sanitised together. */
  #draw(
    document: MimicDocument,
    parent: SourceElement,
    nodes: readonly SourceElement[],
  ): ReadonlyMap<NodeKey, SVGGraphicsElement> {
    const { open, close } = surrounding(parent)
    const texts = nodes.map((node) => document.keyedElementText(node, keyAttribute))
    const sanitised = sanitiseMimic(`${open}${texts.join('')}${close}`)
    if (!sanitised.ok) return new Map()
    const copy = this.#prepare(sanitised.drawing)
    const made = new Map<NodeKey, SVGGraphicsElement>()
    for (const element of copy.children) {
      const key = element.getAttribute(keyAttribute)
      if (key !== null) made.set(Number(key), element as SVGGraphicsElement)
    }
    return made
  }

  /** A copy for the canvas: texts of one language, symbols where equipment stands. */
  #prepare(drawing: SafeDrawing): Element {
    const root = document.importNode(drawing.root, true)
    const elements = root.querySelectorAll('*')
    for (const { elementIndex, attributes } of drawing.boundElements) {
      const name = attributes.get('equipment')
      const carrier = elements[elementIndex]
      if (name !== undefined && carrier) this.#drawEquipment(carrier, name.trim())
    }
    chooseLanguage(root, this.#language)
    return root
  }

  #drawEquipment(carrier: Element, equipment: string): void {
    const group = document.createElementNS(svgNamespace, 'g')
    for (const name of ['id', 'class', 'transform', keyAttribute, 'systemLanguage']) {
      const value = carrier.getAttribute(name)
      if (value !== null) group.setAttribute(name, value)
    }
    const number = (name: string) => Number.parseFloat(carrier.getAttribute(name) ?? '') || 0
    const box = { x: number('x'), y: number('y'), width: number('width'), height: number('height') }
    group.append(this.symbols.picture(this.#parts.typeOf(equipment), box))
    if (carrier.localName === 'g') group.append(...carrier.childNodes)
    carrier.replaceWith(group)
  }

  #register(node: SourceElement, elements: ReadonlyMap<NodeKey, SVGGraphicsElement>): void {
    this.#drawn.set(node.key, { element: elements.get(node.key) ?? null, text: drawnFrom(node) })
    for (const child of childElements(node)) this.#register(child, elements)
  }

  #forget(element: Element | null): void {
    if (!element) return
    for (const part of [element, ...element.querySelectorAll(`[${keyAttribute}]`)]) {
      const key = Number(part.getAttribute(keyAttribute))
      this.#boxes.delete(key)
      if (this.#drawn.get(key)?.element === part) this.#drawn.delete(key)
    }
  }

  #showPage(): void {
    const { x, y, width, height } = this.page
    for (const [name, value] of Object.entries({ x, y, width, height })) this.#page.setAttribute(name, `${value}`)
  }
}

/** The keys, and those of everything around them. */
function withAncestors(document: MimicDocument, keys: ReadonlySet<NodeKey>): ReadonlySet<NodeKey> {
  const all = new Set(keys)
  for (const key of keys)
    for (let at = document.element(key)?.parent ?? null; at !== null && !all.has(at.key); at = at.parent)
      all.add(at.key)
  return all
}

function isContainer(node: SourceElement): boolean {
  return containers.has(startTagOf(node).localName)
}

/** The text whose change means that a node has to be drawn anew. */
function drawnFrom(node: SourceElement): string {
  return isContainer(node) ? node.openTag : serialiseNode(node)
}

/** Texts that the whole drawing depends on: styles. */
function textOutside(root: SourceElement): string {
  return childElements(root)
    .filter((child) => ['style', 'a'].includes(startTagOf(child).localName))
    .map(serialiseNode)
    .join('')
}

/** `<svg …>` with the namespaces in force where children of this element stand. */
function surrounding(parent: SourceElement): { open: string; close: string } {
  const namespaces = new Map<string, string>()
  for (let at: SourceElement | null = parent; at; at = at.parent)
    for (const [prefix, uri] of startTagOf(at).namespaces ?? [])
      if (!namespaces.has(prefix)) namespaces.set(prefix, uri)
  const declared = [...namespaces].map(
    ([prefix, uri]) => `${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${encodeAttribute(uri, '"')}"`,
  )
  // Of a drawing whose own elements have a prefix (`svg:rect`) the frame has it too.
  const prefix = [...namespaces].find(([, uri]) => uri === svgNamespace)?.[0] ?? ''
  const name = prefix === '' ? 'svg' : `${prefix}:svg`
  return { open: `<${name} ${declared.join(' ')}>`, close: `</${name}>` }
}

/** The element here or behind it that stands for a node. */
function nextKeyed(from: Element | null): Element | null {
  let element = from
  while (element && !element.hasAttribute(keyAttribute)) element = element.nextElementSibling
  return element
}

/** An element and what is in it, by the nodes they stand for. */
function elementsByKey(root: Element): ReadonlyMap<NodeKey, SVGGraphicsElement> {
  const elements = new Map<NodeKey, SVGGraphicsElement>()
  for (const element of [root, ...root.querySelectorAll(`[${keyAttribute}]`)]) {
    const key = element.getAttribute(keyAttribute)
    if (key !== null) elements.set(Number(key), element as SVGGraphicsElement)
  }
  return elements
}
