// Labels of which nobody knows whether they came out, oldest first, and what became of those that were here.
import type { LabelJob } from '../../../src-main/shared/label.ts'
import { newer } from '../newer-job.ts'

/** Settled ones that are still told of. */
const mostSettled = 5

export class DoubtList {
  readonly #ask: () => Promise<readonly LabelJob[]>
  /** Newest state of jobs that came while the answer was on its way: the answer may be older. */
  #meanwhile: LabelJob[] | null = null
  #jobs = $state.raw<readonly LabelJob[]>([])
  #settled = $state.raw<readonly LabelJob[]>([])
  #isLoaded = $state(false)
  #error = $state.raw<Error | null>(null)

  /** @param ask jobs in doubt, in any order */
  constructor(ask: () => Promise<readonly LabelJob[]>) {
    this.#ask = ask
  }

  get jobs(): readonly LabelJob[] {
    return this.#jobs
  }

  /** What became of labels that were in doubt here, the last one first. */
  get settled(): readonly LabelJob[] {
    return this.#settled
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  get error(): Error | null {
    return this.#error
  }

  /** Asks for all of them; what was settled while the link was away is not told. */
  async load(): Promise<void> {
    this.#meanwhile = []
    try {
      const jobs = await this.#ask()
      this.#jobs = [...jobs].sort(oldestFirst)
      this.#error = null
      this.#isLoaded = true
    } catch (error) {
      this.#error = error as Error
    }
    const meanwhile = this.#meanwhile ?? []
    this.#meanwhile = null
    this.take(meanwhile)
  }

  /** Jobs that changed. */
  take(changed: readonly LabelJob[]): void {
    this.#meanwhile?.push(...changed)
    const jobs = new Map(this.#jobs.map((job) => [job.id, job]))
    let isChanged = false
    for (const job of changed) {
      const known = jobs.get(job.id)
      const latest = known === undefined ? job : newer(known, job)
      if (latest.state === 'inDoubt') jobs.set(job.id, latest)
      else if (known === undefined) continue
      else {
        jobs.delete(job.id)
        this.#settled = [latest, ...this.#settled.filter(({ id }) => id !== latest.id)].slice(0, mostSettled)
      }
      isChanged = true
    }
    if (isChanged) this.#jobs = [...jobs.values()].sort(oldestFirst)
  }
}

function oldestFirst(a: LabelJob, b: LabelJob): number {
  return a.createdTimestamp - b.createdTimestamp || a.sequence - b.sequence
}
