// Fake: a link whose other end is the test: what the screen sent is a list, what the runtime says is a call.
import type { ClientMessage, Link, LinkMessage, ServerMessage } from '../../src-main/shared/link.ts'

export class FakeRuntimeEnd {
  readonly sent: ClientMessage[] = []
  /** Answers calls by name; a name that is missing stays without an answer. */
  readonly answers = new Map<string, (input: never) => unknown>()
  /** While true nothing is answered: a link that is open but dead. */
  isMute = false
  isClosed = false
  #onMessage: (message: LinkMessage) => void = () => {}
  #onClose: () => void = () => {}

  /** The screen's end. */
  readonly link: Link = {
    pendingByteCount: 0,
    send: (message) => this.#receive(message as ClientMessage),
    onMessage: (listener) => {
      this.#onMessage = listener
    },
    onClose: (listener) => {
      this.#onClose = listener
    },
    close: () => this.end(),
  }

  say(message: ServerMessage | Uint8Array): void {
    this.#onMessage(message)
  }

  /** The link ends, as when a cable is pulled or the runtime stops. */
  end(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#onClose()
  }

  /** Messages of one type, in order. */
  ofType<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }>[] {
    return this.sent.filter((message): message is Extract<ClientMessage, { type: T }> => message.type === type)
  }

  /** The calls of one name, in order. */
  calls(name: string): Extract<ClientMessage, { type: 'call' }>[] {
    return this.ofType('call').filter((message) => message.name === name)
  }

  #receive(message: ClientMessage): void {
    if (this.isClosed) return
    this.sent.push(message)
    if (this.isMute) return
    if (message.type === 'authenticate') this.say({ type: 'result', id: message.id, value: {} })
    if (message.type !== 'call') return
    const answer = this.answers.get(message.name)
    if (answer) this.say({ type: 'result', id: message.id, value: answer(message.input as never) })
  }
}
