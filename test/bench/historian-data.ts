// The mixed data set every figure of the historian is measured on: one hour of a line with 50 devices of 20 tags each (10.08
// million samples, as the batches drivers hand over), and one tag for a year at 1 Hz. Always the same for the same seed.
import type { Samples } from '../../src-main/historian/samples.ts'
import type { TagValue } from '../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import type { DataType, TagDefinition } from '../../src-main/shared/tag.ts'
import type { ValueBatch } from '../../src-main/shared/value-batch.ts'
import { gaussian, type Random, randomOf } from '../../src-main/simulation/random.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'

const deviceCount = 50
const tagsPerDevice = 20
const fastTagsPerDevice = 4
const fastMs = 100
const slowMs = 1000
const jitterMs = 2
/** Bad episodes per device and hour, 5 to 15 s each: 0.1 % of the time. */
const episodesPerHour = 0.36
const defaultSeed = 42

/** A Wednesday morning, far from the edges of day, week and year. */
export const mixedStartTimestamp = Date.UTC(2026, 0, 7, 8)
export const yearStartTimestamp = Date.UTC(2025, 0, 1)
export const yearDays = 365

/** What a tag measures; the share of each in the data set is `perDevice` of 20. */
export type TagClass =
  | 'temperature'
  | 'double'
  | 'float'
  | 'analogueInput'
  | 'integer'
  | 'counter'
  | 'boolean'
  | 'setpoint'

interface ClassDefinition {
  readonly name: TagClass
  readonly perDevice: number
  readonly dataType: DataType
  /** Next value of a tag scanned with this interval. */
  readonly values: (random: Random, intervalMs: number) => () => number
}

const classes: readonly ClassDefinition[] = [
  { name: 'temperature', perDevice: 8, dataType: 'float64', values: temperature },
  { name: 'double', perDevice: 1, dataType: 'float64', values: (random) => () => 50 + 0.17 * gaussian(random) },
  {
    name: 'float',
    perDevice: 1,
    dataType: 'float32',
    values: (random) => () => Math.fround(100 + 0.39 * gaussian(random)),
  },
  { name: 'analogueInput', perDevice: 1, dataType: 'float64', values: analogueInput },
  {
    name: 'integer',
    perDevice: 2,
    dataType: 'int16',
    values: (random) => () => 400 + Math.round(2.2 * gaussian(random)),
  },
  { name: 'counter', perDevice: 2, dataType: 'uint32', values: counter },
  { name: 'boolean', perDevice: 3, dataType: 'bool', values: boolean },
  { name: 'setpoint', perDevice: 2, dataType: 'float64', values: setpoint },
]

/** A slow walk with a little noise of the sensor, two decimals. */
function temperature(random: Random): () => number {
  const rest = 20 + 60 * random()
  let level = rest
  return () => {
    level += 0.012 * gaussian(random) + (rest - level) * 1e-5
    return Math.round((level + 0.007 * gaussian(random)) * 100) / 100
  }
}

/** Counts of a 4–20 mA input card times the gain of its range: never a round decimal. */
function analogueInput(random: Random): () => number {
  const gain = (10 + 90 * random()) / 27_648
  return () => (13_000 + Math.round(4 * gaussian(random))) * gain
}

/** Parts, about one in 12 s. */
function counter(random: Random, intervalMs: number): () => number {
  let count = Math.floor(random() * 100_000)
  return () => {
    if (random() < intervalMs / 12_000) count++
    return count
  }
}

/** Changes about once in ten minutes. */
function boolean(random: Random, intervalMs: number): () => number {
  let state = random() < 0.5 ? 0 : 1
  return () => {
    if (random() < intervalMs / 600_000) state = 1 - state
    return state
  }
}

/** Somebody or a recipe gives another one about every 20 minutes. */
function setpoint(random: Random, intervalMs: number): () => number {
  let value = Math.round(random() * 1000) / 10
  return () => {
    if (random() < intervalMs / 1_200_000) value = Math.round(random() * 1000) / 10
    return value
  }
}

/** A time in which a device gives nothing good. */
interface Episode {
  readonly from: number
  readonly to: number
  readonly statusCode: number
  /** False: Bad without a value, as of a device that does not answer; true: the value stands there, but is not to be trusted. */
  readonly keepsValue: boolean
}

/** Rows that always come together: the tags of one device with one scan rate share each scan's time stamp. */
interface ScanGroup {
  readonly handles: readonly number[]
  readonly intervalMs: number
  readonly phaseMs: number
  readonly timestamp: Float64Array
  /** Of each scan. */
  readonly statusCode: Uint32Array
  readonly keepsValue: Uint8Array
}

/** One tag of the data set; its place in the list is its handle. */
export interface MixedTag {
  readonly handle: number
  readonly name: string
  readonly class: TagClass
  readonly dataType: DataType
  readonly device: string
  readonly scanIntervalMs: number
}

