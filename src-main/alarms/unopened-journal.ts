// The alarm journal of a station that cannot open it: no room, no permission, made by a newer Lineside. Alarms are evaluated and shown
// all the same, and the station says that they are not kept.
import type { AlarmEvent } from '../shared/alarm.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import type { AlarmJournal } from './alarm-journal.ts'
import type { AlarmTransition } from './alarm-transition.ts'

/** Events that feeds can catch up with. */
const mostKeptEvents = 10_000

/** `reason`: why it could not be opened, as a sentence. Everything that needs the journal is refused with it. */
export function unopenedJournal(reason: string): AlarmJournal {
  let kept: AlarmEvent[] = []
  let lastSequence = 0
  const refusal = () => new RuntimeError('BadResourceUnavailable', `the alarm journal could not be opened: ${reason}`)
  const refuse = async () => {
    throw refusal()
  }
  return {
    get lastSequence() {
      return lastSequence
    },
    isWriting: false,
    load: () => [],
    append(transitions: readonly AlarmTransition[]) {
      for (const { event } of transitions) kept.push(event)
      lastSequence = kept.at(-1)?.sequence ?? 0
      if (kept.length > 2 * mostKeptEvents) kept = kept.slice(-mostKeptEvents)
    },
    flushed: refuse,
    eventsSince: async (sequence, limit) => kept.filter((event) => event.sequence > sequence).slice(0, limit),
    query: refuse,
    exportCsv: () => {
      throw refusal()
    },
    verify: refuse,
    markers: async () => [],
    report: refuse,
    health: () => ({
      isWriting: false,
      lastSequence,
      queuedCount: 0,
      lostCount: lastSequence,
      lastFault: reason,
      damagedFile: null,
      oldestTimestamp: null,
      byteCount: 0,
      archivedCount: 0,
    }),
    close: async () => undefined,
  }
}
