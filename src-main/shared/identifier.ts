// Identifiers: what a text on a label means, which ones this line gives out, and the life behind each of them.
import type { JsonValue } from './data-value.ts'

/** Kinds of identifiers that are told apart. `opaque`: none of the others. */
export const identifierKinds = [
  'vaa',
  'handle',
  'oid',
  'ecode',
  'epc',
  'gs1',
  'gs1-dl',
  'iec61406',
  'hibc',
  'iso15434',
  'did',
  'ma',
  'opaque',
] as const
export type IdentifierKind = (typeof identifierKinds)[number]

/** A text from a scanner, a label or a person, taken apart. */
export interface ParsedIdentifier {
  /** Keeps every rule of its scheme; what Lineside gives out always does. */
  readonly valid: boolean
  readonly scheme: IdentifierKind
  /**
   * The one spelling that is stored and compared, without AIM prefix and padding; '' when nothing is left. Whatever carries a GS1 key (element
   * string, Digital Link, EPC) has the key and what qualifies it in brackets: `(01)09521234543213(21)A1`; dates, counts … are in `parts`.
   */
  readonly identifier: string
  /** Taken apart as far as it goes: `{ '01': '09521234543213', '21': 'SN0001' }`, `{ prefix: '88.123.456', suffix: 'A1' }`. */
  readonly parts: Readonly<Record<string, JsonValue>>
  /** Why it is not valid, as sentences; empty when it is. */
  readonly faults: readonly string[]
  /** Not wrong, but worth knowing: a value that may hold more than one element, because the scanner kept separators to itself. */
  readonly notes?: readonly string[]
}

/** Life of a serial number (OPC 30260 OPEN-SCS, SerialNumberState). */
export const serialStates = [
  'unassigned',
  'unallocated',
  'allocated',
  'encoded',
  'commissioned',
  'sampled',
  'scrapped',
  'destroyed',
  'invalidated',
] as const
export type SerialState = (typeof serialStates)[number]

/** A scheme of the plant (`schemes:` in labels/*.yaml): which identifiers this line gives out, and in what order. */
export interface IdentifierScheme {
  readonly name: string
  readonly description: string
  readonly kind: IdentifierKind
  /** Literal text with `{counter:08}`, `{date:yyMMdd}`, `{check:mod10}` …; docs/identifiers.md. */
  readonly template: string
  /** Counter values that are given out, both inclusive. */
  readonly first: number
  readonly last: number
  /** When the counter begins again; the template then has the date in it. */
  readonly reset: 'never' | 'day' | 'month' | 'year'
  /** The plant says that it owns the prefix; false = only prefixes meant for tests are given out. */
  readonly licensed: boolean
}

/** What is known behind an identifier, as a record of typed values (RFC 3651 clause 3.1). */
export interface IdentifierValue {
  /** 1 to 2147483647, unique in the record. */
  readonly index: number
  /** `URL`, `product`, `order` … */
  readonly type: string
  readonly data: JsonValue
  /** How long others may keep it; s. */
  readonly ttl: number
  readonly timestamp: number
  /** Everybody may read it; false = only people of this station. */
  readonly isPublic: boolean
}

export interface IdentifierHold {
  readonly reason: string
  readonly user: string
  readonly timestamp: number
}

/** An identifier of this station: given out here, or seen here first. */
export interface IdentifierRecord {
  readonly identifier: string
  readonly kind: IdentifierKind
  /** Scheme of the plant it was given out by; null = it came from elsewhere. */
  readonly scheme: string | null
  /** Value of the counter; null = none. */
  readonly counter: number | null
  /** null = it came from elsewhere: its life is not ours. */
  readonly state: SerialState | null
  readonly allocatedTimestamp: number
  readonly allocatedBy: string
  /** null = not held. */
  readonly hold: IdentifierHold | null
  readonly values: readonly IdentifierValue[]
  /** Its record was deleted then; the identifier stays taken for ever. null = it was not. */
  readonly deletedTimestamp: number | null
}

/** A counter of a scheme and what it has given out. */
export interface SerialPool {
  readonly scheme: string
  readonly kind: IdentifierKind
  readonly template: string
  /** The text of the period it counts in: `2026-11-23`; '' = for ever. */
  readonly period: string
  /** Next value; beyond `last` = used up. */
  readonly next: number
  readonly first: number
  readonly last: number
  readonly counts: Readonly<Partial<Record<SerialState, number>>>
  /** Why nothing is given out now, as a sentence; null = it is. */
  readonly refusal: string | null
  /** The next five identifiers as they would be given out now. */
  readonly upcoming: readonly string[]
  /** The plant says that it owns the prefix. */
  readonly licensed: boolean
  /** The prefix is one of those meant for tests and examples. */
  readonly isTestPrefix: boolean
}

/** A serial that was given out and is not on a good product, or counter values that never were given out here. */
export interface SerialGap {
  /** '' = counter values that were passed over, for another state of the station may have given them out. */
  readonly identifier: string
  /** Of which period the counter is; '' = for ever. */
  readonly period: string
  readonly counter: number
  /** The same as `counter`, but for values that were passed over. */
  readonly lastCounter: number
  readonly state: SerialState
  /** When it came to that state. */
  readonly timestamp: number
  /** Why; '' = nobody said. */
  readonly reason: string
  readonly job: string | null
}

/** Where a part was: from when to when in which equipment. */
export interface PartWindow {
  readonly equipment: string
  readonly from: number
  /** null = it is there still. */
  readonly to: number | null
}

/** A rule by which parts are followed through the line (`tracking:` in labels/*.yaml). */
export interface TrackingRule {
  readonly equipment: string
  /** Parts of this scheme. */
  readonly scheme: string
  /** String tag of the equipment that holds the identifier it works on; null = by time. */
  readonly tag: string | null
  /** Without a tag: the part was there from so long before (negative) or after its identifier was given out; ms. */
  readonly fromMs: number
  readonly toMs: number
}
