// Who is logged in where. A token is 256 random bits, given out once and stored only as its hash. Sessions survive a restart
// of the runtime; those of the first-start code do not.
import { createHash, randomBytes } from 'node:crypto'
import type { Clock, Timer } from '../base/clock.ts'
import type { Role } from '../shared/permission.ts'
import { asDatabaseError, type Database, DatabaseError, type Statement } from '../storage/database.ts'
import { type Account, parseRoles } from './accounts.ts'

/** A shift: a session nobody used for so long ends. */
export const idleMs = 12 * 3600_000
/** However busy, a person logs in again after a week. */
export const longestSessionMs = 7 * 24 * 3600_000
/** The first-start code opens a session for one working day. */
const longestFirstStartMs = 12 * 3600_000
/** Use of a session is written down at most this often. */
const usedResolutionMs = 60_000
/** More sessions of one account end the oldest. */
const mostSessionsOfAccount = 100
/** How often changes by another process are looked for; a disabled account is out within this time. */
const lookIntervalMs = 500

/** A session that is valid now. */
export interface Session {
  /** Hash of the token: safe to log and to keep. */
  readonly id: string
  /** null for the first-start code. */
  readonly accountId: string | null
  readonly user: string
  readonly roles: readonly Role[]
  readonly createdTimestamp: number
  readonly expiresTimestamp: number
  readonly isFirstStart: boolean
}

interface StoredSession {
  readonly id: string
  readonly account_id: string
  readonly created_timestamp: number
  readonly used_timestamp: number
  readonly user: string
  readonly roles: string
  readonly enabled: number
}

/** A session in memory, until it can be stored. */
interface UnstoredSession {
  readonly id: string
  readonly accountId: string
  /** Of the account when the session began: another one ends it. */
  readonly passwordHash: string
  readonly station: string
  readonly timestamp: number
}

interface StoredAccount {
  readonly user: string
  readonly roles: string
  readonly enabled: number
  readonly password_hash: string
}

