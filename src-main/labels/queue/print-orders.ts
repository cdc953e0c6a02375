// Orders of labels: identifiers are given out and jobs are made in one transaction; the same order again gives the same labels.
import { hash, randomUUID } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { type JsonValue, type TagValue, toJsonValue } from '../../shared/data-value.ts'
import type { IdentifierRecord, SerialState } from '../../shared/identifier.ts'
import type { LabelPrinter, LabelTemplate } from '../../shared/label.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Database, Statement } from '../../storage/database.ts'
import type { JobLife } from './job-life.ts'
import type { NewJob, StoredJob } from './job-rows.ts'
import type { SerialSource } from './serial-source.ts'
import type { TemplateDocuments } from './template-documents.ts'
import type { TriggerMark, TriggerMarks } from './trigger-marks.ts'

/** One label of an order. */
export interface OrderedLabel {
  /** Every field of the template. */
  readonly fields: Readonly<Record<string, JsonValue>>
  /** An identifier given out already; null = the next one of the template's scheme. */
  readonly identifier: string | null
}

/** Labels to make, after everything that needs tags and the plant was checked: one transaction makes all of them or none. */
export interface PrintOrder {
  readonly template: LabelTemplate
  /** Bytes of the image files the template names. */
  readonly images?: ReadonlyMap<string, Uint8Array>
  readonly printer: string
  readonly copies: number
  readonly labels: readonly OrderedLabel[]
  /** Values of every tag that template and scheme read, as they were when the order came. */
  readonly tags: Readonly<Record<string, TagValue>>
  readonly user: string
  readonly reason?: string
  readonly requestId: string | null
  /** The request as it came: the same requestId with another one is refused. */
  readonly request: JsonValue
  /** How far a trigger is, kept in the same transaction; null = a person asked. */
  readonly mark: TriggerMark | null
}

/** Labels that wait for one printer; more are refused: something is wrong then, and all of it would be printed. */
const mostWaiting = 50_000

/** States of a serial that no label is made for any more. */
const deadStates: readonly (SerialState | null)[] = [
  'unassigned',
  'unallocated',
  'scrapped',
  'destroyed',
  'invalidated',
]

export interface OrderParts {
  readonly database: Database
  readonly life: JobLife
  readonly serials: SerialSource
  readonly documents: TemplateDocuments
  readonly marks: TriggerMarks
  readonly clock: Clock
}

export class PrintOrders {
  readonly #parts: OrderParts
  readonly #request: Statement<[string], { bodyHash: string }>
  readonly #insertRequest: Statement<[string, string, number]>

