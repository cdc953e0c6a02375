// Where the parts were, and which parts were somewhere at some time.
//
// Which windows overlap a span is answered from one index (equipment, length, entered): windows are filed by the class of their length,
// n = at most 4^n ms, so that for each class only those that began less than 4^n ms before the span are looked at. Among a million
// parts that is as many rows as there are answers, give or take; long windows do not make short ones slow.

import type { PartWindow } from '../../shared/identifier.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Database, Statement } from '../../storage/database.ts'
import type { WordTable } from './word-table.ts'

/** A part was in equipment from when to when (ms since 1970). */
export interface Placement {
  readonly equipment: string
  readonly entered: number
  /** null = it is there still. */
  readonly left: number | null
  /** It is nowhere else then: it left the equipment before when it entered, and leaves this one when it entered the next. */
  readonly leavesOthers?: boolean
}

export interface PartQuery {
  readonly equipment: readonly string[]
  /** Inclusive. */
  readonly from: number
  /** Exclusive; a span of no length is one of 1 ms. */
  readonly to: number
  readonly limit: number
  readonly cursor?: string | undefined
}

/** A window of a part, by the number of its identifier. */
export interface FoundWindow extends PartWindow {
  readonly part: number
}

/** 4^20 ms are 35 years; what is longer is filed as open. */
const longestClass = 20
const openClass = -1

interface Row {
  readonly part: number
  readonly entered: number
  readonly left: number | null
}

export class PartWindows {
  readonly #words: WordTable
  readonly #put: Statement<[number, number, number, number | null, number]>
  readonly #ofPart: Statement<[number], { equipment: string; number: number; entered: number; left: number | null }>
  readonly #classes: Statement<[number, number], number>
  readonly #overlapping: Statement<[number, number, number, number, number, number, number, number], Row>

  constructor(database: Database, words: WordTable) {
    this.#words = words
    this.#put = database.prepare(
      `INSERT INTO place (part, entered, equipment, "left", length) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (part, entered, equipment) DO UPDATE SET "left" = excluded."left", length = excluded.length`,
    )
    this.#ofPart = database.prepare(
      `SELECT word.text AS equipment, word.number AS number, entered, "left"
       FROM place JOIN word ON word.number = place.equipment WHERE part = ? ORDER BY entered, word.text`,
    )
    this.#classes = database
      .prepare<[number, number], number>(
        'SELECT length FROM place WHERE equipment = ? AND length > ? ORDER BY length LIMIT 1',
      )
      .pluck()
    this.#overlapping = database.prepare(
      `SELECT part, entered, "left" FROM place
       WHERE equipment = ? AND length = ? AND entered > ? AND entered < ?
         AND ("left" IS NULL OR max("left", entered + 1) > ?) AND (entered, part) > (?, ?)
       ORDER BY entered, part LIMIT ?`,
    )
  }

  /** The same part, equipment and entry again replaces its end. Throws RuntimeError BadInvalidArgument when it left before it entered. */
  place(part: number, placement: Placement): PartWindow {
    const { equipment, entered } = placement
    if (placement.left !== null && placement.left < entered)
      throw new RuntimeError(
        'BadInvalidArgument',
        `A part cannot leave ${equipment} ${entered - placement.left} ms before it enters.`,
      )
    const number = this.#words.numberOf(equipment)
    let left = placement.left
    if (placement.leavesOthers)
      for (const other of this.#ofPart.all(part)) {
        if (other.number === number && other.entered === entered) continue
        if (other.entered > entered) left = Math.min(left ?? other.entered, other.entered)
        else if (other.left === null || other.left > entered) this.#write(part, other.number, other.entered, entered)
      }
    this.#write(part, number, entered, left)
    return { equipment, from: entered, to: left }
  }

  /** By time. */
  windowsOf(part: number): readonly PartWindow[] {
    return this.#ofPart.all(part).map(({ equipment, entered, left }) => ({ equipment, from: entered, to: left }))
  }

  /** Windows that overlap the span, by the time of their entry; a part that came back has several. */
  partsIn(query: PartQuery): { windows: readonly FoundWindow[]; cursor?: string } {
    const { from, limit } = query
    const to = Math.max(query.to, from + 1)
    const after = readCursor(query.cursor)
    const found: FoundWindow[] = []
    for (const equipment of new Set(query.equipment)) {
      const number = this.#words.knownNumberOf(equipment)
      if (number === undefined) continue
      for (
        let length = this.#classes.get(number, -2);
        length !== undefined;
        length = this.#classes.get(number, length)
      ) {
        const reach = length === openClass ? Number.MIN_SAFE_INTEGER : from - 4 ** length - 1
        const earliest = Math.max(reach, after.entered - 1)
        // The row of the cursor itself may come again: two more than asked for tell whether there are more.
        const rows = this.#overlapping.all(number, length, earliest, to, from, after.entered, after.part - 1, limit + 2)
        for (const { part, entered, left } of rows)
          if (isAfter({ entered, part, equipment }, after)) found.push({ part, equipment, from: entered, to: left })
      }
    }
    found.sort((a, b) => a.from - b.from || a.part - b.part || (a.equipment < b.equipment ? -1 : 1))
    if (found.length <= limit) return { windows: found }
    const windows = found.slice(0, limit)
    const last = windows.at(-1)!
    return { windows, cursor: `${last.from}.${last.part}.${last.equipment}` }
  }

  #write(part: number, equipment: number, entered: number, left: number | null): void {
    this.#put.run(part, entered, equipment, left, lengthClass(entered, left))
  }
}

function lengthClass(entered: number, left: number | null): number {
  if (left === null) return openClass
  let length = 0
  while (length <= longestClass && 4 ** length < left - entered) length++
  return length > longestClass ? openClass : length
}

interface Position {
  readonly entered: number
  readonly part: number
  readonly equipment: string
}

function readCursor(cursor: string | undefined): Position {
  if (cursor === undefined) return { entered: Number.MIN_SAFE_INTEGER, part: 0, equipment: '' }
  const match = /^(-?\d+)\.(\d+)\.(.*)$/s.exec(cursor)
  if (!match) throw new RuntimeError('BadInvalidArgument', 'The cursor is none of this query.')
  return { entered: Number(match[1]), part: Number(match[2]), equipment: match[3]! }
}

function isAfter(row: Position, cursor: Position): boolean {
  if (row.entered !== cursor.entered) return row.entered > cursor.entered
  if (row.part !== cursor.part) return row.part > cursor.part
  return row.equipment > cursor.equipment
}
