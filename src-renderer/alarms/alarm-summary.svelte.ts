// What every screen knows of alarms: counts, the most important ones, flood; kept up to date by the feed `alarms.summary`.
import {
  type AlarmCounts,
  type AlarmPriority,
  type AlarmSummary,
  alarmPriorities,
} from '../../src-main/shared/alarm.ts'
import type { CallError } from '../connection/call-error.ts'
import type { LinkPhase, RuntimeClient } from '../connection/runtime-client.ts'

/** What of the client is needed here. */
export type SummaryClient = Pick<RuntimeClient, 'watch' | 'onStatus'>

/** Highest first, as an operator reads them. */
export const prioritiesDown: readonly AlarmPriority[] = [...alarmPriorities].reverse()

/** Reactive view of the summary; the screen holds one for the page. */
export class AlarmSummaryState {
  #row = $state.raw<AlarmSummary | null>(null)
  #receivedTimestamp = $state<number | null>(null)
  #error = $state.raw<CallError | null>(null)
  #phase = $state<LinkPhase>('connecting')
  /** After a loss it is the first item of the feed that makes the summary current again, not the mere link. */
  #needsItem = $state(true)

  constructor(client: SummaryClient) {
    client.watch(
      'alarms.summary',
      {},
      (row) => {
        this.#row = row
        this.#receivedTimestamp = Date.now()
        this.#error = null
        this.#needsItem = false
      },
      (error) => {
        this.#error = error
        this.#needsItem = true
      },
    )
    client.onStatus(({ phase }) => {
      this.#phase = phase
      if (phase === 'lost') this.#needsItem = true
    })
  }

  /** The last summary that came; null before the first. Present only while {@link isCurrent}. */
  get row(): AlarmSummary | null {
    return this.#row
  }

  /** When it came; ms, this screen's clock. */
  get receivedTimestamp(): number | null {
    return this.#receivedTimestamp
  }

  /** Why the runtime gives no summary; null while it does. */
  get error(): CallError | null {
    return this.#error
  }

  /** True while {@link row} is what the runtime has now. */
  get isCurrent(): boolean {
    return !this.#needsItem && this.#phase === 'live'
  }

  /** Counts of an area and everything below it; null where nothing is to be said. '' = the whole plant. */
  countsOf(area: string): AlarmCounts | null {
    if (!this.#row || !this.isCurrent) return null
    return area === '' ? this.#row.counts : (this.#row.areas[area] ?? null)
  }
}

/** The most important priority of which something is not acknowledged, with how many; null = nothing. */
export function worstOf(counts: AlarmCounts): { readonly priority: AlarmPriority; readonly count: number } | null {
  const priority = prioritiesDown.find((one) => counts.unacknowledged[one] > 0)
  return priority === undefined ? null : { priority, count: unacknowledgedCount(counts) }
}

/** Unacknowledged of all priorities. */
export function unacknowledgedCount(counts: AlarmCounts): number {
  return prioritiesDown.reduce((sum, priority) => sum + counts.unacknowledged[priority], 0)
}

/** Annunciated and active, of all priorities. */
export function activeCount(counts: AlarmCounts): number {
  return prioritiesDown.reduce((sum, priority) => sum + counts.active[priority], 0)
}

/** An area with alarms, and those within it. */
export interface AreaNode {
  /** `Packaging/Filling`. */
  readonly area: string
  /** `Filling`. */
  readonly name: string
  readonly counts: AlarmCounts
  readonly children: readonly AreaNode[]
}

/** The areas of a summary as a tree, by name. An area that has alarms only below it stands for them, with its own counts. */
export function areaTree(areas: AlarmSummary['areas']): readonly AreaNode[] {
  const names = Object.keys(areas).filter((area) => area !== '')
  const below = (parent: string): readonly AreaNode[] =>
    names
      .filter((area) => parentOf(area, names) === parent)
      .sort((a, b) => a.localeCompare(b))
      .map((area) => ({
        area,
        name: parent === '' ? area : area.slice(parent.length + 1),
        counts: areas[area]!,
        children: below(area),
      }))
  return below('')
}

/** The nearest area above that is listed; '' = none. */
function parentOf(area: string, names: readonly string[]): string {
  const steps = area.split('/')
  for (let length = steps.length - 1; length > 0; length--) {
    const candidate = steps.slice(0, length).join('/')
    if (names.includes(candidate)) return candidate
  }
  return ''
}
