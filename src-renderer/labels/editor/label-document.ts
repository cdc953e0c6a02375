// A label as it stands in its file, and the changes the editor makes to it. Every change gives a new document; keys nobody touched keep
// their text and their order. Lengths are millimetres.
import type { JsonValue } from '../../../src-main/shared/data-value.ts'

export const elementTypes = ['text', 'barcode', 'box', 'line', 'image'] as const
export type ElementType = (typeof elementTypes)[number]

/** An element with the keys of labels/*.yaml (docs/labels.md). */
export interface WrittenElement {
  readonly type: ElementType
  readonly x: number
  readonly y: number
  readonly [key: string]: JsonValue | undefined
}

/** A field with the keys of labels/*.yaml. */
export interface WrittenField {
  readonly name: string
  readonly [key: string]: JsonValue | undefined
}

/** A template with the keys of labels/*.yaml. */
export interface WrittenLabel {
  readonly name: string
  readonly size: { readonly width: number; readonly height: number }
  readonly elements: readonly WrittenElement[]
  readonly fields?: readonly WrittenField[]
  readonly [key: string]: unknown
}

/** Where something is on the paper; mm. */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Places are kept to a tenth of a millimetre: less than a dot of 203 dpi. */
export function rounded(mm: number): number {
  return Math.round(mm * 10) / 10
}

/** A label nobody has drawn yet. */
export function newLabel(name: string): WrittenLabel {
  return { name, size: { width: 100, height: 50 }, elements: [] }
}

/** What the runtime sent, as far as it is a label. */
export function asLabel(document: JsonValue): WrittenLabel | null {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return null
  const { name, size, elements = [] } = document as { name?: unknown; size?: unknown; elements?: unknown }
  if (typeof name !== 'string' || typeof size !== 'object' || size === null || !Array.isArray(elements)) return null
  return { ...(document as object), elements } as unknown as WrittenLabel
}

/** A new element in the middle of the label, bound to what the label has. */
export function newElement(type: ElementType, label: WrittenLabel): WrittenElement {
  const x = rounded(label.size.width / 4)
  const y = rounded(label.size.height / 4)
  switch (type) {
    case 'text':
      return { type, x, y, fontSize: 4, text: 'Text' }
    case 'barcode':
      return label.scheme === undefined
        ? { type, x, y, symbology: 'qrcode', module: 0.5, text: 'https://example.com' }
        : { type, x, y, symbology: 'datamatrix', module: 0.5, value: 'identifier' }
    case 'box':
      return { type, x, y, width: rounded(label.size.width / 2), height: rounded(label.size.height / 2), line: 0.5 }
    case 'line':
      return { type, x, y, toX: rounded(label.size.width * 0.75), toY: y, line: 0.5 }
    case 'image':
      return { type, x, y, width: 20, height: 15, file: '' }
  }
}

export function withElement(label: WrittenLabel, element: WrittenElement): WrittenLabel {
  return { ...label, elements: [...label.elements, element] }
}

/** Keys of an element set to other values; `undefined` takes a key away. */
export function changed(
  label: WrittenLabel,
  index: number,
  keys: Readonly<Record<string, JsonValue | undefined>>,
): WrittenLabel {
  return {
    ...label,
    elements: label.elements.map((element, at) => (at === index ? withKeys(element, keys) : element)),
  }
}

/** Keys of the label itself. */
export function labelChanged(label: WrittenLabel, keys: Readonly<Record<string, unknown>>): WrittenLabel {
  return withKeys(label, keys)
}

function withKeys<Kind extends object>(thing: Kind, keys: Readonly<Record<string, unknown>>): Kind {
  return Object.fromEntries(Object.entries({ ...thing, ...keys }).filter(([, value]) => value !== undefined)) as Kind
}

