// What is known of a tag besides its value (unit, decimals, states, limits, route), loaded when something on screen asks;
// names asked for within one microtask share one call.
import { SvelteMap } from 'svelte/reactivity'
import type { TagRow } from '../../src-main/shared/contract.ts'
import type { RuntimeClient } from '../connection/runtime-client.ts'

/** What of the client is needed here. */
export type DescribeTags = Pick<RuntimeClient, 'call'>

export class TagCatalog {
  readonly #client: DescribeTags
  /** null = there is no such tag. */
  readonly #rows = new SvelteMap<string, TagRow | null>()
  #wanted = new Set<string>()

  constructor(client: DescribeTags) {
    this.#client = client
  }

  /** Reactive: the row of a tag; undefined until it is loaded, null when there is no such tag. */
  row(name: string): TagRow | null | undefined {
    const row = this.#rows.get(name)
    if (row === undefined) this.#want(name)
    return row
  }

  /** Rows that came with another call. */
  learn(rows: readonly TagRow[]): void {
    for (const row of rows) this.#rows.set(row.tag, row)
  }

  /** After a change of the plant, or of who is logged in: everything is asked for again. */
  forget(): void {
    this.#rows.clear()
  }

  #want(name: string): void {
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#load())
    this.#wanted.add(name)
  }

  async #load(): Promise<void> {
    const names = [...this.#wanted]
    this.#wanted = new Set()
    try {
      const { tags } = await this.#client.call('tags.describe', { tags: names })
      const found = new Set(tags.map((row) => row.tag))
      this.learn(tags)
      for (const name of names) if (!found.has(name)) this.#rows.set(name, null)
    } catch {
      // Refused or link lost: values are shown without their units; the next reader asks again.
    }
  }
}
