// Maintenance counters: what each has counted since its last reset. Rows of counters the plant has no more stay, for it may have them
// again tomorrow.
import type { Migration } from '../../database.ts'

export const migration0001: Migration = {
  version: 1,
  name: 'maintenance counters',
  sql: `
    CREATE TABLE counter (
      equipment TEXT NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,                  -- hours, count, travel, tag
      unit TEXT NOT NULL,                  -- UCUM
      total REAL NOT NULL,                 -- counted since the last reset, in the unit; 0 where the device counts
      zero REAL NOT NULL,                  -- what the device showed at the reset, where Lineside sets it back
      since INTEGER NOT NULL,              -- ms since 1970-01-01 UTC: the last reset, or when it was first seen
      since_value REAL,                    -- its value then; NULL = not known
      reset_timestamp INTEGER,             -- NULL = never
      reset_by TEXT,
      PRIMARY KEY (equipment, name)
    ) WITHOUT ROWID;
  `,
}
