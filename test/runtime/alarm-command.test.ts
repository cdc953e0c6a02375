// lineside alarms export | verify: the journal of a data folder, archive files included, from the command line (A63, A65).
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeArchive } from '../../src-main/alarms/journal/journal-archive.ts'
import { JournalSource } from '../../src-main/alarms/journal/journal-source.ts'
import { JournalStore } from '../../src-main/alarms/journal/journal-store.ts'
import { alarmDefinition, alarmTransition } from '../fakes/alarm-transitions.ts'

const cli = fileURLToPath(new URL('../../src-main/cli.ts', import.meta.url))
const begin = Date.UTC(2026, 10, 22)
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-command-'))
  const file = join(folder, 'alarms.sqlite')
  const store = JournalStore.open(file)
  store.begin()
  for (let sequence = 1; sequence <= 30; sequence++) {
    const comment = sequence === 12 ? '=cmd("x"), \n"quoted"' : ''
    store.write(
      alarmTransition(
        sequence,
        alarmDefinition(`LT-${sequence % 3}/high`, { area: sequence % 3 === 0 ? 'Cellar' : 'Line' }),
        { comment },
      ),
    )
  }
  store.commit()
  // The first ten are in an archive file.
  const source = JournalSource.open(file)
  writeArchive(source, join(folder, 'alarm-archive'), 10)
  source.close()
  store.markArchived(10)
  store.removeArchived(1000)
  store.close()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function lineside(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [cli, ...args],
      { env: { ...process.env, LINESIDE_LOG: 'error' } },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    ),
  )
}

test('export writes every row of the span, those of archive files too, as CSV that no spreadsheet runs', async () => {
  const { code, stdout } = await lineside(
    'alarms',
    'export',
    '--data',
    folder,
    '--from',
    String(begin + 5000),
    '--to',
    String(begin + 14_000),
  )
  expect(code).toBe(0)
  const lines = stdout.split('\r\n')
  expect(lines[0]).toMatch(/^sequence,timestamp,receivedTimestamp,id,/)
  // Received 7 ms after they happened: row 4 happened before the span and row 15 after it.
  expect(
    lines
      .slice(1, -1)
      .map((line) => Number(line.split(',')[0]))
      .filter(Number.isFinite),
  ).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  expect(stdout).toContain(`"'=cmd(""x""), \n""quoted"""`)
  expect(lines[1]).toContain(
    '5,2026-11-22T00:00:05.000Z,2026-11-22T00:00:05.007Z,LT-2/high,LT-2,high,active,unacknowledged,normal',
  )
})

test('export narrows to an alarm or an area, and leaves no half file behind', async () => {
  const out = join(folder, 'out.csv')
  const args = ['alarms', 'export', '--data', folder, '--from', '2026-11-22', '--to', '2026-11-23', '--out', out]
  expect((await lineside(...args, '--area', 'Cellar')).code).toBe(0)
  expect(readFileSync(out, 'utf8').trimEnd().split('\r\n')).toHaveLength(1 + 10)
  expect((await lineside(...args, '--id', 'LT-1/high')).code).toBe(0)
  expect(readFileSync(out, 'utf8').match(/LT-1\/high,LT-1,/g)).toHaveLength(10)
})

test('verify says that every row is there, and which one is not', async () => {
  const whole = await lineside('alarms', 'verify', '--data', folder)
  expect(whole).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('every row is as it was written: 30 rows from 1 to 30, 1 archive files'),
  })
  const archive = new BetterSqlite3(join(folder, 'alarm-archive', '1-10.sqlite'))
  archive.exec('DROP TRIGGER event_is_never_changed; UPDATE event SET value = 1 WHERE sequence = 4')
  archive.close()
  const broken = await lineside('alarms', 'verify', '--data', folder)
  expect(broken).toMatchObject({ code: 1, stdout: 'row 4 is missing or not what was written\n' })
})

test('a folder without a journal and a span that is none are refused with a sentence', async () => {
  expect(await lineside('alarms', 'verify', '--data', join(folder, 'nowhere'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no alarm journal in'),
  })
  expect(await lineside('alarms', 'export', '--data', folder, '--from', 'now', '--to', '2026-01-01')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--from is later than --to'),
  })
})
