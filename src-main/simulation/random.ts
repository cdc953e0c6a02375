// Chance that repeats: the same seed gives the same day in the simulated plant.

/** Numbers in [0, 1). */
export type Random = () => number

/** A generator of its own for each name, so that one rule more does not change what happens to the others. */
export function randomOf(seed: number, name: string): Random {
  // FNV-1a over the name, then splitmix32: well mixed also for names that differ in one letter.
  let state = 0x811c9dc5 ^ seed
  for (let index = 0; index < name.length; index++) state = Math.imul(state ^ name.charCodeAt(index), 0x01000193)
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000
  }
}

/** Standard normal distribution (Box and Muller). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Time to the next of events that happen at random with this mean time between them. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean
}
