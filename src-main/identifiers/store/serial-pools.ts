// Gives out identifiers: one counter for each scheme and period, which never goes back, and a row for each identifier, whose spelling
// the database keeps unique for ever.
import type { Clock } from '../../base/clock.ts'
import type { SerialPool, SerialState } from '../../shared/identifier.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Database, Statement } from '../../storage/database.ts'
import { spellingOf } from './identifier-spelling.ts'
import type { IdentifierTemplate, TemplateValues } from './identifier-template.ts'
import { type PlantCalendar, periodOf } from './plant-calendar.ts'
import type { WordTable } from './word-table.ts'

export interface AllocationRequest {
  readonly scheme: string
  /** 1 to 10,000. */
  readonly count: number
  /** Fields the template names. */
  readonly fields?: Readonly<Record<string, string>>
  /** Values of the tags the template names. */
  readonly tags?: Readonly<Record<string, string>>
  readonly shift?: string | null
  readonly user: string
  /** The same again gives the same identifiers. */
  readonly requestId?: string | undefined
}

/** What has to know, before it is committed, up to which counter identifiers may be given out. */
export interface Reservations {
  /** Called inside of the transaction. What it says is on the disk when it returns. */
  reserve(pool: { readonly scheme: string; readonly period: string; readonly template: string }, upTo: number): void
}

/** What a kind of pool gives out, ready to use. */
export interface ReadyScheme {
  readonly template: IdentifierTemplate
  readonly isTestPrefix: boolean
}

interface PoolRow {
  readonly number: number
  readonly next: number
  readonly reserved: number
}

/** Counters are made known to the witness in steps of so many. */
export const reservationStep = 1000
const mostAtOnce = 10_000
/** So many identifiers in a row that exist already are passed over; more are a mistake in the templates. */
const mostTaken = 100_000
const upcomingCount = 5

export class SerialPools {
  readonly #words: WordTable
  readonly #clock: Clock
  readonly #reservations: Reservations
  readonly #pool: Statement<[string, string], PoolRow>
  readonly #addPool: Statement<[string, string, string, number, number], PoolRow>
  readonly #nextOfTemplate: Statement<[string, string], number | null>
  readonly #movePool: Statement<[number, number, number]>
  readonly #addSerial: Statement<[string, string, number, number, number, number, number, number, number | null]>
  readonly #request: Statement<[string], { number: number; body: string }>
  readonly #addRequest: Statement<[string, string, number], number>
  readonly #ofRequest: Statement<[number], string>
  readonly #stop: Statement<[string], string>
  readonly #counts: Statement<[string], { state: SerialState; count: number }>
  #schemes: ReadonlyMap<string, ReadyScheme> = new Map()
  #calendar: PlantCalendar | null = null

