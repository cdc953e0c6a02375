// Writer, files and reader together against a plain list, over crashes at any moment between two steps: live samples, back-fill,
// sealing, commit points, compaction, new segments of the journal. A crash is a copy of the folder as it lies there.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import { defaultHistorySettings, recordedTag } from '../../../../src-main/historian/history-settings.ts'
import { HistoryReader } from '../../../../src-main/historian/reader/history-reader.ts'
import { HistoryWriter } from '../../../../src-main/historian/writer/history-writer.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'
import { ValueBatchBuilder } from '../../../../src-main/shared/value-batch.ts'
import { gaussian, type Random, randomOf } from '../../../../src-main/simulation/random.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

/** Runs with other seeds: LINESIDE_CRASH_RUNS=500 LINESIDE_CRASH_SEED=1000. */
const runs = Number(process.env.LINESIDE_CRASH_RUNS ?? 3)
const firstSeed = Number(process.env.LINESIDE_CRASH_SEED ?? 1)
const stepsPerRun = 400
const weekMs = 7 * 86_400_000

const kinds: readonly DataType[] = ['float64', 'int32', 'bool', 'string', 'float64', 'int64']

interface Truth {
  readonly timestamp: number
  readonly text: string
}

const textOf = (value: TagValue, statusCode: number) =>
  `${typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)} ${statusCode.toString(16)}`

class Station {
  readonly random: Random
  readonly clock = new FakeClock(Date.UTC(2026, 0, 7, 8))
  readonly tags = kinds.map((dataType, handle) => tagDefinition(`${dataType}${handle}`, { dataType }))
  /** By tag, in order of arrival. */
  readonly truth: Truth[][] = kinds.map(() => [])
  /** Live samples come late, or may be Bad. */
  readonly isLate: boolean
  folder = mkdtempSync(join(tmpdir(), 'history-crash-'))
  readonly #folders = [this.folder]
  /** Writers that were left where a crash was played. */
  readonly #left: Promise<void>[] = []
  openedAt = 0
  #files!: HistoryFolder
  #writer!: HistoryWriter
  #views!: HistoryViews
  #reader!: HistoryReader
  readonly settings = {
    ...defaultHistorySettings,
    journalSegmentByteCount: 40_000,
    watermarkMs: 20_000,
    headSampleLimit: 20_000,
  }

  constructor(seed: number) {
    this.random = randomOf(seed, 'crash')
    this.isLate = seed % 2 === 0
    this.open()
  }

