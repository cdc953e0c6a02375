// Rows of the contract about history: reading, back-fill, what is recorded, marks.
import * as v from 'valibot'
import {
  call,
  cursor,
  deepestJson,
  isShallow,
  limit,
  name,
  names,
  result,
  text,
  time,
  timeRule,
  wholeNumber,
} from './contract-row.ts'
import type { JsonValue } from './data-value.ts'
import {
  type HistoryMarker,
  type HistoryResult,
  type HistoryStatistics,
  historyModes,
  interpolations,
  type RecordedSeriesRow,
} from './history.ts'
import { markerKinds } from './trend-group.ts'

/**
 * A long column, checked in one loop: a schema for each of its rows would take the runtime a second for one full body. `take` gives
 * the value, or undefined where the rule is broken. Messages begin with "a list" (openapi.ts).
 */
function column<Item>(what: string, rule: string, take: (input: unknown) => Item | undefined) {
  return v.pipe(
    v.custom<unknown[]>((input) => Array.isArray(input), `a list of ${what} is expected`),
    v.rawTransform<unknown[], Item[]>(({ dataset, addIssue, NEVER }) => {
      const items: Item[] = new Array(dataset.value.length)
      for (const [key, value] of dataset.value.entries()) {
        const item = take(value)
        if (item === undefined) {
          addIssue({
            message: rule,
            input: value,
            path: [{ type: 'array', origin: 'value', input: dataset.value, key, value }],
          })
          return NEVER
        }
        items[key] = item
      }
      return items
    }),
  )
}
const timeColumn = column('times', timeRule, (input) => {
  if (typeof input === 'number' && Math.abs(input) <= 8.64e15) return input
  const parsed = typeof input === 'string' ? v.safeParse(time, input) : null
  return parsed?.success ? parsed.output : undefined
})
const valueColumn = column<JsonValue>(
  'values',
  `a JSON value nested at most ${deepestJson} levels deep is expected`,
  (input) => (input !== undefined && isShallow(input) ? (input as JsonValue) : undefined),
)
const statusCodeColumn = column('status codes', 'a status code is a whole number from 0 to 4294967295', (input) =>
  typeof input === 'number' && Number.isInteger(input) && input >= 0 && input <= 0xffffffff ? input : undefined,
)
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100))
/** Tags of one question; a thousand is a whole line at one instant. */
const historyTags = v.pipe(v.array(name), v.minLength(1), v.maxLength(10_000))

export const historyCalls = {
  'history.read': call(
    'history.read',
    'Samples, values at instants or aggregates (OPC 10000-13) of many tags over a span, as columns.',
    v.object({
      tags: historyTags,
      from: time,
      to: time,
      mode: v.picklist(historyModes),
      buckets: v.optional(wholeNumber(1, 100_000)),
      intervalMs: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(3.2e12))),
      limit: limit(1_000_000),
      cursor: v.optional(text(4096)),
      bounds: v.optional(v.boolean()),
      rawUpTo: v.optional(wholeNumber(0, 1_000_000)),
      approximate: v.optional(v.boolean()),
      configuration: v.optional(
        v.strictObject({
          treatUncertainAsBad: v.exactOptional(v.boolean()),
          percentDataBad: v.exactOptional(percent),
          percentDataGood: v.exactOptional(percent),
          useSlopedExtrapolation: v.exactOptional(v.boolean()),
          interpolation: v.exactOptional(v.nullable(v.picklist(interpolations))),
        }),
      ),
    }),
    result<HistoryResult>(),
  ),
  'history.write': call(
    'history.write',
    'Back-fill history; samples may be in any order, one with the time stamp of a stored one replaces it.',
    v.object({
      series: v.pipe(
        v.array(
          v.object({
            tag: name,
            timestamps: timeColumn,
            values: valueColumn,
            statusCodes: v.optional(statusCodeColumn),
          }),
        ),
        v.maxLength(10_000),
      ),
    }),
    result<{ written: number }>(),
    true,
  ),
  'history.tags': call(
    'history.read',
    'What is or was recorded, tags and series of the runtime itself, in order of name.',
    v.object({
      prefix: v.optional(text(256)),
      search: v.optional(text(256)),
      /** Rows of these names alone, in the order asked; those that were never recorded are left out. */
      tags: v.optional(names(1000)),
      limit: limit(10_000),
      cursor,
    }),
    result<{ tags: readonly RecordedSeriesRow[]; cursor?: string }>(),
  ),
  'history.statistics': call(
    'history.read',
    'Figures of a span of each tag.',
    v.object({ tags: v.pipe(v.array(name), v.minLength(1), v.maxLength(1000)), from: time, to: time }),
    result<{ statistics: readonly HistoryStatistics[] }>(),
  ),
  'history.markers': call(
    'history.read',
    'Things that happened in [from, to): writes, operator actions, states of devices, gaps of the recorder.',
    v.object({
      from: time,
      to: time,
      /** Marks of these tags, and those that belong to no tag. */
      tags: v.optional(names(10_000)),
      kinds: v.optional(v.array(v.picklist(markerKinds))),
      limit: limit(10_000),
    }),
    /** `isComplete` false: there were more than `limit`, the newest are given. Oldest first. */
    result<{ markers: readonly HistoryMarker[]; isComplete: boolean }>(),
  ),
} as const
