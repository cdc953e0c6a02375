// What nobody should send, sent to every call about alarms: an answer with a sentence, never an error of the station; and who may what.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AlarmResult } from '../../src-main/shared/alarm.ts'
import { alarmCalls } from '../../src-main/shared/alarm-calls.ts'
import { roles } from '../../src-main/shared/permission.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { AlarmDevice } from './alarm-device.ts'
import { type Answer, Person } from './alarm-people.ts'

/** Random inputs of each call; LINESIDE_GARBAGE_ROUNDS=500 for long. */
const garbageRounds = Number(process.env.LINESIDE_GARBAGE_ROUNDS ?? 12)
const commands = ['acknowledge', 'shelve', 'unshelve', 'outOfService', 'returnToService', 'reset', 'comment', 'test']
const calls = Object.keys(alarmCalls) as (keyof typeof alarmCalls)[]
const tags = `
  - { name: Level, device: plc, address: "40001:int16", scan: fast, alarms: [ { condition: high, limit: 90 } ] }
  - { name: Pump, device: plc, address: "00001:bool", scan: fast, alarms: [ { condition: discrete, class: safety, latching: true } ] }
`
const philosophy = `classes: [ { name: safety, title: Safety, highlyManaged: true, commentRequired: true } ]
philosophy: { shelving: { mostPerUser: 2, mostAtOnce: 1 } }`

let plc: AlarmDevice
const people = new Map<string, Person>()
const person = (role: string) => people.get(role)!

beforeAll(async () => {
  plc = await AlarmDevice.start({
    tags,
    initial: { 40001: 95, 1: true },
    files: { 'alarms/philosophy.yaml': philosophy },
  })
  for (const role of roles) people.set(role, await Person.hire(plc.station, `the-${role}`, role))
  await plc.until('Level/high', 'unacknowledged')
  await plc.until('Pump/discrete', 'unacknowledged')
})
afterAll(() => plc.close())

/** Refused with a sentence, or answered; never an error of the station. */
function expectSane({ status, body }: Answer, what: string): void {
  expect([200, 400, 403, 404, 409, 413, 422], `${what}: ${status} ${JSON.stringify(body).slice(0, 300)}`).toContain(
    status,
  )
  if (status === 200) return
  const { error } = body as { error?: { message?: string } }
  const message = error?.message ?? (body as { message?: string }).message ?? ''
  expect(message.length, `${what}: ${JSON.stringify(body).slice(0, 300)}`).toBeGreaterThan(8)
  expect(message, what).not.toMatch(/undefined is not|cannot read prop|SQLITE|at .*\.ts:/i)
}

const hostile: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER,
  2 ** 63,
  8.64e15,
  8.64e15 + 1,
  '',
  ' ',
  '\u0000',
  '\u0001a\u0001',
  '\ud800',
  '\u202egnp.exe',
  '𝕷𝖊𝖛𝖊𝖑/high',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "'; DROP TABLE event; --",
  '%',
  '*',
  '../../../etc/passwd',
  'x'.repeat(513),
  'x'.repeat(100_000),
  [],
  {},
  [[]],
  [null],
  ['__proto__', 'constructor', 'Level/high', 'Level/high'],
  { __proto__: null, length: 1e9 },
  '2026-13-45T99:99:99Z',
  '-271821-04-20T00:00:00.000Z',
  ['normal'],
  ['unacknowledged', 'no such state'],
]
const keys =
  `ids comment durationMs oneShot eventIds id eventId from to area equipment classes conditions tags text states priorities order limit
  cursor events user isClockSetBack exactArea edits reason version dryRun csv offset count by since`.split(/\s+/)

