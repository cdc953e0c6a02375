// What of a mimic can be seen: layers that are shown, details near enough, groups whose condition holds, and of all that what
// lies in the view. What cannot be seen is not computed (docs/mimics.md, "How fast").
import { parseDetail } from '../../../src-main/shared/mimic.ts'
import { type Box, boxesInDrawing } from '../drawing/mimic-box.ts'
import type { BindingSite } from '../drawing/mimic-drawing.ts'
import type { BindingPlan } from './mimic-bindings.ts'

/** An element that shows or hides all that is in it. */
interface Gate {
  readonly element: SVGGraphicsElement
  /** Gate around it; null = none. */
  readonly parent: Gate | null
  readonly layer: string | null
  /** Shown from this magnification on; 0 = always. */
  readonly detail: number
  /** Something depends on its condition. */
  isAsked: boolean
  /** `ls:visible` holds, or there is none. */
  isMet: boolean
  /** Shown as far as layers, magnification and the gates around it go. */
  isOpen: boolean
}

/** Where something stands among the gates: in `gate`, or it is the gate's own element, which its condition does not reach. */
interface Place {
  readonly gate: Gate | null
  readonly isGate: boolean
}

/** A layer as a panel lists it. */
export interface LayerState {
  readonly name: string
  readonly isShown: boolean
  /** How the drawing has it. */
  readonly isShownAsDrawn: boolean
}

/** Bindings that came into view, owners that were covered or uncovered; positions in the plan. */
export interface SightChange {
  readonly bindings: readonly number[]
  readonly owners: readonly number[]
}

/** Share of the view added on each side: what is ready before it comes in, and marks that reach in. */
const viewMargin = 0.1
/** Boxes are measured in slices this long, so that nothing is held up; ms. */
const sliceMs = 4
/** Wait before measuring begins: opening a display comes first; ms. */
const measureAfterMs = 500
const nothingNew: SightChange = { bindings: [], owners: [] }

/** Owned by the screen of one mimic; `close` stops its timer. */
export class MimicSight {
  /** Something may have come into view or gone; set by the runtime. */
  onChange: () => void = () => {}
  /** Grows whenever layers or details are shown or hidden: what stands on them has other places. */
  coverCount = 0
  readonly #root: SVGSVGElement | null
  readonly #gates = new Map<Element, Gate>()
  readonly #layers = new Map<string, { isShown: boolean; readonly isShownAsDrawn: boolean }>()
  readonly #places: readonly Place[]
  readonly #isCondition: Uint8Array
  /** Per binding: position of its box; -1 = it moves, so it may be anywhere. */
  readonly #boxIndexes: Int32Array
  readonly #measured: readonly SVGGraphicsElement[]
  readonly #turning: ReadonlySet<Element>
  #boxes: readonly (Box | null)[] | null = null
  readonly #ownerPlaces: readonly Place[]
  readonly #isSeen: Uint8Array
  readonly #isOwnerOpen: Uint8Array
  #magnification = 1
  #view: Box | null = null
  #isStale = true
  #measureTimer: ReturnType<typeof setTimeout> | null = null

