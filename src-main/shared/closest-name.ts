// "did you mean …?": the name somebody probably wanted when the one they wrote does not exist.

/** Longer names and more candidates than these are not searched: a hint must never cost more than the check itself. */
const longestName = 200
const mostCandidates = 200_000

/**
 * The candidate nearest to a misspelt name, or null when none is near (more than a third of its letters differ, at most
 * three). Upper and lower case count as half a letter, so `filler.level` finds `Filler.Level`.
 */
export function closestName(name: string, candidates: Iterable<string>): string | null {
  if (name.length > longestName) return null
  const wanted = name.toLowerCase()
  let nearest: string | null = null
  let smallest = Math.min(3.5, Math.max(1.5, name.length / 3))
  let seen = 0
  for (const candidate of candidates) {
    if (++seen > mostCandidates) break
    if (Math.abs(candidate.length - name.length) > smallest || candidate === name) continue
    const lowered = candidate.toLowerCase()
    const distance = editDistance(wanted, lowered, smallest) + (lowered === wanted ? 0.5 : 0)
    if (distance < smallest) {
      smallest = distance
      nearest = candidate
    }
  }
  return nearest
}

/** ` (did you mean X?)` or nothing, to put behind a sentence. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = closestName(name, candidates)
  return nearest === null ? '' : `; did you mean ${nearest}?`
}

/**
 * Letters that were changed, left out, added, or swapped with their neighbour (optimal string alignment distance); gives up
 * with a number above `most` as soon as it must be above.
 */
function editDistance(a: string, b: string, most: number): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    let smallest = row
    for (let column = 1; column <= b.length; column++) {
      const isEqual = a.charCodeAt(row - 1) === b.charCodeAt(column - 1)
      let distance = Math.min(
        previous[column - 1]! + (isEqual ? 0 : 1),
        previous[column]! + 1,
        current[column - 1]! + 1,
      )
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwapped) distance = Math.min(distance, beforePrevious[column - 2]! + 1)
      current.push(distance)
      if (distance < smallest) smallest = distance
    }
    if (smallest > most + 1) return smallest
    beforePrevious = previous
    previous = current
  }
  return previous[b.length]!
}
