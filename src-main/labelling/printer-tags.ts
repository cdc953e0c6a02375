// What printers say of themselves as tags of the plant (`Printers.<name>.State` …), so that mimics, alarms, expressions and history
// have them like any other value. The plant check made the tags; here they get their values.
import { type PrinterCondition, type PrinterStatusRow, printerConditions } from '../shared/label.ts'
import { StatusCodes } from '../shared/status-code.ts'
import { type ValueBatch, ValueBatchBuilder } from '../shared/value-batch.ts'

/** Numbers of `State`: the place in `printerConditions`; what is recorded refers to them. */
const stateNumbers: ReadonlyMap<PrinterCondition, number> = new Map(
  printerConditions.map((condition, index) => [condition, index]),
)

/** Conditions in which a printer prints what it is given. */
const working: readonly PrinterCondition[] = ['ready', 'printing', 'unknown']

/** Member of `Printers.<name>` → its value. */
const members: Readonly<Record<string, (row: PrinterStatusRow) => number | boolean>> = {
  State: ({ conditions }) => stateNumbers.get(conditions[0]!)!,
  Ready: ({ conditions, isPaused }) => !isPaused && conditions.every((condition) => working.includes(condition)),
  MediaOut: ({ conditions }) => conditions.includes('mediaOut'),
  RibbonOut: ({ conditions }) => conditions.includes('ribbonOut'),
  HeadOpen: ({ conditions }) => conditions.includes('headOpen'),
  Paused: ({ conditions, isPaused }) => isPaused || conditions.includes('paused'),
  Fault: ({ conditions }) => conditions.some((condition) => condition !== 'paused' && !working.includes(condition)),
  Silent: ({ conditions }) => conditions.includes('silent'),
  QueueLength: ({ queuedCount }) => queuedCount,
  InDoubt: ({ inDoubtCount }) => inDoubtCount,
  Printed: ({ printedCount }) => printedCount,
}

/** Handle of a tag; undefined when the plant has none of that name. */
export type HandleOf = (tag: string) => number | undefined

/** Values of the tags of these printers. */
export function printerValues(rows: readonly PrinterStatusRow[], handleOf: HandleOf, now: number): ValueBatch {
  const values = new ValueBatchBuilder(Math.max(1, rows.length * Object.keys(members).length))
  for (const row of rows)
    for (const [member, of] of Object.entries(members)) {
      const handle = handleOf(`Printers.${row.printer}.${member}`)
      if (handle !== undefined) values.add(handle, of(row), StatusCodes.Good, row.timestamp || now)
    }
  return values.take()
}

/** Nobody knows how these printers are: the label thread does not run. */
export function unknownPrinters(printers: readonly string[], handleOf: HandleOf, now: number): ValueBatch {
  const values = new ValueBatchBuilder(Math.max(1, printers.length * Object.keys(members).length))
  for (const printer of printers)
    for (const member of Object.keys(members)) {
      const handle = handleOf(`Printers.${printer}.${member}`)
      if (handle !== undefined) values.add(handle, null, StatusCodes.BadNoCommunication, now)
    }
  return values.take()
}
