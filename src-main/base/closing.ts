// Everything opened is registered here at once and closed in reverse order, once, with all errors reported together.

type Close = () => unknown

export class Closing {
  #closes: Close[] = []
  #closed: Promise<void> | null = null

  /** Registers what to close and gives it back. */
  add<T extends { close(): unknown }>(opened: T): T {
    this.onClose(() => opened.close())
    return opened
  }

  onClose(close: Close): void {
    if (this.#closed) throw new Error('closing has begun: nothing new may be opened')
    this.#closes.push(close)
  }

  get isClosed(): boolean {
    return this.#closed !== null
  }

  /** Closes all, last opened first. Throws AggregateError when some failed; the others are closed all the same. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll()
    return this.#closed
  }

  async #closeAll(): Promise<void> {
    const errors: unknown[] = []
    for (const close of this.#closes.reverse()) {
      try {
        await close()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} parts could not be closed`)
  }
}
