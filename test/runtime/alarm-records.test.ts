// Records of alarms that others rely on: a clock that is set, a journal somebody touched, the master alarm database in a spreadsheet.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { patience as waitFor } from '../fakes/busy-machine.ts'
import { AlarmDevice, stationUser } from './alarm-device.ts'
import { endProcess, StationProcess } from './station-process.ts'

const faketime = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
].find((path) => existsSync(path))
const whyNoFaketime = faketime ? '' : ' (skipped: the Debian package libfaketime is not installed)'
const id = 'Level/high'
const level = (more = '') =>
  `  - { name: Level, device: plc, address: "40001:int16", scan: fast, alarms: [ { condition: high, limit: 90${more} } ] }\n  - { name: Other, device: plc, address: "40002:int16", scan: fast, alarms: [ { condition: low, limit: -5 } ] }\n`

let plc: AlarmDevice
afterEach(() => plc?.close())

describe.skipIf(whyNoFaketime !== '')(`a clock that is set${whyNoFaketime}`, () => {
  test('A66: set back and forward an hour: delays and order stay, the row says so, shelving ends by the clock', async () => {
    plc = await AlarmDevice.start({
      tags: level(', onDelay: 1 s, offDelay: 1 s'),
      initial: { 40001: 50 },
    })
    const { dataFolder, child } = plc.station
    await endProcess(child)
    const clock = join(plc.folder, '..', `clock-${process.pid}`)
    const set = (offset: string) => writeFileSync(clock, `${offset}\n`)
    set('+0')
    plc.station = await StationProcess.start(plc.folder, {
      dataFolder,
      ...stationUser,
      environment: {
        LD_PRELOAD: faketime!,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
    })
    try {
      await vi.waitFor(async () => expect((await plc.station.read('Level')).value).toBe(50), waitFor)
      const begin = Date.now()
      plc.set(40_001, 95)
      await plc.until(id, 'unacknowledged')
      set('-3600')
      const { results } = await plc.station.call('alarms.acknowledge', { ids: [id] })
      expect(results[0]!.statusCode).toBe(0)
      await plc.station.call('alarms.shelve', { ids: [id], comment: 'cleaning', durationMs: 1_800_000 })
      plc.set(40_001, 50)
      await vi.waitFor(async () => expect((await plc.list())[0]!.isActive).toBe(false), waitFor)
      expect(await plc.state(id)).toBe('shelved')
      set('+3600')
      await plc.until(id, 'normal')
      const rows = await plc.station.call('alarms.journal', { id })
      expect(rows.events.map(({ event }) => event)).toEqual([
        'active',
        'acknowledged',
        'shelved',
        'returned',
        'unshelved',
      ])
      expect(rows.events.map(({ isClockSetBack = false }) => isClockSetBack)).toEqual([
        false,
        true,
        false,
        false,
        false,
      ])
      expect(rows.events[1]!.receivedTimestamp).toBeLessThan(begin - 3_000_000)
      expect(rows.events[4]!.receivedTimestamp).toBeGreaterThan(begin + 3_000_000)
      const marked = await plc.station.call('alarms.journal', { isClockSetBack: true })
      expect(marked.events.map(({ sequence }) => sequence)).toEqual([2])
      expect(await plc.station.call('alarms.verifyJournal', {})).toEqual({ ok: true })
    } finally {
      rmSync(clock, { force: true })
    }
  })
})

test('A63: one changed byte of one row is found at that row', async () => {
  plc = await AlarmDevice.start({ tags: level(), initial: { 40001: 95 } })
  await plc.until(id, 'unacknowledged')
  for (const comment of ['one', 'two', 'three', 'four'])
    await plc.station.call('alarms.comment', { ids: [id], comment })
  const { dataFolder, child } = plc.station
  await endProcess(child)
  const database = new Sqlite(join(dataFolder, 'alarms.sqlite'))
  const triggers = database.prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()
  for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`)
  database.prepare('UPDATE event SET lag = lag + 1 WHERE sequence = 3').run()
  database.close()
  plc.station = await StationProcess.start(plc.folder, { dataFolder, ...stationUser })
  expect(await plc.station.call('alarms.verifyJournal', {})).toEqual({ ok: false, firstBrokenSequence: 3 })
  expect(await plc.state(id)).toBe('unacknowledged')
})

describe('the master alarm database', () => {
  const hostile = [
    '=HYPERLINK("http://x")',
    '+1',
    '-2',
    '@SUM(A1)',
    '"quoted", with; all\nlines',
    '漏瓶 🚰',
    "'apostrophe",
    '#x: y',
    '{a: b}',
    '- item',
    'null',
    '1e5',
  ]

  test('hostile texts go to the plant folder, to the spreadsheet and back, and stay what they are; the alarms keep their state', async () => {
    plc = await AlarmDevice.start({ tags: level(), initial: { 40001: 95 } })
    await plc.until(id, 'unacknowledged')
    await plc.station.call('alarms.acknowledge', { ids: [id] })
    // Six at a time: three attributes of two alarms.
    for (let at = 0; at < hostile.length; at += 6) {
      const edits = [id, 'Other/low'].map((alarm, index) => ({
        id: alarm,
        status: 'draft' as const,
        consequence: hostile[at + 3 * index]!,
        cause: hostile[at + 3 * index + 1]!,
        action: hostile[at + 3 * index + 2]!,
      }))
      const saved = await plc.station.call('alarms.saveDatabase', { edits, reason: 'hostile' })
      expect(saved.faults).toEqual([])
      const { rows } = await plc.station.call('alarms.database', {})
      for (const edit of edits)
        expect(rows.find(({ definition }) => definition.id === edit.id)!.definition.rationalisation).toMatchObject({
          consequence: edit.consequence,
          cause: edit.cause,
          action: edit.action,
        })
      const { csv } = await plc.station.call('alarms.exportDatabase', {})
      const again = await plc.station.call('alarms.importDatabase', { csv, reason: 'round trip', dryRun: true })
      expect(again).toMatchObject({ changes: [], faults: [] })
    }
    const refused = await plc.station.call('alarms.saveDatabase', { edits: [{ id, cause: ' blank ' }], reason: 'x' })
    expect(refused.faults[0]!.message).toContain('without blanks at its ends')
    expect(await plc.state(id)).toBe('acknowledged')
    expect((await plc.journal(id)).filter(({ event }) => event !== 'changed')).toHaveLength(2)
  })

  test('approved values are enforced where the philosophy says so: the running limit is the approved one, and drift is shown', async () => {
    const approved = `alarms:
  - alarm: ${id}
    status: approved
    consequence: Spills
    severity: major
    cause: Valve
    action: Close it
    responseTime: 10 min
    reviewer: L. Chen
    approved: { limit: 70, priority: high }
`
    plc = await AlarmDevice.start({
      tags: level(),
      initial: { 40001: 80 },
      files: { 'alarms/database.yaml': approved },
    })
    await vi.waitFor(async () => expect((await plc.station.read('Level')).value).toBe(80), waitFor)
    expect(await plc.state(id)).toBe('normal')
    const drift = async () =>
      (await plc.station.call('alarms.database', {})).rows.find(({ definition }) => definition.id === id)!.drift
    expect((await drift()).map(({ attribute }) => attribute).sort()).toEqual(['limit', 'priority'])
    writeFileSync(join(plc.folder, 'alarms', 'philosophy.yaml'), 'philosophy: { enforceApproved: true }\n')
    await plc.until(id, 'unacknowledged')
    expect((await plc.journal(id))[0]).toMatchObject({ event: 'active', limit: 70, priority: 'high', value: 80 })
    expect((await drift()).map(({ attribute }) => attribute).sort()).toEqual(['limit', 'priority'])
    rmSync(join(plc.folder, 'alarms', 'philosophy.yaml'))
    await plc.until(id, 'returnedUnacknowledged')
    expect(readFileSync(join(plc.folder, 'alarms', 'database.yaml'), 'utf8')).toBe(approved)
  })
})
