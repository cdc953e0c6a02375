// Scanners at the line on real sockets and real serial lines (pairs of virtual ones, by socat): what is sent arrives once and whole, whatever
// is pulled out in between.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { LineScanners } from '../../../src-main/scanning/line-scanners.ts'
import type { LineScanner } from '../../../src-main/shared/label.ts'

const gs = '\x1d'
const patience = { timeout: 20_000, interval: 20 }

let folder: string
let scanners: LineScanners
let read: string[]
const servers: Server[] = []
const clients: Socket[] = []
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-scanner-'))
  read = []
  scanners = new LineScanners({
    clock: systemClock,
    logger: silentLogger,
    onScan: ({ name }, text) => read.push(`${name}: ${text}`),
    onStanding: () => undefined,
  })
})

afterEach(() => {
  scanners.close()
  for (const client of clients.splice(0)) client.destroy()
  for (const server of servers.splice(0)) server.close()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const scanner = (connection: string, over: Partial<LineScanner> = {}): LineScanner => ({
  name: 'one',
  description: '',
  connection,
  equipment: null,
  terminator: '\r\n',
  ...over,
})

const standing = (name = 'one') => scanners.standings().find((row) => row.scanner === name)
const until = (isTrue: () => void): Promise<void> => vi.waitFor(isTrue, patience)
const quiet = (ms = 200) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A scanner that the station connects to. */
async function scannerServer(port = 0): Promise<{ port: number; sockets: Socket[]; server: Server }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    clients.push(socket)
    socket.on('error', () => undefined)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, sockets, server }
}

