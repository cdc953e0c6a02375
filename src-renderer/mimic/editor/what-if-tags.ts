// Values put in by hand for a test of a drawing: they take the place of what the runtime says on this screen alone. Nothing of it
// reaches a device or another screen.
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import type { TagFrame } from '../../../src-main/shared/tag-frame.ts'
import type { TagWatcher } from '../mimic-source.ts'

interface Feed {
  readonly names: readonly string[]
  readonly onFrame: (frame: TagFrame) => void
  /** What the runtime said last of each tag that has been asked for. */
  readonly real: Map<
    number,
    { value: number; statusCode: number; sourceTimestamp: number; other: JsonValue | undefined }
  >
}

export class WhatIfTags implements TagWatcher {
  readonly #watcher: TagWatcher
  readonly #values = new Map<string, number | string>()
  readonly #feeds = new Set<Feed>()

  constructor(watcher: TagWatcher) {
    this.#watcher = watcher
  }

  /** Tags of the drawings that are open. */
  get names(): readonly string[] {
    return [...new Set([...this.#feeds].flatMap(({ names }) => names))].toSorted()
  }

  /** Puts a value in; booleans as 0 and 1. */
  set(tag: string, value: number | string): void {
    this.#values.set(tag, value)
    this.#repeat(tag)
  }

  /** The runtime's value counts again. */
  clear(tag: string): void {
    this.#values.delete(tag)
    this.#repeat(tag)
  }

  watch(names: readonly string[], onFrame: (frame: TagFrame) => void): () => void {
    const feed: Feed = { names, onFrame, real: new Map() }
    this.#feeds.add(feed)
    const stop = this.#watcher.watch(names, (frame) => onFrame(this.#changed(feed, frame)))
    return () => {
      this.#feeds.delete(feed)
      stop()
    }
  }

  /** The frame with what was put in instead of what came. */
  #changed(feed: Feed, frame: TagFrame): TagFrame {
    for (let row = 0; row < frame.count; row++)
      feed.real.set(frame.index[row]!, {
        value: frame.value[row]!,
        statusCode: frame.statusCode[row]!,
        sourceTimestamp: frame.sourceTimestamp[row]!,
        other: frame.others.get(row),
      })
    if (this.#values.size === 0) return frame
    const rows = Array.from({ length: frame.count }, (_, row) => frame.index[row]!)
    return this.#frameOf(feed, rows, frame.serverTimestamp)
  }

  #repeat(tag: string): void {
    for (const feed of this.#feeds) {
      const index = feed.names.indexOf(tag)
      if (index >= 0 && feed.real.has(index)) feed.onFrame(this.#frameOf(feed, [index], Date.now()))
    }
  }

  #frameOf({ names, real }: Feed, indexes: readonly number[], serverTimestamp: number): TagFrame {
    const count = indexes.length
    const others = new Map<number, JsonValue>()
    const frame = {
      feedId: 0,
      count,
      serverTimestamp,
      value: new Float64Array(count),
      sourceTimestamp: new Float64Array(count),
      index: Uint32Array.from(indexes),
      statusCode: new Uint32Array(count),
      others,
    }
    for (const [row, index] of indexes.entries()) {
      const known = real.get(index)!
      const put = this.#values.get(names[index]!)
      frame.sourceTimestamp[row] = put === undefined ? known.sourceTimestamp : serverTimestamp
      frame.statusCode[row] = put === undefined ? known.statusCode : 0
      frame.value[row] = put === undefined ? known.value : typeof put === 'number' ? put : Number.NaN
      const other = put === undefined ? known.other : typeof put === 'string' ? put : undefined
      if (other !== undefined) others.set(row, other)
    }
    return frame
  }
}
