// The value at instants, by interpolated bounding values (OPC 10000-13 sections 3.1.8 and 5.4.3.4; OPC 10000-11 section 6.5.5).
import type { TagValue } from '../../shared/data-value.ts'
import type { AggregateConfiguration } from '../../shared/history.ts'
import {
  codeBadNoData,
  codeGood,
  codeUncertainDataSubNormal,
  infoBits,
  sampleGood,
  sampleQuality,
  sampleUncertain,
} from './aggregate-status.ts'
import type { Pace } from './query-pace.ts'
import { type Accept, type Found, findAfter, findBefore, type Sample, SampleCursor } from './sample-cursor.ts'
import type { SampleTimeline } from './sample-timeline.ts'

export interface InstantColumns {
  readonly values: Float64Array
  readonly others: readonly (TagValue | undefined)[] | null
  readonly statusCodes: Uint32Array
}

/** Which samples bounds are made of. */
export function acceptUsable({ treatUncertainAsBad }: AggregateConfiguration): Accept {
  return (statusCode, value, other) => {
    const quality = sampleQuality(statusCode, !Number.isNaN(value) || (other !== undefined && other !== null))
    return quality === sampleGood || (quality === sampleUncertain && !treatUncertainAsBad)
  }
}

/** Values at `instants`, in rising order. */
export function* valuesAt(
  timeline: SampleTimeline,
  instants: Float64Array,
  isStepped: boolean,
  configuration: AggregateConfiguration,
  pace: Pace,
): Generator<void, InstantColumns> {
  const count = instants.length
  const values = new Float64Array(count).fill(Number.NaN)
  const statusCodes = new Uint32Array(count).fill(codeBadNoData)
  let others: (TagValue | undefined)[] | null = null
  const columns = () => ({ values, others, statusCodes })
  if (count === 0) return columns()
  const first = instants[0]!
  const last = instants[count - 1]!
  const before = timeline.boundBefore(first)
  const after = timeline.boundAfter(last)
  const loaded = {
    from: before === Number.NEGATIVE_INFINITY ? first : before,
    to: (after === Number.POSITIVE_INFINITY ? last : after) + 1,
  }
  const bounds = new Bounds(timeline, loaded, configuration, pace)
  const put = (index: number, sample: Sample, value: number, statusCode: number) => {
    values[index] = value
    statusCodes[index] = statusCode
    if (sample.other !== undefined && sample.other !== null) {
      others ??= []
      others[index] = sample.other
    }
  }
  for (let index = 0; index < count; index++) {
    // Looking at the clock takes longer than most instants do.
    if (index % instantsPerLook === 0 && pace.isDue()) yield
    const at = instants[index]!
    if (bounds.isPlain(at)) {
      const { cursor } = bounds
      if (cursor.timestamp === at) {
        values[index] = cursor.value
        statusCodes[index] = cursor.statusCode
      } else {
        values[index] = isStepped ? cursor.value : valueBetween(cursor, at)
        const isUncertain = cursor.statusCode >>> 30 !== 0 || (!isStepped && cursor.nextStatusCode >>> 30 !== 0)
        statusCodes[index] = interpolatedCode(isUncertain)
      }
      continue
    }
    const { exact, early, late, gapBeforeInstant, isEndOfData, second } = yield* bounds.around(at, isStepped)
    if (exact) {
      put(index, exact, exact.value, exact.statusCode)
      continue
    }
    if (!early) continue
    const isLine = !isStepped && late && early.sample.other === undefined && late.sample.other === undefined
    if (isLine) {
      const status = early.passedOthers || late.passedOthers || isDoubtful(early.sample) || isDoubtful(late.sample)
      put(index, early.sample, onLine(early.sample, late.sample, at), interpolatedCode(status))
    } else if (isStepped || early.sample.other !== undefined || late) {
      put(
        index,
        early.sample,
        early.sample.value,
        interpolatedCode(gapBeforeInstant || isDoubtful(early.sample) || isEndOfData),
      )
    } else {
      const slope = configuration.useSlopedExtrapolation && second !== null && second.timestamp < early.sample.timestamp
      const value = slope ? onLine(second, early.sample, at) : early.sample.value
      put(index, early.sample, value, interpolatedCode(true))
    }
  }
  return columns()
}

const instantsPerLook = 16

/** What is known around one instant. */
interface Around {
  /** The usable sample at the instant itself, the newest of several. */
  readonly exact: Sample | null
  readonly early: Found | null
  readonly late: Found | null
  /** Unusable samples lie between `early` and the instant, or at it. */
  readonly gapBeforeInstant: boolean
  /** No sample of any quality lies at the instant or after it. */
  readonly isEndOfData: boolean
  /** The usable sample before `early`; only looked for where there is no `late`. */
  readonly second: Sample | null
}

