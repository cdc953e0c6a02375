// Who exists: personal accounts with hashed passwords, in access.sqlite. Another process (the command line) may change
// them at any time, so nothing is cached: every question goes to the database.
import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import type { Clock } from '../base/clock.ts'
import { type AccountRow, userName } from '../shared/contract.ts'
import { type Role, roles } from '../shared/permission.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { asDatabaseError, type Database, type Statement } from '../storage/database.ts'
import { checkPassword, hashPassword, verifyPassword } from './passwords.ts'

/** An account as the runtime needs it; the password hash never leaves this file. */
export interface Account {
  /** UUID; never given to another person, also when the name is used again. */
  readonly id: string
  readonly user: string
  readonly roles: readonly Role[]
  readonly enabled: boolean
}

export interface AccountChange {
  readonly roles?: readonly Role[] | undefined
  readonly enabled?: boolean | undefined
  readonly newPassword?: string | undefined
}

interface StoredAccount {
  readonly id: string
  readonly user: string
  readonly password_hash: string
  readonly roles: string
  readonly enabled: number
  readonly created_timestamp: number
  readonly last_login_timestamp: number | null
}

/** Throws RuntimeError: BadEntryExists, BadNotFound, BadOutOfRange (password), BadInvalidArgument (name), BadInvalidState. */
export class Accounts {
  readonly #database: Database
  readonly #clock: Clock
  readonly #find: Statement<[string], StoredAccount>
  readonly #count: Statement<[], { count: number }>

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#find = database.prepare('SELECT * FROM account WHERE user_key = ?')
    this.#count = database.prepare('SELECT count(*) AS count FROM account')
  }

  /** True until the first account is made, by whomever: then the first-start code is the only way in. */
  get isEmpty(): boolean {
    return this.#count.get()!.count === 0
  }

  /** In order of name. */
  list(): readonly AccountRow[] {
    const rows = this.#database.prepare<[], StoredAccount>('SELECT * FROM account ORDER BY user_key').all()
    return rows.map((row) => ({
      user: row.user,
      roles: parseRoles(row.roles),
      enabled: row.enabled === 1,
      createdTimestamp: row.created_timestamp,
      lastLoginTimestamp: row.last_login_timestamp,
    }))
  }

  find(user: string): Account | null {
    const row = this.#find.get(keyOf(user))
    return row ? accountOf(row) : null
  }

  async add(user: string, password: string, given: readonly Role[]): Promise<Account> {
    if (!isUserName(user))
      throw new RuntimeError(
        'BadInvalidArgument',
        `"${user.slice(0, 64)}" cannot be a user name: letters, digits, . _ @ - and single spaces are`,
      )
    checkRoles(given)
    checkPassword(password, user)
    if (this.find(user)) throw accountExists(user)
    const hash = await hashPassword(password)
    const id = randomUUID()
    const now = this.#clock.now()
    try {
      this.#database
        .prepare(
          `INSERT INTO account (id, user, user_key, password_hash, roles, enabled, created_timestamp, password_timestamp)
           VALUES (?, ?, ?, ?, ?, 1, ?, ?)`,
        )
        .run(id, user, keyOf(user), hash, JSON.stringify([...new Set(given)]), now, now)
    } catch (error) {
      if (this.find(user)) throw accountExists(user)
      throw asDatabaseError(error, `adding the account "${user}"`)
    }
    return { id, user, roles: given, enabled: true }
  }

  /** Gives the account as it was before. Setting a new password or disabling ends the user's sessions. */
  async change(user: string, change: AccountChange): Promise<Account> {
    if (change.roles) checkRoles(change.roles)
    if (change.newPassword !== undefined) checkPassword(change.newPassword, user)
    const hash = change.newPassword === undefined ? null : await hashPassword(change.newPassword)
    return this.#database
      .transaction(() => {
        const before = this.#require(user)
        const rolesAfter = change.roles ?? before.roles
        const enabledAfter = change.enabled ?? before.enabled
        if (!enabledAfter || !rolesAfter.includes('administrator')) this.#keepOneAdministrator(before)
        this.#database
          .prepare('UPDATE account SET roles = ?, enabled = ? WHERE id = ?')
          .run(JSON.stringify([...new Set(rolesAfter)]), enabledAfter ? 1 : 0, before.id)
        if (hash) this.#setHash(before.id, hash)
        if (hash || !enabledAfter) this.#endSessions(before.id, '')
        return before
      })
      .immediate()
  }

  /**
   * Changes the own password; other sessions of the user than `sessionId` end. Throws BadUserAccessDenied when the
   * present password is wrong.
   */
  async changePassword(user: string, password: string, newPassword: string, sessionId: string): Promise<void> {
    checkPassword(newPassword, user)
    const account = this.#require(user)
    if (!(await this.verify(user, password)))
      throw new RuntimeError('BadUserAccessDenied', 'the present password is wrong; it was not changed')
    const hash = await hashPassword(newPassword)
    this.#database
      .transaction(() => {
        this.#setHash(account.id, hash)
        this.#endSessions(account.id, sessionId)
      })
      .immediate()
  }

  /** Gives the account as it was; its sessions end with it. */
  remove(user: string): Account {
    return this.#database
      .transaction(() => {
        const before = this.#require(user)
        this.#keepOneAdministrator(before)
        this.#database.prepare('DELETE FROM account WHERE id = ?').run(before.id)
        return before
      })
      .immediate()
  }

  /** The account when the password is right and the account enabled, else null; takes the same time in every case. */
  async verify(user: string, password: string): Promise<Account | null> {
    const row = this.#find.get(keyOf(user))
    const isRight = await verifyPassword(row?.password_hash ?? null, password)
    if (!row || !isRight || row.enabled !== 1) return null
    return accountOf(row)
  }

  noteLogin(account: Account): void {
    this.#database
      .prepare('UPDATE account SET last_login_timestamp = ? WHERE id = ?')
      .run(this.#clock.now(), account.id)
  }

  #require(user: string): Account {
    const account = this.find(user)
    if (!account) throw new RuntimeError('BadNotFound', `there is no account "${user}"`)
    return account
  }

  #setHash(id: string, hash: string): void {
    this.#database
      .prepare('UPDATE account SET password_hash = ?, password_timestamp = ? WHERE id = ?')
      .run(hash, this.#clock.now(), id)
  }

  #endSessions(accountId: string, exceptSessionId: string): void {
    this.#database.prepare('DELETE FROM session WHERE account_id = ? AND id <> ?').run(accountId, exceptSessionId)
  }

  /** Nobody can lock the last administrator out, themselves included. */
  #keepOneAdministrator(account: Account): void {
    if (!account.enabled || !account.roles.includes('administrator')) return
    const others = this.list().filter(
      (row) => row.enabled && row.roles.includes('administrator') && keyOf(row.user) !== keyOf(account.user),
    )
    if (others.length === 0)
      throw new RuntimeError(
        'BadInvalidState',
        `"${account.user}" is the last enabled administrator: make another one first`,
      )
  }
}

function isUserName(user: string): boolean {
  return v.is(userName, user)
}

function accountExists(user: string): RuntimeError {
  return new RuntimeError('BadEntryExists', `there is already an account "${user}"`)
}

function checkRoles(given: readonly Role[]): void {
  if (given.length === 0 || given.some((role) => !roles.includes(role)))
    throw new RuntimeError(
      'BadInvalidArgument',
      `roles are one or more of ${roles.join(', ')}; given was "${given.join(', ')}"`,
    )
}

function accountOf(row: StoredAccount): Account {
  return { id: row.id, user: row.user, roles: parseRoles(row.roles), enabled: row.enabled === 1 }
}

/** Roles as stored; a role this version does not know gives nothing. */
export function parseRoles(text: string): readonly Role[] {
  return (JSON.parse(text) as readonly string[]).filter((role): role is Role =>
    (roles as readonly string[]).includes(role),
  )
}

/** One key for all spellings of a name: "Ana", "ANA" and full-width forms are the same account. */
export function keyOf(user: string): string {
  return user.normalize('NFKC').toLowerCase()
}
