import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { setApplicationMenu } from '../../../src-main/electron/application-menu.ts'
import { handOverLinks } from '../../../src-main/electron/link-hand-over.ts'
import { openOperatorWindow } from '../../../src-main/electron/operator-window.ts'
import { registerScreenScheme, screenFile, serveScreens } from '../../../src-main/electron/screen-protocol.ts'
import { readShellOptions } from '../../../src-main/electron/shell-options.ts'
import { hardenPages, sandboxEverything } from '../../../src-main/electron/shell-security.ts'
import { StationWindows } from '../../../src-main/electron/station-windows.ts'
import { WindowState } from '../../../src-main/electron/window-state.ts'
import type { Link } from '../../../src-main/shared/link.ts'
import * as electron from '../../fakes/electron.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-shell-'))
  electron.BrowserWindow.windows = []
})
afterEach(() => rmSync(folder, { recursive: true }))

function openWindow(over: { kiosk?: boolean; log?: (what: string) => void } = {}) {
  openOperatorWindow({
    title: 'Line 1',
    kiosk: over.kiosk ?? false,
    preload: '/preload.cjs',
    icon: '/icon.png',
    state: new WindowState(join(folder, 'window.json')),
    place: null,
    url: 'app://station/index.html',
    log: over.log ?? (() => undefined),
  })
  return electron.BrowserWindow.windows.at(-1)!
}

function stationWindows(kiosk: boolean, log: string[]): StationWindows {
  return new StationWindows({
    title: 'Line 1',
    kiosk,
    preload: '/preload.cjs',
    icon: '/icon.png',
    stateFolder: folder,
    log: (what) => log.push(what),
  })
}

