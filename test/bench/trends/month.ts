// A plant of 1,000 tags scanned once a second for as long as wanted, made of formulas: any sample of any tag is known without
// the ones before it, so what a screen shows of a month can be compared with what was recorded.
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { HistoryFolder } from '../../../src-main/historian/files/history-folder.ts'
import { defaultHistorySettings, recordedTag } from '../../../src-main/historian/history-settings.ts'
import { HistoryWriter } from '../../../src-main/historian/writer/history-writer.ts'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { DataType } from '../../../src-main/shared/tag.ts'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

export const tagsPerDevice = 20
const scanMs = 1000
const daySeconds = 86_400
/** A single sample far above its neighbours comes about once in so many seconds. */
const peakEvery = 20_011
/** One of so many hours of a device has an episode without good values. */
const episodeEvery = 3
const spotSeconds = 617
const setpointSeconds = 1213
/** The longest time for which the event loop is not turned to while loading; ms. */
const turnMs = 20
const tickMs = 1000

export type MonthClass = 'temperature' | 'pressure' | 'analogue' | 'integer' | 'counter' | 'boolean' | 'setpoint'

/** Class of each of the 20 tags of a device. */
const places: readonly MonthClass[] = [
  ...Array<MonthClass>(9).fill('temperature'),
  'pressure',
  'analogue',
  'integer',
  'integer',
  'counter',
  'counter',
  'boolean',
  'boolean',
  'boolean',
  'setpoint',
  'setpoint',
]

const dataTypes: Readonly<Record<MonthClass, DataType>> = {
  temperature: 'float64',
  pressure: 'float32',
  analogue: 'float64',
  integer: 'int16',
  counter: 'uint32',
  boolean: 'bool',
  setpoint: 'float64',
}

export interface MonthTag {
  readonly handle: number
  readonly name: string
  readonly class: MonthClass
  readonly dataType: DataType
  readonly device: number
}

/** One sample; `value` null: Bad without a value. */
export interface MonthSample {
  readonly timestamp: number
  readonly value: number | null
  readonly statusCode: number
}

/** The tags, whose place in the list is their handle. */
export function monthTags(count: number): MonthTag[] {
  return Array.from({ length: count }, (_, handle) => {
    const device = Math.floor(handle / tagsPerDevice)
    const kind = places[handle % tagsPerDevice]!
    const name = `Line.Unit${device + 1}.${kind}${(handle % tagsPerDevice) + 1}`
    return { handle, name, class: kind, dataType: dataTypes[kind], device }
  })
}

/** When the device's scan of this second (since 1970) was; jitter of ± 2 ms. */
export function scanTimestamp(device: number, second: number): number {
  return second * scanMs + (device % 50) * 10 + 250 + ((mixed(device, second) >>> 4) % 5) - 2
}

/** What the tag's sample of this second is. */
export function monthSample(tag: MonthTag, second: number): MonthSample {
  const statusCode = scanStatus(tag.device, second)
  const timestamp = scanTimestamp(tag.device, second)
  if (statusCode === StatusCodes.BadNoCommunication) return { timestamp, value: null, statusCode }
  return { timestamp, value: numberOf(tag, second, waves(second)), statusCode }
}

/** Good but for episodes of 5 to 20 s, at most one in an hour of a device. */
export function scanStatus(device: number, second: number): number {
  const hour = Math.floor(second / 3600)
  const chance = mixed(device + 7919, hour)
  if (chance % episodeEvery !== 0) return StatusCodes.Good
  const begin = (chance >>> 8) % 3580
  const length = 5 + ((chance >>> 20) % 15)
  const within = second - hour * 3600
  if (within < begin || within >= begin + length) return StatusCodes.Good
  return (chance & 64) === 0 ? StatusCodes.BadNoCommunication : StatusCodes.BadSensorFailure
}

interface Waves {
  readonly day: readonly [number, number]
  readonly batch: readonly [number, number]
}

function waves(second: number): Waves {
  const day = (second / daySeconds) * 2 * Math.PI
  const batch = (second / 1709) * 2 * Math.PI
  return { day: [Math.sin(day), Math.cos(day)], batch: [Math.sin(batch), Math.cos(batch)] }
}