  constructor(database: Database, words: WordTable, clock: Clock, reservations: Reservations) {
    this.#words = words
    this.#clock = clock
    this.#reservations = reservations
    this.#pool = database.prepare('SELECT number, next, reserved FROM pool WHERE scheme = ? AND period = ?')
    this.#addPool = database.prepare(
      `INSERT INTO pool (scheme, period, template, next, reserved) VALUES (?, ?, ?, ?, ?) RETURNING number, next, reserved`,
    )
    this.#nextOfTemplate = database
      .prepare<[string, string], number | null>('SELECT max(next) FROM pool WHERE template = ? AND period = ?')
      .pluck()
    this.#movePool = database.prepare('UPDATE pool SET next = ?, reserved = ? WHERE number = ?')
    this.#addSerial = database.prepare(
      `INSERT INTO identifier (identifier, kind, pool, counter, state, allocated, allocated_by, changed, reason, request)
       VALUES (?, ?, ?, ?, 'allocated', ?, ?, ?, ?, ?) ON CONFLICT (identifier) DO NOTHING`,
    )
    this.#request = database.prepare('SELECT number, body FROM request WHERE id = ?')
    this.#addRequest = database
      .prepare<[string, string, number], number>(
        'INSERT INTO request (id, body, timestamp) VALUES (?, ?, ?) RETURNING number',
      )
      .pluck()
    this.#ofRequest = database
      .prepare<[number], string>('SELECT identifier FROM identifier WHERE request = ? ORDER BY number')
      .pluck()
    this.#stop = database.prepare<[string], string>('SELECT reason FROM stop WHERE scheme = ?').pluck()
    this.#counts = database.prepare(
      `SELECT state, sum(count) AS count FROM pool_count JOIN pool ON pool.number = pool_count.pool
       WHERE pool.scheme = ? GROUP BY state HAVING sum(count) > 0`,
    )
  }

  configure(schemes: ReadonlyMap<string, ReadyScheme>, calendar: PlantCalendar): void {
    this.#schemes = schemes
    this.#calendar = calendar
  }

  /** Inside of a transaction. All or none; in the order of their counters. Throws RuntimeError as said in identity-store.ts. */
  allocate(request: AllocationRequest): readonly string[] {
    const { template } = this.#ready(request.scheme)
    if (!Number.isInteger(request.count) || request.count < 1 || request.count > mostAtOnce)
      throw new RuntimeError(
        'BadInvalidArgument',
        `${request.count} identifiers cannot be given out at once; 1 to ${mostAtOnce} can.`,
      )
    const body = JSON.stringify([request.scheme, request.count, Object.entries(request.fields ?? {}).sort()])
    let requestNumber: number | null = null
    if (request.requestId !== undefined) {
      const before = this.#request.get(request.requestId)
      if (before && before.body !== body)
        throw new RuntimeError(
          'BadEntryExists',
          `The request ${request.requestId} has been answered already, and asked for something else then.`,
        )
      if (before) return this.#ofRequest.all(before.number)
      requestNumber = this.#addRequest.get(request.requestId, body, this.#clock.now())!
    }
    const refusal = this.#stop.get(request.scheme)
    if (refusal !== undefined) throw new RuntimeError('BadInvalidState', refusal)
    return this.#giveOut(template, request, requestNumber)
  }

  #giveOut(template: IdentifierTemplate, request: AllocationRequest, requestNumber: number | null): readonly string[] {
    const now = this.#clock.now()
    const { scheme } = template
    const values = this.#values(request, now)
    const period = periodOf(scheme.reset, values.time)
    const pool = this.#poolOf(template, period)
    const user = this.#words.numberOf(request.user)
    const noReason = this.#words.numberOf('')
    const given: string[] = []
    let reserved = pool.reserved
    let counter = pool.next
    let takenCount = 0
    for (; given.length < request.count; counter++) {
      if (counter > template.last)
        throw new RuntimeError(
          'BadResourceUnavailable',
          `The pool ${scheme.name} is used up: of ${request.count} identifiers ${given.length} are left; its last counter is ${template.last}.`,
        )
      if (counter > reserved) {
        reserved = Math.ceil((counter + request.count - given.length) / reservationStep) * reservationStep
        this.#reservations.reserve({ scheme: scheme.name, period, template: scheme.template }, reserved)
      }
      const identifier = spellingOf(scheme.kind, template.write({ ...values, counter }))
      const { changes } = this.#addSerial.run(
        identifier,
        scheme.kind,
        pool.number,
        counter,
        now,
        user,
        now,
        noReason,
        requestNumber,
      )
      if (changes === 1) given.push(identifier)
      else if (++takenCount > mostTaken)
        throw new RuntimeError(
          'BadEntryExists',
          `The pool ${scheme.name} is at ${counter}, and more than ${mostTaken} identifiers from there on exist already; the pool has to be released with a higher counter.`,
        )
    }
    this.#movePool.run(counter, reserved, pool.number)
    return given
  }

  /** The next identifiers as they would be given out now; a field or tag that is not known stands there as it does in the template. */
  upcoming(schemeName: string, count: number): readonly string[] {
    const { template } = this.#ready(schemeName)
    const values = this.#values({
      fields: asWritten(template.fields, 'field'),
      tags: asWritten(template.tags, 'tag'),
      shift: '{shift}',
    })
    const isComplete = template.fields.length === 0 && template.tags.length === 0 && !template.usesShift
    const upcoming: string[] = []
    let counter = this.#nextOf(template, periodOf(template.scheme.reset, values.time))
    for (; upcoming.length < count && counter <= template.last; counter++) {
      const text = template.write({ ...values, counter })
      upcoming.push(isComplete ? spellingOf(template.scheme.kind, text) : text)
    }
    return upcoming
  }

  /** Of each scheme of the plant the pool it counts in now. */
  pools(): readonly SerialPool[] {
    return [...this.#schemes.keys()].map((name) => this.pool(name))
  }

  pool(name: string): SerialPool {
    const { template, isTestPrefix } = this.#ready(name)
    const { scheme } = template
    const period = periodOf(scheme.reset, this.#time(this.#clock.now()))
    const next = this.#nextOf(template, period)
    const counts: Partial<Record<SerialState, number>> = {}
    for (const { state, count } of this.#counts.all(name)) counts[state] = count
    const usedUp = next > template.last ? `The pool is used up: its last counter is ${template.last}.` : null
    return {
      scheme: name,
      kind: scheme.kind,
      template: scheme.template,
      period,
      next,
      first: scheme.first,
      last: template.last,
      counts,
      refusal: this.#stop.get(name) ?? usedUp,
      upcoming: this.upcoming(name, upcomingCount),
      licensed: scheme.licensed,
      isTestPrefix,
    }
  }

  #ready(name: string): ReadyScheme {
    const ready = this.#schemes.get(name)
    if (!ready)
      throw new RuntimeError('BadNotFound', `The plant has no scheme ${name} that identifiers can be given out by.`)
    return ready
  }

  #poolOf(template: IdentifierTemplate, period: string): PoolRow {
    const { name, template: text } = template.scheme
    const next = this.#nextOf(template, period)
    const row = this.#pool.get(name, period) ?? this.#addPool.get(name, period, text, next, next - 1)!
    // The scheme may begin higher than it did.
    return row.next < next ? { ...row, next } : row
  }

  /** A scheme that was given another name goes on where its template was. */
  #nextOf(template: IdentifierTemplate, period: string): number {
    const { name, template: text, first } = template.scheme
    const own = this.#pool.get(name, period)?.next
    return Math.max(own ?? this.#nextOfTemplate.get(text, period) ?? first, first)
  }

  #values(given: Partial<AllocationRequest>, now = this.#clock.now()): Omit<TemplateValues, 'counter'> {
    return { time: this.#time(now), fields: given.fields ?? {}, tags: given.tags ?? {}, shift: given.shift ?? null }
  }

  #time(timestamp: number) {
    if (!this.#calendar) throw new RuntimeError('BadInvalidState', 'No schemes have been configured.')
    return this.#calendar.at(timestamp)
  }
}

function asWritten(names: readonly string[], kind: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `{${kind}:${name}}`]))
}
