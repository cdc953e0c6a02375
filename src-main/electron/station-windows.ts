// All windows of the station: those the plant plans, one for each monitor say, and those that a page asks for. In kiosk mode every
// window fills a monitor of its own, and comes back when somebody closes it.
import { type BrowserWindow, type Rectangle, screen } from 'electron'
import { openOperatorWindow } from './operator-window.ts'
import { screenOrigin } from './screen-protocol.ts'
import { WindowState } from './window-state.ts'

/** What a window shows first, and where it stands. */
export interface PlannedWindow {
  /** Name of a display; null = the plant's start display. */
  readonly mimic: string | null
  /** From 1, monitors counted from the left, then from the top; null = where it was last. */
  readonly monitor: number | null
}

export interface StationWindowsOptions {
  readonly title: string
  readonly kiosk: boolean
  readonly preload: string
  readonly icon: string
  /** Folder where the places of windows are kept. */
  readonly stateFolder: string
  readonly log: (what: string) => void
}

/** More than this no desk has room for. */
const mostWindows = 16

export class StationWindows {
  readonly #options: StationWindowsOptions
  readonly #windows = new Map<number, BrowserWindow>()
  #planned: readonly PlannedWindow[] = []

  constructor(options: StationWindowsOptions) {
    this.#options = options
  }

  /** Opens these, window 1 first; none planned = one window. */
  openPlanned(planned: readonly PlannedWindow[]): void {
    this.#planned = planned.length === 0 ? [{ mimic: null, monitor: null }] : planned
    for (const [index, { mimic, monitor }] of this.#planned.entries())
      this.#open(index + 1, mimic === null ? '' : hashOf(mimic), monitor)
  }

  /** A page wants this address of ours in a window of its own: `app://station/index.html?window=2#/mimic/x`. */
  openFor(url: string): void {
    const { search, hash } = new URL(url)
    const number = Number(new URLSearchParams(search).get('window'))
    const present = this.#windows.get(number)
    if (present !== undefined) return present.focus()
    if (!Number.isInteger(number) || number < 2 || number > mostWindows)
      return this.#options.log(`refused: a window for ${url}`)
    const monitor = this.#options.kiosk ? this.#freeMonitor() : null
    if (this.#options.kiosk && monitor === null)
      return this.#options.log('refused: a window, for there is no monitor without one')
    this.#open(number, hash, monitor)
  }

  /** Shows the first window, opened anew if it is gone. */
  focusFirst(): void {
    const first = this.#windows.get(1)
    if (first === undefined) return this.openPlanned(this.#planned)
    if (first.isMinimized()) first.restore()
    first.focus()
  }

  #open(number: number, hash: string, monitor: number | null): void {
    const { title, kiosk, preload, icon, stateFolder, log } = this.#options
    const place = monitor === null ? null : this.#placeOf(monitor)
    const window = openOperatorWindow({
      title: number === 1 ? title : `${title} (${number})`,
      kiosk,
      preload,
      icon,
      state: new WindowState(`${stateFolder}/${number === 1 ? 'window' : `window-${number}`}.json`),
      place,
      url: `${screenOrigin}/index.html${number === 1 ? '' : `?window=${number}`}${hash}`,
      log,
    })
    this.#windows.set(number, window)
    window.on('closed', () => {
      this.#windows.delete(number)
      // A kiosk has no way to close a window: somebody else did, and the operator needs it back.
      if (kiosk) this.#open(number, hash, monitor)
    })
  }

  #placeOf(monitor: number): Rectangle | null {
    const place = monitors()[monitor - 1] ?? null
    if (place === null) this.#options.log(`there is no monitor ${monitor}; its window opens where there is room`)
    return place
  }

  #freeMonitor(): number | null {
    const taken = [...this.#windows.values()].map((window) => window.getNormalBounds())
    const index = monitors().findIndex((place) => !taken.some((bounds) => isInside(bounds, place)))
    return index < 0 ? null : index + 1
  }
}

/** From the left, then from the top. */
function monitors(): readonly Rectangle[] {
  return screen
    .getAllDisplays()
    .map(({ workArea }) => workArea)
    .sort((a, b) => a.x - b.x || a.y - b.y)
}

function isInside({ x, y }: Rectangle, place: Rectangle): boolean {
  return x >= place.x && y >= place.y && x < place.x + place.width && y < place.y + place.height
}

function hashOf(mimic: string): string {
  return `#/mimic/${encodeURIComponent(mimic)}`
}
