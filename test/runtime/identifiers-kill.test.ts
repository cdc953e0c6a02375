// kill -9 while identifiers are given out as fast as it goes, with every commit on the disk: what was acknowledged never comes again.
// More rounds: LINESIDE_KILL_ROUNDS=1000 npm run test:runtime -- identifiers-kill
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { IdentityStore } from '../../src-main/identifiers/store/identity-store.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { openDatabase } from '../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { killedSchemes } from './identifiers-kill-plan.ts'

const rounds = Number(process.env.LINESIDE_KILL_ROUNDS ?? 60)
const clients = 8
const perClient = 1000
const child = new URL('./identifiers-kill-child.ts', import.meta.url).pathname
let root = ''
let folder = ''
let state = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'identifiers-kill-'))
  folder = join(root, 'data')
  state = join(root, 'state')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Runs the child, killed so long after its first word, or to its end; the identifiers it has acknowledged, each with a line end. */
async function acknowledged(killAfterMs: number | null, count?: number): Promise<string[]> {
  const giver = spawn(process.execPath, [child, folder, state, ...(count === undefined ? [] : [String(count)])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  giver.stdout.setEncoding('utf8')
  giver.stdout.on('data', (piece: string) => {
    if (text === '' && killAfterMs !== null) setTimeout(() => giver.kill('SIGKILL'), killAfterMs)
    text += piece
  })
  await new Promise((resolve) => giver.once('close', resolve))
  return text.split('\n').slice(0, -1)
}

/** All identifiers of the database and why pools are stopped, as a station finds them that starts then. */
function found(): { identifiers: ReadonlySet<string>; refusals: unknown[]; integrity: unknown } {
  const database = openDatabase({ file: join(folder, 'identifiers.sqlite'), migrations: identifiersMigrations })
  try {
    const store = new IdentityStore({ database, clock: systemClock, logger: silentLogger, stateFolder: state })
    store.configure(killedSchemes, 'Europe/Berlin')
    const identifiers = database.prepare<[], string>('SELECT identifier FROM identifier').pluck().all()
    const refusals = store.pools().map(({ refusal }) => refusal)
    const integrity = database.pragma('integrity_check', { simple: true })
    store.close()
    return { identifiers: new Set(identifiers), refusals, integrity }
  } finally {
    database.close()
  }
}

test(
  `nothing acknowledged is given out again or forgotten after ${rounds} × kill -9, and no pool is stopped by it`,
  async () => {
    const random = randomOf(Number(process.env.LINESIDE_KILL_SEED ?? 1), 'kill')
    const ever = new Set<string>()
    for (let round = 0; round < rounds; round++) {
      const given = await acknowledged(random() * 250)
      expect(given.length).toBeGreaterThan(0)
      const again = given.filter((identifier) => ever.has(identifier))
      expect(again, `round ${round}`).toEqual([])
      for (const identifier of given) ever.add(identifier)
      if (round % 10 !== 9 && round !== rounds - 1) continue
      const { identifiers, refusals, integrity } = found()
      expect(integrity).toBe('ok')
      expect(refusals).toEqual([null, null])
      expect([...ever].filter((identifier) => !identifiers.has(identifier))).toEqual([])
    }
  },
  60_000 + rounds * 5000,
)

test(`${clients} processes that give out ${perClient} each at the same time give out ${clients * perClient} different ones`, async () => {
  // The tables are there before anybody waits for them.
  found()
  const given = await Promise.all(Array.from({ length: clients }, () => acknowledged(null, perClient)))
  for (const identifiers of given) expect(identifiers).toHaveLength(perClient)
  expect(new Set(given.flat()).size).toBe(clients * perClient)
  const { identifiers, refusals } = found()
  expect(identifiers.size).toBe(clients * perClient)
  expect(refusals).toEqual([null, null])
}, 240_000)
