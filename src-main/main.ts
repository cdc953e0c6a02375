// Electron entry: one instance, the runtime in this process, the operator's windows. Windows may come and go; the runtime
// stays until the station is shut down.
import { fileURLToPath } from 'node:url'
import { app, powerSaveBlocker } from 'electron'
import { createLogger } from './base/logger.ts'
import { setApplicationMenu } from './electron/application-menu.ts'
import { handOverLinks } from './electron/link-hand-over.ts'
import { registerScreenScheme, serveScreens } from './electron/screen-protocol.ts'
import { readShellOptions } from './electron/shell-options.ts'
import { hardenPages, sandboxEverything } from './electron/shell-security.ts'
import { StationWindows } from './electron/station-windows.ts'
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
  let windows: StationWindows | null = null
  hardenPages(
    (what) => logger.warn(`refused: ${what}`),
    (url) => windows?.openFor(url),
  )
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
  windows = openWindows(station)
  stopOnQuit(station)
}

function openWindows(station: Station): StationWindows {
  const { plant } = station.runtime.plantStore
  const windows = new StationWindows({
    title: `Lineside ${plant.name}`,
    kiosk: options.kiosk,
    preload: file('../preload/preload.cjs'),
    icon: file('../renderer/icon.svg'),
    stateFolder: app.getPath('userData'),
    log: (what) => logger.error(what),
  })
  windows.openPlanned(plant.windows)
  app.on('second-instance', () => windows.focusFirst())
  app.on('activate', () => windows.focusFirst())
  app.on('window-all-closed', () => {
    if (!options.kiosk) app.quit()
  })
  return windows
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
