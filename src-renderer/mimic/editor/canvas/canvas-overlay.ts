// What lies over the drawing while it is edited: frames of what is selected, handles, guide lines, the rubber band, connection
// points. Drawn in CSS px of the host, so handles are as large as a finger at every zoom.
import { type G, type Path, SVG, type Svg } from '@svgdotjs/svg.js'
import type { Point } from './canvas-viewport.ts'

export const resizeHandles = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const
export type ResizeHandle = (typeof resizeHandles)[number]
export type Handle = ResizeHandle | 'rotate'

/** Corners of a frame in host px: upper left, upper right, lower right, lower left; turned with what it frames. */
export type Frame = readonly [Point, Point, Point, Point]

/** A guide line in host px. */
export interface GuideLine {
  readonly from: Point
  readonly to: Point
}

/** Half a touch target, px (WCAG 2.5.5: 44 px). */
const fingerRadius = 22
const mouseRadius = 9
const squareSide = 9
/** Distance of the turning handle from the frame; px. */
const rotateDistance = 30
/** More frames than this are shown as one: thousands of outlines say nothing. */
const mostFrames = 200

export class CanvasOverlay {
  readonly #root: Svg
  readonly #frames: Path
  readonly #guides: Path
  readonly #band: Path
  readonly #handles: G
  readonly #ports: G
  readonly #isTouch = globalThis.matchMedia?.('(any-pointer: coarse)').matches ?? false

  constructor(host: HTMLElement) {
    this.#root = SVG().addTo(host).addClass('overlay').attr('aria-hidden', 'true')
    this.#root.size('100%', '100%')
    this.#frames = this.#root.path('').addClass('frames')
    this.#guides = this.#root.path('').addClass('guides')
    this.#band = this.#root.path('').addClass('band')
    this.#ports = this.#root.group().addClass('ports')
    this.#handles = this.#root.group().addClass('handles')
  }

  close(): void {
    this.#root.remove()
  }

  /**
   * @param frames one per selected element
   * @param whole frame that carries the handles; null = none
   * @param canResize whether sizes of what is selected can be changed at all
   */
  showFrames(frames: readonly Frame[], whole: Frame | null, canResize: boolean): void {
    const shown = frames.length > mostFrames && whole ? [whole] : frames
    this.#frames.attr('d', [...shown, ...(whole ? [whole] : [])].map(closedPath).join(''))
    this.#handles.clear()
    if (!whole) return
    const [nw, ne, se, sw] = whole
    const middle = between(nw, se)
    const places: Readonly<Record<ResizeHandle, Point>> = {
      nw,
      ne,
      se,
      sw,
      n: between(nw, ne),
      e: between(ne, se),
      s: between(se, sw),
      w: between(nw, sw),
    }
    const width = distance(nw, ne)
    const height = distance(nw, sw)
    const room = this.#isTouch ? fingerRadius * 2 : squareSide * 3
    if (canResize)
      for (const handle of resizeHandles) {
        if ((handle === 'n' || handle === 's') && width < room * 2) continue
        if ((handle === 'e' || handle === 'w') && height < room * 2) continue
        // On a finger's screen handles stand outside, so that a small thing can still be grabbed itself.
        const place = this.#isTouch ? outwards(middle, places[handle], fingerRadius * 0.8) : places[handle]
        this.#handle(handle, place, 'rect')
      }
    this.#handle('rotate', outwards(middle, places.n, rotateDistance + (this.#isTouch ? fingerRadius : 0)), 'circle')
  }

  showGuides(lines: readonly GuideLine[]): void {
    this.#guides.attr('d', lines.map(({ from, to }) => `M${at(from)}L${at(to)}`).join(''))
  }

  /** Host px; null takes it away. */
  showBand(frame: Frame | null): void {
    this.#band.attr('d', frame ? closedPath(frame) : '')
  }

  /** Connection points that a pipe can begin or end at; the near one is marked. */
  showPorts(points: readonly Point[], near: Point | null): void {
    this.#ports.clear()
    for (const point of points) this.#ports.circle(8).center(point.x, point.y)
    if (near) this.#ports.circle(16).center(near.x, near.y).addClass('near')
  }

  #handle(name: Handle, place: Point, shape: 'rect' | 'circle'): void {
    const group = this.#handles.group().addClass(`handle ${name}`).attr('data-handle', name)
    const radius = this.#isTouch ? fingerRadius : mouseRadius
    group
      .circle(radius * 2)
      .center(place.x, place.y)
      .addClass('hit')
    if (shape === 'rect') group.rect(squareSide, squareSide).center(place.x, place.y).addClass('knob')
    else
      group
        .circle(squareSide + 2)
        .center(place.x, place.y)
        .addClass('knob')
  }
}

/** The handle under a pointer. */
export function handleOf(target: EventTarget | null): Handle | null {
  return target instanceof Element
    ? ((target.closest('[data-handle]')?.getAttribute('data-handle') as Handle | undefined) ?? null)
    : null
}

function closedPath(frame: Frame): string {
  return `M${frame.map(at).join('L')}Z`
}

function at({ x, y }: Point): string {
  return `${Math.round(x) + 0.5} ${Math.round(y) + 0.5}`
}

function between(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

function outwards(middle: Point, point: Point, by: number): Point {
  const length = distance(middle, point)
  if (length === 0) return { x: point.x, y: point.y - by }
  return { x: point.x + ((point.x - middle.x) / length) * by, y: point.y + ((point.y - middle.y) / length) * by }
}
