// One alarm through a span of the journal: what it was at which time, whether its annunciations were answered, and what is to be said
// of it at the end. Times in ms since 1970-01-01 UTC.
import type { AlarmKpiAlarm } from '../../shared/alarm-report.ts'
import { isUnacknowledged } from '../alarm-order.ts'
import type { ActivationBursts } from './activation-bursts.ts'
import {
  type AlarmCourse,
  type AlarmKpiRow,
  courseOf,
  type HeldState,
  isAnnunciation,
  isHeld,
  kpiAlarm,
} from './alarm-kpi-row.ts'

/** An annunciation that was answered, or never will be. */
export interface AnsweredAnnunciation {
  readonly row: AlarmKpiRow
  /** null = nobody acknowledged it. */
  readonly acknowledgeMs: number | null
}

/** A stretch of time in which the alarm was one thing. */
export interface CourseStretch {
  readonly course: Exclude<AlarmCourse, 'none'>
  readonly start: number
  readonly end: number
  /** standing: since when it is active. */
  readonly activeTimestamp: number
}

/** An occurrence that returned while it was annunciated. */
export interface ReturnedOccurrence {
  readonly row: AlarmKpiRow
  readonly durationMs: number
  /** Somebody did something to the alarm itself (acknowledged, shelved, commented …). */
  readonly isHandled: boolean
  /** When it was last annunciated, by the runtime's clock; null = not known. */
  readonly annunciatedTimestamp: number | null
  readonly isAcknowledged: boolean
}

/** What one row told. */
export interface CourseStep {
  readonly answered: readonly AnsweredAnnunciation[]
  readonly stretch: CourseStretch | null
  readonly returned: ReturnedOccurrence | null
  /** The held state it came into with this row. */
  readonly entered: HeldState | null
}

/** Figures that are put together row by row. */
export interface HeldTotals {
  enteredCount: number
  heldMs: number
  sparedActivationCount: number
}

/** Follows one alarm in order of the journal. Its time never runs backwards: a row with an earlier time stamp happens at once. */
export class AlarmCourseOfTime {
  readonly index: number
  readonly chattering: ActivationBursts
  row: AlarmKpiRow
  annunciatedCount = 0
  fleetingCount = 0
  fleetingMs = 0
  shortestFleetingMs = Number.POSITIVE_INFINITY
  acknowledgedCount = 0
  acknowledgeMs = 0
  standingMs = 0
  withoutActionCount = 0
  hasBeenStale = false
  readonly held: Record<HeldState, HeldTotals>
  /** Sequence of the row that put it into its present hold; 0 = before what was read. */
  holdSequence = 0
  #time: number
  #course: AlarmCourse
  #courseTimestamp: number
  #activeTimestamp: number
  #pending: AlarmKpiRow | null = null
  #annunciatedTimestamp: number | null = null
  #isAcknowledged = false
  #isHandled = false
  /** Not in the plant any more; its rows say what it was. */
  #isRemoved = false

  /** An alarm that was normal until now; `row` is its first one, to be given to {@link add} as well. */
  constructor(index: number, row: AlarmKpiRow, chattering: ActivationBursts) {
    this.index = index
    this.row = { ...row, sequence: 0, state: 'normal', isActive: false }
    this.chattering = chattering
    this.held = { shelved: noTotals(), suppressedByDesign: noTotals(), outOfService: noTotals() }
    this.#time = row.timestamp
    this.#course = 'none'
    this.#courseTimestamp = row.timestamp
    this.#activeTimestamp = row.timestamp
  }

  /** It was so before the rows begin; null = its occurrence is not known any more. */
  begin(row: AlarmKpiRow, activeTimestamp: number | null): void {
    this.row = row
    this.#time = row.timestamp
    this.#isRemoved = row.event === 'removed'
    this.#course = this.#courseOf(row)
    this.#courseTimestamp = row.timestamp
    this.#activeTimestamp = activeTimestamp ?? row.timestamp
    this.#isAcknowledged = row.state === 'acknowledged'
    if (isUnacknowledged(row.state) && !row.isTest) this.#pending = row
  }