function numberOf({ handle, class: kind }: MonthTag, second: number, { day, batch }: Waves): number {
  const random = mixed(handle, second)
  // Sum of four bytes: near enough to a bell, 0 ± 2.
  const noise = ((random & 255) + ((random >>> 8) & 255) + ((random >>> 16) & 255) + (random >>> 24) - 510) / 255
  const slant = (handle % 17) / 17
  switch (kind) {
    case 'temperature': {
      const level =
        40 + (handle % 31) + 8 * (day[0] * (1 - slant) + day[1] * slant) + 1.5 * (batch[0] * slant + batch[1])
      const peak = random % peakEvery === 0 ? 50 : 0
      return Math.round((level + peak + 0.01 * noise) * 100) / 100
    }
    case 'pressure':
      return Math.fround(100 + 5 * day[1] + 0.4 * noise)
    case 'analogue':
      return (13_000 + Math.round(2000 * batch[0] + 4 * noise)) * ((10 + (handle % 90)) / 27_648)
    case 'integer':
      return 400 + Math.round(20 * day[0] + 2.2 * noise)
    case 'counter':
      return Math.floor((second % (30 * daySeconds)) / 12) + handle
    case 'boolean':
      return mixed(handle + 104_729, Math.floor((second + handle) / spotSeconds)) & 1
    case 'setpoint':
      return (mixed(handle + 15_485, Math.floor((second + handle) / setpointSeconds)) % 1000) / 10
  }
}

/** 32 bits that look random. */
function mixed(a: number, b: number): number {
  let x = (Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b)) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** One batch for each second, as the historian gets them. */
export function monthBatch(tags: readonly MonthTag[], handle: Uint32Array, second: number): ValueBatch {
  const count = tags.length
  const value = new Float64Array(count)
  const statusCode = new Uint32Array(count)
  const sourceTimestamp = new Float64Array(count)
  const ofSecond = waves(second)
  let others: (TagValue | undefined)[] | null = null
  let device = -1
  let status = 0
  let timestamp = 0
  for (let row = 0; row < count; row++) {
    const tag = tags[row]!
    if (tag.device !== device) {
      device = tag.device
      status = scanStatus(device, second)
      timestamp = scanTimestamp(device, second)
    }
    statusCode[row] = status
    sourceTimestamp[row] = timestamp
    if (status === StatusCodes.BadNoCommunication) {
      value[row] = Number.NaN
      others ??= []
      others[row] = null
    } else value[row] = numberOf(tag, second, ofSecond)
  }
  return { count, handle, value, statusCode, sourceTimestamp, others }
}

export interface MonthLoad {
  readonly pointCount: number
  readonly seconds: number
  readonly housekeepingSeconds: number
}

/**
 * Records seconds [from, to) of these tags into `folder` (`<data>/history`) as fast as it goes, ends in order, then does the
 * compaction that is due. `onProgress` about every 10 s of work.
 */
export async function recordMonth(
  folder: string,
  tags: readonly MonthTag[],
  from: number,
  to: number,
  onProgress: (second: number) => void = () => undefined,
): Promise<MonthLoad> {
  const files = HistoryFolder.open({ folder, logger: silentLogger })
  const writer = new HistoryWriter({ folder, files, settings: defaultHistorySettings, clock: systemClock })
  writer.configure(
    tags.map(
      ({ name, dataType, device }, handle) =>
        recordedTag(handle, tagDefinition(name, { dataType, device: `plc${device + 1}` }))!,
    ),
    defaultHistorySettings,
  )
  const handle = Uint32Array.from(tags, (_, row) => row)
  const start = performance.now()
  let lastTurn = start
  let lastTick = start
  let lastProgress = start
  for (let second = from; second < to; second++) {
    writer.record(monthBatch(tags, handle.slice(), second), second * scanMs + scanMs)
    writer.work()
    const now = performance.now()
    if (now - lastTick >= tickMs) {
      lastTick = now
      writer.tick(second * scanMs + scanMs)
    }
    if (now - lastProgress >= 10_000) {
      lastProgress = now
      onProgress(second)
    }
    if (now - lastTurn < turnMs) continue
    await new Promise((resolve) => setImmediate(resolve))
    lastTurn = performance.now()
  }
  await writer.sealAll()
  const { lostCount } = writer.figures
  if (lostCount > 0) throw new Error(`${lostCount} samples were not taken`)
  await writer.close(to * scanMs)
  const seconds = (performance.now() - start) / 1000
  const again = HistoryFolder.open({ folder, logger: silentLogger })
  const housekeepingStart = performance.now()
  await again.housekeep(to * scanMs, { retentionMs: null, maximumByteCount: null })
  await again.close()
  return {
    pointCount: (to - from) * tags.length,
    seconds,
    housekeepingSeconds: (performance.now() - housekeepingStart) / 1000,
  }
}
