// One commit for what several printers have to tell at the same moment: a commit waits for the disk (0.2 to 10 ms), and all of them
// can share that wait.
import type { Clock, Timer } from '../../base/clock.ts'
import type { Database } from '../../storage/database.ts'

interface Waiting {
  readonly change: () => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

export class CommitGroup {
  readonly #database: Database
  readonly #clock: Clock
  readonly #onCommitted: () => void
  #waiting: Waiting[] = []
  #turn: NodeJS.Immediate | null = null
  #later: Timer | null = null

  /** @param onCommitted after each commit, when those who waited have been told */
  constructor(database: Database, clock: Clock, onCommitted: () => void) {
    this.#database = database
    this.#clock = clock
    this.#onCommitted = onCommitted
  }

  /** Resolves with what the change gave back when it is on the disk. A change that throws is undone alone, and rejects. */
  commit<T>(change: () => T): Promise<T> {
    const done = this.#add(change)
    this.#turn ??= setImmediate(() => this.flush())
    return done
  }

  /** The same, for a change nobody waits for: it goes with the next commit, at the latest after so long. */
  commitLater<T>(change: () => T, withinMs: number): Promise<T> {
    const done = this.#add(change)
    this.#later ??= this.#clock.after(withinMs, () => this.flush())
    return done
  }

  /** Commits what waits at once. */
  flush(): void {
    if (this.#turn) clearImmediate(this.#turn)
    this.#turn = null
    this.#later?.cancel()
    this.#later = null
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    const tell: (() => void)[] = []
    try {
      this.#database
        .transaction(() => {
          for (const { change, resolve, reject } of waiting)
            try {
              // A transaction within a transaction is a savepoint: only its own change is undone.
              const result = this.#database.transaction(change)()
              tell.push(() => resolve(result))
            } catch (error) {
              tell.push(() => reject(error))
              // A full disk may have undone everything, not only the one change.
              if (!this.#database.inTransaction) throw error
            }
        })
        .immediate()
    } catch (error) {
      for (const { reject } of waiting) reject(error)
      return
    }
    for (const say of tell) say()
    this.#onCommitted()
  }

  #add<T>(change: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ change, resolve: resolve as (result: unknown) => void, reject })
    })
  }
}
