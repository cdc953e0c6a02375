// The menu of a desktop window; a kiosk has none, so that no short cut leads out of it.
import { Menu, type MenuItemConstructorOptions } from 'electron'

/** Sets the application's menu. */
export function setApplicationMenu(kiosk: boolean): void {
  Menu.setApplicationMenu(kiosk ? null : Menu.buildFromTemplate(template()))
}

/** Roles only: Electron words them in the language of the system. */
function template(): MenuItemConstructorOptions[] {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  return [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : [{ role: 'fileMenu' } as const]),
    { role: 'editMenu' },
    { role: 'viewMenu', submenu: view },
    { role: 'windowMenu' },
  ]
}
