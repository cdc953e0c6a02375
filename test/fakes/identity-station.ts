// A station's identifiers in temporary folders: the database in one, the witness outside of it in another.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '../../src-main/base/logger.ts'
import { IdentityStore } from '../../src-main/identifiers/store/identity-store.ts'
import type { IdentifierScheme } from '../../src-main/shared/identifier.ts'
import { type Database, openDatabase } from '../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { FakeClock } from './fake-clock.ts'

export function identifierScheme(changes: Partial<IdentifierScheme> = {}): IdentifierScheme {
  return {
    name: 'case',
    description: '',
    kind: 'gs1',
    template: '(01)09521234543213(21){counter:08}',
    first: 1,
    last: Number.MAX_SAFE_INTEGER,
    reset: 'never',
    licensed: false,
    ...changes,
  }
}

export class IdentityStation {
  readonly root = mkdtempSync(join(tmpdir(), 'lineside-identifiers-'))
  readonly clock: FakeClock
  schemes: readonly IdentifierScheme[]
  timeZone: string
  dataFolder = join(this.root, 'data')
  stateFolder: string | null = join(this.root, 'state')
  #database: Database | null = null
  #store: IdentityStore | null = null

  constructor(schemes: readonly IdentifierScheme[] = [identifierScheme()], timeZone = 'UTC', now?: number) {
    this.schemes = schemes
    this.timeZone = timeZone
    this.clock = new FakeClock(now)
  }

  get file(): string {
    return join(this.dataFolder, 'identifiers.sqlite')
  }

  /** Opened when it is not. */
  get database(): Database {
    this.#database ??= openDatabase({ file: this.file, migrations: identifiersMigrations, durability: 'normal' })
    return this.#database
  }

  /** Opened when it is not. */
  get store(): IdentityStore {
    if (this.#store) return this.#store
    const { clock, database, stateFolder } = this
    this.#store = new IdentityStore({ database, clock, stateFolder, logger: silentLogger })
    this.#store.configure(this.schemes, this.timeZone)
    return this.#store
  }

  allocate(count = 1, scheme = this.schemes[0]!.name): readonly string[] {
    return this.store.allocate({ scheme, count, user: 'ana' })
  }

  end(): void {
    this.#store?.close()
    this.#leave()
  }

  /** As after a kill: nothing is ended. */
  kill(): void {
    this.#leave()
  }

  /** A copy of a folder beside this one; its path. */
  copyOf(folder: string, name: string): string {
    const to = join(this.root, name)
    cpSync(folder, to, { recursive: true })
    return to
  }

  /** Puts a copy where the data folder was. */
  restore(copy: string): void {
    this.#leave()
    rmSync(this.dataFolder, { recursive: true, force: true })
    cpSync(copy, this.dataFolder, { recursive: true })
  }

  remove(): void {
    this.#leave()
    rmSync(this.root, { recursive: true, force: true })
  }

  #leave(): void {
    this.#database?.close()
    this.#database = null
    this.#store = null
  }
}
