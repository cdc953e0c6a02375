// The same figures twice: by the report of the journal's reader thread, and by an SQL over alarms.sqlite that shares no code with it
// (conformance A54). For the shift worked out by hand, and for a journal of ten days out of a seeded generator.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AlarmJournal, openAlarmJournal } from '../../../../src-main/alarms/journal/alarm-journal.ts'
import type { AlarmKpiQuestion } from '../../../../src-main/alarms/reports/alarm-kpi.ts'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import type { AlarmEvent } from '../../../../src-main/shared/alarm.ts'
import type { AlarmKpi } from '../../../../src-main/shared/alarm-report.ts'
import { storedAlarm } from '../../../fakes/alarm-transitions.ts'
import { generatedEvents, generatedFrom } from '../../../fakes/generated-alarm-events.ts'
import { shiftDefinitions, shiftEvents, shiftQuestion } from '../../../fakes/shift-journal.ts'

const sql = readFileSync(new URL('../../../data/alarms/figures.sql', import.meta.url), 'utf8')
let folder = ''
let journal: AlarmJournal | null = null

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-figures-'))
})
afterEach(async () => {
  await journal?.close()
  journal = null
  rmSync(folder, { recursive: true, force: true })
})

/** What the SQL gives, in the words of the report. */
function figuresOfSql(from: number, to: number): Record<string, unknown> {
  const database = new BetterSqlite3(join(folder, 'alarms.sqlite'), { readonly: true })
  try {
    const row = database.prepare(sql).get({ from, to }) as Record<string, number | string>
    return {
      ...row,
      by_alarm: JSON.parse(row.by_alarm as string),
      by_priority: JSON.parse(row.by_priority as string),
    }
  } finally {
    database.close()
  }
}

function figuresOfReport(kpi: AlarmKpi): Record<string, unknown> {
  const { tenMinutes } = kpi.rates
  const { acknowledgement, timeInAlarm } = kpi
  return {
    annunciated: kpi.annunciatedCount,
    most_in_period: tenMinutes.peak!.count,
    period_of_most: (tenMinutes.peak!.timestamp - kpi.from) / 600_000,
    periods_over_ten: Math.round(kpi.shareOfPeriodsOverTen * kpi.periodCounts.length),
    flood_start: kpi.floods[0]?.startTimestamp ?? null,
    by_alarm: kpi.frequent.alarms.map(({ id, annunciatedCount }) => [id, annunciatedCount]),
    by_priority: Object.fromEntries(
      Object.entries(kpi.priorities).flatMap(([name, { occurredCount }]) =>
        occurredCount ? [[name, occurredCount]] : [],
      ),
    ),
    acknowledged: acknowledgement.count,
    waited_ms: Math.round(acknowledgement.averageMs! * acknowledgement.count),
    open_: acknowledgement.openCount,
    standing_ms: timeInAlarm.activeMs,
    shelved_ms: kpi.shelved.heldMs,
    suppressed_ms: kpi.suppressedByDesign.heldMs,
    spared:
      kpi.shelved.sparedActivationCount +
      kpi.suppressedByDesign.sparedActivationCount +
      kpi.outOfService.sparedActivationCount,
    returned: timeInAlarm.count,
    returned_ms: Math.round(timeInAlarm.averageMs! * timeInAlarm.count),
    fleeting: kpi.fleeting.alarms.reduce((sum, { fleetingCount }) => sum + fleetingCount, 0),
    chattering: kpi.chattering.count,
    standing_at_end: kpi.standing.atEndCount,
  }
}

async function reported(events: readonly AlarmEvent[], question: AlarmKpiQuestion): Promise<AlarmKpi> {
  const definitions = new Map(shiftDefinitions.map((definition) => [definition.id, definition]))
  journal = openAlarmJournal({ dataFolder: folder, clock: systemClock, logger: silentLogger })
  journal.append(events.map((event) => ({ event, stored: storedAlarm(definitions.get(event.id)!, event) })))
  await journal.flushed()
  return journal.report('kpi', question)
}

test('the shift gives the same figures by SQL as by the report, from a real journal (A54)', async () => {
  const kpi = await reported(shiftEvents(), shiftQuestion)
  const figures = figuresOfSql(shiftQuestion.from, shiftQuestion.to)
  expect(figures.annunciated).toBe(21)
  expect(figuresOfReport(kpi)).toEqual(figures)
})

test('ten days of generated alarms give the same figures by SQL as by the report (A54)', async () => {
  const events = generatedEvents(20_000, 4)
  const [from, to] = [generatedFrom + 86_400_000, generatedFrom + 9 * 86_400_000]
  const kpi = await reported(events, { ...shiftQuestion, from, to, actions: null })
  const figures = figuresOfSql(from, to)
  expect(figures.annunciated).toBeGreaterThan(1000)
  expect(figures.shelved_ms).toBeGreaterThan(0)
  expect(figuresOfReport(kpi)).toEqual(figures)
})
