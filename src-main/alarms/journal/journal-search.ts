// Pages of the journal. Blocks that cannot contain what is looked for are left out; in what remains either an index leads to the
// rows, or the rows are looked through. Either way a page ends in time: what it has not seen is the next page's.
import type { AlarmEvent } from '../../shared/alarm.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Statement } from '../../storage/database.ts'
import { type BlockSummary, blockColumns, blockLength, blockOf } from './journal-blocks.ts'
import { conditionsOf, type IndexedRows, type JournalConditions } from './journal-conditions.ts'
import { type JournalPage, type JournalQuery, mostJournalRows, usualJournalRows } from './journal-query.ts'
import type { JournalSource, StoredEvent } from './journal-source.ts'

/** A search that took so long ends its page; ms. */
const pageMs = 400
/** Blocks that are searched between two looks at the clock; they double while nothing is found. */
const firstStride = 16
const longestStride = 64
/** Where an index leads to the rows. */
const longestIndexedStride = 512
/** More places than this are not looked up one by one. */
const mostIndexed = 3000
/** Looking up one place costs as much as reading so many rows one after the other; so does each row that it leads to. */
const rowsPerLookUp = 24
const rowsPerFound = 8

export interface SearchOptions {
  /** Rows of archive files are not in the journal: where it begins. */
  readonly source: JournalSource
  /** Ends a page; ms. */
  readonly pageMs?: number
}

/** Throws RuntimeError BadInvalidArgument for a limit or cursor that is none. */
export function searchJournal(query: JournalQuery, { source, pageMs: longestMs = pageMs }: SearchOptions): JournalPage {
  const isNewest = query.order === 'newest'
  const limit = query.limit ?? usualJournalRows
  if (!Number.isInteger(limit) || limit < 1 || limit > mostJournalRows)
    throw new RuntimeError(
      'BadInvalidArgument',
      `limit: a number from 1 to ${mostJournalRows} is expected, not ${limit}`,
    )
  const span = spanOf(query, source)
  const conditions = conditionsOf(query, source)
  if (conditions.isEmpty || span.first > span.last) return { events: [] }
  const blocks = candidates(source, span, conditions, isNewest)
  const walk = new RowWalk(source, conditions, isNewest)
  const end = performance.now() + longestMs
  const rows: StoredEvent[] = []
  let stride = firstStride
  for (let index = 0; index < blocks.length; ) {
    const some = blocks.slice(index, index + stride)
    walk.read(some, span, limit + 1 - rows.length, rows)
    if (rows.length > limit) {
      const page = rows.slice(0, limit)
      return { events: page.map((row) => source.eventOf(row)), cursor: String(page.at(-1)!.sequence) }
    }
    index += some.length
    stride = Math.min(stride * 2, walk.isIndexed ? longestIndexedStride : longestStride)
    if (performance.now() > end && index < blocks.length) {
      const last = some.at(-1)!.number
      const reached = isNewest ? last * blockLength + 1 : (last + 1) * blockLength
      return { events: rows.map((row) => source.eventOf(row)), cursor: String(reached) }
    }
  }
  return { events: rows.map((row) => source.eventOf(row)) }
}

interface Span {
  /** Sequences, inclusive. */
  first: number
  last: number
}

/** Rows that are asked for at all: those of the journal, beyond the cursor. */
function spanOf({ cursor, order }: JournalQuery, source: JournalSource): Span {
  const chain = source.database
    .prepare<[], { archived: number; last: number }>(
      'SELECT archived_sequence AS archived, last_sequence AS last FROM chain',
    )
    .get()
  const span = { first: (chain?.archived ?? 0) + 1, last: chain?.last ?? 0 }
  if (cursor === undefined) return span
  if (!/^\d{1,15}$/.test(cursor))
    throw new RuntimeError(
      'BadInvalidArgument',
      `cursor: that of the page before is expected, not "${cursor.slice(0, 40)}"`,
    )
  const reached = Number(cursor)
  if (order === 'newest') span.last = Math.min(span.last, reached - 1)
  else span.first = Math.max(span.first, reached + 1)
  return span
}

/** Blocks of the span that may contain what is looked for, in the order of the answer. */
function candidates(
  source: JournalSource,
  { first, last }: Span,
  conditions: JournalConditions,
  isNewest: boolean,
): BlockSummary[] {
  const blocks = source.database
    .prepare<[number, number], BlockSummary>(
      `SELECT ${blockColumns} FROM block WHERE number BETWEEN ? AND ? ORDER BY number ${isNewest ? 'DESC' : 'ASC'}`,
    )
    .all(blockOf(first), blockOf(last))
  return blocks.filter((block) => conditions.fitsBlock(block))
}

/** Reads rows of blocks, by index or one after the other, whichever touches less. */
class RowWalk {
  readonly #source: JournalSource
  readonly #conditions: JournalConditions
  readonly #isNewest: boolean
  readonly #counts = new Map<string, Statement<[number, number, number, number], { count: number }>>()
  readonly #statements = new Map<string, ReturnType<JournalSource['database']['prepare']>>()

  constructor(source: JournalSource, conditions: JournalConditions, isNewest: boolean) {
    this.#source = source
    this.#conditions = conditions
    this.#isNewest = isNewest
  }

