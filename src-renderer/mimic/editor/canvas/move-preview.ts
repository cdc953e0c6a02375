// What is dragged, while it is dragged: the copies on the canvas are moved, the document is not touched before the drag ends. So a
// drag costs the same in a drawing of five thousand elements as in one of five.
import type { NodeKey } from '../document/source-tree.ts'
import type { CanvasView } from './canvas-view.ts'

interface Moved {
  readonly element: SVGGraphicsElement
  readonly transform: string | null
  /** Displacement of the drawing → displacement in the element's parent. */
  readonly toParent: (x: number, y: number) => readonly [number, number]
}

export class MovePreview {
  readonly #moved: readonly Moved[]

  constructor(view: CanvasView, keys: readonly NodeKey[]) {
    this.#moved = keys.flatMap((key) => {
      const element = view.elementOf(key)
      return element
        ? [{ element, transform: element.getAttribute('transform'), toParent: intoParent(view, element) }]
        : []
    })
  }

  /** Shows everything moved by so many units of the drawing from where it was. */
  show(x: number, y: number): void {
    for (const { element, transform, toParent } of this.#moved) {
      const [dx, dy] = toParent(x, y)
      element.setAttribute('transform', `translate(${dx} ${dy})${transform === null ? '' : ` ${transform}`}`)
    }
  }

  /** Back to where it was. */
  end(): void {
    for (const { element, transform } of this.#moved)
      if (transform === null) element.removeAttribute('transform')
      else element.setAttribute('transform', transform)
  }
}

function intoParent(view: CanvasView, element: SVGGraphicsElement): Moved['toParent'] {
  const parent = element.parentElement as SVGGraphicsElement | null
  const own = parent?.getScreenCTM?.()
  const root = view.root.getScreenCTM?.()
  if (!own || !root) return (x, y) => [x, y]
  const { a, b, c, d } = own.inverse().multiply(root)
  if (a === 1 && b === 0 && c === 0 && d === 1) return (x, y) => [x, y]
  return (x, y) => [a * x + c * y, b * x + d * y]
}
