// Calls about history: reading, back-fill, what is recorded, statistics, marks.
import type { InputOf } from '../shared/contract.ts'
import type { HistoryMarker, HistoryRequest, RecordedSeriesRow } from '../shared/history.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { StatusCodes } from '../shared/status-code.ts'
import { coerceValue, valueTypeOf } from '../shared/tag.ts'
import { invalidInput } from './api-error.ts'
import type { ApiParts, BackfillColumns, TagReader } from './api-parts.ts'
import type { NounCalls } from './call-handlers.ts'
import { HistoryAnswer } from './history-answer.ts'

/** Rows of a page of `history.tags` when the caller names no limit. */
const usualPageLength = 1000
/** Rows of a raw answer when the caller names no limit; the rest comes with the cursor. */
const usualRawLength = 1_000_000
/** Series looked at by one page of a search. */
const mostSearched = 10_000
const usualMarkerCount = 1000

export function historyCalls(parts: ApiParts): NounCalls<'history'> {
  const { history, tags } = parts
  return {
    'history.read': async (input, { signal }) => {
      checkSpan(input)
      if (input.buckets !== undefined && input.intervalMs !== undefined)
        throw invalidInput('a span is divided by buckets or by intervalMs, not by both', 'intervalMs')
      const request: HistoryRequest = input.mode === 'raw' ? { ...input, limit: input.limit ?? usualRawLength } : input
      const result = await history.read(request, signal)
      return new HistoryAnswer(result, await booleanTags(parts, input.tags))
    },
    'history.write': async (input, { note }) => {
      const series = input.series.map((entry, index) => backfillOf(tags, entry, `series[${index}]`))
      note.target = series.length === 1 ? input.series[0]!.tag : `${series.length} tags`
      const written = series.length === 0 ? 0 : await history.write(series)
      note.newValue = { written }
      return { written }
    },
    'history.tags': async ({ prefix = '', search = '', tags: names, limit = usualPageLength, cursor }) => {
      if (names !== undefined) return { tags: await rowsOf(parts, names) }
      return page(parts, prefix, search.toLowerCase(), limit, cursor)
    },
    'history.statistics': async (input, { signal }) => {
      checkSpan(input)
      return { statistics: await history.statistics(input.tags, input.from, input.to, signal) }
    },
    'history.markers': (input) => {
      checkSpan(input)
      return markersOf(parts, input)
    },
  }
}

function checkSpan({ from, to }: { readonly from: number; readonly to: number }): void {
  if (from > to) throw invalidInput('the span begins after it ends: `from` is later than `to`', 'from')
}

/** Those of the tags whose samples are true and false. */
async function booleanTags(parts: ApiParts, names: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const name of names) {
    const handle = parts.tags.handleOf(name)
    const definition = handle === undefined ? undefined : parts.tags.definition(handle)
    const dataType = definition?.dataType ?? (await rowOf(parts, name))?.dataType
    if (dataType === 'bool') found.add(name)
  }
  return found
}

async function rowOf({ history }: ApiParts, name: string): Promise<RecordedSeriesRow | undefined> {
  const { rows } = await history.seriesRows(name, 1)
  return rows.find((row) => row.tag === name)
}

async function rowsOf(parts: ApiParts, names: readonly string[]): Promise<readonly RecordedSeriesRow[]> {
  const rows = await Promise.all(names.map((name) => rowOf(parts, name)))
  return rows.filter((row) => row !== undefined)
}

/** One page; a search may give fewer rows than asked, and the cursor, when it looked at many. */
async function page(
  { history }: ApiParts,
  prefix: string,
  search: string,
  limit: number,
  cursor: string | undefined,
): Promise<{ tags: readonly RecordedSeriesRow[]; cursor?: string }> {
  if (search === '') return pageOf(await history.seriesRows(prefix, limit, cursor))
  const looked = await history.seriesRows(prefix, mostSearched, cursor)
  const found = looked.rows.filter((row) =>
    [row.tag, row.description].some((text) => text.toLowerCase().includes(search)),
  )
  if (found.length <= limit) return pageOf({ ...looked, rows: found })
  const tags = found.slice(0, limit)
  return { tags, cursor: tags.at(-1)!.tag }
}

function pageOf({ rows, cursor }: { rows: readonly RecordedSeriesRow[]; cursor?: string | undefined }): {
  tags: readonly RecordedSeriesRow[]
  cursor?: string
} {
  return cursor === undefined ? { tags: rows } : { tags: rows, cursor }
}

type WriteEntry = InputOf<'history.write'>['series'][number]

/** The rows of one tag as columns, each value as the tag's type wants it. Throws: 404 unknown tag, 400 what does not fit. */
function backfillOf(tags: TagReader, entry: WriteEntry, path: string): BackfillColumns {
  const { tag, timestamps, values, statusCodes } = entry
  const count = timestamps.length
  if (values.length !== count || (statusCodes !== undefined && statusCodes.length !== count))
    throw invalidInput(
      `${tag} has ${count} timestamps, ${values.length} values${statusCodes === undefined ? '' : ` and ${statusCodes.length} status codes`}; they belong together row by row`,
      path,
    )
  const handle = tags.handleOf(tag)
  const definition = handle === undefined ? undefined : tags.definition(handle)
  if (handle === undefined || definition === undefined)
    throw new RuntimeError('BadNotFound', `No tag is called "${tag}"`)
  const { dataType, arrayLength } = valueTypeOf(definition)
  const columns = {
    timestamp: new Float64Array(count),
    value: new Float64Array(count),
    statusCode: new Uint32Array(count),
  }
  let others: BackfillColumns['others'] & object = []
  for (let row = 0; row < count; row++) {
    columns.timestamp[row] = Math.round(timestamps[row]!)
    const input = values[row]!
    const statusCode = statusCodes?.[row] ?? (input === null ? StatusCodes.BadNoData : StatusCodes.Good)
    columns.statusCode[row] = statusCode
    const coerced = input === null ? ({ ok: true, value: null } as const) : coerceValue(input, dataType, arrayLength)
    if (!coerced.ok) throw invalidInput(`${tag}: ${coerced.message}`, `${path}.values[${row}]`)
    const { value } = coerced
    if (typeof value === 'number') columns.value[row] = value
    else if (typeof value === 'boolean') columns.value[row] = value ? 1 : 0
    else {
      columns.value[row] = Number.NaN
      others = others.length === 0 ? new Array(count).fill(undefined) : others
      others[row] = value
    }
  }
  return { handle, definition, ...columns, others: others.length === 0 ? null : others }
}

/** Marks of all sources, oldest first; when there are more than the limit, the newest of them. */
async function markersOf(
  { historyMarkers }: ApiParts,
  {
    from,
    to,
    tags = null,
    kinds,
    limit = usualMarkerCount,
  }: Omit<InputOf<'history.markers'>, 'tags'> & {
    readonly tags?: readonly string[] | null | undefined
  },
): Promise<{ markers: readonly HistoryMarker[]; isComplete: boolean }> {
  const sources = historyMarkers.filter(({ kind }) => kinds === undefined || kinds.includes(kind))
  // One more than asked of each tells whether these are all.
  const found = (await Promise.all(sources.map((source) => source.read(from, to, tags, limit + 1)))).flat()
  found.sort((a, b) => a.timestamp - b.timestamp)
  return { markers: found.slice(-limit), isComplete: found.length <= limit }
}
