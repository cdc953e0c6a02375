// Heads that have a full chunk, in the order in which they got it.

/** Entries that were passed on from are forgotten when there are so many. */
const forgottenAt = 4096

/** One entry for each chunk; a slot may stand in it several times. */
export class HeadQueue {
  #slots: number[] = []
  #from = 0

  /** Chunks that wait. */
  get length(): number {
    return this.#slots.length - this.#from
  }

  push(slot: number): void {
    this.#slots.push(slot)
  }

  /** Slot that has waited longest of those that still are `due`; −1 = none. Others lose their place. */
  first(due: (slot: number) => boolean): number {
    while (this.#from < this.#slots.length) {
      const slot = this.#slots[this.#from]!
      if (due(slot)) return slot
      this.#from++
    }
    this.#slots = []
    this.#from = 0
    return -1
  }

  /** Passes on from the first. */
  skip(): void {
    this.#from++
    if (this.#from <= forgottenAt || this.#from * 2 <= this.#slots.length) return
    this.#slots = this.#slots.slice(this.#from)
    this.#from = 0
  }
}
