// Which display to look at when something is wrong: the one that shows the tag or its equipment, else one of its area.
import type { MimicEntry } from './plant.ts'

/** What of a display is needed. */
export type SearchedDisplay = Pick<MimicEntry, 'name' | 'level' | 'tags' | 'equipment' | 'area'>

/** What is looked for; absent = nothing of this kind. `equipment` null as in a row of an alarm that has none. */
export interface DisplayWish {
  readonly tag?: string | undefined
  readonly equipment?: string | null | undefined
  readonly area?: string | undefined
}

/** Levels of ISA-101 as one wants them to act on an alarm: the unit, its area, diagnostics, the overview. */
const levelOrder: readonly number[] = [3, 2, 4, 1]

/** Names of fitting displays, best first: bound to the tag, bound to the equipment, then of the nearest area above it. */
export function displaysOf(displays: readonly SearchedDisplay[], wish: DisplayWish): readonly string[] {
  const byLevel = [...displays].sort((a, b) => levelOrder.indexOf(a.level) - levelOrder.indexOf(b.level))
  const bound = [
    ...byLevel.filter(({ tags }) => wish.tag !== undefined && tags.includes(wish.tag)),
    ...byLevel.filter(({ equipment }) => equipment.some((name) => name === wish.equipment)),
  ]
  const found = bound.length > 0 ? bound : nearest(byLevel, wish.area)
  return [...new Set(found.map(({ name }) => name))]
}

function nearest(displays: readonly SearchedDisplay[], area: string | undefined): readonly SearchedDisplay[] {
  if (area === undefined) return []
  const steps = area === '' ? [] : area.split('/')
  for (let length = steps.length; length >= 0; length--) {
    const place = steps.slice(0, length).join('/')
    const found = displays.filter((display) => display.area === place)
    if (found.length > 0) return found
  }
  return []
}

/** The place that all of them share, from the top: `Filling` of `Filling/Filler` and `Filling/Capper`; null of none. */
export function sharedPlace(places: readonly string[]): string | null {
  const [first, ...others] = places.map((place) => (place === '' ? [] : place.split('/')))
  if (first === undefined) return null
  const length = first.findIndex((step, index) => others.some((steps) => steps[index] !== step))
  return (length < 0 ? first : first.slice(0, length)).join('/')
}
