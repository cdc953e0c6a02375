// The last step to the screen: each writer owns one attribute of one element and touches it only when it changes.
import type { TagRow } from '../../../src-main/shared/contract.ts'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { type BindingAttribute, type LevelDirection, levelDirections } from '../../../src-main/shared/mimic.ts'
import { noValueText } from '../../tags/format-value.ts'
import type { BindingSite } from '../drawing/mimic-drawing.ts'
import { LiveTransform, short } from './live-transform.ts'
import { type MimicWords, paintOf, textOf } from './mimic-format.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'

/** What a writer says of a value it was given: fine, out of the range it can show, or not of a kind it can show. */
export type WriteOutcome = 'shown' | 'outOfRange' | { readonly fault: string }

/** Shows results on one element. */
export interface ResultWriter {
  /** `values`: one per expression of the attribute. */
  write(values: readonly TagValue[]): WriteOutcome
  /** No usable value: the element looks as it was drawn (texts show that there is none). */
  clear(): void
  /** True when the element's place on the drawing depends on it. */
  readonly movesElement: boolean
  /** Of `ls:visible`: is the element shown? */
  readonly isShowing?: () => boolean
}

/** The writer of an attribute, or a sentence why this element cannot have it. */
export function createWriter(
  attribute: BindingAttribute,
  site: BindingSite,
  row: TagRow | null,
  words: MimicWords,
): ResultWriter | string {
  switch (attribute) {
    case 'text':
      return textWriter(site.element, row, words)
    case 'fill':
    case 'stroke':
      return paintWriter(site.element, attribute)
    case 'visible':
      return visibleWriter(site.element)
    case 'class':
      return classWriter(site.element)
    case 'level':
      return levelWriter(site)
    case 'rotate':
    case 'move':
      return transformWriter(site.element, attribute)
    default:
      return `ls:${attribute} shows nothing`
  }
}

/** An attribute of an element that is written only when its value changes. Null = not there. */
class Attribute {
  readonly #element: Element
  readonly #name: string
  #now: string | null

  constructor(element: Element, name: string) {
    this.#element = element
    this.#name = name
    this.#now = element.getAttribute(name)
  }

