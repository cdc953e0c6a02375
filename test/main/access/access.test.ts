import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Access, openAccess } from '../../../src-main/access/access.ts'
import { failuresBeforeLock, failuresOfSource } from '../../../src-main/access/log-in-throttle.ts'
import { idleMs, longestSessionMs } from '../../../src-main/access/sessions.ts'
import { RuntimeError } from '../../../src-main/shared/runtime-error.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

let folder: string
let clock: FakeClock
let access: Access

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'lineside-access-')), 'data')
  clock = new FakeClock()
  access = openAccess({ dataFolder: folder, clock })
})
afterEach(() => {
  access.close()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const password = 'correct horse'
const addAna = () => access.accounts.add('ana', password, ['administrator'])
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work
    return 'none'
  } catch (error) {
    return error instanceof RuntimeError ? error.code : error
  }
}
const logIn = (user: string, given: string, source = '10.0.0.1') => access.logIn(user, given, source)
const failTimes = async (count: number, user: string, source: string) => {
  for (let n = 0; n < count; n++) await codeOf(logIn(user, 'wrong', source))
}
/** The command line beside the runtime: another connection to the same folder. */
async function elsewhere<T>(work: (other: Access) => Promise<T> | T): Promise<T> {
  const other = openAccess({ dataFolder: folder, clock })
  try {
    return await work(other)
  } finally {
    other.close()
  }
}

describe('first start', () => {
  test('the code logs in any user name as administrator while there is no account', async () => {
    const { session } = await logIn('whoever', access.firstStartCode!)
    expect(session).toMatchObject({ user: 'whoever', roles: ['administrator'], isFirstStart: true })
  })

  test('case and dashes of the code do not count; another code does', async () => {
    const typed = access.firstStartCode!.toLowerCase().replaceAll('-', ' ')
    expect(await codeOf(logIn('ana', typed))).toBe('none')
    expect(await codeOf(logIn('ana', 'AAAA-AAAA-AAAA'))).toBe('BadIdentityTokenRejected')
  })

  test('each start makes another code', async () => {
    const code = access.firstStartCode
    expect(await elsewhere((other) => other.firstStartCode)).not.toBe(code)
  })

  test('the code is worthless as soon as the first account exists, also when another process made it', async () => {
    const code = access.firstStartCode!
    await elsewhere((other) => other.accounts.add('ana', password, ['administrator']))
    expect(access.firstStartCode).toBeNull()
    expect(await codeOf(logIn('ana', code))).toBe('BadIdentityTokenRejected')
    expect(await codeOf(logIn('ana', password))).toBe('none')
  })

  test('its session ends with the day', async () => {
    const { token } = await logIn('ana', access.firstStartCode!)
    expect(access.sessions.authenticate(token)).not.toBeNull()
    clock.jump(12 * 3600_000)
    expect(access.sessions.authenticate(token)).toBeNull()
  })
})

describe('accounts', () => {
  test('names that differ only in case or width are the same person', async () => {
    await addAna()
    expect(await codeOf(access.accounts.add('ANA', password, ['viewer']))).toBe('BadEntryExists')
    expect(await codeOf(access.accounts.add('ＡＮＡ', password, ['viewer']))).toBe('BadEntryExists')
    expect((await logIn('Ana', password)).session.user).toBe('ana')
  })

  // IEC 62443-4-2 CR 1.4: what an old account did must never be taken for the new one's.
  test('a name that is used again is another account', async () => {
    await addAna()
    const first = await access.accounts.add('bo', password, ['viewer'])
    access.accounts.remove('bo')
    const second = await access.accounts.add('bo', password, ['viewer'])
    expect(second.id).not.toBe(first.id)
  })

  test.each(['short', '12345678', 'aaaaaaaaaa', 'operator-ana'])('the password %s is refused', async (weak) => {
    expect(await codeOf(access.accounts.add('operator-ana', weak, ['operator']))).toBe('BadOutOfRange')
  })

  test.each(['secret123', 'a b c d e', '密码密码密码密码', `${'x'.repeat(63)}y`])(
    'the password %s is accepted',
    async (good) => {
      await access.accounts.add('ana', good, ['viewer'])
      expect(await codeOf(logIn('ana', good))).toBe('none')
    },
  )

  test.each(['', 'a\nb', 'a\u0000', '<b>', 'x'.repeat(65), ' ana'])('the user name %j is refused', async (name) => {
    expect(await codeOf(access.accounts.add(name, password, ['viewer']))).toBe('BadInvalidArgument')
  })

  test('nobody can lock out the last administrator', async () => {
    await addAna()
    await access.accounts.add('bo', password, ['operator'])
    expect(() => access.accounts.remove('ana')).toThrow('last enabled administrator')
    expect(await codeOf(access.accounts.change('ana', { enabled: false }))).toBe('BadInvalidState')
    expect(await codeOf(access.accounts.change('ana', { roles: ['viewer'] }))).toBe('BadInvalidState')
    await access.accounts.change('bo', { roles: ['administrator'] })
    expect(await codeOf(access.accounts.change('ana', { roles: ['viewer'] }))).toBe('none')
  })

  test('nothing in the data folder is readable for others, and no password or token stands in it', async () => {
    await addAna()
    access.secrets.set('plc', 'plc-secret-value')
    const { token } = await logIn('ana', password)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const files = readdirSync(folder)
    expect(files).toContain('access.sqlite')
    for (const name of files) {
      const content = readFileSync(join(folder, name))
      expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0)
      for (const text of [password, token, 'plc-secret-value']) expect(content.includes(text), name).toBe(false)
    }
  })
})

