// A row that changes while it is on screen.
import type { AlarmDatabaseRow } from '../../../../src-main/shared/alarm-database.ts'

export class ShownRow {
  row = $state.raw<AlarmDatabaseRow>(null as never)

  constructor(row: AlarmDatabaseRow) {
    this.row = row
  }
}
