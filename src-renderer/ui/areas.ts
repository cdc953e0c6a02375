// Areas of a plant: every level of the hierarchy above its equipment, written with slashes: `Plant/Hall 1/Filling`.

/** Every level of these places once, by name: `A/B` gives `A` and `A/B`. */
export function areasOf(places: Iterable<string>): readonly string[] {
  const areas = new Set<string>()
  for (const place of places) {
    const parts = place.split('/').filter((part) => part !== '')
    for (let depth = 1; depth <= parts.length; depth++) areas.add(parts.slice(0, depth).join('/'))
  }
  return [...areas].sort((a, b) => a.localeCompare(b))
}

/** Whether a place is the area or somewhere below it; everything is in '', the whole plant. */
export function isWithinArea(place: string, area: string): boolean {
  return area === '' || place === area || place.startsWith(`${area}/`)
}
