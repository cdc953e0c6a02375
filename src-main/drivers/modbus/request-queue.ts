// Who may use the wire next: one at a time, commands before polls, first come first served among equals.

export type Urgency = 'command' | 'poll'

export class RequestQueue {
  readonly #waiting: Record<Urgency, (() => void)[]> = { command: [], poll: [] }
  #isBusy = false

  /** Runs the work when its turn comes and gives back what it gives. The work must end by itself. */
  async run<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#waiting[urgency].push(resolve))
    this.#isBusy = true
    try {
      return await work()
    } finally {
      const next = this.#waiting.command.shift() ?? this.#waiting.poll.shift()
      if (next) next()
      else this.#isBusy = false
    }
  }
}