export class Sessions {
  readonly #database: Database
  readonly #clock: Clock
  readonly #find: Statement<[string], StoredSession>
  readonly #findAccount: Statement<[string], StoredAccount>
  readonly #use: Statement<[number, string]>
  readonly #remove: Statement<[string]>
  readonly #firstStart = new Map<string, Session>()
  /** Sessions that could not be written down (disk full …): who logs in then can act; they are stored when it goes again. */
  readonly #unstored = new Map<string, UnstoredSession>()
  /** Sessions that ended but could not be removed. */
  readonly #ended = new Set<string>()
  readonly #listeners = new Set<() => void>()
  readonly #timer: Timer
  #dataVersion: number
  #sweptTimestamp = 0
  #failedWriteCount = 0

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#find = database.prepare(
      `SELECT s.id, s.account_id, s.created_timestamp, s.used_timestamp, a.user, a.roles, a.enabled
       FROM session s JOIN account a ON a.id = s.account_id WHERE s.id = ?`,
    )
    this.#findAccount = database.prepare('SELECT user, roles, enabled, password_hash FROM account WHERE id = ?')
    this.#remove = database.prepare('DELETE FROM session WHERE id = ?')
    this.#use = database.prepare('UPDATE session SET used_timestamp = ? WHERE id = ?')
    this.#dataVersion = this.#readDataVersion()
    this.#timer = clock.every(lookIntervalMs, () => this.#look())
  }

  /** How often the use of a session could not be written down since the start (disk full …). */
  get failedWriteCount(): number {
    return this.#failedWriteCount
  }

  /** A new session of an account. The token is known only to the caller from now on. */
  create(account: Account, station: string): { readonly token: string; readonly session: Session } {
    const { token, id } = newToken()
    const timestamp = this.#clock.now()
    const passwordHash = this.#findAccount.get(account.id)?.password_hash ?? ''
    const session = { id, accountId: account.id, passwordHash, station, timestamp }
    if (!this.noteIfPossible(() => this.#store(session))) {
      if (this.#unstored.size >= mostSessionsOfAccount) this.#unstored.delete(this.#unstored.keys().next().value!)
      this.#unstored.set(id, session)
    }
    return { token, session: this.find(id)! }
  }

  #store({ id, accountId, station, timestamp }: UnstoredSession): void {
    this.#database
      .transaction(() => {
        this.#database
          .prepare(
            'INSERT INTO session (id, account_id, station, created_timestamp, used_timestamp) VALUES (?, ?, ?, ?, ?)',
          )
          .run(id, accountId, station, timestamp, timestamp)
        this.#database
          .prepare(
            `DELETE FROM session WHERE account_id = ? AND id NOT IN
             (SELECT id FROM session WHERE account_id = ? ORDER BY used_timestamp DESC, rowid DESC LIMIT ?)`,
          )
          .run(accountId, accountId, mostSessionsOfAccount)
      })
      .immediate()
  }

  /** A session of the first-start code: an administrator's, kept in memory only. */
  createFirstStart(user: string): { readonly token: string; readonly session: Session } {
    const { token, id } = newToken()
    const now = this.#clock.now()
    const session: Session = {
      id,
      accountId: null,
      user,
      roles: ['administrator'],
      createdTimestamp: now,
      expiresTimestamp: now + longestFirstStartMs,
      isFirstStart: true,
    }
    if (this.#firstStart.size >= mostSessionsOfAccount) this.#firstStart.delete(this.#firstStart.keys().next().value!)
    this.#firstStart.set(id, session)
    return { token, session }
  }

  /** The session of a token, or null when there is none (any more). Counts as use. */
  authenticate(token: string): Session | null {
    return this.use(idOf(token))
  }

  /** The session now, and it counts as use; null when it ended. */
  use(id: string): Session | null {
    const session = this.find(id)
    if (session?.accountId == null) return session
    const now = this.#clock.now()
    const row = this.#rowOf(id)!
    if (Math.abs(now - row.used_timestamp) < usedResolutionMs) return session
    this.noteIfPossible(() => this.#use.run(now, id))
    return this.find(id)
  }

  /** The session now, without using it; null when it ended. */
  find(id: string): Session | null {
    const now = this.#clock.now()
    const first = this.#firstStart.get(id)
    if (first) return now < first.expiresTimestamp ? first : null
    const row = this.#ended.has(id) ? undefined : this.#rowOf(id)
    if (row?.enabled !== 1) return null
    const expiresTimestamp = Math.min(row.used_timestamp + idleMs, row.created_timestamp + longestSessionMs)
    if (now >= expiresTimestamp) return null
    return {
      id,
      accountId: row.account_id,
      user: row.user,
      roles: parseRoles(row.roles),
      createdTimestamp: row.created_timestamp,
      expiresTimestamp,
      isFirstStart: false,
    }
  }

  #rowOf(id: string): StoredSession | undefined {
    const unstored = this.#unstored.get(id)
    if (!unstored) return this.#find.get(id)
    const { accountId, passwordHash, timestamp } = unstored
    const account = this.#findAccount.get(accountId)
    // What ends the stored sessions of an account ends these.
    if (account?.enabled !== 1 || account.password_hash !== passwordHash) {
      this.#unstored.delete(id)
      return undefined
    }
    return { ...account, id, account_id: accountId, created_timestamp: timestamp, used_timestamp: timestamp }
  }

  end(id: string): void {
    this.#firstStart.delete(id)
    this.#unstored.delete(id)
    if (!this.noteIfPossible(() => this.#remove.run(id))) this.#ended.add(id)
    this.announce()
  }

  /** Writes down what could not be written before. */
  #settle(): void {
    for (const session of this.#unstored.values()) {
      if (this.#rowOf(session.id) && !this.noteIfPossible(() => this.#store(session))) return
      this.#unstored.delete(session.id)
    }
    for (const id of this.#ended) {
      if (!this.noteIfPossible(() => this.#remove.run(id))) return
      this.#ended.delete(id)
    }
  }

  /** `listener` is called whenever sessions or their roles may have changed, also by another process or by time. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Accounts or sessions were changed in this process: everybody who holds a session looks again. */
  announce(): void {
    for (const listener of this.#listeners) listener()
  }

  close(): void {
    this.#timer.cancel()
    this.#listeners.clear()
  }

  #look(): void {
    const version = this.#readDataVersion()
    const now = this.#clock.now()
    const isSweepDue = Math.abs(now - this.#sweptTimestamp) >= usedResolutionMs
    if (isSweepDue) this.#sweep(now)
    if (version === this.#dataVersion && !isSweepDue) return
    this.#dataVersion = version
    this.announce()
  }

  /**
   * A note that may be missing: on a full disk people must be able to log in and act (IEC 62443-4-2 CCSC 1). Their session
   * then ends as if the note had not been due; `failedWriteCount` shows it. False where it could not be written.
   */
  noteIfPossible(work: () => unknown): boolean {
    try {
      work()
      return true
    } catch (error) {
      if (!(asDatabaseError(error, 'noting the use of a session') instanceof DatabaseError)) throw error
      this.#failedWriteCount++
      return false
    }
  }

  /** Changes only when another connection committed. */
  #readDataVersion(): number {
    return Number(this.#database.pragma('data_version', { simple: true }))
  }

  #sweep(now: number): void {
    this.#sweptTimestamp = now
    for (const [id, session] of this.#firstStart) if (now >= session.expiresTimestamp) this.#firstStart.delete(id)
    this.#settle()
    this.noteIfPossible(() =>
      this.#database
        .prepare('DELETE FROM session WHERE used_timestamp <= ? OR created_timestamp <= ?')
        .run(now - idleMs, now - longestSessionMs),
    )
  }
}

function newToken(): { token: string; id: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, id: idOf(token) }
}

function idOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
