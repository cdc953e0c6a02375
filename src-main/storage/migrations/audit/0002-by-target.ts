// What was done to a tag, newest first, without looking through the whole trail: the history of commands of a faceplate. Records
// stay as they are; the columns are read from them.
import type { Migration } from '../../database.ts'

export const migration0002: Migration = {
  version: 2,
  name: 'audit by target',
  sql: `
    ALTER TABLE audit ADD COLUMN action TEXT GENERATED ALWAYS AS (json_extract(record, '$.action')) VIRTUAL;
    ALTER TABLE audit ADD COLUMN target TEXT GENERATED ALWAYS AS (json_extract(record, '$.target')) VIRTUAL;
    CREATE INDEX audit_by_target ON audit(target, sequence);
  `,
}
