// One request after the other over one wire. Every request ends within its time-out, whatever the other side sends:
// late answers, answers to others, half frames, noise, nothing at all. Calls never overlap: request-queue.ts sees to it.
import { type Clock, sleep, type Timer } from '../../base/clock.ts'
import type { ByteStream } from './byte-stream.ts'
import { type Answer, RtuAnswerReader, readAnswer, rtuFrame, TcpFrameReader, tcpFrame } from './modbus-frame.ts'

export type Framing = 'tcp' | 'rtu'

/** Counts for the device page; never reset. */
export interface LinkCounts {
  /** Answers that came after their time-out, and answers to nobody. */
  strayAnswerCount: number
  malformedAnswerCount: number
}

interface Waiting {
  readonly unit: number
  readonly request: Buffer
  readonly transaction: number
  /** For RTU: finds the answer among noise. */
  readonly reader: RtuAnswerReader | null
  readonly finish: (answer: Answer) => void
}

/** RTU: an answer that is late is waited out on a quiet line for at most this many time-outs before the next request. */
const quietWaits = 3

export class ModbusLink {
  readonly counts: LinkCounts = { strayAnswerCount: 0, malformedAnswerCount: 0 }
  /** The wire ended by itself, or the bytes on it are not Modbus. Called at most once, never after `close`. */
  onEnd: (reason: string) => void = () => undefined
  readonly #stream: ByteStream
  readonly #framing: Framing
  readonly #clock: Clock
  readonly #tcpReader = new TcpFrameReader()
  #waiting: Waiting | null = null
  #timer: Timer | null = null
  #transaction = 0
  #lastActivity: number
  #hasLateAnswer = false
  #endReason: string | null = null
  readonly #ended = new AbortController()

  constructor(stream: ByteStream, framing: Framing, clock: Clock) {
    this.#stream = stream
    this.#framing = framing
    this.#clock = clock
    this.#lastActivity = clock.monotonic()
    stream.onBytes = (bytes) => this.#take(bytes)
    stream.onEnd = (reason) => this.#end(reason)
  }

  /** Why the wire ended; null while it stands. */
  get endReason(): string | null {
    return this.#endReason
  }

  /** Sends a request PDU and resolves with what became of it; never throws, never takes longer than the time-out. */
  async request(unit: number, request: Buffer, timeoutMs: number): Promise<Answer> {
    if (this.#framing === 'rtu') await this.#waitForLine(timeoutMs)
    if (this.#endReason !== null) return { kind: 'closed', message: this.#endReason }
    return new Promise((resolve) => {
      this.#transaction = (this.#transaction + 1) & 0xffff
      const isTcp = this.#framing === 'tcp'
      this.#waiting = {
        unit,
        request,
        transaction: this.#transaction,
        reader: isTcp ? null : new RtuAnswerReader(unit, request),
        finish: resolve,
      }
      this.#timer = this.#clock.after(timeoutMs, () => this.#giveUp())
      this.#lastActivity = this.#clock.monotonic()
      this.#stream.write(isTcp ? tcpFrame(this.#transaction, unit, request) : rtuFrame(unit, request))
    })
  }

  /** Waits until the line has been quiet for so long, at most `limitMs`; what arrives meanwhile is dropped. */
  async quiet(quietMs: number, limitMs: number): Promise<void> {
    const end = this.#clock.monotonic() + limitMs
    for (;;) {
      const now = this.#clock.monotonic()
      const waitMs = Math.min(this.#lastActivity + quietMs, end) - now
      if (waitMs <= 0 || this.#endReason !== null) return
      await sleep(this.#clock, Math.ceil(waitMs), this.#ended.signal)
    }
  }

  async close(): Promise<void> {
    this.onEnd = () => undefined
    this.#end('the connection is being closed')
    await this.#stream.destroy()
  }

  #take(bytes: Buffer): void {
    this.#lastActivity = this.#clock.monotonic()
    if (this.#framing === 'rtu') return this.#takeRtu(bytes)
    const isModbus = this.#tcpReader.push(bytes, (transaction, unit, pdu) => this.#takeTcpFrame(transaction, unit, pdu))
    if (isModbus) return
    this.counts.malformedAnswerCount++
    this.#end('the device sent bytes that are not Modbus TCP')
    void this.#stream.destroy()
  }

  /** The server has to return transaction and unit as they were asked (messaging on TCP/IP guide V1.0b section 3.1.3). */
  #takeTcpFrame(transaction: number, unit: number, pdu: Buffer): void {
    const waiting = this.#waiting
    if (waiting?.transaction !== transaction) this.counts.strayAnswerCount++
    else if (waiting.unit === unit) this.#finish(readAnswer(waiting.request, Buffer.from(pdu)))
    else this.#finish({ kind: 'malformed', message: otherUnit(waiting.unit, unit) })
  }

  #takeRtu(bytes: Buffer): void {
    const waiting = this.#waiting
    if (!waiting) {
      this.counts.strayAnswerCount++
      return
    }
    const pdu = waiting.reader!.push(bytes)
    if (pdu) this.#finish(readAnswer(waiting.request, Buffer.from(pdu)))
  }

  #giveUp(): void {
    // An RTU answer carries no number: one that comes after the next request went out would be taken for that one's.
    this.#hasLateAnswer = this.#framing === 'rtu'
    this.#lastActivity = this.#clock.monotonic()
    const isNoise = this.#waiting?.reader?.sawBytes === true
    this.#finish(isNoise ? { kind: 'malformed', message: 'no answer with a right checksum' } : { kind: 'timeout' })
  }

  #finish(answer: Answer): void {
    const waiting = this.#waiting
    if (!waiting) return
    this.#waiting = null
    this.#timer?.cancel()
    this.#timer = null
    if (answer.kind === 'malformed') this.counts.malformedAnswerCount++
    waiting.finish(answer)
  }

  #end(reason: string): void {
    if (this.#endReason !== null) return
    this.#endReason = reason
    this.#ended.abort()
    this.#finish({ kind: 'closed', message: reason })
    this.onEnd(reason)
  }

  /** The silence between two frames; after a time-out a whole time-out of silence, in which a late answer is dropped. */
  #waitForLine(timeoutMs: number): Promise<void> {
    const quietMs = this.#hasLateAnswer ? timeoutMs : this.#stream.frameGapMs
    this.#hasLateAnswer = false
    return this.quiet(quietMs, timeoutMs * quietWaits)
  }
}

function otherUnit(asked: number, answering: number): string {
  return `an answer of unit ${answering} to unit ${asked}; if the device always answers so, set unitId to ${answering}`
}
