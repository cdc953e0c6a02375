// What scanners read and what came of it, and the part that each equipment works on where a tag of it says so.
import type { Migration } from '../../database.ts'

export const migration0003: Migration = {
  version: 3,
  name: 'scans',
  sql: `
    CREATE TABLE scan (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      timestamp INTEGER NOT NULL,          -- ms since 1970-01-01 UTC
      source TEXT NOT NULL,                -- name of the scanner, keyboard or camera
      user TEXT NOT NULL,                  -- '' = a scanner at the line
      text TEXT NOT NULL,                  -- as it was read
      identifier TEXT NOT NULL,            -- the one spelling that is compared; '' = none
      parsed TEXT NOT NULL,                -- JSON
      outcome TEXT NOT NULL                -- JSON
    ) STRICT;
    CREATE INDEX scan_by_identifier ON scan (identifier, sequence);
    CREATE TABLE worked_on (
      equipment TEXT PRIMARY KEY,
      identifier TEXT NOT NULL,            -- '' = none
      entered INTEGER NOT NULL             -- ms since 1970-01-01 UTC
    ) STRICT, WITHOUT ROWID;
  `,
}
