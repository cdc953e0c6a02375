// Jobs and printers for tests of the label screens.
import type { LabelField, LabelJob, LabelPrinter, PrinterStatusRow } from '../../../src-main/shared/label.ts'

export function labelJob(row: Partial<LabelJob> & { id: string }): LabelJob {
  return {
    sequence: 1,
    state: 'queued',
    identifier: `ID-${row.id}`,
    template: 'case',
    templateDigest: 'a'.repeat(64),
    printer: 'tray',
    copies: 1,
    createdTimestamp: 1000,
    changedTimestamp: 1000,
    user: 'anna',
    reprintOf: null,
    reprintCount: 0,
    reason: '',
    message: '',
    imageHash: 'b'.repeat(64),
    scanned: null,
    fields: {},
    ...row,
  }
}

export function printerStatus(row: Partial<PrinterStatusRow> & { printer: string }): PrinterStatusRow {
  return {
    conditions: ['ready'],
    message: '',
    isPaused: false,
    queuedCount: 0,
    inDoubtCount: 0,
    printedCount: 0,
    timestamp: 1000,
    ...row,
  }
}

export function labelPrinter(row: Partial<LabelPrinter> & { name: string }): LabelPrinter & PrinterStatusRow {
  return {
    description: '',
    language: 'png',
    connection: 'virtual:',
    dpi: 203,
    failover: null,
    timeoutMs: 5000,
    statusIntervalMs: 2000,
    verify: null,
    ...printerStatus({ printer: row.name }),
    ...row,
  }
}

export function labelField(row: Partial<LabelField> & { name: string }): LabelField {
  return { title: {}, value: null, defaultValue: null, pattern: null, ...row }
}
