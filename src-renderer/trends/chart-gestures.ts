// Wheel, drag, pinch and tap on the chart. Everything here can also be done with buttons and keys (WCAG 2.5.7).

/** What a gesture may do; times in ms. */
export interface GestureTarget {
  /** Time at a position from the left edge of the lines; CSS px. */
  timeAt(x: number): number
  /** CSS px of the lines. */
  readonly width: number
  readonly span: number
  pan(ms: number): void
  zoom(factor: number, around: number): void
  /** A tap; `y` from the top of the lines. */
  tap(time: number, x: number, y: number): void
  /** The ruler under the finger, if any. */
  rulerNear(x: number, reach: number): 'first' | 'second' | null
  moveRuler(which: 'first' | 'second', time: number): void
  /** Brushes a span: while it grows, and when it is done. */
  brush(from: number, to: number): void
  /** Dragging brushes instead of moving. */
  readonly isBrushing: boolean
}

/** A movement shorter than this is a tap; CSS px. */
const tapPx = 6
/** How near a ruler is taken; a finger is wider than a pointer; CSS px. */
const pointerReachPx = 8
const fingerReachPx = 22
/** One notch of a wheel. */
const notchPx = 100
const zoomPerNotch = 1.25

type Mode = 'undecided' | 'pan' | 'brush' | 'first' | 'second' | 'pinch'

/** Listens on an element whose left edge is that of the lines; returns the way to stop. */
export function listenToGestures(element: HTMLElement, target: GestureTarget): () => void {
  const listening = new AbortController()
  const { signal } = listening
  const pointers = new Map<number, { x: number; y: number }>()
  let mode: Mode = 'undecided'
  let start = { x: 0, y: 0, time: 0 }
  let lastX = 0
  let pinch = { distance: 0, center: 0 }

  const place = (event: PointerEvent | WheelEvent) => {
    const box = element.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const pinchNow = () => {
    const [a, b] = [...pointers.values()]
    return { distance: Math.max(10, Math.hypot(a!.x - b!.x, a!.y - b!.y)), center: (a!.x + b!.x) / 2 }
  }

  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      const at = place(event)
      pointers.set(event.pointerId, at)
      element.setPointerCapture(event.pointerId)
      if (pointers.size === 2) {
        mode = 'pinch'
        pinch = pinchNow()
        return
      }
      start = { ...at, time: target.timeAt(at.x) }
      lastX = at.x
      const reach = event.pointerType === 'touch' ? fingerReachPx : pointerReachPx
      mode = target.rulerNear(at.x, reach) ?? (event.shiftKey || target.isBrushing ? 'brush' : 'undecided')
    },
    { signal },
  )
  element.addEventListener(
    'pointermove',
    (event) => {
      if (!pointers.has(event.pointerId)) return
      const at = place(event)
      pointers.set(event.pointerId, at)
      if (mode === 'pinch') {
        if (pointers.size < 2) return
        const now = pinchNow()
        target.zoom(pinch.distance / now.distance, target.timeAt(now.center))
        target.pan(((pinch.center - now.center) / target.width) * target.span)
        pinch = now
        return
      }
      if (mode === 'undecided' && Math.hypot(at.x - start.x, at.y - start.y) > tapPx) mode = 'pan'
      if (mode === 'pan') target.pan(((lastX - at.x) / target.width) * target.span)
      else if (mode === 'brush') {
        const time = target.timeAt(at.x)
        if (Math.abs(at.x - start.x) > tapPx) target.brush(Math.min(start.time, time), Math.max(start.time, time))
      } else if (mode === 'first' || mode === 'second') target.moveRuler(mode, target.timeAt(at.x))
      lastX = at.x
    },
    { signal },
  )
  const ended = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return
    const at = place(event)
    const isTap = event.type === 'pointerup' && mode === 'undecided'
    if (pointers.size === 0) mode = 'undecided'
    if (isTap) target.tap(target.timeAt(at.x), at.x, at.y)
  }
  element.addEventListener('pointerup', ended, { signal })
  element.addEventListener('pointercancel', ended, { signal })
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const unit =
        event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1
      const dx = event.deltaX * unit
      const dy = event.deltaY * unit
      if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) {
        target.pan((((event.shiftKey && dx === 0 ? dy : dx) / notchPx) * target.span) / 10)
      } else if (dy !== 0) {
        target.zoom(zoomPerNotch ** (Math.max(-400, Math.min(400, dy)) / notchPx), target.timeAt(place(event).x))
      }
    },
    { signal, passive: false },
  )
  return () => listening.abort()
}
