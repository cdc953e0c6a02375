// Gives out identifiers: one counter for each scheme and period, which never goes back, and a row for each identifier, whose spelling
// the database keeps unique for ever.
import type { Clock } from '../../base/clock.ts'
import type { JsonValue } from '../../shared/data-value.ts'
import type { IdentifierKind, IdentifierScheme, SerialPool, SerialState } from '../../shared/identifier.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Database, Statement } from '../../storage/database.ts'
import { compileTemplate, type IdentifierTemplate, type TemplateValues } from './identifier-template.ts'
import { missingScheme } from './missing-scheme.ts'
import { PlantCalendar, periodOf } from './plant-calendar.ts'
import type { PoolKey, PoolRow, PoolTable } from './pool-table.ts'
import { TemplateReader } from './template-match.ts'
import type { TemplateFault } from './template-parts.ts'
import { hasTestPrefix } from './test-prefix.ts'
import type { Witness } from './witness.ts'
import type { WordTable } from './word-table.ts'

export interface AllocationRequest {
  readonly scheme: string
  /** 1 to 10,000; 1 without. */
  readonly count?: number
  /** Fields the template names: texts, numbers and booleans. */
  readonly fields?: Readonly<Record<string, JsonValue>>
  /** Values of the tags the template names. */
  readonly tags?: Readonly<Record<string, JsonValue>>
  /** Name of the shift, where the plant has any. */
  readonly shift?: string | null
  readonly user: string
  /** The same again gives the same identifiers. */
  readonly requestId?: string | undefined
}

/** Which counter of which pool an identifier belongs to. */
export interface OwnSerial {
  readonly pool: PoolKey
  readonly counter: number
}

export interface PoolRelease {
  readonly scheme: string
  readonly user: string
  readonly reason: string
  /** Counter to go on with; without it behind everything that may have been given out. */
  readonly next?: number | undefined
}

interface ConfiguredScheme {
  readonly scheme: IdentifierScheme
  /** null with faults. */
  readonly template: IdentifierTemplate | null
  readonly reader: TemplateReader | null
  readonly faults: readonly TemplateFault[]
  readonly isTestPrefix: boolean
}

/** Counters are made known to the witness in steps of so many; of a pool with few left in smaller ones. */
const reservationStep = 1000
/** So many steps at least are in what is left: a step is lost when a backup comes back. */
const leastSteps = 20
const mostAtOnce = 10_000
/** So many identifiers in a row that exist already are passed over; more are a mistake in the templates. */
const mostTaken = 100_000
const upcomingCount = 5

export class SerialPools {
  readonly #words: WordTable
  readonly #clock: Clock
  readonly #pools: PoolTable
  readonly #witness: Witness
  readonly #addSerial: Statement<
    [string, IdentifierKind, number, number, SerialState, number, number, number, number, number | null]
  >
  readonly #request: Statement<[string], { number: number; body: string }>
  readonly #addRequest: Statement<[string, string, number], number>
  readonly #ofRequest: Statement<[number], string>
  readonly #counts: Statement<[string], { state: SerialState; count: number }>
  #schemes: ReadonlyMap<string, ConfiguredScheme> = new Map()
  #calendar: PlantCalendar | null = null

