// The state diagram of ISA-18.2-2016 figure 3 a second time, written from the standard's rows (S1 to S20) and not from the station's
// code: what the list and the journal of one alarm have to say. Delays, deadbands and times are left to whoever drives it.
import type { AlarmEventKind, AlarmState } from '../../src-main/shared/alarm.ts'
import type { StatusCodeName } from '../../src-main/shared/status-code.ts'

/** What the diagram asks of the alarm and of its class. */
export interface ModelRules {
  readonly latching?: boolean
  readonly acknowledgeOnReturn?: boolean
  readonly commentRequired?: boolean
  readonly resetAcknowledges?: boolean
  readonly shelvingForbidden?: boolean
  readonly longestShelvingMs?: number
}

/** The part of a journal row that the diagram determines. */
export interface ModelRow {
  readonly event: AlarmEventKind
  readonly state: AlarmState
  readonly previousState: AlarmState
  readonly isActive: boolean
  readonly user: string
}

export interface ModelCommand {
  readonly user: string
  readonly comment: string
  readonly durationMs?: number
  readonly oneShot?: boolean
}

export type ModelCommandName =
  | 'acknowledge'
  | 'shelve'
  | 'unshelve'
  | 'outOfService'
  | 'returnToService'
  | 'reset'
  | 'comment'

const eightHours = 8 * 3_600_000

export class ModelAlarm {
  readonly id: string
  readonly rules: ModelRules
  readonly rows: ModelRow[] = []
  occurrences = 0
  #isTrue = false
  #needsAcknowledgement = false
  #isLatched = false
  #shelving: 'none' | 'timed' | 'oneShot' = 'none'
  #isSuppressed = false
  #isOutOfService = false
  #isGone = false
  #isForgotten = false

  constructor(id: string, rules: ModelRules = {}) {
    this.id = id
    this.rules = rules
  }

