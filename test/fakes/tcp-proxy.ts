// A cable on loopback that a test can cut or freeze: TCP forwarder between a driver and its device.

import { once } from 'node:events'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'

export class TcpProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #target: { host: string; port: number }
  #port = 0
  #frozen = false

  private constructor(target: { host: string; port: number }) {
    this.#target = target
    this.#server = createServer((near) => this.#forward(near))
  }

  static async start(targetPort: number, targetHost = '127.0.0.1'): Promise<TcpProxy> {
    const proxy = new TcpProxy({ host: targetHost, port: targetPort })
    await proxy.restore()
    return proxy
  }

  get port(): number {
    return this.#port
  }

  /** Breaks every connection and refuses new ones. */
  async cut(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Takes connections again, on the same port. */
  async restore(): Promise<void> {
    this.#frozen = false
    for (const socket of this.#sockets) socket.resume()
    if (this.#server.listening) return
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as { port: number }).port
  }

  /** Nothing passes any more, in both directions, but no end is told: a pulled cable, a hung device. */
  freeze(): void {
    this.#frozen = true
    for (const socket of this.#sockets) socket.pause()
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.cut()
  }

  #forward(near: Socket): void {
    const far = dial(this.#target)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from)
      from.on('data', (bytes) => {
        if (!this.#frozen) to.write(bytes)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      if (this.#frozen) from.pause()
    }
  }
}
