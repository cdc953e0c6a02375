// One station per data folder: two would both print labels, keep history and hold devices. The lock is SQLite's on a file of
// its own, so the operating system lets it go however the process ends.
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'

/** Held until closed. */
export interface DataFolderLock {
  close(): void
}

/** Takes the lock of an existing data folder. Throws RuntimeError BadResourceUnavailable when another station has it. */
export function lockDataFolder(dataFolder: string): DataFolderLock {
  const file = join(dataFolder, 'station.lock')
  try {
    const database = new BetterSqlite3(file, { timeout: 0 })
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      throw error
    }
    return { close: () => database.close() }
  } catch (error) {
    const isTaken = (error as { code?: unknown }).code === 'SQLITE_BUSY'
    const sentence = isTaken
      ? `The data folder ${dataFolder} is in use by another station; each station needs its own`
      : `The data folder ${dataFolder} cannot be locked: ${messageOf(error)}`
    throw new RuntimeError('BadResourceUnavailable', sentence, error)
  }
}
