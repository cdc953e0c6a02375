// Pan and zoom of a mimic: wheel, one finger or the mouse to move, two fingers to zoom, keys for those who have neither.
// Works on the viewBox, so texts stay sharp at every size; a large drawing is moved as a picture until the hand rests.

export interface ViewBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Closest and farthest, against the whole drawing; a large drawing may be looked at until 1 unit is {@link closestScale} px. */
const largestZoom = 12
const smallestZoom = 0.5
const closestScale = 4
const keyZoom = 1.25
/** Share of the visible part that an arrow key moves. */
const keyPan = 0.1
/** A pointer that moves less clicks, one that moves more drags; CSS px. Gloves are not steady. */
const dragThreshold = 8
/** From so many elements on, drawing them anew takes longer than a frame. */
const heavyElementCount = 1500
/** A gesture is over when nothing came for so long; ms. */
const restMs = 250
/** A picture enlarged or reduced by more is drawn anew. */
const largestStretch = 3
/** Two taps so close in time and place fit the drawing to the screen; ms and CSS px. */
const doubleTapMs = 400
const doubleTapDistance = 40
/** What is revealed takes at most this share of the view, and stands in its middle. */
const revealedShare = 0.35
/** Lower than this it is made larger; CSS px. */
const smallestRevealedPx = 12

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
  readonly #isHeavy: boolean
  /** What the viewBox says; other than {@link box} while the drawing is moved as a picture. */
  #drawn: ViewBox
  #restTimer: ReturnType<typeof setTimeout> | null = null
  #lastTap: { readonly x: number; readonly y: number; readonly time: number } | null = null

  /** @param onChange after every change of what is visible */
  constructor(host: HTMLElement, root: SVGSVGElement, whole: ViewBox, onChange: () => void) {
    this.#host = host
    this.#root = root
    this.#whole = whole
    this.#onChange = onChange
    this.#box = whole
    this.#drawn = whole
    this.#isHeavy = root.getElementsByTagName('*').length >= heavyElementCount
    const { signal } = this.#listening
    host.addEventListener('wheel', (event) => this.#wheel(event), { passive: false, signal })
    host.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    host.addEventListener('pointermove', (event) => this.#move(event), { signal })
    host.addEventListener('pointerup', (event) => this.#up(event), { signal })
    // A gesture the system takes over, or a pointer that leaves, acts on nothing.
    for (const type of ['pointercancel', 'lostpointercapture'] as const)
      host.addEventListener(type, (event) => this.#forget(event), { signal })
    host.addEventListener('pointerleave', (event) => this.#isDragging || this.#forget(event), { signal })
    // The click that ends a drag is no click on what lies there.
    host.addEventListener('click', (event) => this.#click(event), { capture: true, signal })
    host.addEventListener('keydown', (event) => this.#key(event), { signal })
    this.#apply(whole)
  }

  close(): void {
    this.#listening.abort()
    if (this.#restTimer !== null) clearTimeout(this.#restTimer)
    this.#restTimer = null
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

  /** How much larger than the whole drawing fitted; 1 = all of it is visible. */
  get magnification(): number {
    return this.#whole.width / this.#box.width
  }

  /** All that can be seen, the strips beside the box too. */
  get visible(): ViewBox {
    const { clientWidth, clientHeight } = this.#host
    const { scale } = this
    const width = Math.max(clientWidth / scale, this.#box.width)
    const height = Math.max(clientHeight / scale, this.#box.height)
    const middle = this.#middle()
    return { x: middle.x - width / 2, y: middle.y - height / 2, width, height }
  }

  /** True while nothing of the drawing is out of view. */
  get showsAll(): boolean {
    const { x, y, width, height } = this.visible
    const whole = this.#whole
    return x <= whole.x && y <= whole.y && x + width >= whole.x + whole.width && y + height >= whole.y + whole.height
  }

  /**
   * Brings a place into view: as near as now where it is in view already and large enough to be found, else in the middle.
   * @param least magnification it needs to be shown at all
   */
  reveal(place: ViewBox, least: number): void {
    const { visible } = this
    const isIn =
      place.x >= visible.x &&
      place.y >= visible.y &&
      place.x + place.width <= visible.x + visible.width &&
      place.y + place.height <= visible.y + visible.height
    const fitting = Math.min(
      (this.#whole.width * revealedShare) / Math.max(place.width, 1e-9),
      (this.#whole.height * revealedShare) / Math.max(place.height, 1e-9),
    )
    const { magnification } = this
    const isTooSmall = place.height * this.scale < smallestRevealedPx
    if (isIn && !isTooSmall && magnification >= least) return
    const comfortable = Math.min(
      fitting,
      isTooSmall ? magnification * (smallestRevealedPx / (place.height * this.scale || 1)) : magnification,
    )
    const zoom = this.#limited(Math.max(comfortable, least, Math.min(magnification, fitting)))
    const width = this.#whole.width / zoom
    const height = this.#whole.height / zoom
    this.#apply({
      x: place.x + place.width / 2 - width / 2,
      y: place.y + place.height / 2 - height / 2,
      width,
      height,
    })
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
    const zoom = this.#limited(this.magnification * factor)
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
    // One step is drawn at once; those that follow closely are a gesture.
    const isGesture = this.#isHeavy && this.#restTimer !== null
    if (this.#isHeavy) this.#restLater()
    if (isGesture && this.#stretch < largestStretch && this.#stretch > 1 / largestStretch) this.#movePicture()
    else this.#drawAnew()
    this.#onChange()
  }

  /** How much larger the picture is than it was drawn. */
  get #stretch(): number {
    return this.#drawn.width / this.#box.width
  }

  /** The compositor moves what is painted already, beyond the edges too. */
  #movePicture(): void {
    const { style } = this.#root
    const { scale } = this
    const drawn = { x: this.#drawn.x + this.#drawn.width / 2, y: this.#drawn.y + this.#drawn.height / 2 }
    const middle = this.#middle()
    style.willChange = 'transform'
    style.overflow = 'visible'
    style.transform = `translate(${(drawn.x - middle.x) * scale}px, ${(drawn.y - middle.y) * scale}px) scale(${this.#stretch})`
  }

  #drawAnew(): void {
    const { x, y, width, height } = this.#box
    this.#drawn = this.#box
    for (const property of ['transform', 'will-change', 'overflow']) this.#root.style.removeProperty(property)
    this.#root.setAttribute('viewBox', [x, y, width, height].map((value) => Math.round(value * 100) / 100).join(' '))
  }

  #restLater(): void {
    if (this.#restTimer !== null) clearTimeout(this.#restTimer)
    this.#restTimer = setTimeout(() => {
      this.#restTimer = null
      // A finger that holds still goes on in a moment.
      if (this.#isDragging && this.#pointers.size > 0) return this.#restLater()
      if (this.#drawn !== this.#box) this.#drawAnew()
    }, restMs)
  }

  #limited(zoom: number): number {
    const fitted = Math.min(
      this.#host.clientWidth / this.#whole.width || 1,
      this.#host.clientHeight / this.#whole.height || 1,
    )
    return Math.min(Math.max(zoom, smallestZoom), Math.max(largestZoom, closestScale / fitted))
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
    // A pen or finger more than two is a palm.
    if (this.#pointers.size >= 2) return
    if (this.#pointers.size === 0) {
      this.#isDragging = false
      this.#start = { x: event.clientX, y: event.clientY }
    }
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId)
    if (!before) return
    // Released outside of the window: nobody said so.
    if (event.pointerType === 'mouse' && event.buttons === 0) return this.#forget(event)
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
    const isTap = !this.#isDragging && this.#pointers.size === 1
    this.#forget(event)
    if (isTap && event.button === 0) this.#tap(event)
  }

  #forget(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId)
    if (this.#pointers.size === 0) this.#start = null
  }

  /** Twice on the ground fits the drawing; on a button a double tap is two taps. */
  #tap({ target, clientX: x, clientY: y, timeStamp: time }: PointerEvent): void {
    const last = this.#lastTap
    const isOnButton = target instanceof Element && target.closest('[role="button"]') !== null
    this.#lastTap = isOnButton ? null : { x, y, time }
    if (isOnButton || last === null || time - last.time > doubleTapMs) return
    if (Math.hypot(x - last.x, y - last.y) > doubleTapDistance) return
    this.#lastTap = null
    this.fit()
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
      Home: () => this.fit(),
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
