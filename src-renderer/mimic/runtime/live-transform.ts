// The one transform of an element that `ls:move` and `ls:rotate` share: moved, as drawn, turned.

/** Owned by the writers of one element. */
export class LiveTransform {
  readonly #element: SVGGraphicsElement
  /** As in the drawing, '' = none. */
  readonly #drawn: string
  /** The browser's own list of transforms: a number set in it costs a third of an attribute that is parsed. */
  readonly #list: SVGTransformList | null
  #moveItem: SVGTransform | null = null
  #turnItem: SVGTransform | null = null
  /** NaN = not moved, not turned. */
  #x = Number.NaN
  #y = Number.NaN
  #degrees = Number.NaN
  /** What it is turned about, in the element's own units; measured when it is first turned: then it has a box. */
  #middle: readonly [number, number] | null = null

  constructor(element: SVGGraphicsElement) {
    this.#element = element
    this.#drawn = element.getAttribute('transform') ?? ''
    // Pages that draw nothing, such as those of tests, have no such list.
    this.#list = (element as Partial<SVGGraphicsElement>).transform?.baseVal ?? null
  }

  move(x: number, y: number): void {
    if (x === this.#x && y === this.#y) return
    this.#x = x
    this.#y = y
    if (!this.#list) return this.#write()
    this.#moveItem ??= this.#list.insertItemBefore(this.#newItem(), 0)
    this.#moveItem.setTranslate(x, y)
  }

  /** About the element's middle; degrees. */
  turn(degrees: number): void {
    if (degrees === this.#degrees) return
    this.#degrees = degrees
    this.#middle ??= middleOf(this.#element)
    if (!this.#list) return this.#write()
    this.#turnItem ??= this.#list.appendItem(this.#newItem())
    this.#turnItem.setRotate(degrees, ...this.#middle)
  }

  /** At the drawn place. */
  stay(): void {
    if (Number.isNaN(this.#x)) return
    this.#x = Number.NaN
    this.#y = Number.NaN
    this.#write()
  }

  /** As drawn. */
  straighten(): void {
    if (Number.isNaN(this.#degrees)) return
    this.#degrees = Number.NaN
    this.#write()
  }

  #newItem(): SVGTransform {
    return (this.#element.ownerSVGElement ?? (this.#element as SVGSVGElement)).createSVGTransform()
  }

  /** As an attribute, from which the browser makes its list anew. */
  #write(): void {
    this.#moveItem = null
    this.#turnItem = null
    const pieces: string[] = []
    if (!Number.isNaN(this.#x)) pieces.push(`translate(${this.#x} ${this.#y})`)
    if (this.#drawn !== '') pieces.push(this.#drawn)
    if (!Number.isNaN(this.#degrees)) pieces.push(`rotate(${this.#degrees} ${this.#middle!.join(' ')})`)
    if (pieces.length === 0) this.#element.removeAttribute('transform')
    else this.#element.setAttribute('transform', pieces.join(' '))
  }
}

function middleOf(element: SVGGraphicsElement): readonly [number, number] {
  const box = element.getBBox()
  return [short(box.x + box.width / 2), short(box.y + box.height / 2)]
}

/** To hundredths: less cannot be seen. */
export function short(value: number): number {
  return Math.round(value * 100) / 100
}
