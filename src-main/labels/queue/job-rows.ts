// Jobs as they lie in the database, and the questions asked of them.
import type { JsonValue } from '../../shared/data-value.ts'
import type { LabelJob, LabelJobState, PrinterResolution } from '../../shared/label.ts'
import type { Database, Statement } from '../../storage/database.ts'

/** A job with what only the queue needs of it. */
export interface StoredJob extends LabelJob {
  /** In the order in which jobs were made. */
  readonly number: number
  /** Its identifier was given out for this label. */
  readonly ownsIdentifier: boolean
  readonly tags: Readonly<Record<string, JsonValue>>
  readonly fields: Readonly<Record<string, JsonValue>>
  readonly requestId: string | null
  readonly dpi: PrinterResolution
  /** Printed, and its printer's labels are scanned back. */
  readonly awaitsScan: boolean
}

export type NewJob = Omit<StoredJob, 'number'>

/** What may change in a job. */
export interface JobChange {
  readonly state?: LabelJobState
  readonly printer?: string
  readonly sequence?: number
  readonly message?: string
  readonly imageHash?: string | null
  readonly dpi?: PrinterResolution
  readonly scanned?: string | null
  readonly awaitsScan?: boolean
}

export interface JobQuery {
  readonly states?: readonly LabelJobState[] | undefined
  readonly printer?: string | undefined
  readonly identifier?: string | undefined
  /** Part of its identifier, template or user, or of anything that stands on it; capital or small Latin letters are the same. */
  readonly text?: string | undefined
  /** Only these. */
  readonly ids?: readonly string[] | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly limit: number
  /** Only jobs made before the one of this number. */
  readonly before?: number | undefined
}

interface JobRow extends Omit<StoredJob, 'fields' | 'tags' | 'ownsIdentifier' | 'awaitsScan'> {
  readonly fields: string
  readonly tags: string
  readonly ownsIdentifier: number
  readonly awaitsScan: number
}

const columns = `number, id, printer, sequence, state, identifier, owns_identifier AS ownsIdentifier, template,
  template_digest AS templateDigest, copies, fields, tags, user, reason, request_id AS requestId, reprint_of AS reprintOf,
  reprint_count AS reprintCount, message, image_hash AS imageHash, dpi, scanned, awaits_scan AS awaitsScan,
  created_timestamp AS createdTimestamp, changed_timestamp AS changedTimestamp`

export class JobRows {
  readonly #database: Database
  readonly #insert: Statement<unknown[]>
  readonly #update: Statement<unknown[]>
  readonly #byId: Statement<[string], JobRow>
  readonly #byRequest: Statement<[string], JobRow>
  readonly #byIdentifier: Statement<[string], JobRow>
  readonly #nextUnsent: Statement<[string], JobRow>
  readonly #nextAllocated: Statement<[string, number], JobRow>
  readonly #unsent: Statement<[string], JobRow>
  readonly #inState: Statement<[string], JobRow>
  readonly #awaitingScan: Statement<[], JobRow>
  readonly #reprints: Statement<[string], number>
  readonly #counts: Statement<[string, string], { queued: number; inDoubt: number }>