  constructor(database: Database, pools: PoolTable, words: WordTable, clock: Clock, witness: Witness) {
    this.#words = words
    this.#clock = clock
    this.#pools = pools
    this.#witness = witness
    this.#addSerial = database.prepare(
      `INSERT INTO identifier (identifier, kind, pool, counter, state, allocated, allocated_by, changed, reason, request)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
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
    this.#counts = database.prepare(
      `SELECT state, sum(count) AS count FROM pool_count JOIN pool ON pool.number = pool_count.pool
       WHERE pool.scheme = ? GROUP BY state HAVING sum(count) > 0`,
    )
  }

  configure(schemes: readonly IdentifierScheme[], timeZone: string, hasShifts: boolean): void {
    const configured = new Map<string, ConfiguredScheme>()
    for (const scheme of schemes) {
      const { template, faults } = compileTemplate(scheme, { hasShifts })
      const reader = template && new TemplateReader(template)
      const isTestPrefix = hasTestPrefix(scheme.kind, scheme.template)
      configured.set(scheme.name, { scheme, template, reader, faults, isTestPrefix })
    }
    this.#schemes = configured
    this.#calendar = new PlantCalendar(timeZone)
  }

  /** Inside of a transaction. All or none; in the order of their counters. Throws RuntimeError as said in identity-store.ts. */
  allocate(request: AllocationRequest): readonly string[] {
    const { scheme: name, count = 1, fields = {}, requestId } = request
    const template = this.#templateOf(name)
    if (!Number.isInteger(count) || count < 1 || count > mostAtOnce)
      throw new RuntimeError(
        'BadInvalidArgument',
        `${count} identifiers cannot be given out at once; 1 to ${mostAtOnce} can.`,
      )
    const body = JSON.stringify([name, count, Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))])
    let requestNumber: number | null = null
    if (requestId !== undefined) {
      const before = this.#request.get(requestId)
      if (before && before.body !== body)
        throw new RuntimeError(
          'BadEntryExists',
          `The request ${requestId} was answered already, and asked for something else then.`,
        )
      if (before) return this.#ofRequest.all(before.number)
      requestNumber = this.#addRequest.get(requestId, body, this.#clock.now())!
    }
    const refusal = this.#refusalOf(name)
    if (refusal !== null) throw new RuntimeError('BadInvalidState', refusal)
    return this.#giveOut(template, request, count, requestNumber)
  }

  #giveOut(
    template: IdentifierTemplate,
    request: AllocationRequest,
    count: number,
    requestNumber: number | null,
  ): readonly string[] {
    const now = this.#clock.now()
    const { scheme } = template
    const values = this.#values(request, now)
    const key = { scheme: scheme.name, period: periodOf(scheme.reset, values.time), template: scheme.template }
    const pool = this.#pools.findOrAdd(key, scheme.first)
    const user = this.#words.numberOf(request.user)
    const noReason = this.#words.numberOf('')
    const given: string[] = []
    let { reserved } = pool
    let counter = Math.max(pool.next, scheme.first)
    let takenCount = 0
    for (; given.length < count; counter++) {
      if (counter > template.last)
        throw new RuntimeError(
          'BadInvalidState',
          `The pool ${scheme.name} is used up: its last counter is ${template.last}, and of ${count} identifiers ${given.length} were left.`,
        )
      if (counter > reserved) {
        reserved = stepBehind(counter + count - given.length - 1, template.last)
        this.#witness.reserve(key, reserved)
      }
      const identifier = template.identifier({ ...values, counter })
      if (this.#add(identifier, scheme.kind, pool, counter, 'allocated', now, user, noReason, requestNumber))
        given.push(identifier)
      else if (++takenCount > mostTaken)
        throw new RuntimeError(
          'BadEntryExists',
          `The pool ${scheme.name} is at ${pool.next}, and more than ${mostTaken} identifiers from there on exist already; it has to be released with a higher counter.`,
        )
    }
    this.#pools.move(pool, counter, reserved)
    this.#witness.touch(key)
    return given
  }

  /**
   * An identifier that one of the schemes makes and that is not in the database; null = none makes it, or with a counter the plant leaves
   * to others.
   */
  ownerOf(identifier: string): OwnSerial | null {
    for (const { scheme, template, reader } of this.#schemes.values()) {
      const match = reader?.read(identifier)
      if (!template || !match || match.counter < scheme.first || match.counter > template.last) continue
      return {
        pool: { scheme: scheme.name, period: match.period, template: scheme.template },
        counter: match.counter,
      }
    }
    return null
  }

  /** Inside of a transaction. An own identifier was seen that is not in the database: stops its pool, or takes it up as a lost one. */
  sawUnknown(identifier: string, kind: IdentifierKind, { pool: key, counter }: OwnSerial, user: string): void {
    const now = this.#clock.now()
    const row = this.#pools.find(key.scheme, key.period)
    if (row && counter < row.next) {
      if (!this.#pools.isSkipped(row, counter)) return
      const reason = this.#words.numberOf('Seen; it was given out by a state of the station that is lost.')
      this.#add(identifier, kind, row, counter, 'encoded', now, this.#words.numberOf(user), reason, null)
      return
    }
    this.#pools.stop({
      scheme: key.scheme,
      reason: `The pool ${key.scheme} gives out nothing: ${identifier} was seen, whose counter ${counter} was never given out here. An older state of the station may have come back, or somebody else gives out the same identifiers. When a person releases it, it goes on behind that counter, or with the one that person says.`,
      period: key.period,
      next: counter + 1,
      timestamp: now,
    })
  }

  /** Inside of a transaction. Throws RuntimeError BadNotFound, BadInvalidState, BadInvalidArgument. */
  release({ scheme: name, user, reason, next }: PoolRelease): SerialPool {
    const template = this.#templateOf(name)
    const stop = this.#pools.stopOf(name)
    if (!stop && next === undefined && this.#witness.refusal === null)
      throw new RuntimeError('BadInvalidState', `The pool ${name} is not stopped.`)
    const now = this.#clock.now()
    const period = periodOf(template.scheme.reset, this.#time(now))
    const pool = this.#pools.findOrAdd(this.#keyOf(template, period), template.scheme.first)
    if (next !== undefined && next < pool.next)
      throw new RuntimeError(
        'BadInvalidArgument',
        `The pool ${name} cannot go on with ${next}: a counter never goes back, and ${pool.next} comes next.`,
      )
    const passedOver = `Passed over when ${user} released the pool: ${reason}`
    const target = next ?? Math.max(pool.next, stop?.period === period ? stop.next : 0)
    if (target > template.last)
      throw new RuntimeError(
        'BadInvalidState',
        `The pool ${name} cannot go on with ${target}: its last counter is ${template.last}. Say the counter it goes on with, from ${pool.next}.`,
      )
    this.#pools.passOver(pool, target, passedOver, now)
    if (stop && stop.period !== period && next === undefined) {
      const other = this.#pools.findOrAdd(this.#keyOf(template, stop.period), template.scheme.first)
      this.#pools.passOver(other, stop.next, passedOver, now)
    }
    this.#pools.release(name)
    this.#witness.takeOver()
    return this.pool(name)
  }

  /** The next identifiers as they would be given out now; a field or tag that is not known stands there as it does in the template. */
  upcoming(name: string, count: number): readonly string[] {
    const template = this.#templateOf(name)
    const values = this.#values(
      { fields: asWritten(template.fields, 'field'), tags: asWritten(template.tags, 'tag'), shift: '{shift}' },
      this.#clock.now(),
    )
    const { reset, first } = template.scheme
    const upcoming: string[] = []
    let counter = this.#pools.nextOf(this.#keyOf(template, periodOf(reset, values.time)), first)
    for (; upcoming.length < count && counter <= template.last; counter++)
      upcoming.push(
        template.isComplete ? template.identifier({ ...values, counter }) : template.sketch({ ...values, counter }),
      )
    return upcoming
  }

  /** Of each scheme of the plant the pool it counts in now. */
  pools(): readonly SerialPool[] {
    return [...this.#schemes.keys()].map((name) => this.pool(name))
  }

  /** Throws RuntimeError BadNotFound. */
  pool(name: string): SerialPool {
    const { scheme, template, faults, isTestPrefix } = this.#configured(name)
    const period = periodOf(scheme.reset, this.#time(this.#clock.now()))
    const next = this.#pools.nextOf({ scheme: name, period, template: scheme.template }, scheme.first)
    const last = template?.last ?? scheme.last
    const counts: Partial<Record<SerialState, number>> = {}
    for (const { state, count } of this.#counts.all(name)) counts[state] = count
    const usedUp = next > last ? `The pool ${name} is used up: its last counter is ${last}.` : null
    return {
      scheme: name,
      kind: scheme.kind,
      template: scheme.template,
      period,
      next,
      first: scheme.first,
      last,
      counts,
      refusal: faults.length > 0 ? faultSentence(name, faults) : (this.#refusalOf(name) ?? usedUp),
      upcoming: template ? this.upcoming(name, upcomingCount) : [],
      licensed: scheme.licensed,
      isTestPrefix,
    }
  }

  #add(
    identifier: string,
    kind: IdentifierKind,
    pool: PoolRow,
    counter: number,
    state: SerialState,
    now: number,
    user: number,
    reason: number,
    request: number | null,
  ): boolean {
    const { number } = pool
    return this.#addSerial.run(identifier, kind, number, counter, state, now, user, now, reason, request).changes === 1
  }

  #refusalOf(name: string): string | null {
    return this.#witness.refusal ?? this.#pools.stopOf(name)?.reason ?? null
  }

  #configured(name: string): ConfiguredScheme {
    const configured = this.#schemes.get(name)
    if (!configured) throw new RuntimeError('BadNotFound', missingScheme(name, [...this.#schemes.keys()]))
    return configured
  }

  #templateOf(name: string): IdentifierTemplate {
    const { template, faults } = this.#configured(name)
    if (!template) throw new RuntimeError('BadConfigurationError', faultSentence(name, faults))
    return template
  }

  #keyOf({ scheme }: IdentifierTemplate, period: string): PoolKey {
    return { scheme: scheme.name, period, template: scheme.template }
  }

  #values(given: Omit<AllocationRequest, 'scheme' | 'user'>, now: number): Omit<TemplateValues, 'counter'> {
    const { fields = {}, tags = {}, shift = null } = given
    return { time: this.#time(now), fields: textsOf(fields), tags: textsOf(tags), shift }
  }

  #time(timestamp: number) {
    if (!this.#calendar) throw new RuntimeError('BadInvalidState', 'The schemes of the plant are not known yet.')
    return this.#calendar.at(timestamp)
  }
}

/** Up to where the witness is told before the counter is given out. */
function stepBehind(counter: number, last: number): number {
  const step = Math.max(1, Math.min(reservationStep, Math.floor((last - counter) / leastSteps)))
  return Math.min(last, Math.ceil(counter / step) * step)
}

function faultSentence(name: string, faults: readonly TemplateFault[]): string {
  return `The template of ${name} has faults: ${faults.map(({ message }) => message.replace(/\.$/, '')).join('; ')}.`
}

/** Lists, objects and null are no text on a label: they count as missing. */
function textsOf(values: Readonly<Record<string, JsonValue>>): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(values))
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      texts[name] = String(value)
  return texts
}

function asWritten(names: readonly string[], kind: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `{${kind}:${name}}`]))
}
