// What screens keep for each person.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Access, openAccess } from '../../../src-main/access/access.ts'
import { longestPreference, mostPreferences } from '../../../src-main/access/preferences.ts'
import type { Session } from '../../../src-main/access/sessions.ts'
import { openDatabase } from '../../../src-main/storage/database.ts'
import { accessMigrations } from '../../../src-main/storage/migrations/access/access-migrations.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

let folder: string
let access: Access
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-preferences-'))
  access = openAccess({ dataFolder: folder, clock: new FakeClock() })
})
afterEach(() => {
  access.close()
  rmSync(folder, { recursive: true, force: true })
})

async function sessionOf(user: string): Promise<Session> {
  const account = access.accounts.find(user) ?? (await access.accounts.add(user, 'correct horse', ['administrator']))
  return access.sessions.create(account, 'test').session
}

describe('preferences', () => {
  test('they are the person’s: in every session, after a restart, and nobody else’s', async () => {
    access.preferences.set(await sessionOf('ana'), 'alarms.filters', [{ name: '紧急', states: ['shelved'] }])
    access.preferences.set(await sessionOf('ana'), 'sound', false)
    access.preferences.set(await sessionOf('ben'), 'sound', true)
    access.close()
    access = openAccess({ dataFolder: folder, clock: new FakeClock() })
    expect(access.preferences.of(await sessionOf('ana'))).toEqual({
      'alarms.filters': [{ name: '紧急', states: ['shelved'] }],
      sound: false,
    })
    expect(access.preferences.of(await sessionOf('ben'))).toEqual({ sound: true })
  })

  test('a later value replaces the one before, null removes it', async () => {
    const session = await sessionOf('ana')
    access.preferences.set(session, 'a', 1)
    access.preferences.set(session, 'a', { b: null })
    expect(access.preferences.of(session)).toEqual({ a: { b: null } })
    access.preferences.set(session, 'a', null)
    access.preferences.set(session, 'never there', null)
    expect(access.preferences.of(session)).toEqual({})
  })

  test('they go with the account; another of the same name begins without any', async () => {
    await sessionOf('root')
    access.preferences.set(await sessionOf('ana'), 'a', 1)
    access.accounts.remove('ana')
    expect(access.preferences.of(await sessionOf('ana'))).toEqual({})
  })

  test('a value is kept up to 64 kB of UTF-8, one byte more is refused and the old one stays', async () => {
    const session = await sessionOf('ana')
    // With the quotes of JSON: 21,844 characters of three bytes, two of one.
    const longest = `${'阀'.repeat((longestPreference - 4) / 3)}xx`
    access.preferences.set(session, 'a', longest)
    expect(() => access.preferences.set(session, 'a', `${longest}x`)).toThrow('65537 bytes')
    expect(access.preferences.of(session)).toEqual({ a: longest })
  })

  test('a hundred names are kept, the next one is refused until one is removed', async () => {
    const session = await sessionOf('ana')
    for (let index = 0; index < mostPreferences; index++) access.preferences.set(session, `p${index}`, index)
    expect(() => access.preferences.set(session, 'one more', 1)).toThrow('remove one first')
    access.preferences.set(session, 'p7', 'changed')
    access.preferences.set(session, 'p8', null)
    access.preferences.set(session, 'one more', 1)
    expect(Object.keys(access.preferences.of(session))).toHaveLength(mostPreferences)
  })

  test('a session of the first-start code has its own, with the same bounds, and nothing is stored', async () => {
    const { session } = await access.logIn('whoever', access.firstStartCode!, 'test')
    const other = (await access.logIn('whoever', access.firstStartCode!, 'test')).session
    for (let index = 0; index < mostPreferences; index++) access.preferences.set(session, `p${index}`, index)
    expect(() => access.preferences.set(session, 'one more', 1)).toThrow('remove one first')
    access.preferences.set(session, 'p1', null)
    expect(Object.keys(access.preferences.of(session))).toHaveLength(mostPreferences - 1)
    expect(access.preferences.of(other)).toEqual({})
    expect(access.preferences.of(await sessionOf('whoever'))).toEqual({})
  })

  test('a data folder of the schema before gets them, its accounts and sessions stay', async () => {
    access.close()
    rmSync(folder, { recursive: true, force: true })
    const file = join(folder, 'access.sqlite')
    const before = openDatabase({ file, migrations: accessMigrations.slice(0, 1) })
    before.prepare(`INSERT INTO account VALUES ('id1', 'ana', 'ana', 'hash', '["operator"]', 1, 0, 0, NULL)`).run()
    before.close()
    access = openAccess({ dataFolder: folder, clock: new FakeClock() })
    const session = await sessionOf('ana')
    access.preferences.set(session, 'a', 1)
    expect(access.preferences.of(session)).toEqual({ a: 1 })
    expect(session.roles).toEqual(['operator'])
  })
})