async function freePort(): Promise<number> {
  const { port, server } = await scannerServer()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

/** A scanner that connects to the station. */
async function connected(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  clients.push(socket)
  socket.on('error', () => undefined)
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  return socket
}

describe('a scanner the station connects to', () => {
  test('is read in pieces, and connected to again when it goes; half a scan is none', { timeout: 30_000 }, async () => {
    const { port, sockets } = await scannerServer()
    scanners.configure([scanner(`tcp://127.0.0.1:${port}`)])
    await until(() => expect(standing()?.isConnected).toBe(true))
    await until(() => expect(sockets).toHaveLength(1))
    sockets[0]!.write(`01095212345432132`)
    await quiet(50)
    sockets[0]!.write(`10000001${gs}10AB\r\n88.123.456/A1\r\nhalf a sc`)
    await until(() => expect(read).toEqual([`one: 0109521234543213210000001${gs}10AB`, 'one: 88.123.456/A1']))
    sockets[0]!.destroy()
    await until(() => expect(standing()).toMatchObject({ isConnected: false, message: /closed|reset/i }))
    await until(() => expect(sockets).toHaveLength(2))
    sockets[1]!.write('an\r88.123.456/A2\r')
    await until(() => expect(read.slice(2)).toEqual(['one: an', 'one: 88.123.456/A2']))
  })

  test('that is not there is said to be lost, and found when it comes', { timeout: 30_000 }, async () => {
    const port = await freePort()
    scanners.configure([scanner(`tcp://127.0.0.1:${port}`)])
    await until(() => expect(standing()).toMatchObject({ isConnected: false, message: /REFUSED/ }))
    await scannerServer(port)
    await until(() => expect(standing()).toEqual({ scanner: 'one', isConnected: true, message: '' }))
  })

  test('is left alone when others change, and let go when the plant has it no more', async () => {
    const { port, sockets } = await scannerServer()
    const one = scanner(`tcp://127.0.0.1:${port}`)
    scanners.configure([one])
    await until(() => expect(sockets).toHaveLength(1))
    scanners.configure([{ ...one }, scanner('tag:Packer.Scan', { name: 'tag' })])
    await quiet()
    expect(sockets).toHaveLength(1)
    expect(scanners.standings()).toHaveLength(1)
    const ended = new Promise<void>((resolve) => sockets[0]!.once('close', () => resolve()))
    sockets[0]!.resume()
    scanners.configure([])
    await ended
    sockets[0]!.destroy()
    await quiet(700)
    expect(sockets).toHaveLength(1)
    expect(read).toEqual([])
  })
})

describe('scanners that connect to the station', () => {
  test('come and go as they like; what they send at once does not mix', async () => {
    const port = await freePort()
    scanners.configure([scanner(`tcp-listen://127.0.0.1:${port}`)])
    await until(() => expect(standing()?.isConnected).toBe(true))
    const [left, right] = [await connected(port), await connected(port)]
    left.write('LEFT-')
    await quiet(50)
    right.write('RIGHT\r\n')
    await until(() => expect(read).toEqual(['one: RIGHT']))
    left.write('1\r\n')
    await until(() => expect(read).toEqual(['one: RIGHT', 'one: LEFT-1']))
    left.end('cut off')
    right.destroy()
    const again = await connected(port)
    again.write('\x02AGAIN\x03\r')
    await until(() => expect(read.slice(2)).toEqual(['one: AGAIN']))
    expect(standing()).toEqual({ scanner: 'one', isConnected: true, message: '' })
  })

  test('are sixteen at most, and a flood without an end costs no memory and no other scan', async () => {
    const port = await freePort()
    scanners.configure([scanner(`tcp-listen://127.0.0.1:${port}`)])
    await until(() => expect(standing()?.isConnected).toBe(true))
    const flood = await connected(port)
    for (let chunk = 0; chunk < 100; chunk++) flood.write(Buffer.alloc(10_000, 0x41))
    flood.write('\rGOOD\r')
    await until(() => expect(read).toEqual(['one: GOOD']))
    const others = await Promise.all(Array.from({ length: 20 }, () => connected(port)))
    const refused = () => others.filter((socket) => socket.destroyed || socket.readableEnded).length
    for (const socket of others) socket.resume()
    await until(() => expect(refused()).toBe(5))
  })

  test('a port that another program has is said, and taken when it is free', { timeout: 30_000 }, async () => {
    const { port, server } = await scannerServer()
    scanners.configure([scanner(`tcp-listen://127.0.0.1:${port}`)])
    await until(() => expect(standing()).toMatchObject({ isConnected: false, message: /ADDRINUSE/ }))
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await until(() => expect(standing()?.isConnected).toBe(true))
    ;(await connected(port)).write('X\r')
    await until(() => expect(read).toEqual(['one: X']))
  })
})

const hasSocat = spawnSync('which', ['socat']).status === 0

describe.skipIf(!hasSocat)('a scanner on a serial line (needs socat)', () => {
  /** A line of two ends: the station's, and that of the scanner, which the test has as a socket. */
  async function line(): Promise<{ path: string; scannerEnd: Socket; unplug: () => Promise<void> }> {
    const path = join(folder, 'ttyACM0')
    const { port, sockets } = await scannerServer()
    const child = spawn('socat', [`PTY,link=${path},raw,echo=0`, `TCP:127.0.0.1:${port}`], { stdio: 'ignore' })
    children.push(child)
    await until(() => expect(existsSync(path) && sockets.length === 1).toBe(true))
    const unplug = async (): Promise<void> => {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.kill('SIGTERM')
      await gone
    }
    return { path, scannerEnd: sockets[0]!, unplug }
  }

  test('is read with its separators, with or without a terminator', async () => {
    const { path, scannerEnd } = await line()
    scanners.configure([scanner(`serial:${path}?baud=115200`, { terminator: '' })])
    await until(() => expect(standing()?.isConnected).toBe(true))
    scannerEnd.write(`]d20109521234543213210000001${gs}10AB`)
    await until(() => expect(read).toEqual([`one: ]d20109521234543213210000001${gs}10AB`]))
    scanners.configure([scanner(`serial:${path}?baud=9600&parity=even&dataBits=8&stopBits=1`, { terminator: '\r' })])
    await until(() => expect(standing()?.isConnected).toBe(true))
    scannerEnd.write('88.123.456/A1\r88.123.456/A2\r')
    await until(() => expect(read.slice(1)).toEqual(['one: 88.123.456/A1', 'one: 88.123.456/A2']))
  })

  test('that is unplugged is lost, and read again when it is plugged in', { timeout: 30_000 }, async () => {
    const first = await line()
    scanners.configure([scanner(`serial:${first.path}`)])
    await until(() => expect(standing()?.isConnected).toBe(true))
    first.scannerEnd.write('BEFORE\r\nhal')
    await until(() => expect(read).toEqual(['one: BEFORE']))
    await first.unplug()
    await until(() => expect(standing()?.isConnected).toBe(false))
    expect(standing()?.message).not.toBe('')
    const second = await line()
    await until(() => expect(standing()?.isConnected).toBe(true))
    second.scannerEnd.write('AFTER\r\n')
    await until(() => expect(read).toEqual(['one: BEFORE', 'one: AFTER']))
  })

  test('a path that is no serial line is said in words', async () => {
    scanners.configure([scanner(`serial:${join(folder, 'none')}`)])
    await until(() => expect(standing()).toMatchObject({ isConnected: false, message: /ENOENT/ }))
  })
})
