// A row of the alarm journal as it is hashed and as it is stored. The hash covers the whole event, however compactly it is kept:
//   hash(n) = SHA-256(hash(n−1) ‖ JSON(n) as UTF-8), hash(0) = 32 zero bytes
// JSON(n) is the event with its members in the order of `recordOf`. docs/alarm-journal.md shows how to check it elsewhere.
import { hash } from 'node:crypto'
import type { AlarmEvent, AlarmEventKind, AlarmPriority, AlarmState } from '../../shared/alarm.ts'
import type { JsonValue } from '../../shared/data-value.ts'

// What is stored refers to these numbers: they stay.
export const eventNumbers: Readonly<Record<AlarmEventKind, number>> = {
  active: 0,
  returned: 1,
  acknowledged: 2,
  reset: 3,
  reAlarmed: 4,
  shelved: 5,
  unshelved: 6,
  suppressed: 7,
  unsuppressed: 8,
  outOfService: 9,
  returnedToService: 10,
  comment: 11,
  changed: 12,
  removed: 13,
}
export const stateNumbers: Readonly<Record<AlarmState, number>> = {
  normal: 0,
  unacknowledged: 1,
  acknowledged: 2,
  returnedUnacknowledged: 3,
  latchedUnacknowledged: 4,
  latchedAcknowledged: 5,
  shelved: 6,
  suppressedByDesign: 7,
  outOfService: 8,
}
export const priorityNumbers: Readonly<Record<AlarmPriority, number>> = { low: 0, medium: 1, high: 2, urgent: 3 }

const eventsByNumber = byNumber(eventNumbers)
const statesByNumber = byNumber(stateNumbers)

function byNumber<Name extends string>(numbers: Readonly<Record<Name, number>>): readonly Name[] {
  const names: Name[] = []
  for (const [name, number] of Object.entries(numbers) as [Name, number][]) names[number] = name
  return names
}

/** Event, states and flags of a row in one number: event 5 bits, state 4, state before 4, flags 4. */
export const stateShift = 5
const previousShift = 9
export const flagShift = 13
export const eventMask = 31
export const stateMask = 15
export const flags = { isActive: 1, isFirstOut: 2, isTest: 4, isClockSetBack: 8 } as const

export function codeOf(event: AlarmEvent): number {
  const flag =
    (event.isActive ? flags.isActive : 0) |
    (event.isFirstOut ? flags.isFirstOut : 0) |
    (event.isTest ? flags.isTest : 0) |
    (event.isClockSetBack === true ? flags.isClockSetBack : 0)
  return (
    eventNumbers[event.event] |
    (stateNumbers[event.state] << stateShift) |
    (stateNumbers[event.previousState] << previousShift) |
    (flag << flagShift)
  )
}

/** What a code says. */
export interface CodeMeaning {
  readonly event: AlarmEventKind
  readonly state: AlarmState
  readonly previousState: AlarmState
  readonly isActive: boolean
  readonly isFirstOut: boolean
  readonly isTest: boolean
  readonly isClockSetBack: boolean
}

const meanings = new Map<number, CodeMeaning>()

export function meaningOf(code: number): CodeMeaning {
  let meaning = meanings.get(code)
  if (meaning === undefined) {
    const flag = code >> flagShift
    meaning = {
      // A number that nothing has stands for a damaged row; whatever it becomes, its hash does not fit.
      event: eventsByNumber[code & eventMask] ?? 'comment',
      state: statesByNumber[(code >> stateShift) & stateMask] ?? 'normal',
      previousState: statesByNumber[(code >> previousShift) & stateMask] ?? 'normal',
      isActive: (flag & flags.isActive) !== 0,
      isFirstOut: (flag & flags.isFirstOut) !== 0,
      isTest: (flag & flags.isTest) !== 0,
      isClockSetBack: (flag & flags.isClockSetBack) !== 0,
    }
    // Few differ in a sound journal; a damaged one must not fill the memory.
    if (meanings.size < 4096) meanings.set(code, meaning)
  }
  return meaning
}

/** The text that is hashed. A lone surrogate is no Unicode text and cannot be stored: U+FFFD stands for it already. */
export function recordOf(event: AlarmEvent): string {
  return JSON.stringify({
    sequence: event.sequence,
    id: event.id,
    tag: event.tag,
    condition: event.condition,
    event: event.event,
    state: event.state,
    previousState: event.previousState,
    priority: event.priority,
    timestamp: event.timestamp,
    receivedTimestamp: event.receivedTimestamp,
    value: event.value,
    limit: event.limit,
    statusCode: event.statusCode,
    message: event.message,
    user: event.user,
    station: event.station,
    comment: event.comment,
    isActive: event.isActive,
    eventId: event.eventId,
    isFirstOut: event.isFirstOut,
    isTest: event.isTest,
    alarmClass: event.alarmClass,
    area: event.area,
    equipment: event.equipment,
    ...(event.isClockSetBack === true ? { isClockSetBack: true } : {}),
  })
}

