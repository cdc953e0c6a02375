// A wire to a printer: bytes out, and short answers in. TCP here; a serial line looks the same (serial-wire.ts).
import { Socket } from 'node:net'
import type { Clock } from '../../base/clock.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'

/** What is kept of what a printer sends; it has nothing long to say. */
const mostReceived = 64 << 10

export interface Wire {
  /** false = the other side ended it, or it broke. */
  readonly isOpen: boolean
  /** Resolves when the system has taken all bytes. Throws when the wire breaks or nothing moves for so long. */
  write(bytes: Uint8Array, stallMs: number): Promise<void>
  /**
   * Sends a question and gives back what came until `end` finds the answer's end (0 = not yet); null = no answer in time. Throws when
   * the wire breaks.
   */
  ask(question: string, end: (received: Buffer) => number, timeoutMs: number): Promise<Buffer | null>
  /** Says that nothing more comes and waits until the other side has read all and ends too. Throws when it does not, or breaks. */
  finish(timeoutMs: number): Promise<void>
  /** Ends it at once. */
  destroy(): void
}

/** What a connection and a serial line have in common. Callbacks come until `destroy`. */
export interface ByteLine {
  /** `onTaken` when the system has taken all bytes. */
  write(bytes: Uint8Array, onTaken: () => void): void
  /** Bytes the system has not taken yet, as far as it says. */
  pendingCount(): number
  /** Says that nothing more comes. */
  end(): void
  destroy(): void
  onBytes: (bytes: Buffer) => void
  /** The other side has read everything and sends no more. */
  onEnd: () => void
  onBroken: (reason: string) => void
}

/** Throws RuntimeError BadNoCommunication when nobody answers there. */
export function connectTcp(host: string, port: number, timeoutMs: number, clock: Clock): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = new Socket({ allowHalfOpen: true })
    const fail = (reason: string, cause?: unknown): void => {
      timer.cancel()
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.destroy()
      reject(new RuntimeError('BadNoCommunication', `no connection to ${host}:${port}: ${reason}`, cause))
    }
    const timer = clock.after(timeoutMs, () => fail(`nobody answered within ${timeoutMs / 1000} s`))
    socket.once('error', (error) => fail(messageOf(error), error))
    socket.setNoDelay()
    socket.connect({ host, port }, () => {
      timer.cancel()
      socket.removeAllListeners('error')
      resolve(new TalkingWire(new TcpLine(socket), clock))
    })
  })
}

class TcpLine implements ByteLine {
  onBytes: (bytes: Buffer) => void = () => undefined
  onEnd: () => void = () => undefined
  onBroken: (reason: string) => void = () => undefined
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => this.onBytes(bytes))
    socket.on('error', (error) => this.onBroken(messageOf(error)))
    socket.on('end', () => this.onEnd())
    socket.on('close', () => this.onBroken('the connection is closed'))
  }

  write(bytes: Uint8Array, onTaken: () => void): void {
    this.#socket.write(bytes, (error) => {
      if (!error) onTaken()
    })
  }

  pendingCount(): number {
    return this.#socket.writableLength
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** Questions and answers over a line of bytes. */
export class TalkingWire implements Wire {
  readonly #line: ByteLine
  readonly #clock: Clock
  #received = Buffer.alloc(0)
  #broken: string | null = null
  #isEnded = false
  #onEvent: () => void = () => undefined

  constructor(line: ByteLine, clock: Clock) {
    this.#line = line
    this.#clock = clock
    line.onBytes = (bytes) => {
      // Only the newest count: a printer that talks without being asked does not fill the memory.
      this.#received = Buffer.concat([this.#received, bytes]).subarray(-mostReceived)
      this.#onEvent()
    }
    line.onEnd = () => {
      this.#isEnded = true
      this.#onEvent()
    }
    line.onBroken = (reason) => this.#break(reason)
  }

  get isOpen(): boolean {
    return this.#broken === null && !this.#isEnded
  }

  async write(bytes: Uint8Array, stallMs: number): Promise<void> {
    let isTaken = false
    let movedAt = this.#clock.monotonic()
    let pending = -1
    this.#refuseClosed()
    this.#line.write(bytes, () => {
      isTaken = true
      this.#onEvent()
    })
    await this.#until(() => {
      if (isTaken) return true
      this.#refuseClosed()
      const now = this.#clock.monotonic()
      if (this.#line.pendingCount() !== pending) {
        pending = this.#line.pendingCount()
        movedAt = now
      }
      if (now - movedAt >= stallMs) throw new Error(`the printer took nothing more for ${stallMs / 1000} s`)
      return false
    }, 100)
  }

  async ask(question: string, end: (received: Buffer) => number, timeoutMs: number): Promise<Buffer | null> {
    this.#refuseClosed()
    // What came before belongs to an earlier question.
    this.#received = Buffer.alloc(0)
    const until = this.#clock.monotonic() + timeoutMs
    this.#line.write(Buffer.from(question, 'latin1'), () => undefined)
    let answer: Buffer | null = null
    await this.#until(() => {
      const length = end(this.#received)
      if (length > 0) {
        answer = this.#received.subarray(0, length)
        this.#received = this.#received.subarray(length)
        return true
      }
      this.#refuseClosed()
      return this.#clock.monotonic() >= until
    }, timeoutMs)
    return answer
  }

  async finish(timeoutMs: number): Promise<void> {
    const until = this.#clock.monotonic() + timeoutMs
    this.#line.end()
    await this.#until(() => {
      if (this.#isEnded) return true
      if (this.#broken !== null) throw new Error(this.#broken)
      if (this.#clock.monotonic() >= until)
        throw new Error(`the printer did not end the connection within ${timeoutMs / 1000} s after the label`)
      return false
    }, timeoutMs)
    this.destroy()
  }

  destroy(): void {
    this.#line.destroy()
    this.#break('the connection was closed here')
  }

  #break(reason: string): void {
    this.#broken ??= reason
    this.#onEvent()
  }

  #refuseClosed(): void {
    if (this.#broken !== null) throw new Error(this.#broken)
    if (this.#isEnded) throw new Error('the printer closed the connection')
  }

  /** Looks again with each event of the line, and at least so often. */
  async #until(isDone: () => boolean, everyMs: number): Promise<void> {
    while (!isDone())
      await new Promise<void>((resolve) => {
        const timer = this.#clock.after(everyMs, () => this.#onEvent())
        this.#onEvent = () => {
          timer.cancel()
          this.#onEvent = () => undefined
          resolve()
        }
      })
  }
}