/** The hour as columns per tag (96 MB); batches are made while they are asked for. */
export class MixedHour {
  readonly seconds: number
  readonly tags: readonly MixedTag[]
  readonly startTimestamp = mixedStartTimestamp
  readonly endTimestamp: number
  readonly pointCount: number
  readonly #groups: readonly ScanGroup[]
  readonly #groupOf: readonly ScanGroup[]
  readonly #values: readonly Float64Array[]

  /** `seconds`: less than the hour for quick runs; the beginning is the same. */
  constructor(options: { seed?: number; seconds?: number } = {}) {
    const seed = options.seed ?? defaultSeed
    this.seconds = options.seconds ?? 3600
    this.endTimestamp = this.startTimestamp + this.seconds * 1000
    this.tags = mixedTags()
    this.#groups = scanGroups(seed, this.tags, this.seconds)
    const groupOf: ScanGroup[] = []
    for (const group of this.#groups) for (const handle of group.handles) groupOf[handle] = group
    this.#groupOf = groupOf
    this.#values = this.tags.map((tag) => valuesOf(seed, tag, groupOf[tag.handle]!.timestamp.length))
    this.pointCount = this.#values.reduce((sum, values) => sum + values.length, 0)
  }

  /** Definitions as a plant would have them, in order of the handles. */
  definitions(): TagDefinition[] {
    return this.tags.map((tag) =>
      tagDefinition(tag.name, { dataType: tag.dataType, device: tag.device, scanIntervalMs: tag.scanIntervalMs }),
    )
  }

  /** Everything of one tag, in order of time: what a historian has to give back. */
  samples(handle: number): Samples {
    const { timestamp, statusCode: ofScan, keepsValue } = this.#groupOf[handle]!
    const value = this.#values[handle]!.slice()
    const statusCode = ofScan.slice()
    let others: (TagValue | undefined)[] | null = null
    for (let row = 0; row < value.length; row++) {
      if (statusCode[row] === StatusCodes.Good || keepsValue[row] === 1) continue
      value[row] = Number.NaN
      others ??= []
      others[row] = null
    }
    return { count: value.length, timestamp: timestamp.slice(), value, statusCode, others }
  }

  /**
   * The hour as it arrives: one batch for every `spanMs` (100 or 1000: 280 or 2,800 rows), scans in order of their time, the
   * same handle column again and again. Every batch has columns of its own.
   */
  *batches(spanMs: 100 | 1000 = 1000): Generator<ValueBatch> {
    const scans = this.#scansOfASecond()
    for (let second = 0; second < this.seconds; second++)
      for (let from = 0; from < slowMs; from += spanMs)
        yield this.#batch(
          second,
          scans.filter((scan) => scan.offsetMs >= from && scan.offsetMs < from + spanMs),
        )
  }

  #scansOfASecond(): { group: ScanGroup; offsetMs: number; within: number }[] {
    return this.#groups
      .flatMap((group) =>
        Array.from({ length: slowMs / group.intervalMs }, (_, within) => ({
          group,
          within,
          offsetMs: group.phaseMs + within * group.intervalMs,
        })),
      )
      .sort((a, b) => a.offsetMs - b.offsetMs)
  }

  #batch(second: number, scans: readonly { group: ScanGroup; within: number }[]): ValueBatch {
    const count = scans.reduce((sum, { group }) => sum + group.handles.length, 0)
    const handle = new Uint32Array(count)
    const value = new Float64Array(count)
    const statusCode = new Uint32Array(count)
    const sourceTimestamp = new Float64Array(count)
    let others: (TagValue | undefined)[] | null = null
    let row = 0
    for (const { group, within } of scans) {
      const scan = (second * slowMs) / group.intervalMs + within
      const isBare = group.statusCode[scan] !== StatusCodes.Good && group.keepsValue[scan] === 0
      for (const tag of group.handles) {
        handle[row] = tag
        sourceTimestamp[row] = group.timestamp[scan]!
        statusCode[row] = group.statusCode[scan]!
        value[row] = isBare ? Number.NaN : this.#values[tag]![scan]!
        if (isBare) {
          others ??= []
          others[row] = null
        }
        row++
      }
    }
    return { count, handle, value, statusCode, sourceTimestamp, others }
  }
}

function mixedTags(): MixedTag[] {
  const tags: MixedTag[] = []
  for (let device = 0; device < deviceCount; device++) {
    let place = 0
    for (const { name, perDevice, dataType } of classes)
      for (let number = 1; number <= perDevice; number++) {
        // The fast ones are others from device to device, so that every class has its fifth of fast tags.
        const isFast = (place + device) % (tagsPerDevice / fastTagsPerDevice) === 0
        tags.push({
          handle: tags.length,
          name: `Line.Unit${device + 1}.${name}${number}`,
          class: name,
          dataType,
          device: `plc${device + 1}`,
          scanIntervalMs: isFast ? fastMs : slowMs,
        })
        place++
      }
  }
  return tags
}

