// What can happen to an alarm, and what the state machine answers (alarm-state.ts).
import type { AlarmClass, AlarmDefinition, AlarmOperator } from '../../shared/alarm.ts'
import type { JsonValue } from '../../shared/data-value.ts'
import type { StatusCodeName } from '../../shared/status-code.ts'
import type { AlarmTransition } from '../alarm-transition.ts'

/** What is known of the process at the moment of a change. */
export interface ProcessFacts {
  /** Source time of the sample that crossed plus the delay that ran; ms. */
  readonly timestamp: number
  readonly value: JsonValue
  readonly limit: JsonValue
  readonly statusCode: number
}

/** A new occurrence. The message has its values filled in. */
export interface Occurrence extends ProcessFacts {
  readonly message: string
  readonly messages: Readonly<Record<string, string>> | null
  readonly isFirstOut: boolean
  readonly isFirstOutTie: boolean
}

/** A command of a person, or of the runtime itself (`operator` null). */
export interface AlarmCommand {
  readonly operator: AlarmOperator | null
  readonly comment: string
}

/** Everything that can happen to an alarm. */
export type AlarmInput =
  | ({ readonly kind: 'conditionTrue' } & Occurrence)
  | ({ readonly kind: 'conditionFalse' } & ProcessFacts)
  | ({ readonly kind: 'acknowledge'; readonly eventId: number | null } & AlarmCommand)
  | ({ readonly kind: 'reset' } & AlarmCommand)
  /** `isStep`: not by time but because the alarm became more severe. */
  | { readonly kind: 'reAlarm'; readonly isStep: boolean; readonly comment: string }
  | ({ readonly kind: 'shelve'; readonly durationMs: number | null; readonly isOneShot: boolean } & AlarmCommand)
  | ({ readonly kind: 'unshelve' } & AlarmCommand)
  | { readonly kind: 'suppress'; readonly reason: string }
  | { readonly kind: 'unsuppress'; readonly reason: string }
  | ({ readonly kind: 'outOfService' } & AlarmCommand)
  | ({ readonly kind: 'returnToService' } & AlarmCommand)
  | ({ readonly kind: 'comment' } & AlarmCommand)
  | ({ readonly kind: 'testStart' } & AlarmCommand & Occurrence)
  | { readonly kind: 'testEnd' }
  /** An attribute of the alarm changed: `comment` says which and how. */
  | { readonly kind: 'change'; readonly comment: string; readonly limit: JsonValue }
  /** Its place in its first-out group was judged anew: a sample with an older source time came later. */
  | {
      readonly kind: 'firstOut'
      readonly isFirstOut: boolean
      readonly isFirstOutTie: boolean
      readonly comment: string
    }
  | { readonly kind: 'remove' }
  /** It is in the plant folder again. */
  | { readonly kind: 'restore' }

export type AlarmInputKind = AlarmInput['kind']

/** What the rules depend on besides the alarm itself. */
export interface AlarmRules {
  readonly definition: AlarmDefinition
  readonly alarmClass: AlarmClass
}

/** What the row of the journal gets from outside. */
export interface AlarmMoment {
  /** Number of the row. */
  readonly sequence: number
  /** The runtime's clock; ms. */
  readonly now: number
  /** Present quality of what is watched. */
  readonly statusCode: number
  /** Present limit, where it is a number or an expression gives one. */
  readonly limit: JsonValue
}

export interface AlarmRefusal {
  readonly refusal: { readonly code: StatusCodeName; readonly message: string }
}

/** A step, a refusal with its reason, or null when the input changes nothing and says nothing. */
export type AlarmOutcome = AlarmTransition | AlarmRefusal | null
