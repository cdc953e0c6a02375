// How far a trigger is, and what a value that it sees now means: nothing, or so many labels. Pure, so that a restart with the mark of
// the last commit comes to the same result.
import type { JsonValue } from '../../shared/data-value.ts'
import type { LabelTrigger } from '../../shared/label.ts'

/** Kept in the same transaction as the labels it stands for. Times in ms since 1970-01-01 UTC. */
export interface TriggerMarkState {
  /** What was seen last: a truth, a counter, a text. */
  readonly value: JsonValue
  /** Source time of it. */
  readonly timestamp: number
  /** Time of the last event that made labels; for the debounce. */
  readonly eventTimestamp: number
  /** Events so far; names each of them for ever. */
  readonly count: number
  /** The trigger as it was when it stopped; another one goes on. null = it runs. */
  readonly stopped: { readonly message: string; readonly definition: string } | null
}

/** A value that is not Bad. */
export interface SeenValue {
  readonly value: JsonValue
  readonly timestamp: number
  /** Where a counter of the device begins again: 65536 for uint16; null = nobody knows. */
  readonly wrapsAt: number | null
  /** A broker had kept it and told it again: nothing happened now. */
  readonly isRetold?: boolean
}

/** What a value means. */
export interface SeenResult {
  readonly mark: TriggerMarkState
  /** Labels to make now; 0 = none. */
  readonly labelCount: number
}

/** A trigger that never saw anything: what is now is where it begins. */
const beginning: Omit<TriggerMarkState, 'value' | 'timestamp'> = {
  eventTimestamp: Number.NEGATIVE_INFINITY,
  count: 0,
  stopped: null,
}

/**
 * What the present value means to a trigger with `when` or `state`. `isLate`: it may have come while the station was down; a trigger whose
 * `catchUp` is 0 makes nothing of that.
 */
export function seenBy(
  trigger: LabelTrigger,
  mark: TriggerMarkState | null,
  seen: SeenValue,
  isLate = false,
): SeenResult {
  if (mark?.stopped && mark.stopped.definition === JSON.stringify(trigger)) return { mark, labelCount: 0 }
  const { value, timestamp } = seen
  const base = { ...(mark ?? beginning), value, timestamp, stopped: null }
  if (mark === null && trigger.on !== 'update') return { mark: base, labelCount: 0 }
  const count = eventCount(trigger, mark, seen)
  if (count === 0 || (isLate && trigger.catchUp === 0)) return { mark: base, labelCount: 0 }
  if (trigger.on !== 'increase' && isBounce(trigger, base, timestamp)) return { mark: base, labelCount: 0 }
  if (count > Math.max(1, trigger.catchUp) && mark !== null)
    return { mark: stoppedMark(trigger, mark, count), labelCount: 0 }
  return { mark: { ...base, eventTimestamp: timestamp, count: base.count + 1 }, labelCount: count }
}

/** Too close to the last event to be another one. A clock that was set back makes no event a bounce. */
export function isBounce(trigger: LabelTrigger, mark: TriggerMarkState, timestamp: number): boolean {
  const sinceMs = timestamp - mark.eventTimestamp
  return sinceMs >= 0 && sinceMs < trigger.debounceMs
}

/** An event that is not seen in values: an alarm, a time of day. `value` says up to where. */
export function happened(mark: TriggerMarkState | null, value: JsonValue, timestamp: number): TriggerMarkState {
  const before = mark ?? { ...beginning, value, timestamp }
  return { ...before, value, timestamp, eventTimestamp: timestamp, count: before.count + 1 }
}

/** Where a trigger of alarms or times begins, without an event. */
export function begun(value: JsonValue, timestamp: number): TriggerMarkState {
  return { ...beginning, value, timestamp }
}

function eventCount(trigger: LabelTrigger, mark: TriggerMarkState | null, seen: SeenValue): number {
  const { value, timestamp } = seen
  switch (trigger.on) {
    case 'rising':
      return value === true && mark?.value !== true ? 1 : 0
    case 'change':
      return value === mark?.value ? 0 : 1
    case 'update':
      // What a broker had kept says what is; only another value than before was said meanwhile.
      if (seen.isRetold === true) return mark === null || isSame(value, mark.value) ? 0 : 1
      // The same report once more, after a reconnect or a restart, has the same time. A clock that was set back makes none the same.
      return mark !== null && timestamp === mark.timestamp && isSame(value, mark.value) ? 0 : 1
    case 'increase':
      return increase(mark?.value ?? null, seen)
  }
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

/** A counter that goes down began again: by its width if it was about to, else it was reset, and counts from there. */
function increase(before: JsonValue, { value, wrapsAt }: SeenValue): number {
  if (typeof before !== 'number' || typeof value !== 'number') return 0
  if (value >= before) return Math.floor(value) - Math.floor(before)
  const isWrapped = wrapsAt !== null && before >= 0.75 * wrapsAt && value < 0.25 * wrapsAt
  return isWrapped ? Math.floor(value) + wrapsAt - Math.floor(before) : 0
}

/** What it saw last stays, so that nothing is lost: whoever lets it go on gets the labels. */
function stoppedMark(trigger: LabelTrigger, mark: TriggerMarkState, count: number): TriggerMarkState {
  const message = `${count} labels were to be made at once, at most ${trigger.catchUp} (catchUp) are: the trigger stopped until a person lets it go on`
  return { ...mark, stopped: { message, definition: JSON.stringify(trigger) } }
}
