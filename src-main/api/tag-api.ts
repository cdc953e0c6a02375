// Calls and feeds about tags.
import type { TagRow } from '../shared/contract.ts'
import { toJsonValue } from '../shared/data-value.ts'
import type { TagDefinition } from '../shared/tag.ts'
import type { ApiParts, TagReader } from './api-parts.ts'
import type { NounCalls, NounFeeds } from './call-handlers.ts'
import { printable } from './printable-text.ts'
import type { TagFeeds } from './tag-feed.ts'

/** Rows of a page of `tags.browse` when the caller names no limit. */
const usualPageLength = 1000

export function tagCalls(parts: ApiParts, feeds: TagFeeds): NounCalls<'tags'> {
  const { tags } = parts
  return {
    'tags.browse': ({ prefix = '', search = '', limit = usualPageLength, cursor }) =>
      browse(tags, prefix, search, limit, cursor),
    'tags.describe': (input) => ({ tags: input.tags.flatMap((name) => rowOf(tags, name) ?? []) }),
    'tags.read': (input) => ({ values: input.tags.map((name) => feeds.read(name)) }),
    'tags.write': async (input, { note }) => {
      note.target = input.tag
      note.newValue = input.value
      note.comment = printable(input.reason, 'reason')
      note.oldValue = feeds.read(input.tag).value
      const { statusCode, confirmed, value, refusal } = await parts.writeTag(input.tag, input.value)
      return {
        statusCode,
        confirmed,
        value: toJsonValue(value),
        ...(refusal === undefined ? {} : { message: refusal }),
      }
    },
  }
}

export function tagFeeds(feeds: TagFeeds): NounFeeds<'tags'> {
  return {
    'tags.watch': (input, form) =>
      form.frameFeedId === null ? feeds.rows(input.tags) : feeds.frames(input.tags, form.frameFeedId),
  }
}

/** One page; the cursor is the last name of the page before, so tags that come and go between pages disturb nothing. */
function browse(
  tags: TagReader,
  prefix: string,
  search: string,
  limit: number,
  cursor: string | undefined,
): { tags: readonly TagRow[]; cursor?: string } {
  const names = tags.names()
  const wanted = search.toLowerCase()
  const rows: TagRow[] = []
  let at = lowerBound(names, prefix)
  if (cursor !== undefined) at = Math.max(at, upperBound(names, cursor))
  for (; at < names.length; at++) {
    const name = names[at]!
    if (!name.startsWith(prefix)) break
    const row = rowOf(tags, name)
    if (!row || !matches(row, wanted)) continue
    if (rows.length === limit) return { tags: rows, cursor: rows.at(-1)!.tag }
    rows.push(row)
  }
  return { tags: rows }
}

function matches(row: TagRow, wanted: string): boolean {
  if (wanted === '') return true
  const texts = [row.tag, row.description, row.device, row.address]
  return texts.some((text) => text?.toLowerCase().includes(wanted))
}

/** First position whose name is not before `name`. */
function lowerBound(names: readonly string[], name: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (names[middle]! < name) low = middle + 1
    else high = middle
  }
  return low
}

function upperBound(names: readonly string[], name: string): number {
  const at = lowerBound(names, name)
  return names[at] === name ? at + 1 : at
}

function rowOf(tags: TagReader, name: string): TagRow | null {
  const handle = tags.handleOf(name)
  const definition = handle === undefined ? undefined : tags.definition(handle)
  return definition ? toTagRow(definition) : null
}

function toTagRow(tag: TagDefinition): TagRow {
  const { low, high } = tag.limits
  return {
    tag: tag.name,
    dataType: tag.dataType,
    ...(tag.arrayLength === null ? {} : { arrayLength: tag.arrayLength }),
    unit: tag.unit,
    description: tag.description,
    ...(tag.descriptions === undefined ? {} : { descriptions: tag.descriptions }),
    writable: tag.writable,
    ...(tag.equipment === null ? {} : { equipment: tag.equipment }),
    ...(tag.device === null ? {} : { device: tag.device }),
    ...(tag.address === null ? {} : { address: tag.address }),
    ...(tag.expression === null ? {} : { expression: tag.expression }),
    ...(low === null && high === null
      ? {}
      : { limits: { ...(low === null ? {} : { low }), ...(high === null ? {} : { high }) } }),
    ...(tag.decimals === null ? {} : { decimals: tag.decimals }),
    ...(tag.states === null ? {} : { states: tag.states }),
  }
}
