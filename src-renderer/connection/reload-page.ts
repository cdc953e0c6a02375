// A page whose code is gone (Lineside was updated under it) is loaded anew; but one that is loaded while nobody answers would be the
// browser's own page of an error, which never comes back by itself.

/** What a page that loads itself anew needs of its surroundings. */
export interface PageSurroundings {
  /** Whether the station answers now. */
  readonly isAnswered: () => Promise<boolean>
  /** Loads the page anew. */
  readonly reload: () => void
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>
}

/** How often a station that does not answer is asked; ms. */
const askAgainMs = 1000

/** Loads the page anew as soon as the station answers; until then the page stays as it is, and says that nothing is live. */
export async function reloadWhenAnswered({ isAnswered, reload, wait }: PageSurroundings): Promise<void> {
  while (!(await isAnswered())) await wait(askAgainMs)
  reload()
}

/** The page of this window. */
export const thisPage: PageSurroundings = {
  isAnswered: () =>
    location.protocol.startsWith('http')
      ? fetch(location.pathname, { cache: 'no-store' }).then(
          ({ ok }) => ok,
          () => false,
        )
      : Promise.resolve(true),
  reload: () => location.reload(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
