// Fake: history made of formulas, any span of it at once: eight measured values once a second, a set-point, states, texts, a device
// that goes away, a single spike. What is true of it is known exactly, so tests can say what a trend has to show.
import type { History } from '../../src-main/api/api-parts.ts'
import type {
  HistoryRequest,
  HistoryResult,
  HistorySeries,
  HistoryStatistics,
  RecordedSeriesRow,
} from '../../src-main/shared/history.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'
import { isBad, StatusCodes } from '../../src-main/shared/status-code.ts'

/** One sample a second, counted from here; ms since 1970-01-01 UTC. */
const sampleMs = 1000
const hour = 3_600_000
/** Of a bucket so many samples are looked at, evenly. */
const mostLookedAt = 6
/** Of a span so many samples are looked at for its figures. */
const mostForFigures = 4000

export interface Generated {
  readonly row: Omit<RecordedSeriesRow, 'tag' | 'isRecorded' | 'firstTimestamp' | 'lastTimestamp'>
  /** Distance of its samples; ms. */
  readonly everyMs: number
  /** The sample at a time that is a multiple of `everyMs`. */
  readonly at: (time: number) => { readonly value: number; readonly statusCode?: number; readonly text?: string }
}

/** Noise in [-1, 1), the same for the same time. */
function noise(time: number, seed: number): number {
  let x = (Math.floor(time / 1000) ^ (seed * 0x9e3779b9)) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1
}

function measured(unit: string, description: string, middle: number, swing: number, seed: number): Generated {
  return {
    row: { dataType: 'float64', unit, description, interpolation: 'sloped' },
    everyMs: sampleMs,
    at: (time) => ({
      value:
        middle +
        swing * (Math.sin(time / hour / (seed + 1)) + 0.4 * Math.sin(time / 240_000 + seed) + 0.12 * noise(time, seed)),
    }),
  }
}

/** What is recorded, by name. */
export const generatedSeries: Readonly<Record<string, Generated>> = {
  'Plant.Level': measured('%', 'Level of the tank (液位)', 55, 20, 1),
  'Plant.Temperature': measured('Cel', 'Temperature of the product (产品温度)', 64, 6, 2),
  'Plant.Pressure': measured('bar', 'Pressure of the steam (蒸汽压力)', 6, 0.8, 3),
  'Plant.Flow': measured('m3/h', 'Flow to the filler (流量)', 12, 3, 4),
  'Plant.Speed': measured('{bottle}/min', 'Speed of the line (线速)', 380, 40, 5),
  'Plant.Power': measured('kW', 'Electrical power (电功率)', 90, 25, 6),
  'Plant.Conductivity': measured('mS/cm', 'Conductivity (电导率)', 40, 12, 7),
  'Plant.Ambient': measured('Cel', 'Temperature of the hall (车间温度)', 22, 3, 8),
  'Plant.LevelSetpoint': {
    row: { dataType: 'float64', unit: '%', description: 'Level wanted (液位设定)', interpolation: 'stepped' },
    everyMs: 2_400_000,
    at: (time) => ({ value: 40 + 5 * Math.round(3 + 3 * noise(time, 11)) }),
  },
  'Plant.State': {
    row: {
      dataType: 'uint8',
      unit: '',
      description: 'State of the machine (状态)',
      interpolation: 'stepped',
      states: {
        0: { en: 'Stopped', 'zh-CN': '停止' },
        1: { en: 'Running', 'zh-CN': '运行' },
        2: { en: 'Held', 'zh-CN': '保持' },
      },
    },
    everyMs: 420_000,
    at: (time) => ({ value: Math.floor((noise(time, 12) + 1) * 1.5) }),
  },
  'Plant.Heating': {
    row: { dataType: 'bool', unit: '', description: 'Heating on (加热)', interpolation: 'stepped' },
    everyMs: 300_000,
    at: (time) => ({ value: noise(time, 13) > 0 ? 1 : 0 }),
  },
  'Plant.Recipe': {
    row: { dataType: 'string', unit: '', description: 'Recipe (配方)', interpolation: 'stepped' },
    everyMs: 2 * hour,
    at: (time) => ({
      value: Number.NaN,
      text: ['Cola 0.5 l', 'Orange 0.5 l', '柠檬 0.33 l'][Math.floor((noise(time, 14) + 1) * 1.5)]!,
    }),
  },
  /** Away for ten minutes of every hour; uncertain for five before. */
  'Plant.Away': {
    row: { dataType: 'float64', unit: '%', description: 'Of a device that goes away (断续)', interpolation: 'sloped' },
    everyMs: sampleMs,
    at: (time) => {
      const inHour = time % hour
      if (inHour >= 1_800_000 && inHour < 2_400_000)
        return { value: Number.NaN, statusCode: StatusCodes.BadNoCommunication }
      const value = 50 + 30 * Math.sin(time / 700_000)
      return inHour >= 1_500_000 && inHour < 1_800_000
        ? { value, statusCode: StatusCodes.UncertainSensorNotAccurate }
        : { value }
    },
  },
}