  set(value: string | null): void {
    if (value === this.#now) return
    this.#now = value
    if (value === null) this.#element.removeAttribute(this.#name)
    else this.#element.setAttribute(this.#name, value)
  }
}

function textWriter(element: SVGGraphicsElement, row: TagRow | null, words: MimicWords): ResultWriter | string {
  const leaf = textLeaf(element)
  if (!leaf) return 'ls:text needs a text element'
  const node = document.createTextNode('')
  for (const child of [...leaf.childNodes]) if (child.nodeName !== 'title') child.remove()
  leaf.append(node)
  // Inkscape breaks lines into tspans; a live text has one.
  for (const other of element.querySelectorAll('tspan')) if (!other.contains(leaf) && other !== leaf) other.remove()
  let now = ''
  const show = (text: string) => {
    if (text === now) return
    now = text
    node.data = text
  }
  show(noValueText)
  /** Value whose text is shown: the same again is not formatted. */
  let shown: TagValue | undefined
  return {
    movesElement: false,
    write: ([value = null]) => {
      if (value === shown) return 'shown'
      shown = value
      show(textOf(value, row, words))
      return 'shown'
    },
    clear: () => {
      shown = undefined
      show(noValueText)
    },
  }
}

function textLeaf(element: Element): Element | null {
  const text = element.localName === 'text' || element.localName === 'tspan' ? element : element.querySelector('text')
  let leaf: Element | null = text
  for (let inner = leaf; inner; inner = inner.querySelector(':scope > tspan, :scope > textPath')) leaf = inner
  return leaf
}

function paintWriter(element: SVGGraphicsElement, property: 'fill' | 'stroke'): ResultWriter {
  // A style declaration or a class rule would win over the attribute; then the paint is written as style.
  const { style } = element
  const asStyle = style.getPropertyValue(property) !== '' || element.hasAttribute('class')
  const drawn = asStyle ? style.getPropertyValue(property) : element.getAttribute(property)
  const attribute = asStyle ? null : new Attribute(element, property)
  let now = drawn ?? ''
  const show = (paint: string | null) => {
    if (attribute) return attribute.set(paint)
    if (now === (paint ?? '')) return
    now = paint ?? ''
    style.setProperty(property, now)
  }
  return {
    movesElement: false,
    write: ([value]) => {
      const paint = typeof value === 'string' ? paintOf(value) : null
      if (paint === null && value !== '') return { fault: `"${value}" is no colour` }
      show(paint ?? drawn)
      return 'shown'
    },
    clear: () => show(drawn),
  }
}

function visibleWriter(element: SVGGraphicsElement): ResultWriter {
  element.style.removeProperty('display')
  if (element.getAttribute('display') === 'none') element.removeAttribute('display')
  element.dataset.conditional = ''
  const display = new Attribute(element, 'display')
  const visibility = new Attribute(element, 'visibility')
  let isShowing = true
  return {
    movesElement: true,
    isShowing: () => isShowing,
    write: ([value]) => {
      if (typeof value !== 'boolean' && typeof value !== 'number') return { fault: 'ls:visible needs true or false' }
      isShowing = value === true || (typeof value === 'number' && value !== 0)
      display.set(isShowing ? null : 'none')
      visibility.set(null)
      return 'shown'
    },
    // Neither "it is so" nor "it is not so" may be shown; but the place is kept, so that the mark is drawn there.
    clear: () => {
      isShowing = true
      display.set(null)
      visibility.set('hidden')
    },
  }
}

function classWriter(element: SVGGraphicsElement): ResultWriter {
  const drawn = element.getAttribute('class') ?? ''
  // Half as dear for the browser as the attribute.
  const { className } = element
  let now = drawn
  const show = (names: string) => {
    if (names === now) return
    now = names
    className.baseVal = names
  }
  return {
    movesElement: false,
    write: ([value]) => {
      if (typeof value !== 'string' || !/^[\w\s-]*$/.test(value))
        return { fault: `"${value}" is no list of class names` }
      const added = value.trim()
      show(added === '' ? drawn : drawn === '' ? added : `${drawn} ${added}`)
      return 'shown'
    },
    clear: () => show(drawn),
  }
}

/** Shows a share of the element's box; a clip the element already has is kept by a group around it. */
function levelWriter(site: BindingSite): ResultWriter | string {
  const text = site.attributes.get('direction')?.trim() ?? 'up'
  const direction = levelDirections.find((known) => known === text)
  if (!direction) return `ls:direction is ${levelDirections.join(', ')}, not "${text}"`
  const { style } = withoutClip(site.element)
  let now = -1
  const show = (share: number) => {
    const hidden = Math.round((1 - share) * 1000) / 10
    if (hidden === now) return
    now = hidden
    // Half as dear for the browser as a clipPath element whose rectangle changes.
    style.setProperty('clip-path', insetOf(direction, hidden))
  }
  show(0)
  return {
    movesElement: false,
    write: ([value]) => {
      if (typeof value !== 'number') return { fault: 'a level needs a number' }
      show(Math.min(Math.max(value, 0), 100) / 100)
      // Half a percent beyond is a sensor's zero error, not an event.
      return value < -0.5 || value > 100.5 ? 'outOfRange' : 'shown'
    },
    clear: () => show(0),
  }
}

/** The element, or a group put around it when it has a clip of its own. */
function withoutClip(element: SVGGraphicsElement): SVGElement {
  if (!element.hasAttribute('clip-path') && element.style.getPropertyValue('clip-path') === '') return element
  const group = document.createElementNS(svgNamespace, 'g')
  element.replaceWith(group)
  group.append(element)
  return group
}

/** CSS basic shape that hides so many percent of the box, on the side away from where the level grows from. */
function insetOf(direction: LevelDirection, hidden: number): string {
  switch (direction) {
    case 'up':
      return `inset(${hidden}% 0 0 0)`
    case 'down':
      return `inset(0 0 ${hidden}% 0)`
    case 'right':
      return `inset(0 ${hidden}% 0 0)`
    case 'left':
      return `inset(0 0 0 ${hidden}%)`
  }
}

/** Both `move` and `rotate` end in the one transform of the element. */
const transforms = new WeakMap<Element, LiveTransform>()

function transformWriter(element: SVGGraphicsElement, part: 'move' | 'rotate'): ResultWriter {
  const transform = transforms.get(element) ?? new LiveTransform(element)
  transforms.set(element, transform)
  const ghost = new Attribute(element, 'data-no-value')
  return {
    movesElement: true,
    write: (values) => {
      if (part === 'move') {
        const [x, y] = values.length === 1 && Array.isArray(values[0]) ? (values[0] as readonly TagValue[]) : values
        if (!isNumber(x) || (y !== undefined && !isNumber(y))) return { fault: 'move needs one or two numbers' }
        ghost.set(null)
        transform.move(short(x), short(y ?? 0))
        return 'shown'
      }
      const [degrees] = values
      if (!isNumber(degrees)) return { fault: 'rotate needs a number of degrees' }
      ghost.set(null)
      transform.turn(short(degrees))
      return 'shown'
    },
    // Where it stands is not known: back at the drawn place, as a ghost.
    clear: () => {
      ghost.set('')
      if (part === 'move') transform.stay()
      else transform.straighten()
    },
  }
}

function isNumber(value: TagValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
