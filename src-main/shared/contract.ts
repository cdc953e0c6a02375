// Every call and feed between a screen (or script) and the runtime: the only things that cross. One row = input schema,
// permission, audited or not; the types of client and handlers are derived from the rows, so a missing handler does not
// compile. The same rows answer over MessagePort, WebSocket and HTTP (POST /api/v1/<call>, GET /api/v1/<feed>).
import * as v from 'valibot'
import type { JsonValue, TagValueRow } from './data-value.ts'
import {
  type HistoryMarker,
  type HistoryResult,
  type HistoryStatistics,
  historyModes,
  interpolations,
  type RecordedSeriesRow,
} from './history.ts'
import type { Permission, Role } from './permission.ts'
import { roles } from './permission.ts'
import type { MimicEntry, PlantFault } from './plant.ts'
import { type DataType, dataTypes, type StateWords } from './tag.ts'
import {
  defaultTrendSpanMs,
  markerKinds,
  mostPens,
  penColorCount,
  penStyles,
  type SavedTrendGroup,
  trendAxisCount,
} from './trend-group.ts'

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256))
const names = (most: number) => v.pipe(v.array(name), v.maxLength(most))
const text = (longest: number) => v.pipe(v.string(), v.maxLength(longest))
const nothing = v.object({})
const cursor = v.optional(text(512))
const limit = (most: number) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most)))
/** Nothing a device takes is nested deeper; recursion over values is safe below it. */
const deepestJson = 32
const jsonValue = v.custom<JsonValue>(
  (input) => input !== undefined && isShallow(input),
  `a JSON value nested at most ${deepestJson} levels deep is expected`,
)
/** Letters and digits of any script, `. _ @ -` and inner spaces. */
export const userName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(64),
  v.regex(/^[\p{L}\p{N}._@-]+( [\p{L}\p{N}._@-]+)*$/u),
)
const user = userName
const password = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))

const timeRule = 'a time is expected: ms since 1970-01-01 UTC, or RFC 3339 text as 2026-03-29T01:30:00Z'
/** ms since 1970-01-01 UTC as a number, or RFC 3339 text; gives whole ms. */
const time = v.union(
  [
    v.pipe(v.number(), v.minValue(-8.64e15, timeRule), v.maxValue(8.64e15, timeRule)),
    v.pipe(
      v.string(),
      v.regex(/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$/, timeRule),
      v.transform((input) => Date.parse(input)),
      v.number(timeRule),
    ),
  ],
  timeRule,
)
/**
 * A long column, checked in one loop: a schema for each of its rows would take the runtime a second for one full body. `take` gives
 * the value, or undefined where the rule is broken. Messages begin with "a list" (openapi.ts).
 */
function column<Item>(what: string, rule: string, take: (input: unknown) => Item | undefined) {
  return v.pipe(
    v.custom<unknown[]>((input) => Array.isArray(input), `a list of ${what} is expected`),
    v.rawTransform<unknown[], Item[]>(({ dataset, addIssue, NEVER }) => {
      const items: Item[] = new Array(dataset.value.length)
      for (const [key, value] of dataset.value.entries()) {
        const item = take(value)
        if (item === undefined) {
          addIssue({
            message: rule,
            input: value,
            path: [{ type: 'array', origin: 'value', input: dataset.value, key, value }],
          })
          return NEVER
        }
        items[key] = item
      }
      return items
    }),
  )
}
const timeColumn = column('times', timeRule, (input) => {
  if (typeof input === 'number' && Math.abs(input) <= 8.64e15) return input
  const parsed = typeof input === 'string' ? v.safeParse(time, input) : null
  return parsed?.success ? parsed.output : undefined
})
const valueColumn = column<JsonValue>(
  'values',
  `a JSON value nested at most ${deepestJson} levels deep is expected`,
  (input) => (input !== undefined && isShallow(input) ? (input as JsonValue) : undefined),
)
const statusCodeColumn = column('status codes', 'a status code is a whole number from 0 to 4294967295', (input) =>
  typeof input === 'number' && Number.isInteger(input) && input >= 0 && input <= 0xffffffff ? input : undefined,
)
const wholeNumber = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100))
/** Tags of one question; a thousand is a whole line at one instant. */
const historyTags = v.pipe(v.array(name), v.minLength(1), v.maxLength(10_000))