const nowhere: Around = {
  exact: null,
  early: null,
  late: null,
  gapBeforeInstant: false,
  isEndOfData: true,
  second: null,
}

class Bounds {
  readonly #timeline: SampleTimeline
  readonly cursor: SampleCursor
  /** Of what lies outside, the cursor may know a part only. */
  readonly #loaded: { readonly from: number; readonly to: number }
  readonly #accept: Accept
  readonly #pace: Pace
  /** What the last instant found is true as long as the next lies between the same two neighbours. */
  #last: Around = nowhere
  #lastFrom = Number.POSITIVE_INFINITY
  #lastTo = Number.NEGATIVE_INFINITY

  constructor(
    timeline: SampleTimeline,
    loaded: { readonly from: number; readonly to: number },
    configuration: AggregateConfiguration,
    pace: Pace,
  ) {
    this.#timeline = timeline
    this.#loaded = loaded
    this.cursor = new SampleCursor(timeline, timeline.segments(loaded.from, loaded.to, false))
    this.#accept = acceptUsable(configuration)
    this.#pace = pace
  }

  /** True where the samples on both sides are usable numbers of one block: then the cursor stands on the one at or before the instant. */
  isPlain(at: number): boolean {
    const { cursor } = this
    return (
      cursor.advance(at) &&
      cursor.timestamp >= this.#loaded.from &&
      cursor.nextTimestamp < this.#loaded.to &&
      this.#accept(cursor.statusCode, cursor.value, undefined) &&
      this.#accept(cursor.nextStatusCode, cursor.nextValue, undefined)
    )
  }

  *around(at: number, isStepped: boolean): Generator<void, Around> {
    if (at > this.#lastFrom && at < this.#lastTo) return this.#last
    const { cursor } = this
    if (!cursor.seek(at)) return nowhere
    const place = cursor.place()
    this.#lastFrom = cursor.timestamp
    let exact: Sample | null = null
    let early: Found | null = null
    let passedOthers = false
    let isOn = true
    while (isOn && cursor.timestamp >= this.#loaded.from) {
      if (this.#accept(cursor.statusCode, cursor.value, cursor.other)) {
        if (cursor.timestamp === at) exact = cursor.sample()
        else early = { sample: cursor.sample(), passedOthers }
        break
      }
      passedOthers = true
      isOn = cursor.previous()
      if (this.#pace.isDue()) yield
    }
    if (exact) {
      this.#lastFrom = Number.POSITIVE_INFINITY
      return { ...nowhere, exact }
    }
    if (!early) early = yield* findBefore(this.#timeline, this.#loaded.from, this.#accept, this.#pace)
    if (early && passedOthers) early = { sample: early.sample, passedOthers: true }
    cursor.returnTo(place)
    const hasNext = cursor.next()
    this.#lastTo = hasNext ? cursor.timestamp : Number.POSITIVE_INFINITY
    let late: Found | null = null
    let passedLater = false
    if (!isStepped && hasNext && early) {
      let isAhead = true
      while (isAhead && !late && cursor.timestamp < this.#loaded.to) {
        if (this.#accept(cursor.statusCode, cursor.value, cursor.other))
          late = { sample: cursor.sample(), passedOthers: passedLater }
        else {
          passedLater = true
          isAhead = cursor.next()
        }
        if (this.#pace.isDue()) yield
      }
      if (!late) late = yield* findAfter(this.#timeline, this.#loaded.to, this.#accept, this.#pace)
      if (late && passedLater) late = { sample: late.sample, passedOthers: true }
    }
    let second: Sample | null = null
    if (!isStepped && early && !late)
      second = (yield* findBefore(this.#timeline, early.sample.timestamp, this.#accept, this.#pace))?.sample ?? null
    this.#last = {
      exact: null,
      early,
      late,
      gapBeforeInstant: early?.passedOthers ?? false,
      isEndOfData: !hasNext,
      second,
    }
    return this.#last
  }
}

function isDoubtful({ statusCode }: Sample): boolean {
  return statusCode >>> 30 !== 0
}

function interpolatedCode(isUncertain: boolean): number {
  return ((isUncertain ? codeUncertainDataSubNormal : codeGood) | infoBits.interpolated) >>> 0
}

function valueBetween(cursor: SampleCursor, at: number): number {
  const share = (at - cursor.timestamp) / (cursor.nextTimestamp - cursor.timestamp)
  return cursor.value + share * (cursor.nextValue - cursor.value)
}

function onLine(early: Sample, late: Sample, at: number): number {
  const share = (at - early.timestamp) / (late.timestamp - early.timestamp)
  return early.value + share * (late.value - early.value)
}
