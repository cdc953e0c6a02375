// What is wrong with the rows of a table before any label is made of them.
import type { LabelField } from '../../../src-main/shared/label.ts'
import { type FieldFault, faultOf } from './label-fields.ts'

export interface RowFault {
  /** From 1, the line with the titles not counted. */
  readonly row: number
  readonly field: LabelField
  readonly fault: Exclude<FieldFault, null>
  readonly text: string
}

/** The first fault of each row that has one. @param values what is filled in for fields without a column */
export function rowFaults(
  rows: readonly Readonly<Record<string, string>>[],
  fields: readonly LabelField[],
  values: Readonly<Record<string, string>>,
): readonly RowFault[] {
  return rows.flatMap((cells, index) => {
    for (const field of fields) {
      const text = cells[field.name] ?? values[field.name] ?? ''
      const fault = faultOf(field, text)
      if (fault !== null) return [{ row: index + 1, field, fault, text }]
    }
    return []
  })
}
