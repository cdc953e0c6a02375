// Every report that the journal's reader thread can make, by name. A new one is one more line.

import type { AlarmReport } from '../journal-rows.ts'
import { beforeReport } from './before-report.ts'
import { kpiReport } from './kpi-report.ts'
import { proposalReport } from './proposal-report.ts'

/** `journal.report('<name>', input)` runs one of these in the reader thread. */
export const alarmReports = {
  before: beforeReport,
  kpi: kpiReport,
  proposals: proposalReport,
} satisfies Readonly<Record<string, AlarmReport<never, unknown>>>

export type AlarmReports = typeof alarmReports
export type AlarmReportName = keyof AlarmReports & string
export type AlarmReportInput<Name extends AlarmReportName> =
  AlarmReports[Name] extends AlarmReport<infer Input, unknown> ? Input : never
export type AlarmReportAnswer<Name extends AlarmReportName> =
  AlarmReports[Name] extends AlarmReport<never, infer Answer> ? Answer : never
