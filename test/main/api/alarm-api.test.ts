// Alarms as screens and scripts ask for them, on alarms in memory.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AlarmDefinition } from '../../../src-main/shared/alarm.ts'
import { RuntimeError } from '../../../src-main/shared/runtime-error.ts'
import { type ApiOnLoopback, apiOnLoopback } from '../../fakes/api-on-loopback.ts'
import { alarmEvent, alarmRow } from '../../fakes/fake-alarms.ts'

let station: ApiOnLoopback
beforeEach(async () => {
  station = await apiOnLoopback()
})
afterEach(() => station.close())

const as = (role: 'viewer' | 'operator' | 'engineer' | 'administrator') => station.tokens[role]
const alarms = () => station.runtime.alarms
const lastAudit = () => station.runtime.access.audit.read({ limit: 1 })[0]!
const commands = [
  'acknowledge',
  'shelve',
  'unshelve',
  'outOfService',
  'returnToService',
  'reset',
  'comment',
  'test',
] as const
const ofEngineers = ['outOfService', 'returnToService', 'test']

describe('alarms.list', () => {
  test('without states it lists all that are not normal, most urgent first, with the total', async () => {
    alarms().commit([
      alarmRow('A/high', { state: 'acknowledged', priority: 'urgent' }),
      alarmRow('B/high', { priority: 'low' }),
      alarmRow('C/high', { state: 'normal' }),
      alarmRow('D/high', { state: 'shelved', shelvedUntil: 9 }),
    ])
    const { status, body } = await station.post('alarms.list', {}, as('viewer'))
    expect(status).toBe(200)
    expect(body.total).toBe(3)
    expect(body.alarms.map(({ id }: { id: string }) => id)).toEqual(['B/high', 'A/high', 'D/high'])
    expect(body.alarms[0]).toEqual(alarmRow('B/high', { priority: 'low' }))
  })

  test('states, priorities and area narrow it; pages follow the cursor to the last one', async () => {
    alarms().commit(
      Array.from({ length: 25 }, (_, index) => alarmRow(`T${10 + index}/high`, { area: index < 20 ? 'A/B' : 'AB' })),
    )
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const input = { area: 'A', order: 'tag', limit: 8, ...(cursor === undefined ? {} : { cursor }) }
      const { body } = await station.post('alarms.list', input, as('viewer'))
      seen.push(...body.alarms.map(({ tag }: { tag: string }) => tag))
      cursor = body.cursor
    } while (cursor !== undefined)
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => `T${10 + index}`))
    const none = await station.post('alarms.list', { priorities: ['urgent'], states: ['shelved'] }, as('viewer'))
    expect(none.body).toEqual({ alarms: [], total: 0 })
  })

  test('what happened before the question is in the answer: it waits until that is durable', async () => {
    alarms().isTold = false
    alarms().told = async () => alarms().commit([alarmRow('A/high')])
    const { body } = await station.post('alarms.list', {}, as('viewer'))
    expect(body.total).toBe(1)
  })

  test('in a flood that the disk takes long over it answers with what there is', async () => {
    alarms().commit([alarmRow('A/high')])
    alarms().isTold = false
    alarms().told = () => new Promise(() => undefined)
    expect((await station.post('alarms.list', {}, as('viewer'))).body.total).toBe(1)
  })

  test('while the journal cannot be written the alarms are shown all the same', async () => {
    alarms().commit([alarmRow('A/high')])
    alarms().isTold = false
    alarms().told = () => Promise.reject(new RuntimeError('BadResourceUnavailable', 'the disk is full'))
    expect((await station.post('alarms.list', {}, as('viewer'))).body.total).toBe(1)
  })

  test('a foreign cursor and an unknown state are 400', async () => {
    for (const input of [{ cursor: 'x' }, { states: ['angry'] }, { order: 'alphabet' }, { limit: 0 }])
      expect((await station.post('alarms.list', input, as('viewer'))).status, JSON.stringify(input)).toBe(400)
  })
})

