// The alarm state machine of ISA-18.2 figure 3 (IEC 62682 clause 5.2) as a pure function: no clock, nothing read or written.
// docs/alarm-states.md is its table; S1 … S20 in the comments are the rows of it.
import type { AlarmHold, AlarmState } from '../../shared/alarm.ts'
import type { StatusCodeName } from '../../shared/status-code.ts'
import { isHeld, normalRegions, stateOf } from '../alarm-regions.ts'
import type { AlarmRegions, AlarmTransition, StoredAlarm } from '../alarm-transition.ts'
import type {
  AlarmCommand,
  AlarmInput,
  AlarmInputKind,
  AlarmMoment,
  AlarmOutcome,
  AlarmRefusal,
  AlarmRules,
  Occurrence,
  ProcessFacts,
} from './alarm-input.ts'
import { AlarmStep } from './alarm-step.ts'

/** One step of an alarm. Never throws. */
export function reduce(stored: StoredAlarm, input: AlarmInput, rules: AlarmRules, moment: AlarmMoment): AlarmOutcome {
  if (stored.isRemoved && !ofRemoved.has(input.kind))
    return refuse('BadInvalidState', `${stored.id} is no longer in the plant; it can only be acknowledged`)
  const step = new AlarmStep(stored, rules, moment)
  switch (input.kind) {
    case 'conditionTrue':
      return conditionTrue(step, input)
    case 'conditionFalse':
      return conditionFalse(step, input)
    case 'acknowledge':
      return acknowledge(step, input)
    case 'reset':
      return reset(step, input)
    case 'reAlarm':
      return reAlarm(step, input)
    case 'shelve':
      return shelve(step, input)
    case 'unshelve':
      return unshelve(step, input)
    case 'suppress':
      return suppress(step, input.reason)
    case 'unsuppress':
      return unsuppress(step, input.reason)
    case 'outOfService':
      return outOfService(step, input)
    case 'returnToService':
      return returnToService(step, input)
    case 'comment':
      if (input.comment === '') return refuse('BadInvalidArgument', 'The comment is empty')
      return step.by(input).to('comment', {})
    case 'testStart':
      return testStart(step, input)
    case 'testEnd':
      return testEnd(step)
    case 'change':
      return stateOf(stored.regions) === 'normal' ? null : step.noting(input).to('changed', {})
    case 'firstOut':
      return step
        .noting({ comment: input.comment, limit: null })
        .to('changed', { isFirstOut: input.isFirstOut, isFirstOutTie: input.isFirstOutTie })
    case 'remove':
      return remove(step)
    case 'restore':
      return stored.isRemoved
        ? step.noting({ comment: 'in the plant again', limit: null }).to('changed', { isRemoved: false })
        : null
  }
}

const ofRemoved: ReadonlySet<AlarmInputKind> = new Set(['acknowledge', 'comment', 'remove', 'restore'])

/** S1, S8: a new occurrence from wherever it was; held alarms run on unseen. */
function conditionTrue(step: AlarmStep, occurrence: Occurrence): AlarmOutcome {
  if (step.regions.isActive) return null
  return occur(step, occurrence, false)
}

function occur(step: AlarmStep, occurrence: Occurrence, isTest: boolean): AlarmTransition {
  const { stored, rules, moment } = step
  const { timestamp, value, message, messages, isFirstOut, isFirstOutTie } = occurrence
  return step.because(occurrence).to('active', {
    regions: {
      ...stored.regions,
      isActive: true,
      isAcknowledged: false,
      isLatched: rules.definition.latching && !isTest,
    },
    activeTimestamp: timestamp,
    returnedTimestamp: null,
    acknowledgedTimestamp: null,
    acknowledgedBy: null,
    value,
    message,
    messages,
    eventId: moment.sequence,
    occurrenceCount: stored.occurrenceCount + (isTest ? 0 : 1),
    reAlarmCount: 0,
    isFirstOut,
    isFirstOutTie,
    isTest,
  })
}

/** S3, S4, S5, S6. */
function conditionFalse(step: AlarmStep, facts: ProcessFacts): AlarmOutcome {
  const { regions } = step
  if (!regions.isActive) return null
  const isAcknowledged = regions.isAcknowledged || step.rules.alarmClass.acknowledgeOnReturn
  return step
    .because(facts)
    .to('returned', { regions: { ...regions, isActive: false, isAcknowledged }, returnedTimestamp: facts.timestamp })
}

