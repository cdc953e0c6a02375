// Alarms as an acceptance test plays them: a device over Modbus TCP, everything else through HTTP. What the journal has to read is
// ISA-18.2 figure 3; the rows are those of the state table (S1 to S20) in docs/alarm-states.md.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { AlarmDevice, stationUser } from './alarm-device.ts'

const tags = `
  - { name: Tank.Level, device: plc, address: "40001:int16", unit: "%", scan: fast, alarms: [
      { condition: highHigh, limit: 95, deadband: 1, priority: urgent, message: "Tank overflows at {value} {unit}" },
      { condition: high, limit: 90, deadband: 2, priority: high, message: "Tank level high" },
      { condition: low, limit: 10, deadband: 2, priority: medium, message: "Tank level low" } ] }
  - { name: Pump.Fault, device: plc, address: "00001:bool", scan: fast, alarms: [
      { condition: discrete, priority: high, latching: true, message: "Pump tripped" } ] }
  - { name: Pump.Delayed, device: plc, address: "00002:bool", scan: fast, alarms: [
      { condition: discrete, priority: low, onDelay: 1500 ms, offDelay: 1500 ms, message: "Slow" } ] }
  - { name: Line.Stopped, device: plc, address: "00003:bool", scan: fast }
  - { name: Line.Pressure, device: plc, address: "40002:int16", scan: fast, alarms: [
      { condition: low, limit: 50, priority: high, suppressedWhen: Line.Stopped, message: "Pressure low" },
      { condition: badQuality, priority: low, message: "No pressure value" } ] }
  - { name: Door.Open, device: plc, address: "00004:bool", scan: fast, alarms: [
      { condition: discrete, priority: medium, reAlarm: 2 s, reAlarmCount: 2, message: "Door open" } ] }
  - { name: Shelf.A, device: plc, address: "00005:bool", scan: fast, alarms: [ { condition: discrete, priority: low, message: "A" } ] }
  - { name: Shelf.B, device: plc, address: "00006:bool", scan: fast, alarms: [ { condition: discrete, priority: low, message: "B" } ] }
  - { name: Trip.One, device: plc, address: "00007:bool", scan: fast, alarms: [ { condition: discrete, firstOut: trip, message: "One" } ] }
  - { name: Trip.Two, device: plc, address: "00008:bool", scan: fast, alarms: [ { condition: discrete, firstOut: trip, message: "Two" } ] }
  - { name: Service.Flag, device: plc, address: "00009:bool", scan: fast, alarms: [ { condition: discrete, priority: low, message: "Service" } ] }
  - { name: Kill.Flag, device: plc, address: "00010:bool", scan: fast, alarms: [ { condition: discrete, priority: low, message: "Kill" } ] }
  - { name: Witness, device: plc, address: "00012:bool", scan: fast, alarms: [
      { condition: discrete, priority: low, onDelay: 2600 ms, message: "2.6 s have passed" } ] }
  - { name: Kill.Acked, device: plc, address: "00011:bool", scan: fast, alarms: [ { condition: discrete, priority: low, message: "Kill acked" } ] }
`

