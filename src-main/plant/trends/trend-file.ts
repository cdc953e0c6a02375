// trends/<name>.yaml: a trend group, the pens that belong together. Screens save such files too (trend-edit.ts).
import * as v from 'valibot'
import { didYouMean } from '../../shared/closest-name.ts'
import { subjectOfSeries } from '../../shared/own-series.ts'
import {
  defaultTrendSpanMs,
  markerKinds,
  mostPens,
  penColorCount,
  penStyles,
  type SavedTrendGroup,
  type TrendPen,
  trendAxisCount,
} from '../../shared/trend-group.ts'
import type { Origin } from '../source/origin.ts'
import { duration, nameText, numberValue, wordOf } from '../source/plant-words.ts'

const words = v.pipe(
  v.string('a title is expected'),
  v.minLength(1, 'a title is expected'),
  v.maxLength(200, 'at most 200 characters are possible'),
)

function place(most: number) {
  const rule = `a whole number from 1 to ${most} is expected`
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(1, rule), v.maxValue(most, rule))
}

const penKeys = v.strictObject(
  {
    /** A tag, or a series of the runtime itself (`device:filler-plc:state`, `write:Filler.Speed`). */
    tag: nameText,
    /** Place in the palette. */
    color: v.optional(place(penColorCount)),
    /** Pens with the same number share a value axis; without one each has its own. */
    axis: v.optional(place(trendAxisCount)),
    /** Range of the axis, engineering units. */
    low: v.optional(numberValue),
    high: v.optional(numberValue),
    style: v.optional(wordOf(penStyles)),
  },
  'a pen is expected as { tag: Filler.Level, color: 1 }',
)
/** A tag's name alone is a pen too. */
const pen = v.union([nameText, penKeys], 'a pen is expected as { tag: Filler.Level, color: 1 }')
export type PenEntry = v.InferOutput<typeof pen>

export const trendFileSchema = v.strictObject({
  /** One text for all languages, or one for each: `{ en: Filler, zh-CN: 灌装机 }`. */
  title: v.union([words, v.record(v.string(), words)], 'a title is expected, or one for each language'),
  /** Width of the window at the first look. */
  span: v.optional(
    v.pipe(
      duration,
      v.minValue(1000, 'at least 1 s is expected'),
      v.maxValue(3.2e12, 'at most 100 years are possible'),
    ),
  ),
  pens: v.pipe(
    v.array(pen, 'a list of pens is expected'),
    v.maxLength(mostPens, `at most ${mostPens} pens are possible`),
  ),
  /** Marks that are drawn. */
  markers: v.optional(v.array(wordOf(markerKinds), 'a list of kinds of marks is expected, as [write, device]')),
})
export type TrendFile = v.InferOutput<typeof trendFileSchema>

const namePattern = /^[\w-]{1,64}$/

/** Name of the group of a file, null when the file name is no name of one. */
export function trendNameOf(file: string): string | null {
  const name = file.replace(/^trends\//, '').replace(/\.ya?ml$/, '')
  return namePattern.test(name) ? name : null
}

/** What a group refers to. */
export interface TrendScope {
  readonly languages: readonly string[]
  /** True also for a name that is missing only because of a fault already listed. */
  hasTag(name: string): boolean
  tagNames(): Iterable<string>
  hasDevice(name: string): boolean
  deviceNames(): Iterable<string>
}

/** The group of a checked file; what does not fit together or does not exist goes to the origin. */
export function buildTrend(
  name: string,
  version: string,
  file: TrendFile,
  origin: Origin,
  scope: TrendScope,
): SavedTrendGroup {
  if (typeof file.title === 'object') checkLanguages(file.title, origin, scope)
  const seen = new Map<string, number>()
  const ranges = new Map<number, { readonly tag: string; readonly low: number | null; readonly high: number | null }>()
  const pens = file.pens.map((entry, index): TrendPen => {
    const built = penOf(entry)
    const path = typeof entry === 'string' ? ['pens', index] : ['pens', index, 'tag']
    const fault = seriesFault(built.tag, scope)
    if (fault !== null) origin.at(path, fault)
    if (seen.has(built.tag)) origin.at(path, `${built.tag} is a pen of this group already`)
    seen.set(built.tag, index)
    checkRange(built, index, ranges, origin)
    return built
  })
  return {
    name,
    version,
    title: typeof file.title === 'string' ? { [scope.languages[0] ?? 'en']: file.title } : file.title,
    spanMs: file.span ?? defaultTrendSpanMs,
    pens,
    markers: [...new Set(file.markers ?? [])],
  }
}

function penOf(entry: PenEntry): TrendPen {
  const { tag, color, axis, low, high, style } = typeof entry === 'string' ? ({ tag: entry } as const) : entry
  return {
    tag,
    color: color ?? null,
    axis: axis ?? null,
    low: low ?? null,
    high: high ?? null,
    style: style ?? null,
  }
}

/** Why a name is nothing that is recorded; null when it is. */
function seriesFault(name: string, scope: TrendScope): string | null {
  const subject = subjectOfSeries(name)
  if ('device' in subject) {
    const { device } = subject
    return scope.hasDevice(device) ? null : `there is no device "${device}"${didYouMean(device, scope.deviceNames())}`
  }
  const { tag } = subject
  return scope.hasTag(tag) ? null : `there is no tag "${tag}"${didYouMean(tag, scope.tagNames())}`
}

/** A range has an extent, and pens that share an axis agree on it. */
function checkRange(
  { tag, axis, low, high }: TrendPen,
  index: number,
  ranges: Map<number, { readonly tag: string; readonly low: number | null; readonly high: number | null }>,
  origin: Origin,
): void {
  const path = ['pens', index]
  if (low !== null && high !== null && low >= high)
    origin.at([...path, 'high'], `the range ends at ${high}, which is not above its begin ${low}`)
  if (axis === null || (low === null && high === null)) return
  const first = ranges.get(axis)
  if (first === undefined) ranges.set(axis, { tag, low, high })
  else if (first.low !== low || first.high !== high)
    origin.at([...path, 'axis'], `axis ${axis} has the range of ${first.tag} already: ${inWords(first)}`)
}

function inWords({ low, high }: { readonly low: number | null; readonly high: number | null }): string {
  return `${low === null ? '' : `low: ${low}`}${low !== null && high !== null ? ', ' : ''}${high === null ? '' : `high: ${high}`}`
}

function checkLanguages(title: Readonly<Record<string, string>>, origin: Origin, { languages }: TrendScope): void {
  for (const language of Object.keys(title))
    if (!languages.includes(language))
      origin.atKey(
        ['title', language],
        `plant.yaml does not list the language "${language}"; it has ${languages.join(', ')}`,
      )
}
