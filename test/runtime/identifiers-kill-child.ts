// Gives out identifiers as fast as it can until it is killed, with every commit on the disk, and says each once it is acknowledged.
// `node identifiers-kill-child.ts <data folder> <state folder> [<how many>]`
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { IdentityStore } from '../../src-main/identifiers/store/identity-store.ts'
import { openDatabase } from '../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { killedSchemes } from './identifiers-kill-plan.ts'

const [folder, stateFolder, count] = process.argv.slice(2)
const database = openDatabase({ file: join(folder!, 'identifiers.sqlite'), migrations: identifiersMigrations })
const store = new IdentityStore({ database, clock: systemClock, logger: silentLogger, stateFolder: stateFolder! })
store.configure(killedSchemes, 'Europe/Berlin')

let left = Number(count ?? Number.POSITIVE_INFINITY)
let turns = 0
function turn(): void {
  const scheme = killedSchemes[turns++ % killedSchemes.length]!.name
  // Alone and, as the print queue does, with other rows in one transaction; now and then many, over the steps of the witness.
  const most = turns % 50 === 0 ? 700 : 3
  const request = { scheme, count: Math.min(left, most), user: 'child' }
  const given =
    turns % 2 === 0
      ? store.allocate(request)
      : database
          .transaction(() => {
            const identifiers = store.allocate(request)
            for (const identifier of identifiers) store.setState(identifier, 'encoded', 'child', '')
            return identifiers
          })
          .immediate()
  writeSync(1, given.map((identifier) => `${identifier}\n`).join(''))
  left -= given.length
  if (left > 0) setImmediate(turn)
  else {
    store.close()
    database.close()
  }
}
turn()
