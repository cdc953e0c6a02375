// What came live for the pens since their history was asked: the newest end of each line, without waiting for the next answer.
import type { TagValue } from '../../src-main/shared/data-value.ts'
import type { TagFrame } from '../../src-main/shared/tag-frame.ts'

/** Most rows kept of one tag: at ten a second five minutes, long after which history was asked again. */
const mostRows = 3000

/** Rows of one tag in order of arrival. */
export interface LiveRows {
  readonly count: number
  readonly time: Float64Array
  /** Booleans as 0 and 1; NaN: no value, or it stands in `others`. */
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  readonly others: readonly (TagValue | undefined)[]
  /** From here on every change is among the rows; ms of the runtime's clock. */
  readonly since: number
  /** The present value is known to hold until here; ms of the runtime's clock. */
  readonly knownUntil: number
}

class TailColumns implements LiveRows {
  count = 0
  time = new Float64Array(64)
  value = new Float64Array(64)
  statusCode = new Uint32Array(64)
  readonly others: (TagValue | undefined)[] = []
  since = Number.POSITIVE_INFINITY
  knownUntil = Number.NEGATIVE_INFINITY

  add(time: number, value: number, statusCode: number, other: TagValue | undefined): void {
    if (this.count === mostRows) this.#dropHalf()
    if (this.count === this.time.length) this.#grow()
    // A value that carries an older time than the one before (device back again) is known only from now on.
    const known = this.count === 0 ? time : Math.max(time, this.time[this.count - 1]!)
    this.time[this.count] = known
    this.value[this.count] = value
    this.statusCode[this.count] = statusCode
    if (other !== undefined) this.others[this.count] = other
    this.count++
  }

  #dropHalf(): void {
    const half = mostRows / 2
    this.time.copyWithin(0, half)
    this.value.copyWithin(0, half)
    this.statusCode.copyWithin(0, half)
    this.others.splice(0, half)
    this.count -= half
    this.since = this.time[0]!
  }

  #grow(): void {
    const length = Math.min(mostRows, this.time.length * 2)
    const time = new Float64Array(length)
    time.set(this.time)
    this.time = time
    const value = new Float64Array(length)
    value.set(this.value)
    this.value = value
    const statusCode = new Uint32Array(length)
    statusCode.set(this.statusCode)
    this.statusCode = statusCode
  }
}

/** What of LiveTags is needed here. */
export interface TailWatcher {
  watch(names: readonly string[], onFrame: (frame: TagFrame) => void): () => void
}

/** Owned by one trend; {@link LiveTail.close} ends its feed. */
export class LiveTail {
  readonly #columns = new Map<string, TailColumns>()
  readonly #stop: () => void

  /** @param tags tags of the plant; series of the runtime itself have no live feed */
  constructor(watcher: TailWatcher, tags: readonly string[], onChange: () => void) {
    for (const tag of tags) this.#columns.set(tag, new TailColumns())
    this.#stop =
      tags.length === 0
        ? () => {}
        : watcher.watch(tags, (frame) => {
            this.#apply(tags, frame)
            onChange()
          })
  }

  /** null = not a live tag. */
  rows(tag: string): LiveRows | null {
    return this.#columns.get(tag) ?? null
  }

  /** The link lives: what came last holds until now. A dead link says nothing: call it only while it lives. */
  alive(now: number): void {
    for (const columns of this.#columns.values()) if (columns.count > 0) columns.knownUntil = now
  }

  close(): void {
    this.#stop()
  }

  #apply(tags: readonly string[], frame: TagFrame): void {
    for (let row = 0; row < frame.count; row++) {
      const columns = this.#columns.get(tags[frame.index[row]!] ?? '')
      if (!columns) continue
      const other = frame.others.get(row)
      const time = frame.sourceTimestamp[row]! > 0 ? frame.sourceTimestamp[row]! : frame.serverTimestamp
      if (typeof other === 'boolean') columns.add(time, other ? 1 : 0, frame.statusCode[row]!, undefined)
      else columns.add(time, frame.value[row]!, frame.statusCode[row]!, other as TagValue | undefined)
      columns.since = Math.min(columns.since, frame.serverTimestamp)
      columns.knownUntil = Math.max(columns.knownUntil, frame.serverTimestamp)
    }
  }
}
