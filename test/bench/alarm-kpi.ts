// Figures of alarm performance over 30 days: of millions of rows that are made while they are read (time and memory of the computation
// alone), and of a real journal through its reader thread.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAlarmJournal } from '../../src-main/alarms/journal/alarm-journal.ts'
import type { JournalRows, ReportRow } from '../../src-main/alarms/journal-rows.ts'
import type { AlarmKpiQuestion } from '../../src-main/alarms/reports/alarm-kpi.ts'
import { kpiReport } from '../../src-main/alarms/reports/kpi-report.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { createLogger } from '../../src-main/base/logger.ts'
import {
  type AlarmDefinition,
  type AlarmEvent,
  alarmPriorities,
  defaultAlarmPhilosophy,
} from '../../src-main/shared/alarm.ts'
import { alarmDefinition, storedAlarm } from '../fakes/alarm-transitions.ts'
import { generatedEvents, generatedFrom, seededNumbers } from '../fakes/generated-alarm-events.ts'
import type { Report } from './run.ts'

const day = 86_400_000
const alarmCount = 2000
const streamedRowCount = 3_000_000
const journalRowCount = 200_000

const definitions: readonly AlarmDefinition[] = Array.from({ length: alarmCount }, (_, index) =>
  alarmDefinition(`Area${index % 20}.Tag${index}/high`, {
    area: `Hall ${index % 4}/Line ${index % 20}`,
    equipment: `Unit ${index % 200}`,
    priority: alarmPriorities[index % 4]!,
  }),
)

const question: AlarmKpiQuestion = {
  from: generatedFrom + day,
  to: generatedFrom + 31 * day,
  area: null,
  rules: defaultAlarmPhilosophy,
  configured: definitions.map(({ id, priority, area }) => ({ id, priority, area })),
  actions: { operations: [], commands: [], refusedAttemptCount: 0 },
  driftCount: 0,
}

export async function run(report: Report): Promise<void> {
  streamed(report)
  await fromJournal(report)
}

function streamed(report: Report): void {
  globalThis.gc?.()
  const memoryBefore = process.memoryUsage()
  const start = performance.now()
  const kpi = kpiReport(new MadeRows(), question)
  const seconds = (performance.now() - start) / 1000
  const memory = process.memoryUsage()
  const grown = memory.heapUsed + memory.arrayBuffers - memoryBefore.heapUsed - memoryBefore.arrayBuffers
  const bench = 'alarm-kpi'
  report({ bench, figure: `figures of ${streamedRowCount} made rows`, value: seconds, unit: 's' })
  report({ bench, figure: 'rows per second', value: Math.round(streamedRowCount / seconds), unit: '1/s' })
  report({ bench, figure: 'annunciated', value: kpi.annunciatedCount, unit: '1' })
  report({ bench, figure: 'memory, garbage included', value: Math.round(grown / 2 ** 20), unit: 'MiB' })
  report({ bench, figure: 'answer as JSON', value: Math.round(JSON.stringify(kpi).length / 1024), unit: 'KiB' })
}

/** Activation, acknowledgement and return of alarms in turn, over 31 days. */
class MadeRows implements JournalRows {
  readonly isCancelled = false

  get oldestTimestamp(): number {
    return generatedFrom
  }

  *rows(): Iterable<ReportRow> {
    const random = seededNumbers(7)
    const steps = new Uint8Array(alarmCount)
    const active = new Uint32Array(alarmCount)
    const stepMs = (31 * day) / streamedRowCount
    for (let sequence = 1; sequence <= streamedRowCount; sequence++) {
      const index = Math.floor(random() ** 3 * alarmCount)
      const step = steps[index]!
      steps[index] = (step + 1) % 3
      if (step === 0) active[index] = sequence
      const { id, tag, condition, priority, area, equipment, alarmClass } = definitions[index]!
      const timestamp = Math.floor(generatedFrom + sequence * stepMs)
      yield {
        sequence,
        id,
        tag,
        condition,
        event: step === 0 ? 'active' : step === 1 ? 'acknowledged' : 'returned',
        state: step === 0 ? 'unacknowledged' : step === 1 ? 'acknowledged' : 'normal',
        previousState: step === 0 ? 'normal' : step === 1 ? 'unacknowledged' : 'acknowledged',
        priority,
        timestamp,
        receivedTimestamp: timestamp + 20,
        user: step === 1 ? 'ana' : '',
        isActive: step < 2,
        eventId: active[index]!,
        isFirstOut: false,
        isTest: false,
        alarmClass,
        area,
        equipment,
      }
    }
  }

  *lastBefore(): Iterable<ReportRow> {}

  event(): AlarmEvent | null {
    return null
  }

  eventsOf(): readonly AlarmEvent[] {
    return []
  }

  eventsBefore(): readonly AlarmEvent[] {
    return []
  }
}

async function fromJournal(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-alarm-kpi-'))
  const journal = openAlarmJournal({ dataFolder: folder, clock: systemClock, logger: createLogger() })
  try {
    const byId = new Map(definitions.map((definition) => [definition.id, definition]))
    const events = generatedEvents(journalRowCount, 5, (31 * day) / journalRowCount, definitions)
    for (let at = 0; at < events.length; at += 2000) {
      const slice = events.slice(at, at + 2000)
      journal.append(slice.map((event) => ({ event, stored: storedAlarm(byId.get(event.id)!, event) })))
      await journal.flushed()
    }
    for (const pass of ['first', 'second']) {
      const start = performance.now()
      const kpi = await journal.report('kpi', question)
      const ms = Math.round(performance.now() - start)
      report({ bench: 'alarm-kpi', figure: `${kpi.journalRowCount} journal rows, ${pass} time`, value: ms, unit: 'ms' })
    }
  } finally {
    await journal.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
