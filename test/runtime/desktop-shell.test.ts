// The whole desktop program on a fake of Electron's module: the real runtime behind it, a page that asks for its link.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { app, BrowserWindow, ipcMain, Menu, type MessageChannelMain, powerSaveBlocker } from '../fakes/electron.ts'
import { until } from '../main/drivers/driver-conformance.ts'
import { writeFolder } from './station-process.ts'

type Port = InstanceType<typeof MessageChannelMain>['port1']

describe('the desktop program', () => {
  let plantFolder: string
  let userFolder: string
  let printed: string

  beforeAll(async () => {
    plantFolder = writeFolder({
      'plant.yaml': 'name: Desk\nline: L\nsite: S\n',
      'devices/training.yaml': 'name: training\nprotocol: simulator\naddress: here\nscanRates: { normal: 100 ms }\n',
      'tags/a.yaml': 'tags:\n  - { name: A.Ramp, device: training, address: "ramp(period=1 s)" }\n',
    })
    userFolder = mkdtempSync(join(tmpdir(), 'lineside-user-'))
    app.userFolder = userFolder
    vi.stubEnv('LINESIDE_PLANT', plantFolder)
    vi.stubEnv('LINESIDE_KIOSK', '1')
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
    printed = ''
    await import('../../src-main/main.ts')
    await until('the window', () => BrowserWindow.getAllWindows().length === 1, 20_000)
    vi.mocked(process.stdout.write).mockRestore()
  })

  afterAll(() => {
    vi.unstubAllEnvs()
    rmSync(plantFolder, { recursive: true })
    rmSync(userFolder, { recursive: true })
  })

  /** What the preload does for a page of ours. */
  function openPage(): { port: Port; received: Record<string, unknown>[]; send: (message: object) => void } {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    webContents.posted.length = 0
    ipcMain.emit('lineside:link-wanted', {
      senderFrame: { url: 'app://station/index.html', parent: null },
      sender: webContents,
    })
    const port = webContents.posted[0]!.ports[0] as Port
    const received: Record<string, unknown>[] = []
    port.on('message', ({ data }) => received.push(data))
    port.start()
    return { port, received, send: (message) => port.postMessage(message) }
  }

  test('opens one kiosk window without a menu and keeps the display awake', () => {
    expect(BrowserWindow.getAllWindows()).toHaveLength(1)
    expect(BrowserWindow.getAllWindows()[0]!.options.kiosk).toBe(true)
    expect(Menu.menu).toBeNull()
    expect(powerSaveBlocker.started).toEqual(['prevent-display-sleep'])
  })

  test('its page logs in over the port and sees live values as frames', async () => {
    const code = /First-start code: (\S+)/.exec(printed)![1]!
    const { received, send } = openPage()
    send({ type: 'call', id: 1, name: 'tags.read', input: { tags: ['A.Ramp'] } })
    await until('a refusal before the log-in', () => received.some(({ id, type }) => id === 1 && type === 'error'))
    send({ type: 'call', id: 2, name: 'access.login', input: { user: 'desk', password: code } })
    await until('the log-in', () => received.some(({ id, type }) => id === 2 && type === 'result'))
    send({ type: 'open', id: 3, name: 'tags.watch', input: { tags: ['A.Ramp'] } })
    const frames = () => received.filter((message) => message instanceof Uint8Array)
    await until('a frame', () => frames().length > 0)
    send({ type: 'ack', id: 3 })
    await until('another frame', () => frames().length > 1)
  })

  test('a second start shows the first window instead', () => {
    app.emit('second-instance')
    expect(BrowserWindow.getAllWindows()).toHaveLength(1)
    expect(BrowserWindow.getAllWindows()[0]!.isFocused).toBe(true)
  })

  test('a kiosk window that is closed comes back, and the runtime went on', async () => {
    BrowserWindow.getAllWindows()[0]!.close()
    expect(BrowserWindow.getAllWindows()).toHaveLength(1)
    const url = /lineside ready (\S+)/.exec(printed)![1]!
    expect((await fetch(`${url.replace(/\/$/, '')}/health`)).status).toBe(200)
  })

  test('quitting waits until the runtime has closed', async () => {
    const url = /lineside ready (\S+)/.exec(printed)![1]!
    app.quit()
    expect(app.quitCount).toBe(0)
    await until('the end', () => app.quitCount === 1, 10_000)
    await expect(fetch(url)).rejects.toThrow()
  })
})
