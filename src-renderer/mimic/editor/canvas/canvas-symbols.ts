// Symbols on the canvas: each type's drawing is made safe once, every instance is a copy of it. Nothing is live here.
import { chooseLanguage, viewBoxOf } from '../../drawing/mimic-drawing.ts'
import { sanitiseMimic } from '../../drawing/mimic-sanitiser.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'

/** Size of a symbol as drawn, and its connection points in its own units. */
export interface SymbolShape {
  readonly width: number
  readonly height: number
  /** Port → place, 0 … 1 of width and height. */
  readonly ports: Readonly<Record<string, { readonly x: number; readonly y: number }>>
}

/** Side of the box that stands for an instance without a symbol; units of the drawing. */
export const missingSymbolSide = 48

let sheetCount = 0

/** The definitions of one canvas. */
export class CanvasSymbols {
  readonly defs: SVGDefsElement = document.createElementNS(svgNamespace, 'defs')
  readonly #prefix = `ls-symbol-${++sheetCount}-`
  readonly #shapes = new Map<string, SymbolShape>()
  readonly #ids = new Map<string, string>()

  /** Takes a type's symbol in, or another version of it; a symbol that is refused is left out. False when nothing can be drawn. */
  define(type: string, svg: string, language: string): boolean {
    const sanitised = sanitiseMimic(svg)
    if (!sanitised.ok) return false
    const root = document.importNode(sanitised.drawing.root, true)
    const elements = root.querySelectorAll('*')
    const marked = sanitised.drawing.boundElements.filter(({ attributes }) => attributes.has('port'))
    const box = viewBoxOf(root)
    const ports: Record<string, { x: number; y: number }> = {}
    for (const { elementIndex, attributes } of marked) {
      const element = elements[elementIndex]
      if (!element) continue
      const middle = middleOf(element)
      ports[attributes.get('port')!] = { x: (middle.x - box.x) / box.width, y: (middle.y - box.y) / box.height }
      // A connection point is never drawn.
      element.remove()
    }
    chooseLanguage(root, language)
    const id = this.#ids.get(type) ?? `${this.#prefix}${this.#ids.size}`
    this.#ids.set(type, id)
    this.#shapes.set(type, { width: box.width, height: box.height, ports })
    const symbol = document.createElementNS(svgNamespace, 'symbol')
    symbol.id = id
    symbol.setAttribute('viewBox', [box.x, box.y, box.width, box.height].join(' '))
    symbol.append(...root.childNodes)
    makeIdsOwn(symbol, `${id}-`)
    this.defs.querySelector(`#${id}`)?.remove()
    this.defs.append(symbol)
    return true
  }

  /** null when the type has no symbol (yet). */
  shape(type: string): SymbolShape | null {
    return this.#shapes.get(type) ?? null
  }

  /** The element that shows a type in a box; a dashed box where there is no symbol. All of the box can be grabbed. */
  picture(type: string | null, box: { x: number; y: number; width: number; height: number }): SVGGraphicsElement {
    const id = type === null ? undefined : this.#ids.get(type)
    const shape = type === null ? null : this.shape(type)
    const size = {
      ...box,
      width: box.width || (shape?.width ?? missingSymbolSide),
      height: box.height || (shape?.height ?? missingSymbolSide),
    }
    const ground = document.createElementNS(svgNamespace, 'rect')
    place(ground, size)
    ground.setAttribute('fill', 'transparent')
    const symbol = id === undefined ? null : this.defs.querySelector(`#${id}`)
    if (symbol === null) {
      ground.setAttribute('class', 'ls-missing')
      ground.setAttribute('stroke-dasharray', '4 3')
      return ground
    }
    const group = document.createElementNS(svgNamespace, 'g')
    // A copy and no `use`: the theme's classes do not reach into what `use` shows.
    const drawing = document.createElementNS(svgNamespace, 'svg')
    drawing.setAttribute('role', 'none')
    place(drawing, size)
    drawing.setAttribute('viewBox', symbol.getAttribute('viewBox')!)
    drawing.append(...symbol.cloneNode(true).childNodes)
    group.append(ground, drawing)
    return group
  }
}

function place(element: Element, box: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(box)) element.setAttribute(name, `${value}`)
}

/** Middle of a connection point as written: circles, rectangles and anything with x and y; layout is not asked. */
function middleOf(element: Element): { x: number; y: number } {
  const number = (name: string) => Number.parseFloat(element.getAttribute(name) ?? '') || 0
  if (element.hasAttribute('cx')) return { x: number('cx'), y: number('cy') }
  return { x: number('x') + number('width') / 2, y: number('y') + number('height') / 2 }
}

/** Two types may use the same id for different gradients. */
function makeIdsOwn(symbol: Element, prefix: string): void {
  for (const element of symbol.querySelectorAll('*')) {
    if (element.id) element.id = prefix + element.id
    for (const { name, value } of [...element.attributes]) {
      if (name === 'href' && value.startsWith('#')) element.setAttribute(name, `#${prefix}${value.slice(1)}`)
      else if (name !== 'style' && value.includes('url('))
        element.setAttribute(name, value.replaceAll(/url\(\s*(["']?)#/g, `url($1#${prefix}`))
    }
  }
}
