// The order in which things that build on each other come: what is needed first, first.

/** Either everything in order, or one ring of names of which each needs the next (the last needs the first). */
export type DependencyOrder =
  | { readonly ok: true; readonly order: readonly string[] }
  | { readonly ok: false; readonly cycle: readonly string[] }

/**
 * Sorts `names` so that everything in `needs(name)` comes before `name`. Needed names that are not among `names` are
 * ignored. Not recursive: chains may be as long as memory allows.
 */
export function sortByDependency(names: Iterable<string>, needs: (name: string) => Iterable<string>): DependencyOrder {
  const state = new Map<string, 'waiting' | 'open' | 'done'>()
  for (const name of names) state.set(name, 'waiting')
  const order: string[] = []
  for (const root of [...state.keys()]) {
    if (state.get(root) !== 'waiting') continue
    const path = [{ name: root, rest: [...needs(root)] }]
    state.set(root, 'open')
    while (path.length > 0) {
      const top = path.at(-1)!
      const next = top.rest.pop()
      if (next === undefined) {
        state.set(top.name, 'done')
        order.push(top.name)
        path.pop()
      } else if (state.get(next) === 'open') {
        const ring = path.map((step) => step.name)
        return { ok: false, cycle: ring.slice(ring.indexOf(next)) }
      } else if (state.get(next) === 'waiting') {
        state.set(next, 'open')
        path.push({ name: next, rest: [...needs(next)] })
      }
    }
  }
  return { ok: true, order }
}