describe('commands', () => {
  test.each(commands)('alarms.%s is given with who, where and what, and answers each id', async (name) => {
    alarms().commit([alarmRow('A/high')])
    const ids = ['A/high', 'Nope/high']
    const input = { ids, comment: 'seen', durationMs: 60_000, oneShot: true, eventIds: [1, 2] }
    const { status, body } = await station.post(`alarms.${name}`, input, as('engineer'))
    expect(status).toBe(200)
    expect(body.results).toEqual([
      { id: 'A/high', statusCode: 0 },
      { id: 'Nope/high', statusCode: 0x80340000, message: 'there is no alarm "Nope/high"' },
    ])
    expect(alarms().commands).toMatchObject([
      { name, ids, operator: { user: 'engineer', station: '127.0.0.1', isManager: true } },
    ])
    expect(JSON.stringify(alarms().commands)).toContain(name === 'test' ? '60000' : 'seen')
  })

  test('an operator handles alarms without being a manager; out of service, back and tests are an engineer’s', async () => {
    for (const name of commands) {
      const { status } = await station.post(`alarms.${name}`, { ids: ['A/high'] }, as('operator'))
      expect(status, name).toBe(ofEngineers.includes(name) ? 403 : 200)
    }
    expect(alarms().commands.every(({ operator }) => !operator.isManager)).toBe(true)
    expect(alarms().commands).toHaveLength(commands.length - ofEngineers.length)
  })

  test('a viewer gets 403 whatever the input, and it is written down', async () => {
    for (const input of [{ ids: ['A/high'] }, {}, { ids: 5 }])
      expect((await station.post('alarms.acknowledge', input, as('viewer'))).status).toBe(403)
    expect(lastAudit()).toMatchObject({ user: 'viewer', action: 'alarms.acknowledge', statusCode: 0x801f0000 })
  })

  test('control characters in a comment are 422 and nothing is done; printable text of any script is taken', async () => {
    for (const comment of ['a\nb', 'tab\t', '\u0000', '\u009f', '\ud800']) {
      const { status, body } = await station.post('alarms.comment', { ids: ['A/high'], comment }, as('operator'))
      expect({ status, code: body.error.code }).toEqual({ status: 422, code: 'BadDataEncodingInvalid' })
    }
    expect(alarms().commands).toEqual([])
    const comment = '泵已停 — “überprüft” 🔧'
    expect((await station.post('alarms.comment', { ids: ['A/high'], comment }, as('operator'))).status).toBe(200)
    expect(alarms().commands[0]?.options).toBe(comment)
  })

  test('no ids, more than 10,000, and event ids that do not pair are 400', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => `T${index}/high`)
    for (const input of [
      { ids: [] },
      { ids: many },
      { ids: ['A/high'], eventIds: [] },
      { ids: ['A/high'], durationMs: -1 },
    ])
      expect((await station.post('alarms.acknowledge', input, as('operator'))).status).toBe(400)
    expect((await station.post('alarms.acknowledge', { ids: many.slice(1) }, as('operator'))).status).toBe(200)
  })

  test('each command is in the audit trail with its ids and comment; refused for all, it has their status code', async () => {
    alarms().commit([alarmRow('A/high')])
    await station.post('alarms.acknowledge', { ids: ['A/high'], comment: 'seen' }, as('operator'))
    expect(lastAudit()).toMatchObject({
      user: 'operator',
      action: 'alarms.acknowledge',
      target: 'A/high',
      comment: 'seen',
      statusCode: 0,
    })
    await station.post('alarms.shelve', { ids: ['X/high', 'Y/high'], comment: 'noise', durationMs: 5 }, as('operator'))
    expect(lastAudit()).toMatchObject({
      target: '2 alarms',
      newValue: { ids: ['X/high', 'Y/high'], count: 2, durationMs: 5, refusedCount: 2 },
      statusCode: 0x80340000,
    })
    await station.post('alarms.acknowledge', { ids: ['A/high', 'X/high'] }, as('operator'))
    expect(lastAudit()).toMatchObject({ newValue: { refusedCount: 1 }, statusCode: 0 })
  })

  test('ten thousand ids make a record of bounded size that says how many they were', async () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `Area.Unit.Tag${index}/high`)
    await station.post('alarms.acknowledge', { ids }, as('operator'))
    const { target, newValue } = lastAudit()
    expect(target).toBe('10000 alarms')
    expect(newValue).toMatchObject({ count: 10_000, refusedCount: 10_000 })
    expect(JSON.stringify(newValue).length).toBeLessThan(5000)
  })
})

