// The historian judged from outside: a real station, reached over HTTP and MQTT only, beside a record of everything that was sent.
// Short forms; the long ones are in historian-judge.ts.
import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { judgeKills, randomAttempt } from './history-kill.ts'
import { LiveSource } from './history-live-source.ts'
import { HistoryStation, writtenFiles, writtenTags } from './history-station.ts'
import { HistoryTruth } from './history-truth.ts'

const hourMs = 3_600_000
const Good = 0

async function until(isSo: () => boolean | Promise<boolean>, what: string, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`within ${limitMs} ms it did not happen that ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('kill -9 in the middle of heavy recording', () => {
  test('loses nothing that was acknowledged, invents nothing and keeps the order', async () => {
    const verdict = await judgeKills({ rounds: 4, seed: 7, compareAllEvery: 2 })
    expect(verdict.faults).toEqual([])
    expect(verdict.acknowledgedCount).toBeGreaterThan(1000)
    expect(verdict.comparedCount).toBeGreaterThan(verdict.acknowledgedCount / 10)
  }, 120_000)
})

describe('one station', () => {
  const write = (station: HistoryStation, tag: string, timestamps: number[], values: JsonValue[]) =>
    station.process.call('history.write', { series: [{ tag, timestamps, values }] })

  test('keeps live values of one millisecond all in order; back-fill takes the place of all of them', async () => {
    const live = await LiveSource.start(1)
    const station = new HistoryStation({ ...writtenFiles(), ...live.files() })
    try {
      await station.start()
      await until(() => live.isHeard, 'the station listens')
      const begin = Date.now() - 100
      const instant = Date.now() + 50
      for (let message = 0; message < 7; message++) live.publish(instant)
      const rows = async () => {
        const { timestamps, values } = await station.rows('Live.Count0', begin, instant + hourMs)
        return timestamps.map((timestamp, row) => [timestamp, values[row]]).filter(([, value]) => value !== null)
      }
      await until(async () => (await rows()).length === 7, 'seven values are stored')
      expect(await rows()).toEqual([0, 1, 2, 3, 4, 5, 6].map((value) => [instant, value]))
      await write(station, 'Live.Count0', [instant, instant + 1], [100, 101])
      expect(await rows()).toEqual([
        [instant, 100],
        [instant + 1, 101],
      ])
      await station.end('SIGKILL')
      await station.start()
      expect((await rows()).slice(0, 2)).toEqual([
        [instant, 100],
        [instant + 1, 101],
      ])
    } finally {
      await live.close()
      await station.remove()
    }
  })

  test('takes back-fill in any order, also twice in one call, and answers hours of the day on which the clock is put back', async () => {
    const station = new HistoryStation(writtenFiles(), { environment: { TZ: 'Europe/Berlin' } })
    try {
      await station.start()
      // 2025-10-26 has 25 hours in Berlin: 02:30 comes twice.
      const summer = Date.parse('2025-10-26T02:30:00+02:00')
      const winter = Date.parse('2025-10-26T02:30:00+01:00')
      expect(winter - summer).toBe(hourMs)
      await write(station, 'Written.Temperature', [winter, summer, winter], [3, 1, 2])
      const from = '2025-10-26T00:00:00+02:00'
      const to = '2025-10-27T00:00:00+01:00'
      const read = async (mode: 'raw' | 'count', more = {}) => {
        const { body } = await station.process.post('history.read', {
          tags: ['Written.Temperature'],
          from,
          to,
          mode,
          ...more,
        })
        return (body as { series: { timestamps: number[]; values: JsonValue[]; statusCodes: number[] }[] }).series[0]!
      }
      expect(await read('raw')).toMatchObject({
        timestamps: [summer, winter],
        values: [1, 2],
        statusCodes: [Good, Good],
      })
      const hours = await read('count', { intervalMs: hourMs })
      expect(hours.timestamps.length).toBe(25)
      expect(hours.values.map(Number)).toEqual([0, 0, 1, 1, ...new Array(21).fill(0)])
    } finally {
      await station.remove()
    }
  })
})

const fakeTimeLibrary = globSync('/usr/lib/*/faketime/libfaketime.so.1')[0]

describe.skipIf(fakeTimeLibrary === undefined)('a clock that is set (skipped without the package libfaketime)', () => {
  test('back by an hour, forwards by two and over a kill -9 keeps every value', async () => {
    const live = await LiveSource.start(1)
    const clockFile = join(mkdtempSync(join(tmpdir(), 'lineside-clock-')), 'offset')
    const setClock = (seconds: number): void => writeFileSync(clockFile, `${seconds >= 0 ? '+' : ''}${seconds}`)
    setClock(0)
    const files = live.files()
    // Without the source's time stamps: the station's own clock says when.
    files['tags/live.yaml'] = files['tags/live.yaml']!.replaceAll(/\n {4}timestampPath: .*/g, '')
    const station = new HistoryStation(
      { ...writtenFiles(), ...files },
      {
        environment: {
          LD_PRELOAD: fakeTimeLibrary!,
          FAKETIME_TIMESTAMP_FILE: clockFile,
          FAKETIME_NO_CACHE: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          DONT_FAKE_MONOTONIC: '1',
        },
      },
    )
    const begin = Date.now()
    const stored = async (): Promise<number[]> => {
      const { timestamps, values } = await station.rows('Live.Count0', begin - 3 * hourMs, begin + 4 * hourMs)
      expect(timestamps).toEqual(timestamps.toSorted((a, b) => a - b))
      return values.filter((value) => value !== null).map(Number)
    }
    const send = async (count: number): Promise<void> => {
      const before = live.sentCount
      for (let message = 0; message < count; message++) {
        live.publish()
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      await until(async () => (await stored()).length === before + count, `${before + count} values are stored`)
    }
    try {
      await station.start()
      await until(() => live.isHeard, 'the station listens')
      await send(20)
      setClock(-3600)
      await send(20)
      setClock(3600)
      await send(20)
      setClock(-3600)
      await send(20)
      live.ended(false)
      await station.end('SIGKILL')
      await station.start()
      await until(() => live.isHeard, 'the station listens again')
      await send(20)
      setClock(0)
      await send(20)
      const all = await stored()
      expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, number) => number))
      expect((await station.process.call('maintenance.health', {})) as object).toBeDefined()
    } finally {
      await live.close()
      await station.remove()
    }
  }, 120_000)
})

/** True when a file system of its own can be mounted here. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), 'lineside-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe.skipIf(!canMount())('a disk that is full (skipped where no file system can be mounted)', () => {
  const megabyte = 1024 * 1024

  async function onSmallDisk(
    history: string,
    work: (parts: { station: HistoryStation; live: LiveSource; truth: HistoryTruth; disk: string }) => Promise<void>,
  ): Promise<void> {
    const disk = mkdtempSync(join(tmpdir(), 'lineside-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', disk])
    const live = await LiveSource.start(20)
    const station = new HistoryStation(
      { ...writtenFiles(history), ...live.files() },
      { dataFolder: join(disk, 'data') },
    )
    try {
      await work({ station, live, truth: new HistoryTruth(), disk })
    } finally {
      await live.close()
      await station.remove()
      execFileSync('umount', [disk])
      rmSync(disk, { recursive: true, force: true })
    }
  }

  /** Writes until the station refuses; the status of the refusal. */
  async function fill(station: HistoryStation, truth: HistoryTruth, mostWrites: number, seed = 3): Promise<number> {
    const random = randomOf(seed, 'full')
    for (let write = 0; write < mostWrites; write++) {
      const attempts = writtenTags.map(({ tag, dataType }) => randomAttempt(random, tag, dataType))
      const { status } = await station.process.post('history.write', {
        series: attempts.map(({ tag, timestamps, samples }) => ({
          tag,
          timestamps,
          values: samples.map(({ value }) => value),
          statusCodes: samples.map(({ statusCode }) => statusCode),
        })),
      })
      for (const attempt of attempts)
        if (status === 200) truth.acknowledge(attempt)
        else truth.doubt(attempt)
      if (status !== 200) return status
    }
    return 200
  }

  const compareAll = async (station: HistoryStation, truth: HistoryTruth): Promise<string[]> => {
    const faults: string[] = []
    for (const tag of truth.tags)
      faults.push(...truth.compare(tag, await station.rows(tag, 0, Date.now() - 7 * 24 * hourMs)))
    return faults
  }

  test(
    'recording stops and says so where the plant wants that, goes on when there is room, and nothing stored is harmed',
    () =>
      onSmallDisk('history: { whenFull: stop }\n', async ({ station, live, truth, disk }) => {
        const ballast = join(disk, 'ballast')
        writeFileSync(ballast, Buffer.alloc(9 * megabyte))
        await station.start()
        live.begin(20)
        await until(() => live.isHeard, 'the station listens')
        expect(await fill(station, truth, 5000)).toBe(503)
        await until(
          async () => JSON.stringify(await station.process.call('maintenance.health', {})).includes('"full"'),
          'health says full',
        )
        expect(await compareAll(station, truth)).toEqual([])
        rmSync(ballast)
        await until(async () => (await fill(station, truth, 1)) === 200, 'writing goes on')
        await until(
          async () => !JSON.stringify(await station.process.call('maintenance.health', {})).includes('"full"'),
          'health is well again',
        )
        const from = Date.now()
        await until(
          async () => (await station.rows('Live.Count0', from, from + hourMs)).values.some((value) => value !== null),
          'live values are recorded again',
        )
        expect(await compareAll(station, truth)).toEqual([])
        live.ended(false)
        await station.end('SIGKILL')
        await station.start()
        expect(await compareAll(station, truth)).toEqual([])
      }),
    240_000,
  )

  test(
    'the oldest goes where the plant wants that: what is newest stays whole',
    () =>
      onSmallDisk('history: { whenFull: dropOldest }\n', async ({ station, live, truth, disk }) => {
        writeFileSync(join(disk, 'ballast'), Buffer.alloc(9 * megabyte))
        await station.start()
        live.begin(20)
        await until(() => live.isHeard, 'the station listens')
        // Several times what there is room for. Of many small partitions eight go for one call: then it is made again.
        let refused = 0
        for (let calls = 0; calls < 25; calls++) if ((await fill(station, truth, 20, calls)) !== 200) refused++
        expect(refused).toBeLessThan(15)
        const newest = Date.now()
        await station.process.call('history.write', {
          series: [{ tag: 'Written.Temperature', timestamps: [newest - 1, newest], values: [1, 2] }],
        })
        const { values } = await station.rows('Written.Temperature', newest - 1, newest + 1)
        expect(values).toEqual([1, 2])
        expect(
          live
            .compare('Live.Count0', await station.rows('Live.Count0', newest - 2000, newest + hourMs), newest)
            .filter((fault) => !/is lost|is not there/.test(fault)),
        ).toEqual([])
        await station.end('SIGKILL')
        await station.start()
        expect((await station.rows('Written.Temperature', newest - 1, newest + 1)).values).toEqual([1, 2])
      }),
    240_000,
  )
})
