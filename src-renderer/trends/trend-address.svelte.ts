// A trend and its address: the address says where one looks, and follows so that it can be sent at any time.
import { untrack } from 'svelte'
import { defaultTrendSpanMs, type MarkerKind, type SavedTrendGroup } from '../../src-main/shared/trend-group.ts'
import { route } from '../ui/route.svelte.ts'
import { pensOf } from './pen.ts'
import { linkParameters, readLink } from './trend-link.ts'
import type { TrendView } from './trend-view.svelte.ts'

const usualMarkers: readonly MarkerKind[] = ['alarm', 'write', 'recorder']
/** The address follows when the view has stood still so long; ms. */
const addressMs = 400

/**
 * Keeps a view and the address `#/trend/…` in step, as long as the component lives that is being made.
 * @param detail name of a saved trend
 * @param saved the saved trend, with group null when there is none of this name; null while that is not known yet
 */
export function followAddress(
  view: TrendView,
  detail: () => string | undefined,
  saved: () => { readonly group: SavedTrendGroup | null } | null,
): void {
  /** What the address said last, read or written. */
  let written = ''
  const keyOf = (parameters: Readonly<Record<string, string>>) =>
    JSON.stringify([detail(), linkParameters(readLink(parameters))])

  $effect(() => {
    const wanted = route.parameters
    const key = keyOf(wanted)
    const known = saved()
    if (key === written || known === null) return
    const { group } = known
    untrack(() => {
      written = key
      view.apply(readLink(wanted), {
        spanMs: group?.spanMs ?? defaultTrendSpanMs,
        pens: group ? pensOf(group.pens) : [],
        markers: group ? group.markers : usualMarkers,
      })
    })
  })

  // While following the time it stands still.
  const parameterText = $derived(
    JSON.stringify(linkParameters({ ...view.link, ...(view.isLive ? { spanMs: Math.round(view.span) } : {}) })),
  )
  $effect(() => {
    const parameters: Record<string, string | null> = JSON.parse(parameterText)
    if (route.parts[0] !== 'trend' || written === '') return
    const timer = setTimeout(() => {
      const key = keyOf(withoutNull(parameters))
      if (key === written) return
      written = key
      route.replace(parameters)
    }, addressMs)
    return () => clearTimeout(timer)
  })
}

function withoutNull(parameters: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null))
}
