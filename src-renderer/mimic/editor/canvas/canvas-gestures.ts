// Mouse, pen and fingers on the canvas: select, move, resize, turn, rubber band, pan and zoom. One thing at a time; Escape or a
// second finger ends what was begun and leaves everything as it was.
import type { Box } from '../../drawing/mimic-box.ts'
import type { NodeKey } from '../document/source-tree.ts'
import { type Handle, handleOf } from './canvas-overlay.ts'
import type { CanvasViewport, Point } from './canvas-viewport.ts'

/** A pointer that moves less clicks; px. Fingers in gloves are not steady. */
const mouseThreshold = 3
const fingerThreshold = 8
/** A finger that rests so long on the empty page draws a rubber band instead of panning; ms. */
const longPressMs = 450

/** One thing that is done from pressing to letting go. Points are in units of the drawing. */
export interface Drag {
  move(at: Point, modifiers: Modifiers): void
  /** Keeps what was done. */
  end(): void
  /** Leaves everything as it was. */
  cancel(): void
}

export interface Modifiers {
  readonly shift: boolean
  readonly alt: boolean
}

/** What the canvas does with gestures. */
export interface GestureTargets {
  readonly isPanTool: () => boolean
  /** Node under a pointer, or the nearest within a finger's reach; null for the empty page. */
  readonly keyAt: (event: MouseEvent) => NodeKey | null
  /** True when pressing there would move something. */
  readonly canGrab: (key: NodeKey) => boolean
  /** A press and release in one place. */
  readonly click: (key: NodeKey | null, modifiers: Modifiers) => void
  readonly doubleClick: (key: NodeKey | null) => void
  readonly beginMove: (key: NodeKey, at: Point, modifiers: Modifiers) => Drag | null
  readonly beginHandle: (handle: Handle, at: Point) => Drag | null
  /** A drag of the tool in the hand (pipe); null when it is the plain one. */
  readonly beginTool: (key: NodeKey | null, at: Point) => Drag | null
  readonly hover: (at: Point) => void
  /** Rubber band; `box` null when it is over. */
  readonly band: (box: Box | null, isDone: boolean, modifiers: Modifiers) => void
}

type Phase =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'pressed'
      readonly start: PointerEvent
      readonly key: NodeKey | null
      readonly handle: Handle | null
    }
  | { readonly kind: 'dragging'; readonly drag: Drag }
  | { readonly kind: 'panning' }
  | { readonly kind: 'pinching' }

export class CanvasGestures {
  readonly #host: HTMLElement
  readonly #viewport: CanvasViewport
  readonly #targets: GestureTargets
  readonly #listening = new AbortController()
  readonly #pointers = new Map<number, Point>()
  #phase: Phase = { kind: 'idle' }
  #isSpaceHeld = false
  #frame = 0
  #longPress: ReturnType<typeof setTimeout> | null = null
  #isLongPressed = false

