// A drawing as the display check looks at it: its elements in the order in which they are painted, each with its place in the
// file, the look it is drawn with, where it lies and what it is bound to. Only for drawings that the plant check found well-formed.
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { type BindingAttribute, isBindingAttribute, mimicNamespace } from '../../shared/mimic.ts'
import type { Position } from '../source/fault-list.ts'
import {
  type Box,
  boxAround,
  identity,
  type Matrix,
  numbersOf,
  pathBox,
  scaleOf,
  textWidth,
  transformed,
  withTransform,
} from './display-geometry.ts'
import { StyleSheet } from './display-style-sheet.ts'

/** One element. */
export interface DrawnElement extends Position {
  readonly index: number
  /** Local name. */
  readonly name: string
  readonly id: string | null
  readonly classes: readonly string[]
  readonly parent: DrawnElement | null
  readonly children: DrawnElement[]
  readonly bindings: ReadonlyMap<BindingAttribute, string>
  /** Tag that `value` means here; null = none. */
  readonly tag: string | null
  /** Value of an attribute without namespace. */
  attribute(name: string): string | undefined
  /** What it is painted with: attribute, style sheet, style, or that of the element around it for what is inherited. */
  look(property: LookProperty): string | undefined
  /** The same without what is inherited. */
  ownLook(property: LookProperty): string | undefined
  readonly matrix: Matrix
  /** Inside of defs, symbol, marker …: drawn nowhere by itself, or not at all (`display: none`). */
  readonly isHidden: boolean
  /** Of a child of `<switch>`: `systemLanguage`, '' for the one without; null outside of a switch. */
  readonly language: string | null
  /** Own characters of a text and its parts. */
  text: string
  /** Box in units of the drawing; null = none or not known. */
  readonly box: Box | null
}

const inherited = [
  'fill',
  'stroke',
  'font-size',
  'font-weight',
  'text-anchor',
  'visibility',
  'dominant-baseline',
] as const
const looks = [
  ...inherited,
  'opacity',
  'fill-opacity',
  'stroke-opacity',
  'stroke-width',
  'display',
  'filter',
  'animation',
  'animation-name',
] as const
export type LookProperty = (typeof looks)[number]

export interface Drawing {
  readonly file: string
  /** Elements in the order of the file, the root first; [] for what cannot be read. */
  readonly elements: readonly DrawnElement[]
  readonly viewBox: Box
  /** Text of `<title>`; null = none. */
  readonly title: string | null
  /** Where `<style>` moves things: `@keyframes`. */
  readonly movingStyle: Position | null
}

const unpainted = new Set([
  'defs',
  'symbol',
  'marker',
  'clipPath',
  'mask',
  'pattern',
  'linearGradient',
  'radialGradient',
  'title',
  'desc',
  'metadata',
  'style',
  'script',
])
const inheritedLooks: ReadonlySet<string> = new Set(inherited)

/** What a hostile drawing must not make the check take time over. */
const mostElements = 60_000
const deepestElement = 250

/** Reads a drawing. */
export function readDrawing(file: string, text: string): Drawing {
  return new DrawingReader(file).read(text)
}

class TooMuch extends Error {}

class DrawingReader {
  readonly #file: string
  readonly #elements: Element[] = []
  readonly #open: Element[] = []
  readonly #parser = new SaxesParser({ xmlns: true, position: true })
  #styleText = ''
  #title: string | null = null
  #start: Position = { line: 1, column: 1 }

  constructor(file: string) {
    this.#file = file
  }