describe('the life of an alarm, through HTTP', () => {
  let plc: AlarmDevice

  beforeAll(async () => {
    plc = await AlarmDevice.start({ tags, initial: { 40001: 50, 40002: 80 } })
    await vi.waitFor(async () => expect((await plc.station.read('Line.Pressure')).value).toBe(80), { timeout: 10_000 })
    expect(await plc.list()).toEqual([])
  })

  afterAll(async () => {
    await plc.close()
  })

  async function command(name: 'acknowledge' | 'reset' | 'unshelve' | 'returnToService', id: string): Promise<number> {
    const { results } = await plc.station.call(`alarms.${name}`, { ids: [id], comment: 'seen' })
    return results[0]!.statusCode
  }

  /** By the station's own delays: what would have run out in 2.6 s has run out. */
  async function delaysHaveRunOut(): Promise<void> {
    const id = 'Witness/discrete'
    plc.set(12, true)
    await plc.until(id, 'unacknowledged')
    plc.set(12, false)
    await plc.until(id, 'returnedUnacknowledged')
    await command('acknowledge', id)
  }

  test('S1, S2, S5: it comes, is acknowledged, goes; the journal has each step once, with who and with the value', async () => {
    const id = 'Tank.Level/high'
    plc.set(40_001, 92)
    await plc.until(id, 'unacknowledged')
    const row = (await plc.list()).find((alarm) => alarm.id === id)!
    expect(row).toMatchObject({
      tag: 'Tank.Level',
      condition: 'high',
      priority: 'high',
      message: 'Tank level high',
      value: 92,
    })
    expect(await command('acknowledge', id)).toBe(StatusCodes.Good)
    expect((await plc.list()).find((alarm) => alarm.id === id)).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: stationUser.user,
    })
    plc.set(40_001, 89)
    await plc.seen('Tank.Level', 89)
    expect(await plc.state(id)).toBe('acknowledged')
    plc.set(40_001, 80)
    await plc.until(id, 'normal')
    const rows = await plc.journal(id)
    expect(rows.map(({ state, user }) => [state, user])).toEqual([
      ['unacknowledged', ''],
      ['acknowledged', stationUser.user],
      ['normal', ''],
    ])
    expect(rows[1]!.comment).toBe('seen')
    expect(rows.map(({ value }) => value)).toEqual([92, 92, 80])
    expect(rows.map(({ sequence }) => sequence)).toEqual(
      [...rows.map(({ sequence }) => sequence)].sort((a, b) => a - b),
    )
  })

  test('S3, S7, S8: gone before it was seen it stays listed; it may come again; acknowledged it leaves', async () => {
    const id = 'Tank.Level/low'
    plc.set(40_001, 5)
    await plc.until(id, 'unacknowledged')
    plc.set(40_001, 50)
    await plc.until(id, 'returnedUnacknowledged')
    plc.set(40_001, 5)
    await plc.until(id, 'unacknowledged')
    plc.set(40_001, 50)
    await plc.until(id, 'returnedUnacknowledged')
    expect(await command('acknowledge', id)).toBe(StatusCodes.Good)
    expect(await plc.state(id)).toBe('normal')
    expect(await plc.journalStates(id)).toEqual([
      'unacknowledged',
      'returnedUnacknowledged',
      'unacknowledged',
      'returnedUnacknowledged',
      'normal',
    ])
  })

  test('a second acknowledgement of the same occurrence is refused', async () => {
    const id = 'Tank.Level/high'
    plc.set(40_001, 92)
    await plc.until(id, 'unacknowledged')
    const answers = await Promise.all([
      command('acknowledge', id),
      command('acknowledge', id),
      command('acknowledge', id),
    ])
    expect(answers.filter((code) => code === StatusCodes.Good)).toHaveLength(1)
    expect(new Set(answers).size).toBe(2)
    plc.set(40_001, 50)
    await plc.until(id, 'normal')
    expect(await command('acknowledge', id)).not.toBe(StatusCodes.Good)
    expect(await command('acknowledge', 'No.Such/high')).toBe(StatusCodes.BadNodeIdUnknown)
  })

  test('A4: an acknowledgement of an older occurrence than the present one is refused', async () => {
    const id = 'Tank.Level/high'
    plc.set(40_001, 92)
    await plc.until(id, 'unacknowledged')
    const { eventId } = (await plc.list()).find((alarm) => alarm.id === id)!
    plc.set(40_001, 50)
    await plc.until(id, 'returnedUnacknowledged')
    plc.set(40_001, 92)
    await plc.until(id, 'unacknowledged')
    const { results } = await plc.station.call('alarms.acknowledge', { ids: [id], eventIds: [eventId] })
    expect(results[0]!.statusCode).toBe(0x809a0000)
    expect(await plc.state(id)).toBe('unacknowledged')
    await command('acknowledge', id)
    plc.set(40_001, 50)
    await plc.until(id, 'normal')
  })

  test('both levels of a limit: high high comes on top of high, with its value in the message', async () => {
    plc.set(40_001, 97)
    await plc.until('Tank.Level/highHigh', 'unacknowledged')
    await plc.until('Tank.Level/high', 'unacknowledged')
    const rows = await plc.list()
    expect(rows.slice(0, 2).map(({ id }) => id)).toEqual(['Tank.Level/highHigh', 'Tank.Level/high'])
    expect(rows[0]!.message).toBe('Tank overflows at 97 %')
    await plc.station.call('alarms.acknowledge', { ids: ['Tank.Level/highHigh', 'Tank.Level/high'] })
    plc.set(40_001, 50)
    await plc.until('Tank.Level/highHigh', 'normal')
    await plc.until('Tank.Level/high', 'normal')
  })

  test('S4, S6, S9, S10, S11: a latched alarm waits for its reset, which is refused while it is active and before it is acknowledged', async () => {
    const id = 'Pump.Fault/discrete'
    plc.set(1, true)
    await plc.until(id, 'unacknowledged')
    expect(await command('reset', id)).not.toBe(StatusCodes.Good)
    plc.set(1, false)
    await plc.until(id, 'latchedUnacknowledged')
    expect(await command('reset', id)).not.toBe(StatusCodes.Good)
    expect(await command('acknowledge', id)).toBe(StatusCodes.Good)
    expect(await plc.state(id)).toBe('latchedAcknowledged')
    expect(await command('reset', id)).toBe(StatusCodes.Good)
    expect(await plc.state(id)).toBe('normal')
    plc.set(1, true)
    await plc.until(id, 'unacknowledged')
    await command('acknowledge', id)
    plc.set(1, false)
    await plc.until(id, 'latchedAcknowledged')
    await command('reset', id)
    expect(await plc.journalStates(id)).toEqual([
      'unacknowledged',
      'latchedUnacknowledged',
      'latchedAcknowledged',
      'normal',
      'unacknowledged',
      'acknowledged',
      'latchedAcknowledged',
      'normal',
    ])
  })

  test('A12, A13: shorter than the on-delay is no alarm, shorter than the off-delay no return', async () => {
    const id = 'Pump.Delayed/discrete'
    plc.set(2, true)
    await plc.seen('Pump.Delayed', true)
    plc.set(2, false)
    await plc.seen('Pump.Delayed', false)
    await delaysHaveRunOut()
    expect(await plc.journal(id)).toEqual([])
    plc.set(2, true)
    await plc.until(id, 'unacknowledged')
    plc.set(2, false)
    await plc.seen('Pump.Delayed', false)
    plc.set(2, true)
    await plc.seen('Pump.Delayed', true)
    await delaysHaveRunOut()
    expect(await plc.journalStates(id)).toEqual(['unacknowledged'])
    plc.set(2, false)
    await plc.until(id, 'returnedUnacknowledged')
    await command('acknowledge', id)
  })

  test('S15, S16: suppressed by design while the line stands; still low when it starts: annunciated', async () => {
    const id = 'Line.Pressure/low'
    plc.set(3, true)
    await plc.until(id, 'suppressedByDesign')
    plc.set(40_002, 20)
    await plc.seen('Line.Pressure', 20)
    expect(await plc.state(id)).toBe('suppressedByDesign')
    plc.set(3, false)
    await plc.until(id, 'unacknowledged')
    await command('acknowledge', id)
    plc.set(40_002, 80)
    await plc.until(id, 'normal')
    const states = (await plc.journalStates(id)).filter((state, at, all) => state !== all[at - 1])
    expect(states).toEqual(['suppressedByDesign', 'unacknowledged', 'acknowledged', 'normal'])
  })

  test('S12: acknowledged and still active, it is annunciated again, as often as it may', async () => {
    const id = 'Door.Open/discrete'
    plc.set(4, true)
    await plc.until(id, 'unacknowledged')
    for (let round = 0; round < 2; round++) {
      await command('acknowledge', id)
      await plc.until(id, 'unacknowledged')
    }
    await command('acknowledge', id)
    await delaysHaveRunOut()
    expect(await plc.state(id)).toBe('acknowledged')
    plc.set(4, false)
    await plc.until(id, 'normal')
  })

  test('S13, S14: shelved with a reason for a time; at its end still active: annunciated again; gone meanwhile: normal', async () => {
    const [a, b] = ['Shelf.A/discrete', 'Shelf.B/discrete']
    plc.set(5, true)
    plc.set(6, true)
    await plc.until(a, 'unacknowledged')
    await plc.until(b, 'unacknowledged')
    await command('acknowledge', a)
    const before = Date.now()
    const { results } = await plc.station.call('alarms.shelve', {
      ids: [a, b],
      comment: 'sensor is being cleaned',
      durationMs: 3000,
    })
    expect(results.map(({ statusCode }) => statusCode)).toEqual([0, 0])
    const row = (await plc.list()).find(({ id }) => id === a)!
    expect(row.state).toBe('shelved')
    expect(row.shelvedUntil! - before).toBeGreaterThan(2900)
    expect(row.shelvedUntil! - before).toBeLessThan(6000)
    plc.set(6, false)
    await plc.until(a, 'unacknowledged')
    await plc.until(b, 'normal')
    await command('acknowledge', a)
    plc.set(5, false)
    await plc.until(a, 'normal')
  })

  test('A31: shelving without reason, without time or for longer than the class allows is refused, and changes nothing', async () => {
    const id = 'Shelf.A/discrete'
    for (const input of [
      { durationMs: 1000 },
      { comment: 'why' },
      { comment: 'why', durationMs: 9 * 3_600_000 },
      { comment: 'why', durationMs: -1 },
    ]) {
      const { status, body } = await plc.station.post('alarms.shelve', { ids: [id], ...input })
      const code = (body as { results?: { statusCode: number }[] }).results?.[0]?.statusCode
      expect(status !== 200 || (code ?? 0) !== 0, JSON.stringify({ input, status, body })).toBe(true)
      expect(await plc.state(id)).toBe('normal')
    }
  })

  test('S17, S18: out of service until somebody puts it back', async () => {
    const id = 'Service.Flag/discrete'
    const { results } = await plc.station.call('alarms.outOfService', { ids: [id], comment: 'permit 4711' })
    expect(results[0]!.statusCode).toBe(StatusCodes.Good)
    plc.set(9, true)
    await plc.seen('Service.Flag', true)
    expect(await plc.state(id)).toBe('outOfService')
    expect(await command('returnToService', id)).toBe(StatusCodes.Good)
    expect(await plc.state(id)).toBe('unacknowledged')
    await command('acknowledge', id)
    plc.set(9, false)
    await plc.until(id, 'normal')
  })

  test('A40: the first of a group is flagged, the others are not', async () => {
    plc.set(7, true)
    await plc.until('Trip.One/discrete', 'unacknowledged')
    plc.set(8, true)
    await plc.until('Trip.Two/discrete', 'unacknowledged')
    const flags = (await plc.list())
      .filter(({ id }) => id.startsWith('Trip.'))
      .map(({ id, isFirstOut }) => [id, isFirstOut ?? false])
    expect(flags.sort()).toEqual([
      ['Trip.One/discrete', true],
      ['Trip.Two/discrete', false],
    ])
    plc.set(7, false)
    plc.set(8, false)
    await plc.until('Trip.One/discrete', 'returnedUnacknowledged')
    await plc.until('Trip.Two/discrete', 'returnedUnacknowledged')
    await plc.station.call('alarms.acknowledge', { ids: ['Trip.One/discrete', 'Trip.Two/discrete'] })
  })

  test('S20: after a kill nothing unacknowledged is lost, nothing acknowledged comes back, no row is doubled', async () => {
    plc.set(10, true)
    plc.set(11, true)
    await plc.until('Kill.Flag/discrete', 'unacknowledged')
    await plc.until('Kill.Acked/discrete', 'unacknowledged')
    expect(await command('acknowledge', 'Kill.Acked/discrete')).toBe(StatusCodes.Good)
    await plc.station.call('alarms.shelve', {
      ids: ['Shelf.B/discrete'],
      comment: 'over the restart',
      durationMs: 600_000,
    })
    const before = await plc.journal()
    await plc.killAndRestart()
    for (const tag of ['Kill.Flag', 'Kill.Acked']) await plc.seen(tag, true)
    for (const tag of ['Shelf.A', 'Shelf.B', 'Door.Open', 'Witness']) await plc.seen(tag, false)
    await plc.seen('Tank.Level', 50)
    expect(await plc.state('Kill.Flag/discrete')).toBe('unacknowledged')
    expect(await plc.state('Kill.Acked/discrete')).toBe('acknowledged')
    expect(await plc.state('Shelf.B/discrete')).toBe('shelved')
    expect(await plc.journal()).toEqual(before)
    expect(await plc.station.call('alarms.verifyJournal', {})).toEqual({ ok: true })
  })

  test('a lost device is one alarm: what its tags would say is suppressed by design, limits keep their state', async () => {
    await plc.cable.cut()
    await plc.until('device:plc/deviceLost', 'unacknowledged')
    await plc.until('Line.Pressure/badQuality', 'suppressedByDesign')
    expect(await plc.state('Kill.Flag/discrete')).toBe('unacknowledged')
    expect((await plc.journalStates('Line.Pressure/badQuality')).filter((state) => state === 'unacknowledged')).toEqual(
      [],
    )
    await plc.cable.restore()
    await plc.until('device:plc/deviceLost', 'returnedUnacknowledged')
    await plc.until('Line.Pressure/badQuality', 'normal')
    expect(await plc.state('Kill.Flag/discrete')).toBe('unacknowledged')
  })

  test('viewers may look and nothing else', async () => {
    await plc.station.call('access.addAccount', { user: 'looker', password: stationUser.password, roles: ['viewer'] })
    await plc.station.logIn('looker', stationUser.password)
    expect((await plc.station.post('alarms.list', {})).status).toBe(200)
    for (const name of [
      'acknowledge',
      'shelve',
      'unshelve',
      'outOfService',
      'returnToService',
      'reset',
      'comment',
      'test',
    ])
      expect((await plc.station.post(`alarms.${name}`, { nonsense: true })).status, name).toBe(403)
    await plc.station.logIn(stationUser.user, stationUser.password)
  })
})