describe('garbage', () => {
  test('every call with hostile members, alone and in random company, is refused with a sentence or answered', async () => {
    const random = randomOf(Number(process.env.LINESIDE_JUDGE_SEED ?? 1), 'garbage')
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
    const administrator = person('administrator')
    const before = await plc.list()
    for (const name of calls.filter((call) => alarmCalls[call].kind === 'call')) {
      for (const text of ['', '{', '[]', 'null', '1', '"x"', '{"ids":', '\u0000', '{"ids":["a"],"ids":[]}'])
        expectSane(await administrator.postText(name, text), `${name} ${text}`)
      const ofCall = name.includes('Database') ? ['edits', 'reason', 'version', 'csv'] : keys
      for (let round = 0; round < garbageRounds; round++) {
        const input: Record<string, unknown> = commands.some((command) => name === `alarms.${command}`)
          ? { ids: ['No.Such/high'] }
          : {}
        for (let member = 0; member < 1 + random() * 3; member++) input[pick(ofCall)] = pick(hostile)
        if (name.includes('Database')) input.dryRun = true
        expectSane(await administrator.post(name, input), `${name} ${JSON.stringify(input).slice(0, 200)}`)
      }
    }
    expect((await plc.list()).map(({ id, state }) => [id, state])).toEqual(before.map(({ id, state }) => [id, state]))
  })

  test('feeds with hostile parameters are refused before they begin', async () => {
    for (const path of [
      'alarms.watch?since=-1',
      'alarms.watch?since=x',
      'alarms.watch?since=1e30',
      'alarms.watch?since=99999999',
      'alarms.watch?since=1&since=2',
      'alarms.view?count=-1',
      'alarms.view?count=100000',
      'alarms.view?offset=NaN',
      'alarms.view?states=nope',
      'alarms.groups',
      'alarms.groups?by=__proto__',
    ]) {
      const answer = await fetch(new URL(`/api/v1/${path}`, plc.station.url), {
        headers: { Authorization: `Bearer ${plc.station.token}` },
      })
      expectSane({ status: answer.status, body: JSON.parse(await answer.text()) }, path)
      expect(answer.status, path).not.toBe(200)
    }
  })

  test('ten thousand ids have ten thousand answers, more are refused; the same id twice is done once', async () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `No.Such${index}/high`)
    const { results } = await person('operator').call('alarms.acknowledge', { ids, comment: 'all' })
    expect(results.map(({ id }) => id)).toEqual(ids)
    expect(new Set(results.map(({ statusCode }) => statusCode))).toEqual(new Set([StatusCodes.BadNodeIdUnknown]))
    expect((await person('operator').post('alarms.acknowledge', { ids: [...ids, 'one/more'] })).status).toBe(400)
    const id = 'Level/high'
    const twice = await person('operator').call('alarms.comment', {
      ids: [id, '__proto__', 'constructor'],
      comment: 'x',
    })
    expect(twice.results.map(({ statusCode }) => statusCode)).toEqual([
      0,
      StatusCodes.BadNodeIdUnknown,
      StatusCodes.BadNodeIdUnknown,
    ])
  })

  test('control characters in a comment or a reason are 422 and nothing is done; every other text stays as it is', async () => {
    const id = 'Level/high'
    const before = (await plc.journal()).length
    for (const comment of ['a\u0000b', 'a\nb', 'a\tb', '\u007f', '\u0085', '\ud800', 'a\udfff'])
      for (const command of commands) {
        const { status } = await person('engineer').post(`alarms.${command}`, { ids: [id], comment, durationMs: 1000 })
        expect(status, `${command} ${JSON.stringify(comment)}`).toBe(422)
      }
    expect(await plc.journal()).toHaveLength(before)
    const text = '报警 – “ok” 🚰 \u202e=HYPERLINK("x") \u00a0, "q" <b>'
    await person('operator').call('alarms.comment', { ids: [id], comment: text })
    expect((await plc.journal()).at(-1)).toMatchObject({ event: 'comment', comment: text, user: 'the-operator' })
    const { csv } = await plc.station.call('alarms.exportJournal', { id })
    expect(csv).toContain('🚰')
    expect(await plc.station.call('alarms.verifyJournal', {})).toEqual({ ok: true })
  })

  test('durations that are none are refused for each alarm', async () => {
    for (const durationMs of [0, 0.1e-300, -1, 1e300, 28_800_001, Number.MAX_SAFE_INTEGER]) {
      const answer = await person('operator').post('alarms.shelve', { ids: ['Level/high'], comment: 'x', durationMs })
      const result = (answer.body as { results?: AlarmResult[] }).results?.[0]
      const isRefused = answer.status === 400 || result?.statusCode === StatusCodes.BadShelvingTimeOutOfRange
      if (durationMs !== 0.1e-300) expect(isRefused, `${durationMs}: ${JSON.stringify(answer)}`).toBe(true)
    }
    await vi.waitFor(async () => expect(await plc.state('Level/high')).toBe('unacknowledged'), { timeout: 5000 })
  })
})

