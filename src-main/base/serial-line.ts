// A serial line without native code: the system's own `stty` sets it, Node's terminal stream reads and writes it
// (docs/adr/0007-own-modbus-frames.md says why not the usual package). For devices that talk in texts, as scanners do.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { close, constants, fstatSync, open } from 'node:fs'
import { ReadStream } from 'node:tty'
import { promisify } from 'node:util'

const openFile = promisify(open)
const closeFile = promisify(close)

export interface SerialSettings {
  readonly baudRate: number
  readonly parity: 'none' | 'even' | 'odd'
  readonly dataBits: 7 | 8
  readonly stopBits: 1 | 2
}

/** An open line. Callbacks come until `destroy`; `onEnd` at most once. */
export interface SerialLine {
  /** `onTaken` when the system has taken all bytes. */
  write(bytes: Uint8Array, onTaken?: () => void): void
  onBytes: (bytes: Uint8Array) => void
  /** The line ended by itself: unplugged, refused. */
  onEnd: (reason: string) => void
  /** Ends it at once; no callback follows. Resolves when the port is free again. */
  destroy(): Promise<void>
}

const parityFlags: Readonly<Record<SerialSettings['parity'], readonly string[]>> = {
  none: ['-parenb'],
  even: ['parenb', '-parodd'],
  odd: ['parenb', 'parodd'],
}

/** Opens and sets a serial port. Rejects with an Error that says what the system refused. */
export async function openSerialLine(path: string, settings: SerialSettings, signal: AbortSignal): Promise<SerialLine> {
  if (process.platform === 'win32')
    throw new Error('serial ports of Windows are not supported: use a serial device server, as tcp://10.0.0.7:4001')
  // Without NONBLOCK an open would wait for the modem's carrier; NOCTTY keeps the line from becoming our terminal.
  const file = await openFile(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  try {
    await setLine(file, settings, signal)
    return new TerminalLine(file)
  } catch (error) {
    await closeFile(file)
    throw error
  }
}

async function setLine(file: number, settings: SerialSettings, signal: AbortSignal): Promise<void> {
  const { baudRate, dataBits, stopBits } = settings
  // Virtual ports (of a gateway's driver, of socat) have no parity bits.
  const parity = isPseudoTerminal(file) ? 'none' : settings.parity
  const flags = ['raw', '-echo', 'clocal', 'cread', '-crtscts', `cs${dataBits}`, ...parityFlags[parity]]
  const stty = spawn('stty', [String(baudRate), ...flags, stopBits === 2 ? 'cstopb' : '-cstopb'], {
    stdio: [file, 'ignore', 'pipe'],
    signal,
  })
  let complaint = ''
  stty.stderr!.on('data', (text: Buffer) => {
    complaint += text.toString()
  })
  const [exitCode] = (await once(stty, 'close')) as [number | null]
  if (exitCode === 0) return
  const wanted = `${baudRate} baud, ${dataBits} data bits, parity ${parity}, ${stopBits} stop bits`
  throw new Error(`the port does not take ${wanted}: ${complaint.trim()}`)
}

/** Linux has them as devices 136 to 143. */
function isPseudoTerminal(file: number): boolean {
  const major = (fstatSync(file).rdev >>> 8) & 0xfff
  return process.platform === 'linux' && major >= 136 && major <= 143
}

class TerminalLine implements SerialLine {
  onBytes: (bytes: Uint8Array) => void = () => undefined
  onEnd: (reason: string) => void = () => undefined
  readonly #terminal: ReadStream
  readonly #file: number
  /** The terminal stream opened the line a second time for itself, where it could; ours is then closed with it. */
  readonly #isFileOurs: boolean
  #isEnded = false
  #closed: Promise<void> | null = null

  constructor(file: number) {
    this.#file = file
    this.#terminal = new ReadStream(file)
    const { _handle: handle } = this.#terminal as unknown as { _handle: { fd?: number } }
    this.#isFileOurs = handle.fd !== undefined && handle.fd !== file
    this.#terminal.on('data', (bytes) => this.onBytes(bytes))
    this.#terminal.on('error', (error) => this.#end(error.message))
    this.#terminal.on('end', () => this.#end('the serial line ended'))
    this.#terminal.on('close', () => this.#end('the serial port was closed'))
  }

  write(bytes: Uint8Array, onTaken: () => void = () => undefined): void {
    this.#terminal.write(bytes, (error) => {
      if (!error) onTaken()
    })
  }

  destroy(): Promise<void> {
    this.#isEnded = true
    this.onBytes = () => undefined
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    if (!this.#terminal.closed) {
      const closed = new Promise<void>((resolve) => this.#terminal.once('close', () => resolve()))
      this.#terminal.destroy()
      await closed
    }
    if (this.#isFileOurs) await closeFile(this.#file)
  }

  #end(reason: string): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#closed = this.#close()
    this.onEnd(reason)
  }
}
