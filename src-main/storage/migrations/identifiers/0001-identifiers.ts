// Identifiers: what was given out and what became of it, the record behind each, and where the parts were. The database itself refuses
// to forget one: a row of `identifier` is never deleted, and its identifier, pool and counter never change.
import type { Migration } from '../../database.ts'

export const migration0001: Migration = {
  version: 1,
  name: 'identifiers',
  sql: `
    CREATE TABLE station (                 -- one row, made when the store opens it first
      only INTEGER PRIMARY KEY CHECK (only = 1),
      id TEXT NOT NULL,                    -- made once at random; names the witness outside of the data folder
      token TEXT NOT NULL,                 -- another one at every opening, closing and step; stands in the witness too
      has_outside INTEGER NOT NULL         -- 1 = there is a witness outside of the data folder
    ) STRICT;

    CREATE TABLE word (                    -- users, reasons, equipment, schemes
      number INTEGER PRIMARY KEY,
      text TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE pool (
      number INTEGER PRIMARY KEY,
      scheme TEXT NOT NULL,
      period TEXT NOT NULL,                -- 2026-11-23, 2026-11, 2026; '' = for ever
      template TEXT NOT NULL,              -- that it counts for since it was made
      next INTEGER NOT NULL,               -- never goes back
      reserved INTEGER NOT NULL,           -- the witness knows that everything up to here may have been given out
      UNIQUE (scheme, period)
    ) STRICT;
    CREATE INDEX pool_by_template ON pool(template, period);
    CREATE TRIGGER pool_never_goes_back BEFORE UPDATE OF next ON pool WHEN new.next < old.next
      BEGIN SELECT raise(ABORT, 'a counter never goes back'); END;

    CREATE TABLE pool_count (              -- kept by the triggers below
      pool INTEGER NOT NULL REFERENCES pool,
      state TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (pool, state)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE skipped (                 -- counter values that are not given out here: another state of the station may have done so
      pool INTEGER NOT NULL REFERENCES pool,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL,
      timestamp INTEGER NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (pool, first)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE stop (                    -- schemes that give out nothing until a person releases them
      scheme TEXT PRIMARY KEY,
      reason TEXT NOT NULL,
      period TEXT NOT NULL,                -- of the counter below
      next INTEGER NOT NULL,               -- counter it goes on with, if higher than the pool's; 0 = the pool's
      timestamp INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE request (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      body TEXT NOT NULL,                  -- what was asked for, as JSON
      timestamp INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE identifier (
      number INTEGER PRIMARY KEY,
      identifier TEXT NOT NULL UNIQUE,     -- the one spelling that is stored and compared
      kind TEXT NOT NULL,
      pool INTEGER REFERENCES pool,        -- null = it came from elsewhere
      counter INTEGER,
      state TEXT,                          -- null = it came from elsewhere
      allocated INTEGER NOT NULL,          -- or seen first; ms since 1970
      allocated_by INTEGER NOT NULL REFERENCES word,
      changed INTEGER NOT NULL,            -- of the state
      reason INTEGER NOT NULL REFERENCES word,
      request INTEGER REFERENCES request,
      deleted INTEGER                      -- tombstone: the record is gone, the identifier stays taken
    ) STRICT;
    CREATE UNIQUE INDEX identifier_by_counter ON identifier(pool, counter) WHERE pool IS NOT NULL;
    CREATE INDEX identifier_by_request ON identifier(request) WHERE request IS NOT NULL;
    CREATE INDEX identifier_gap ON identifier(pool, counter) WHERE pool IS NOT NULL AND state <> 'commissioned';
    CREATE TRIGGER identifier_stays BEFORE DELETE ON identifier
      BEGIN SELECT raise(ABORT, 'an identifier is never forgotten'); END;
    CREATE TRIGGER identifier_is_fixed BEFORE UPDATE OF identifier, kind, pool, counter ON identifier
      WHEN old.pool IS NOT NULL OR new.identifier <> old.identifier
      BEGIN SELECT raise(ABORT, 'an identifier never changes'); END;
    CREATE TRIGGER identifier_counted AFTER INSERT ON identifier WHEN new.pool IS NOT NULL BEGIN
      INSERT INTO pool_count (pool, state, count) VALUES (new.pool, new.state, 1)
        ON CONFLICT (pool, state) DO UPDATE SET count = count + 1;
    END;
    CREATE TRIGGER identifier_recounted AFTER UPDATE OF state ON identifier
      WHEN new.pool IS NOT NULL AND new.state IS NOT old.state BEGIN
      UPDATE pool_count SET count = count - 1 WHERE pool = new.pool AND state = old.state;
      INSERT INTO pool_count (pool, state, count) VALUES (new.pool, new.state, 1)
        ON CONFLICT (pool, state) DO UPDATE SET count = count + 1;
    END;

    CREATE TABLE life (                    -- what happened to an identifier after it was given out
      identifier INTEGER NOT NULL REFERENCES identifier,
      sequence INTEGER NOT NULL,           -- from 1
      timestamp INTEGER NOT NULL,
      event TEXT NOT NULL,                 -- state it came to, or held, released, deleted
      user INTEGER NOT NULL REFERENCES word,
      reason INTEGER NOT NULL REFERENCES word,
      PRIMARY KEY (identifier, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE hold (
      identifier INTEGER PRIMARY KEY REFERENCES identifier,
      timestamp INTEGER NOT NULL,
      user TEXT NOT NULL,
      reason TEXT NOT NULL
    ) STRICT;

    CREATE TABLE value (                   -- typed values of a record (RFC 3651 clause 3.1)
      identifier INTEGER NOT NULL REFERENCES identifier,
      "index" INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL,                  -- JSON
      ttl INTEGER NOT NULL,                -- s
      timestamp INTEGER NOT NULL,
      permission INTEGER NOT NULL,         -- 8 = administrators read, 4 = and write, 2 = everybody reads, 1 = and writes
      PRIMARY KEY (identifier, "index")
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE place (                   -- where a part was
      part INTEGER NOT NULL REFERENCES identifier,
      entered INTEGER NOT NULL,
      equipment INTEGER NOT NULL REFERENCES word,
      "left" INTEGER,                      -- null = it is there still
      length INTEGER NOT NULL,             -- class of left − entered: n = at most 4^n ms; -1 = open
      PRIMARY KEY (part, entered, equipment)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX place_by_time ON place(equipment, length, entered, part, "left");
  `,
}
