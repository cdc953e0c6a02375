// kill -9 while the alarm journal is written as fast as it goes: every row that was told to be on the disk is there, once, with the
// state it left, and the chain holds. More: LINESIDE_KILL_ROUNDS=1000 npm run test:runtime -- alarm-kill
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AlarmReaderThread } from '../../src-main/alarms/journal/alarm-reader-thread.ts'
import { blockLength } from '../../src-main/alarms/journal/journal-blocks.ts'
import { checkJournal } from '../../src-main/alarms/journal/journal-check.ts'
import { openJournal } from '../../src-main/alarms/journal/journal-opening.ts'
import { JournalRecorder } from '../../src-main/alarms/journal/journal-recorder.ts'
import { JournalRetention } from '../../src-main/alarms/journal/journal-retention.ts'
import { eventsSince } from '../../src-main/alarms/journal/journal-search.ts'
import { JournalSource } from '../../src-main/alarms/journal/journal-source.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { plannedAlarmCount, plannedTransition } from './alarm-kill-plan.ts'

const rounds = Number(process.env.LINESIDE_KILL_ROUNDS ?? 30)
const child = new URL('./alarm-kill-child.ts', import.meta.url).pathname
let folder = ''
const file = () => join(folder, 'alarms.sqlite')
const archiveFolder = () => join(folder, 'alarm-archive')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-kill-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the recorder and kills it a while after so many rows; the last sequence it said is on the disk. */
async function recordAndKill(rowCount: number, afterMs: number): Promise<number> {
  const recorder = spawn(process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = 0
  let first = 0
  let isDoomed = false
  let rest = Buffer.alloc(0)
  recorder.stdout.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes])
    const whole = rest.length - (rest.length % 4)
    if (whole === 0) return
    if (said === 0) first = rest.readUInt32LE(0)
    said = rest.readUInt32LE(whole - 4)
    rest = rest.subarray(whole)
    if (isDoomed || said - first < rowCount) return
    isDoomed = true
    setTimeout(() => recorder.kill('SIGKILL'), afterMs)
  })
  await new Promise((resolve) => recorder.once('close', resolve))
  return said
}

test(
  `no row that is on the disk is lost or there twice, and every alarm has the state of its last row, after ${rounds} × kill -9`,
  async () => {
    const random = randomOf(Number(process.env.LINESIDE_KILL_SEED ?? 1), 'alarm kill')
    let checked = 0
    for (let round = 0; round < rounds; round++) {
      // As many rows as it takes for some old blocks to be whole after five rounds, however slow the machine is.
      const said = await recordAndKill(2 * blockLength * random(), 1 + random() * 150)
      expect(said).toBeGreaterThan(checked)
      const { store, states, damagedFile } = openJournal(file(), systemClock, silentLogger)
      const { lastSequence } = store
      store.close()
      expect(damagedFile).toBeNull()
      expect(lastSequence).toBeGreaterThanOrEqual(said)
      const source = JournalSource.open(file())
      const rows = eventsSince(source, checked, 1_000_000)
      source.close()
      expect(rows).toHaveLength(lastSequence - checked)
      for (const [index, row] of rows.entries()) expect(row).toEqual(plannedTransition(checked + 1 + index).event)
      for (const stored of states) {
        const index = Number(/^Tag(\d+)/.exec(stored.id)![1])
        const last =
          lastSequence - ((((lastSequence - index) % plannedAlarmCount) + plannedAlarmCount) % plannedAlarmCount)
        const planned = plannedTransition(last).stored
        expect(stored.regions).toEqual(planned.regions)
        expect(stored.occurrenceCount).toBe(planned.occurrenceCount)
      }
      expect(await checkJournal(file(), archiveFolder())).toMatchObject({ ok: true, lastSequence })
      checked = lastSequence
      if (round % 5 === 4) await archiveAndKeep()
    }
  },
  60_000 + rounds * 5000,
)

/** Rows of the plan are old: all but the newest block move to an archive file. */
async function archiveAndKeep(): Promise<void> {
  const parts = { clock: systemClock, logger: silentLogger }
  const recorder = new JournalRecorder({
    ...parts,
    file: file(),
    opened: openJournal(file(), systemClock, silentLogger),
    onCommitted: () => undefined,
    onWritingChanged: () => undefined,
    onRenewed: () => undefined,
  })
  const reader = new AlarmReaderThread({ ...parts, file: file(), archiveFolder: archiveFolder() })
  const retention = new JournalRetention({ ...parts, recorder, reader, retentionMs: () => 1000 })
  expect(await retention.round()).not.toBeNull()
  retention.close()
  recorder.close()
  await reader.close()
}
