// Printers on a wire: TCP port 9100 and serial lines. Neither acknowledges a label, so the printer is asked on the same wire; one that was
// never heard has taken the label when it has read everything and ended the connection after us.
import type { Clock } from '../../base/clock.ts'
import type { LabelPrinter, PrinterCondition } from '../../shared/label.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import {
  conditionsMessage,
  type OutgoingLabel,
  type PrinterAnswer,
  type PrinterChannel,
  PrinterFault,
  type PrinterMemory,
} from './printer-channel.ts'
import { type PrinterTalk, type TalkAnswer, talkOf, waitUntilOut } from './printer-talk.ts'
import type { Wire } from './wire.ts'

/** An answer so young still counts before the next label is sent. */
const freshMs = 1000
/** One that was never heard is given so long at most, and asked so seldom: its labels do not wait for an answer that never comes. */
const firstAnswerMs = 1000
const unheardIntervalMs = 30_000
const unheardMessage =
  'the printer has never answered when it was asked for its state; labels are sent to it all the same (statusInterval: 0 says that it cannot be asked)'

export interface WireChannelParts {
  readonly printer: LabelPrinter
  readonly memory: PrinterMemory
  readonly clock: Clock
  /** Throws RuntimeError when there is no connection. */
  readonly connect: () => Promise<Wire>
  /** The line stays when a label is over (serial): its end says nothing. */
  readonly isLine: boolean
}

export class WireChannel implements PrinterChannel {
  readonly #parts: WireChannelParts
  readonly #talk: PrinterTalk | null
  /** It answered at some time: its silence is a fault. */
  #hasAnswered: boolean
  #mayHoldRest: boolean
  /** It was asked and has not answered, now or ever. */
  #isUnheard = false
  #unheardAt = 0
  #wire: Wire | null = null
  #answeredAt = Number.NEGATIVE_INFINITY
  #answer: PrinterAnswer = { conditions: ['unknown'], message: '', hasAnswered: false }
  #isClosed = false
  /** One talk at a time. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: WireChannelParts) {
    this.#parts = parts
    const { printer, memory } = parts
    this.#talk = printer.statusIntervalMs === 0 ? null : talkOf(printer.language)
    this.#hasAnswered = memory.hasAnswered
    this.#mayHoldRest = memory.mayHoldRest
  }

  status(): Promise<PrinterAnswer> {
    return this.#inTurn(() => this.#ask(0))
  }

  prepare(): Promise<PrinterAnswer> {
    return this.#inTurn(() => this.#ask(freshMs))
  }

  send(label: OutgoingLabel): Promise<void> {
    return this.#inTurn(() => this.#send(label))
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#drop()
    return Promise.resolve()
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn
    let end: () => void = () => undefined
    this.#turn = new Promise<void>((resolve) => {
      end = resolve
    })
    await before
    try {
      return await work()
    } finally {
      end()
    }
  }

  /** What the printer says, or what its silence says. An answer younger than `freshForMs` is taken as it is while the wire is open. */
  async #ask(freshForMs: number): Promise<PrinterAnswer> {
    const { clock } = this.#parts
    if (this.#wire?.isOpen && clock.monotonic() - this.#answeredAt < freshForMs) return this.#answer
    try {
      if (this.#isUnheard && clock.monotonic() - this.#unheardAt < unheardIntervalMs) {
        // Whether it is there at all; a label gets a connection of its own, which nobody has had time to close.
        this.#drop()
        await this.#connected()
        if (freshForMs === 0) this.#drop()
        return this.#unheard()
      }
      const wire = await this.#connected()
      if (!this.#talk) return this.#noted(['unknown'], '', false)
      const answer = await this.#talk.ask(wire, this.#answerMs)
      if (answer) return this.#heard(answer)
      this.#drop()
      if (this.#hasAnswered) return this.#noted(['silent'], '', false)
      this.#isUnheard = true
      this.#unheardAt = clock.monotonic()
      return this.#unheard()
    } catch (error) {
      this.#drop()
      return this.#noted(['offline'], messageOf(error), false)
    }
  }

  get #answerMs(): number {
    const { timeoutMs } = this.#parts.printer
    return this.#hasAnswered ? timeoutMs : Math.min(timeoutMs, firstAnswerMs)
  }

  #unheard(): PrinterAnswer {
    this.#answer = { conditions: ['silent'], message: unheardMessage, hasAnswered: false, isTrustedUnheard: true }
    return this.#answer
  }

  async #connected(): Promise<Wire> {
    if (this.#wire?.isOpen) return this.#wire
    this.#drop()
    if (this.#isClosed) throw new Error('the connection to the printer is closed')
    const wire = await this.#parts.connect()
    if (this.#isClosed) {
      wire.destroy()
      throw new Error('the connection to the printer is closed')
    }
    this.#wire = wire
    const forget = talkOf(this.#parts.printer.language)?.forget ?? ''
    if (this.#mayHoldRest && forget !== '')
      await wire.write(Buffer.from(forget, 'latin1'), this.#parts.printer.timeoutMs)
    this.#mayHoldRest = false
    return wire
  }

  async #send(label: OutgoingLabel): Promise<void> {
    const { printer, clock } = this.#parts
    let wire: Wire
    try {
      wire = await this.#connected()
    } catch (error) {
      this.#drop()
      throw new PrinterFault(['offline'], messageOf(error), 'untouched', error)
    }
    try {
      await wire.write(label.bytes, printer.timeoutMs)
      if (this.#talk && this.#hasAnswered) await this.#waitUntilOut(wire)
      else if (!this.#parts.isLine) {
        await wire.finish(printer.timeoutMs)
        this.#wire = null
      }
    } catch (error) {
      this.#mayHoldRest = true
      this.#drop()
      if (error instanceof PrinterFault) throw error
      const isOut = this.#isClosed
        ? 'the station closed the connection while the label was on its way'
        : messageOf(error)
      throw new PrinterFault(['offline'], `the label broke off: ${isOut}`, 'unknown', error)
    }
    this.#answeredAt = clock.monotonic()
  }

  async #waitUntilOut(wire: Wire): Promise<void> {
    const { printer, clock } = this.#parts
    const delivery = await waitUntilOut(this.#talk!, wire, printer.timeoutMs, clock, (answer) => this.#heard(answer))
    if (delivery.kind === 'out') return
    if (delivery.kind === 'fault')
      throw new PrinterFault(
        delivery.conditions,
        `while the label was printed: ${conditionsMessage(delivery.conditions)}`,
        'unknown',
      )
    if (delivery.kind === 'stuck')
      throw new PrinterFault(['fault'], 'the printer took the label and does not get on with it', 'unknown')
    throw new PrinterFault(
      ['silent'],
      `the printer took the label and did not answer within ${printer.timeoutMs / 1000} s`,
      'unknown',
    )
  }

  #heard({ conditions, warning }: TalkAnswer): PrinterAnswer {
    this.#hasAnswered = true
    this.#isUnheard = false
    this.#answeredAt = this.#parts.clock.monotonic()
    const words = [conditionsMessage(conditions), warning].filter((word) => word !== '')
    return this.#noted(conditions, words.join(', '), true)
  }

  #noted(conditions: readonly PrinterCondition[], message: string, hasAnswered: boolean): PrinterAnswer {
    this.#answer = { conditions, message, hasAnswered }
    return this.#answer
  }

  #drop(): void {
    this.#wire?.destroy()
    this.#wire = null
    this.#answeredAt = Number.NEGATIVE_INFINITY
  }
}
