// A ZPL printer on loopback: takes formats, answers ~HS and ~HQES, and goes wrong in every way a real one does. Fields of a label are
// readable in it: ^FD<identifier>^FS.
import { createServer, type Server, type Socket } from 'node:net'

export interface FakePrinterOptions {
  /** Answers ~HS and ~HQES; default true. */
  readonly answers?: boolean
  /** How long a label takes to print; ms; default 0. */
  readonly printMs?: number
  /** After a fault the label that was printed is printed again, unless it says ^JZN. */
  readonly reprintsAfterFault?: boolean
}

export interface FakeLabel {
  readonly text: string
  readonly identifier: string
  readonly copies: number
}

export type FakeFault = 'mediaOut' | 'ribbonOut' | 'headOpen' | 'paused'

export class FakeLabelPrinter {
  /** What came out, in its order. */
  readonly printed: FakeLabel[] = []
  readonly options: FakePrinterOptions
  readonly faults = new Set<FakeFault>()
  /** Reads, prints, says nothing. */
  isSilent = false
  /** Takes connections and reads nothing. */
  hangs = false
  /** Faults do not keep it from answering: some printers do, Zebra's do not. */
  answersInFault = false
  connectionCount = 0
  /** So many bytes are still read, then the connections break; null = it stays well. */
  breaksAfterBytes: number | null = null
  /** Is called with each label before it comes out; may make something go wrong. */
  onLabel: (label: FakeLabel) => void = () => undefined
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  /** Formats that came whole and are not printed yet; they survive the connection. */
  #formats: string[] = []
  /** What came of a format that is not whole; it survives the connection, as in a real printer. */
  #rest = ''
  #isPrinting = false
  /** From power on to power off; what a life before began does not come out in the next. */
  #life = 0
  port = 0

  constructor(options: FakePrinterOptions = {}) {
    this.options = options
  }

  async listen(port = 0): Promise<number> {
    const server = createServer({ allowHalfOpen: false }, (socket) => this.#accept(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    this.#server = server
    this.port = (server.address() as { port: number }).port
    return this.port
  }

  /** The power goes: connections break, what is in its memory is lost. */
  async die(): Promise<void> {
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.#sockets.clear()
    this.#formats = []
    this.#rest = ''
    this.#isPrinting = false
    this.#life++
    const server = this.#server
    this.#server = null
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  /** Connections break; its memory stays. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.#sockets.clear()
  }

  close(): Promise<void> {
    return this.die()
  }

  setFault(fault: FakeFault): void {
    this.faults.add(fault)
  }

  /** Well again; prints what it has, and once more the last label where it does so. */
  clearFaults(): void {
    const wasFault = [...this.faults].some((fault) => fault !== 'paused')
    this.faults.clear()
    const last = this.printed.at(-1)
    if (wasFault && this.options.reprintsAfterFault && last && !last.text.includes('^JZN')) this.printed.push(last)
    this.#print()
  }

  setHangs(hangs: boolean): void {
    this.hangs = hangs
    for (const socket of this.#sockets) hangs ? socket.pause() : socket.resume()
  }

  identifiers(): string[] {
    return this.printed.map(({ identifier }) => identifier)
  }

  #accept(socket: Socket): void {
    this.connectionCount++
    this.#sockets.add(socket)
    if (this.hangs) socket.pause()
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => this.#receive(bytes.toString('latin1'), socket))
  }

  #receive(text: string, socket: Socket): void {
    if (!this.#sockets.has(socket)) return
    const left = this.breaksAfterBytes
    if (left === null || text.length < left) {
      if (left !== null) this.breaksAfterBytes = left - text.length
      return this.#take(text, socket)
    }
    this.breaksAfterBytes = null
    this.#take(text.slice(0, left), socket)
    this.cut()
  }

  #take(text: string, socket: Socket): void {
    this.#rest += text
    for (;;) {
      const command = /~(HS|HQES|JA)/.exec(this.#rest)
      const format = /\^XA[\s\S]*?\^XZ/.exec(this.#rest)
      if (command && (!format || command.index < format.index + format[0].length)) {
        // Commands with ~ are done at once, wherever they stand; ~JA drops what was begun.
        this.#rest = this.#rest.slice(0, command.index) + this.#rest.slice(command.index + command[0].length)
        if (command[1] === 'JA') {
          this.#rest = this.#rest.slice(command.index)
          this.#formats = []
        } else this.#answer(command[1]!, socket)
        continue
      }
      if (!format) return
      this.#rest = this.#rest.slice(format.index + format[0].length)
      this.#formats.push(format[0])
      this.#print()
    }
  }

  #print(): void {
    if (this.#isPrinting || this.faults.size > 0) return
    const text = this.#formats[0]
    if (text === undefined) return
    const { printMs = 0 } = this.options
    if (printMs === 0) return this.#putOut(text)
    this.#isPrinting = true
    const life = this.#life
    setTimeout(() => {
      if (life !== this.#life) return
      this.#isPrinting = false
      // ~JA may have dropped it meanwhile.
      if (this.#formats[0] === text) this.#putOut(text)
      else this.#print()
    }, printMs)
  }

  #putOut(text: string): void {
    const identifier = /\^FD([^^]*)\^FS/.exec(text)?.[1] ?? ''
    const copies = Number(/\^PQ(\d+)/.exec(text)?.[1] ?? 1)
    const label = { text, identifier, copies }
    this.#formats.shift()
    this.onLabel(label)
    this.printed.push(label)
    this.#print()
  }

  #answer(command: string, socket: Socket): void {
    const isFault = [...this.faults].some((fault) => fault !== 'paused')
    if (this.options.answers === false || this.isSilent || (isFault && !this.answersInFault)) return
    if (socket.destroyed) return
    const flag = (fault: FakeFault): string => (this.faults.has(fault) ? '1' : '0')
    const count = String(this.#formats.length).padStart(3, '0')
    if (command === 'HS') {
      const isPartial = this.#rest.includes('^XA') ? '1' : '0'
      socket.write(
        `\x02030,${flag('mediaOut')},${flag('paused')},1245,${count},0,0,${isPartial},000,0,0,0\x03\r\n` +
          `\x02001,0,${flag('headOpen')},${flag('ribbonOut')},1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n`,
      )
      return
    }
    const bits =
      Number(this.faults.has('mediaOut')) +
      2 * Number(this.faults.has('ribbonOut')) +
      4 * Number(this.faults.has('headOpen'))
    const errors = `${bits > 0 ? 1 : 0} 00000000 ${bits.toString(16).toUpperCase().padStart(8, '0')}`
    socket.write(
      `\x02\r\n  PRINTER STATUS\r\n   ERRORS:         ${errors}\r\n   WARNINGS:       0 00000000 00000000\r\n\x03\r\n`,
    )
  }
}
