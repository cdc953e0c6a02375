// Everything about who may do what, in one data folder: accounts and sessions (access.sqlite), audit trail (audit.sqlite),
// secrets, permissions, log-in. The command line opens the same folder while the runtime runs.
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { type Database, makeOwnerFolder, openDatabase } from '../storage/database.ts'
import { accessMigrations } from '../storage/migrations/access/access-migrations.ts'
import { auditMigrations } from '../storage/migrations/audit/audit-migrations.ts'
import { Accounts, keyOf } from './accounts.ts'
import { AuditTrail } from './audit-trail.ts'
import { isFirstStartCode, newFirstStartCode } from './first-start-code.ts'
import { LogInThrottle } from './log-in-throttle.ts'
import { checkPassword } from './passwords.ts'
import { Permissions } from './permissions.ts'
import { Preferences } from './preferences.ts'
import { Secrets } from './secrets.ts'
import { type Session, Sessions } from './sessions.ts'

export interface LoggedIn {
  readonly token: string
  readonly session: Session
}

/** Opened by {@link openAccess}. */
export class Access {
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly permissions: Permissions
  readonly preferences: Preferences
  readonly audit: AuditTrail
  readonly secrets: Secrets
  readonly #throttle: LogInThrottle
  readonly #databases: readonly Database[]
  readonly #code: string | null

  constructor(databases: { access: Database; audit: Database }, secrets: Secrets, clock: Clock) {
    this.#databases = [databases.access, databases.audit]
    this.accounts = new Accounts(databases.access, clock)
    this.sessions = new Sessions(databases.access, clock)
    this.audit = new AuditTrail(databases.audit, clock)
    this.permissions = new Permissions()
    this.preferences = new Preferences(databases.access)
    this.secrets = secrets
    this.#throttle = new LogInThrottle(clock)
    this.#code = this.accounts.isEmpty ? newFirstStartCode() : null
  }

  /** The code of this start while no account exists; null as soon as one does, whoever made it. Print it, never log it. */
  get firstStartCode(): string | null {
    return this.#code !== null && this.accounts.isEmpty ? this.#code : null
  }

  /**
   * A new session. `source` is where it came from (IP address, `desktop`). Throws RuntimeError: BadIdentityTokenRejected for a
   * wrong user or password alike, BadLocked after too many of them, BadTooManyOperations when the source is flooding.
   */
  async logIn(user: string, password: string, source: string): Promise<LoggedIn> {
    return this.#throttled(user, source, async () => {
      const loggedIn = await this.#tryLogIn(user, password, source)
      if (!loggedIn) throw new RuntimeError('BadIdentityTokenRejected', 'user or password is wrong')
      return loggedIn
    })
  }

  /**
   * Changes the own password of an account's session; its other sessions end. Guessing the present password is slowed down
   * like logging in. Throws RuntimeError.
   */
  async changePassword(session: Session, password: string, newPassword: string, source: string): Promise<void> {
    checkPassword(newPassword, session.user)
    await this.#throttled(session.user, source, () =>
      this.accounts.changePassword(session.user, password, newPassword, session.id),
    )
    this.sessions.announce()
  }

  async #throttled<T>(user: string, source: string, work: () => Promise<T>): Promise<T> {
    const key = keyOf(user)
    const { verdict, waitMs } = this.#throttle.verdict(key, source)
    if (verdict === 'locked') throw lockedFor(waitMs)
    if (verdict === 'tooMany')
      throw new RuntimeError(
        'BadTooManyOperations',
        `too many failed log-ins from ${source}; try again in ${seconds(waitMs)} s`,
      )
    this.#throttle.attempt(key, source)
    const result = await work()
    this.#throttle.succeeded(key, source)
    return result
  }

  async #tryLogIn(user: string, password: string, source: string): Promise<LoggedIn | null> {
    const code = this.firstStartCode
    if (code !== null) return isFirstStartCode(password, code) ? this.sessions.createFirstStart(user) : null
    const account = await this.accounts.verify(user, password)
    if (!account) return null
    this.sessions.noteIfPossible(() => this.accounts.noteLogin(account))
    return this.sessions.create(account, source)
  }

  close(): void {
    this.sessions.close()
    for (const database of this.#databases) database.close()
  }
}

/** Opens or makes the access part of a data folder (mode 0700). Throws DatabaseError. */
export function openAccess(options: { readonly dataFolder: string; readonly clock: Clock }): Access {
  const { dataFolder, clock } = options
  makeOwnerFolder(dataFolder)
  const access = openDatabase({ file: join(dataFolder, 'access.sqlite'), migrations: accessMigrations })
  try {
    const audit = openDatabase({ file: join(dataFolder, 'audit.sqlite'), migrations: auditMigrations })
    return new Access({ access, audit }, new Secrets(dataFolder), clock)
  } catch (error) {
    access.close()
    throw error
  }
}

function lockedFor(waitMs: number): RuntimeError {
  return new RuntimeError(
    'BadLocked',
    `this log-in is locked after too many wrong passwords; try again in ${seconds(waitMs)} s`,
  )
}

function seconds(waitMs: number): number {
  return Math.ceil(waitMs / 1000)
}
