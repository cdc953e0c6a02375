// What is in each 1024 rows of the journal, as times and bit masks: a search over ten million rows looks at ten thousand of these and
// leaves out whatever cannot contain what is looked for.
import type { AlarmEvent } from '../../shared/alarm.ts'
import type { Database, Statement } from '../../storage/database.ts'
import { codeOf, eventNumbers, flagShift, priorityNumbers, stateNumbers } from './journal-codec.ts'

const blockShift = 10
/** Rows of one block. */
export const blockLength = 1 << blockShift

/** Number of the block of a row. */
export function blockOf(sequence: number): number {
  return Math.floor((sequence - 1) / blockLength)
}

export interface BlockSummary {
  readonly number: number
  /** Earliest and latest of both time stamps of all rows. */
  firstTime: number
  lastTime: number
  lastReceived: number
  /** Bit masks of numbers of journal-codec.ts. */
  events: number
  states: number
  priorities: number
  flags: number
}

export const blockColumns =
  'number, first_time AS firstTime, last_time AS lastTime, last_received AS lastReceived, events, states, priorities, flags'

/** The block that rows are being added to; written with each commit. */
export class OpenBlock {
  readonly #find: Statement<[number], BlockSummary>
  readonly #write: Statement<[number, number, number, number, number, number, number, number]>
  #block: BlockSummary | null = null

  constructor(database: Database) {
    this.#find = database.prepare(`SELECT ${blockColumns} FROM block WHERE number = ?`)
    this.#write = database.prepare('INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  }

  add(event: AlarmEvent): void {
    const number = blockOf(event.sequence)
    if (this.#block?.number !== number) {
      this.write()
      this.#block = this.#find.get(number) ?? emptyBlock(number)
    }
    const block = this.#block
    block.firstTime = Math.min(block.firstTime, event.timestamp, event.receivedTimestamp)
    block.lastTime = Math.max(block.lastTime, event.timestamp, event.receivedTimestamp)
    block.lastReceived = Math.max(block.lastReceived, event.receivedTimestamp)
    block.events |= 1 << eventNumbers[event.event]
    block.states |= 1 << stateNumbers[event.state]
    block.priorities |= 1 << priorityNumbers[event.priority]
    block.flags |= codeOf(event) >> flagShift
  }

  /** Into the transaction that is open. */
  write(): void {
    const block = this.#block
    if (block === null) return
    const { number, firstTime, lastTime, lastReceived, events, states, priorities, flags } = block
    this.#write.run(number, firstTime, lastTime, lastReceived, events, states, priorities, flags)
  }

  /** A transaction was rolled back: the database knows. */
  forget(): void {
    this.#block = null
  }
}

function emptyBlock(number: number): BlockSummary {
  return {
    number,
    firstTime: Number.MAX_SAFE_INTEGER,
    lastTime: Number.MIN_SAFE_INTEGER,
    lastReceived: Number.MIN_SAFE_INTEGER,
    events: 0,
    states: 0,
    priorities: 0,
    flags: 0,
  }
}
