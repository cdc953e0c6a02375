import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stateFolder } from '../../../../src-main/identifiers/store/state-folder.ts'
import { readNote } from '../../../../src-main/identifiers/store/witness-note.ts'
import { IdentityStation, identifierScheme } from '../../../fakes/identity-station.ts'

let station: IdentityStation
beforeEach(() => {
  station = new IdentityStation()
})
afterEach(() => station.remove())

const refusal = () => station.store.pools()[0]!.refusal
const counterOf = (identifier: string) => Number(identifier.slice(-8))
const expectStopped = (because: RegExp) => {
  expect(refusal()).toMatch(because)
  expect(() => station.allocate()).toThrow(expect.objectContaining({ code: 'BadInvalidState' }))
  expect(station.store.stops()).toHaveLength(1)
}
const releaseAndAllocate = () => {
  station.store.releasePool({ scheme: 'case', user: 'ana', reason: 'looked at the labels' })
  return counterOf(station.allocate()[0]!)
}

describe('what is no reason to stop', () => {
  test.each(['end', 'kill'] as const)(
    'a station that is started again after %s goes on with the next serial',
    (how) => {
      for (let start = 0; start < 5; start++) {
        expect(station.allocate(700).map(counterOf)[0]).toBe(start * 700 + 1)
        station[how]()
        expect(refusal()).toBeNull()
      }
    },
  )

  test('a data folder that was moved away', () => {
    station.allocate(10)
    station.end()
    const moved = join(station.root, 'moved')
    renameSync(station.dataFolder, moved)
    station.dataFolder = moved
    expect(refusal()).toBeNull()
    expect(station.allocate().map(counterOf)).toEqual([11])
  })

  test('a new station, and one that never gave out anything', () => {
    expect(refusal()).toBeNull()
    station.end()
    expect(readdirSync(station.root)).toEqual(['data'])
    expect(readdirSync(station.dataFolder)).toEqual(['identifiers.sqlite'])
    rmSync(station.dataFolder, { recursive: true })
    expect(refusal()).toBeNull()
  })

  test('a witness beside the database that was deleted or damaged, while the one outside is well', () => {
    for (const spoil of [
      (file: string) => rmSync(file),
      (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('1000', '2000')),
      (file: string) => writeFileSync(file, ''),
    ]) {
      station.allocate(10)
      station.end()
      spoil(join(station.dataFolder, 'identifiers.witness.json'))
      expect(refusal()).toBeNull()
    }
  })

  test('a user without a folder for states: the witness beside the database is kept, and it is said', () => {
    writeFileSync(join(station.root, 'state'), 'a file, no folder')
    station.allocate(10)
    expect(station.store.witnessFault).toMatch(/could not be written/)
    station.database.pragma('wal_checkpoint(TRUNCATE)')
    const copy = station.copyOf(station.dataFolder, 'copy')
    station.allocate(2000)
    station.end()
    expect(refusal()).toBeNull()
    // The database alone is restored.
    station.end()
    renameSync(join(copy, 'identifiers.sqlite'), station.file)
    expectStopped(/the witness beside it knows more/)
  })
})

