// Which part of a drawing the editor shows and how large. Units of the drawing on one side, CSS px of the host on the other; the
// page may be left by any distance, because things are put down beside it.
import type { Box } from '../../drawing/mimic-box.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** CSS px of one unit of the drawing. */
const smallestScale = 0.05
const largestScale = 20
/** Share of the host that stays free around what is fitted. */
const margin = 0.04

/** Owned by the canvas. `onChange` comes after every change. */
export class CanvasViewport {
  readonly #host: HTMLElement
  readonly #onChange: () => void
  #scale = 1
  #left = 0
  #top = 0

  constructor(host: HTMLElement, onChange: () => void) {
    this.#host = host
    this.#onChange = onChange
  }

  get scale(): number {
    return this.#scale
  }

  /** What is visible, in units of the drawing. */
  get box(): Box {
    return {
      x: this.#left,
      y: this.#top,
      width: this.#host.clientWidth / this.#scale,
      height: this.#host.clientHeight / this.#scale,
    }
  }

  /** A point of the page (clientX, clientY) in units of the drawing. */
  toDrawing(clientX: number, clientY: number): Point {
    const bounds = this.#host.getBoundingClientRect()
    return {
      x: this.#left + (clientX - bounds.left) / this.#scale,
      y: this.#top + (clientY - bounds.top) / this.#scale,
    }
  }

  /** A point of the drawing in CSS px of the host. */
  toHost({ x, y }: Point): Point {
    return { x: (x - this.#left) * this.#scale, y: (y - this.#top) * this.#scale }
  }

  /** Moves what is seen; CSS px. */
  panBy(x: number, y: number): void {
    this.#left -= x / this.#scale
    this.#top -= y / this.#scale
    this.#onChange()
  }

  /** @param at point of the drawing that stays where it is on screen; the middle when left out */
  zoomBy(factor: number, at: Point = this.middle): void {
    const scale = Math.min(Math.max(this.#scale * factor, smallestScale), largestScale)
    const share = this.#scale / scale
    this.#left = at.x - (at.x - this.#left) * share
    this.#top = at.y - (at.y - this.#top) * share
    this.#scale = scale
    this.#onChange()
  }

  /** Shows all of a box, as large as it fits. */
  fit(box: Box): void {
    const { clientWidth, clientHeight } = this.#host
    const scale = Math.min(clientWidth / (box.width || 1), clientHeight / (box.height || 1)) * (1 - margin)
    this.#scale = Math.min(Math.max(scale || 1, smallestScale), largestScale)
    this.#left = box.x + box.width / 2 - clientWidth / this.#scale / 2
    this.#top = box.y + box.height / 2 - clientHeight / this.#scale / 2
    this.#onChange()
  }

  /** Moves as little as needed so that a box is seen; zooms out only when it is larger than the view. */
  reveal(box: Box): void {
    const seen = this.box
    if (box.width > seen.width || box.height > seen.height) return this.fit(box)
    const left = Math.min(Math.max(this.#left, box.x + box.width - seen.width), box.x)
    const top = Math.min(Math.max(this.#top, box.y + box.height - seen.height), box.y)
    if (left === this.#left && top === this.#top) return
    this.#left = left
    this.#top = top
    this.#onChange()
  }

  get middle(): Point {
    const { x, y, width, height } = this.box
    return { x: x + width / 2, y: y + height / 2 }
  }
}