describe('who may what', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    viewer: [],
    operator: ['acknowledge', 'shelve', 'unshelve', 'reset', 'comment'],
    engineer: commands,
    administrator: commands,
  }

  test('commands by role; nobody without a session; reading is for all', async () => {
    for (const role of roles) {
      for (const command of commands) {
        const { status } = await person(role).post(`alarms.${command}`, { ids: ['No.Such/high'], comment: 'x' })
        expect(status, `${command} by ${role}`).toBe(allowed[role]!.includes(command) ? 200 : 403)
      }
      for (const name of ['list', 'journal', 'describe', 'database', 'exportDatabase', 'verifyJournal', 'classes'])
        expect((await person(role).post(`alarms.${name}`, {})).status, `${name} by ${role}`).toBe(200)
      for (const [name, input] of [
        ['saveDatabase', { edits: [], reason: 'x', dryRun: true }],
        ['importDatabase', { csv: 'id\r\n', reason: 'x', dryRun: true }],
      ] as const)
        expect((await person(role).post(`alarms.${name}`, input)).status === 403, `${name} by ${role}`).toBe(
          role === 'viewer' || role === 'operator',
        )
    }
    for (const name of calls) {
      const answer = await fetch(new URL(`/api/v1/${name}`, plc.station.url), { method: 'POST', body: '{}' })
      expect(answer.status, name).toBe(401)
    }
  })

  test('more alarms at once than the philosophy says are shelved by managers only; one person holds no more than it says', async () => {
    const both = { ids: ['Level/high', 'Pump/discrete'], comment: 'cleaning', durationMs: 60_000 }
    const refused = await person('operator').call('alarms.shelve', both)
    expect(refused.results.map(({ statusCode }) => statusCode)).toEqual(Array(2).fill(StatusCodes.BadUserAccessDenied))
    const done = await person('engineer').call('alarms.shelve', both)
    expect(done.results.map(({ statusCode }) => statusCode)).toEqual([0, 0])
    const third = await person('engineer').call('alarms.shelve', { ...both, ids: ['device:plc/deviceLost'] })
    expect(third.results[0]!.statusCode).toBe(StatusCodes.BadTooManyOperations)
    await person('engineer').call('alarms.unshelve', both)
  })

  test('a class that asks for a comment gets one; a highly managed alarm is taken out of service by those who manage', async () => {
    const ids = ['Pump/discrete']
    const [silent] = (await person('operator').call('alarms.acknowledge', { ids })).results
    expect(silent!.statusCode).toBe(StatusCodes.BadInvalidArgument)
    expect(silent!.message).toContain('comment')
    const [told] = (await person('operator').call('alarms.acknowledge', { ids, comment: 'valve stuck' })).results
    expect(told!.statusCode).toBe(0)
    expect((await person('operator').post('alarms.outOfService', { ids, comment: 'permit 12' })).status).toBe(403)
    const [out] = (await person('engineer').call('alarms.outOfService', { ids, comment: 'permit 12' })).results
    expect(out!.statusCode).toBe(0)
    const { events } = await plc.station.call('audit.read', { limit: 50 })
    expect(events.find(({ action }) => action === 'alarms.outOfService')).toMatchObject({
      user: 'the-engineer',
      target: 'Pump/discrete',
      comment: 'permit 12',
    })
  })
})
