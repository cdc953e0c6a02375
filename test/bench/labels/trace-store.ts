// The database's part of a trace (TARGETS L5): where a part was and which parts were somewhere, among a million parts that went through a
// line of four machines, one in a hundred of them an hour of rework.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { IdentityStore } from '../../../src-main/identifiers/store/identity-store.ts'
import { PartWindows } from '../../../src-main/identifiers/store/part-windows.ts'
import { WordTable } from '../../../src-main/identifiers/store/word-table.ts'
import { randomOf } from '../../../src-main/simulation/random.ts'
import { type Database, openDatabase } from '../../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { identifierScheme } from '../../fakes/identity-station.ts'
import type { Report } from '../run.ts'

export const partCount = 1_000_000
/** A part every two seconds, since: */
const start = Date.UTC(2026, 9, 1)
const everyMs = 2000
export const machines = [
  { equipment: 'Filler', from: 0, to: 15_000 },
  { equipment: 'Capper', from: 15_000, to: 21_000 },
  { equipment: 'Labeller', from: 21_000, to: 30_000 },
  { equipment: 'Packer', from: 30_000, to: 95_000 },
]
const repeats = 300

export async function run(report: Report): Promise<void> {
  const put = (figure: string, value: number, unit: string) => report({ bench: 'labels', figure, value, unit })
  const folder = mkdtempSync(join(tmpdir(), 'lineside-trace-'))
  const file = join(folder, 'identifiers.sqlite')
  const database = openDatabase({ file, migrations: identifiersMigrations, durability: 'normal' })
  try {
    const begun = performance.now()
    fillParts(database, start)
    put('filling a million parts', (performance.now() - begun) / 1000, 's')
    put('database of a million parts', statSync(file).size / 1e6, 'MB')
    const store = new IdentityStore({ database, clock: systemClock, logger: silentLogger, stateFolder: null })
    store.configure([identifierScheme()], 'UTC')
    const random = randomOf(1, 'trace')
    const part = () => Math.floor(random() * partCount)
    const identifier = () => identifierOf(part())
    const measure = (figure: string, ask: () => unknown) => {
      const times = Array.from({ length: repeats }, () => {
        const asked = performance.now()
        ask()
        return performance.now() - asked
      }).sort((a, b) => a - b)
      put(`${figure}, median`, times[repeats / 2]!, 'ms')
      put(`${figure}, worst of ${repeats}`, times.at(-1)!, 'ms')
    }
    measure('windows of a part', () => store.windowsOf(identifier()))
    measure('record of a part', () => store.record(identifier()))
    const span = (equipment: readonly string[], lengthMs: number, limit: number) => () => {
      const from = start + part() * everyMs
      return store.partsIn({ equipment, from, to: from + lengthMs, limit })
    }
    const all = machines.map(({ equipment }) => equipment)
    measure('parts in a machine for 30 s', span(['Filler'], 30_000, 10_000))
    measure('parts in five machines for 2 min', span([...all, 'Rework'], 120_000, 10_000))
    measure('first 500 parts in five machines for a day', span([...all, 'Rework'], 86_400_000, 500))
    measure('search by a part of the text that is not there', () => store.search({ text: 'nowhere', limit: 50 }))
    measure('next pool page', () => store.pools())
  } finally {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export function identifierOf(part: number): string {
  return `(01)09521234543213(21)${String(part + 1).padStart(8, '0')}`
}

/** Into a database without such parts; `begin`: when the first one was made. */
export function fillParts(database: Database, begin: number): void {
  const words = new WordTable(database)
  const windows = new PartWindows(database, words)
  database.transaction(() => {
    const user = words.numberOf('line')
    const pool = database
      .prepare<[number], number>(
        `INSERT INTO pool (scheme, period, template, next, reserved) VALUES ('case', '', '(01)09521234543213(21){counter:08}', ?, 0) RETURNING number`,
      )
      .pluck()
      .get(partCount + 1)!
    const add = database
      .prepare<[string, number, number, string, number, number, number, number], number>(
        `INSERT INTO identifier (identifier, kind, pool, counter, state, allocated, allocated_by, changed, reason)
         VALUES (?, 'gs1', ?, ?, ?, ?, ?, ?, ?) RETURNING number`,
      )
      .pluck()
    for (let part = 0; part < partCount; part++) {
      const made = begin + part * everyMs
      const state = part % 100 === 99 ? 'scrapped' : 'commissioned'
      const number = add.get(identifierOf(part), pool, part + 1, state, made, user, made, user)!
      for (const { equipment, from, to } of machines)
        windows.place(number, { equipment, entered: made + from, left: made + to })
      if (part % 100 === 7)
        windows.place(number, { equipment: 'Rework', entered: made + 95_000, left: made + 3_695_000 })
      if (part > partCount - 1000) windows.place(number, { equipment: 'Warehouse', entered: made + 95_000, left: null })
    }
  })()
}
