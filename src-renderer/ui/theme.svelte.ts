// Light or dark control-room grey: the system's choice until somebody chooses.

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const storageKey = 'lineside-theme'

class ThemeChoice {
  #current = $state<Theme>('system')

  /** Reactive. */
  get current(): Theme {
    return this.#current
  }

  /** Takes effect at once and is kept for the next visit. */
  choose(theme: Theme): void {
    this.#current = theme
    localStorage.setItem(storageKey, theme)
    this.#apply()
  }

  /** At start: the kept choice, else the system's (`prefers-color-scheme`). */
  start(): void {
    this.#current = themes.find((theme) => theme === localStorage.getItem(storageKey)) ?? 'system'
    this.#apply()
  }

  #apply(): void {
    if (this.#current === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = this.#current
  }
}

/** The theme of this page. */
export const theme = new ThemeChoice()
