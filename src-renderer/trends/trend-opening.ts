// The way to a trend from anywhere: the address of a trend of these tags, following the time.
import { linkTo } from '../ui/route.svelte.ts'
import { pensOfTags } from './pen.ts'
import { linkParameters } from './trend-link.ts'

/** The `href` of a trend of the last hour of these tags. */
export function trendLink(tags: readonly string[]): string {
  const { pens: text } = linkParameters({ pens: pensOfTags(tags) })
  return text === null ? linkTo('trend') : `${linkTo('trend')}?${new URLSearchParams({ pens: text })}`
}