const penSchema = v.strictObject({
  tag: name,
  color: v.optional(v.nullable(wholeNumber(1, penColorCount)), null),
  axis: v.optional(v.nullable(wholeNumber(1, trendAxisCount)), null),
  low: v.optional(v.nullable(v.number()), null),
  high: v.optional(v.nullable(v.number()), null),
  style: v.optional(v.nullable(v.picklist(penStyles)), null),
})
const trendName = v.pipe(
  v.string(),
  v.regex(/^[\w-]{1,64}$/, 'letters A to Z, digits, _ and - are expected, at most 64'),
)
const trendGroupSchema = v.strictObject({
  name: trendName,
  title: v.record(
    v.pipe(v.string(), v.minLength(1), v.maxLength(35)),
    v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  ),
  spanMs: v.optional(wholeNumber(1000, 3_200_000_000_000), defaultTrendSpanMs),
  pens: v.pipe(v.array(penSchema), v.maxLength(mostPens)),
  markers: v.optional(v.array(v.picklist(markerKinds)), []),
})

function isShallow(input: unknown): boolean {
  // Nearly every value is one, and back-fill has a hundred thousand of them.
  if (typeof input !== 'object' || input === null) return true
  let level: unknown[] = [input]
  for (let depth = 0; depth <= deepestJson; depth++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
    if (level.length === 0) return true
  }
  return false
}

/** Marks the result type of a row; nothing is stored. */
function result<T>(): T {
  return undefined as T
}

interface Row<Kind extends 'call' | 'feed', Schema extends v.GenericSchema, Result> {
  readonly kind: Kind
  readonly input: Schema
  /** null = open to everybody (only `access.login`). */
  readonly permission: Permission | null
  readonly audited: boolean
  readonly summary: string
  readonly result: Result
}

function call<Schema extends v.GenericSchema, Result>(
  permission: Permission | null,
  summary: string,
  input: Schema,
  marker: Result,
  audited = false,
): Row<'call', Schema, Result> {
  return { kind: 'call', input, permission, audited, summary, result: marker }
}

function feed<Schema extends v.GenericSchema, Result>(
  permission: Permission,
  summary: string,
  input: Schema,
  marker: Result,
): Row<'feed', Schema, Result> {
  return { kind: 'feed', input, permission, audited: false, summary, result: marker }
}

/** Row of `tags.browse`. */
export interface TagRow {
  readonly tag: string
  readonly dataType: DataType
  readonly arrayLength?: number
  readonly unit: string
  readonly description: string
  readonly writable: boolean
  readonly equipment?: string
  readonly device?: string
  readonly address?: string
  readonly expression?: string
  readonly limits?: { readonly low?: number; readonly high?: number }
  readonly decimals?: number
  readonly states?: Readonly<Record<string, StateWords>>
}

/** State of one connection, as the device page shows it. Times in ms. */
export interface DeviceRow {
  readonly device: string
  readonly description: string
  readonly protocol: string
  readonly address: string
  readonly state: DeviceState
  /** Since when, ms since 1970-01-01 UTC. */
  readonly stateTimestamp: number
  readonly tagCount: number
  readonly badTagCount: number
  readonly requestCount: number
  readonly failedRequestCount: number
  readonly updateCount: number
  readonly reconnectCount: number
  /** Round trip of the last and of the mean of the last hundred requests; null before the first. */
  readonly lastLatencyMs: number | null
  readonly meanLatencyMs: number | null
  readonly maximumLatencyMs: number | null
  readonly lastGoodTimestamp: number | null
  readonly lastError: { readonly timestamp: number; readonly statusCode: number; readonly message: string } | null
  /** When the next connect is tried; null unless waiting. */
  readonly nextAttemptTimestamp: number | null
  /** What the protocol adds, as label → text. */
  readonly details: Readonly<Record<string, string>>
  readonly canBrowse: boolean
}

/** disabled → connecting → connected → (lost) → waiting → connecting …; failed = its worker ended and is restarted. */
export type DeviceState = 'disabled' | 'connecting' | 'connected' | 'waiting' | 'failed'

/** One entry of a browsed address space. */
export interface BrowseRow {
  /** Path to browse below; unique within the device. */
  readonly path: string
  readonly name: string
  /** Address text to put into a tag, null for folders. */
  readonly address: string | null
  readonly dataType: DataType | null
  readonly writable: boolean
  readonly hasChildren: boolean
  /** A method that `devices.callMethod` can call. */
  readonly isMethod: boolean
  readonly description: string
}

