// One alarm replayed: its recorded samples around its newest activations are read and go through all candidates at once, in slices, so
// that the values of the line never wait.
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { AlarmDefinition } from '../../shared/alarm.ts'
import type { HistorySeries } from '../../shared/history.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isBad } from '../../shared/status-code.ts'
import type { TagDefinition } from '../../shared/tag.ts'
import { ConditionReplay, type ReplayedActivation, type ReplaySample } from './condition-replay.ts'
import { type CureCandidate, cureCandidates } from './cure-candidates.ts'
import { type ReadHistory, readSamples } from './recorded-samples.ts'

/** Stretches around activations that are read, and samples of all of them together; newest first. */
const mostStretches = 24
const mostSamples = 100_000
/** Activations closer to each other than this are one stretch; a stretch is read from so long before to so long after; ms. */
const stretchGapMs = 30 * 60_000
const leadMs = 10 * 60_000
/** One slice of work on the main thread; ms. */
const sliceMs = 4

/** What came of replaying; activations by candidate. Times in ms. */
export interface AlarmReplay {
  /** With the present settings. */
  readonly present: readonly ReplayedActivation[]
  readonly candidates: readonly {
    readonly candidate: CureCandidate
    readonly activations: readonly ReplayedActivation[]
  }[]
  /** Activations of the journal in the replayed stretches. */
  readonly journalCount: number
  readonly replayedSpanMs: number
  /** False when there were more stretches or samples than are looked at. */
  readonly isComplete: boolean
  /** Values the subject had outside the limit furthest, one for each activation with the present settings. */
  readonly extremes: readonly number[]
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly activationCount: number
}

/**
 * null where nothing of the tag is recorded. `tags`: what the alarm watches first, then what its expressions read.
 * RuntimeError BadRequestInterrupted when cancelled.
 */
export async function replayAlarm(
  definition: AlarmDefinition,
  tags: readonly TagDefinition[],
  activations: readonly number[],
  read: ReadHistory,
  signal?: AbortSignal,
): Promise<AlarmReplay | null> {
  const stretches = stretchesOf(activations)
  const looked = stretches.slice(-mostStretches)
  const parts: SampledStretch[] = []
  let sampleCount = 0
  let isComplete = looked.length === stretches.length
  for (const stretch of [...looked].reverse()) {
    if (sampleCount >= mostSamples) {
      isComplete = false
      break
    }
    const part = await sampledStretch(stretch, tags, mostSamples - sampleCount, read, signal)
    if (part === null) continue
    isComplete &&= part.isComplete
    sampleCount += part.samples.length
    parts.unshift(part)
  }
  if (parts.length === 0) return null
  const candidates = cureCandidates(definition, rangeOf(tags[0]!, parts))
  const found = new FoundActivations(candidates)
  for (const part of parts) await found.replay(definition, tags, part, signal)
  return {
    ...found,
    journalCount: parts.reduce((sum, { stretch }) => sum + stretch.activationCount, 0),
    replayedSpanMs: parts.reduce((sum, { stretch }) => sum + stretch.to - stretch.from, 0),
    isComplete,
  }
}

interface SampledStretch {
  readonly stretch: Stretch
  readonly first: readonly ReplaySample[]
  readonly samples: readonly ReplaySample[]
  readonly isComplete: boolean
}

class FoundActivations {
  readonly present: ReplayedActivation[] = []
  readonly candidates: readonly { readonly candidate: CureCandidate; readonly activations: ReplayedActivation[] }[]
  readonly extremes: number[] = []

  constructor(candidates: readonly CureCandidate[]) {
    this.candidates = candidates.map((candidate) => ({ candidate, activations: [] }))
  }