function scanGroups(seed: number, tags: readonly MixedTag[], seconds: number): ScanGroup[] {
  const groups: ScanGroup[] = []
  for (let device = 0; device < deviceCount; device++) {
    const ofDevice = tags.filter((tag) => tag.device === `plc${device + 1}`)
    const episodes = episodesOf(randomOf(seed, `episodes ${device}`), mixedStartTimestamp, seconds)
    for (const intervalMs of [fastMs, slowMs]) {
      const phaseMs = (device * intervalMs) / deviceCount
      const random = randomOf(seed, `scan ${device} ${intervalMs}`)
      const timestamp = new Float64Array((seconds * 1000) / intervalMs)
      for (let scan = 0; scan < timestamp.length; scan++)
        timestamp[scan] = mixedStartTimestamp + phaseMs + scan * intervalMs + jitter(random)
      const handles = ofDevice.filter((tag) => tag.scanIntervalMs === intervalMs).map((tag) => tag.handle)
      groups.push({ handles, intervalMs, phaseMs, timestamp, ...qualityOf(timestamp, episodes) })
    }
  }
  return groups
}

function jitter(random: Random): number {
  return Math.max(-20, Math.min(20, Math.round(jitterMs * gaussian(random))))
}

function valuesOf(seed: number, tag: MixedTag, count: number): Float64Array {
  const next = classes
    .find(({ name }) => name === tag.class)!
    .values(randomOf(seed, `values ${tag.name}`), tag.scanIntervalMs)
  const values = new Float64Array(count)
  for (let row = 0; row < count; row++) values[row] = next()
  return values
}

function episodesOf(random: Random, start: number, seconds: number): Episode[] {
  const episodes: Episode[] = []
  for (let hour = 0; hour < Math.ceil(seconds / 3600); hour++) {
    const [chance, at, length, kind] = [random(), random(), random(), random()]
    if (chance >= episodesPerHour) continue
    const from = start + (hour + at) * 3_600_000
    const keepsValue = kind < 0.5
    const statusCode = keepsValue ? StatusCodes.BadSensorFailure : StatusCodes.BadNoCommunication
    episodes.push({ from, to: from + 5000 + length * 10_000, statusCode, keepsValue })
  }
  return episodes
}

function qualityOf(
  timestamp: Float64Array,
  episodes: readonly Episode[],
): { statusCode: Uint32Array; keepsValue: Uint8Array } {
  const statusCode = new Uint32Array(timestamp.length)
  const keepsValue = new Uint8Array(timestamp.length)
  if (episodes.length > 0)
    for (let row = 0; row < timestamp.length; row++) {
      const episode = episodes.find(({ from, to }) => timestamp[row]! >= from && timestamp[row]! < to)
      if (episode === undefined) continue
      statusCode[row] = episode.statusCode
      keepsValue[row] = episode.keepsValue ? 1 : 0
    }
  return { statusCode, keepsValue }
}

/** The tag of the year: a temperature at 1 Hz, 31.5 million samples in 365 days. */
export const yearTag = tagDefinition('Line.Hall.temperature', { dataType: 'float64', device: 'plc51' })

/** The year of one tag, day by day (86,400 samples each), in order of time. */
export function* yearOfOneTag(options: { seed?: number; days?: number } = {}): Generator<Samples> {
  const seed = options.seed ?? defaultSeed
  const scan = randomOf(seed, 'scan year')
  const next = temperature(randomOf(seed, 'values year'))
  const episodeRandom = randomOf(seed, 'episodes year')
  for (let day = 0; day < (options.days ?? yearDays); day++) {
    const start = yearStartTimestamp + day * 86_400_000
    const count = 86_400
    const timestamp = new Float64Array(count)
    const value = new Float64Array(count)
    for (let row = 0; row < count; row++) {
      timestamp[row] = start + 500 + row * 1000 + jitter(scan)
      value[row] = next()
    }
    const { statusCode, keepsValue } = qualityOf(timestamp, episodesOf(episodeRandom, start, 86_400))
    let others: (TagValue | undefined)[] | null = null
    for (let row = 0; row < count; row++)
      if (statusCode[row] !== StatusCodes.Good && keepsValue[row] === 0) {
        value[row] = Number.NaN
        others ??= []
        others[row] = null
      }
    yield { count, timestamp, value, statusCode, others }
  }
}

/** The year as batches of handle 0, `rows` (a divisor of 86,400) in each: back-fill that arrives in order. */
export function* yearBatches(options: { days?: number; rows?: number } = {}): Generator<ValueBatch> {
  const rows = options.rows ?? 10_800
  for (const day of yearOfOneTag(options))
    for (let from = 0; from < day.count; from += rows)
      yield {
        count: rows,
        handle: new Uint32Array(rows),
        value: day.value.slice(from, from + rows),
        statusCode: day.statusCode.slice(from, from + rows),
        sourceTimestamp: day.timestamp.slice(from, from + rows),
        others: day.others === null ? null : Array.from({ length: rows }, (_, row) => day.others![from + row]),
      }
}
