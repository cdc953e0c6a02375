// Alarms as long as nothing evaluates them: the list is empty, everything else is refused.
import { AlarmBoard } from './alarms/alarm-board.ts'
import type { AlarmParts } from './api/api-parts.ts'
import { RuntimeError } from './shared/runtime-error.ts'

function refused(): never {
  throw new RuntimeError('BadResourceUnavailable', 'this station does not evaluate alarms')
}

const refusing = async () => refused()

export const closedAlarms: AlarmParts = {
  board: new AlarmBoard(0),
  engine: {
    acknowledge: refusing,
    shelve: refusing,
    unshelve: refusing,
    outOfService: refusing,
    returnToService: refusing,
    reset: refusing,
    comment: refusing,
    test: refusing,
    definition: () => undefined,
    definitions: () => [],
    flushed: async () => undefined,
    load: () => ({ annunciationCount: 0, annunciatedPriority: null, floodTimestamp: null, rate: 0 }),
    ledger: () => ({
      transitionCount: 0,
      committedCount: 0,
      pendingCount: 0,
      commandCount: 0,
      refusedCount: 0,
      definitionCount: 0,
      timerCount: 0,
      faultyExpressionCount: 0,
    }),
    isJournalled: false,
  },
  journal: { eventsSince: refusing, query: refusing, exportCsv: refused, verify: refusing },
  reports: { before: refusing, kpi: refusing, proposals: refusing },
}
