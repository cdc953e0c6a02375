// The one place every request passes, from whichever way in: who are you, may you, does the input fit, do it, write it down.
// Permission comes before the input's shape, so that nobody learns a schema they may not use.
import * as v from 'valibot'
import type { Session } from '../access/sessions.ts'
import {
  type CallName,
  type Contract,
  contract,
  type FeedName,
  type InputOf,
  type RowName,
} from '../shared/contract.ts'
import type { Link } from '../shared/link.ts'
import type { Permission } from '../shared/permission.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { isGood, StatusCodes } from '../shared/status-code.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import { accessCalls } from './access-api.ts'
import { alarmCalls } from './alarm-api.ts'
import { alarmFeeds } from './alarm-feed.ts'
import {
  type ApiError,
  asApiError,
  forbidden,
  invalidInput,
  shuttingDown,
  unauthorized,
  unknownCall,
} from './api-error.ts'
import type { ApiParts } from './api-parts.ts'
import { auditCalls } from './audit-api.ts'
import type { AuditNote, CallContext, CallHandlers, FeedForm, FeedHandlers, Origin } from './call-handlers.ts'
import { Client, type FeedOutlet, type OpenFeed } from './client.ts'
import { deviceCalls, deviceFeeds } from './device-api.ts'
import { equipmentCalls, equipmentFeeds } from './equipment-api.ts'
import { Feed, type FeedSource } from './feed.ts'
import { historyCalls } from './history-api.ts'
import { identifierCalls, scanCalls, scanFeeds } from './identifier-api.ts'
import { labelCalls, labelFeeds } from './label-api.ts'
import { LinkClient } from './link-client.ts'
import { maintenanceCalls } from './maintenance-api.ts'
import { mimicCalls } from './mimic-api.ts'
import { plantCalls, plantFeeds } from './plant-api.ts'
import { tagCalls, tagFeeds } from './tag-api.ts'
import { TagFeeds } from './tag-feed.ts'

interface RunningFeed {
  readonly permission: Permission
  readonly client: Client
  readonly end: (error: ApiError) => void
}

/** Numbers for `maintenance.health` and /metrics. */
export interface ApiCounters {
  readonly callCount: number
  readonly refusedCallCount: number
  readonly failedCallCount: number
  readonly openFeedCount: number
  readonly watchedTagCount: number
  readonly linkCount: number
  /** Records the audit trail could not take (disk full …). */
  readonly auditFailureCount: number
  /** Uses of a session that could not be noted. */
  readonly sessionFailureCount: number
}

export class ApiServer {
  readonly #parts: ApiParts
  readonly #calls: CallHandlers
  readonly #feeds: FeedHandlers
  readonly #tagFeeds: TagFeeds
  readonly #plantWatchers = new Set<() => void>()
  readonly #running = new Set<RunningFeed>()
  readonly #links = new Set<LinkClient>()
  /** Session id → the client of its HTTP requests, while any is going. */
  readonly #httpClients = new Map<string, Client>()
  readonly #stopWatchingSessions: () => void
  /** User and source of a locked log-in → when it was last written down, so that a flood costs no disk. */
  readonly #lockRecords = new Map<string, number>()
  #callCount = 0
  #refusedCallCount = 0
  #failedCallCount = 0
  #isClosed = false