// Numbers as in Electron's security checklist.
describe('the desktop shell', () => {
  test('a window has no Node, an isolated world, a sandbox and no way around them (2, 3, 4, 6, 8, 9, 11)', () => {
    expect(openWindow().options.webPreferences).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    })
  })

  test('every process is sandboxed, and the page comes from our own origin, not from a file (1, 4, 18)', () => {
    sandboxEverything()
    registerScreenScheme()
    expect(electron.app.isSandboxed).toBe(true)
    expect(electron.protocol.schemes).toMatchObject([{ scheme: 'app', privileges: { standard: true, secure: true } }])
    expect(openWindow().url).toBe('app://station/index.html')
  })

  test("no permission is granted but our own page's camera, whatever a page asks for (5)", () => {
    const refused: string[] = []
    hardenPages(
      (what) => refused.push(what),
      () => undefined,
    )
    const { defaultSession } = electron.session
    const answers: boolean[] = []
    const ask = (permission: string, requestingUrl: string, ...mediaTypes: string[]) =>
      defaultSession.permissionRequest!({}, permission, (granted) => answers.push(granted), {
        requestingUrl,
        mediaTypes,
      })
    ask('media', 'app://station/index.html', 'video')
    ask('media', 'app://station/index.html', 'audio', 'video')
    ask('media', 'https://evil.example/', 'video')
    ask('geolocation', 'app://station/index.html')
    expect(answers).toEqual([true, false, false, false])
    const may = (permission: string, origin: string, mediaType: string) =>
      defaultSession.permissionCheck!({}, permission, origin, { mediaType })
    expect(may('media', 'app://station/', 'video')).toBe(true)
    expect(may('media', 'app://station/', 'audio')).toBe(false)
    expect(may('media', 'https://evil.example/', 'video')).toBe(false)
    expect(may('midi', 'app://station/', 'video')).toBe(false)
    expect(defaultSession.devicePermission!()).toBe(false)
    expect(refused).toEqual(['permission media', 'permission media', 'permission geolocation'])
  })

  test('a page cannot navigate away, open windows or embed another page (11, 12, 13, 14)', () => {
    const asked: string[] = []
    hardenPages(
      () => undefined,
      (url) => asked.push(url),
    )
    const { webContents } = openWindow()
    const event = (url: string) => ({ url, isMainFrame: false, preventDefault: vi.fn() })
    for (const name of ['will-navigate', 'will-frame-navigate'])
      for (const url of [
        'https://example.com/',
        'file:///etc/passwd',
        'app://stationary.example/',
        'javascript:alert(1)',
      ]) {
        const attempt = event(url)
        webContents.emit(name, attempt)
        expect(attempt.preventDefault, url).toHaveBeenCalled()
      }
    const home = event('app://station/index.html#/mimic/overview')
    webContents.emit('will-navigate', home)
    expect(home.preventDefault).not.toHaveBeenCalled()
    expect(webContents.openHandler!({ url: 'https://example.com/' })).toEqual({ action: 'deny' })
    expect(webContents.openHandler!({ url: 'app://station/index.html?window=2#/tags' })).toEqual({ action: 'deny' })
    expect(asked).toEqual(['app://station/index.html?window=2#/tags'])
    const webview = event('')
    webContents.emit('will-attach-webview', webview)
    expect(webview.preventDefault).toHaveBeenCalled()
  })

  test('planned windows open each on its monitor, from the left; a page may ask for one more', () => {
    electron.screen.displays = [
      { workArea: { x: 1920, y: 0, width: 1280, height: 1024 } },
      { workArea: { x: 0, y: 0, width: 1920, height: 1080 } },
    ]
    const log: string[] = []
    const windows = stationWindows(false, log)
    windows.openPlanned([
      { mimic: null, monitor: null },
      { mimic: 'unit filler', monitor: 2 },
      { mimic: 'overview', monitor: 3 },
    ])
    const [, second] = electron.BrowserWindow.windows
    expect(electron.BrowserWindow.windows.map(({ url }) => url)).toEqual([
      'app://station/index.html',
      'app://station/index.html?window=2#/mimic/unit%20filler',
      'app://station/index.html?window=3#/mimic/overview',
    ])
    expect(second!.options).toMatchObject({ x: 1920, y: 0 })
    expect(log).toEqual(['there is no monitor 3; its window opens where there is room'])
    windows.openFor('app://station/index.html?window=2#/tags')
    expect(second!.isFocused).toBe(true)
    windows.openFor('app://station/index.html?window=4#/tags')
    expect(electron.BrowserWindow.windows.at(-1)!.url).toBe('app://station/index.html?window=4#/tags')
    windows.openFor('app://station/index.html?window=1000')
    expect(electron.BrowserWindow.windows).toHaveLength(4)
  })

  test('in kiosk mode a closed window comes back on its monitor, and no window covers another', () => {
    electron.screen.displays = [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }]
    const log: string[] = []
    const windows = stationWindows(true, log)
    windows.openPlanned([{ mimic: 'overview', monitor: 1 }])
    electron.BrowserWindow.windows[0]!.close()
    expect(electron.BrowserWindow.getAllWindows().map(({ url }) => url)).toEqual([
      'app://station/index.html#/mimic/overview',
    ])
    windows.openFor('app://station/index.html?window=2#/tags')
    expect(electron.BrowserWindow.getAllWindows()).toHaveLength(1)
    expect(log).toEqual(['refused: a window, for there is no monitor without one'])
  })

  test('our origin serves files of the screens and nothing else, under a strict policy (7)', async () => {
    serveScreens('/screens')
    const answer = await electron.protocol.handlers.get('app')!(new Request('app://station/index.html'))
    expect(await answer.text()).toBe('file file:///screens/index.html')
    const policy = answer.headers.get('Content-Security-Policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy.replace("'wasm-unsafe-eval'", '')).not.toMatch(/unsafe/)
    for (const url of [
      'app://station/..%2f..%2fetc%2fpasswd',
      'app://station/%2e%2e/%2e%2e/etc/passwd%00',
      'app://elsewhere/index.html',
      'app://station/a%5c..%5cb',
      'app://station/%zz',
      'file:///etc/passwd',
      'not a url',
    ])
      expect(screenFile('/screens', url), url).toSatisfy(
        (file) => file === null || String(file).startsWith('/screens/'),
      )
    const post = await electron.protocol.handlers.get('app')!(
      new Request('app://station/index.html', { method: 'POST' }),
    )
    expect(post.status).toBe(404)
  })

  test('only the main frame of our own page gets a port to the runtime (17, 20)', () => {
    const links: Link[] = []
    const refused: string[] = []
    const stop = handOverLinks(
      (link) => links.push(link),
      (from) => refused.push(from),
    )
    const sender = openWindow().webContents
    const ask = (senderFrame: unknown) => electron.ipcMain.emit('lineside:link-wanted', { senderFrame, sender })
    ask({ url: 'https://example.com/', parent: null })
    ask({ url: 'app://station/index.html', parent: {} })
    ask(null)
    expect(links).toHaveLength(0)
    expect(refused).toHaveLength(3)
    ask({ url: 'app://station/index.html#/mimic/x', parent: null })
    expect(links).toHaveLength(1)
    expect(sender.posted).toMatchObject([{ channel: 'lineside:link', message: null, ports: [expect.anything()] }])
    stop()
    expect(electron.ipcMain.listenerCount('lineside:link-wanted')).toBe(0)
  })

  test('a link carries messages both ways and closes once', () => {
    let link: Link | null = null
    const stop = handOverLinks(
      (given) => {
        link = given
      },
      () => undefined,
    )
    const sender = openWindow().webContents
    electron.ipcMain.emit('lineside:link-wanted', { senderFrame: { url: 'app://station/', parent: null }, sender })
    const page = sender.posted[0]!.ports[0] as InstanceType<typeof electron.MessageChannelMain>['port1']
    const received: unknown[] = []
    let closeCount = 0
    link!.onClose(() => closeCount++)
    page.postMessage({ type: 'call' })
    link!.onMessage((message) => received.push(message))
    page.on('message', ({ data }) => received.push(data))
    page.start()
    link!.send(new Uint8Array([1]))
    expect(received).toEqual([{ type: 'call' }, new Uint8Array([1])])
    page.close()
    page.close()
    link!.send({ late: true })
    expect(closeCount).toBe(1)
    expect(received).toHaveLength(2)
    stop()
  })

  test('a page that crashes is loaded again, more slowly when it keeps crashing; the program goes on', () => {
    vi.useFakeTimers()
    const log: string[] = []
    const window = openWindow({ log: (what) => log.push(what) })
    const crash = () => window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
    crash()
    vi.advanceTimersByTime(500)
    expect(window.reloads).toBe(1)
    crash()
    vi.advanceTimersByTime(500)
    expect(window.reloads).toBe(1)
    vi.advanceTimersByTime(4500)
    expect(window.reloads).toBe(2)
    expect(log[0]).toContain('crashed')
    vi.useRealTimers()
  })

  test('a kiosk has no menu; a desktop window has one', () => {
    setApplicationMenu(true)
    expect(electron.Menu.menu).toBeNull()
    setApplicationMenu(false)
    expect(electron.Menu.menu).toEqual(expect.arrayContaining([{ role: 'editMenu' }]))
    expect(JSON.stringify(electron.Menu.menu)).not.toMatch(/toggleDevTools|forceReload/)
  })

  test('a window opens where it was, unless that monitor is gone or the file is damaged', () => {
    vi.useFakeTimers()
    const file = join(folder, 'window.json')
    openWindow().emit('move')
    vi.advanceTimersByTime(500)
    vi.useRealTimers()
    expect(JSON.parse(readFileSync(file, 'utf8')).bounds).toEqual({ x: 10, y: 20, width: 800, height: 600 })
    expect(new WindowState(file).bounds()).toEqual({ x: 10, y: 20, width: 800, height: 600 })
    electron.screen.displays = [{ workArea: { x: 5000, y: 0, width: 1920, height: 1080 } }]
    expect(new WindowState(file).bounds()).toEqual({ width: 1600, height: 1000 })
    electron.screen.displays = [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }]
    for (const damaged of ['', '{', '{"bounds":{"x":"a"}}', 'null', '[]']) {
      writeFileSync(file, damaged)
      expect(new WindowState(file).bounds(), damaged).toEqual({ width: 1600, height: 1000 })
    }
  })

  test('flags win over the environment, and Chromium’s own flags pass', () => {
    const places = { userFolder: '/user', isPackaged: false }
    const environment = { LINESIDE_PORT: '9000', LINESIDE_DATA: '/env-data' }
    expect(
      readShellOptions(
        ['electron', '.', '--kiosk', '--plant', '/p', '--no-sandbox', '--port', '99999'],
        environment,
        places,
      ),
    ).toMatchObject({
      plantFolder: '/p',
      dataFolder: '/env-data',
      host: '127.0.0.1',
      port: 0,
      kiosk: true,
    })
    expect(readShellOptions(['electron'], environment, places)).toMatchObject({ port: 9000, kiosk: false })
    expect(readShellOptions(['electron'], {}, places).dataFolder).toBe('/user/data')
  })
})

test('the packed program has no Node mode, no inspector, no foreign code beside its archive (19, fuses)', () => {
  const { electronFuses, asar } = parse(
    readFileSync(new URL('../../../resources/electron-builder.yml', import.meta.url), 'utf8'),
  )
  expect(asar).toBe(true)
  expect(electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  })
})
