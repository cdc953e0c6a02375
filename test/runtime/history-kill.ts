// kill -9 again and again in the middle of heavy recording: back-fill over several connections and live values over MQTT. After
// every start what was touched last is compared, from time to time and at the end everything.
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import { gaussian, type Random, randomOf } from '../../src-main/simulation/random.ts'
import { LiveSource } from './history-live-source.ts'
import { HistoryStation, writtenFiles, writtenTags } from './history-station.ts'
import { type Attempt, HistoryTruth, type TruthSample } from './history-truth.ts'

export interface KillVerdict {
  readonly rounds: number
  readonly acknowledgedCount: number
  readonly liveCount: number
  readonly comparedCount: number
  /** Longest time before a kill from which a live value is missing; ms. */
  readonly largestLiveLossMs: number
  /** From the start of the process to the answer of its API; ms, median and longest. */
  readonly startMedianMs: number
  readonly startLongestMs: number
  readonly faults: readonly string[]
}

export interface KillOptions {
  readonly rounds: number
  readonly seed: number
  /** Of the history, as text of plant.yaml. */
  readonly history?: string
  /** Everything is compared after so many rounds; default 25. */
  readonly compareAllEvery?: number
  readonly liveTagCount?: number
  readonly onRound?: (round: number, text: string) => void
}

const connectionCount = 4
const liveIntervalMs = 20
const weekMs = 7 * 86_400_000

/** Runs until the rounds are over or something is wrong. */
export async function judgeKills(options: KillOptions): Promise<KillVerdict> {
  const random = randomOf(options.seed, 'kills')
  const live = await LiveSource.start(options.liveTagCount ?? 20)
  const station = new HistoryStation({ ...writtenFiles(options.history), ...live.files() })
  const truth = new HistoryTruth()
  const startTimestamp = Date.now()
  const starts: number[] = []
  const faults: string[] = []
  let comparedCount = 0
  let round = 0
  const compare = async (tags: readonly string[]): Promise<void> => {
    for (const tag of tags) {
      const askedAt = Date.now()
      const rows = live.tags.includes(tag)
        ? await station.rows(tag, startTimestamp - 1000, Date.now() + 1000)
        : await station.rows(tag, 0, startTimestamp - weekMs)
      comparedCount += rows.timestamps.length
      faults.push(...(live.tags.includes(tag) ? live.compare(tag, rows, askedAt) : truth.compare(tag, rows)))
    }
  }
  try {
    live.begin(liveIntervalMs)
    for (; round < options.rounds && faults.length === 0; round++) {
      const begin = performance.now()
      await station.start()
      starts.push(performance.now() - begin)
      const isAll = round % (options.compareAllEvery ?? 25) === 0
      await compare(isAll ? [...truth.tags, ...live.tags] : [...pick(random, truth.tags), ...pick(random, live.tags)])
      const writers = Array.from({ length: connectionCount }, (_, index) =>
        keepWriting(station, truth, randomOf(options.seed, `writer ${round} ${index}`), tagsOf(index)),
      )
      await new Promise((resolve) => setTimeout(resolve, 100 + 1400 * random() ** 2))
      const ended = station.end('SIGKILL')
      live.ended(false)
      await ended
      await Promise.all(writers)
      options.onRound?.(
        round,
        `${truth.acknowledgedCount} samples acknowledged, start ${Math.round(starts.at(-1)!)} ms`,
      )
    }
    if (faults.length === 0) {
      await station.start()
      await compare([...truth.tags, ...live.tags])
      // What was compared once stays as it was shown.
      await compare(truth.tags)
      live.ended(true)
      await station.end('SIGTERM')
      await station.start()
      await compare([...truth.tags, ...live.tags])
    }
  } finally {
    await live.close()
    await station.remove()
  }
  starts.sort((a, b) => a - b)
  return {
    rounds: round,
    acknowledgedCount: truth.acknowledgedCount,
    liveCount: live.sentCount * live.tags.length,
    comparedCount,
    largestLiveLossMs: live.largestLossMs,
    startMedianMs: starts[starts.length >> 1] ?? Number.NaN,
    startLongestMs: starts.at(-1) ?? Number.NaN,
    faults,
  }
}

