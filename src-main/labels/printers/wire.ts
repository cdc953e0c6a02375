// A wire to a printer: bytes out, and short answers in. TCP here; a serial line looks the same (serial-channel.ts).
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
      resolve(new TcpWire(socket, clock))
    })
  })
}

class TcpWire implements Wire {
  readonly #socket: Socket
  readonly #clock: Clock
  #received = Buffer.alloc(0)
  #broken: string | null = null
  #isEnded = false
  #isFinished = false
  #onEvent: () => void = () => undefined

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    socket.on('data', (bytes) => {
      // Only the newest count: a printer that talks without being asked does not fill the memory.
      this.#received = Buffer.concat([this.#received, bytes]).subarray(-mostReceived)
      this.#onEvent()
    })
    socket.on('error', (error) => this.#break(messageOf(error)))
    socket.on('end', () => {
      this.#isEnded = true
      this.#onEvent()
    })
    socket.on('close', () => this.#break('the connection is closed'))
  }

  get isOpen(): boolean {
    return this.#broken === null && !this.#isEnded
  }

  async write(bytes: Uint8Array, stallMs: number): Promise<void> {
    let isTaken = false
    let movedAt = this.#clock.monotonic()
    let pending = -1
    this.#refuseBroken()
    this.#socket.write(bytes, (error) => {
      isTaken = !error
      this.#onEvent()
    })
    await this.#until(() => {
      if (isTaken) return true
      this.#refuseBroken()
      if (this.#isEnded) throw new Error('the printer closed the connection')
      const now = this.#clock.monotonic()
      if (this.#socket.writableLength !== pending) {
        pending = this.#socket.writableLength
        movedAt = now
      }
      if (now - movedAt >= stallMs) throw new Error(`the printer took nothing more for ${stallMs / 1000} s`)
      return false
    }, 100)
  }

  async ask(question: string, end: (received: Buffer) => number, timeoutMs: number): Promise<Buffer | null> {
    this.#refuseBroken()
    // What came before belongs to an earlier question.
    this.#received = Buffer.alloc(0)
    const until = this.#clock.monotonic() + timeoutMs
    this.#socket.write(question, 'latin1')
    let answer: Buffer | null = null
    await this.#until(() => {
      const length = end(this.#received)
      if (length > 0) {
        answer = this.#received.subarray(0, length)
        this.#received = this.#received.subarray(length)
        return true
      }
      this.#refuseBroken()
      if (this.#isEnded) throw new Error('the printer closed the connection')
      return this.#clock.monotonic() >= until
    }, timeoutMs)
    return answer
  }

  async finish(timeoutMs: number): Promise<void> {
    const until = this.#clock.monotonic() + timeoutMs
    this.#isFinished = true
    this.#socket.end()
    await this.#until(() => {
      if (this.#isEnded) return true
      this.#refuseBroken()
      if (this.#clock.monotonic() >= until)
        throw new Error(`the printer did not end the connection within ${timeoutMs / 1000} s after the label`)
      return false
    }, timeoutMs)
    this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
    this.#break('the connection was closed here')
  }

  #break(reason: string): void {
    this.#broken ??= reason
    this.#onEvent()
  }

  #refuseBroken(): void {
    if (this.#broken !== null && !(this.#isFinished && this.#isEnded)) throw new Error(this.#broken)
  }

  /** Looks again with each event of the socket, and at least so often. */
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