describe('an older state that came back', () => {
  /** A copy that was made while the station ran: as backups are. */
  const backUp = () => {
    station.database.pragma('wal_checkpoint(TRUNCATE)')
    return station.copyOf(station.dataFolder, 'backup')
  }

  test.each([3, 5000])('the database only, %i serials later', (later) => {
    station.allocate(10)
    const backup = backUp()
    for (let left = later; left > 0; left -= 1000) station.allocate(Math.min(left, 1000))
    station.end()
    renameSync(join(backup, 'identifiers.sqlite'), station.file)
    expectStopped(/as from a backup: the witness outside of the data folder knows more/)
    expect(releaseAndAllocate()).toBeGreaterThan(10 + later)
    expect(refusal()).toBeNull()
  })

  test.each([3, 5000])('the whole data folder, %i serials later', (later) => {
    station.allocate(10)
    const backup = backUp()
    for (let left = later; left > 0; left -= 1000) station.allocate(Math.min(left, 1000))
    station.end()
    station.restore(backup)
    expectStopped(/as from a backup: the witness outside of the data folder knows more/)
    expect(releaseAndAllocate()).toBeGreaterThan(10 + later)
  })

  test('the whole data folder with another path', () => {
    station.allocate(10)
    const backup = backUp()
    station.allocate(500)
    station.end()
    rmSync(station.dataFolder, { recursive: true })
    station.dataFolder = backup
    expectStopped(/as from a backup/)
    expect(releaseAndAllocate()).toBeGreaterThan(510)
  })

  test('after a kill, when all of it happened within one step and one run', async () => {
    station.allocate(10)
    const backup = backUp()
    station.allocate(3)
    await station.clock.advance(1)
    station.kill()
    station.restore(backup)
    expectStopped(/it has lost what it had committed/)
    expect(releaseAndAllocate()).toBeGreaterThan(13)
  })

  test('stays found out when the station is killed before anybody released it', () => {
    station.allocate(10)
    const backup = backUp()
    station.allocate(500)
    station.end()
    station.restore(backup)
    expectStopped(/as from a backup/)
    station.kill()
    expectStopped(/as from a backup/)
    expect(releaseAndAllocate()).toBeGreaterThan(510)
    station.kill()
    expect(refusal()).toBeNull()
  })

  test('twice: once released, the same backup is found out again', () => {
    station.allocate(10)
    const backup = backUp()
    station.allocate(500)
    station.end()
    station.restore(backup)
    const first = releaseAndAllocate()
    station.end()
    station.restore(backup)
    expectStopped(/as from a backup/)
    expect(releaseAndAllocate()).toBeGreaterThan(first)
  })

  test('periods that the backup knows nothing of are gone over too', () => {
    const daily = identifierScheme({ kind: 'opaque', template: '{date:yyMMdd}-{counter:06}', reset: 'day' })
    station.schemes = [daily]
    station.allocate(10)
    const backup = backUp()
    station.clock.jump(86_400_000)
    const given = station.allocate(10)
    station.end()
    station.restore(backup)
    expectStopped(/as from a backup/)
    station.store.releasePool({ scheme: 'case', user: 'ana', reason: 'x' })
    expect(given).not.toContain(station.allocate()[0])
  })

  test('of a pool with few serials a few are passed over', () => {
    station.schemes = [identifierScheme({ last: 100 })]
    station.allocate(10)
    const backup = backUp()
    station.allocate(5)
    station.end()
    station.restore(backup)
    expect(releaseAndAllocate()).toBe(17)
  })

  test('what was passed over is in the gap report with its reason', () => {
    station.allocate(10)
    const backup = backUp()
    station.allocate(500)
    station.end()
    station.restore(backup)
    releaseAndAllocate()
    const { gaps } = station.store.gaps({ scheme: 'case', limit: 100 })
    expect(gaps).toHaveLength(12)
    expect(gaps[10]).toMatchObject({ identifier: '', counter: 11, lastCounter: 1000, state: 'invalidated' })
    expect(gaps[10]!.reason).toMatch(/^Passed over: an older state/)
  })

  test('a label of the lost state that is scanned is taken up as encoded', () => {
    station.allocate(10)
    const backup = backUp()
    const lost = station.allocate(500)
    station.end()
    station.restore(backup)
    releaseAndAllocate()
    expect(station.store.seen(lost[7]!, 'gs1')).toMatchObject({ scheme: 'case', counter: 18, state: 'encoded' })
    expect(refusal()).toBeNull()
  })
})