describe('sessions', () => {
  test('log-out makes the token worthless', async () => {
    await addAna()
    const { token, session } = await logIn('ana', password)
    expect(access.sessions.authenticate(token)?.user).toBe('ana')
    access.sessions.end(session.id)
    expect(access.sessions.authenticate(token)).toBeNull()
  })

  test('a session ends after a shift without use, and use keeps it', async () => {
    await addAna()
    const { token } = await logIn('ana', password)
    clock.jump(idleMs - 1000)
    expect(access.sessions.authenticate(token)).not.toBeNull()
    clock.jump(idleMs - 1000)
    expect(access.sessions.authenticate(token)).not.toBeNull()
    clock.jump(idleMs)
    expect(access.sessions.authenticate(token)).toBeNull()
  })

  test('however busy, a session ends after a week', async () => {
    await addAna()
    const { token } = await logIn('ana', password)
    for (let elapsed = 0; elapsed < longestSessionMs; elapsed += 6 * 3600_000) {
      expect(access.sessions.authenticate(token)).not.toBeNull()
      clock.jump(6 * 3600_000)
    }
    expect(access.sessions.authenticate(token)).toBeNull()
  })

  test('a session survives a restart of the runtime', async () => {
    await addAna()
    const { token } = await logIn('ana', password)
    access.close()
    access = openAccess({ dataFolder: folder, clock })
    expect(access.sessions.authenticate(token)?.user).toBe('ana')
  })

  test('a disabled account is out at once, another password ends its sessions, removal too', async () => {
    await addAna()
    await access.accounts.add('bo', password, ['operator'])
    const first = await logIn('bo', password)
    await access.accounts.change('bo', { enabled: false })
    expect(access.sessions.authenticate(first.token)).toBeNull()
    expect(await codeOf(logIn('bo', password))).toBe('BadIdentityTokenRejected')
    await access.accounts.change('bo', { enabled: true })
    const second = await logIn('bo', password)
    await access.accounts.change('bo', { newPassword: 'another horse' })
    expect(access.sessions.authenticate(second.token)).toBeNull()
    const third = await logIn('bo', 'another horse')
    access.accounts.remove('bo')
    expect(access.sessions.authenticate(third.token)).toBeNull()
  })

  test('those who hold a session hear of a change by another process within a second', async () => {
    await addAna()
    await access.accounts.add('bo', password, ['operator'])
    const { token } = await logIn('bo', password)
    let heardCount = 0
    access.sessions.onChange(() => heardCount++)
    await clock.advance(2000)
    heardCount = 0
    await elsewhere((other) => other.accounts.change('bo', { enabled: false }))
    await clock.advance(1000)
    expect(heardCount).toBeGreaterThan(0)
    expect(access.sessions.authenticate(token)).toBeNull()
  })

  test('changing the own password keeps this session and ends the others', async () => {
    await addAna()
    const mine = await logIn('ana', password)
    const other = await logIn('ana', password)
    expect(await codeOf(access.changePassword(mine.session, 'wrong', 'another horse', 'here'))).toBe(
      'BadUserAccessDenied',
    )
    await access.changePassword(mine.session, password, 'another horse', 'here')
    expect(access.sessions.authenticate(mine.token)).not.toBeNull()
    expect(access.sessions.authenticate(other.token)).toBeNull()
    expect(await codeOf(logIn('ana', 'another horse'))).toBe('none')
  })

  // A trigger that refuses every write stands for the full disk.
  test('who is logged in can go on when the disk takes nothing more, and it is counted', async () => {
    await addAna()
    const { token } = await logIn('ana', password)
    clock.jump(2 * 60_000)
    const other = new Sqlite(join(folder, 'access.sqlite'))
    other.exec("CREATE TRIGGER full BEFORE UPDATE ON session BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    expect(access.sessions.authenticate(token)?.user).toBe('ana')
    expect(access.sessions.failedWriteCount).toBe(1)
    other.exec('DROP TRIGGER full')
    other.close()
    expect(access.sessions.authenticate(token)?.user).toBe('ana')
    expect(access.sessions.failedWriteCount).toBe(1)
  })

  test('one can log in and out when the disk takes nothing more; the session is stored when it does again', async () => {
    await addAna()
    const before = await logIn('ana', password)
    const other = new Sqlite(join(folder, 'access.sqlite'))
    const refused = ['INSERT ON session', 'UPDATE ON session', 'DELETE ON session', 'UPDATE ON account']
    for (const [index, what] of refused.entries())
      other.exec(`CREATE TRIGGER full${index} BEFORE ${what} BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
    const kept = await logIn('ana', password)
    const ended = await logIn('ana', password)
    access.sessions.end(ended.session.id)
    access.sessions.end(before.session.id)
    expect(access.sessions.authenticate(kept.token)?.user).toBe('ana')
    expect(access.sessions.authenticate(ended.token)).toBeNull()
    expect(access.sessions.authenticate(before.token)).toBeNull()
    for (const index of refused.keys()) other.exec(`DROP TRIGGER full${index}`)
    await clock.advance(61_000)
    expect(access.sessions.authenticate(kept.token)?.user).toBe('ana')
    const stored = other.prepare('SELECT id FROM session').all() as { id: string }[]
    expect(stored.map(({ id }) => id)).toEqual([kept.session.id])
    other.close()
  })

  test('a session that could not be stored ends with another password and with the account', async () => {
    await addAna()
    const other = new Sqlite(join(folder, 'access.sqlite'))
    other.exec("CREATE TRIGGER full BEFORE INSERT ON session BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    const first = await logIn('ana', password)
    const second = await logIn('ana', password)
    await access.accounts.change('ana', { newPassword: 'another horse' })
    expect(access.sessions.authenticate(first.token)).toBeNull()
    expect(access.sessions.authenticate(second.token)).toBeNull()
    other.close()
  })

  test('a closed part leaves no timer', () => {
    access.close()
    expect(clock.pendingCount).toBe(0)
    access = openAccess({ dataFolder: folder, clock })
  })
})

describe('log-in throttling (IEC 62443-4-2 CR 1.11)', () => {
  test('after five wrong passwords the right one is refused too, until the lock is over', async () => {
    await addAna()
    await failTimes(failuresBeforeLock - 1, 'ana', '10.0.0.1')
    expect(await codeOf(logIn('ana', 'wrong'))).toBe('BadIdentityTokenRejected')
    expect(await codeOf(logIn('ana', password))).toBe('BadLocked')
    await clock.advance(30_000)
    expect(await codeOf(logIn('ana', password))).toBe('none')
  })

  test('a user who does not exist is answered in the same way, up to the lock', async () => {
    await addAna()
    const answers: unknown[][] = []
    for (const user of ['ana', 'nobody'])
      answers.push(await Promise.all(Array.from({ length: 8 }, () => codeOf(logIn(user, 'wrong')))))
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toContain('BadLocked')
  })

  test('guessing in parallel is no way around the lock', async () => {
    await addAna()
    const codes = await Promise.all(Array.from({ length: 40 }, () => codeOf(logIn('ana', 'wrong'))))
    expect(codes.filter((code) => code === 'BadIdentityTokenRejected')).toHaveLength(failuresBeforeLock)
  })

  test('a stranger elsewhere does not lock the person out', async () => {
    await addAna()
    await logIn('ana', password, 'control room')
    for (let n = 0; n < 12; n++) await failTimes(5, 'ana', `attacker ${n}`)
    expect(await codeOf(logIn('ana', password, 'control room'))).toBe('none')
    await clock.advance(60_000)
    expect(await codeOf(logIn('ana', password, 'engineer laptop'))).toBe('none')
  })

  test('others on the same station can log in while one is locked', async () => {
    await addAna()
    await access.accounts.add('bo', password, ['operator'])
    await failTimes(10, 'ana', '10.0.0.1')
    expect(await codeOf(logIn('ana', password))).toBe('BadLocked')
    expect(await codeOf(logIn('bo', password))).toBe('none')
  })

  test('a source that tries many names is told to wait', async () => {
    await addAna()
    const codes: unknown[] = []
    for (let n = 0; n <= failuresOfSource; n++) codes.push(await codeOf(logIn(`user${n}`, 'wrong', '10.6.6.6')))
    expect(codes.at(-1)).toBe('BadTooManyOperations')
    expect(await codeOf(logIn('ana', password, '10.0.0.1'))).toBe('none')
  })
})
