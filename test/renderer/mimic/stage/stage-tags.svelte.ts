// LiveTags without a runtime: values are put in by hand.
import type { JsonValue } from '../../../../src-main/shared/data-value.ts'
import type { TagFrame } from '../../../../src-main/shared/tag-frame.ts'

interface Watch {
  readonly names: readonly string[]
  readonly onFrame: (frame: TagFrame) => void
}

/** Name of the mimic that is shown, and what is looked for on it; reactive. */
export class StageShown {
  name = $state('')
  target = $state<string | null>(null)
}

export class StageTags {
  readonly values = new Map<string, readonly [JsonValue, number]>()
  readonly #watches = new Set<Watch>()
  #isLive = $state(true)

  get isLive(): boolean {
    return this.#isLive
  }

  get staleSince(): number | null {
    return this.#isLive ? null : 1_800_000_000_000
  }

  get watchCount(): number {
    return this.#watches.size
  }

  setLive(isLive: boolean): void {
    this.#isLive = isLive
  }

  watch(names: readonly string[], onFrame: (frame: TagFrame) => void): () => void {
    const watch = { names, onFrame }
    this.#watches.add(watch)
    queueMicrotask(() => {
      if (this.#watches.has(watch)) onFrame(frameOf(names, this.values))
    })
    return () => this.#watches.delete(watch)
  }

  push(changes: Readonly<Record<string, readonly [JsonValue, number]>>): void {
    for (const [name, value] of Object.entries(changes)) this.values.set(name, value)
    const changed = new Map(Object.entries(changes))
    for (const { names, onFrame } of this.#watches) onFrame(frameOf(names, changed))
  }

  pushFrame(frame: TagFrame): void {
    for (const { onFrame } of this.#watches) onFrame(frame)
  }
}

/** The frame of those names that have a value here. */
function frameOf(names: readonly string[], values: ReadonlyMap<string, readonly [JsonValue, number]>): TagFrame {
  const rows = names.flatMap((name, index) => {
    const value = values.get(name)
    return value ? [{ index, value: value[0], statusCode: value[1] }] : []
  })
  const others = new Map<number, JsonValue>()
  for (const [row, { value }] of rows.entries()) if (typeof value !== 'number') others.set(row, value)
  return {
    feedId: 1,
    count: rows.length,
    serverTimestamp: 0,
    value: Float64Array.from(rows, ({ value }) => (typeof value === 'number' ? value : Number.NaN)),
    sourceTimestamp: new Float64Array(rows.length).fill(1),
    index: Uint32Array.from(rows, ({ index }) => index),
    statusCode: Uint32Array.from(rows, ({ statusCode }) => statusCode),
    others,
  }
}