describe('a database that is gone', () => {
  test('deleted alone: the witness beside it tells', () => {
    station.allocate(10)
    station.end()
    rmSync(station.file)
    expectStopped(/the database of identifiers was deleted/)
    expect(releaseAndAllocate()).toBeGreaterThan(10)
  })

  test('deleted with its folder: the witness outside tells', () => {
    station.allocate(10)
    station.end()
    rmSync(station.dataFolder, { recursive: true })
    expectStopped(/the database of identifiers was deleted/)
    expect(releaseAndAllocate()).toBeGreaterThan(10)
    station.end()
    expect(refusal()).toBeNull()
  })

  test('on a machine that knows nothing of it: whether it is the newest cannot be told', () => {
    station.allocate(10)
    station.end()
    rmSync(station.stateFolder!, { recursive: true })
    expectStopped(/the database came to this machine or user/)
    station.store.releasePool({ scheme: 'case', user: 'ana', reason: 'moved', next: 5000 })
    expect(counterOf(station.allocate()[0]!)).toBe(5000)
    station.end()
    expect(refusal()).toBeNull()
  })
})

describe('a second copy of the station on the same machine', () => {
  test('gives out nothing while the first is there, and the first goes on', () => {
    station.allocate(10)
    const copy = new IdentityStation()
    copy.dataFolder = station.copyOf(station.dataFolder, 'copy')
    copy.stateFolder = station.stateFolder
    try {
      expect(() => copy.allocate()).toThrow('this is a second copy of the station in')
      expect(station.allocate(3000).map(counterOf).at(-1)).toBe(3010)
      copy.end()
      expect(() => copy.allocate()).toThrow('this is a second copy of the station in')
      station.end()
      expect(refusal()).toBeNull()
    } finally {
      copy.remove()
    }
  })

  test('that a person releases takes over, and the first one gives out nothing beyond its step', async () => {
    station.allocate(10)
    const copy = new IdentityStation()
    copy.dataFolder = station.copyOf(station.dataFolder, 'copy')
    copy.stateFolder = station.stateFolder
    try {
      expect(copy.store.pools()[0]!.refusal).toMatch(/second copy/)
      copy.store.releasePool({ scheme: 'case', user: 'ana', reason: 'the other is switched off' })
      const taken = copy.allocate(10)
      await copy.clock.advance(1)
      const own = station.allocate(990)
      expect(own.filter((identifier) => taken.includes(identifier))).toEqual([])
      expect(() => station.allocate()).toThrow('Another copy of this station')
      station.end()
      expect(refusal()).toMatch(/second copy/)
    } finally {
      copy.remove()
    }
  })
})

describe('a scan of a serial that was never given out', () => {
  test('stops the pool, which goes on behind it when a person releases it', () => {
    station.allocate(10)
    station.store.seen('(01)09521234543213(21)00000042', 'gs1')
    expectStopped(/00000042 was seen, whose counter 42 was never given out here/)
    expect(releaseAndAllocate()).toBe(43)
  })

  test('also when it places a part', () => {
    station.allocate(10)
    const identifier = '(01)09521234543213(21)00000042'
    station.store.place({ identifier, kind: 'gs1', equipment: 'Packer', enteredTimestamp: 0, leftTimestamp: null })
    expectStopped(/never given out/)
  })

  test('a person may say that it was misread', () => {
    station.allocate(10)
    station.store.seen('(01)09521234543213(21)99999999', 'gs1')
    expect(() => releaseAndAllocate()).toThrow('Say the counter it goes on with, from 11.')
    expect(() => station.store.releasePool({ scheme: 'case', user: 'ana', reason: 'x', next: 10 })).toThrow(
      'a counter never goes back',
    )
    station.store.releasePool({ scheme: 'case', user: 'ana', reason: 'a misread label', next: 11 })
    expect(station.allocate().map(counterOf)).toEqual([11])
  })

  test('an own serial that was given out, one below the first, and one of somebody else stop nothing', () => {
    station.schemes = [identifierScheme({ first: 5 })]
    const [own] = station.allocate()
    station.store.seen(own!, 'gs1')
    station.store.seen('(01)09521234543213(21)00000004', 'gs1')
    station.store.seen('(01)09521234543206(21)00000042', 'gs1')
    expect(refusal()).toBeNull()
    expect(() => station.store.releasePool({ scheme: 'case', user: 'ana', reason: 'x' })).toThrow('is not stopped')
  })
})

