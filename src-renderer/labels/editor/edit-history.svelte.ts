// What was done, undone and can be done again, without limit. Changes of one kind that follow each other quickly are one step.

/** Reactive. */
export class EditHistory<Document> {
  #present: Document = $state.raw()!
  #past: Document[] = $state.raw([])
  #future: Document[] = $state.raw([])
  #saved: Document = $state.raw()!
  #kind: string | null = null

  constructor(first: Document) {
    this.#present = first
    this.#saved = first
  }

  get present(): Document {
    return this.#present
  }

  get canUndo(): boolean {
    return this.#past.length > 0
  }

  get canRedo(): boolean {
    return this.#future.length > 0
  }

  get isSaved(): boolean {
    return this.#present === this.#saved
  }

  /** `kind`: changes of the same one in a row are one step (a drag, typing into one field); null = a step of its own. */
  do(next: Document, kind: string | null = null): void {
    if (next === this.#present) return
    if (kind === null || kind !== this.#kind) this.#past = [...this.#past, this.#present]
    this.#kind = kind
    this.#present = next
    this.#future = []
  }

  /** The next change is a step of its own, whatever its kind. */
  settle(): void {
    this.#kind = null
  }

  undo(): void {
    const before = this.#past.at(-1)
    if (before === undefined) return
    this.#future = [this.#present, ...this.#future]
    this.#past = this.#past.slice(0, -1)
    this.#present = before
    this.#kind = null
  }

  redo(): void {
    const [next, ...rest] = this.#future
    if (next === undefined) return
    this.#past = [...this.#past, this.#present]
    this.#future = rest
    this.#present = next
    this.#kind = null
  }

  /** What stands in the file: the present, or what was the present when saving began. */
  saved(document: Document = this.#present): void {
    this.#saved = document
    this.#kind = null
  }
}
