// The operator's window: hardened, in kiosk mode where the station says so, back by itself after a crash. The runtime goes on
// whatever happens to it.
import { BrowserWindow, type Rectangle } from 'electron'
import type { WindowState } from './window-state.ts'

/** A page that crashes again within this time is given the longer wait before it is loaded once more. */
const crashCalmMs = 60_000
const reloadWaitsMs = [500, 5_000, 30_000] as const

export interface OperatorWindowOptions {
  readonly title: string
  readonly kiosk: boolean
  readonly preload: string
  readonly icon: string
  readonly state: WindowState
  /** Where it has to stand; null = where it was last. */
  readonly place: Rectangle | null
  /** Address of ours that it shows first. */
  readonly url: string
  readonly log: (what: string) => void
}

/** Opens the window and loads the screens. */
export function openOperatorWindow(options: OperatorWindowOptions): BrowserWindow {
  const { kiosk, state, place, log } = options
  const window = new BrowserWindow({
    ...(place ?? state.bounds()),
    title: options.title,
    icon: options.icon,
    kiosk,
    show: false,
    backgroundColor: '#262626',
    autoHideMenuBar: kiosk,
    webPreferences: {
      preload: options.preload,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // An operator's screen must go on living when another window covers it.
      backgroundThrottling: false,
    },
  })
  window.once('ready-to-show', () => {
    if ((state.isMaximised || place !== null) && !kiosk) window.maximize()
    window.show()
  })
  state.follow(window)
  reloadAfterCrash(window, log)
  void window.loadURL(options.url)
  return window
}

function reloadAfterCrash(window: BrowserWindow, log: (what: string) => void): void {
  let crashCount = 0
  let lastCrash = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    const now = performance.now()
    crashCount = now - lastCrash > crashCalmMs ? 0 : crashCount + 1
    lastCrash = now
    const waitMs = reloadWaitsMs[Math.min(crashCount, reloadWaitsMs.length - 1)]!
    log(`the page of the operator window ended (${reason}, code ${exitCode}); it is loaded again in ${waitMs} ms`)
    setTimeout(() => {
      if (!window.isDestroyed()) window.reload()
    }, waitMs)
  })
  window.on('unresponsive', () => log('the operator window does not respond'))
  window.on('responsive', () => log('the operator window responds again'))
}