describe('a disk that is full', () => {
  test('for the database: nothing is given out, and the next serial is the same when there is room again', () => {
    station.allocate(10)
    const pages = Number(station.database.pragma('page_count', { simple: true }))
    station.database.pragma(`max_page_count = ${pages}`)
    let refused: unknown
    let last = 10
    try {
      for (let times = 0; times < 50; times++) last = counterOf(station.allocate(100).at(-1)!)
    } catch (error) {
      refused = error
    }
    expect(refused).toMatchObject({ code: 'BadResourceUnavailable' })
    expect(String(refused)).toMatch(/giving out identifiers failed: database or disk is full/)
    expect(station.store.pools()[0]!.next).toBe(last + 1)
    station.database.pragma('max_page_count = 1000000')
    expect(counterOf(station.allocate()[0]!)).toBe(last + 1)
  })

  test('for the witness: nothing is given out beyond what it knows, and it is said', () => {
    station.allocate(10)
    station.allocate(990)
    // A folder in its place cannot be replaced by a file.
    const [file] = readdirSync(station.stateFolder!).filter((name) => name.endsWith('.json'))
    const path = join(station.stateFolder!, file!)
    mkdirSync(`${path}.new`)
    expect(() => station.allocate()).toThrow(/how far the counters may go could not be written down/)
    expect(station.store.pools()[0]!.next).toBe(1001)
    rmSync(`${path}.new`, { recursive: true })
    expect(counterOf(station.allocate()[0]!)).toBe(1001)
  })

  test('at the start: reading goes on, and giving out does as soon as it can', () => {
    station.allocate(10)
    station.end()
    const [file] = readdirSync(station.stateFolder!).filter((name) => name.endsWith('.json'))
    const blocked = `${join(station.stateFolder!, file!)}.new`
    mkdirSync(blocked)
    expect(refusal()).toMatch(/the witness of identifiers cannot be kept/)
    expect(station.store.search({ limit: 20 }).records).toHaveLength(10)
    rmSync(blocked, { recursive: true })
    expect(counterOf(station.allocate()[0]!)).toBe(11)
  })
})

test('the notes are for their owner alone, name no identifiers, and are the same in both places', () => {
  station.allocate(10)
  station.end()
  const beside = join(station.dataFolder, 'identifiers.witness.json')
  const outside = join(station.stateFolder!, readdirSync(station.stateFolder!).find((name) => name.endsWith('.json'))!)
  expect(readNote(beside)).toEqual(readNote(outside))
  expect(readNote(beside)).toMatchObject({
    kind: 'note',
    note: { before: [], pools: [{ scheme: 'case', upTo: 1000 }] },
  })
  expect(existsSync(`${beside}.new`)).toBe(false)
  if (process.platform !== 'win32') expect(statSync(outside).mode & 0o777).toBe(0o600)
})

test('the folder for states is the one of the operating system', () => {
  expect(stateFolder({ LINESIDE_STATE: '/s' }, 'linux', '/home/ana')).toBe('/s')
  expect(stateFolder({ XDG_STATE_HOME: '/x' }, 'linux', '/home/ana')).toBe('/x/lineside')
  expect(stateFolder({}, 'linux', '/home/ana')).toBe('/home/ana/.local/state/lineside')
  expect(stateFolder({}, 'darwin', '/Users/ana')).toBe('/Users/ana/Library/Application Support/Lineside')
  expect(stateFolder({ LOCALAPPDATA: '/l' }, 'win32', '/u')).toBe(join('/l', 'Lineside'))
  expect(stateFolder({}, 'linux', '')).toBeNull()
})
