// What screens keep for each user: saved filters, sound, columns.
import type { Migration } from '../../database.ts'

export const migration0002: Migration = {
  version: 2,
  name: 'preferences',
  sql: `
    CREATE TABLE preference (
      account_id TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      value TEXT NOT NULL,                 -- JSON, never null
      PRIMARY KEY (account_id, name)
    ) STRICT, WITHOUT ROWID;
  `,
}