  get course(): AlarmCourse {
    return this.#course
  }

  get activeTimestamp(): number {
    return this.#activeTimestamp
  }

  /** True while an annunciation waits for its acknowledgement. */
  get pending(): AlarmKpiRow | null {
    return this.#pending
  }

  /** null for a row that is older than what is known already. */
  add(row: AlarmKpiRow): CourseStep | null {
    if (row.sequence <= this.row.sequence) return null
    this.#time = Math.max(this.#time, row.timestamp)
    const answered = this.#answer(row)
    const returned = row.event === 'returned' ? this.#return(row) : null
    if (row.event === 'active') this.#activate()
    else if (row.user !== '') this.#isHandled = true
    if (isAnnunciation(row)) this.#annunciate(row)
    if (row.event !== 'acknowledged' && row.event !== 'comment') this.#isRemoved = row.event === 'removed'
    const before = this.#course
    const stretch = this.#turnTo(this.#courseOf(row))
    this.row = row
    const entered = this.#course !== before && isHeld(row.state) ? row.state : null
    if (entered !== null) this.holdSequence = row.sequence
    return { answered, stretch, returned, entered }
  }

  /** What it is at the end, as a stretch until then. */
  stretchUntil(to: number): CourseStretch | null {
    return this.#stretch(Math.max(to, this.#courseTimestamp))
  }

  /** What lists say of it. */
  named(): AlarmKpiAlarm {
    return kpiAlarm(this.row)
  }

  #courseOf(row: AlarmKpiRow): AlarmCourse {
    return this.#isRemoved ? 'none' : courseOf(row)
  }

  #activate(): void {
    this.#activeTimestamp = this.#time
    this.#isHandled = false
    this.#isAcknowledged = false
    this.#annunciatedTimestamp = null
  }

  #annunciate(row: AlarmKpiRow): void {
    this.#pending = row
    this.#annunciatedTimestamp = row.receivedTimestamp
  }

  /** The annunciation that waited, where this row ends the waiting. */
  #answer(row: AlarmKpiRow): AnsweredAnnunciation[] {
    const waiting = this.#pending
    const isByPerson = row.user !== '' && (row.event === 'acknowledged' || row.event === 'reset')
    if (isByPerson) this.#isAcknowledged = true
    if (waiting === null) return []
    const isOver = isByPerson || isAnnunciation(row) || !isUnacknowledged(row.state)
    if (!isOver) return []
    this.#pending = null
    const acknowledgeMs = isByPerson ? Math.max(0, row.receivedTimestamp - waiting.receivedTimestamp) : null
    return [{ row: waiting, acknowledgeMs }]
  }

  #return(row: AlarmKpiRow): ReturnedOccurrence | null {
    if (this.#course !== 'standing' || row.isTest || isHeld(row.state)) return null
    return {
      row,
      durationMs: this.#time - this.#activeTimestamp,
      isHandled: this.#isHandled,
      annunciatedTimestamp: this.#annunciatedTimestamp,
      isAcknowledged: this.#isAcknowledged,
    }
  }

  /** The stretch that is over; null while it goes on. */
  #turnTo(course: AlarmCourse): CourseStretch | null {
    // An alarm that comes again while it is active has another occurrence, not another stretch.
    if (course === this.#course) return null
    const over = this.#stretch(this.#time)
    this.#course = course
    this.#courseTimestamp = this.#time
    return over
  }

  #stretch(end: number): CourseStretch | null {
    if (this.#course === 'none') return null
    return { course: this.#course, start: this.#courseTimestamp, end, activeTimestamp: this.#activeTimestamp }
  }
}

function noTotals(): HeldTotals {
  return { enteredCount: 0, heldMs: 0, sparedActivationCount: 0 }
}
