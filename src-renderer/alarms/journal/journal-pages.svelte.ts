// The rows of the journal that are at hand: pages in the order of the list, loaded when they come into view. Of a journal of
// millions the places of all pages passed are kept, their rows only around what is looked at.
import type { AlarmEvent } from '../../../src-main/shared/alarm.ts'
import { type JournalLine, linesOf } from './journal-lines.ts'

/** Asks for a page; without a cursor for the newest rows. */
export type AskPage = (
  cursor: string | undefined,
) => Promise<{ readonly events: readonly AlarmEvent[]; readonly cursor?: string }>

export interface JournalPagesOptions {
  readonly ask: AskPage
  readonly timeZone: string
  /** Nothing is filtered away but by time. */
  readonly isWhole: boolean
}

interface Page {
  /** undefined: the newest one. */
  readonly cursor: string | undefined
  lineCount: number
  /** null: forgotten, loaded again when it comes into view. */
  lines: readonly JournalLine[] | null
  /** Last row of the page: what follows is compared with it. */
  readonly last: AlarmEvent | null
}

/** Pages whose rows are kept. */
const mostPages = 40
/** Lines that one list can hold: browsers draw no element higher than 33 million pixels. */
export const mostLines = 400_000

/** One list. A change of what is asked for makes a new one. */
export class JournalPages {
  readonly #options: JournalPagesOptions
  readonly #pages: Page[] = []
  #next: { readonly cursor: string | undefined } | null = { cursor: undefined }
  #lines = $state.raw<readonly (JournalLine | null)[]>([])
  #isLoading = $state(false)
  #isLoaded = $state(false)
  #error = $state.raw<Error | null>(null)
  #newest = 0
  /** A forgotten line that came into view while something else was on its way. */
  #wanted: number | null = null

  constructor(options: JournalPagesOptions) {
    this.#options = options
  }

  /** Reactive: every line passed so far; null where the row has been forgotten. */
  get lines(): readonly (JournalLine | null)[] {
    return this.#lines
  }

  /** Reactive: older rows than the last line exist and the list can take them. */
  get hasMore(): boolean {
    void this.#lines
    return this.#next !== null && this.#lines.length < mostLines
  }

  /** Reactive: older rows exist, but no list is so long. */
  get isFull(): boolean {
    return this.#next !== null && this.#lines.length >= mostLines
  }

  get isLoading(): boolean {
    return this.#isLoading
  }

  /** Reactive: an answer has come. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  get error(): Error | null {
    return this.#error
  }

  /** Number of the newest row; 0 = none. */
  get newest(): number {
    return this.#newest
  }

  /** Loads the page after the last one; does nothing while one is on its way. */
  async loadMore(): Promise<void> {
    const next = this.#next
    if (this.#isLoading || next === null || this.#lines.length >= mostLines) return
    await this.#load(async () => {
      const answer = await this.#options.ask(next.cursor)
      const above = this.#pages.at(-1)?.last ?? null
      const lines = linesOf(answer.events, above, this.#options.timeZone, this.#options.isWhole)
      if (this.#pages.length === 0) this.#newest = answer.events[0]?.sequence ?? 0
      this.#pages.push({
        cursor: next.cursor,
        lineCount: lines.length,
        lines,
        last: answer.events.at(-1) ?? above,
      })
      this.#next = answer.cursor === undefined ? null : { cursor: answer.cursor }
      this.#show(this.#pages.length - 1)
    })
  }

  /** Loads the forgotten page of a line again. */
  async need(index: number): Promise<void> {
    let first = 0
    const at = this.#pages.findIndex((page) => {
      first += page.lineCount
      return index < first
    })
    const page = this.#pages[at]
    if (page === undefined || page.lines !== null) return
    if (this.#isLoading) {
      this.#wanted = index
      return
    }
    await this.#load(async () => {
      const answer = await this.#options.ask(page.cursor)
      const above = this.#pages[at - 1]?.last ?? null
      page.lines = linesOf(answer.events, above, this.#options.timeZone, this.#options.isWhole)
      page.lineCount = page.lines.length
      this.#show(at)
    })
    const wanted = this.#wanted
    this.#wanted = null
    if (wanted !== null) await this.need(wanted)
  }

  async #load(work: () => Promise<void>): Promise<void> {
    this.#isLoading = true
    try {
      await work()
      this.#error = null
      this.#isLoaded = true
    } catch (error) {
      this.#error = error as Error
    }
    this.#isLoading = false
  }

  /** Forgets the rows farthest from what is looked at, never the newest ones: asked for again they would be others. */
  #show(present: number): void {
    const kept = this.#pages.filter(({ lines }) => lines !== null)
    for (let surplus = kept.length - mostPages; surplus > 0; surplus--) {
      let farthest = -1
      for (let at = 1; at < this.#pages.length; at++) {
        const isFarther = farthest < 0 || Math.abs(at - present) > Math.abs(farthest - present)
        if (this.#pages[at]!.lines !== null && isFarther) farthest = at
      }
      this.#pages[farthest]!.lines = null
    }
    this.#lines = this.#pages.flatMap(
      ({ lines, lineCount }): readonly (JournalLine | null)[] => lines ?? Array.from({ length: lineCount }, () => null),
    )
  }
}
