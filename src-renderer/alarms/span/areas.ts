// Areas of a plant: every level above its equipment.

/** Every level of these places once, in the order of the hierarchy: `A/B` gives `A` and `A/B`. */
export function areasOf(places: readonly string[]): readonly string[] {
  const areas = new Set<string>()
  for (const place of places) {
    const parts = place.split('/').filter((part) => part !== '')
    for (let depth = 1; depth <= parts.length; depth++) areas.add(parts.slice(0, depth).join('/'))
  }
  return [...areas].sort((a, b) => a.localeCompare(b))
}