  open(): void {
    const { folder, clock, settings } = this
    clock.jump(1)
    this.openedAt = clock.now()
    this.#files = HistoryFolder.open({ folder, logger: silentLogger, partitionLength: 'day' })
    this.#writer = new HistoryWriter({ folder, files: this.#files, settings, clock })
    this.#writer.configure(
      this.tags.map((tag, handle) => recordedTag(handle, tag)!),
      settings,
    )
    const writer = this.#writer
    this.#views = new HistoryViews({ folder })
    this.#reader = new HistoryReader(this.#views, { heads: async (series) => writer.heads(series) })
  }

  /** What lies in the folder now is all that is left. The old writer goes on nowhere. */
  crash(): void {
    const copy = copied(this.folder)
    this.#views.close()
    this.#left.push(this.#writer.close())
    this.folder = this.#folders[this.#folders.length] = copy
    this.open()
  }

  async restart(): Promise<void> {
    this.#views.close()
    await this.#writer.close()
    this.open()
  }

  value(handle: number, mayBeNull: boolean): TagValue {
    const { random } = this
    if (mayBeNull && random() < 0.01) return null
    switch (kinds[handle]!) {
      case 'bool':
        return random() < 0.5
      case 'string':
        return `text ${Math.floor(random() * 50)}`
      case 'int32':
        return Math.round(1000 * gaussian(random))
      case 'int64':
        return random() < 0.7 ? Math.round(100 * random()) : 2n ** 60n + BigInt(Math.floor(random() * 1000))
      default:
        return random() < 0.5 ? Math.round(gaussian(random) * 100) / 100 : gaussian(random)
    }
  }

  statusCode(value: TagValue): number {
    if (value === null) return StatusCodes.BadNoCommunication
    return this.random() < 0.95 ? 0 : this.random() < 0.5 ? StatusCodes.BadSensorFailure : 0x40000000
  }

  async record(): Promise<void> {
    const { random, clock } = this
    const rows = 1 + Math.floor(random() * (random() < 0.1 ? 3000 : 40))
    await clock.advance(rows + Math.floor(random() ** 4 * 30_000))
    const now = clock.now()
    const builder = new ValueBatchBuilder()
    const isShared = random() < 0.2
    for (let row = 0; row < rows; row++) {
      const handle = Math.floor(random() * kinds.length)
      // Mostly as it comes, sometimes all in one ms, sometimes late; after a Bad one nothing older is believed, so either or.
      const lateMs = this.isLate && random() < 0.02 ? Math.floor(random() * 90_000) : 0
      const timestamp = isShared ? now : Math.max(this.openedAt, now - rows + row - lateMs)
      const value = this.value(handle, !this.isLate)
      const statusCode = this.isLate ? StatusCodes.Good : this.statusCode(value)
      builder.add(handle, value, statusCode, timestamp)
      this.truth[handle]!.push({ timestamp, text: textOf(plain(kinds[handle]!, value), statusCode) })
    }
    this.#writer.record(builder.take(), now)
  }

  async write(): Promise<void> {
    const { random, clock } = this
    const handle = Math.floor(random() * kinds.length)
    const count = 1 + Math.floor(random() * (random() < 0.2 ? 6000 : 60))
    const from = clock.now() - Math.floor(random() ** 2 * weekMs)
    const timestamp = new Float64Array(count)
    const value = new Float64Array(count).fill(Number.NaN)
    const statusCode = new Uint32Array(count)
    const others: (TagValue | undefined)[] = new Array(count).fill(undefined)
    const known = this.truth[handle]!
    const written = new Map<number, string>()
    for (let row = 0; row < count; row++) {
      const isOver = known.length > 0 && random() < 0.3
      timestamp[row] = isOver ? known[Math.floor(random() * known.length)]!.timestamp : from - row * 500
      const one = this.value(handle, true)
      statusCode[row] = this.statusCode(one)
      if (typeof one === 'number' || typeof one === 'boolean') value[row] = Number(one)
      else others[row] = one
      written.set(timestamp[row]!, textOf(plain(kinds[handle]!, one), statusCode[row]!))
    }
    const series = recordedTag(handle, this.tags[handle]!)!.series
    const done = this.#writer.write([
      { series, timestamp, value, statusCode, others: others.some((one) => one !== undefined) ? others : null },
    ])
    await done
    this.truth[handle] = [
      ...known.filter((one) => !written.has(one.timestamp)),
      ...Array.from(written, ([at, text]) => ({ timestamp: at, text })),
    ]
  }

  async step(): Promise<void> {
    const chance = this.random()
    if (chance < 0.55) await this.record()
    else if (chance < 0.65) await this.write()
    else if (chance < 0.85) this.#writer.work(1 + Math.floor(this.random() * 20))
    else if (chance < 0.95) this.#writer.tick(this.clock.now())
    else if (chance < 0.96) await this.#writer.synced()
    else if (chance < 0.97) await this.#files.housekeep(this.clock.now(), { retentionMs: null, maximumByteCount: null })
    else if (chance < 0.975) await this.restart()
    else if (chance < 0.99) this.crash()
    else await this.#writer.sealAll()
  }

  /** Sentences about what is not as it must be. */
  async compare(): Promise<string[]> {
    const faults: string[] = []
    for (const [handle, { name }] of this.tags.entries()) {
      const expected = this.truth[handle]!.toSorted((a, b) => a.timestamp - b.timestamp)
      if (expected.length === 0) continue
      const { series } = await this.#reader.read({ tags: [name], from: 0, to: 4e12, mode: 'raw', limit: 1_000_000 })
      const { timestamps, values, statusCodes, others } = series[0]!
      const found: string[] = []
      for (let row = 0; row < timestamps.length; row++) {
        const code = statusCodes[row]!
        // Marks of starts and stops are the recorder's own.
        if (code === StatusCodes.BadNoData || code === StatusCodes.BadShutdown) continue
        found.push(`${timestamps[row]} ${textOf(others?.[row] === undefined ? values[row]! : others[row]!, code)}`)
      }
      const wanted = expected.map(({ timestamp, text }) => `${timestamp} ${text}`)
      const at = wanted.findIndex((text, row) => found[row] !== text)
      if (at >= 0 || found.length !== wanted.length)
        faults.push(
          `${name}: ${found.length} samples instead of ${wanted.length}; number ${at}: ${found[at]} instead of ${wanted[at]}`,
        )
    }
    return faults
  }

  async close(): Promise<void> {
    this.#views.close()
    await Promise.all([...this.#left, this.#writer.close()])
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }
}

/** A file that goes while the folder is copied makes another copy necessary. */
function copied(folder: string): string {
  for (;;) {
    const copy = mkdtempSync(join(tmpdir(), 'history-crash-'))
    try {
      cpSync(folder, copy, { recursive: true })
      return copy
    } catch (error) {
      rmSync(copy, { recursive: true, force: true })
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** As it comes back: booleans are numbers there. */
function plain(kind: DataType, value: TagValue): TagValue {
  return kind === 'bool' && value !== null ? Number(value) : value
}

for (let seed = firstSeed; seed < firstSeed + runs; seed++)
  test(`whatever is done and wherever it is cut off, everything is there once and in order (seed ${seed})`, async () => {
    const station = new Station(seed)
    try {
      for (let step = 0; step < stepsPerRun; step++) {
        await station.step()
        if (step % 40 === 39) expect({ step, faults: await station.compare() }).toEqual({ step, faults: [] })
      }
      station.crash()
      expect(await station.compare()).toEqual([])
    } finally {
      await station.close()
    }
  })