  async replay(
    definition: AlarmDefinition,
    tags: readonly TagDefinition[],
    { stretch, first, samples }: SampledStretch,
    signal?: AbortSignal,
  ): Promise<void> {
    const tried = [definition, ...this.candidates.map(({ candidate }) => candidate.definition)]
    const replay = new ConditionReplay(tried, tags, first, stretch.from)
    let sliceEnd = performance.now() + sliceMs
    for (const [index, sample] of samples.entries()) {
      replay.sample(sample)
      if (index % 16 !== 0 || performance.now() < sliceEnd) continue
      await setImmediate()
      if (signal?.aborted) throw new RuntimeError('BadRequestInterrupted', 'The proposals were not waited for')
      sliceEnd = performance.now() + sliceMs
    }
    replay.advance(stretch.to)
    const [present, ...others] = replay.activations
    this.present.push(...present!)
    for (const [index, activations] of others.entries()) this.candidates[index]!.activations.push(...activations)
    this.extremes.push(...extremesOf(definition, samples, present!))
  }
}

/** Stretches of time around activations, oldest first. */
function stretchesOf(activations: readonly number[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const timestamp of [...activations].sort((a, b) => a - b)) {
    const last = stretches.at(-1)
    const to = timestamp + leadMs
    if (last !== undefined && timestamp - last.to < stretchGapMs)
      stretches[stretches.length - 1] = { from: last.from, to, activationCount: last.activationCount + 1 }
    else stretches.push({ from: timestamp - leadMs, to, activationCount: 1 })
  }
  return stretches
}

async function sampledStretch(
  stretch: Stretch,
  tags: readonly TagDefinition[],
  limit: number,
  read: ReadHistory,
  signal?: AbortSignal,
): Promise<SampledStretch | null> {
  const { from, to } = stretch
  const names = tags.filter(({ history }) => history !== false).map(({ name }) => name)
  const { series, isComplete } = await readSamples(read, names, { from, to, limit: Math.max(1, limit) }, signal)
  if (!series.some((one) => one.tag === tags[0]!.name && one.timestamps.length > 0)) return null
  const all = series.flatMap((one) =>
    samplesOf(
      one,
      tags.findIndex(({ name }) => name === one.tag),
    ),
  )
  all.sort((a, b) => a.timestamp - b.timestamp || a.tag - b.tag)
  return {
    stretch,
    first: all.filter(({ timestamp }) => timestamp < from),
    samples: all.filter(({ timestamp }) => timestamp >= from && timestamp < to),
    isComplete,
  }
}

function samplesOf({ timestamps, values, others, statusCodes }: HistorySeries, tag: number): ReplaySample[] {
  return [...timestamps].map((timestamp, row) => {
    const value = values[row]!
    return {
      tag,
      timestamp,
      value: others?.[row] ?? (Number.isNaN(value) ? null : value),
      statusCode: statusCodes[row]!,
    }
  })
}

/** The engineering range of the tag, or what its values ranged over; null for what is no number. */
function rangeOf({ limits }: TagDefinition, parts: readonly SampledStretch[]): number | null {
  if (limits.low !== null && limits.high !== null && limits.high > limits.low) return limits.high - limits.low
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const { samples } of parts)
    for (const { tag, value, statusCode } of samples) {
      if (tag !== 0 || typeof value !== 'number' || isBad(statusCode)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  return high > low ? high - low : null
}

/** How far the value went in each activation: the highest, of low limits the lowest. */
function extremesOf(
  { condition }: AlarmDefinition,
  samples: readonly ReplaySample[],
  activations: readonly ReplayedActivation[],
): number[] {
  if (!/^(high|highHigh|low|lowLow)$/.test(condition)) return []
  const outermost = condition.startsWith('high') ? Math.max : Math.min
  const extremes: number[] = []
  let at = 0
  for (const { start, end } of activations) {
    let extreme: number | null = null
    while (at < samples.length && samples[at]!.timestamp < start) at++
    for (; at < samples.length && samples[at]!.timestamp < (end ?? Number.POSITIVE_INFINITY); at++) {
      const { tag, value, statusCode } = samples[at]!
      if (tag === 0 && typeof value === 'number' && !isBad(statusCode))
        extreme = extreme === null ? value : outermost(extreme, value)
    }
    if (extreme !== null) extremes.push(extreme)
  }
  return extremes
}
