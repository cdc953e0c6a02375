// The audit trail: one row per record, chained by hashes; the database itself refuses to change or delete a row.
import type { Migration } from '../../database.ts'

export const migration0001: Migration = {
  version: 1,
  name: 'audit trail',
  sql: `
    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY,        -- from 1 without gaps
      record TEXT NOT NULL,                -- canonical JSON of the whole record, sequence included
      hash BLOB NOT NULL,                  -- SHA-256(hash of the row before ‖ record)
      timestamp INTEGER GENERATED ALWAYS AS (json_extract(record, '$.timestamp')) VIRTUAL,
      user TEXT GENERATED ALWAYS AS (json_extract(record, '$.user')) VIRTUAL
    );
    CREATE INDEX audit_by_timestamp ON audit(timestamp);
    CREATE INDEX audit_by_user ON audit(user, sequence);
    CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
    CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
  `,
}
