// Texts that come back again and again (users, reasons, equipment) are kept once and named by a number.
import type { Database, Statement } from '../../storage/database.ts'

export class WordTable {
  readonly #find: Statement<[string], number>
  readonly #add: Statement<[string], number>

  constructor(database: Database) {
    this.#find = database.prepare<[string], number>('SELECT number FROM word WHERE text = ?').pluck()
    this.#add = database.prepare<[string], number>('INSERT INTO word (text) VALUES (?) RETURNING number').pluck()
  }

  /** Its number; a new text gets one. Not remembered here: a transaction that is rolled back takes its words with it. */
  numberOf(text: string): number {
    return this.#find.get(text) ?? this.#add.get(text)!
  }

  /** Its number; undefined = it never was written down. */
  knownNumberOf(text: string): number | undefined {
    return this.#find.get(text)
  }
}