  /** @param root the drawing on the page; null = nothing is measured, everything counts as in view */
  constructor(plan: BindingPlan, sites: readonly BindingSite[], root: SVGSVGElement | null = null) {
    this.#root = root
    const { bindings, owners } = plan
    const having = (attribute: string) =>
      new Set<Element>(bindings.filter((binding) => binding.attribute === attribute).map(({ element }) => element))
    this.#makeGates(sites, having('visible'))
    this.#places = bindings.map(({ element }) => this.#placeOf(element))
    this.#isCondition = Uint8Array.from(bindings, ({ attribute }) => (attribute === 'visible' ? 1 : 0))
    this.#ownerPlaces = owners.map(({ element }) => this.#placeOf(element))
    this.#noteAsked()
    this.#turning = having('rotate')
    const moving = having('move')
    const indexes = new Map<SVGGraphicsElement, number>()
    this.#boxIndexes = Int32Array.from(bindings, ({ element }) => {
      const measured = fixedPartOf(element, moving, this.#turning)
      if (measured === null) return -1
      if (!indexes.has(measured)) indexes.set(measured, indexes.size)
      return indexes.get(measured)!
    })
    this.#measured = [...indexes.keys()]
    this.#isSeen = new Uint8Array(bindings.length)
    this.#isOwnerOpen = new Uint8Array(owners.length).fill(1)
    this.#coverGates()
  }

  close(): void {
    if (this.#measureTimer !== null) clearTimeout(this.#measureTimer)
    this.#measureTimer = null
    this.onChange = () => {}
  }

  /** Layers in the order of the drawing; elements of one name are one layer, in the mimic and in its symbols. */
  layers(): readonly LayerState[] {
    return [...this.#layers].map(([name, state]) => ({ name, ...state }))
  }

  setLayer(name: string, isShown: boolean): void {
    const layer = this.#layers.get(name)
    if (!layer || layer.isShown === isShown) return
    layer.isShown = isShown
    this.#coverGates()
  }

  /** What is visible, in units of the drawing, null = all of it; and how much larger than the whole drawing fitted. */
  setView(view: Box | null, magnification: number): void {
    this.#view = view === null ? null : widened(view)
    const isNear = ({ detail }: Gate, at: number) => detail === 0 || at >= detail
    const isOther = [...this.#gates.values()].some(
      (gate) => isNear(gate, magnification) !== isNear(gate, this.#magnification),
    )
    this.#magnification = magnification
    if (isOther) this.#coverGates()
    else this.#change()
  }

  /** Shows all layers around an element; returns the magnification that its details need. */
  uncover(element: Element): number {
    let detail = 0
    for (let { gate } = this.#placeOf(element); gate; gate = gate.parent) {
      if (gate.layer !== null) this.setLayer(gate.layer, true)
      detail = Math.max(detail, gate.detail)
    }
    return detail
  }

  /** The display is open: soon it is time to learn where everything is, a little at a time. */
  prepare(): void {
    if (this.#root) this.#measureLater([], measureAfterMs)
  }

  isSeen(binding: number): boolean {
    return this.#isSeen[binding] === 1
  }

  /** False while the owner's element is in something hidden: a mark of it would stand on nothing. */
  isOwnerOpen(owner: number): boolean {
    return this.#isOwnerOpen[owner] === 1
  }

  /** The condition of a binding of `ls:visible` was computed. */
  setCondition(binding: number, isMet: boolean): void {
    const { gate } = this.#places[binding]!
    if (!gate || gate.isMet === isMet) return
    gate.isMet = isMet
    if (gate.isAsked) this.#isStale = true
  }

  /** What changed since the last call. */
  update(): SightChange {
    if (!this.#isStale) return nothingNew
    this.#isStale = false
    for (const gate of this.#gates.values())
      gate.isOpen = this.#isUncovered(gate) && (gate.parent === null || (gate.parent.isOpen && gate.parent.isMet))
    const bindings: number[] = []
    for (let binding = 0; binding < this.#isSeen.length; binding++) {
      const place = this.#places[binding]!
      const isOpen = isOpenAt(place, place.isGate && this.#isCondition[binding] === 1)
      const isSeen = isOpen && this.#isInView(this.#boxIndexes[binding]!) ? 1 : 0
      if (isSeen === 1 && this.#isSeen[binding] === 0) bindings.push(binding)
      this.#isSeen[binding] = isSeen
    }
    return { bindings, owners: this.#changedOwners() }
  }

  #changedOwners(): readonly number[] {
    const owners: number[] = []
    for (const [owner, place] of this.#ownerPlaces.entries()) {
      if (place.gate === null) continue
      const isOpen = isOpenAt(place, place.isGate) ? 1 : 0
      if (isOpen === this.#isOwnerOpen[owner]) continue
      this.#isOwnerOpen[owner] = isOpen
      owners.push(owner)
    }
    return owners
  }

  #isInView(boxIndex: number): boolean {
    const view = this.#view
    if (view === null || boxIndex < 0) return true
    const box = this.#boxes?.[boxIndex]
    if (!box) return true
    return (
      box.x <= view.x + view.width &&
      box.y <= view.y + view.height &&
      box.x + box.width >= view.x &&
      box.y + box.height >= view.y
    )
  }

  #makeGates(sites: readonly BindingSite[], conditions: ReadonlySet<Element>): void {
    const meanings = new Map<Element, { readonly layer: string | null; readonly detail: number }>()
    for (const { element, attributes } of sites) {
      const layer = attributes.get('layer')?.trim() || null
      const detail = parseDetail(attributes.get('detail') ?? '') ?? 0
      if (layer !== null || detail > 0 || conditions.has(element)) meanings.set(element, { layer, detail })
    }
    const make = (element: SVGGraphicsElement): Gate => {
      const known = this.#gates.get(element)
      if (known) return known
      const outer = closest(element.parentElement, meanings)
      const parent = outer ? make(outer) : null
      const gate = { element, parent, ...meanings.get(element)!, isAsked: false, isMet: true, isOpen: true }
      if (gate.layer !== null) this.#takeLayer(gate.layer, element)
      this.#gates.set(element, gate)
      return gate
    }
    for (const element of meanings.keys()) make(element as SVGGraphicsElement)
  }

  /** Drawing programs write hidden layers with `display:none`; from here on the panel decides. */
  #takeLayer(name: string, element: SVGGraphicsElement): void {
    const isHidden = element.style.display === 'none' || element.getAttribute('display') === 'none'
    element.style.removeProperty('display')
    if (element.getAttribute('display') === 'none') element.removeAttribute('display')
    if (!this.#layers.has(name)) this.#layers.set(name, { isShown: !isHidden, isShownAsDrawn: !isHidden })
  }

  #placeOf(element: Element): Place {
    const found = closest(element, this.#gates)
    return { gate: found ? this.#gates.get(found)! : null, isGate: found === element }
  }

  #noteAsked(): void {
    for (const [binding, { gate, isGate }] of this.#places.entries())
      if (gate && !(isGate && this.#isCondition[binding] === 1)) gate.isAsked = true
    for (const { gate, isGate } of this.#ownerPlaces) if (gate && !isGate) gate.isAsked = true
    for (const { parent } of this.#gates.values()) if (parent) parent.isAsked = true
  }

  #isUncovered({ layer, detail }: Gate): boolean {
    return (layer === null || this.#layers.get(layer)!.isShown) && (detail === 0 || this.#magnification >= detail)
  }

  /** As inline style: the attribute `display` belongs to `ls:visible`. */
  #coverGates(): void {
    this.coverCount++
    for (const gate of this.#gates.values()) {
      if (gate.layer === null && gate.detail === 0) continue
      if (this.#isUncovered(gate)) gate.element.style.removeProperty('display')
      else gate.element.style.setProperty('display', 'none')
    }
    this.#change()
  }

  #change(): void {
    this.#isStale = true
    this.onChange()
  }

  #measureLater(done: (Box | null)[], wait: number): void {
    this.#measureTimer = setTimeout(() => {
      this.#measureTimer = null
      const end = performance.now() + sliceMs
      while (done.length < this.#measured.length && performance.now() < end) this.#measure(done)
      if (done.length < this.#measured.length) return this.#measureLater(done, 0)
      this.#boxes = done
      this.#change()
    }, wait)
  }

  /** The next fifty. What is hidden has no box: it counts as in view until somebody looks there. */
  #measure(done: (Box | null)[]): void {
    const elements = this.#measured.slice(done.length, done.length + 50)
    for (const [index, box] of boxesInDrawing(this.#root!, elements).entries()) {
      const element = elements[index]!
      if (box.width === 0 && box.height === 0) done.push(null)
      else if (this.#turning.has(element)) done.push(turned(box))
      else done.push(element.localName === 'text' ? withRoom(box) : box)
    }
  }
}

function isOpenAt({ gate, isGate }: Place, isBeforeCondition: boolean): boolean {
  return gate === null || (gate.isOpen && ((isGate && isBeforeCondition) || gate.isMet))
}

function closest(start: Element | null, among: ReadonlyMap<Element, unknown>): SVGGraphicsElement | null {
  for (let element = start; element; element = element.parentElement)
    if (among.has(element)) return element as SVGGraphicsElement
  return null
}

/** The element whose box holds still: the outermost that turns, else the element itself; null when it is moved about. */
function fixedPartOf(
  start: SVGGraphicsElement,
  moving: ReadonlySet<Element>,
  turning: ReadonlySet<Element>,
): SVGGraphicsElement | null {
  let fixed = start
  for (let element: Element | null = start; element; element = element.parentElement) {
    if (moving.has(element)) return null
    if (turning.has(element)) fixed = element as SVGGraphicsElement
  }
  return fixed
}

/** Everywhere a box can be while it turns about its middle. */
function turned({ x, y, width, height }: Box): Box {
  const radius = Math.hypot(width, height) / 2
  return { x: x + width / 2 - radius, y: y + height / 2 - radius, width: 2 * radius, height: 2 * radius }
}

/** Live texts grow to either side. */
function withRoom({ x, y, width, height }: Box): Box {
  const room = width / 2 + 4 * height
  return { x: x - room, y, width: width + 2 * room, height }
}

function widened({ x, y, width, height }: Box): Box {
  return {
    x: x - width * viewMargin,
    y: y - height * viewMargin,
    width: width * (1 + 2 * viewMargin),
    height: height * (1 + 2 * viewMargin),
  }
}
