// The write-ahead log of the alarm journal. Waiting for the disk takes ten milliseconds and more, so the runtime's thread does none
// of it: a commit only writes into the log, and the system's own threads bring log and database to the disk.
import { closeSync, existsSync, fdatasync, fdatasyncSync, fstatSync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { type Database, DatabaseError } from '../../storage/database.ts'

/** Brings a file to the disk beside this thread; rejects when the disk refuses. */
export type SyncFile = (descriptor: number) => Promise<void>

/** A log that is longer is emptied into the database: some milliseconds of copying. */
const longestLog = 4 << 20
/** Readers are waited for so long where their end is needed, and where it is not; ms. */
const usualBusyMs = 5000

interface CheckpointAnswer {
  readonly busy: number
  /** Pages in the log, and how many of them are in the database too. */
  readonly log: number
  readonly checkpointed: number
}

/**
 * Three rules make up for the waits that SQLite leaves to it (synchronous = NORMAL, no checkpoints of its own): what is told was
 * synced; the log is emptied only when all of it is synced, and begun anew only when the database is; meanwhile nothing is committed.
 */
export class JournalLog {
  readonly #database: Database
  readonly #sync: SyncFile
  /** null where the file system can have no such log: SQLite waits for the disk itself then. */
  readonly #log: number | null
  /** Closing it takes SQLite's locks on this file away (POSIX): not before the database is closed. */
  readonly #file: number
  readonly #running = new Set<Promise<void>>()
  #longest = longestLog
  /** Emptied: no frames of before stand behind what is written next. */
  #isEmpty = false

  /** Of a database that is open and was read from already. */
  constructor(database: Database, file: string, sync: SyncFile = promisify(fdatasync)) {
    this.#database = database
    this.#sync = sync
    const log = `${file}-wal`
    const hasLog = database.pragma('journal_mode', { simple: true }) === 'wal' && existsSync(log)
    this.#file = openSync(file, 'r+')
    this.#log = hasLog ? openSync(log, 'r+') : null
    if (!hasLog) return
    database.pragma('wal_autocheckpoint = 0')
    database.pragma('synchronous = NORMAL')
  }

  /** Time to {@link empty} it. */
  get isLong(): boolean {
    return this.#log !== null && fstatSync(this.#log).size >= this.#longest
  }

  /** Resolves when everything committed before this call is on the disk. */
  async sync(): Promise<void> {
    if (this.#log !== null) await this.#synced(this.#log)
  }

  /** The same at once, holding the thread. Throws what the disk says. */
  syncNow(): void {
    if (this.#log !== null) fdatasyncSync(this.#log)
  }

  /** To be told after each commit. */
  committed(): void {
    if (!this.#isEmpty) return
    this.#isEmpty = false
    this.#database.pragma('synchronous = NORMAL')
  }

  /**
   * Moves the log into the database. Everything committed has to be synced before, and nothing may be committed until it resolves.
   * What readers still need stays, until the next time.
   */
  async empty(): Promise<void> {
    if (this.#log === null) return
    this.#longest = fstatSync(this.#log).size + longestLog
    const { log, checkpointed } = this.#checkpoint('PASSIVE')
    if (checkpointed < log) return
    await this.#synced(this.#file)
    if (this.#checkpoint('TRUNCATE').busy !== 0) return
    await this.#synced(this.#log)
    this.#longest = longestLog
    // The first commit would wait for the head of the log, lest old frames follow a new head: there are none.
    this.#database.pragma('synchronous = OFF')
    this.#isEmpty = true
  }

  /** All of the log into the database and on the disk, holding the thread: after a sync failed. Throws when that is refused too. */
  settle(): void {
    if (this.#log === null) return
    this.#database.pragma('synchronous = FULL')
    const { log, checkpointed } = this.#passed('PASSIVE')
    this.#database.pragma('synchronous = NORMAL')
    if (checkpointed < log) throw new DatabaseError('busy', 'the alarm journal is being read, its log stays for now')
    fdatasyncSync(this.#file)
  }

  /** Closes the database too, with everything on the disk. */
  close(): void {
    try {
      if (this.#log !== null) this.#database.pragma('synchronous = FULL')
      this.#database.close()
    } finally {
      void this.#closeFiles()
    }
  }

  /** Not under the hands of a sync. */
  async #closeFiles(): Promise<void> {
    await Promise.allSettled(this.#running)
    if (this.#log !== null) closeSync(this.#log)
    closeSync(this.#file)
  }

  /** Copies without waiting for disk or readers. */
  #checkpoint(mode: 'PASSIVE' | 'TRUNCATE'): CheckpointAnswer {
    this.#database.pragma('synchronous = OFF')
    this.#database.pragma('busy_timeout = 0')
    try {
      return this.#passed(mode)
    } finally {
      this.#database.pragma(`busy_timeout = ${usualBusyMs}`)
      this.#database.pragma('synchronous = NORMAL')
    }
  }

  #passed(mode: 'PASSIVE' | 'TRUNCATE'): CheckpointAnswer {
    return (this.#database.pragma(`wal_checkpoint(${mode})`) as [CheckpointAnswer])[0]
  }

  async #synced(descriptor: number): Promise<void> {
    const running = this.#sync(descriptor)
    this.#running.add(running)
    try {
      await running
    } finally {
      this.#running.delete(running)
    }
  }
}