  get state(): AlarmState {
    if (this.#isOutOfService) return 'outOfService'
    if (this.#isSuppressed) return 'suppressedByDesign'
    if (this.#shelving !== 'none') return 'shelved'
    if (this.#isTrue) return this.#needsAcknowledgement ? 'unacknowledged' : 'acknowledged'
    if (this.#isLatched) return this.#needsAcknowledgement ? 'latchedUnacknowledged' : 'latchedAcknowledged'
    return this.#needsAcknowledgement ? 'returnedUnacknowledged' : 'normal'
  }

  get isTrue(): boolean {
    return this.#isTrue
  }

  get isShelved(): boolean {
    return this.#shelving !== 'none'
  }

  /** Left the plant, still listed. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** The process condition after its delays: S1, S3 to S6, S8, and underneath a hold. */
  condition(isTrue: boolean): void {
    if (this.#isGone || isTrue === this.#isTrue) return
    if (isTrue) {
      this.occurrences++
      this.#row('active', '', () => {
        this.#isTrue = true
        this.#needsAcknowledgement = true
        this.#isLatched = this.rules.latching === true
      })
      return
    }
    this.#row('returned', '', () => {
      this.#isTrue = false
      if (this.rules.acknowledgeOnReturn) this.#needsAcknowledgement = false
    })
    if (this.#shelving === 'oneShot') this.shelvingOver()
  }

  /** S14: the time is over, or the one-shot has returned. */
  shelvingOver(): void {
    if (this.#shelving === 'none') return
    this.#row('unshelved', '', () => {
      this.#shelving = 'none'
      this.#released()
    })
  }

  /** S15, S16. */
  suppression(isOn: boolean): void {
    if (isOn === this.#isSuppressed) return
    this.#row(isOn ? 'suppressed' : 'unsuppressed', '', () => {
      this.#isSuppressed = isOn
      if (!isOn) this.#released()
    })
  }

  /** S12 by time. */
  reAlarm(): void {
    this.#row('reAlarmed', '', () => {
      this.#needsAcknowledgement = true
    })
  }

  /** The plant changed something of it, to a higher priority perhaps (S12). */
  changed(isMoreSevere: boolean): void {
    if (this.state === 'normal') return
    this.#row('changed', '', () => undefined)
    if (isMoreSevere && this.state === 'acknowledged') this.reAlarm()
  }

  /** It left the plant: gone when nothing was to be acknowledged, else listed until it is. */
  removed(): void {
    this.#row('removed', '', () => {
      this.#shelving = 'none'
      this.#isSuppressed = this.#isOutOfService = false
      if (!this.#needsAcknowledgement) this.#isTrue = this.#isLatched = false
    })
    this.#isGone = true
  }

  /** The station was killed: of an alarm that left the plant and waits for nobody nothing is kept but its journal. */
  restarted(): void {
    if (!this.#isGone || this.state !== 'normal') return
    this.#isForgotten = true
    this.occurrences = 0
  }

  /** It is in the plant again. */
  restored(): void {
    const isNews = !this.#isForgotten
    this.#isGone = this.#isForgotten = false
    if (isNews) this.#row('changed', '', () => undefined)
  }

  /** What somebody orders; 'Good', or the refusal that leaves everything as it was. */
  command(name: ModelCommandName, { user, comment, durationMs, oneShot = false }: ModelCommand): StatusCodeName {
    const { state, rules } = this
    const isHeld = state === 'shelved' || state === 'suppressedByDesign' || state === 'outOfService'
    if (this.#isGone && state === 'normal') return 'BadNodeIdUnknown'
    if (this.#isGone && name !== 'acknowledge' && name !== 'comment') return 'BadInvalidState'
    switch (name) {
      case 'acknowledge':
        if (isHeld) return 'BadInvalidState'
        if (!this.#needsAcknowledgement)
          return this.occurrences === 0 ? 'BadInvalidState' : 'BadConditionBranchAlreadyAcked'
        if (rules.commentRequired && comment === '') return 'BadInvalidArgument'
        return this.#row('acknowledged', user, () => {
          this.#needsAcknowledgement = false
          if (this.#isGone) this.#isTrue = this.#isLatched = false
        })
      case 'reset':
        if (isHeld || !this.#isLatched || this.#isTrue) return 'BadInvalidState'
        if (this.#needsAcknowledgement && !rules.resetAcknowledges) return 'BadInvalidState'
        return this.#row('reset', user, () => {
          this.#isLatched = this.#needsAcknowledgement = false
        })
      case 'shelve': {
        if (this.#shelving !== 'none') return 'BadConditionAlreadyShelved'
        if (isHeld) return 'BadInvalidState'
        if (rules.shelvingForbidden) return 'BadNotSupported'
        if (comment === '') return 'BadInvalidArgument'
        const longest = rules.longestShelvingMs ?? eightHours
        const duration = durationMs ?? (oneShot ? longest : 0)
        if (duration <= 0 || duration > longest) return 'BadShelvingTimeOutOfRange'
        return this.#row('shelved', user, () => {
          this.#shelving = oneShot ? 'oneShot' : 'timed'
        })
      }
      case 'unshelve':
        if (this.#shelving === 'none') return 'BadConditionNotShelved'
        return this.#row('unshelved', user, () => {
          this.#shelving = 'none'
          this.#released()
        })
      case 'outOfService':
        if (this.#isOutOfService) return 'BadConditionAlreadyDisabled'
        if (comment === '') return 'BadInvalidArgument'
        return this.#row('outOfService', user, () => {
          this.#isOutOfService = true
        })
      case 'returnToService':
        if (!this.#isOutOfService) return 'BadConditionAlreadyEnabled'
        return this.#row('returnedToService', user, () => {
          this.#isOutOfService = false
          this.#released()
        })
      case 'comment':
        if (comment === '') return 'BadInvalidArgument'
        return this.#row('comment', user, () => undefined)
    }
  }

  /** The state from the live condition once nothing holds it: true is news, false is none. A latch waits for its reset. */
  #released(): void {
    if (this.#isOutOfService || this.#isSuppressed || this.#shelving !== 'none') return
    if (this.#isTrue) this.#needsAcknowledgement = true
    else if (!this.#isLatched) this.#needsAcknowledgement = false
  }

  #row(event: AlarmEventKind, user: string, change: () => void): 'Good' {
    const previousState = this.state
    change()
    this.rows.push({ event, state: this.state, previousState, isActive: this.#isTrue, user })
    return 'Good'
  }
}
