// Addresses of the label screens: `#/labels/<place>/<what>`.
import { linkTo } from '../ui/route.svelte.ts'

/** Parts of the screen that have a place in its menu, in this order. */
export const labelPlaces = ['print', 'queue', 'doubt', 'tray', 'templates', 'ledger'] as const
export type LabelPlace = (typeof labelPlaces)[number] | 'job' | 'edit'

const allPlaces: readonly string[] = [...labelPlaces, 'job', 'edit']

/** The `href` of a part of the label screens; `detail`: a printer, a template, a job. */
export function labelLink(place: LabelPlace, detail?: string): string {
  return linkTo('labels', place, ...(detail === undefined ? [] : [detail]))
}

/** Where an address leads: `job/J1` → the job J1. null = there is no such place. Without a place: `start`. */
export function placeOf(
  detail: string | undefined,
  start: LabelPlace,
): { readonly place: LabelPlace; readonly detail: string | undefined } | null {
  if (detail === undefined || detail === '') return { place: start, detail: undefined }
  const slash = detail.indexOf('/')
  const name = slash < 0 ? detail : detail.slice(0, slash)
  if (!allPlaces.includes(name)) return null
  const rest = slash < 0 ? '' : detail.slice(slash + 1)
  return { place: name as LabelPlace, detail: rest === '' ? undefined : rest }
}
