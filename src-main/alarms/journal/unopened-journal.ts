// The alarm journal of a station that cannot open it: no room, no permission, made by a newer Lineside. Alarms are evaluated and shown
// all the same, and the station says that they are not kept.
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { AlarmTransition } from '../alarm-transition.ts'
import type { AlarmJournal } from './alarm-journal.ts'

/** `reason`: why it could not be opened, as a sentence. Everything that needs the journal is refused with it. */
export function unopenedJournal(reason: string): AlarmJournal {
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
      lastSequence = transitions.at(-1)?.event.sequence ?? lastSequence
    },
    flushed: refuse,
    eventsSince: async () => [],
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