  constructor(host: HTMLElement, viewport: CanvasViewport, targets: GestureTargets) {
    this.#host = host
    this.#viewport = viewport
    this.#targets = targets
    const { signal } = this.#listening
    host.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    host.addEventListener('pointermove', (event) => this.#move(event), { signal })
    host.addEventListener('pointerup', (event) => this.#up(event), { signal })
    host.addEventListener('pointercancel', (event) => this.#lost(event), { signal })
    host.addEventListener('dblclick', (event) => this.#targets.doubleClick(this.#targets.keyAt(event)), {
      signal,
    })
    host.addEventListener('wheel', (event) => this.#wheel(event), { passive: false, signal })
    host.addEventListener('contextmenu', (event) => event.preventDefault(), { signal })
    addEventListener('keydown', (event) => this.#key(event), { signal })
    addEventListener('keyup', (event) => this.#key(event), { signal })
  }

  close(): void {
    this.cancel()
    this.#listening.abort()
  }

  /** Ends what was begun as if it had not been. True when there was something. */
  cancel(): boolean {
    const phase = this.#phase
    this.#forgetLongPress()
    this.#phase = { kind: 'idle' }
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#host.classList.remove('grabbing')
    if (phase.kind !== 'dragging') return false
    phase.drag.cancel()
    return true
  }

  #down(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.button > 1) return
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    this.#host.setPointerCapture(event.pointerId)
    if (this.#pointers.size > 1) {
      this.cancel()
      this.#phase = { kind: 'pinching' }
      return
    }
    if (event.button === 1 || this.#isSpaceHeld || this.#targets.isPanTool()) {
      event.preventDefault()
      this.#host.classList.add('grabbing')
      this.#phase = { kind: 'panning' }
      return
    }
    const handle = handleOf(event.target)
    const key = handle === null ? this.#targets.keyAt(event) : null
    this.#phase = { kind: 'pressed', start: event, key, handle }
    this.#isLongPressed = false
    if (event.pointerType === 'touch' && handle === null)
      this.#longPress = setTimeout(() => {
        this.#isLongPressed = true
      }, longPressMs)
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId)
    const now = { x: event.clientX, y: event.clientY }
    if (!before) {
      if (this.#phase.kind === 'idle') this.#targets.hover(this.#viewport.toDrawing(now.x, now.y))
      return
    }
    const phase = this.#phase
    if (phase.kind === 'pressed') {
      const threshold = event.pointerType === 'touch' ? fingerThreshold : mouseThreshold
      if (Math.hypot(now.x - phase.start.clientX, now.y - phase.start.clientY) < threshold) return
      this.#begin(phase, event)
    }
    if (this.#phase.kind === 'panning') this.#viewport.panBy(now.x - before.x, now.y - before.y)
    if (this.#phase.kind === 'pinching') this.#pinch(event.pointerId, before, now)
    this.#pointers.set(event.pointerId, now)
    if (this.#phase.kind === 'dragging') this.#show(this.#phase.drag, event)
  }

  #begin({ start, key, handle }: Phase & { kind: 'pressed' }, event: PointerEvent): void {
    this.#forgetLongPress()
    const at = this.#viewport.toDrawing(start.clientX, start.clientY)
    const modifiers = modifiersOf(event)
    const drag =
      handle !== null
        ? this.#targets.beginHandle(handle, at)
        : (this.#targets.beginTool(key, at) ??
          (key !== null && this.#targets.canGrab(key) ? this.#targets.beginMove(key, at, modifiers) : null))
    if (drag) this.#phase = { kind: 'dragging', drag }
    else if (handle !== null) this.#phase = { kind: 'idle' }
    else if (event.pointerType === 'touch' && !this.#isLongPressed) this.#phase = { kind: 'panning' }
    else this.#phase = { kind: 'dragging', drag: this.#bandFrom(at, modifiers) }
  }

  #bandFrom(from: Point, modifiers: Modifiers): Drag {
    let box: Box = { ...from, width: 0, height: 0 }
    return {
      move: (at) => {
        const x = Math.min(from.x, at.x)
        const y = Math.min(from.y, at.y)
        box = { x, y, width: Math.abs(at.x - from.x), height: Math.abs(at.y - from.y) }
        this.#targets.band(box, false, modifiers)
      },
      end: () => this.#targets.band(box, true, modifiers),
      cancel: () => this.#targets.band(null, false, modifiers),
    }
  }

  /** Once per frame, with where the pointer is then. */
  #show(drag: Drag, event: PointerEvent): void {
    if (this.#frame !== 0) return
    const { pointerId } = event
    const modifiers = modifiersOf(event)
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      const at = this.#pointers.get(pointerId)
      if (at && this.#phase.kind === 'dragging') drag.move(this.#viewport.toDrawing(at.x, at.y), modifiers)
    })
  }

  #up(event: PointerEvent): void {
    if (!this.#pointers.delete(event.pointerId)) return
    const phase = this.#phase
    this.#forgetLongPress()
    if (this.#pointers.size > 0) return
    this.#phase = { kind: 'idle' }
    this.#host.classList.remove('grabbing')
    if (phase.kind === 'dragging') {
      cancelAnimationFrame(this.#frame)
      this.#frame = 0
      phase.drag.move(this.#viewport.toDrawing(event.clientX, event.clientY), modifiersOf(event))
      phase.drag.end()
    } else if (phase.kind === 'pressed' && phase.handle === null) this.#targets.click(phase.key, modifiersOf(event))
  }

  #lost(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId)
    this.cancel()
  }

  #pinch(pointerId: number, before: Point, now: Point): void {
    const other = [...this.#pointers].find(([id]) => id !== pointerId)?.[1]
    if (!other) return
    const spread =
      Math.hypot(now.x - other.x, now.y - other.y) / Math.max(Math.hypot(before.x - other.x, before.y - other.y), 1)
    this.#viewport.zoomBy(spread, this.#viewport.toDrawing((now.x + other.x) / 2, (now.y + other.y) / 2))
    this.#viewport.panBy((now.x - before.x) / 2, (now.y - before.y) / 2)
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault()
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY
    if (event.shiftKey) return this.#viewport.panBy(-pixels, 0)
    const factor = Math.exp(-Math.min(Math.max(pixels, -240), 240) / 400)
    this.#viewport.zoomBy(factor, this.#viewport.toDrawing(event.clientX, event.clientY))
  }

  /** The space bar turns the hand into one that pans. */
  #key(event: KeyboardEvent): void {
    if (event.key !== ' ' || event.target !== this.#host) return
    event.preventDefault()
    this.#isSpaceHeld = event.type === 'keydown'
    this.#host.classList.toggle('panning', this.#isSpaceHeld)
  }

  #forgetLongPress(): void {
    if (this.#longPress !== null) clearTimeout(this.#longPress)
    this.#longPress = null
  }
}

function modifiersOf(event: PointerEvent): Modifiers {
  return { shift: event.shiftKey || event.ctrlKey || event.metaKey, alt: event.altKey }
}
