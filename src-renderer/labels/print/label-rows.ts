// A table pasted from a spreadsheet: a label for each row, its columns named as the fields or as their titles.
import { CsvError, parse } from 'csv-parse/browser/esm/sync'
import { unguarded } from '../../../src-main/shared/csv-cell.ts'
import type { LabelField } from '../../../src-main/shared/label.ts'

export const mostRows = 10_000

export interface LabelRows {
  /** Fields of each label; cells that are empty are left out. */
  readonly rows: readonly Readonly<Record<string, string>>[]
  /** Columns that no field of the label has; they are not printed. */
  readonly unknownColumns: readonly string[]
  /** Fields that stand in no column. */
  readonly missingFields: readonly string[]
  /** Why it cannot be read at all; null = it can. */
  readonly problem: 'empty' | 'noColumn' | 'tooMany' | { readonly unreadable: string } | null
}

/** Reads such a table; commas, semicolons and tabs separate cells, whatever the first line has most of. */
export function readRows(text: string, fields: readonly LabelField[]): LabelRows {
  const none = { rows: [], unknownColumns: [], missingFields: [] }
  if (text.trim() === '') return { ...none, problem: 'empty' }
  let table: string[][]
  try {
    table = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    })
  } catch (error) {
    if (error instanceof CsvError) return { ...none, problem: { unreadable: error.message } }
    throw error
  }
  const [head, ...body] = table
  if (head === undefined || body.length === 0) return { ...none, problem: 'empty' }
  if (body.length > mostRows) return { ...none, problem: 'tooMany' }
  const columns = head.map((title) => fieldOf(unguarded(title), fields)?.name)
  if (columns.every((column) => column === undefined)) return { ...none, problem: 'noColumn' }
  return {
    rows: body.map((cells) => rowOf(cells, columns)),
    unknownColumns: head.filter((title, index) => title !== '' && columns[index] === undefined),
    missingFields: fields.map(({ name }) => name).filter((name) => !columns.includes(name)),
    problem: null,
  }
}

function rowOf(cells: readonly string[], columns: readonly (string | undefined)[]): Record<string, string> {
  const row: Record<string, string> = {}
  for (const [index, cell] of cells.entries()) {
    const column = columns[index]
    if (column !== undefined && cell !== '') row[column] = unguarded(cell)
  }
  return row
}

function fieldOf(title: string, fields: readonly LabelField[]): LabelField | undefined {
  const wanted = title.trim().toLowerCase()
  return (
    fields.find(({ name }) => name.toLowerCase() === wanted) ??
    fields.find((field) => Object.values(field.title).some((one) => one.trim().toLowerCase() === wanted))
  )
}

function delimiterOf(text: string): string {
  const head = text.split(/\r?\n/, 1)[0] ?? ''
  const counts = ['\t', ';', ','].map((one) => [one, head.split(one).length] as const)
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}
