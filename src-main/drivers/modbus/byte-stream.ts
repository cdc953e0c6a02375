// The wire below Modbus: what a TCP connection (here) and a serial line (serial-stream.ts) have in common. Knows no frames.
import { Socket } from 'node:net'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'

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