/** S2, S7, S9. */
function acknowledge(step: AlarmStep, input: AlarmCommand & { readonly eventId: number | null }): AlarmOutcome {
  const { stored, regions, rules, moment } = step
  const { id } = stored
  if (input.eventId !== null && input.eventId !== stored.eventId)
    return refuse('BadEventIdUnknown', `${id} has occurred again, or never: this is not its present occurrence`)
  if (isHeld(regions))
    return refuse('BadInvalidState', `${id} is ${inWords[step.state]}: there is nothing to acknowledge`)
  if (regions.isAcknowledged)
    return stored.eventId === 0
      ? refuse('BadInvalidState', `${id} is normal: there is nothing to acknowledge`)
      : refuse('BadConditionBranchAlreadyAcked', `${id} is acknowledged already${by(stored)}`)
  if (rules.alarmClass.commentRequired && input.comment === '')
    return refuse(
      'BadInvalidArgument',
      `${id}: alarms of the class "${rules.alarmClass.name}" are acknowledged with a comment`,
    )
  return step.by(input).to('acknowledged', {
    regions: stored.isRemoved ? normalRegions : { ...regions, isAcknowledged: true },
    acknowledgedTimestamp: moment.now,
    acknowledgedBy: input.operator?.user ?? null,
  })
}

/** S10, S11: a latch is left by a reset alone, and only when the condition is gone. */
function reset(step: AlarmStep, input: AlarmCommand): AlarmOutcome {
  const { stored, regions, rules, moment } = step
  const { id } = stored
  if (isHeld(regions)) return refuse('BadInvalidState', `${id} is ${inWords[step.state]}: reset it when it is back`)
  if (!regions.isLatched) return refuse('BadInvalidState', `${id} is not latched: there is nothing to reset`)
  if (regions.isActive)
    return refuse('BadInvalidState', `${id} is still active: it can be reset when its condition is gone`)
  if (!regions.isAcknowledged && !rules.alarmClass.resetAcknowledges)
    return refuse('BadInvalidState', `${id} is not acknowledged: acknowledge it before the reset`)
  const acknowledgement = regions.isAcknowledged
    ? {}
    : { acknowledgedTimestamp: moment.now, acknowledgedBy: input.operator?.user ?? null }
  return step
    .by(input)
    .to('reset', { ...acknowledgement, regions: { ...regions, isLatched: false, isAcknowledged: true } })
}

/** S12. A held alarm is never annunciated. */
function reAlarm(step: AlarmStep, input: { readonly isStep: boolean; readonly comment: string }): AlarmOutcome {
  const { stored, regions, rules } = step
  if (step.state !== 'acknowledged') return null
  if (!input.isStep && stored.reAlarmCount >= rules.definition.mostReAlarms) return null
  return step
    .noting({ comment: input.comment, limit: null })
    .to('reAlarmed', { ...annunciatedAgain(regions), reAlarmCount: stored.reAlarmCount + 1 })
}

/** S13: from the process states A to F. */
function shelve(
  step: AlarmStep,
  input: AlarmCommand & { readonly durationMs: number | null; readonly isOneShot: boolean },
): AlarmOutcome {
  const { stored, regions, rules, moment } = step
  const { alarmClass } = rules
  const { id } = stored
  if (regions.shelved !== null) return refuse('BadConditionAlreadyShelved', `${id} is shelved already`)
  if (isHeld(regions)) return refuse('BadInvalidState', `${id} is ${inWords[step.state]}: it cannot be shelved as well`)
  if (!alarmClass.isShelvingAllowed)
    return refuse('BadNotSupported', `${id}: alarms of the class "${alarmClass.name}" must not be shelved`)
  if (input.comment === '') return refuse('BadInvalidArgument', `${id}: shelving needs a reason`)
  const durationMs = input.durationMs ?? (input.isOneShot ? alarmClass.longestShelvingMs : null)
  if (durationMs === null) return refuse('BadShelvingTimeOutOfRange', `${id}: shelving needs a duration`)
  if (!(durationMs > 0 && durationMs <= alarmClass.longestShelvingMs))
    return refuse(
      'BadShelvingTimeOutOfRange',
      `${id}: alarms of the class "${alarmClass.name}" are shelved for more than 0 and at most ${minutes(alarmClass.longestShelvingMs)}`,
    )
  const shelved = {
    ...holdOf(input, moment),
    until: moment.now + durationMs,
    isOneShot: input.isOneShot,
  }
  return step.by(input).to('shelved', { regions: { ...regions, shelved } })
}

/** S14. */
function unshelve(step: AlarmStep, input: AlarmCommand): AlarmOutcome {
  const { regions } = step
  if (regions.shelved === null) return refuse('BadConditionNotShelved', `${step.stored.id} is not shelved`)
  return step.by(input).to('unshelved', released({ ...regions, shelved: null }))
}

/** S15. Another reason while it is suppressed is a change, not a second suppression. */
function suppress(step: AlarmStep, reason: string): AlarmOutcome {
  const { regions, moment } = step
  if (regions.suppressed?.reason === reason) return null
  const suppressed: AlarmHold = { user: null, timestamp: moment.now, reason }
  return step
    .noting({ comment: reason, limit: null })
    .to(regions.suppressed === null ? 'suppressed' : 'changed', { regions: { ...regions, suppressed } })
}

