// Rows of the contract about identifiers: taking them apart, giving them out, what is behind them, where the parts were.
import * as v from 'valibot'
import type { AlarmEvent } from './alarm.ts'
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
  time,
  wholeNumber,
} from './contract-row.ts'
import {
  type IdentifierRecord,
  identifierKinds,
  type ParsedIdentifier,
  type PartWindow,
  type SerialGap,
  type SerialPool,
  type SerialState,
  serialStates,
} from './identifier.ts'
import type { LabelJob, ScanRow } from './label.ts'

/** A text as scanned may be long; what is longer than any symbol holds is refused. */
const scannedText = text(8192)
const identifier = v.pipe(v.string(), v.minLength(1), v.maxLength(2048))
const identifiers = v.pipe(v.array(identifier), v.minLength(1), v.maxLength(10_000))
const reason = v.pipe(text(1000), v.minLength(1))

/** Where a part was, and what went on there meanwhile. */
export interface IdentifierTrace {
  readonly identifier: string
  readonly record: IdentifierRecord | null
  /** By time. */
  readonly windows: readonly PartWindow[]
  /** Recorded tags of the equipment of each window, cut to it. */
  readonly series: readonly TracedSeries[]
  /** Alarms of that equipment that were active at some time of its window. */
  readonly alarms: readonly (AlarmEvent & { readonly equipment: string })[]
  readonly jobs: readonly LabelJob[]
  /** Who was logged in with commands given in its windows, and which recipe and order the equipment had, where it has such tags. */
  readonly circumstances: readonly { readonly equipment: string; readonly name: string; readonly value: string }[]
  readonly scans: readonly ScanRow[]
}

export interface TracedSeries {
  readonly tag: string
  readonly equipment: string
  readonly timestamps: readonly number[]
  readonly values: readonly (number | string | boolean | null)[]
  readonly statusCodes: readonly number[]
}

/** A part that was there when something happened. */
export interface AffectedPart {
  readonly identifier: string
  readonly scheme: string | null
  readonly equipment: string
  readonly from: number
  readonly to: number | null
  readonly state: SerialState | null
  readonly isHeld: boolean
}

