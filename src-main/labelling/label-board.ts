// What screens see of labels without asking the label thread: printers as they are, the newest jobs, and who watches them.
import type { LabelWatch } from '../api/api-parts.ts'
import type { LabelJob, PrinterStatusRow, TriggerTrouble } from '../shared/label.ts'

/** Jobs a watcher begins with, and most that wait for one that is slow; older ones are in `labels.jobs`. */
const mostJobs = 500

interface Watcher {
  readonly notify: () => void
  arePrintersNew: boolean
  areTriggersNew: boolean
  /** Jobs that changed since the last `take`, by id. */
  jobs: Map<string, LabelJob>
}

export class LabelBoard {
  #printers: readonly PrinterStatusRow[] = []
  #triggers: readonly TriggerTrouble[] = []
  /** By id, the one changed last at the end. */
  readonly #jobs = new Map<string, LabelJob>()
  readonly #watchers = new Set<Watcher>()

  get printers(): readonly PrinterStatusRow[] {
    return this.#printers
  }

  /** `printers` null = unchanged. */
  changed(printers: readonly PrinterStatusRow[] | null, jobs: readonly LabelJob[]): void {
    if (printers !== null) this.#printers = printers
    for (const job of jobs) keepNewest(this.#jobs, job)
    if (printers === null && jobs.length === 0) return
    for (const watcher of [...this.#watchers]) {
      if (printers !== null) watcher.arePrintersNew = true
      for (const job of jobs) keepNewest(watcher.jobs, job)
      watcher.notify()
    }
  }

  /** Triggers with which something is wrong now. */
  triggersChanged(triggers: readonly TriggerTrouble[]): void {
    if (JSON.stringify(triggers) === JSON.stringify(this.#triggers)) return
    this.#triggers = triggers
    for (const watcher of [...this.#watchers]) {
      watcher.areTriggersNew = true
      watcher.notify()
    }
  }

  watch(notify: () => void): LabelWatch {
    const watcher: Watcher = { notify, arePrintersNew: true, areTriggersNew: true, jobs: new Map(this.#jobs) }
    this.#watchers.add(watcher)
    return {
      take: () => {
        const { arePrintersNew, areTriggersNew } = watcher
        if (!arePrintersNew && !areTriggersNew && watcher.jobs.size === 0) return null
        // Newest first, as `labels.jobs` has them.
        const jobs = [...watcher.jobs.values()].reverse()
        const printers = arePrintersNew ? this.#printers : null
        const triggers = areTriggersNew ? this.#triggers : null
        watcher.jobs = new Map()
        watcher.arePrintersNew = false
        watcher.areTriggersNew = false
        return { printers, triggers, jobs }
      },
      close: () => this.#watchers.delete(watcher),
    }
  }
}

function keepNewest(jobs: Map<string, LabelJob>, job: LabelJob): void {
  jobs.delete(job.id)
  jobs.set(job.id, job)
  if (jobs.size > mostJobs) jobs.delete(jobs.keys().next().value!)
}
