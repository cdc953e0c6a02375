// What screens are shown of alarms: list, counts, the end of the journal. It takes what is durable and nothing else, so that nobody
// ever sees an alarm that a power cut could take back.
import type { AlarmDefinition, AlarmEvent, AlarmRow, AlarmSummary } from '../../shared/alarm.ts'
import type { AnnunciationLoad, CommittedAlarms } from '../alarms.ts'
import { AlarmList } from './alarm-list.ts'
import { AlarmCounting } from './alarm-summary.ts'

/** Alarms on the banner of every screen. */
const bannerCount = 6
/** Events that feeds find here; older ones are in the journal. */
const mostKeptEvents = 10_000

export class AlarmBoard {
  readonly list = new AlarmList()
  readonly #counting = new AlarmCounting()
  readonly #rowWatchers = new Set<() => void>()
  readonly #eventWatchers = new Set<() => void>()
  /** The last events told, without gaps; also those that the disk refused so far. */
  #events: AlarmEvent[] = []
  #lastSequence: number

  /** `lastSequence` of the journal as it was opened. */
  constructor(lastSequence: number) {
    this.#lastSequence = lastSequence
  }

  /** Sequence of the last event that may be shown. */
  get lastSequence(): number {
    return this.#lastSequence
  }

  /** The alarms of the plant, so that they are ranked before they occur. */
  configure(definitions: readonly AlarmDefinition[]): void {
    this.list.configure(definitions)
    notify(this.#rowWatchers)
  }

  /** Takes rows and events that are durable; without any, something else that the summary shows changed. `row`: null = normal or gone. */
  committed({ events, ids }: CommittedAlarms, row: (id: string) => AlarmRow | null): void {
    for (const id of ids) this.#counting.change(this.list.put(id, row(id)))
    notify(this.#rowWatchers)
    const last = events.at(-1)
    if (last === undefined) return
    for (const event of events) this.#events.push(event)
    if (this.#events.length > 2 * mostKeptEvents) this.#events = this.#events.slice(-mostKeptEvents)
    this.#lastSequence = last.sequence
    notify(this.#eventWatchers)
  }

  /** Sequence of the oldest event of {@link eventsSince}; one behind the last when there is none. */
  get firstKeptSequence(): number {
    return this.#events[0]?.sequence ?? this.#lastSequence + 1
  }

  /** Events behind a sequence, oldest first; null when the journal has to be asked. */
  eventsSince(sequence: number, limit: number): readonly AlarmEvent[] | null {
    const start = sequence + 1 - this.firstKeptSequence
    return start < 0 ? null : this.#events.slice(start, start + limit)
  }

  /** Something that the summary shows changed, but no row: a flood ended, the journal is written again. */
  loadChanged(): void {
    notify(this.#rowWatchers)
  }

  /** Called after each change of rows until the function it gives back is called; computes nothing. */
  onRows(watcher: () => void): () => void {
    return subscribed(this.#rowWatchers, watcher)
  }

  /** Called when {@link lastSequence} rose. */
  onEvents(watcher: () => void): () => void {
    return subscribed(this.#eventWatchers, watcher)
  }

  summary(load: AnnunciationLoad, isJournalled: boolean): AlarmSummary {
    return {
      counts: this.#counting.counts,
      areas: this.#counting.areas(),
      top: this.list.mostUrgent(bannerCount),
      ...load,
      shelvingEnds: this.#counting.shelvingEnds(),
      isJournalled,
    }
  }
}

function subscribed(watchers: Set<() => void>, watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

function notify(watchers: ReadonlySet<() => void>): void {
  for (const watcher of [...watchers]) watcher()
}
