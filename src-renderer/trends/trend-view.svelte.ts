// Where one looks: the span, whether it follows the time, rulers, brushed span, pens. Everything that is in the link of a view.
import { defaultTrendSpanMs, type MarkerKind } from '../../src-main/shared/trend-group.ts'
import type { Pen } from './pen.ts'
import { longestSpanMs, shortestSpanMs, type TrendLink } from './trend-link.ts'

/** Room to the right of now while following, share of the span: the newest value is not at the very edge. */
const liveRoom = 0.02
/** How far beyond now one may look, share of the span. */
const futureRoom = 0.5

export class TrendView {
  readonly #now: () => number
  #from = $state(0)
  #to = $state(0)
  #isLive = $state(true)
  pens = $state.raw<readonly Pen[]>([])
  /** Only this pen is drawn; null = all. */
  solo = $state<string | null>(null)
  /** The pen whose samples the ruler steps over; null = the first. */
  chosen = $state<string | null>(null)
  markers = $state.raw<readonly MarkerKind[]>([])
  /** Another span is laid over this one, so much earlier; ms; null = none. */
  overlayMs = $state<number | null>(null)
  ruler = $state<number | null>(null)
  secondRuler = $state<number | null>(null)
  selection = $state.raw<{ readonly from: number; readonly to: number } | null>(null)
  ownAxes = $state(false)
  /** Limits of alarms are drawn. */
  limits = $state(false)

  /** @param now the runtime's clock; ms */
  constructor(now: () => number, spanMs = defaultTrendSpanMs) {
    this.#now = now
    this.#follow(spanMs)
  }

  /** Reactive; ms. */
  get from(): number {
    return this.#from
  }

  /** Reactive; ms. */
  get to(): number {
    return this.#to
  }

  get span(): number {
    return this.#to - this.#from
  }

  /** Reactive: the window follows the time. */
  get isLive(): boolean {
    return this.#isLive
  }

  /** The time went on. */
  tick(): void {
    if (this.#isLive) this.#follow(this.span)
  }

  goLive(): void {
    this.#isLive = true
    this.#follow(this.span)
  }

  /** Stands still here. */
  hold(): void {
    this.#isLive = false
  }

  /** Moves the window; ms, positive = later. Following ends. */
  pan(ms: number): void {
    this.#isLive = false
    this.#set(this.#from + ms, this.#to + ms)
  }

  /**
   * Makes the span so many times as long around an instant, which stays where it is on screen. While following the newest value
   * stays where it is, unless the instant is given.
   */
  zoom(factor: number, around?: number): void {
    const span = Math.min(longestSpanMs, Math.max(shortestSpanMs, this.span * factor))
    if (this.#isLive && (around === undefined || around >= this.#now() - this.span * 0.1)) return this.#follow(span)
    const fixed = around ?? (this.#from + this.#to) / 2
    const share = (fixed - this.#from) / this.span
    this.#isLive = false
    this.#set(fixed - span * share, fixed + span * (1 - share))
  }

  /** A window of this width: following when it was, else around its middle. */
  setSpan(spanMs: number): void {
    this.zoom(spanMs / this.span)
  }

  /** A fixed window. */
  show(from: number, to: number): void {
    this.#isLive = false
    const span = Math.min(longestSpanMs, Math.max(shortestSpanMs, to - from))
    this.#set(from, from + span)
  }

  /** Brings an instant into the window when it is outside, into its middle. */
  reveal(timestamp: number): void {
    if (timestamp >= this.#from && timestamp <= this.#to) return
    this.pan(timestamp - (this.#from + this.#to) / 2)
  }

  /** Takes over what a link says; what it does not say is as at first. */
  apply(
    link: TrendLink,
    otherwise: { readonly spanMs: number; readonly pens: readonly Pen[]; readonly markers: readonly MarkerKind[] },
  ): void {
    this.pens = link.pens ?? otherwise.pens
    this.markers = link.markers ?? otherwise.markers
    this.overlayMs = link.overlayMs ?? null
    this.ruler = link.ruler ?? null
    this.secondRuler = link.secondRuler ?? null
    this.ownAxes = link.ownAxes ?? false
    this.limits = link.limits ?? false
    this.selection = null
    this.solo = null
    if (link.from !== undefined && link.to !== undefined) {
      this.#isLive = false
      this.#set(link.from, link.to)
    } else {
      this.#isLive = true
      this.#follow(link.spanMs ?? otherwise.spanMs)
    }
  }

  /** The view as a link says it. */
  get link(): TrendLink {
    return {
      pens: this.pens,
      from: this.#isLive ? undefined : this.#from,
      to: this.#isLive ? undefined : this.#to,
      spanMs: this.#isLive ? this.span : undefined,
      markers: this.markers,
      overlayMs: this.overlayMs ?? undefined,
      ruler: this.ruler ?? undefined,
      secondRuler: this.secondRuler ?? undefined,
      ownAxes: this.ownAxes || undefined,
      limits: this.limits || undefined,
    }
  }

  changePen(tag: string, change: Partial<Pen>): void {
    this.pens = this.pens.map((pen) => (pen.tag === tag ? { ...pen, ...change } : pen))
  }

  removePen(tag: string): void {
    this.pens = this.pens.filter((pen) => pen.tag !== tag)
    if (this.solo === tag) this.solo = null
    if (this.chosen === tag) this.chosen = null
  }

  #follow(span: number): void {
    const to = this.#now() + span * liveRoom
    this.#from = to - span
    this.#to = to
  }

  #set(from: number, to: number): void {
    const span = to - from
    const latest = this.#now() + span * futureRoom
    const moved = Math.max(0, Math.min(from, latest - span))
    this.#from = Math.round(moved)
    this.#to = Math.round(moved + span)
  }
}
