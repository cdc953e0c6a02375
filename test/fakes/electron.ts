// Electron's main-process module as far as the shell uses it, recording what it is asked. Its binary is not on every machine.
import { EventEmitter } from 'node:events'

export interface FakeWindowOptions {
  readonly kiosk?: boolean
  readonly webPreferences?: Readonly<Record<string, unknown>>
  readonly [option: string]: unknown
}

type WindowOpenHandler = (details: { url: string }) => { action: string }

class FakeWebContents extends EventEmitter {
  readonly posted: { channel: string; message: unknown; ports: unknown[] }[] = []
  openHandler: WindowOpenHandler | null = null

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.openHandler = handler
  }

  postMessage(channel: string, message: unknown, ports: unknown[]): void {
    this.posted.push({ channel, message, ports })
  }
}

export class BrowserWindow extends EventEmitter {
  static windows: BrowserWindow[] = []
  readonly options: FakeWindowOptions
  readonly webContents = new FakeWebContents()
  url = ''
  reloads = 0
  isShown = false
  isFocused = false
  bounds = { x: 10, y: 20, width: 800, height: 600 }
  #destroyed = false

  constructor(options: FakeWindowOptions) {
    super()
    this.options = options
    BrowserWindow.windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return BrowserWindow.windows.filter((window) => !window.isDestroyed())
  }

  loadURL(url: string): Promise<void> {
    this.url = url
    return Promise.resolve()
  }

  reload(): void {
    this.reloads++
  }

  show(): void {
    this.isShown = true
  }

  focus(): void {
    this.isFocused = true
  }

  maximize(): void {}
  restore(): void {}
  isMinimized = (): boolean => false
  isMaximized = (): boolean => false
  isKiosk = (): boolean => this.options.kiosk === true
  getNormalBounds = () => this.bounds
  isDestroyed = (): boolean => this.#destroyed

  /** What closing the last window does in Electron. */
  close(): void {
    this.emit('close')
    this.#destroyed = true
    this.emit('closed')
    if (BrowserWindow.getAllWindows().length === 0) app.emit('window-all-closed')
  }
}

class FakeApp extends EventEmitter {
  isSandboxed = false
  isPackaged = false
  hasLock = true
  quitCount = 0
  userFolder = ''

  enableSandbox(): void {
    this.isSandboxed = true
  }

  getPath = (): string => this.userFolder
  requestSingleInstanceLock = (): boolean => this.hasLock
  whenReady = (): Promise<void> => Promise.resolve()

  quit(): void {
    let isPrevented = false
    this.emit('before-quit', { preventDefault: () => (isPrevented = true) })
    if (!isPrevented) this.quitCount++
  }
}

class FakePort extends EventEmitter {
  other: FakePort | null = null
  isStarted = false
  #waiting: unknown[] = []

  postMessage(data: unknown): void {
    this.other?.receive(data)
  }

  receive(data: unknown): void {
    if (this.isStarted) this.emit('message', { data })
    else this.#waiting.push(data)
  }

  start(): void {
    this.isStarted = true
    for (const data of this.#waiting.splice(0)) this.emit('message', { data })
  }

  close(): void {
    this.other?.emit('close')
    this.emit('close')
  }
}

export class MessageChannelMain {
  readonly port1 = new FakePort()
  readonly port2 = new FakePort()

  constructor() {
    this.port1.other = this.port2
    this.port2.other = this.port1
  }
}

export const app = new FakeApp()
export const ipcMain = new EventEmitter()

type PermissionRequestHandler = (
  contents: unknown,
  permission: string,
  answer: (granted: boolean) => void,
  details: { readonly requestingUrl: string; readonly mediaTypes?: readonly string[] },
) => void
type PermissionCheckHandler = (
  contents: unknown,
  permission: string,
  origin: string,
  details: { readonly mediaType?: string },
) => boolean

export const session = {
  defaultSession: {
    permissionRequest: null as PermissionRequestHandler | null,
    permissionCheck: null as PermissionCheckHandler | null,
    devicePermission: null as (() => boolean) | null,
    setPermissionRequestHandler(handler: PermissionRequestHandler) {
      this.permissionRequest = handler
    },
    setPermissionCheckHandler(handler: PermissionCheckHandler) {
      this.permissionCheck = handler
    },
    setDevicePermissionHandler(handler: () => boolean) {
      this.devicePermission = handler
    },
  },
}

export const protocol = {
  schemes: [] as unknown[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  registerSchemesAsPrivileged(schemes: unknown[]) {
    this.schemes = schemes
  },
  handle(scheme: string, handler: (request: Request) => Promise<Response>) {
    this.handlers.set(scheme, handler)
  },
}

export const net = {
  fetch: async (url: string) => new Response(`file ${url}`, { headers: { 'Content-Type': 'text/html' } }),
}

export const powerSaveBlocker = {
  started: [] as string[],
  start(kind: string) {
    return this.started.push(kind)
  },
}

export const Menu = {
  menu: undefined as unknown,
  setApplicationMenu(menu: unknown) {
    this.menu = menu
  },
  buildFromTemplate: (template: unknown) => template,
}

export const screen = {
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
  getAllDisplays() {
    return this.displays
  },
}
