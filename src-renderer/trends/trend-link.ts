// A view of a trend as the end of an address, and back: every view can be sent, bookmarked and reloaded.
import { type MarkerKind, markerKinds, penStyles } from '../../src-main/shared/trend-group.ts'
import { mostPens, newPen, type Pen } from './pen.ts'

/** What a link says; undefined = it does not say. */
export interface TrendLink {
  readonly pens?: readonly Pen[] | undefined
  /** A fixed span; ms. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Width of a window that follows the time; ms. Counts when `from` and `to` are not both there. */
  readonly spanMs?: number | undefined
  readonly markers?: readonly MarkerKind[] | undefined
  /** Another span laid over this one begins so much earlier; ms. */
  readonly overlayMs?: number | undefined
  readonly ruler?: number | undefined
  readonly secondRuler?: number | undefined
  /** Each pen its own axis, instead of one for each unit. */
  readonly ownAxes?: boolean | undefined
  /** Limits of alarms are drawn. */
  readonly limits?: boolean | undefined
}

/** Names in the address; null takes one out of it. */
export type LinkParameters = Readonly<
  Record<'pens' | 'from' | 'to' | 'span' | 'marks' | 'overlay' | 'ruler' | 'ruler2' | 'axes' | 'limits', string | null>
>

/** Shortest and longest window; ms. */
export const shortestSpanMs = 10
export const longestSpanMs = 30 * 366 * 86_400_000

/**
 * The view as parameters. A pen is its name, then what differs from the usual after `~`: `c3` colour, `a2` axis, `l0..100` range
 * by hand, `sstep` style, `h` hidden. Times are RFC 3339 in UTC, durations ms.
 */
export function linkParameters(link: TrendLink): LinkParameters {
  const isFixed = link.from !== undefined && link.to !== undefined
  return {
    pens: link.pens && link.pens.length > 0 ? link.pens.map(penText).join(',') : null,
    from: isFixed ? new Date(link.from!).toISOString() : null,
    to: isFixed ? new Date(link.to!).toISOString() : null,
    span: isFixed || link.spanMs === undefined ? null : String(Math.round(link.spanMs)),
    marks: link.markers === undefined ? null : link.markers.join(',') || 'none',
    overlay: link.overlayMs === undefined ? null : String(Math.round(link.overlayMs)),
    ruler: link.ruler === undefined ? null : new Date(link.ruler).toISOString(),
    ruler2: link.secondRuler === undefined ? null : new Date(link.secondRuler).toISOString(),
    axes: link.ownAxes ? 'own' : null,
    limits: link.limits ? 'on' : null,
  }
}

/** What the parameters say; what cannot be read is left out, so that a link typed half wrongly still shows the rest. */
export function readLink(parameters: Readonly<Record<string, string>>): TrendLink {
  const from = readTime(parameters.from)
  const to = readTime(parameters.to)
  const isFixed = from !== undefined && to !== undefined && to - from >= shortestSpanMs && to - from <= longestSpanMs
  const span = readNumber(parameters.span)
  const overlay = readNumber(parameters.overlay)
  return {
    pens: parameters.pens === undefined ? undefined : readPens(parameters.pens),
    from: isFixed ? from : undefined,
    to: isFixed ? to : undefined,
    spanMs: span !== undefined && span >= shortestSpanMs && span <= longestSpanMs ? span : undefined,
    markers:
      parameters.marks === undefined
        ? undefined
        : markerKinds.filter((kind) => parameters.marks!.split(',').includes(kind)),
    overlayMs: overlay !== undefined && overlay > 0 ? overlay : undefined,
    ruler: readTime(parameters.ruler),
    secondRuler: readTime(parameters.ruler2),
    ownAxes: parameters.axes === undefined ? undefined : parameters.axes === 'own',
    limits: parameters.limits === undefined ? undefined : parameters.limits === 'on',
  }
}

function penText(pen: Pen): string {
  const parts = [`c${pen.color}`]
  if (pen.axis !== null) parts.push(`a${pen.axis}`)
  if (pen.low !== null && pen.high !== null) parts.push(`l${pen.low}..${pen.high}`)
  if (pen.style !== null) parts.push(`s${pen.style}`)
  if (pen.isHidden) parts.push('h')
  return `${encodeURIComponent(pen.tag).replaceAll('~', '%7E')}~${parts.join('~')}`
}

function readPens(text: string): readonly Pen[] {
  const pens: Pen[] = []
  for (const part of text.split(',')) {
    const [name = '', ...options] = part.split('~')
    const tag = decoded(name)
    if (tag === '' || pens.length >= mostPens || pens.some((pen) => pen.tag === tag)) continue
    pens.push(options.reduce(withOption, newPen(tag, pens)))
  }
  return pens
}

function withOption(pen: Pen, option: string): Pen {
  const rest = option.slice(1)
  switch (option[0]) {
    case 'c':
      return /^([1-9]|1[0-2])$/.test(rest) ? { ...pen, color: Number(rest) } : pen
    case 'a':
      return /^[1-8]$/.test(rest) ? { ...pen, axis: Number(rest) } : pen
    case 'l': {
      const [low, high] = rest.split('..').map(Number)
      return low !== undefined && high !== undefined && low < high ? { ...pen, low, high } : pen
    }
    case 's': {
      const style = penStyles.find((one) => one === rest)
      return style ? { ...pen, style } : pen
    }
    case 'h':
      return { ...pen, isHidden: true }
    default:
      return pen
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Typed by hand with a lone %: taken as it stands.
    return text
  }
}

function readTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isFinite(time) ? time : undefined
}

function readNumber(text: string | undefined): number | undefined {
  const number = Number(text)
  return text !== undefined && Number.isFinite(number) ? number : undefined
}
