// Jobs that are at hand, newest first: pages as they come into view, each kept up to date. New ones stand at the top at once while one
// looks there; who has scrolled away is only told how many they are, so that nothing moves under the finger.
import type { LabelJob } from '../../../src-main/shared/label.ts'
import { newer } from '../newer-job.ts'

/** Asks for a page; without a cursor for the newest ones. */
export type AskJobs = (
  cursor: string | undefined,
) => Promise<{ readonly jobs: readonly LabelJob[]; readonly cursor?: string }>

/** New jobs are counted up to here; then they are "more than". */
export const mostWaiting = 1000
/** Longer the list does not get by itself; what comes then is counted. */
const mostLive = 20_000

/** One list. A change of what is asked for makes a new one. */
export class JobList {
  readonly #ask: AskJobs
  readonly #fits: (job: LabelJob) => boolean
  readonly #waiting = new Set<string>()
  /** Newest state of jobs that came while a page was on its way: the page may be older. */
  readonly #meanwhile = new Map<string, LabelJob>()
  #cursor: string | undefined
  #rows = $state.raw<readonly LabelJob[]>([])
  #waitingCount = $state(0)
  #hasMore = $state(false)
  #isLoading = $state(false)
  #isLoaded = $state(false)
  #error = $state.raw<Error | null>(null)

  /** @param fits whether a job belongs to the list */
  constructor(ask: AskJobs, fits: (job: LabelJob) => boolean) {
    this.#ask = ask
    this.#fits = fits
  }

  get rows(): readonly LabelJob[] {
    return this.#rows
  }

  /** New jobs that are not shown. */
  get waitingCount(): number {
    return this.#waitingCount
  }

  get hasMore(): boolean {
    return this.#hasMore
  }

  get isLoading(): boolean {
    return this.#isLoading
  }

  /** An answer has come. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  get error(): Error | null {
    return this.#error
  }

  /** The newest page, from the top; what is there stays until it has come. */
  async load(): Promise<void> {
    await this.#page(undefined, (jobs) => {
      this.#waiting.clear()
      this.#waitingCount = 0
      return jobs
    })
  }

  /** The page after the last row; does nothing while one is on its way. */
  async loadMore(): Promise<void> {
    if (this.#isLoading || !this.#hasMore) return
    await this.#page(this.#cursor, (jobs) => {
      const known = new Set(this.#rows.map(({ id }) => id))
      return [...this.#rows, ...jobs.filter(({ id }) => !known.has(id))]
    })
  }

  /** Jobs that changed. @param isAtTop nobody has scrolled away: new ones are shown at once */
  take(jobs: readonly LabelJob[], isAtTop: boolean): void {
    if (this.#isLoading) for (const job of jobs) this.#meanwhile.set(job.id, job)
    if (!this.#isLoaded) return
    const changed = new Map(jobs.map((job) => [job.id, job]))
    let isChanged = false
    const rows = this.#rows.map((row) => {
      const job = changed.get(row.id)
      if (job === undefined) return row
      changed.delete(row.id)
      isChanged = true
      return newer(row, job)
    })
    const isNew = (job: LabelJob) => this.#fits(job) && this.#isNewerThanAll(job)
    const added = [...changed.values()].filter(isNew).sort(newestFirst)
    if (isAtTop && this.#waitingCount === 0 && rows.length + added.length <= mostLive) {
      if (isChanged || added.length > 0) this.#rows = [...added, ...rows]
      return
    }
    if (isChanged) this.#rows = rows
    for (const { id } of added) if (this.#waiting.size <= mostWaiting) this.#waiting.add(id)
    this.#waitingCount = this.#waiting.size
  }

  /** A job farther down than what is loaded is no new one; labels of one order are made at the same instant. */
  #isNewerThanAll(job: LabelJob): boolean {
    const first = this.#rows[0]
    return first === undefined || newestFirst(job, first) < 0
  }

  async #page(cursor: string | undefined, join: (jobs: readonly LabelJob[]) => readonly LabelJob[]): Promise<void> {
    this.#isLoading = true
    this.#meanwhile.clear()
    try {
      const answer = await this.#ask(cursor)
      this.#rows = join(answer.jobs)
      this.#cursor = answer.cursor
      this.#hasMore = answer.cursor !== undefined
      this.#error = null
      this.#isLoaded = true
    } catch (error) {
      this.#error = error as Error
    }
    this.#isLoading = false
    const meanwhile = [...this.#meanwhile.values()]
    this.#meanwhile.clear()
    if (meanwhile.length > 0) this.take(meanwhile, true)
  }
}

function newestFirst(a: LabelJob, b: LabelJob): number {
  return b.createdTimestamp - a.createdTimestamp || b.sequence - a.sequence
}
