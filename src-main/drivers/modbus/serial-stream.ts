// A serial line as a byte stream, without native code: the system's own `stty` sets the line, Node's terminal stream reads
// and writes it. The usual package (serialport 13) cannot be used here: its reader runs on the main thread's event loop, so
// that in a worker thread nothing arrives and the first byte aborts the process (docs/adr/0007-own-modbus-frames.md).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { close, constants, fstatSync, open } from 'node:fs'
import { ReadStream } from 'node:tty'
import { promisify } from 'node:util'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { ByteStream } from './byte-stream.ts'
import type { ModbusSerialOptions } from './modbus-protocol.ts'

const openFile = promisify(open)
const closeFile = promisify(close)

/** Opens and sets a serial port. Throws a RuntimeError that says what the system refused, or the signal's reason. */
export async function openSerialStream(
  path: string,
  options: ModbusSerialOptions,
  signal: AbortSignal,
): Promise<ByteStream> {
  if (process.platform === 'win32')
    throw new RuntimeError(
      'BadNotSupported',
      'serial ports of Windows are not supported: use a serial device server, as tcp://10.0.0.7:4001',
    )
  // Without NONBLOCK an open would wait for the modem's carrier; NOCTTY keeps the line from becoming our terminal.
  const file = await openFile(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  try {
    await setLine(file, options, signal)
    return new SerialStream(file, frameGapMs(options.baudRate))
  } catch (error) {
    await closeFile(file)
    throw error
  }
}

const parityFlags: Readonly<Record<ModbusSerialOptions['parity'], readonly string[]>> = {
  none: ['-parenb'],
  even: ['parenb', '-parodd'],
  odd: ['parenb', 'parodd'],
  mark: ['parenb', 'parodd', 'cmspar'],
  space: ['parenb', '-parodd', 'cmspar'],
}

/** Arguments of `stty`: raw bytes, no flow control, the receiver on, the modem lines ignored. */
export function lineSettings({ baudRate, parity, dataBits, stopBits }: ModbusSerialOptions): readonly string[] {
  return [
    String(baudRate),
    'raw',
    '-echo',
    'clocal',
    'cread',
    '-crtscts',
    `cs${dataBits}`,
    ...parityFlags[parity],
    stopBits === 2 ? 'cstopb' : '-cstopb',
  ]
}

async function setLine(file: number, options: ModbusSerialOptions, signal: AbortSignal): Promise<void> {
  if (options.stopBits === 1.5)
    throw new RuntimeError('BadConfigurationError', '1.5 stop bits cannot be set on this system: use 1 or 2')
  const settings = lineSettings(isPseudoTerminal(file) ? { ...options, parity: 'none' } : options)
  const stty = spawn('stty', settings, { stdio: [file, 'ignore', 'pipe'], signal })
  let complaint = ''
  stty.stderr!.on('data', (text: Buffer) => {
    complaint += text.toString()
  })
  const [exitCode] = (await once(stty, 'close')) as [number | null]
  if (exitCode === 0) return
  const { baudRate, parity, dataBits, stopBits } = options
  const wanted = `${baudRate} baud, ${dataBits} data bits, parity ${parity}, ${stopBits} stop bits`
  throw new RuntimeError('BadConfigurationError', `the port does not take ${wanted}: ${complaint.trim()}`)
}

/** Virtual ports (of a gateway's driver, of socat) carry bytes without parity bits; Linux has them as devices 136 to 143. */
function isPseudoTerminal(file: number): boolean {
  const major = (fstatSync(file).rdev >>> 8) & 0xfff
  return process.platform === 'linux' && major >= 136 && major <= 143
}

/** 3.5 characters of 11 bits; above 19,200 baud a fixed 1.75 ms (serial line specification section 2.5.1.1). */
function frameGapMs(baudRate: number): number {
  return baudRate > 19_200 ? 2 : Math.ceil((3.5 * 11 * 1000) / baudRate)
}

class SerialStream implements ByteStream {
  readonly frameGapMs: number
  onBytes: (bytes: Buffer) => void = () => undefined
  onEnd: (reason: string) => void = () => undefined
  readonly #terminal: ReadStream
  readonly #file: number
  /** The terminal stream opened the line a second time for itself, where it could; ours is then closed with it. */
  readonly #isFileOurs: boolean
  #isEnded = false
  #closed: Promise<void> | null = null

  constructor(file: number, gapMs: number) {
    this.#file = file
    this.frameGapMs = gapMs
    this.#terminal = new ReadStream(file)
    const { _handle: handle } = this.#terminal as unknown as { _handle: { fd?: number } }
    this.#isFileOurs = handle.fd !== undefined && handle.fd !== file
    this.#terminal.on('data', (bytes) => this.onBytes(bytes))
    this.#terminal.on('error', (error) => this.#end(messageOf(error)))
    this.#terminal.on('end', () => this.#end('the serial line ended'))
    this.#terminal.on('close', () => this.#end('the serial port was closed'))
  }

  write(bytes: Buffer): void {
    this.#terminal.write(bytes)
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