  constructor(parts: OrderParts) {
    this.#parts = parts
    this.#request = parts.database.prepare('SELECT body_hash AS bodyHash FROM label_request WHERE id = ?')
    this.#insertRequest = parts.database.prepare(
      'INSERT INTO label_request (id, body_hash, timestamp) VALUES (?, ?, ?)',
    )
  }

  /** In the transaction that is open; all labels or none. Throws RuntimeError. */
  place(order: PrintOrder, printer: LabelPrinter): readonly StoredJob[] {
    const { life, documents, marks, clock } = this.#parts
    if (order.requestId !== null) {
      const before = this.#repeated(order.requestId, order.request)
      if (before) return before
    }
    const { queued } = life.jobs.counts(printer.name)
    if (queued + order.labels.length > mostWaiting)
      throw new RuntimeError(
        'BadResourceUnavailable',
        `${queued} labels wait for the printer ${printer.name}; with ${order.labels.length} more it would be more than ${mostWaiting}`,
      )
    documents.keep(order.template, order.images ?? new Map())
    const tags = toJsonValues(order.tags)
    const identifiers = this.#identifiersOf(order, tags)
    const jobs = order.labels.map((label, index) => this.#make(order, label, identifiers[index]!, tags, printer))
    if (order.requestId !== null) this.#insertRequest.run(order.requestId, bodyHash(order.request), clock.now())
    if (order.mark) marks.put(order.mark)
    return jobs
  }

  /** The jobs of the same request before; undefined = it is new. Throws RuntimeError BadEntryExists. */
  #repeated(requestId: string, request: JsonValue): readonly StoredJob[] | undefined {
    const known = this.#request.get(requestId)
    if (!known) return undefined
    if (known.bodyHash !== bodyHash(request))
      throw new RuntimeError('BadEntryExists', `the requestId ${requestId} was used before, with another order`)
    return this.#parts.life.jobs.byRequest(requestId)
  }

  /** For each label: given with it, given out now, or none. Those of labels with the same fields are given out together. */
  #identifiersOf(order: PrintOrder, tags: Readonly<Record<string, JsonValue>>): (string | null)[] {
    const { scheme } = order.template
    const identifiers: (string | null)[] = order.labels.map(({ identifier }) => identifier)
    for (const identifier of identifiers) if (identifier !== null) this.#checkGiven(identifier)
    const given = identifiers.filter((identifier) => identifier !== null)
    if (new Set(given).size !== given.length)
      throw new RuntimeError('BadInvalidArgument', 'an identifier stands twice in the order: it would be on two labels')
    if (scheme === null) return identifiers
    let from = 0
    while (from < identifiers.length) {
      if (identifiers[from] !== null) {
        from++
        continue
      }
      const { fields } = order.labels[from]!
      const key = JSON.stringify(fields)
      let to = from + 1
      while (to < identifiers.length && identifiers[to] === null && JSON.stringify(order.labels[to]!.fields) === key)
        to++
      const count = to - from
      const allocated = this.#parts.serials.allocate({ scheme, count, fields, tags, user: order.user })
      if (allocated.length !== count)
        throw new RuntimeError(
          'BadInternalError',
          `${allocated.length} identifiers came of the scheme ${scheme} instead of ${count}`,
        )
      for (const identifier of allocated) identifiers[from++] = identifier
    }
    return identifiers
  }

  /** An identity has one first label; further ones are reprints, with a reason and counted. */
  #checkGiven(identifier: string): void {
    const { serials, life } = this.#parts
    const record = serials.record(identifier)
    if (!record)
      throw new RuntimeError('BadNotFound', `${identifier} is not known here: it was neither given out nor seen`)
    refuseDead(identifier, record)
    const label = life.jobs.byIdentifier(identifier).find(({ state }) => state !== 'failed' && state !== 'void')
    if (label)
      throw new RuntimeError(
        'BadInvalidState',
        `${identifier} has a label already (job ${label.id}, ${label.state}): reprint that one, with a reason`,
      )
  }

  #make(
    order: PrintOrder,
    label: OrderedLabel,
    identifier: string | null,
    tags: Readonly<Record<string, JsonValue>>,
    printer: LabelPrinter,
  ): StoredJob {
    const { life, clock } = this.#parts
    const now = clock.now()
    const job: NewJob = {
      id: randomUUID(),
      sequence: life.printers.nextSequence(printer.name),
      state: 'allocated',
      identifier,
      ownsIdentifier: identifier !== null && label.identifier === null,
      template: order.template.name,
      templateDigest: order.template.digest,
      printer: printer.name,
      copies: order.copies,
      createdTimestamp: now,
      changedTimestamp: now,
      user: order.user,
      reprintOf: null,
      reprintCount: 0,
      reason: order.reason ?? '',
      message: '',
      imageHash: null,
      scanned: null,
      fields: label.fields,
      tags,
      requestId: order.requestId,
      dpi: printer.dpi,
      awaitsScan: false,
    }
    return life.make(job, 'allocated')
  }
}

/** Throws RuntimeError when no label may be made for it. */
export function refuseDead(identifier: string, record: Pick<IdentifierRecord, 'state' | 'hold'>): void {
  if (record.hold)
    throw new RuntimeError('BadInvalidState', `${identifier} is held by ${record.hold.user}: ${record.hold.reason}`)
  if (deadStates.includes(record.state))
    throw new RuntimeError('BadInvalidState', `${identifier} is ${record.state}: no label is made for it any more`)
}

function toJsonValues(values: Readonly<Record<string, TagValue>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toJsonValue(value)]))
}

/** The same for the same request, in whatever order its keys came. */
function bodyHash(request: JsonValue): string {
  return hash('sha256', JSON.stringify(inOrder(request)))
}

function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]))
}
