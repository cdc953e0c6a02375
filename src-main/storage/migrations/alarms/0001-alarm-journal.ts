// The alarm journal: one row per transition, chained by hashes, what repeats kept once; and the state of every alarm. The database
// itself refuses to change a row, or to delete one that is not in an archive file.
import type { Migration } from '../../database.ts'

export const migration0001: Migration = {
  version: 1,
  name: 'alarm journal',
  sql: `
    CREATE TABLE alarm (                   -- what the rows of one alarm share; another number when any of it changes
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      tag TEXT NOT NULL,
      condition TEXT NOT NULL,
      priority TEXT NOT NULL,
      class TEXT NOT NULL,
      area TEXT NOT NULL,
      equipment TEXT
    ) STRICT;
    CREATE INDEX alarm_by_id ON alarm(id);

    CREATE TABLE word (                    -- users, stations, comments, messages with U+0001 for each number that varies
      number INTEGER PRIMARY KEY,          -- 0 stands for the empty text
      text TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE alarm_message (           -- which messages the rows of an alarm have
      alarm INTEGER NOT NULL,
      word INTEGER NOT NULL,
      PRIMARY KEY (alarm, word)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE event (
      sequence INTEGER PRIMARY KEY,
      hash BLOB NOT NULL,                  -- SHA-256(hash of the row before ‖ JSON of the whole event)
      alarm INTEGER NOT NULL,              -- → alarm
      code INTEGER NOT NULL,               -- event, states and flags (journal-codec.ts)
      timestamp INTEGER NOT NULL,
      lag INTEGER NOT NULL,                -- received timestamp less timestamp
      occurrence INTEGER NOT NULL,         -- sequence of the active row; 0 = none
      status INTEGER NOT NULL,
      value ANY,                           -- a number, or JSON of anything else
      "limit" ANY,
      message INTEGER NOT NULL,            -- → word
      figures TEXT,                        -- numbers of the message, with spaces between
      user INTEGER NOT NULL,               -- → word, as the two below
      station INTEGER NOT NULL,
      comment INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX event_by_alarm ON event(alarm);
    CREATE INDEX event_by_user ON event(user) WHERE user <> 0;
    CREATE INDEX event_by_comment ON event(comment) WHERE comment <> 0;

    CREATE TABLE block (                   -- what is in each 1024 rows, so that a search leaves out what cannot fit
      number INTEGER PRIMARY KEY,          -- (sequence − 1) >> 10
      first_time INTEGER NOT NULL,         -- of both time stamps
      last_time INTEGER NOT NULL,
      last_received INTEGER NOT NULL,
      events INTEGER NOT NULL,             -- bit masks
      states INTEGER NOT NULL,
      priorities INTEGER NOT NULL,
      flags INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE gap (                     -- sequences without a row: they could not be kept
      first INTEGER PRIMARY KEY,
      last INTEGER NOT NULL,
      timestamp INTEGER NOT NULL,
      reason TEXT NOT NULL
    ) STRICT;

    CREATE TABLE chain (                   -- one row
      id INTEGER PRIMARY KEY CHECK (id = 1),
      last_sequence INTEGER NOT NULL,
      last_hash BLOB NOT NULL,
      last_received INTEGER NOT NULL,
      archived_sequence INTEGER NOT NULL,  -- rows up to here are in archive files; the chain of this file goes on from it
      archived_hash BLOB NOT NULL
    ) STRICT;
    INSERT INTO chain VALUES (1, 0, zeroblob(32), 0, 0, zeroblob(32));

    CREATE TABLE definition (              -- of the alarms in state
      number INTEGER PRIMARY KEY,
      key BLOB NOT NULL UNIQUE,            -- SHA-256 of the JSON
      definition TEXT NOT NULL             -- JSON
    ) STRICT;

    CREATE TABLE state (
      id TEXT PRIMARY KEY,
      definition INTEGER NOT NULL,
      event_id INTEGER NOT NULL,
      occurrence_count INTEGER NOT NULL,
      stored TEXT                          -- JSON; NULL = normal, nothing else to keep
    ) STRICT, WITHOUT ROWID;

    CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
      BEGIN SELECT RAISE(ABORT, 'the alarm journal is never changed'); END;
    CREATE TRIGGER event_is_archived_before_it_goes BEFORE DELETE ON event
      WHEN old.sequence > (SELECT archived_sequence FROM chain)
      BEGIN SELECT RAISE(ABORT, 'the alarm journal is never deleted'); END;
  `,
}
