// The windows of this station on this machine, one for each monitor say: any screen can be opened in another window or sent to one
// that is open. In a browser they are windows of the browser, on the desktop windows of the program.
import { SvelteMap } from 'svelte/reactivity'

const channelName = 'lineside:windows'
/** Windows that cannot say goodbye (a crash) are forgotten when they do not answer for so long; ms. */
const silenceMs = 3000
const roundMs = 1000

type Message =
  | { readonly type: 'who' }
  | { readonly type: 'here'; readonly number: number; readonly title: string }
  | { readonly type: 'gone'; readonly number: number }
  | { readonly type: 'show'; readonly number: number; readonly hash: string }

export interface OtherWindow {
  readonly number: number
  /** Of what it shows now. */
  readonly title: string
}

interface Seen extends OtherWindow {
  readonly at: number
}

export class StationWindows {
  /** Of this window, from 1; the shell and `open` give it in the address: `?window=2`. */
  readonly number: number
  readonly #channel = new BroadcastChannel(channelName)
  readonly #seen = new SvelteMap<number, Seen>()
  readonly #timer: ReturnType<typeof setInterval>

  constructor() {
    this.number = numberIn(location.search)
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#receive(data)
    this.#timer = setInterval(() => this.#round(), roundMs)
    window.addEventListener('pagehide', this.#leave)
    this.#send({ type: 'who' })
  }

  /** Reactive: the other windows, by number. */
  get others(): readonly OtherWindow[] {
    return [...this.#seen.values()].sort((a, b) => a.number - b.number)
  }

  /** Opens what `hash` names in a window of its own. False when the browser does not let it. */
  open(hash: string): boolean {
    const taken = new Set([this.number, ...this.#seen.keys()])
    let number = 2
    while (taken.has(number)) number++
    const url = new URL(location.href)
    url.search = `?window=${number}`
    url.hash = hash
    // The name keeps a second click on a slow machine from opening two.
    return window.open(url, `lineside-${number}`, 'popup') !== null
  }

  /** Has another window show what `hash` names. */
  show(number: number, hash: string): void {
    this.#send({ type: 'show', number, hash })
  }

  close(): void {
    clearInterval(this.#timer)
    window.removeEventListener('pagehide', this.#leave)
    this.#leave()
    this.#channel.close()
  }

  readonly #leave = (): void => this.#send({ type: 'gone', number: this.number })

  #receive(message: Message): void {
    switch (message.type) {
      case 'who':
        return this.#sayHere()
      case 'here':
        if (message.number !== this.number) this.#seen.set(message.number, { ...message, at: performance.now() })
        return
      case 'gone':
        this.#seen.delete(message.number)
        return
      case 'show':
        // An address of a screen, nothing else: whoever speaks here is of the same origin, but a hash is all it can be.
        if (message.number === this.number && message.hash.startsWith('#/')) location.hash = message.hash
    }
  }

  #round(): void {
    this.#sayHere()
    const oldest = performance.now() - silenceMs
    for (const { number, at } of this.#seen.values()) if (at < oldest) this.#seen.delete(number)
  }

  #sayHere(): void {
    this.#send({ type: 'here', number: this.number, title: document.title })
  }

  #send(message: Message): void {
    this.#channel.postMessage(message)
  }
}

function numberIn(search: string): number {
  const number = Number(new URLSearchParams(search).get('window') ?? 1)
  return Number.isInteger(number) && number >= 1 && number <= 99 ? number : 1
}