describe('journal and reports', () => {
  test('the journal answers rows of the columns everybody may rely on', async () => {
    alarms().commit([], [alarmEvent(1, 'A/high'), alarmEvent(2, 'A/high', { event: 'acknowledged', user: 'ana' })])
    const { body } = await station.post('alarms.journal', {}, as('viewer'))
    expect(body.events.map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 2])
    for (const key of 'sequence id tag condition state priority timestamp value user comment'.split(' '))
      expect(body.events[1]).toHaveProperty(key)
  })

  test('a span that ends before it begins is 400; times may be texts', async () => {
    for (const name of ['alarms.journal', 'alarms.exportJournal', 'alarms.kpi']) {
      const { status, body } = await station.post(name, { from: '2026-01-02T00:00:00Z', to: 0 }, as('viewer'))
      expect({ status, path: body.error.path }).toEqual({ status: 400, path: 'from' })
    }
    const span = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00+01:00' }
    expect((await station.post('alarms.journal', span, as('viewer'))).status).toBe(200)
  })

  test('an export is one text; one that no answer can hold is refused and says what to do', async () => {
    alarms().csv = ['sequence\r\n', '1\r\n']
    const { body } = await station.post('alarms.exportJournal', {}, as('viewer'))
    expect(body).toEqual({ csv: 'sequence\r\n1\r\n' })
    alarms().csv = Array.from({ length: 11 }, () => 'x'.repeat(10_000_000))
    const refused = await station.post('alarms.exportJournal', {}, as('viewer'))
    expect(refused.status).toBe(422)
    expect(refused.body.error.message).toContain('lineside alarms export')
  })

  test('definitions are those of the ids in their order, then those of the tags, none twice', async () => {
    const define = (id: string) => alarms().definitions.set(id, { id, tag: id.split('/')[0]! } as AlarmDefinition)
    for (const id of ['A/high', 'A/low', 'B/high']) define(id)
    const input = { ids: ['B/high', 'Nope/high', 'A/low'], tags: ['A'] }
    const { body } = await station.post('alarms.describe', input, as('viewer'))
    expect(body.definitions.map(({ id }: { id: string }) => id)).toEqual(['B/high', 'A/low', 'A/high'])
  })

  test('what came before an alarm that is none is 404', async () => {
    expect((await station.post('alarms.before', { id: 'Nope/high' }, as('viewer'))).status).toBe(404)
  })
})

describe('master alarm database', () => {
  test('a change needs a reason and the permission, and is in the audit trail with old and new value', async () => {
    const edits = [{ id: 'A/high', reviewer: 'ana' }]
    expect((await station.post('alarms.saveDatabase', { edits, reason: 'MoC 7' }, as('operator'))).status).toBe(403)
    expect((await station.post('alarms.saveDatabase', { edits }, as('engineer'))).status).toBe(400)
    expect((await station.post('alarms.saveDatabase', { edits, reason: 'a\nb' }, as('engineer'))).status).toBe(422)
    const { status, body } = await station.post('alarms.saveDatabase', { edits, reason: 'MoC 7' }, as('engineer'))
    expect({ status, version: body.version }).toEqual({ status: 200, version: 'v2' })
    expect(lastAudit()).toMatchObject({
      user: 'engineer',
      target: 'A/high',
      comment: 'MoC 7',
      oldValue: [{ id: 'A/high', reviewer: null }],
      newValue: { changeCount: 1, changes: [{ id: 'A/high', reviewer: 'ana' }] },
    })
  })

  test('an edit of an older version is 409, one with an unknown attribute 400', async () => {
    const reason = 'MoC 7'
    const edits = [{ id: 'A/high', reviewer: 'ana' }]
    const old = await station.post('alarms.saveDatabase', { edits, reason, version: 'v0' }, as('engineer'))
    expect(old.status).toBe(409)
    const unknown = { edits: [{ id: 'A/high', colour: 'red' }], reason }
    expect((await station.post('alarms.saveDatabase', unknown, as('engineer'))).status).toBe(400)
  })
})

describe('preferences', () => {
  const keep = (name: unknown, value: unknown, role: 'viewer' | 'operator' = 'viewer') =>
    station.post('access.setPreference', { name, value }, as(role))
  const kept = async (role: 'viewer' | 'operator' = 'viewer') =>
    (await station.post('access.preferences', {}, as(role))).body.preferences

  test('each person has their own, under any name', async () => {
    const filter = { text: 'Füller', states: ['shelved'] }
    expect((await keep('alarms.filters', [filter])).status).toBe(200)
    await keep('报警 声音', false)
    expect(await kept()).toEqual({ 'alarms.filters': [filter], '报警 声音': false })
    expect(await kept('operator')).toEqual({})
  })

  test('a name without characters, with control characters, or of more than 64 is 400; so is no value', async () => {
    for (const name of ['', 'a\nb', 'x'.repeat(65), 5]) expect((await keep(name, 1)).status, String(name)).toBe(400)
    expect((await keep('a', undefined)).status).toBe(400)
  })
})
