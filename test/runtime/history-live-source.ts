// A device that publishes counters over MQTT and remembers what it published when: the ground truth of live recording.
import { createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { isBad } from '../../src-main/shared/status-code.ts'
import type { StoredRows } from './history-truth.ts'

/**
 * Time in which values may be on their way when a station is killed or asked: transport, and the collecting of small batches, on a
 * machine with other things to do. What really happened is told by `largestLossMs`.
 */
const onTheWayMs = 3000
/** The same when it is ended with a signal that it answers. */
const onTheWayCleanMs = 1000

/** A time in which one station listened. */
interface Listening {
  readonly from: number
  to: number | null
  /** True: the station was ended clean, everything that reached it has to be there. */
  isClean: boolean
}

/** Every value is the number of its message, so that what is missing, doubled or out of order is seen in the values alone. */
export class LiveSource {
  readonly tags: readonly string[]
  readonly #aedes: Aedes
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Time stamp of each message; its number is its place. The same for all tags. */
  readonly #sent: number[] = []
  readonly #listening: Listening[] = []
  #timer: NodeJS.Timeout | null = null
  #largestLossMs = 0

  private constructor(aedes: Aedes, server: Server, tagCount: number) {
    this.#aedes = aedes
    this.#server = server
    this.tags = Array.from({ length: tagCount }, (_, index) => `Live.Count${index}`)
  }

  static async start(tagCount: number): Promise<LiveSource> {
    const aedes = await Aedes.createBroker()
    const server = createServer()
    const source = new LiveSource(aedes, server, tagCount)
    server.on('connection', (socket) => {
      source.#sockets.add(socket)
      socket.on('close', () => source.#sockets.delete(socket))
      aedes.handle(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    let subscribed = 0
    aedes.on('client', () => {
      subscribed = 0
    })
    aedes.on('subscribe', (subscriptions) => {
      subscribed += subscriptions.filter(({ topic }) => topic.startsWith('live/')).length
      if (subscribed === tagCount) source.#listening.push({ from: Date.now(), to: null, isClean: false })
    })
    return source
  }

  /** Files of the plant: the device and its tags. */
  files(): Record<string, string> {
    const { port } = this.#server.address() as { port: number }
    const tags = this.tags.map(
      (tag, index) =>
        `  - name: ${tag}\n    device: live\n    address: live/${index}#$.v\n    dataType: int32\n    timestampPath: $.t`,
    )
    return {
      'devices/live.yaml': `name: live\nprotocol: mqtt\naddress: mqtt://127.0.0.1:${port}\nprotocolVersion: "3.1.1"\n`,
      'tags/live.yaml': `tags:\n${tags.join('\n')}\n`,
    }
  }

  /** Publishes one message for each tag every `intervalMs`. */
  begin(intervalMs: number): void {
    this.#timer = setInterval(() => this.publish(), intervalMs)
  }

  /** One message for each tag, now. */
  publish(timestamp = Date.now()): void {
    const number = this.#sent.length
    this.#sent.push(timestamp)
    const payload = Buffer.from(`{"v":${number},"t":${timestamp}}`)
    for (let index = 0; index < this.tags.length; index++)
      this.#aedes.publish(
        { cmd: 'publish', topic: `live/${index}`, payload, qos: 1, retain: false, dup: false },
        () => undefined,
      )
  }

  get sentCount(): number {
    return this.#sent.length
  }

  get isHeard(): boolean {
    return this.#listening.at(-1)?.to === null
  }

  /** The station was ended just now. */
  ended(isClean: boolean): void {
    const last = this.#listening.at(-1)
    if (last === undefined || last.to !== null) return
    last.to = Date.now()
    last.isClean = isClean
  }

  /** How long before a kill the oldest value was sent that is not there; ms, over all comparisons. */
  get largestLossMs(): number {
    return this.#largestLossMs
  }

  /** Sentences about everything that is not as it must be; at most 20. `askedAt`: when the rows were asked for, by Date.now(). */
  compare(tag: string, rows: StoredRows, askedAt: number): string[] {
    const faults: string[] = []
    const fault = (text: string): void => {
      if (faults.length < 20) faults.push(`${tag}: ${text}`)
    }
    const stored = new Set<number>()
    let last = -1
    let isAfterBad = true
    let before = Number.NEGATIVE_INFINITY
    rows.timestamps.forEach((timestamp, index) => {
      const value = rows.values[index]!
      if (timestamp < before) fault(`${timestamp} stands after ${before}`)
      before = timestamp
      if (value === null) {
        if (!isBad(rows.statusCodes[index]!)) fault(`${timestamp} has no value, but is not Bad`)
        isAfterBad = true
        return
      }
      const number = Number(value)
      if (rows.statusCodes[index] !== 0) fault(`${number} has status 0x${rows.statusCodes[index]!.toString(16)}`)
      if (number <= last) fault(`${number} stands after ${last}`)
      if (number >= this.#sent.length) fault(`${number} was never sent`)
      // A value that is older than the Bad sample before it is known only from its arrival on.
      if (!isAfterBad && timestamp !== this.#sent[number])
        fault(`${number} was sent with ${this.#sent[number]}, but stands at ${timestamp}`)
      last = number
      isAfterBad = false
      stored.add(number)
    })
    for (const { from, to, isClean } of this.#listening)
      this.#lost(from, to ?? askedAt - onTheWayMs, to === null, isClean, stored, fault)
    return faults
  }

  #lost(
    from: number,
    until: number,
    isRunning: boolean,
    isClean: boolean,
    stored: ReadonlySet<number>,
    fault: (text: string) => void,
  ): void {
    let firstLost: number | null = null
    for (let number = lowerBound(this.#sent, from + 1); number < this.#sent.length; number++) {
      if (this.#sent[number]! >= until) break
      if (stored.has(number)) {
        if (firstLost !== null) fault(`${firstLost} is lost, though ${number} after it is there`)
        firstLost = null
      } else firstLost ??= number
    }
    if (firstLost === null) return
    const loss = until - this.#sent[firstLost]!
    if (!isRunning && !isClean) this.#largestLossMs = Math.max(this.#largestLossMs, loss)
    if (isRunning) fault(`${firstLost} is not there, ${loss + onTheWayMs} ms after it was sent`)
    else if (loss > (isClean ? onTheWayCleanMs : onTheWayMs))
      fault(`${firstLost} is lost, ${loss} ms before the station ended`)
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#aedes.close(resolve))
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

/** First place whose number is not less; the numbers grow. */
function lowerBound(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < least) low = middle + 1
    else high = middle
  }
  return low
}