/** Each connection has tags of its own: of two writes under way at once nobody knows which comes last. */
function tagsOf(connection: number): typeof writtenTags {
  return writtenTags.filter((_, index) => index % connectionCount === connection)
}

/** One of them, or none when there is none yet. */
function pick(random: Random, tags: readonly string[]): string[] {
  return tags.slice(Math.floor(random() * tags.length)).slice(0, 1)
}

/** One write after the other until the station does not answer any more. */
async function keepWriting(
  station: HistoryStation,
  truth: HistoryTruth,
  random: Random,
  tags: typeof writtenTags,
): Promise<void> {
  const process = station.process
  for (;;) {
    const attempts = tags.map(({ tag, dataType }) => randomAttempt(random, tag, dataType))
    try {
      const { status, body } = await process.post('history.write', {
        series: attempts.map(({ tag, timestamps, samples }) => ({
          tag,
          timestamps,
          values: samples.map(({ value }) => value),
          statusCodes: samples.map(({ statusCode }) => statusCode),
        })),
      })
      if (status !== 200) throw new Refused(`history.write answered ${status}: ${JSON.stringify(body).slice(0, 500)}`)
      for (const attempt of attempts) truth.acknowledge(attempt)
    } catch (error) {
      if (error instanceof Refused) throw error
      for (const attempt of attempts) truth.doubt(attempt)
      return
    }
  }
}

/** The station answered, but not as it should. */
class Refused extends Error {}

/** Now and then within an old span, over other samples, across partitions, or with one time stamp twice. */
export function randomAttempt(random: Random, tag: string, dataType: string): Attempt {
  // Twelve weeks; half of all writes meet in one hour of one of them.
  const week = Math.floor(12 * random())
  const base = (Math.floor(Date.now() / weekMs) - 30 + week) * weekMs
  const start = random() < 0.5 ? base + Math.floor(3600 * random()) * 1000 : base + Math.floor(random() * weekMs)
  const isSparse = random() < 0.1
  const stepMs = isSparse ? weekMs / 3 : random() < 0.5 ? 1000 : 1 + Math.floor(random() * 5000)
  const count = 1 + Math.floor((isSparse ? 30 : random() < 0.2 ? 5 : 1200) * random())
  const timestamps: number[] = []
  const samples: TruthSample[] = []
  for (let row = 0; row < count; row++) {
    const isAgain = row > 0 && random() < 0.01
    timestamps.push(isAgain ? timestamps[row - 1]! : start + row * stepMs)
    samples.push(randomSample(random, dataType))
  }
  if (random() < 0.3) shuffle(random, timestamps)
  return { tag, timestamps, samples }
}

function shuffle(random: Random, list: number[]): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[list[last], list[other]] = [list[other]!, list[last]!]
  }
}

function randomSample(random: Random, dataType: string): TruthSample {
  const chance = random()
  if (chance < 0.01) return { value: null, statusCode: 0x80310000 }
  return {
    value: randomValue(random, dataType),
    statusCode: chance < 0.02 ? 0x408f0000 : chance < 0.03 ? 0x808c0000 : 0,
  }
}

function randomValue(random: Random, dataType: string): JsonValue {
  switch (dataType) {
    case 'float32':
      return Math.fround(100 * gaussian(random))
    case 'int32':
      return Math.round(1_000_000 * gaussian(random))
    case 'int64':
      return random() < 0.5
        ? Math.round(1000 * random())
        : (BigInt(Math.floor(random() * 2 ** 53)) * 512n + BigInt(Math.floor(random() * 512))).toString()
    case 'bool':
      return random() < 0.5
    case 'string':
      return random() < 0.9
        ? `Recipe ${Math.floor(20 * random())}`
        : `Ⅳ „${'x'.repeat(Math.floor(300 * random()))}“ 配方`
    default:
      return random() < 0.5 ? Math.round(10_000 * random()) / 100 : gaussian(random)
  }
}