export const hashByteLength = 32
/** Where hash and record are put together; larger records get a buffer of their own. */
const scratch = Buffer.alloc(64 << 10)

export function chainHash(before: Uint8Array, record: string): Buffer {
  // UTF-8 takes at most three bytes per UTF-16 code unit.
  const room = hashByteLength + 3 * record.length
  const bytes = room <= scratch.length ? scratch : Buffer.alloc(room)
  bytes.set(before, 0)
  const length = hashByteLength + bytes.write(record, hashByteLength, 'utf8')
  return hash('sha256', bytes.subarray(0, length), 'buffer')
}

/** Largest whole number that a row can hold, as a time or a sequence. */
const largest = Number.MAX_SAFE_INTEGER
/** Longer texts and values are cut or replaced by a note: no row grows without limit. */
const longestText = 4096
const longestValue = 8192

/**
 * The event as a row can hold it: whole milliseconds, Unicode texts of bounded length, values that JSON can carry. Most are so already
 * and come back as they are.
 */
export function storable(event: AlarmEvent): AlarmEvent {
  return isStorable(event) ? event : madeStorable(event)
}

function isStorable(event: AlarmEvent): boolean {
  return (
    Number.isSafeInteger(event.timestamp) &&
    Number.isSafeInteger(event.receivedTimestamp) &&
    Number.isSafeInteger(event.eventId) &&
    isPlainValue(event.value) &&
    isPlainValue(event.limit) &&
    isPlainText(event.message) &&
    isPlainText(event.comment) &&
    isPlainText(event.user) &&
    isPlainText(event.station) &&
    isPlainText(event.id) &&
    isPlainText(event.tag) &&
    isPlainText(event.area) &&
    isPlainText(event.alarmClass) &&
    (event.equipment === null || isPlainText(event.equipment))
  )
}

function isPlainValue(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return value === null || typeof value === 'boolean'
}

function isPlainText(text: string): boolean {
  return text.length <= longestText && text.isWellFormed()
}

function madeStorable(event: AlarmEvent): AlarmEvent {
  const receivedTimestamp = wholeTime(event.receivedTimestamp, 0)
  return {
    ...event,
    receivedTimestamp,
    timestamp: wholeTime(event.timestamp, receivedTimestamp),
    eventId: wholeTime(event.eventId, 0),
    value: plainValue(event.value),
    limit: plainValue(event.limit),
    message: plainText(event.message),
    comment: plainText(event.comment),
    user: plainText(event.user),
    station: plainText(event.station),
    id: plainText(event.id),
    tag: plainText(event.tag),
    area: plainText(event.area),
    alarmClass: plainText(event.alarmClass),
    equipment: event.equipment === null ? null : plainText(event.equipment),
  }
}

function wholeTime(value: number, otherwise: number): number {
  const whole = Math.round(value)
  return Math.abs(whole) <= largest ? whole : otherwise
}

function plainText(text: string): string {
  return text.slice(0, longestText).toWellFormed()
}

function plainValue(value: JsonValue): JsonValue {
  const text = JSON.stringify(value) ?? 'null'
  if (text.length > longestValue) return `(${text.length} characters: ${text.slice(0, 200).toWellFormed()}…)`
  const plain = JSON.parse(text, (_key, inner: unknown) =>
    typeof inner === 'string' ? inner.toWellFormed() : inner,
  ) as JsonValue
  // Lone surrogates that are left stand in names of fields.
  return /\\ud[89a-f]/.test(JSON.stringify(plain)) ? '(a structure whose names are no Unicode text)' : plain
}

/** A value as a column holds it: numbers as they are, the rest as JSON. */
export function storedValue(value: JsonValue): number | string | null {
  return value === null || typeof value === 'number' ? value : JSON.stringify(value)
}

/** What a column holds as the value it was. A text that is no JSON is damage: it comes back as it is, and its hash does not fit. */
export function valueIn(stored: number | string | null | Uint8Array): JsonValue {
  if (stored === null || typeof stored === 'number') return stored
  if (typeof stored !== 'string') return null
  try {
    return JSON.parse(stored) as JsonValue
  } catch {
    return stored
  }
}
