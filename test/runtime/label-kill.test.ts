// kill -9 while labels print, and the printers die too: no identifier is on two labels, none is called printed that did not come out, none
// is lost, and all that is not certain is in doubt. More: LINESIDE_KILL_ROUNDS=200 LINESIDE_KILL_LABELS=5000 npm run test:runtime -- label-kill
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { channelOpener } from '../../src-main/labels/printers/open-channel.ts'
import { PrintQueue } from '../../src-main/labels/queue/print-queue.ts'
import type { LabelJob } from '../../src-main/shared/label.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { type Database, openDatabase } from '../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { FakeLabelPrinter } from '../fakes/label-printer.ts'
import { FakeRenderer, FakeSerials } from '../fakes/label-queue-parts.ts'

const rounds = Number(process.env.LINESIDE_KILL_ROUNDS ?? 12)
const labelCount = Number(process.env.LINESIDE_KILL_LABELS ?? 25 * Math.ceil(rounds * 1.5))
const child = new URL('./label-kill-child.ts', import.meta.url).pathname
const random = randomOf(Number(process.env.LINESIDE_KILL_SEED ?? 1), 'label kill')
const answering = new FakeLabelPrinter({ printMs: 3, reprintsAfterFault: true })
const mute = new FakeLabelPrinter({ answers: false })
let folder = ''

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'label-kill-'))
  await answering.listen()
  await mute.listen()
})
afterEach(async () => {
  await answering.close()
  await mute.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the station; killed so long after it is open, or when it has printed everything. */
async function run(killAfterMs: number | null): Promise<void> {
  const args = [child, folder, String(answering.port), String(mute.port), String(labelCount)]
  const station = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  if (killAfterMs !== null) station.stdout.once('data', () => setTimeout(() => station.kill('SIGKILL'), killAfterMs))
  const code = await new Promise((resolve) => station.once('close', resolve))
  if (killAfterMs === null) expect(code).toBe(0)
}

/** Something happens to a printer while the station runs; gives back what ends it. */
function harm(printer: FakeLabelPrinter): () => Promise<void> {
  const { port } = printer
  const kind = Math.floor(random() * 7)
  if (kind === 0) printer.breaksAfterBytes = Math.floor(random() * 4000)
  if (kind === 1) setTimeout(() => printer.setFault('mediaOut'), random() * 150)
  if (kind === 2) setTimeout(() => printer.setFault('headOpen'), random() * 150)
  if (kind === 3) setTimeout(() => printer.setHangs(true), random() * 150)
  if (kind === 4) setTimeout(() => (printer.isSilent = true), random() * 150)
  let died: Promise<void> = Promise.resolve()
  if (kind === 5)
    died = new Promise((resolve) =>
      setTimeout(() => {
        printer
          .die()
          .then(() => printer.listen(port))
          .then(() => resolve())
      }, random() * 150),
    )
  return async () => {
    await died
    await new Promise((resolve) => setTimeout(resolve, 160))
    printer.breaksAfterBytes = null
    printer.isSilent = false
    printer.setHangs(false)
    printer.clearFaults()
  }
}

interface Judged {
  readonly jobs: readonly LabelJob[]
  readonly twice: readonly string[]
  readonly untrue: readonly string[]
  readonly unexplained: readonly string[]
}

/** What the database says beside what came out. */
function judge(database: Database): Judged {
  const queue = openQueue(database)
  const { jobs } = queue.jobs({ limit: 100_000 })
  const out = [...answering.identifiers(), ...mute.identifiers()]
  const isOut = new Set(out)
  const stateOf = new Map(jobs.map((job) => [job.identifier, job.state]))
  return {
    jobs,
    twice: out.filter((identifier, index) => out.indexOf(identifier) !== index),
    untrue: jobs.filter(({ state, identifier }) => state === 'printed' && !isOut.has(identifier!)).map(({ id }) => id),
    unexplained: out.filter((identifier) => !['printed', 'inDoubt'].includes(stateOf.get(identifier) ?? '')),
  }
}

function openQueue(database: Database): PrintQueue {
  return new PrintQueue({
    database,
    serials: new FakeSerials(database),
    renderer: new FakeRenderer(),
    channels: channelOpener({ clock: systemClock }),
    clock: systemClock,
    logger: silentLogger,
    onChange: () => undefined,
  })
}

test(
  `${labelCount} labels, ${rounds} × kill -9, printers that die too: none twice, none lost, every uncertain one in doubt`,
  async () => {
    const file = join(folder, 'identifiers.sqlite')
    for (let round = 0; round < rounds; round++) {
      const mend = harm(random() < 0.5 ? answering : mute)
      await run(random() * 300)
      await mend()
    }
    await run(null)

    const database = openDatabase({ file, migrations: identifiersMigrations })
    const { jobs, twice, untrue, unexplained } = judge(database)
    const count = (state: string): number => jobs.filter((job) => job.state === state).length
    const printedCount = count('printed')
    const doubtCount = count('inDoubt')
    if (process.env.LINESIDE_KILL_ROUNDS !== undefined) {
      const out = new Set([...answering.identifiers(), ...mute.identifiers()])
      const outInDoubt = jobs.filter(({ state, identifier }) => state === 'inDoubt' && out.has(identifier!)).length
      process.stderr.write(
        `${JSON.stringify({ rounds, labels: jobs.length, printedCount, doubtCount, outInDoubt, twice: twice.length, untrue: untrue.length, unexplained: unexplained.length })}\n`,
      )
    }
    expect(twice).toEqual([])
    expect(untrue).toEqual([])
    expect(unexplained).toEqual([])
    // None lost, none made twice by an order that came again, none that waits for ever.
    expect(jobs).toHaveLength(labelCount)
    expect(new Set(jobs.map(({ identifier }) => identifier)).size).toBe(labelCount)
    expect(printedCount + doubtCount).toBe(labelCount)
    expect(printedCount).toBeGreaterThan(labelCount / 2)

    // Every label in doubt is settled by a scan of it, or by somebody who looked and did not find it.
    const queue = openQueue(database)
    const out = new Set([...answering.identifiers(), ...mute.identifiers()])
    for (const { id, identifier } of jobs.filter(({ state }) => state === 'inDoubt')) {
      const scan = { identifier: identifier!, text: identifier!, source: 'keyboard', user: 'ana', grade: null }
      if (out.has(identifier!)) expect(queue.scanned(scan)).toEqual({ kind: 'resolved', job: id })
      else queue.resolve({ job: id, outcome: 'notPrinted', reason: 'not found', again: false }, 'ana')
    }
    expect(queue.jobs({ states: ['printed'], limit: 100_000 }).jobs).toHaveLength(out.size)
    expect(await queue.verifyLedger()).toMatchObject({ ok: true })
    await queue.close()
    database.close()
  },
  60_000 + rounds * 5000,
)
