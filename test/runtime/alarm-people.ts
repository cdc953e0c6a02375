// People at a station, each with a session of their own, and a feed as a script reads it: over HTTP alone.
import type { CallName, InputOf, ResultOf } from '../../src-main/shared/contract.ts'
import type { Role } from '../../src-main/shared/permission.ts'
import type { StationProcess } from './station-process.ts'

const password = 'correct horse battery staple'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Somebody with a role. Sessions end with the station: `logIn` again after a restart. */
export class Person {
  readonly user: string
  #url = ''
  #token = ''

  private constructor(user: string) {
    this.user = user
  }

  /** Makes the account, as the administrator who is logged in at the station, and logs in. */
  static async hire(station: StationProcess, user: string, role: Role): Promise<Person> {
    await station.call('access.addAccount', { user, password, roles: [role] })
    const person = new Person(user)
    await person.logIn(station)
    return person
  }

  async logIn(station: StationProcess): Promise<void> {
    this.#url = station.url
    this.#token = ''
    const { status, body } = await this.post('access.login', { user: this.user, password })
    if (status !== 200) throw new Error(`log-in of ${this.user} answered ${status}: ${JSON.stringify(body)}`)
    this.#token = (body as { token: string }).token
  }

  async post(name: string, input: unknown): Promise<Answer> {
    return this.postText(name, JSON.stringify(input))
  }

  /** A body as it is, also one that is no JSON. */
  async postText(name: string, text: string): Promise<Answer> {
    const answer = await fetch(new URL(`/api/v1/${name}`, this.#url), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(this.#token ? { Authorization: `Bearer ${this.#token}` } : {}),
      },
      body: text,
    })
    const words = await answer.text()
    try {
      return { status: answer.status, body: JSON.parse(words) }
    } catch {
      return { status: answer.status, body: words }
    }
  }

  /** A call that has to succeed. */
  async call<N extends CallName>(name: N, input: InputOf<N>): Promise<ResultOf<N>> {
    const { status, body } = await this.post(name, input)
    if (status !== 200) throw new Error(`${name} of ${this.user} answered ${status}: ${JSON.stringify(body)}`)
    return body as ResultOf<N>
  }
}

/** Items of a feed over Server-Sent Events, from when it was opened until `close` or the end of the station. */
export class FeedReader<Item> {
  readonly items: Item[] = []
  readonly #abort = new AbortController()

  static async open<Item>(station: StationProcess, path: string): Promise<FeedReader<Item>> {
    const reader = new FeedReader<Item>()
    const answer = await fetch(new URL(`/api/v1/${path}`, station.url), {
      headers: { Authorization: `Bearer ${station.token}` },
      signal: reader.#abort.signal,
    })
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    void reader.#read(answer.body!)
    return reader
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    let text = ''
    try {
      for await (const piece of body) {
        text += decoder.decode(piece, { stream: true })
        const lines = text.split('\n')
        text = lines.pop()!
        for (const line of lines)
          if (line.startsWith('data: ') && line !== 'data: ') this.items.push(JSON.parse(line.slice(6)) as Item)
      }
    } catch {
      // Closed by the test, or the station was killed: what came until then counts.
    }
  }

  close(): void {
    this.#abort.abort()
  }
}
