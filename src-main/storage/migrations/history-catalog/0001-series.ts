// The series of the historian: which number stands for which name. Numbers are never used twice.
import type { Migration } from '../../database.ts'

export const migration0001: Migration = {
  version: 1,
  name: 'series',
  sql: `
    CREATE TABLE series (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      attributes TEXT NOT NULL,            -- JSON: data type, unit, description, interpolation, states, isRecorded, retentionMs
      UNIQUE (name, kind)
    );
  `,
}
