// Reader thread of the alarm journal: pages, exports, checks, marks, archive files and reports, with read-only files.

import { parentPort, workerData } from 'node:worker_threads'
import type { ThreadAnswer } from '../../base/thread-on-demand.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { asDatabaseError } from '../../storage/database.ts'
import type { AlarmReport } from '../journal-rows.ts'
import { alarmReports } from '../reports/alarm-reports.ts'
import type { AlarmQuestion, AlarmReaderStart, CsvPiece, ToAlarmReader } from './alarm-reader-message.ts'
import { archivableEnd, writeArchive } from './journal-archive.ts'
import { checkJournal } from './journal-check.ts'
import { journalCsvLines } from './journal-csv.ts'
import { journalMarkers } from './journal-markers.ts'
import { StoredJournalRows } from './journal-report-rows.ts'
import { eventsSince, searchJournal } from './journal-search.ts'
import { JournalSource } from './journal-source.ts'

const port = parentPort
if (!port) throw new Error('alarm-reader-worker.ts runs as a worker thread of alarm-reader-thread.ts only')
const { file, archiveFolder } = workerData as AlarmReaderStart

/** Rows of one piece of CSV: about 200 kB. */
const csvRows = 1000
const reports: ReadonlyMap<string, AlarmReport<never, unknown>> = new Map(Object.entries(alarmReports))

/** Opened with the first question that needs it. */
let opened: JournalSource | null = null
const source = (): JournalSource => {
  opened ??= JournalSource.open(file)
  return opened
}

port.on('message', (message: ToAlarmReader) => void answer(message))

async function answer({ id, question, cancelled }: ToAlarmReader): Promise<void> {
  const flag = new Int32Array(cancelled)
  let message: ThreadAnswer
  try {
    const value = await answerTo(question, () => Atomics.load(flag, 0) === 1)
    message = { type: 'answer', id, value }
  } catch (thrown) {
    const error = asDatabaseError(thrown, 'reading the alarm journal')
    const code = error instanceof RuntimeError ? error.code : 'BadInternalError'
    message = { type: 'refusal', id, code, message: messageOf(error) }
  }
  port?.postMessage(message)
}

function answerTo(question: AlarmQuestion, isCancelled: () => boolean): unknown {
  // It waited for others and nobody waits for it any more.
  if (isCancelled()) throw new RuntimeError('BadRequestInterrupted', 'The question was cancelled')
  switch (question.type) {
    case 'query':
      return searchJournal(question.query, { source: source() })
    case 'csv': {
      const limit = Math.min(csvRows, question.room)
      const { events, cursor } = searchJournal({ ...question.filter, limit }, { source: source() })
      const piece = { text: journalCsvLines(events), rowCount: events.length }
      return (cursor === undefined ? piece : { ...piece, cursor }) satisfies CsvPiece
    }
    case 'since':
      return eventsSince(source(), question.sequence, question.limit)
    case 'markers':
      return journalMarkers(source(), question.from, question.to, question.tags, question.limit)
    case 'verify':
      return checkJournal(file, archiveFolder, { isCancelled })
    case 'archive': {
      const end = archivableEnd(source(), question.cutoff)
      return end === null ? null : writeArchive(source(), archiveFolder, end)
    }
    case 'report':
      return report(question.name, question.input, isCancelled)
  }
}

async function report(name: string, input: unknown, isCancelled: () => boolean): Promise<unknown> {
  const run = reports.get(name)
  if (run === undefined) throw new RuntimeError('BadNotSupported', `There is no alarm report "${name}"`)
  const rows = new StoredJournalRows(JournalSource.open(file), isCancelled)
  try {
    return await run(rows, input as never)
  } finally {
    rows.close()
  }
}