  constructor(parts: ApiParts) {
    this.#parts = parts
    this.#tagFeeds = new TagFeeds(parts.tags, parts.clock)
    this.#calls = {
      ...accessCalls(parts),
      ...plantCalls(parts),
      ...mimicCalls(parts),
      ...tagCalls(parts, this.#tagFeeds),
      ...historyCalls(parts),
      ...alarmCalls(parts),
      ...deviceCalls(parts),
      ...equipmentCalls(parts, this.#tagFeeds),
      ...labelCalls(parts),
      ...identifierCalls(parts),
      ...scanCalls(parts),
      ...auditCalls(parts),
      ...maintenanceCalls(parts),
    }
    this.#feeds = {
      ...plantFeeds(parts, (notify) => {
        this.#plantWatchers.add(notify)
        return () => this.#plantWatchers.delete(notify)
      }),
      ...tagFeeds(this.#tagFeeds),
      ...alarmFeeds(parts),
      ...deviceFeeds(parts),
      ...equipmentFeeds(parts),
      ...labelFeeds(parts),
      ...scanFeeds(parts),
    }
    parts.access.permissions.configure(parts.plantStore.plant.roles)
    this.#stopWatchingSessions = parts.access.sessions.onChange(() => this.#sessionsChanged())
  }

  /** True while the first-start code is the only way in. */
  get isFirstStart(): boolean {
    return this.#parts.access.accounts.isEmpty
  }

  get counters(): ApiCounters {
    return {
      callCount: this.#callCount,
      refusedCallCount: this.#refusedCallCount,
      failedCallCount: this.#failedCallCount,
      openFeedCount: this.#running.size,
      watchedTagCount: this.#tagFeeds.watchCount,
      linkCount: this.#links.size,
      auditFailureCount: this.#parts.access.audit.failedAppendCount,
      sessionFailureCount: this.#parts.access.sessions.failedWriteCount,
    }
  }

  /** The changes of one batch, after the tag table took them; columns are only read, and not kept. */
  publish(changes: ValueBatch): void {
    this.#tagFeeds.publish(changes)
  }

  /** The plant folder was taken over, or its faults changed. */
  plantChanged(): void {
    this.#parts.access.permissions.configure(this.#parts.plantStore.plant.roles)
    this.#tagFeeds.tagsChanged()
    this.plantRowChanged()
    this.#sessionsChanged()
  }

  /** Something that `plant.watch` shows changed, but not the plant: history is recorded again, or no more. */
  plantRowChanged(): void {
    for (const notify of [...this.#plantWatchers]) notify()
  }

  /** Serves a screen on this link until it closes. */
  serve(link: Link, origin: Origin): void {
    if (this.#isClosed) return link.close()
    const client = new LinkClient(this, link, origin)
    this.#links.add(client)
    link.onClose(() => {
      client.closed()
      this.#links.delete(client)
    })
  }

  /** The session of a token, null when it is none. */
  authenticate(token: string): Session | null {
    return this.#parts.access.sessions.authenticate(token)
  }

  /** The client that all HTTP requests of a session share; without a session one for this request alone. */
  httpClient(session: Session | null, origin: Origin): Client {
    if (!session) return new Client(origin, null)
    for (const [id, client] of this.#httpClients) if (client.isIdle) this.#httpClients.delete(id)
    const present = this.#httpClients.get(session.id)
    if (present) return present
    const client = new Client(origin, session)
    this.#httpClients.set(session.id, client)
    return client
  }

  /** Throws ApiError 401, 404 or 403 unless this client may use this row now. An audited refusal is written down. */
  authorise(client: Client, name: string): RowName {
    if (client.session) client.session = this.#present(client.session, name)
    const isKnown = Object.hasOwn(contract, name)
    const row = isKnown ? contract[name as RowName] : null
    if (row?.permission === null) return name as RowName
    if (!client.session) throw unauthorized()
    if (!row) throw unknownCall(name)
    if (!this.#parts.access.permissions.has(client.session.roles, row.permission)) {
      const error = forbidden(
        `"${name}" needs the permission ${row.permission}, which ${client.session.user} does not have`,
      )
      if (row.audited) this.#writeAudit(client, name, emptyNote(), error.statusCode)
      this.#refusedCallCount++
      throw error
    }
    return name as RowName
  }

  /**
   * Answers a call; throws ApiError and nothing else. `adopt`: what a log-in or log-out means for this client; `signal`: aborted
   * when nobody waits for the answer any more.
   */
  async call(
    client: Client,
    name: string,
    input: unknown,
    signal: AbortSignal = neverAborted,
    adopt: (session: Session | null) => void = () => undefined,
  ): Promise<unknown> {
    if (this.#isClosed) throw shuttingDown()
    const rowName = this.authorise(client, name)
    if (contract[rowName].kind !== 'call') throw invalidInput(`"${name}" is a feed: open it, or GET /api/v1/${name}`)
    client.beginCall()
    this.#callCount++
    try {
      return await this.#answer(client, rowName as CallName, input, adopt, signal)
    } finally {
      client.endCall()
    }
  }

  /** Opens a feed; items and end go to the outlet. Throws ApiError. */
  openFeed(client: Client, name: string, input: unknown, outlet: FeedOutlet): OpenFeed {
    if (this.#isClosed) throw shuttingDown()
    const rowName = this.authorise(client, name)
    if (contract[rowName].kind !== 'feed') throw invalidInput(`"${name}" is a call, not a feed: POST /api/v1/${name}`)
    const valid = this.#validate(rowName, input)
    const tagCount = 'tags' in valid && Array.isArray(valid.tags) ? valid.tags.length : 0
    client.beginFeed(tagCount)
    const open = this.#feeds[rowName as FeedName] as (input: unknown, form: FeedForm) => FeedSource<unknown>
    const feed = new Feed(open(valid, outlet.form), this.#parts.clock, (item) => outlet.item(item))
    let isOpen = true
    const close = () => {
      if (!isOpen) return
      isOpen = false
      feed.close()
      client.endFeed(tagCount)
      this.#running.delete(running)
    }
    const running: RunningFeed = {
      permission: contract[rowName as FeedName].permission as Permission,
      client,
      end: (error) => {
        close()
        outlet.end(error)
      },
    }
    this.#running.add(running)
    return { ready: () => feed.ready(), close }
  }

  /** Ends every feed and link; nothing is answered any more. */
  close(): void {
    this.#isClosed = true
    this.#stopWatchingSessions()
    for (const running of [...this.#running]) running.end(shuttingDown())
    for (const client of [...this.#links]) client.close()
  }

  async #answer(
    client: Client,
    name: CallName,
    input: unknown,
    adopt: (session: Session | null) => void,
    signal: AbortSignal,
  ): Promise<unknown> {
    const row = contract[name]
    const note = emptyNote()
    // The session as it was: log-out ends it, and the record must still name the person.
    const before = { origin: client.origin, session: client.session }
    try {
      note.target = targetOf(input)
      const valid = this.#validate(name, input)
      const handler = this.#calls[name] as (input: unknown, context: CallContext) => unknown
      const result = await handler(valid, { ...before, note, adopt, signal })
      if (row.audited)
        this.#writeAudit({ ...before, session: before.session ?? client.session }, name, note, statusOf(result))
      return result
    } catch (thrown) {
      const error = asApiError(thrown)
      this.#noteFailure(name, error)
      if (row.audited && this.#isWorthARecord(name, before, note, error)) {
        note.comment = note.comment === '' ? error.body.message : `${note.comment} (${error.body.message})`
        this.#writeAudit(before, name, note, error.statusCode)
      }
      throw error
    }
  }

  #noteFailure(name: string, error: ApiError): void {
    this.#refusedCallCount++
    if (error.body.httpStatus !== 500) return
    this.#failedCallCount++
    this.#parts.logger.error(`the call ${name} failed: ${messageOf(error.cause ?? error)}`, {
      cause: stackOf(error.cause),
    })
  }

  /** The valid input, made of the schema's own keys only. Throws ApiError 400. */
  #validate<N extends RowName>(name: N, input: unknown): InputOf<N> {
    if (typeof input !== 'object' || input === null || Array.isArray(input))
      throw invalidInput(`the input of "${name}" is a JSON object`)
    const schema: Contract[RowName]['input'] = contract[name].input
    const parsed = v.safeParse(schema, input, { abortEarly: true })
    if (parsed.success) return parsed.output as InputOf<N>
    const issue = parsed.issues[0]
    throw invalidInput(`${issue.message} (in the input of "${name}")`, v.getDotPath(issue) ?? '')
  }

  /** A stranger must not fill the disk: of log-ins that are locked or flooding only counters tell. */
  #isWorthARecord(name: string, by: AuditedBy, note: AuditNote, error: ApiError): boolean {
    if (name !== 'access.login') return true
    const status = error.body.httpStatus
    if (status !== 423) return status === 401
    const key = `${note.target}\n${by.origin.station}`
    const now = this.#parts.clock.monotonic()
    const isNew = now - (this.#lockRecords.get(key) ?? Number.NEGATIVE_INFINITY) > lockRecordIntervalMs
    if (isNew) {
      this.#lockRecords.set(key, now)
      if (this.#lockRecords.size > mostLockRecords) this.#lockRecords.delete(this.#lockRecords.keys().next().value!)
    }
    return isNew
  }

  #writeAudit(by: AuditedBy, action: string, note: AuditNote, statusCode: number): void {
    try {
      this.#parts.access.audit.append({
        user: by.session?.user ?? note.target,
        accountId: by.session?.accountId ?? null,
        station: by.origin.station,
        action,
        target: note.target,
        oldValue: note.oldValue,
        newValue: note.newValue,
        statusCode,
        comment: note.comment,
      })
    } catch (error) {
      // A full disk must not keep an operator from acting (IEC 62443-4-2 CCSC 1, CR 2.10); maintenance.health shows it.
      this.#parts.logger.error(`the audit trail could not be written: ${messageOf(error)}`, { action, statusCode })
    }
  }

  /** Feeds whose session ended or whose permission is gone end now. */
  #sessionsChanged(): void {
    for (const client of this.#links) client.checkSession()
    for (const running of [...this.#running]) {
      const session = running.client.session && this.#parts.access.sessions.find(running.client.session.id)
      if (!session) running.end(unauthorized())
      else if (!this.#parts.access.permissions.has(session.roles, running.permission))
        running.end(forbidden(`the permission ${running.permission} was withdrawn`))
    }
  }

  /** The session now. A screen asks `access.session` to see whether the link lives: that is nobody's use of it. */
  #present(session: Session, name: string): Session | null {
    const { sessions } = this.#parts.access
    return name === 'access.session' ? sessions.find(session.id) : sessions.use(session.id)
  }

  /** Is this session still valid? Does not count as use. */
  isAlive(session: Session): boolean {
    return this.#parts.access.sessions.find(session.id) !== null
  }
}

interface AuditedBy {
  readonly origin: Origin
  readonly session: Session | null
}

const neverAborted = new AbortController().signal
const lockRecordIntervalMs = 60_000
const mostLockRecords = 1000
const longestTarget = 256

function emptyNote(): AuditNote {
  return { target: '', oldValue: null, newValue: null, comment: '' }
}

/** What a request was about, before it is known to be valid. */
function targetOf(input: unknown): string {
  if (typeof input !== 'object' || input === null) return ''
  const fields = input as Readonly<Record<string, unknown>>
  const group = fields.group as Readonly<Record<string, unknown>> | null | undefined
  const found = [fields.tag, fields.user, fields.device, fields.file, fields.thumbprint, fields.name, group?.name].find(
    (field) => typeof field === 'string',
  )
  return typeof found === 'string' ? found.slice(0, longestTarget) : ''
}

/**
 * A call that was answered but not carried out (a device refused) keeps its own status code in the audit trail; one that was carried
 * out for none of its targets the first of theirs.
 */
function statusOf(result: unknown): number {
  if (typeof result !== 'object' || result === null) return StatusCodes.Good
  const { statusCode, results } = result as { readonly statusCode?: unknown; readonly results?: unknown }
  if (typeof statusCode === 'number') return statusCode
  const codes = Array.isArray(results) ? results.map(statusOf) : []
  return codes.find(isGood) ?? codes[0] ?? StatusCodes.Good
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined
}