/** S16. */
function unsuppress(step: AlarmStep, reason: string): AlarmOutcome {
  const { regions } = step
  if (regions.suppressed === null) return null
  return step.noting({ comment: reason, limit: null }).to('unsuppressed', released({ ...regions, suppressed: null }))
}

/** S17. */
function outOfService(step: AlarmStep, input: AlarmCommand): AlarmOutcome {
  const { stored, regions, rules, moment } = step
  if (regions.outOfService !== null)
    return refuse('BadConditionAlreadyDisabled', `${stored.id} is out of service already`)
  if (rules.alarmClass.isHighlyManaged && input.operator?.isManager !== true)
    return refuse(
      'BadUserAccessDenied',
      `${stored.id} is highly managed: taking it out of service needs the permission alarms.manage`,
    )
  if (input.comment === '') return refuse('BadInvalidArgument', `${stored.id}: taking it out of service needs a reason`)
  return step.by(input).to('outOfService', { regions: { ...regions, outOfService: holdOf(input, moment) } })
}

/** S18. */
function returnToService(step: AlarmStep, input: AlarmCommand): AlarmOutcome {
  const { regions } = step
  if (regions.outOfService === null)
    return refuse('BadConditionAlreadyEnabled', `${step.stored.id} is not out of service`)
  return step.by(input).to('returnedToService', released({ ...regions, outOfService: null }))
}

/**
 * S14, S16, S18: what is active is annunciated anew, also when it was acknowledged before; what is not is normal. A latch stays
 * as it is. While another hold lasts nothing of this happens yet.
 */
function released(regions: AlarmRegions): Partial<StoredAlarm> {
  if (isHeld(regions)) return { regions }
  if (regions.isActive) return { ...annunciatedAgain(regions), reAlarmCount: 0 }
  if (regions.isLatched) return { regions }
  return { regions: { ...regions, isAcknowledged: true } }
}

function annunciatedAgain(regions: AlarmRegions): Partial<StoredAlarm> {
  return { regions: { ...regions, isAcknowledged: false }, acknowledgedTimestamp: null, acknowledgedBy: null }
}

/** Only where it hides nothing. */
function testStart(step: AlarmStep, input: AlarmCommand & Occurrence): AlarmOutcome {
  const { stored } = step
  if (stored.isTest) return refuse('BadInvalidState', `${stored.id} is being tested already`)
  if (step.state !== 'normal')
    return refuse('BadInvalidState', `${stored.id} is ${inWords[step.state]}: only a normal alarm can be tested`)
  return occur(step.by(input), input, true)
}

/** The test leaves nothing behind: neither an acknowledgement nor a latch is waited for. */
function testEnd(step: AlarmStep): AlarmOutcome {
  const { stored, regions, moment } = step
  if (!stored.isTest) return null
  return step.noting({ comment: 'end of the test', limit: null }).to('returned', {
    regions: { ...regions, isActive: false, isAcknowledged: true, isLatched: false },
    returnedTimestamp: moment.now,
    isFirstOut: false,
    isFirstOutTie: false,
    isTest: false,
  })
}

/** Nothing unacknowledged is lost with its definition: it stays until somebody acknowledges it. */
function remove(step: AlarmStep): AlarmOutcome {
  const { stored, regions } = step
  if (stored.isRemoved) return null
  if (regions.isAcknowledged || stored.isTest)
    return step.to('removed', { regions: normalRegions, isTest: false, isRemoved: true })
  const seen: AlarmRegions = { ...regions, shelved: null, suppressed: null, outOfService: null }
  return step.to('removed', { regions: seen, isRemoved: true })
}

function holdOf(input: AlarmCommand, moment: AlarmMoment): AlarmHold {
  return { user: input.operator?.user ?? null, timestamp: moment.now, reason: input.comment }
}

function refuse(code: StatusCodeName, message: string): AlarmRefusal {
  return { refusal: { code, message } }
}

function by({ acknowledgedBy }: StoredAlarm): string {
  return acknowledgedBy === null ? '' : ` by ${acknowledgedBy}`
}

function minutes(ms: number): string {
  const count = ms / 60_000
  return count >= 120 && count % 60 === 0 ? `${count / 60} h` : `${count} min`
}

const inWords: Readonly<Record<AlarmState, string>> = {
  normal: 'normal',
  unacknowledged: 'unacknowledged',
  acknowledged: 'acknowledged',
  returnedUnacknowledged: 'returned and unacknowledged',
  latchedUnacknowledged: 'latched and unacknowledged',
  latchedAcknowledged: 'latched',
  shelved: 'shelved',
  suppressedByDesign: 'suppressed by design',
  outOfService: 'out of service',
}
