// Addresses of the screens about parts.
import { linkTo } from '../ui/route.svelte.ts'

/** The life of a part. */
export function traceLink(identifier: string): string {
  return linkTo('trace', identifier)
}

/** Parts that were there: in equipment or where tags are measured, from when to when; or while an alarm was active. */
export function affectedLink(
  what:
    | { readonly alarm: string; readonly from?: number }
    | { readonly tags: readonly string[]; readonly from: number; readonly to: number },
): string {
  const query = new URLSearchParams()
  if ('alarm' in what) {
    query.set('alarm', what.alarm)
    if (what.from !== undefined) query.set('from', String(Math.round(what.from)))
  } else {
    for (const tag of what.tags) query.append('tags', tag)
    query.set('from', String(Math.floor(what.from)))
    query.set('to', String(Math.ceil(what.to)))
  }
  return `${linkTo('affected')}?${query}`
}