export class GeneratedHistory implements History {
  readonly isRecording = true
  readonly #first: number
  readonly #now: () => number
  /** Every question, newest last. */
  readonly requests: HistoryRequest[] = []

  /** @param first when recording began; ms */
  constructor(first: number, now: () => number) {
    this.#first = first
    this.#now = now
  }

  async read(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryResult> {
    this.requests.push(request)
    if (this.requests.length > 10_000) this.requests.splice(0, 5000)
    signal?.throwIfAborted()
    return { series: request.tags.map((tag) => this.#series(tag, request)) }
  }

  async statistics(tags: readonly string[], from: number, to: number): Promise<readonly HistoryStatistics[]> {
    return tags.map((tag) => this.#figures(tag, from, to))
  }

  async seriesRows(prefix: string, limit: number): Promise<{ readonly rows: readonly RecordedSeriesRow[] }> {
    const rows = Object.entries(generatedSeries)
      .filter(([tag]) => tag.startsWith(prefix))
      .map(([tag, { row }]) => ({
        ...row,
        tag,
        isRecorded: true,
        firstTimestamp: this.#first,
        lastTimestamp: this.#now(),
      }))
    return { rows: rows.sort((a, b) => (a.tag < b.tag ? -1 : 1)).slice(0, limit) }
  }

  async write(): Promise<number> {
    throw new RuntimeError('BadNotSupported', 'what is made of formulas cannot be written')
  }

  #series(tag: string, request: HistoryRequest): HistorySeries {
    const generated = generatedSeries[tag]
    if (!generated) throw new RuntimeError('BadNotFound', `nothing was ever recorded of ${tag}`)
    const from = Math.max(request.from, this.#first)
    const to = Math.min(request.to, this.#now())
    const count = Math.max(0, Math.ceil(to / generated.everyMs) - Math.ceil(from / generated.everyMs))
    if (request.mode === 'raw' || count <= (request.rawUpTo ?? -1)) return this.#raw(tag, generated, from, to)
    return this.#plot(tag, generated, request)
  }

  /** From at most {@link mostForFigures} samples, evenly: near enough to look at. */
  #figures(tag: string, from: number, to: number): HistoryStatistics {
    const { everyMs, at, row } = generatedSeries[tag]!
    const step = Math.max(1, Math.floor((to - from) / everyMs / mostForFigures)) * everyMs
    const samples: { readonly time: number; readonly value: number }[] = []
    let count = 0
    for (let time = Math.ceil(from / everyMs) * everyMs; time < Math.min(to, this.#now()); time += step) {
      count++
      const { value } = at(time)
      if (!Number.isNaN(value)) samples.push({ time, value })
    }
    const byValue = [...samples].sort((a, b) => a.value - b.value)
    const mean = samples.reduce((sum, { value }) => sum + value, 0) / samples.length
    const variance = samples.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / samples.length
    const durations: Record<string, number> = {}
    for (const { value } of samples) durations[value] = (durations[value] ?? 0) + step
    const hasAny = samples.length > 0
    return {
      tag,
      count: Math.round((count * step) / everyMs),
      goodCount: Math.round((samples.length * step) / everyMs),
      minimum: byValue[0]?.value ?? null,
      minimumTimestamp: byValue[0]?.time ?? null,
      maximum: byValue.at(-1)?.value ?? null,
      maximumTimestamp: byValue.at(-1)?.time ?? null,
      average: hasAny ? mean : null,
      timeAverage: hasAny ? mean : null,
      standardDeviation: hasAny ? Math.sqrt(variance) : null,
      first: samples[0]?.value ?? null,
      last: samples.at(-1)?.value ?? null,
      durationGoodMs: samples.length * step,
      stateDurations: row.states || row.dataType === 'bool' ? durations : null,
    }
  }

  #raw(tag: string, { everyMs, at }: Generated, from: number, to: number): HistorySeries {
    // With the sample before and the one after.
    const first = Math.max(Math.ceil(this.#first / everyMs), Math.ceil(from / everyMs) - 1)
    const last = Math.min(Math.floor(this.#now() / everyMs), Math.ceil(to / everyMs))
    const count = Math.max(0, last - first + 1)
    const samples = Array.from({ length: count }, (_, step) => at((first + step) * everyMs))
    return {
      tag,
      mode: 'raw',
      timestamps: Float64Array.from(samples, (_, step) => (first + step) * everyMs),
      values: Float64Array.from(samples, ({ value }) => value),
      statusCodes: Uint32Array.from(samples, ({ statusCode }) => statusCode ?? 0),
      others: samples.some(({ text }) => text !== undefined) ? samples.map(({ text }) => text) : null,
      plot: null,
    }
  }

  #plot(tag: string, { everyMs, at }: Generated, { from, to, buckets = 1 }: HistoryRequest): HistorySeries {
    const width = (to - from) / buckets
    const column = () => new Float64Array(buckets).fill(Number.NaN)
    const plot = {
      minimum: column(),
      maximum: column(),
      first: column(),
      last: column(),
      count: new Uint32Array(buckets),
      hasBad: new Uint8Array(buckets),
    }
    const timestamps = Float64Array.from({ length: buckets }, (_, bucket) => from + bucket * width)
    const values = column()
    const statusCodes = new Uint32Array(buckets)
    for (let bucket = 0; bucket < buckets; bucket++) {
      const start = Math.max(this.#first, timestamps[bucket]!)
      const end = Math.min(this.#now(), timestamps[bucket]! + width)
      const first = Math.ceil(start / everyMs)
      const count = Math.max(0, Math.ceil(end / everyMs) - first)
      plot.count[bucket] = count
      const stride = Math.max(1, Math.floor(count / mostLookedAt))
      let sum = 0
      let usable = 0
      let isLastBad = false
      for (let step = 0; step < count; step += stride) {
        const { value, statusCode = 0 } = at((first + step) * everyMs)
        isLastBad = isBad(statusCode)
        if (statusCode > statusCodes[bucket]!) statusCodes[bucket] = statusCode
        if (isLastBad) plot.hasBad[bucket] = 1
        if (Number.isNaN(value)) continue
        usable++
        sum += value
        if (!(value >= plot.minimum[bucket]!)) plot.minimum[bucket] = value
        if (!(value <= plot.maximum[bucket]!)) plot.maximum[bucket] = value
        if (Number.isNaN(plot.first[bucket]!)) plot.first[bucket] = value
        plot.last[bucket] = value
      }
      if (isLastBad) plot.hasBad[bucket] = 2
      if (usable > 0) values[bucket] = sum / usable
    }
    return { tag, mode: 'plot', timestamps, values, statusCodes, others: null, plot }
  }
}
