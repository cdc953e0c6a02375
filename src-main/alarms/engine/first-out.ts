// Which alarm of a group came first: what tripped the machine, and not what followed (ISA-18.2 clause 12.5). By source time.

/** A member of the group whose mark is another one now. */
export interface FirstOutChange {
  readonly slot: number
  readonly isFirstOut: boolean
  readonly isFirstOutTie: boolean
}

/** One group since it was last normal. */
export class FirstOutGroup {
  readonly #firsts: number[] = []
  #timestamp = Number.POSITIVE_INFINITY
  /** Members that are not normal and not held. */
  readonly #open = new Set<number>()

  /** Members with the mark, more than one when they came with the same time. */
  get firsts(): readonly number[] {
    return this.#firsts
  }

  /**
   * A member becomes active. The answer is its own mark and those that change with it: a sample with an older source time that came
   * later takes the mark away from the others.
   */
  activate(
    slot: number,
    timestamp: number,
  ): { readonly own: FirstOutChange; readonly others: readonly FirstOutChange[] } {
    const none: readonly FirstOutChange[] = []
    if (this.#firsts.includes(slot)) return { own: mark(slot, true, this.#firsts.length > 1), others: none }
    if (timestamp > this.#timestamp) return { own: mark(slot, false, false), others: none }
    const before = [...this.#firsts]
    if (timestamp < this.#timestamp) {
      this.#firsts.length = 0
      this.#firsts.push(slot)
      this.#timestamp = timestamp
      return { own: mark(slot, true, false), others: before.map((other) => mark(other, false, false)) }
    }
    this.#firsts.push(slot)
    return {
      own: mark(slot, true, true),
      others: before.length === 1 ? before.map((other) => mark(other, true, true)) : none,
    }
  }

  /** A member of before the start, as it was. */
  restore(slot: number, isFirstOut: boolean, timestamp: number): void {
    this.#open.add(slot)
    if (!isFirstOut) return
    this.#firsts.push(slot)
    this.#timestamp = Math.min(this.#timestamp, timestamp)
  }

  /** A member is in alarm, or is normal or held. When none is in alarm any more the group begins anew. */
  setOpen(slot: number, isOpen: boolean): void {
    if (isOpen) {
      this.#open.add(slot)
      return
    }
    if (!this.#open.delete(slot) || this.#open.size > 0) return
    this.#firsts.length = 0
    this.#timestamp = Number.POSITIVE_INFINITY
  }
}

function mark(slot: number, isFirstOut: boolean, isFirstOutTie: boolean): FirstOutChange {
  return { slot, isFirstOut, isFirstOutTie }
}