  read(text: string): Drawing {
    const parser = this.#parser
    const stop = () => {
      throw new TooMuch()
    }
    parser.on('error', stop)
    parser.on('doctype', (doctype) => {
      if (doctype.includes('<!ENTITY')) stop()
    })
    parser.on('opentagstart', ({ name }) => {
      // The parser stands behind the name; names have no line ends.
      this.#start = { line: parser.line, column: Math.max(1, parser.columnIndex - name.length - 1) }
    })
    parser.on('opentag', (tag) => this.#opened(tag))
    parser.on('closetag', () => this.#closed())
    parser.on('text', (part) => this.#characters(part))
    parser.on('cdata', (part) => this.#characters(part))
    try {
      parser.write(text).close()
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error
      return this.#drawing([])
    }
    const sheet = StyleSheet.parse(this.#styleText)
    for (const element of this.#elements) element.dress(sheet)
    return this.#drawing(this.#elements)
  }

  #drawing(elements: readonly Element[]): Drawing {
    const [root] = elements
    const [x, y, width, height] = numbersOf(root?.attribute('viewBox') ?? '')
    const size = (name: string) => numbersOf(root?.attribute(name) ?? '')[0] ?? 0
    const style = elements.find(({ name }) => name === 'style')
    return {
      file: this.#file,
      elements,
      viewBox:
        height !== undefined && width! > 0 && height > 0
          ? { x: x!, y: y!, width: width!, height }
          : { x: 0, y: 0, width: size('width'), height: size('height') },
      title: this.#title?.trim() || null,
      movingStyle:
        style !== undefined && /@keyframes|animation\s*:|transition\s*:/.test(this.#styleText) ? style : null,
    }
  }

  #opened(tag: SaxesTagNS): void {
    if (this.#elements.length >= mostElements || this.#open.length >= deepestElement) throw new TooMuch()
    const element = new Element(this.#elements.length, tag, this.#open.at(-1) ?? null, this.#start)
    this.#elements.push(element)
    this.#open.push(element)
  }

  #closed(): void {
    this.#open.pop()
  }

  #characters(part: string): void {
    const element = this.#open.at(-1)
    if (element === undefined) return
    if (element.name === 'style' && this.#styleText.length < 200_000) this.#styleText += part
    if (element.name === 'title' && this.#open.length === 2) this.#title = (this.#title ?? '') + part.slice(0, 1000)
    for (let at: Element | null = element; at !== null; at = at.parent) {
      if (at.name === 'text' && at.text.length < 2000) at.text += part
      if (at.name !== 'tspan' && at.name !== 'a' && at.name !== 'textPath') break
    }
  }
}

class Element implements DrawnElement {
  readonly index: number
  readonly line: number
  readonly column: number
  readonly name: string
  readonly id: string | null
  readonly classes: readonly string[]
  readonly parent: Element | null
  readonly children: Element[] = []
  readonly bindings = new Map<BindingAttribute, string>()
  readonly tag: string | null
  readonly matrix: Matrix
  readonly language: string | null
  text = ''
  readonly #attributes = new Map<string, string>()
  readonly #looks = new Map<string, string>()
  #box: Box | null | undefined
  #isHidden: boolean | undefined

  constructor(index: number, tag: SaxesTagNS, parent: Element | null, place: Position) {
    this.index = index
    this.line = place.line
    this.column = place.column
    this.name = tag.local
    this.parent = parent
    for (const { uri, local, value } of Object.values(tag.attributes)) {
      if (uri === '') this.#attributes.set(local, value)
      else if (uri === mimicNamespace && isBindingAttribute(local)) this.bindings.set(local, value)
    }
    this.id = this.#attributes.get('id') ?? null
    this.classes = (this.#attributes.get('class') ?? '').split(/\s+/).filter((name) => name !== '')
    this.tag = this.bindings.get('tag')?.trim() ?? parent?.tag ?? null
    this.matrix = withTransform(parent?.matrix ?? identity, this.#attributes.get('transform'))
    this.language =
      parent?.name === 'switch' ? (this.#attributes.get('systemLanguage') ?? '') : (parent?.language ?? null)
    parent?.children.push(this)
  }

  /** Takes the looks; the element around it has its own already. */
  dress(sheet: StyleSheet): void {
    for (const property of looks) {
      const value = this.#attributes.get(property)
      if (value !== undefined) this.#looks.set(property, value)
    }
    for (const [property, value] of sheet.of(this)) this.#looks.set(property, value)
    for (const [property, value] of StyleSheet.declarations(this.#attributes.get('style') ?? ''))
      this.#looks.set(property, value)
  }

  attribute(name: string): string | undefined {
    return this.#attributes.get(name)
  }

  ownLook(property: LookProperty): string | undefined {
    const own = this.#looks.get(property)
    return own === 'inherit' ? undefined : own
  }

  look(property: LookProperty): string | undefined {
    const own = this.ownLook(property)
    if (own !== undefined) return own
    return inheritedLooks.has(property) ? this.parent?.look(property) : undefined
  }

  get isHidden(): boolean {
    this.#isHidden ??=
      unpainted.has(this.name) ||
      this.#looks.get('display') === 'none' ||
      this.look('visibility') === 'hidden' ||
      Number(this.#looks.get('opacity') ?? 1) === 0 ||
      this.bindings.has('port') ||
      (this.parent?.isHidden ?? false)
    return this.#isHidden
  }

  get box(): Box | null {
    if (this.#box === undefined) {
      const own = this.#ownBox()
      const isNumber = own !== null && [own.x, own.y, own.width, own.height].every(Number.isFinite)
      this.#box = isNumber ? transformed(own, this.matrix) : null
    }
    return this.#box
  }

  #number(name: string): number {
    return Number.parseFloat(this.#attributes.get(name) ?? '0') || 0
  }

  #ownBox(): Box | null {
    const n = (name: string) => this.#number(name)
    switch (this.name) {
      case 'rect':
      case 'image':
      case 'foreignObject':
        if ((this.#attributes.get('width') ?? '').endsWith('%')) return null
        return { x: n('x'), y: n('y'), width: n('width'), height: n('height') }
      case 'circle':
        return { x: n('cx') - n('r'), y: n('cy') - n('r'), width: 2 * n('r'), height: 2 * n('r') }
      case 'ellipse':
        return { x: n('cx') - n('rx'), y: n('cy') - n('ry'), width: 2 * n('rx'), height: 2 * n('ry') }
      case 'line':
        return boxAround([
          [n('x1'), n('y1')],
          [n('x2'), n('y2')],
        ])
      case 'polyline':
      case 'polygon': {
        const numbers = numbersOf(this.#attributes.get('points') ?? '')
        const points: [number, number][] = []
        for (let at = 0; at + 1 < numbers.length; at += 2) points.push([numbers[at]!, numbers[at + 1]!])
        return boxAround(points)
      }
      case 'path':
        return pathBox(this.#attributes.get('d') ?? '')
      case 'text':
        return this.#textBox()
      default:
        return null
    }
  }

  #textBox(): Box | null {
    const words = this.text.trim().replaceAll(/\s+/g, ' ')
    if (words === '') return null
    const size = fontSizeOf(this)
    // Texts of several lines: their parts have places of their own.
    const parts = this.children.filter(({ name }) => name === 'tspan')
    const lines = parts.filter((part) => part.attribute('y') !== undefined || part.attribute('dy') !== undefined).length
    const [first] = parts
    const place = (name: string) => this.#attributes.get(name) ?? first?.attribute(name) ?? '0'
    const [x = 0] = numbersOf(place('x'))
    const [y = 0] = numbersOf(place('y'))
    const width = (textWidth(words) * size) / Math.max(1, lines)
    const anchor = this.look('text-anchor')
    const left = anchor === 'middle' ? x - width / 2 : anchor === 'end' ? x - width : x
    const middle = /middle|central/.test(this.look('dominant-baseline') ?? '')
    return { x: left, y: y - size * (middle ? 0.5 : 0.8), width, height: size * Math.max(1, lines) }
  }
}

/** Font size in units of the element's own coordinates. */
export function fontSizeOf(element: DrawnElement): number {
  const text = element.look('font-size')
  if (text === undefined) return 16
  const size = Number.parseFloat(text)
  if (!Number.isFinite(size)) return 16
  return text.endsWith('pt')
    ? size * (4 / 3)
    : text.endsWith('em')
      ? size * 16
      : text.endsWith('mm')
        ? size * 3.78
        : size
}

/** Font size in units of the drawing. */
export function drawnFontSize(element: DrawnElement): number {
  return fontSizeOf(element) * scaleOf(element.matrix)
}

/** The elements around an element, nearest first. */
export function* around(element: DrawnElement): Iterable<DrawnElement> {
  for (let at = element.parent; at !== null; at = at.parent) yield at
}

/** The element and all in it. */
export function* within(element: DrawnElement): Iterable<DrawnElement> {
  yield element
  for (const child of element.children) yield* within(child)
}
