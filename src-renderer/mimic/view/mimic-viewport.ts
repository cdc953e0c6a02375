// Pan and zoom of a mimic: wheel, one finger or the mouse to move, two fingers to zoom, keys for those who have neither.
// Works on the viewBox, so texts stay sharp at every size.

export interface ViewBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Closest and farthest, against the whole drawing. */
const largestZoom = 12
const smallestZoom = 0.5
const keyZoom = 1.25
/** Share of the visible part that an arrow key moves. */
const keyPan = 0.1
/** A pointer that moves less clicks, one that moves more drags; CSS px. Gloves are not steady. */
const dragThreshold = 8

/** Owned by the view of one mimic; `close` takes all listeners off. */
export class MimicViewport {
  readonly #host: HTMLElement
  readonly #root: SVGSVGElement
  readonly #whole: ViewBox
  readonly #onChange: () => void
  readonly #listening = new AbortController()
  readonly #pointers = new Map<number, { x: number; y: number }>()
  #box: ViewBox
  #isDragging = false
  #start: { x: number; y: number } | null = null

  /** @param onChange after every change of what is visible */
  constructor(host: HTMLElement, root: SVGSVGElement, whole: ViewBox, onChange: () => void) {
    this.#host = host
    this.#root = root
    this.#whole = whole
    this.#onChange = onChange
    this.#box = whole
    const { signal } = this.#listening
    host.addEventListener('wheel', (event) => this.#wheel(event), { passive: false, signal })
    host.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    host.addEventListener('pointermove', (event) => this.#move(event), { signal })
    for (const type of ['pointerup', 'pointercancel'] as const)
      host.addEventListener(type, (event) => this.#up(event), { signal })
    // The click that ends a drag is no click on what lies there.
    host.addEventListener('click', (event) => this.#click(event), { capture: true, signal })
    host.addEventListener('keydown', (event) => this.#key(event), { signal })
    this.#apply(whole)
  }

  close(): void {
    this.#listening.abort()
  }

  /** What is visible, in units of the drawing. */
  get box(): ViewBox {
    return this.#box
  }

  /** CSS px of one unit of the drawing. */
  get scale(): number {
    const { clientWidth, clientHeight } = this.#host
    return Math.min(clientWidth / this.#box.width, clientHeight / this.#box.height) || 1
  }

  /** Goes to a part that was visible before. */
  show(box: ViewBox): void {
    this.#apply(box)
  }

  fit(): void {
    this.#apply(this.#whole)
  }

  /** @param at point that stays where it is, in units of the drawing; the middle when left out */
  zoomBy(factor: number, at = this.#middle()): void {
    const zoom = Math.min(Math.max((this.#whole.width / this.#box.width) * factor, smallestZoom), largestZoom)
    const width = this.#whole.width / zoom
    const height = this.#whole.height / zoom
    const share = width / this.#box.width
    this.#apply({ x: at.x - (at.x - this.#box.x) * share, y: at.y - (at.y - this.#box.y) * share, width, height })
  }

  /** Moves the visible part; units of the drawing. */
  panBy(x: number, y: number): void {
    this.#apply({ ...this.#box, x: this.#box.x + x, y: this.#box.y + y })
  }

  #apply(box: ViewBox): void {
    // At least the middle of the view stays on the drawing: nobody gets lost on an empty ground.
    const whole = this.#whole
    const x = Math.min(Math.max(box.x, whole.x - box.width / 2), whole.x + whole.width - box.width / 2)
    const y = Math.min(Math.max(box.y, whole.y - box.height / 2), whole.y + whole.height - box.height / 2)
    this.#box = { x, y, width: box.width, height: box.height }
    this.#root.setAttribute(
      'viewBox',
      [x, y, box.width, box.height].map((value) => Math.round(value * 100) / 100).join(' '),
    )
    this.#onChange()
  }

  #middle(): { x: number; y: number } {
    return { x: this.#box.x + this.#box.width / 2, y: this.#box.y + this.#box.height / 2 }
  }

  /** A point of the page in units of the drawing (`preserveAspectRatio` centres the drawing). */
  #toDrawing(clientX: number, clientY: number): { x: number; y: number } {
    const bounds = this.#host.getBoundingClientRect()
    const { scale } = this
    const middle = this.#middle()
    return {
      x: middle.x + (clientX - bounds.left - bounds.width / 2) / scale,
      y: middle.y + (clientY - bounds.top - bounds.height / 2) / scale,
    }
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault()
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY
    this.zoomBy(Math.exp(-Math.min(Math.max(pixels, -240), 240) / 400), this.#toDrawing(event.clientX, event.clientY))
  }

  #down(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.button > 1) return
    if (this.#pointers.size === 0) {
      this.#isDragging = false
      this.#start = { x: event.clientX, y: event.clientY }
    }
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId)
    if (!before) return
    const now = { x: event.clientX, y: event.clientY }
    const isFar = this.#start !== null && Math.hypot(now.x - this.#start.x, now.y - this.#start.y) > dragThreshold
    if (!this.#isDragging && (isFar || this.#pointers.size > 1)) {
      this.#isDragging = true
      this.#host.setPointerCapture(event.pointerId)
    }
    if (!this.#isDragging) return
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1]
    this.#pointers.set(event.pointerId, now)
    const { scale } = this
    if (!other) return this.panBy((before.x - now.x) / scale, (before.y - now.y) / scale)
    const spread =
      Math.hypot(now.x - other.x, now.y - other.y) / Math.max(Math.hypot(before.x - other.x, before.y - other.y), 1)
    this.zoomBy(spread, this.#toDrawing((now.x + other.x) / 2, (now.y + other.y) / 2))
    this.panBy((before.x - now.x) / 2 / this.scale, (before.y - now.y) / 2 / this.scale)
  }

  #up(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId)
    this.#start = null
  }

  #click(event: MouseEvent): void {
    if (!this.#isDragging) return
    this.#isDragging = false
    event.stopPropagation()
    event.preventDefault()
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const stepX = this.#box.width * keyPan
    const stepY = this.#box.height * keyPan
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => this.zoomBy(keyZoom),
      '=': () => this.zoomBy(keyZoom),
      '-': () => this.zoomBy(1 / keyZoom),
      '0': () => this.fit(),
      ArrowLeft: () => this.panBy(-stepX, 0),
      ArrowRight: () => this.panBy(stepX, 0),
      ArrowUp: () => this.panBy(0, -stepY),
      ArrowDown: () => this.panBy(0, stepY),
    }
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined
    if (!action) return
    event.preventDefault()
    action()
  }
}
