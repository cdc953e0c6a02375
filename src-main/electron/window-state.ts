// Where the operator's window was, so that it opens there again, if that monitor is still there.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type BrowserWindow, type Rectangle, screen } from 'electron'

const defaultSize = { width: 1600, height: 1000 }
/** At least so much of the window must lie on a monitor for its old place to be taken. */
const visiblePx = 100
const saveDelayMs = 500

interface SavedState {
  readonly bounds: Rectangle
  readonly isMaximised: boolean
}

export class WindowState {
  readonly #file: string
  #saved: SavedState | null

  /** `file` is read now and written after the window moved; anything unreadable in it is as good as nothing. */
  constructor(file: string) {
    this.#file = file
    this.#saved = readState(file)
  }

  /** Place and size to open at. */
  bounds(): Partial<Rectangle> {
    const { bounds } = this.#saved ?? {}
    return bounds && isOnAMonitor(bounds) ? bounds : defaultSize
  }

  get isMaximised(): boolean {
    return this.#saved?.isMaximised ?? true
  }

  /** Remembers where the window goes. */
  follow(window: BrowserWindow): void {
    let timer: NodeJS.Timeout | null = null
    const later = (): void => {
      if (timer) clearTimeout(timer)
      timer = setTimeout(() => this.#save(window), saveDelayMs)
    }
    window.on('resize', later)
    window.on('move', later)
    window.on('close', () => {
      if (timer) clearTimeout(timer)
      this.#save(window)
    })
  }

  #save(window: BrowserWindow): void {
    if (window.isDestroyed() || window.isKiosk()) return
    this.#saved = { bounds: window.getNormalBounds(), isMaximised: window.isMaximized() }
    writeFileSync(`${this.#file}.tmp`, JSON.stringify(this.#saved))
    renameSync(`${this.#file}.tmp`, this.#file)
  }
}

function readState(file: string): SavedState | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return null // the first start
  }
  try {
    const { bounds, isMaximised } = JSON.parse(text) as SavedState
    const numbers = [bounds.x, bounds.y, bounds.width, bounds.height]
    return numbers.every(Number.isInteger) && bounds.width >= visiblePx && bounds.height >= visiblePx
      ? { bounds, isMaximised: isMaximised === true }
      : null
  } catch {
    return null // written by another program, or cut off: the default place is as good
  }
}

function isOnAMonitor(bounds: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const width = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x)
    const height = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y)
    return width >= visiblePx && height >= visiblePx
  })
}