  constructor(database: Database) {
    this.#database = database
    this.#insert = database.prepare(
      `INSERT INTO label_job (id, printer, sequence, state, identifier, owns_identifier, template, template_digest, copies, fields,
         tags, user, reason, request_id, reprint_of, reprint_count, message, image_hash, dpi, scanned, awaits_scan,
         created_timestamp, changed_timestamp)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#update = database.prepare(
      `UPDATE label_job SET state = ?, printer = ?, sequence = ?, message = ?, image_hash = ?, dpi = ?, scanned = ?, awaits_scan = ?,
         changed_timestamp = ? WHERE id = ?`,
    )
    const select = (clause: string): string => `SELECT ${columns} FROM label_job ${clause}`
    this.#byId = database.prepare(select('WHERE id = ?'))
    this.#byRequest = database.prepare(select('WHERE request_id = ? ORDER BY number'))
    this.#byIdentifier = database.prepare(select('WHERE identifier = ? ORDER BY number'))
    this.#nextUnsent = database.prepare(
      select("WHERE printer = ? AND state IN ('allocated', 'queued') ORDER BY sequence LIMIT 1"),
    )
    this.#nextAllocated = database.prepare(
      select("WHERE printer = ? AND sequence > ? AND state = 'allocated' ORDER BY sequence LIMIT 1"),
    )
    this.#unsent = database.prepare(select("WHERE printer = ? AND state IN ('allocated', 'queued') ORDER BY sequence"))
    this.#inState = database.prepare(select('WHERE state = ? ORDER BY number'))
    this.#awaitingScan = database.prepare(select('WHERE awaits_scan = 1 ORDER BY number'))
    this.#reprints = database
      .prepare<[string], number>('SELECT coalesce(max(reprint_count), 0) FROM label_job WHERE reprint_of = ?')
      .pluck()
    this.#counts = database.prepare(
      `SELECT (SELECT count(*) FROM label_job WHERE printer = ? AND state IN ('allocated', 'queued')) AS queued,
              (SELECT count(*) FROM label_job WHERE printer = ? AND state = 'inDoubt') AS inDoubt`,
    )
  }

  insert(job: NewJob): StoredJob {
    const { lastInsertRowid } = this.#insert.run(
      job.id,
      job.printer,
      job.sequence,
      job.state,
      job.identifier,
      Number(job.ownsIdentifier),
      job.template,
      job.templateDigest,
      job.copies,
      JSON.stringify(job.fields),
      JSON.stringify(job.tags),
      job.user,
      job.reason,
      job.requestId,
      job.reprintOf,
      job.reprintCount,
      job.message,
      job.imageHash,
      job.dpi,
      job.scanned,
      Number(job.awaitsScan),
      job.createdTimestamp,
      job.changedTimestamp,
    )
    return { ...job, number: Number(lastInsertRowid) }
  }

  /** Gives back the job as it is now. */
  change(job: StoredJob, change: JobChange, changedTimestamp: number): StoredJob {
    const changed: StoredJob = { ...job, ...change, changedTimestamp }
    this.#update.run(
      changed.state,
      changed.printer,
      changed.sequence,
      changed.message,
      changed.imageHash,
      changed.dpi,
      changed.scanned,
      Number(changed.awaitsScan),
      changedTimestamp,
      job.id,
    )
    return changed
  }

  byId(id: string): StoredJob | undefined {
    const row = this.#byId.get(id)
    return row && asJob(row)
  }

  byRequest(requestId: string): readonly StoredJob[] {
    return this.#byRequest.all(requestId).map(asJob)
  }

  /** Oldest first. */
  byIdentifier(identifier: string): readonly StoredJob[] {
    return this.#byIdentifier.all(identifier).map(asJob)
  }

  /** The first one that is not sent yet, drawn or not. */
  nextUnsent(printer: string): StoredJob | undefined {
    const row = this.#nextUnsent.get(printer)
    return row && asJob(row)
  }

  /** The next one behind a sequence that is not drawn yet. */
  nextAllocated(printer: string, behindSequence: number): StoredJob | undefined {
    const row = this.#nextAllocated.get(printer, behindSequence)
    return row && asJob(row)
  }

  unsent(printer: string): readonly StoredJob[] {
    return this.#unsent.all(printer).map(asJob)
  }

  inState(state: LabelJobState): readonly StoredJob[] {
    return this.#inState.all(state).map(asJob)
  }

  /** Oldest first. */
  awaitingScan(): readonly StoredJob[] {
    return this.#awaitingScan.all().map(asJob)
  }

  counts(printer: string): { readonly queued: number; readonly inDoubt: number } {
    return this.#counts.get(printer, printer)!
  }

  /** How often a first print was printed again. */
  reprintCount(originalId: string): number {
    return this.#reprints.get(originalId)!
  }

  /** Printers that have jobs which are not settled. */
  printersWithOpenJobs(): readonly string[] {
    return this.#database
      .prepare<[], string>(
        `SELECT DISTINCT printer FROM label_job WHERE state IN ('allocated', 'queued')
         UNION SELECT DISTINCT printer FROM label_job WHERE state IN ('sent', 'inDoubt')`,
      )
      .pluck()
      .all()
  }

  /** Newest first. */
  read({ states, printer, identifier, text, ids, from, to, limit, before }: JobQuery): readonly StoredJob[] {
    const conditions: string[] = []
    const values: (number | string)[] = []
    const where = (condition: string, ...of: (number | string | undefined)[]): void => {
      const given = of.filter((value) => value !== undefined)
      if (given.length !== of.length || of.length === 0) return
      conditions.push(condition)
      values.push(...given)
    }
    if (states && states.length > 0) where(`state IN (${states.map(() => '?').join(', ')})`, ...states)
    where('printer = ?', printer)
    where('identifier = ?', identifier)
    if (ids !== undefined) where('id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
    if (text !== undefined && text !== '') {
      const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`
      const isThere = (value: string) => `${value} LIKE ? ESCAPE '\\'`
      where(
        `(${['identifier', 'template', 'user'].map(isThere).join(' OR ')}
          OR EXISTS (SELECT 1 FROM json_each(label_job.fields) AS field WHERE ${isThere('field.value')}))`,
        part,
        part,
        part,
        part,
      )
    }
    where('created_timestamp >= ?', from)
    where('created_timestamp <= ?', to)
    where('number < ?', before)
    const clause = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    return this.#database
      .prepare<(number | string)[], JobRow>(`SELECT ${columns} FROM label_job ${clause} ORDER BY number DESC LIMIT ?`)
      .all(...values, limit)
      .map(asJob)
  }
}

function asJob(row: JobRow): StoredJob {
  return {
    ...row,
    ownsIdentifier: row.ownsIdentifier === 1,
    awaitsScan: row.awaitsScan === 1,
    fields: JSON.parse(row.fields) as Readonly<Record<string, JsonValue>>,
    tags: JSON.parse(row.tags) as Readonly<Record<string, JsonValue>>,
  }
}

/** A job as others see it. */
export function publicJob(job: StoredJob): LabelJob {
  const {
    number: _number,
    ownsIdentifier: _owns,
    tags: _tags,
    requestId: _request,
    dpi: _dpi,
    awaitsScan: _awaits,
    ...seen
  } = job
  return seen
}
