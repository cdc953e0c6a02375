// The report `kpi` of the journal's reader thread: figures of alarm performance from the rows.
import type { AlarmEvent } from '../../shared/alarm.ts'
import type { AlarmKpi } from '../../shared/alarm-report.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { JournalRows } from '../journal-rows.ts'
import { AlarmKpiAccount, type AlarmKpiQuestion, kpiLookBackMs } from './alarm-kpi.ts'
import type { HeldState } from './alarm-kpi-row.ts'
import type { HoldLookup } from './held-figures.ts'

/** Rows between two looks at whether somebody still waits; about 10 ms. */
const rowsPerLook = 8192
/** Rows of one alarm that are looked through for the one that put it into its hold. */
const mostHoldRows = 500
const holdPageLength = 50

/** RuntimeError BadInvalidArgument for an empty span, BadRequestTooLarge for too many alarms, BadRequestInterrupted when cancelled. */
export function kpiReport(rows: JournalRows, question: AlarmKpiQuestion): AlarmKpi {
  const account = new AlarmKpiAccount(question)
  const first = question.from - kpiLookBackMs
  for (const row of rows.lastBefore(first))
    account.begin(row, row.isActive && row.eventId !== 0 ? (rows.event(row.eventId)?.timestamp ?? null) : null)
  let rowCount = 0
  for (const row of rows.rows(first, question.to)) {
    account.add(row)
    if (++rowCount % rowsPerLook === 0 && rows.isCancelled) throw cancelled()
  }
  return account.finish(rows.oldestTimestamp, holdLookup(rows))
}

export function cancelled(): RuntimeError {
  return new RuntimeError('BadRequestInterrupted', 'The report on alarms was not waited for')
}

function holdLookup(rows: JournalRows): HoldLookup {
  return (id, state, holdSequence, sequence) => {
    const row = holdSequence > 0 ? rows.event(holdSequence) : holdRow(rows, id, state, sequence)
    return row === null ? null : { timestamp: row.timestamp, user: row.user, comment: row.comment }
  }
}

/** The row that put an alarm into the state it has since before the rows that were read. */
function holdRow(rows: JournalRows, id: string, state: HeldState, sequence: number): AlarmEvent | null {
  let before = sequence + 1
  for (let looked = 0; looked < mostHoldRows; looked += holdPageLength) {
    const page = rows.eventsOf(id, before, holdPageLength)
    const found = page.find((event) => event.state === state && event.previousState !== state)
    if (found !== undefined) return found
    if (page.length < holdPageLength) return null
    before = page.at(-1)!.sequence
  }
  return null
}
