// The displays of the plant as a tree, and what stands above, before and after one of them.
import type { Mimic } from '../connection/plant-state.svelte.ts'

export interface DisplayNode {
  readonly mimic: Mimic
  readonly children: readonly DisplayNode[]
}

/** Trees of the displays without a parent, in the order of the plant's navigation; a parent that does not exist counts as none. */
export function displayTree(mimics: readonly Mimic[]): readonly DisplayNode[] {
  const names = new Set(mimics.map((mimic) => mimic.name))
  const isTop = (mimic: Mimic) => mimic.parent === null || !names.has(mimic.parent)
  const node = (mimic: Mimic): DisplayNode => ({
    mimic,
    children: mimics.filter((child) => child.parent === mimic.name && !isTop(child)).map(node),
  })
  return mimics.filter(isTop).map(node)
}

/** Display above, before and after `name` among those with the same parent; null where there is none. */
export function neighboursOf(
  mimics: readonly Mimic[],
  name: string,
): { readonly up: Mimic | null; readonly previous: Mimic | null; readonly next: Mimic | null } {
  const mimic = mimics.find((other) => other.name === name)
  if (!mimic) return { up: null, previous: null, next: null }
  const siblings = mimics.filter((other) => other.parent === mimic.parent)
  const index = siblings.indexOf(mimic)
  return {
    up: mimics.find((other) => other.name === mimic.parent) ?? null,
    previous: siblings[index - 1] ?? null,
    next: siblings[index + 1] ?? null,
  }
}

/** Where the page begins: the plant's start display, else its first of the highest level; null when it has none. */
export function startDisplay(startMimic: string | null, mimics: readonly Mimic[]): string | null {
  if (startMimic !== null && mimics.some((mimic) => mimic.name === startMimic)) return startMimic
  return [...mimics].sort((a, b) => a.level - b.level)[0]?.name ?? null
}
