// One step of an alarm: the row of the journal and the state after it, from what is known of the moment.
import type { AlarmEventKind, AlarmOperator, AlarmState } from '../../shared/alarm.ts'
import type { JsonValue } from '../../shared/data-value.ts'
import { stateOf } from '../alarm-regions.ts'
import type { AlarmRegions, AlarmTransition, StoredAlarm } from '../alarm-transition.ts'
import type { AlarmCommand, AlarmMoment, AlarmRules, ProcessFacts } from './alarm-input.ts'

/** Builds the row and the state after it. */
export class AlarmStep {
  readonly stored: StoredAlarm
  readonly rules: AlarmRules
  readonly moment: AlarmMoment
  #timestamp: number
  #statusCode: number
  #value: JsonValue | undefined
  #limit: JsonValue
  #operator: AlarmOperator | null = null
  #comment = ''

  constructor(stored: StoredAlarm, rules: AlarmRules, moment: AlarmMoment) {
    this.stored = stored
    this.rules = rules
    this.moment = moment
    this.#timestamp = moment.now
    this.#statusCode = moment.statusCode
    this.#limit = moment.limit
  }

  get regions(): AlarmRegions {
    return this.stored.regions
  }

  get state(): AlarmState {
    return stateOf(this.stored.regions)
  }

  by({ operator, comment }: AlarmCommand): this {
    this.#operator = operator
    this.#comment = comment
    return this
  }

  noting({ comment, limit }: { readonly comment: string; readonly limit: JsonValue }): this {
    this.#comment = comment
    if (limit !== null) this.#limit = limit
    return this
  }

  because({ timestamp, value, limit, statusCode }: ProcessFacts): this {
    this.#timestamp = timestamp
    this.#value = value
    this.#limit = limit
    this.#statusCode = statusCode
    return this
  }

  to(event: AlarmEventKind, change: Partial<StoredAlarm>): AlarmTransition {
    const { definition } = this.rules
    const { sequence, now } = this.moment
    const before = this.stored
    const stored: StoredAlarm = { ...before, definition, ...change }
    const operator = this.#operator
    return {
      stored,
      event: {
        sequence,
        id: definition.id,
        tag: definition.tag,
        condition: definition.condition,
        event,
        state: stateOf(stored.regions),
        previousState: stateOf(before.regions),
        priority: definition.priority,
        timestamp: this.#timestamp,
        receivedTimestamp: now,
        value: this.#value === undefined ? stored.value : this.#value,
        limit: this.#limit,
        statusCode: this.#statusCode,
        message: stored.message,
        user: operator === null ? '' : operator.user,
        station: operator === null ? '' : operator.station,
        comment: this.#comment,
        isActive: stored.regions.isActive,
        eventId: stored.eventId,
        isFirstOut: stored.isFirstOut,
        isTest: stored.isTest || before.isTest,
        alarmClass: definition.alarmClass,
        area: definition.area,
        equipment: definition.equipment,
      },
    }
  }
}
