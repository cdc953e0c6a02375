// Feeds about alarms: windows of the list, the summary of every screen, and every single event. Windows and summary are states, the
// newest counts; events are never left out, a slow client catches up from the journal.
import type { AlarmEvent, AlarmRow } from '../shared/alarm.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { invalidInput } from './api-error.ts'
import type { ApiParts } from './api-parts.ts'
import type { NounFeeds } from './call-handlers.ts'
import { FeedPace, type FeedSource, pacedSource } from './feed.ts'

const viewIntervalMs = 100
const summaryIntervalMs = 50
/** Groups walk the whole list. */
const groupsIntervalMs = 500
/** Rows of a window when the client names no number: a high screen. */
const usualViewCount = 100
/** Of `alarms.watch`; some hundred kilobytes at most wait for a slow client. */
const eventsPerItem = 500
/** The journal could not be read: asked again so much later. */
const retryMs = 1000

export function alarmFeeds(parts: ApiParts): NounFeeds<'alarms'> {
  const { clock } = parts
  const { board, engine } = parts.alarms
  const views = new FeedPace(viewIntervalMs)
  const groups = new FeedPace(groupsIntervalMs)
  const summaries = new FeedPace(summaryIntervalMs)
  return {
    'alarms.view': ({ order = 'priority', offset = 0, count = usualViewCount, ...filter }) => {
      let shown: { readonly total: number; readonly alarms: readonly AlarmRow[] } | null = null
      const present = () => {
        const window = board.list.window(filter, order, offset, count)
        if (shown !== null && isSameWindow(shown, window)) return null
        shown = window
        return { total: window.total, offset, alarms: window.alarms }
      }
      return pacedSource(clock, views, present, (notify) => board.onRows(notify))
    },
    'alarms.groups': ({ by, ...filter }) =>
      pacedSource(
        clock,
        groups,
        () => ({ groups: board.list.groups(filter, by) }),
        (notify) => board.onRows(notify),
      ),
    'alarms.summary': () =>
      pacedSource(
        clock,
        summaries,
        () => board.summary(engine.load(), engine.isJournalled),
        (notify) => board.onRows(notify),
      ),
    'alarms.watch': ({ since }) => {
      if (since !== undefined && since > board.lastSequence)
        throw invalidInput(`the alarm journal ends at ${board.lastSequence}, there is nothing behind ${since}`, 'since')
      return new JournalFollower(parts, since ?? board.lastSequence)
    },
  }
}

function isSameWindow(
  a: { readonly total: number; readonly alarms: readonly AlarmRow[] },
  b: { readonly total: number; readonly alarms: readonly AlarmRow[] },
): boolean {
  return (
    a.total === b.total &&
    a.alarms.length === b.alarms.length &&
    a.alarms.every((row, index) => row === b.alarms[index])
  )
}

/** Events behind a position: the newest from the board, older ones from the journal. However long the client stalls, one item waits. */
class JournalFollower implements FeedSource<{ events: readonly AlarmEvent[] }> {
  readonly #parts: ApiParts
  /** Sequence of the last event that was sent. */
  #position: number
  /** From the journal, not sent yet. */
  #fetched: readonly AlarmEvent[] = []
  #isFetching = false
  #isClosed = false
  #notify: () => void = () => undefined
  #unsubscribe: (() => void) | null = null

  constructor(parts: ApiParts, position: number) {
    this.#parts = parts
    this.#position = position
  }

  start(notify: () => void): void {
    this.#notify = notify
    this.#unsubscribe = this.#parts.alarms.board.onEvents(() => this.#look())
    this.#look()
  }

  take(): { events: readonly AlarmEvent[] } | null {
    const { board } = this.#parts.alarms
    const events = this.#fetched.length > 0 ? this.#fetched : (board.eventsSince(this.#position, eventsPerItem) ?? [])
    this.#fetched = []
    const last = events.at(-1)
    if (last === undefined) return null
    this.#position = last.sequence
    this.#look()
    return { events }
  }

  close(): void {
    this.#isClosed = true
    this.#unsubscribe?.()
  }

  /** Is there more to send, or to fetch? */
  #look(): void {
    const { board } = this.#parts.alarms
    if (this.#isClosed || this.#isFetching || this.#position >= board.lastSequence) return
    if (this.#fetched.length > 0 || this.#position + 1 >= board.firstKeptSequence) this.#notify()
    else this.#fetch()
  }

  #fetch(): void {
    const { alarms, clock, logger } = this.#parts
    this.#isFetching = true
    alarms.journal.eventsSince(this.#position, eventsPerItem).then(
      (events) => {
        this.#isFetching = false
        this.#fetched = events
        // Without any, all up to those of the board were archived meanwhile.
        if (events.length === 0) this.#position = Math.max(this.#position, alarms.board.firstKeptSequence - 1)
        this.#look()
      },
      (error) => {
        logger.error(`events of alarms could not be read: ${messageOf(error)}`)
        clock.after(retryMs, () => {
          this.#isFetching = false
          this.#look()
        })
      },
    )
  }
}