/** Elements moved by so much. */
export function moved(label: WrittenLabel, chosen: ReadonlySet<number>, dx: number, dy: number): WrittenLabel {
  return {
    ...label,
    elements: label.elements.map((element, index) => {
      if (!chosen.has(index)) return element
      const to = { x: rounded(element.x + dx), y: rounded(element.y + dy) }
      if (element.type !== 'line') return { ...element, ...to }
      return {
        ...element,
        ...to,
        toX: rounded(Number(element.toX) + dx),
        toY: rounded(Number(element.toY) + dy),
      }
    }),
  }
}

/** An element with its lower right corner moved by so much; what has no size of its own gets a larger type or module. */
export function resized(label: WrittenLabel, index: number, area: Area, dx: number, dy: number): WrittenLabel {
  const element = label.elements[index]
  if (element === undefined) return label
  const width = Math.max(0.5, rounded(area.width + dx))
  const height = Math.max(0.5, rounded(area.height + dy))
  const growth = Math.max(area.width + dx, 0.5) / Math.max(area.width, 0.1)
  switch (element.type) {
    case 'box':
    case 'image':
      return changed(label, index, { width, height })
    case 'line':
      return changed(label, index, { toX: rounded(Number(element.toX) + dx), toY: rounded(Number(element.toY) + dy) })
    case 'text':
      if (element.width !== undefined)
        return changed(label, index, { width, ...(element.height === undefined ? {} : { height }) })
      return changed(label, index, { fontSize: Math.max(1, rounded(Number(element.fontSize ?? 4) * growth)) })
    case 'barcode':
      return changed(label, index, {
        module: Math.max(0.1, Math.round(Number(element.module ?? 0.5) * growth * 100) / 100),
        ...(element.height === undefined ? {} : { height: Math.max(1, rounded(Number(element.height) + dy)) }),
      })
  }
}

export function without(label: WrittenLabel, chosen: ReadonlySet<number>): WrittenLabel {
  return { ...label, elements: label.elements.filter((_, index) => !chosen.has(index)) }
}

/** Copies a little beside, and which elements they are. */
export function duplicated(
  label: WrittenLabel,
  chosen: ReadonlySet<number>,
): { readonly label: WrittenLabel; readonly copies: ReadonlySet<number> } {
  const copies = label.elements.filter((_, index) => chosen.has(index))
  const first = label.elements.length
  const added = { ...label, elements: [...label.elements, ...copies] }
  const indexes = new Set(copies.map((_, index) => first + index))
  return { label: moved(added, indexes, 2, 2), copies: indexes }
}

/** Drawn before (-1) or after (1) its neighbour: what is drawn last lies on top. */
export function reordered(label: WrittenLabel, index: number, by: -1 | 1): WrittenLabel {
  const to = index + by
  if (to < 0 || to >= label.elements.length) return label
  const elements = [...label.elements]
  const [element] = elements.splice(index, 1)
  elements.splice(to, 0, element!)
  return { ...label, elements }
}

/** Left, right, upper or lower edges in line with the outermost, or middles with the first one's. */
export type Alignment = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom'

export function aligned(
  label: WrittenLabel,
  chosen: ReadonlySet<number>,
  areas: readonly Area[],
  to: Alignment,
): WrittenLabel {
  const known = [...chosen].flatMap((index) => (areas[index] === undefined ? [] : [{ index, area: areas[index] }]))
  if (known.length < 2) return label
  const lines = known.map(({ area }) => lineOf(area, to))
  const line =
    to === 'left' || to === 'top'
      ? Math.min(...lines)
      : to === 'right' || to === 'bottom'
        ? Math.max(...lines)
        : lines[0]!
  return known.reduce((now, { index, area }) => {
    const by = line - lineOf(area, to)
    const isAcross = to === 'left' || to === 'center' || to === 'right'
    return moved(now, new Set([index]), isAcross ? by : 0, isAcross ? 0 : by)
  }, label)
}

function lineOf({ x, y, width, height }: Area, to: Alignment): number {
  switch (to) {
    case 'left':
      return x
    case 'center':
      return x + width / 2
    case 'right':
      return x + width
    case 'top':
      return y
    case 'middle':
      return y + height / 2
    case 'bottom':
      return y + height
  }
}
