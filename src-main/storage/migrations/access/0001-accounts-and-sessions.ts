// Accounts with their hashed passwords, and sessions with their hashed tokens.
import type { Migration } from '../../database.ts'

export const migration0001: Migration = {
  version: 1,
  name: 'accounts and sessions',
  sql: `
    CREATE TABLE account (
      id TEXT PRIMARY KEY,                 -- UUID, never given to another person
      user TEXT NOT NULL,                  -- as typed when the account was made
      user_key TEXT NOT NULL UNIQUE,       -- NFKC, lower case: two spellings of a name are one account
      password_hash TEXT NOT NULL,         -- argon2id in PHC form
      roles TEXT NOT NULL,                 -- JSON array
      enabled INTEGER NOT NULL,
      created_timestamp INTEGER NOT NULL,
      password_timestamp INTEGER NOT NULL,
      last_login_timestamp INTEGER
    ) STRICT;

    CREATE TABLE session (
      id TEXT PRIMARY KEY,                 -- SHA-256 of the token, hex
      account_id TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
      station TEXT NOT NULL,
      created_timestamp INTEGER NOT NULL,
      used_timestamp INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX session_of_account ON session(account_id);
  `,
}