export interface CertificateRow {
  readonly thumbprint: string
  readonly subject: string
  readonly issuer: string
  readonly applicationUri: string
  readonly validFromTimestamp: number
  readonly validToTimestamp: number
  readonly state: 'trusted' | 'rejected' | 'own'
}

export interface AccountRow {
  readonly user: string
  readonly roles: readonly Role[]
  readonly enabled: boolean
  readonly createdTimestamp: number
  readonly lastLoginTimestamp: number | null
}

export interface AuditRow {
  readonly sequence: number
  readonly timestamp: number
  readonly user: string
  /** Where from: `desktop`, an IP address, `command line`, `runtime`. */
  readonly station: string
  readonly action: string
  readonly target: string
  readonly oldValue: JsonValue
  readonly newValue: JsonValue
  readonly statusCode: number
  readonly comment: string
}

export interface SessionRow {
  readonly user: string
  readonly roles: readonly Role[]
  readonly permissions: readonly Permission[]
  readonly expiresTimestamp: number
  /** True while the session came from the first-start code and no account exists yet. */
  readonly firstStart: boolean
}

export interface PlantRow {
  readonly name: string
  readonly line: string
  readonly site: string
  readonly description: string
  readonly languages: readonly string[]
  readonly timeZone: string
  readonly startMimic: string | null
  readonly mimics: readonly Omit<MimicEntry, 'file'>[]
  readonly faultCount: number
  /** False while history is not kept: no room, or the historian failed; maintenance.health says why. */
  readonly isRecording: boolean
  /** Grows with every accepted change of the folder in this run. */
  readonly revision: number
  /** The Lineside version. */
  readonly version: string
}

export interface EquipmentRow {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly place: string
  readonly members: Readonly<Record<string, string>>
}