  /** Whether there are few enough places to look them up. */
  get isIndexed(): boolean {
    return this.#conditions.indexed !== null && this.#conditions.indexed.length <= mostIndexed
  }

  /** Appends rows that fit, at most `count`, in order. */
  read(blocks: readonly BlockSummary[], span: Span, count: number, into: StoredEvent[]): void {
    const { indexed } = this.#conditions
    for (const run of runsOf(blocks)) {
      const room = count - into.length
      if (room <= 0) return
      const first = Math.max(span.first, Math.min(run.first, run.last) * blockLength + 1)
      const last = Math.min(span.last, (Math.max(run.first, run.last) + 1) * blockLength)
      if (indexed !== null && this.isIndexed && this.#isSparse(indexed, first, last))
        into.push(...this.#lookUp(indexed, first, last, room))
      else into.push(...this.#rows(null, first, last, room))
    }
  }

  /** Whether the index leads to so few rows that looking them up is less work than reading all. */
  #isSparse(indexed: readonly IndexedRows[], first: number, last: number): boolean {
    let room = last - first + 1 - indexed.length * rowsPerLookUp
    for (const { column, number } of indexed) {
      if (room <= 0) return false
      const most = Math.ceil(room / rowsPerFound)
      room -= rowsPerFound * this.#counted(column, number, first, last, most)
    }
    return room > 0
  }

  #counted(column: IndexedRows['column'], number: number, first: number, last: number, most: number): number {
    let statement = this.#counts.get(column)
    if (statement === undefined) {
      statement = this.#source.database.prepare<[number, number, number, number], { count: number }>(
        `SELECT count(*) AS count FROM (SELECT 1 FROM event
         WHERE ${column} = ? AND ${column === 'alarm' ? '' : `${column} <> 0 AND `}sequence BETWEEN ? AND ? LIMIT ?)`,
      )
      this.#counts.set(column, statement)
    }
    return statement.get(number, first, last, most)?.count ?? 0
  }

  #lookUp(indexed: readonly IndexedRows[], first: number, last: number, count: number): StoredEvent[] {
    const found = new Map<number, StoredEvent>()
    let [low, high] = [first, last]
    for (const place of indexed) {
      for (const row of this.#rows(place, low, high, count)) found.set(row.sequence, row)
      if (found.size > 4 * count) {
        // What lies beyond the best so far is not wanted any more.
        const best = this.#inOrder(found, count)
        found.clear()
        for (const row of best) found.set(row.sequence, row)
        if (this.#isNewest) low = Math.max(low, best.at(-1)!.sequence)
        else high = Math.min(high, best.at(-1)!.sequence)
      }
    }
    return this.#inOrder(found, count)
  }

  #inOrder(found: ReadonlyMap<number, StoredEvent>, count: number): StoredEvent[] {
    const sign = this.#isNewest ? -1 : 1
    return [...found.values()].sort((a, b) => sign * (a.sequence - b.sequence)).slice(0, count)
  }

  #rows(place: IndexedRows | null, first: number, last: number, count: number): StoredEvent[] {
    const { sql, parameters, fitsRow } = this.#conditions
    const values = { ...parameters, first, last, place: place?.number ?? 0, count }
    const statement = this.#statement(place?.column ?? null, sql)
    if (fitsRow === null) return statement.all(values) as StoredEvent[]
    const rows: StoredEvent[] = []
    for (const row of statement.iterate({ ...values, count: -1 }) as IterableIterator<StoredEvent>) {
      if (!fitsRow(row)) continue
      rows.push(row)
      if (rows.length === count) break
    }
    return rows
  }

  #statement(column: IndexedRows['column'] | null, sql: string) {
    const key = column ?? ''
    let statement = this.#statements.get(key)
    if (statement === undefined) {
      const place = column === null ? '' : `${column} = @place AND ${column === 'alarm' ? '' : `${column} <> 0 AND `}`
      // Without an index the rows are walked by sequence: `+alarm` keeps SQLite from another idea.
      const others = column === null ? sql.replace(/\b(alarm|user|comment) (IN|=)/g, '+$1 $2') : sql
      statement = this.#source.database.prepare(
        `SELECT * FROM event WHERE ${place}sequence BETWEEN @first AND @last${others}
         ORDER BY sequence ${this.#isNewest ? 'DESC' : 'ASC'} LIMIT @count`,
      )
      this.#statements.set(key, statement)
    }
    return statement
  }
}

/** Blocks that follow each other, as one run each. */
function runsOf(blocks: readonly BlockSummary[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = []
  for (const { number } of blocks) {
    const run = runs.at(-1)
    if (run !== undefined && Math.abs(run.last - number) === 1) run.last = number
    else runs.push({ first: number, last: number })
  }
  return runs
}

/** Rows after a sequence, oldest first: for feeds that catch up. */
export function eventsSince(source: JournalSource, sequence: number, limit: number): readonly AlarmEvent[] {
  return source.database
    .prepare<[number, number], StoredEvent>(
      `SELECT * FROM event WHERE sequence > max(?, (SELECT archived_sequence FROM chain)) ORDER BY sequence LIMIT ?`,
    )
    .all(sequence, limit)
    .map((row) => source.eventOf(row))
}
