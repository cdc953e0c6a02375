// What every screen knows of labels: the printers with their queues and how many labels are in doubt; and jobs as they change. One
// feed for the page, open only while somebody on it wants to know.
import type { LabelJob, PrinterStatusRow, TriggerTrouble } from '../../src-main/shared/label.ts'
import type { CallError } from '../connection/call-error.ts'
import type { LinkPhase, RuntimeClient } from '../connection/runtime-client.ts'

/** What of the client is needed here. */
export type LabelStateClient = Pick<RuntimeClient, 'watch' | 'onStatus'>

/** Reactive view of the feed `labels.watch`; the screen holds one for the page. */
export class LabelState {
  readonly #client: LabelStateClient
  readonly #listeners = new Set<(jobs: readonly LabelJob[]) => void>()
  #printers = $state.raw<ReadonlyMap<string, PrinterStatusRow>>(new Map())
  #triggers = $state.raw<readonly TriggerTrouble[]>([])
  #error = $state.raw<CallError | null>(null)
  #phase = $state<LinkPhase>('connecting')
  /** After a loss it is the first item of the feed that makes this current again, not the mere link. */
  #needsItem = $state(true)
  #keeperCount = 0
  #stop: (() => void) | null = null

  constructor(client: LabelStateClient) {
    this.#client = client
    client.onStatus(({ phase }) => {
      this.#phase = phase
      if (phase === 'lost') this.#needsItem = true
    })
  }

  /** Keeps the feed open until the function given back is called. */
  keep(): () => void {
    this.#keeperCount++
    this.#stop ??= this.#watch()
    let isKept = true
    return () => {
      if (!isKept) return
      isKept = false
      if (--this.#keeperCount > 0) return
      this.#stop?.()
      this.#stop = null
      this.#needsItem = true
    }
  }

  /** Tells of jobs as they change, and keeps the feed open for it. Returns the way to stop. */
  onJobs(listener: (jobs: readonly LabelJob[]) => void): () => void {
    const release = this.keep()
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      release()
    }
  }

  /** The last state of a printer that came; null = none yet. Present only while {@link isCurrent}. */
  statusOf(printer: string): PrinterStatusRow | null {
    return this.#printers.get(printer) ?? null
  }

  /** Labels of which nobody knows whether they came out, as last heard. */
  get inDoubtCount(): number {
    let count = 0
    for (const { inDoubtCount } of this.#printers.values()) count += inDoubtCount
    return count
  }

  /** Triggers that make no labels, or did not make their last ones, as last heard. */
  get triggers(): readonly TriggerTrouble[] {
    return this.#triggers
  }

  /** True while this is what the runtime has now. */
  get isCurrent(): boolean {
    return !this.#needsItem && this.#phase === 'live'
  }

  /** Why the runtime tells nothing; null while it does. */
  get error(): CallError | null {
    return this.#error
  }

  #watch(): () => void {
    return this.#client.watch(
      'labels.watch',
      {},
      ({ printers, triggers, jobs }) => {
        if (printers !== null) this.#printers = new Map(printers.map((row) => [row.printer, row]))
        if (triggers !== null) this.#triggers = triggers
        this.#error = null
        this.#needsItem = false
        if (jobs.length > 0) for (const listener of [...this.#listeners]) listener(jobs)
      },
      (error) => {
        this.#error = error
        this.#needsItem = true
      },
    )
  }
}
