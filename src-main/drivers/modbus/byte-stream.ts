// The wire below Modbus: a TCP connection or a serial line, with the same few members. Nothing here knows frames.
import { Socket } from 'node:net'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { ModbusSerialOptions } from './modbus-protocol.ts'

/** An open wire. Callbacks come until `destroy`; `onEnd` at most once. */
export interface ByteStream {
  write(bytes: Buffer): void
  /** Ends it at once; no callback follows. Resolves when the port is free again. */
  destroy(): Promise<void>
  onBytes: (bytes: Buffer) => void
  /** The wire ended by itself: closed by the other side, reset, unplugged. */
  onEnd: (reason: string) => void
  /** Silence that has to separate two frames on it; ms. 0 for TCP. */
  readonly frameGapMs: number
}

/** Connects. Throws a RuntimeError BadConnectionRejected, or the signal's reason. */
export function openTcpStream(host: string, port: number, signal: AbortSignal): Promise<ByteStream> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const socket = new Socket()
    const abort = () => {
      socket.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', (error) => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      reject(new RuntimeError('BadConnectionRejected', messageOf(error), error))
    })
    socket.setNoDelay()
    socket.connect({ host, port }, () => {
      signal.removeEventListener('abort', abort)
      socket.removeAllListeners('error')
      resolve(new TcpStream(socket))
    })
  })
}

class TcpStream implements ByteStream {
  readonly frameGapMs = 0
  onBytes: (bytes: Buffer) => void = () => undefined
  onEnd: (reason: string) => void = () => undefined
  readonly #socket: Socket
  #ended = false

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => this.onBytes(bytes))
    socket.on('error', (error) => this.#end(messageOf(error)))
    socket.on('end', () => this.#end('the device closed the connection'))
    socket.on('close', () => this.#end('the connection is closed'))
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  destroy(): Promise<void> {
    this.#ended = true
    this.onBytes = () => undefined
    this.#socket.destroy()
    return Promise.resolve()
  }

  #end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.destroy()
    this.onEnd(reason)
  }
}

/** Opens a serial port. Throws a RuntimeError BadConnectionRejected, or the signal's reason. */
export async function openSerialStream(
  path: string,
  options: ModbusSerialOptions,
  signal: AbortSignal,
): Promise<ByteStream> {
  const { SerialPort } = await import('serialport')
  signal.throwIfAborted()
  const { baudRate, parity, dataBits, stopBits } = options
  const port = new SerialPort({ path, baudRate, parity, dataBits, stopBits, autoOpen: false })
  await new Promise<void>((resolve, reject) =>
    port.open((error) =>
      error ? reject(new RuntimeError('BadConnectionRejected', messageOf(error), error)) : resolve(),
    ),
  )
  const stream = new SerialStream(port, serialFrameGapMs(baudRate))
  if (signal.aborted) {
    await stream.destroy()
    signal.throwIfAborted()
  }
  return stream
}

/** 3.5 characters of 11 bits; above 19,200 baud a fixed 1.75 ms (serial line specification section 2.5.1.1). */
function serialFrameGapMs(baudRate: number): number {
  return baudRate > 19_200 ? 2 : Math.ceil((3.5 * 11 * 1000) / baudRate)
}

type SerialPort = InstanceType<typeof import('serialport')['SerialPort']>

class SerialStream implements ByteStream {
  readonly frameGapMs: number
  onBytes: (bytes: Buffer) => void = () => undefined
  onEnd: (reason: string) => void = () => undefined
  readonly #port: SerialPort
  #ended = false

  constructor(port: SerialPort, frameGapMs: number) {
    this.#port = port
    this.frameGapMs = frameGapMs
    port.on('data', (bytes: Buffer) => this.onBytes(bytes))
    port.on('error', (error: Error) => this.#end(messageOf(error)))
    port.on('close', (error: Error | null) => this.#end(error ? messageOf(error) : 'the serial port was closed'))
  }

  write(bytes: Buffer): void {
    this.#port.write(bytes)
  }

  destroy(): Promise<void> {
    this.#ended = true
    this.onBytes = () => undefined
    if (!this.#port.isOpen) return Promise.resolve()
    return new Promise((resolve) => this.#port.close(() => resolve()))
  }

  #end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.onEnd(reason)
  }
}
