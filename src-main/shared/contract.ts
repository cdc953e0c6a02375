// Every call and feed between a screen (or script) and the runtime: the only things that cross. One row = input schema,
// permission, audited or not; the types of client and handlers are derived from the rows, so a missing handler does not
// compile. The same rows answer over MessagePort, WebSocket and HTTP (POST /api/v1/<call>, GET /api/v1/<feed>).
import * as v from 'valibot'
import { alarmCalls } from './alarm-calls.ts'
import {
  call,
  cursor,
  feed,
  jsonValue,
  limit,
  name,
  names,
  nothing,
  result,
  text,
  wholeNumber,
} from './contract-row.ts'
import type { JsonValue, TagValueRow } from './data-value.ts'
import type { PlantText } from './equipment.ts'
import { equipmentCalls } from './equipment-calls.ts'
import { historyCalls } from './history-calls.ts'
import { identifierCalls } from './identifier-calls.ts'
import { labelCalls } from './label-calls.ts'
import { mimicCalls } from './mimic-calls.ts'
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

/** Letters and digits of any script, `. _ @ -` and inner spaces. */
export const userName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(64),
  v.regex(/^[\p{L}\p{N}._@-]+( [\p{L}\p{N}._@-]+)*$/u),
)
const user = userName
const password = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))

const preferenceName = v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.regex(/^[^\p{Cc}\p{Cs}]+$/u))

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

/** Row of `tags.browse`. */
export interface TagRow {
  readonly tag: string
  readonly dataType: DataType
  readonly arrayLength?: number
  readonly unit: string
  readonly description: string
  /** Where the plant gives it for each language. */
  readonly descriptions?: PlantText
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
  readonly mimics: readonly Omit<MimicEntry, 'file' | 'tags' | 'equipment'>[]
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
  readonly description: PlantText
  readonly place: string
  /** Instance whose member it is; null = none. */
  readonly parent: string | null
  /** Member name → tag name; members of nested instances as `Pump.Speed`. */
  readonly members: Readonly<Record<string, string>>
  /** Member name → name of the nested instance. */
  readonly children: Readonly<Record<string, string>>
  /** Members and nested instances of its type that it does not have: optional ones, or switched off; left out when it has all. */
  readonly absent?: readonly string[]
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
  'access.preferences': call(
    'access.own',
    'What screens keep for this user (saved filters, sound …), name → value.',
    nothing,
    result<{ preferences: Readonly<Record<string, JsonValue>> }>(),
  ),
  'access.setPreference': call(
    'access.own',
    'Keep a value for this user; null removes it. At most 64 kB each and 100 per user.',
    v.object({ name: preferenceName, value: jsonValue }),
    result<object>(),
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
  'plant.displays': call(
    'plant.view',
    'Displays that show a tag or an equipment, the one to operate it from first; where none does, those of its area.',
    v.object({ tag: v.optional(name), equipment: v.optional(name), area: v.optional(text(1024)) }),
    result<{ mimics: readonly string[] }>(),
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

  ...historyCalls,
  ...alarmCalls,
  ...equipmentCalls,
  ...mimicCalls,
  ...identifierCalls,
  ...labelCalls,

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
