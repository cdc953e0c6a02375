// Where the page is: `#/mimic/filler?tag=Filler.Level`. Every screen is a link; back and forward are the browser's.

class Route {
  #hash = $state('')
  readonly #guards = new Set<(wished: string) => boolean>()

  constructor() {
    this.#hash = location.hash
    window.addEventListener('hashchange', () => {
      const wished = location.hash
      // Who says no stays where he is, and no part of the page hears of it.
      if (wished !== this.#hash && [...this.#guards].some((maySo) => !maySo(wished)))
        history.replaceState(history.state, '', this.#hash === '' ? '#/' : this.#hash)
      else this.#hash = wished
    })
  }

  /** Reactive: parts of the path, decoded: `['mimic', 'filler']`; empty at the start. */
  readonly parts: readonly string[] = $derived(partsOf(this.#hash))

  /** Reactive: what stands after the question mark. */
  readonly parameters: Readonly<Record<string, string>> = $derived(parametersOf(this.#hash))

  /** Asks before another address (`#/…`) is gone to; false = it is not. Returns how to stop. */
  guard(maySo: (wished: string) => boolean): () => void {
    this.#guards.add(maySo)
    return () => this.#guards.delete(maySo)
  }

  /** Goes to a screen; what was open beside the old one closes. */
  go(...parts: readonly string[]): void {
    location.hash = linkTo(...parts)
  }

  /** Opens or closes (null) something beside the present screen, without leaving it. */
  set(parameters: Readonly<Record<string, string | null>>): void {
    location.hash = this.#with(parameters)
  }

  /** The same without a step in the browser's history: for what changes all the time, as where one looks in a trend. */
  replace(parameters: Readonly<Record<string, string | null>>): void {
    // Somebody has just gone elsewhere; the news of it is still on its way.
    if (location.hash !== this.#hash) return
    history.replaceState(history.state, '', this.#with(parameters))
    this.#hash = location.hash
  }

  #with(parameters: Readonly<Record<string, string | null>>): string {
    const all = { ...this.parameters, ...parameters }
    const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
    const query = new URLSearchParams(kept).toString()
    return linkTo(...this.parts) + (query === '' ? '' : `?${query}`)
  }
}

/** The `href` of a screen. */
export function linkTo(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`
}

function partsOf(hash: string): readonly string[] {
  const path = hash.replace(/^#\/?/, '').split('?')[0]!
  return path === '' ? [] : path.split('/').map(decode)
}

function parametersOf(hash: string): Readonly<Record<string, string>> {
  const query = hash.indexOf('?')
  return query < 0 ? {} : Object.fromEntries(new URLSearchParams(hash.slice(query + 1)))
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A link typed wrongly (`%zz`) is taken as it stands.
    return part
  }
}

/** The route of this page. */
export const route = new Route()
