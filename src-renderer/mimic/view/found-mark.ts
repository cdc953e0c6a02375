// What was looked for is outlined for some seconds: dark and light beside each other, so that it is seen on every ground and is
// no alarm's colour. It does not blink: only unacknowledged alarms do.
import type { Box } from '../drawing/mimic-box.ts'
import { make } from '../marks/mimic-marks.ts'

/** How long it stands; ms. */
const shownMs = 8000
/** Distance from the element, CSS px. */
const gap = 8

/** Owned by the screen of one mimic; `close` takes it away. */
export class FoundMark {
  readonly #root: SVGSVGElement
  #mark: SVGGElement | null = null
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(root: SVGSVGElement) {
    this.#root = root
  }

  /**
   * @param scale CSS px of one unit of the drawing
   * @param onGone it has stood long enough
   */
  show(box: Box, scale: number, onGone: () => void): void {
    this.close()
    const pad = gap / scale
    const outline = {
      x: box.x - pad,
      y: box.y - pad,
      width: box.width + 2 * pad,
      height: box.height + 2 * pad,
      rx: pad / 2,
    }
    const mark = make('g', { class: 'ls-found', 'pointer-events': 'none', 'aria-hidden': 'true' })
    mark.append(
      make('rect', { ...outline, class: 'ls-found-ground' }),
      make('rect', { ...outline, class: 'ls-found-line' }),
    )
    this.#root.append(mark)
    this.#mark = mark
    this.#timer = setTimeout(() => {
      this.close()
      onGone()
    }, shownMs)
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#mark?.remove()
    this.#mark = null
  }
}