export const identifierCalls = {
  'identifiers.parse': call(
    'identifiers.read',
    'Take a scanned or written text apart. Never fails on garbage: it is opaque then, or not valid with the reasons.',
    v.object({
      text: scannedText,
      scheme: v.optional(v.picklist(identifierKinds)),
      /** Symbology identifier of the scanner (ISO/IEC 15424), as `]C1`. */
      aimId: v.optional(
        v.pipe(text(3), v.regex(/^\][A-Za-z][0-9A-Za-z]$/, 'a symbology identifier is expected, as ]C1')),
      ),
    }),
    result<ParsedIdentifier>(),
  ),
  'identifiers.convert': call(
    'identifiers.read',
    'The same identifier in another form: GS1 element string, brackets, Digital Link, EPC URN, EPC binary (hexadecimal).',
    v.object({
      text: scannedText,
      to: v.picklist(['elements', 'brackets', 'digitalLink', 'epcUrn', 'epcHex', 'epcPlusHex']),
      /** For EPC-96: digits of the company prefix, 6 to 12. */
      companyPrefixLength: v.optional(wholeNumber(6, 12)),
      /** For EPC: filter value, 0 to 7. */
      filter: v.optional(wholeNumber(0, 7)),
      /** For a Digital Link: the resolver, as https://id.example.com. */
      resolver: v.optional(text(255)),
    }),
    result<{ text: string }>(),
  ),
  'identifiers.pools': call(
    'identifiers.read',
    'Serial pools of the schemes: what comes next, how many are in which state, and why a pool gives out nothing.',
    nothing,
    result<{ pools: readonly SerialPool[] }>(),
  ),
  'identifiers.gaps': call(
    'identifiers.read',
    'Serials that were given out and are not commissioned, in their order: none may be without an explanation.',
    v.object({ scheme: name, from: v.optional(time), to: v.optional(time), limit: limit(10_000), cursor }),
    result<{ gaps: readonly SerialGap[]; cursor?: string }>(),
  ),
  'identifiers.allocate': call(
    'identifiers.allocate',
    'Give out the next identifier of a scheme of the plant, or `count` of them; never the same twice. Idempotent by requestId.',
    v.object({
      scheme: name,
      count: limit(10_000),
      /** Fields the template of the scheme names. */
      fields: v.optional(v.record(name, jsonValue)),
      requestId: v.optional(v.pipe(text(128), v.minLength(1))),
    }),
    result<{ identifier: string; identifiers: readonly string[] }>(),
    true,
  ),
  'identifiers.resolve': call(
    'identifiers.read',
    'The record behind an identifier, in any of its spellings.',
    v.object({ identifier: scannedText }),
    result<{ record: IdentifierRecord }>(),
  ),
  'identifiers.search': call(
    'identifiers.read',
    'Identifiers of this station, newest first.',
    v.object({
      text: v.optional(text(256)),
      scheme: v.optional(name),
      states: v.optional(v.pipe(v.array(v.picklist(serialStates)), v.maxLength(serialStates.length))),
      isHeld: v.optional(v.boolean()),
      limit: limit(1000),
      cursor,
    }),
    result<{ records: readonly IdentifierRecord[]; cursor?: string }>(),
  ),
  'identifiers.setState': call(
    'identifiers.allocate',
    'Move serials to another state of their life, where OPEN-SCS allows it: commissioned, sampled, scrapped, destroyed, invalidated, returned to the pool as unallocated.',
    v.object({ identifiers, state: v.picklist(serialStates), reason }),
    result<{ results: readonly { identifier: string; statusCode: number; message: string }[] }>(),
    true,
  ),
  'identifiers.setValues': call(
    'identifiers.allocate',
    'Write values of the record behind an identifier; those with the same index are replaced.',
    v.object({
      identifier,
      values: v.pipe(
        v.array(
          v.object({
            index: wholeNumber(1, 2 ** 31 - 1),
            type: v.pipe(text(128), v.minLength(1)),
            data: jsonValue,
            ttl: v.optional(wholeNumber(0, 172_800), 86_400),
            isPublic: v.optional(v.boolean(), true),
          }),
        ),
        v.maxLength(2048),
      ),
    }),
    result<{ record: IdentifierRecord }>(),
    true,
  ),
  'identifiers.releasePool': call(
    'labels.manage',
    'Let a pool give out identifiers again that was stopped because an older state of the station came back; the counter goes on behind everything that may have been given out.',
    v.object({
      scheme: name,
      reason,
      /** Counter value to go on with, if higher than what is known. */ next: v.optional(
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ),
    }),
    result<{ pool: SerialPool }>(),
    true,
  ),
  'identifiers.place': call(
    'identifiers.allocate',
    'Say where a part was. The same equipment and entry again replaces its end.',
    v.object({ identifier, equipment: name, enteredTimestamp: time, leftTimestamp: v.optional(v.nullable(time)) }),
    result<{ window: PartWindow }>(),
    true,
  ),
  'identifiers.trace': call(
    'identifiers.read',
    'The life of a part: where it was, and the values, alarms, people and label jobs of that time.',
    v.object({
      identifier: scannedText,
      /** Tags wanted; without them the recorded tags of the equipment, the first fifty of each. */
      tags: v.optional(names(200)),
      /** Most samples of each series; more are thinned so that extremes stay. */
      limit: limit(10_000),
    }),
    result<IdentifierTrace>(),
  ),
  'identifiers.affected': call(
    'identifiers.read',
    'Parts that were in equipment at some time of a span: of a trend that was marked, or of an alarm while it was active.',
    v.object({
      from: v.optional(time),
      to: v.optional(time),
      /** Their equipment and what it is part of. */
      equipment: v.optional(names(100)),
      tags: v.optional(names(100)),
      /** Id of an alarm: its span and its equipment. */
      alarm: v.optional(name),
      limit: limit(10_000),
      cursor,
    }),
    result<{ parts: readonly AffectedPart[]; from: number; to: number; cursor?: string }>(),
  ),
  'identifiers.hold': call(
    'identifiers.hold',
    'Hold parts back: no label is printed for them and none is commissioned until they are released.',
    v.object({ identifiers, reason }),
    result<{ results: readonly { identifier: string; statusCode: number; message: string }[] }>(),
    true,
  ),
  'identifiers.release': call(
    'identifiers.hold',
    'Release parts that were held.',
    v.object({ identifiers, reason }),
    result<{ results: readonly { identifier: string; statusCode: number; message: string }[] }>(),
    true,
  ),
  'scans.report': call(
    'identifiers.read',
    'A text that a scanner of the screen read (keyboard wedge, camera), or a verifier with its grade: says what it is and what came of it.',
    v.object({
      text: v.pipe(scannedText, v.minLength(1)),
      source: v.optional(name),
      aimId: v.optional(
        v.pipe(text(3), v.regex(/^\][A-Za-z][0-9A-Za-z]$/, 'a symbology identifier is expected, as ]C1')),
      ),
      grade: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(4))),
    }),
    result<ScanRow>(),
    true,
  ),
  'scans.list': call(
    'identifiers.read',
    'Scans, newest first.',
    v.object({ identifier: v.optional(scannedText), limit: limit(1000), cursor }),
    result<{ scans: readonly ScanRow[]; cursor?: string }>(),
  ),
  'scans.watch': feed('identifiers.read', 'Scans as they come.', nothing, result<{ events: readonly ScanRow[] }>()),
} as const
