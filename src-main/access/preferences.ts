// What screens keep for a person, wherever they log in: saved filters, sound, columns. It goes with the account. A session of the
// first-start code has its own, gone with the session.
import type { JsonValue } from '../shared/data-value.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { asDatabaseError, type Database, type Statement } from '../storage/database.ts'
import type { Session } from './sessions.ts'

/** Bytes of a value as JSON (UTF-8). */
export const longestPreference = 65_536
export const mostPreferences = 100

/** Throws RuntimeError: BadOutOfRange for a value or a number of values beyond the limits, what SQLite refuses. */
export class Preferences {
  readonly #database: Database
  readonly #read: Statement<[string], { name: string; value: string }>
  readonly #write: Statement<[string, string, string]>
  readonly #remove: Statement<[string, string]>
  readonly #ofFirstStart = new WeakMap<Session, Map<string, string>>()

  constructor(database: Database) {
    this.#database = database
    this.#read = database.prepare('SELECT name, value FROM preference WHERE account_id = ? ORDER BY name')
    this.#write = database.prepare(
      'INSERT INTO preference (account_id, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    )
    this.#remove = database.prepare('DELETE FROM preference WHERE account_id = ? AND name = ?')
  }

  /** Name → value. */
  of(session: Session): Readonly<Record<string, JsonValue>> {
    return Object.fromEntries([...this.#textsOf(session)].map(([name, text]) => [name, JSON.parse(text) as JsonValue]))
  }

  /** null removes it. The last one to write wins. */
  set(session: Session, name: string, value: JsonValue): void {
    const text = JSON.stringify(value)
    const byteCount = Buffer.byteLength(text)
    if (byteCount > longestPreference)
      throw new RuntimeError(
        'BadOutOfRange',
        `"${name}" has ${byteCount} bytes; at most ${longestPreference} are kept for one name`,
      )
    if (session.accountId === null) this.#setFirstStart(session, name, value === null ? null : text)
    else this.#setStored(session, session.accountId, name, value === null ? null : text)
  }

  #setStored(session: Session, accountId: string, name: string, text: string | null): void {
    try {
      this.#database
        .transaction(() => {
          if (text === null) return void this.#remove.run(accountId, name)
          checkCount(this.#textsOf(session), session, name)
          this.#write.run(accountId, name, text)
        })
        .immediate()
    } catch (error) {
      throw asDatabaseError(error, `keeping the preference "${name}"`)
    }
  }

  #setFirstStart(session: Session, name: string, text: string | null): void {
    const texts = new Map(this.#textsOf(session))
    if (text === null) texts.delete(name)
    else {
      checkCount(texts, session, name)
      texts.set(name, text)
    }
    this.#ofFirstStart.set(session, texts)
  }

  #textsOf(session: Session): ReadonlyMap<string, string> {
    if (session.accountId === null) return this.#ofFirstStart.get(session) ?? new Map()
    return new Map(this.#read.all(session.accountId).map(({ name, value }) => [name, value]))
  }
}

function checkCount(present: ReadonlyMap<string, string>, { user }: Session, name: string): void {
  if (present.has(name) || present.size < mostPreferences) return
  throw new RuntimeError(
    'BadOutOfRange',
    `${mostPreferences} preferences are kept for ${user} already; remove one first`,
  )
}
