// Electron entry: one instance, the runtime in this process, one operator window. The window may come and go; the runtime
// stays until the station is shut down.
import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, powerSaveBlocker } from 'electron'
import { createLogger } from './base/logger.ts'
import { setApplicationMenu } from './electron/application-menu.ts'
import { handOverLinks } from './electron/link-hand-over.ts'
import { openOperatorWindow } from './electron/operator-window.ts'
import { registerScreenScheme, serveScreens } from './electron/screen-protocol.ts'
import { readShellOptions } from './electron/shell-options.ts'
import { hardenPages, sandboxEverything } from './electron/shell-security.ts'
import { WindowState } from './electron/window-state.ts'
import { type Station, startStation } from './station.ts'

const logger = createLogger().part('shell')
const options = readShellOptions(process.argv, process.env, {
  userFolder: app.getPath('userData'),
  isPackaged: app.isPackaged,
})
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

if (!app.requestSingleInstanceLock()) app.quit()
else {
  sandboxEverything()
  registerScreenScheme()
  void app.whenReady().then(run)
}

async function run(): Promise<void> {
  hardenPages((what) => logger.warn(`refused: ${what}`))
  serveScreens(file('../renderer'))
  setApplicationMenu(options.kiosk)
  const station = await startStation({ ...options, screensFolder: file('../renderer'), logger: createLogger() })
  process.stdout.write([`lineside ready ${station.url}`, ...station.notices, ''].join('\n'))
  handOverLinks(
    (link) => station.runtime.api.serve(link, { station: 'desktop' }),
    (from) => logger.warn(`refused: a link for ${from}`),
  )
  // An operator's screen does not go dark in a quiet night shift.
  powerSaveBlocker.start('prevent-display-sleep')
  keepWindow(station)
  stopOnQuit(station)
}

function keepWindow(station: Station): void {
  const state = new WindowState(`${app.getPath('userData')}/window.json`)
  const open = (): BrowserWindow =>
    openOperatorWindow({
      title: `Lineside ${station.runtime.plantStore.plant.name}`,
      kiosk: options.kiosk,
      preload: file('../preload/preload.cjs'),
      icon: file('../renderer/icon.svg'),
      state,
      log: (what) => logger.error(what),
    })
  open()
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0] ?? open()
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open()
  })
  app.on('window-all-closed', () => {
    // A kiosk has no way to close its window: somebody else did, and the operator needs it back.
    if (options.kiosk) open()
    else app.quit()
  })
}

/** Quitting waits until the runtime has closed its databases and links. */
function stopOnQuit(station: Station): void {
  let isStopped = false
  app.on('before-quit', (event) => {
    if (isStopped) return
    event.preventDefault()
    void station
      .close()
      .catch((error: unknown) => logger.error(`stopping failed: ${String(error)}`))
      .finally(() => {
        isStopped = true
        app.quit()
      })
  })
}
