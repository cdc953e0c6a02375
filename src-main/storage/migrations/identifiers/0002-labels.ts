// Labels: templates as they were printed, jobs, their pictures, printers as they were left, and the print ledger, whose rows the
// database itself refuses to change or delete.
import type { Migration } from '../../database.ts'

export const migration0002: Migration = {
  version: 2,
  name: 'labels',
  sql: `
    CREATE TABLE label_template (
      name TEXT NOT NULL,
      digest TEXT NOT NULL,                -- SHA-256 of all that makes the label look as it does, hexadecimal
      version INTEGER NOT NULL,            -- from 1 for each name, in the order in which they were seen
      document TEXT NOT NULL,              -- JSON
      first_timestamp INTEGER NOT NULL,    -- ms since 1970-01-01 UTC
      approved_by TEXT,                    -- NULL = nobody yet
      approved_timestamp INTEGER,
      approval_comment TEXT,
      PRIMARY KEY (name, digest)
    ) WITHOUT ROWID;
    CREATE TABLE label_template_image (
      digest TEXT NOT NULL,                -- of the template
      file TEXT NOT NULL,                  -- as the template names it
      bytes BLOB NOT NULL,
      PRIMARY KEY (digest, file)
    ) WITHOUT ROWID;
    CREATE TABLE label_printer (
      name TEXT PRIMARY KEY,
      last_sequence INTEGER NOT NULL,      -- of the jobs that were ever given to it
      printed_count INTEGER NOT NULL,
      is_paused INTEGER NOT NULL,          -- by a person
      paused_by TEXT NOT NULL,
      pause_reason TEXT NOT NULL,
      has_answered INTEGER NOT NULL,       -- it once answered when it was asked for its state: silence is a fault from then on
      may_hold_rest INTEGER NOT NULL       -- a label broke off: a part of it may wait in its memory
    ) WITHOUT ROWID;
    CREATE TABLE label_request (
      id TEXT PRIMARY KEY,
      body_hash TEXT NOT NULL,             -- SHA-256 of what was asked for, hexadecimal
      timestamp INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE label_job (
      number INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order in which they were made
      id TEXT NOT NULL UNIQUE,
      printer TEXT NOT NULL,
      sequence INTEGER NOT NULL,           -- order on its printer, from 1
      state TEXT NOT NULL,                 -- shared/label.ts, jobStates
      identifier TEXT,
      owns_identifier INTEGER NOT NULL,    -- it was given out for this label: when the label comes to nothing it is scrapped
      template TEXT NOT NULL,
      template_digest TEXT NOT NULL,
      copies INTEGER NOT NULL,
      fields TEXT NOT NULL,                -- JSON
      tags TEXT NOT NULL,                  -- JSON: values of the tags the template reads, as they were then
      user TEXT NOT NULL,
      reason TEXT NOT NULL,
      request_id TEXT,
      reprint_of TEXT,
      reprint_count INTEGER NOT NULL,
      message TEXT NOT NULL,
      image_hash TEXT,
      dpi INTEGER NOT NULL,
      scanned TEXT,
      awaits_scan INTEGER NOT NULL,        -- printed, and the printer's labels are scanned back
      created_timestamp INTEGER NOT NULL,
      changed_timestamp INTEGER NOT NULL,
      UNIQUE (printer, sequence)
    );
    CREATE INDEX label_job_unsent ON label_job (printer, sequence) WHERE state IN ('allocated', 'queued');
    CREATE INDEX label_job_allocated ON label_job (printer, sequence) WHERE state = 'allocated';
    CREATE INDEX label_job_open ON label_job (state, printer) WHERE state IN ('sent', 'inDoubt');
    CREATE INDEX label_job_awaits_scan ON label_job (number) WHERE awaits_scan = 1;
    CREATE INDEX label_job_by_identifier ON label_job (identifier, number);
    CREATE INDEX label_job_by_request ON label_job (request_id) WHERE request_id IS NOT NULL;
    CREATE INDEX label_job_by_original ON label_job (reprint_of) WHERE reprint_of IS NOT NULL;
    CREATE INDEX label_job_by_image ON label_job (image_hash) WHERE image_hash IS NOT NULL;
    CREATE TABLE label_image (
      hash TEXT PRIMARY KEY,               -- SHA-256 of size and dots, hexadecimal
      width INTEGER NOT NULL,              -- dots
      height INTEGER NOT NULL,
      dots BLOB NOT NULL,                  -- one bit per dot, rows padded to bytes, most significant first, 1 = black; deflated (RFC 1951)
      timestamp INTEGER NOT NULL           -- last time it was used
    );
    CREATE INDEX label_image_by_timestamp ON label_image (timestamp);
    CREATE TABLE label_tray (              -- what virtual printers have put out
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      printer TEXT NOT NULL,
      job TEXT NOT NULL,
      is_torn INTEGER NOT NULL,
      timestamp INTEGER NOT NULL
    );
    CREATE INDEX label_tray_by_printer ON label_tray (printer, number);
    CREATE TABLE label_trigger_mark (
      name TEXT PRIMARY KEY,
      mark TEXT NOT NULL,                  -- JSON: up to where the trigger has made its labels
      timestamp INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE label_ledger (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, -- from 1 without gaps
      record TEXT NOT NULL,                -- canonical JSON of the whole record, sequence included
      hash BLOB NOT NULL,                  -- SHA-256(hash of the row before ‖ record)
      timestamp INTEGER GENERATED ALWAYS AS (json_extract(record, '$.timestamp')) VIRTUAL,
      job TEXT GENERATED ALWAYS AS (json_extract(record, '$.job')) VIRTUAL
    );
    CREATE INDEX label_ledger_by_job ON label_ledger (job, sequence);
    CREATE INDEX label_ledger_by_timestamp ON label_ledger (timestamp);
    CREATE TRIGGER label_ledger_is_never_changed BEFORE UPDATE ON label_ledger
      BEGIN SELECT RAISE(ABORT, 'the print ledger is never changed'); END;
    CREATE TRIGGER label_ledger_is_never_deleted BEFORE DELETE ON label_ledger
      BEGIN SELECT RAISE(ABORT, 'the print ledger is never deleted'); END;
  `,
}
