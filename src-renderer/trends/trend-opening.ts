// The way to a trend from anywhere: the address of a trend of these tags, following the time or around an instant.
import { linkTo } from '../ui/route.svelte.ts'
import { mostPens, pensOfTags } from './pen.ts'
import { linkParameters, shortestSpanMs, type TrendLink } from './trend-link.ts'

/** The `href` of a trend of the last hour of these tags. */
export function trendLink(tags: readonly string[]): string {
  const { pens: text } = linkParameters({ pens: pensOfTags(tags) })
  return text === null ? linkTo('trend') : `${linkTo('trend')}?${new URLSearchParams({ pens: text })}`
}

/** How much is seen on each side of an instant; ms. */
const aroundMs = 10 * 60_000

/** The `href` of a trend of a tag with the ruler at an instant (ms) and what came before and after it. */
export function trendLinkAt(tag: string, timestamp: number): string {
  const view: TrendLink = {
    pens: pensOfTags([tag]),
    from: timestamp - aroundMs,
    to: timestamp + aroundMs,
    ruler: timestamp,
    markers: ['alarm'],
  }
  return linkOf(view)
}

/** The `href` of a trend of these tags over exactly this time; ms. More tags than a trend has pens are left out. */
export function trendLinkOver(tags: readonly string[], from: number, to: number): string {
  return linkOf({
    pens: pensOfTags(tags.slice(0, mostPens)),
    from,
    to: Math.max(to, from + shortestSpanMs),
    markers: ['alarm'],
  })
}

function linkOf(view: TrendLink): string {
  const kept = Object.entries(linkParameters(view)).filter((entry): entry is [string, string] => entry[1] !== null)
  return `${linkTo('trend')}?${new URLSearchParams(kept)}`
}
