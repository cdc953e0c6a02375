// Where elements are on the paper now: where the station drew them last, moved and resized by what was done since. The picture follows a
// moment later; until then what was drawn is shown where it belongs by now.
import type { Area, WrittenElement, WrittenLabel } from './label-document.ts'

/** A picture of a label as it was a moment ago. */
export interface DrawnLabel {
  readonly of: WrittenLabel
  /** Width of the picture; dots. */
  readonly width: number
  /** Of each element; dots. */
  readonly areas: readonly Area[]
}

/** Frames of all elements; mm. Without a picture their sizes are guessed. */
export function areasNow(label: WrittenLabel, drawn: DrawnLabel | null): readonly Area[] {
  return label.elements.map((element, index) => {
    const before = drawn?.of.elements[index]
    const area = drawn === null ? null : areaDrawn(drawn, index)
    if (before === undefined || area === null || before.type !== element.type)
      return { x: element.x, y: element.y, ...guessedSize(element) }
    return { x: area.x + element.x - before.x, y: area.y + element.y - before.y, ...grown(element, before, area) }
  })
}

/** Where the picture shows an element; mm; null = nowhere. */
export function areaDrawn({ of, width, areas }: DrawnLabel, index: number): Area | null {
  const area = areas[index]
  if (area === undefined) return null
  const perDot = of.size.width / width
  return { x: area.x * perDot, y: area.y * perDot, width: area.width * perDot, height: area.height * perDot }
}

/** Elements that are not where the picture shows them. */
export function movedSince(label: WrittenLabel, drawn: DrawnLabel): readonly number[] {
  return label.elements.flatMap((element, index) => {
    const before = drawn.of.elements[index]
    if (before === undefined || before.type !== element.type || before === element) return []
    return placeKeys.some((key) => before[key] !== element[key]) ? [index] : []
  })
}

const placeKeys = ['x', 'y', 'toX', 'toY', 'width', 'height', 'fontSize', 'module'] as const

function guessedSize(element: WrittenElement): Pick<Area, 'width' | 'height'> {
  return { width: Number(element.width ?? 10), height: Number(element.height ?? element.fontSize ?? 5) }
}

function grown(element: WrittenElement, before: WrittenElement, area: Area): Pick<Area, 'width' | 'height'> {
  switch (element.type) {
    case 'box':
    case 'image': {
      // Turned by a quarter, what is written as width is seen as height.
      const isTurned = Number(element.rotate ?? 0) % 180 !== 0
      const { width, height } = guessedSize(element)
      return isTurned ? { width: height, height: width } : { width, height }
    }
    case 'line':
      return {
        width: area.width + spanOf(element, 'x', 'toX') - spanOf(before, 'x', 'toX'),
        height: area.height + spanOf(element, 'y', 'toY') - spanOf(before, 'y', 'toY'),
      }
    default: {
      const by = ratioOf(element, before, element.type === 'text' ? 'fontSize' : 'module')
      return { width: area.width * by, height: area.height * by }
    }
  }
}

function spanOf(element: WrittenElement, from: 'x' | 'y', to: 'toX' | 'toY'): number {
  return Math.abs(Number(element[to] ?? element[from]) - element[from])
}

function ratioOf(element: WrittenElement, before: WrittenElement, key: string): number {
  const [now, then] = [Number(element[key]), Number(before[key])]
  return now > 0 && then > 0 ? now / then : 1
}