export const contract = {
  'access.login': call(
    null,
    'Log in with user and password; the first-start code is the password while no account exists.',
    v.object({ user, password }),
    result<{ token: string; user: string; roles: readonly Role[]; expiresTimestamp: number }>(),
    true,
  ),
  'access.logout': call(
    'access.own',
    'End this session; its token is worthless from now on.',
    nothing,
    result<object>(),
    true,
  ),
  'access.session': call('access.own', 'Who is logged in here, and what they may do.', nothing, result<SessionRow>()),
  'access.changePassword': call(
    'access.own',
    'Change the own password; other sessions of the user end.',
    v.object({ password, newPassword: password }),
    result<object>(),
    true,
  ),
  'access.accounts': call('access.administer', 'All accounts.', nothing, result<{ accounts: readonly AccountRow[] }>()),
  'access.addAccount': call(
    'access.administer',
    'Make an account.',
    v.object({ user, password, roles: v.pipe(v.array(v.picklist(roles)), v.minLength(1)) }),
    result<object>(),
    true,
  ),
  'access.changeAccount': call(
    'access.administer',
    'Change roles, enable, disable or set a new password.',
    v.object({
      user,
      roles: v.optional(v.pipe(v.array(v.picklist(roles)), v.minLength(1))),
      enabled: v.optional(v.boolean()),
      newPassword: v.optional(password),
    }),
    result<object>(),
    true,
  ),
  'access.removeAccount': call(
    'access.administer',
    'Remove an account and end its sessions.',
    v.object({ user }),
    result<object>(),
    true,
  ),

  'plant.info': call('plant.view', 'Name, languages and displays of the plant.', nothing, result<PlantRow>()),
  'plant.watch': feed(
    'plant.view',
    'The plant as in plant.info, now and after every change.',
    nothing,
    result<PlantRow>(),
  ),
  'plant.mimic': call(
    'plant.view',
    'A display as SVG text.',
    v.object({ name }),
    result<{ name: string; svg: string; revision: number }>(),
  ),
  'plant.symbol': call(
    'plant.view',
    'Symbol of an equipment type as SVG text.',
    v.object({ type: name }),
    result<{ type: string; svg: string }>(),
  ),
  'plant.equipment': call(
    'plant.view',
    'Equipment instances with their members.',
    nothing,
    result<{ equipment: readonly EquipmentRow[] }>(),
  ),
  'plant.faults': call(
    'plant.view',
    'Faults of the plant folder; the last good plant runs on.',
    nothing,
    result<{ faults: readonly PlantFault[] }>(),
  ),
  'plant.reload': call(
    'plant.change',
    'Read the plant folder again now.',
    nothing,
    result<{ faults: readonly PlantFault[]; revision: number }>(),
    true,
  ),
  'plant.exportTags': call('plant.view', 'All tags as CSV.', nothing, result<{ csv: string }>()),
  'plant.importTags': call(
    'plant.change',
    'Put tags from CSV into a file of the plant folder; nothing is written when one row is faulty.',
    v.object({ file: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)), csv: text(20_000_000) }),
    result<{ faults: readonly PlantFault[]; tagCount: number }>(),
    true,
  ),

  'plant.trends': call(
    'plant.view',
    'Saved trend groups, by name.',
    nothing,
    result<{ groups: readonly SavedTrendGroup[] }>(),
  ),
  'plant.saveTrend': call(
    'trends.save',
    'Save a trend group as trends/<name>.yaml; comments in the file stay. With `version` refused (409) when the file changed meanwhile; null = it must not exist yet.',
    v.object({ group: trendGroupSchema, version: v.optional(v.nullable(text(64))) }),
    result<{ version: string; faults: readonly PlantFault[] }>(),
    true,
  ),
  'plant.deleteTrend': call(
    'trends.save',
    'Delete a saved trend group; with `version` refused (409) when the file changed meanwhile.',
    v.object({ name: trendName, version: v.optional(text(64)) }),
    result<object>(),
    true,
  ),

  'tags.browse': call(
    'tags.read',
    'Tags whose name begins with the prefix and whose name, description, device or address has the search in it, in order of name.',
    v.object({ prefix: v.optional(text(256)), search: v.optional(text(256)), limit: limit(10_000), cursor }),
    result<{ tags: readonly TagRow[]; cursor?: string }>(),
  ),
  'tags.describe': call(
    'tags.read',
    'Rows as in tags.browse of those of the names that are tags, in the order asked; a mimic needs the types, units and limits of its tags.',
    v.object({ tags: names(100_000) }),
    result<{ tags: readonly TagRow[] }>(),
  ),
  'tags.read': call(
    'tags.read',
    'Present values.',
    v.object({ tags: names(100_000) }),
    result<{ values: readonly TagValueRow[] }>(),
  ),
  'tags.write': call(
    'tags.write',
    'Write a value and wait until the device reports it back.',
    v.object({ tag: name, value: jsonValue, reason: v.optional(text(1000)) }),
    /** `message`: why it was not confirmed. */
    result<{ statusCode: number; confirmed: boolean; value: JsonValue; message?: string }>(),
    true,
  ),
  'tags.watch': feed(
    'tags.read',
    'First the present value of each tag, then changes; slow screens lose intermediate values, never the last.',
    v.object({ tags: names(100_000) }),
    result<{ values: readonly TagValueRow[] }>(),
  ),

  'history.read': call(
    'history.read',
    'Samples, values at instants or aggregates (OPC 10000-13) of many tags over a span, as columns.',
    v.object({
      tags: historyTags,
      from: time,
      to: time,
      mode: v.picklist(historyModes),
      buckets: v.optional(wholeNumber(1, 100_000)),
      intervalMs: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(3.2e12))),
      limit: limit(1_000_000),
      cursor: v.optional(text(4096)),
      bounds: v.optional(v.boolean()),
      rawUpTo: v.optional(wholeNumber(0, 1_000_000)),
      approximate: v.optional(v.boolean()),
      configuration: v.optional(
        v.strictObject({
          treatUncertainAsBad: v.exactOptional(v.boolean()),
          percentDataBad: v.exactOptional(percent),
          percentDataGood: v.exactOptional(percent),
          useSlopedExtrapolation: v.exactOptional(v.boolean()),
          interpolation: v.exactOptional(v.nullable(v.picklist(interpolations))),
        }),
      ),
    }),
    result<HistoryResult>(),
  ),
  'history.write': call(
    'history.write',
    'Back-fill history; samples may be in any order, one with the time stamp of a stored one replaces it.',
    v.object({
      series: v.pipe(
        v.array(
          v.object({
            tag: name,
            timestamps: timeColumn,
            values: valueColumn,
            statusCodes: v.optional(statusCodeColumn),
          }),
        ),
        v.maxLength(10_000),
      ),
    }),
    result<{ written: number }>(),
    true,
  ),
  'history.tags': call(
    'history.read',
    'What is or was recorded, tags and series of the runtime itself, in order of name.',
    v.object({
      prefix: v.optional(text(256)),
      search: v.optional(text(256)),
      /** Rows of these names alone, in the order asked; those that were never recorded are left out. */
      tags: v.optional(names(1000)),
      limit: limit(10_000),
      cursor,
    }),
    result<{ tags: readonly RecordedSeriesRow[]; cursor?: string }>(),
  ),
  'history.statistics': call(
    'history.read',
    'Figures of a span of each tag.',
    v.object({ tags: v.pipe(v.array(name), v.minLength(1), v.maxLength(1000)), from: time, to: time }),
    result<{ statistics: readonly HistoryStatistics[] }>(),
  ),
  'history.markers': call(
    'history.read',
    'Things that happened in [from, to): writes, operator actions, states of devices, gaps of the recorder.',
    v.object({
      from: time,
      to: time,
      /** Marks of these tags, and those that belong to no tag. */
      tags: v.optional(names(10_000)),
      kinds: v.optional(v.array(v.picklist(markerKinds))),
      limit: limit(10_000),
    }),
    /** `isComplete` false: there were more than `limit`, the newest are given. Oldest first. */
    result<{ markers: readonly HistoryMarker[]; isComplete: boolean }>(),
  ),

  'devices.list': call(
    'devices.view',
    'State and counters of every connection.',
    nothing,
    result<{ devices: readonly DeviceRow[] }>(),
  ),
  'devices.watch': feed(
    'devices.view',
    'The list, now and at most once a second while it changes.',
    nothing,
    result<{ devices: readonly DeviceRow[] }>(),
  ),
  'devices.reconnect': call(
    'devices.operate',
    'Drop the connection and connect at once.',
    v.object({ device: name }),
    result<object>(),
    true,
  ),
  'devices.browse': call(
    'devices.test',
    'Children of a path of the address space of a device; empty path = root.',
    v.object({ device: name, path: text(4096) }),
    result<{ rows: readonly BrowseRow[] }>(),
  ),
  'devices.readTest': call(
    'devices.test',
    'Read an address of a device once, without a tag.',
    v.object({
      device: name,
      address: text(4096),
      dataType: v.optional(v.picklist(dataTypes)),
      arrayLength: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000))),
    }),
    result<{ value: JsonValue; statusCode: number; sourceTimestamp: number; latencyMs: number }>(),
  ),
  'devices.callMethod': call(
    'devices.operate',
    'Call a method of a device (OPC UA).',
    v.object({ device: name, path: text(4096), inputs: v.array(jsonValue) }),
    result<{ statusCode: number; outputs: readonly JsonValue[] }>(),
    true,
  ),
  'devices.certificates': call(
    'devices.view',
    'Own, trusted and rejected certificates.',
    nothing,
    result<{ certificates: readonly CertificateRow[] }>(),
  ),
  'devices.trustCertificate': call(
    'certificates.trust',
    'Trust a rejected certificate.',
    v.object({ thumbprint: name }),
    result<object>(),
    true,
  ),
  'devices.rejectCertificate': call(
    'certificates.trust',
    'Stop trusting a certificate.',
    v.object({ thumbprint: name }),
    result<object>(),
    true,
  ),

  'audit.read': call(
    'audit.read',
    'The audit trail, newest first.',
    v.object({
      from: v.optional(v.number()),
      to: v.optional(v.number()),
      user: v.optional(text(64)),
      limit: limit(1000),
      cursor,
    }),
    result<{ events: readonly AuditRow[]; cursor?: string }>(),
  ),
  'audit.verify': call(
    'audit.read',
    'Check the chain of the audit trail.',
    nothing,
    result<{ ok: boolean; firstBrokenSequence?: number }>(),
  ),
  'maintenance.health': call(
    'maintenance.view',
    'State and counters of every part.',
    nothing,
    result<Readonly<Record<string, JsonValue>>>(),
  ),
} as const

export type Contract = typeof contract
export type RowName = keyof Contract
export type CallName = { [N in RowName]: Contract[N]['kind'] extends 'call' ? N : never }[RowName]
export type FeedName = { [N in RowName]: Contract[N]['kind'] extends 'feed' ? N : never }[RowName]
export type InputOf<N extends RowName> = v.InferOutput<Contract[N]['input']>
export type ResultOf<N extends RowName> = Contract[N]['result']
