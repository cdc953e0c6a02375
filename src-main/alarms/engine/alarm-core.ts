// The running alarms: edges of conditions, suppressions, commands and times become steps of the state machine, and steps become rows of
// the journal. Everything that follows from a step (annunciation, first-out, flood, re-alarm) is kept here.
import type { Clock } from '../../base/clock.ts'
import {
  type AlarmEventKind,
  type AlarmOperator,
  type AlarmPhilosophy,
  type AlarmPriority,
  defaultAlarmPhilosophy,
} from '../../shared/alarm.ts'
import { isHeld, stateOf } from '../alarm-regions.ts'
import type { AlarmTransition, StoredAlarm } from '../alarm-transition.ts'
import type { AlarmCommits } from './alarm-commits.ts'
import type { AlarmConditions, ConditionEdge } from './alarm-conditions.ts'
import { dueKey } from './alarm-dues.ts'
import { AlarmFlood } from './alarm-flood.ts'
import type { AlarmInput, AlarmOutcome, Occurrence, ProcessFacts } from './alarm-input.ts'
import { fillMessage } from './alarm-message.ts'
import type { AlarmRegister } from './alarm-register.ts'
import { reduce } from './alarm-state.ts'
import type { AlarmSuppression } from './alarm-suppression.ts'
import { Chattering } from './chattering.ts'
import type { DueTimes } from './due-times.ts'
import { sortEdges } from './edge-order.ts'
import { type FirstOutChange, FirstOutGroup } from './first-out.ts'

export interface AlarmCoreParts {
  readonly clock: Clock
  readonly register: AlarmRegister
  readonly conditions: AlarmConditions
  readonly suppression: AlarmSuppression
  readonly commits: AlarmCommits
  /** Monotonic times. */
  readonly dues: DueTimes
  /** Ends of shelvings by slot, in wall time. */
  readonly shelvings: DueTimes
  /** Present quality of what an alarm watches. */
  readonly statusCode: (slot: number) => number
}

/** Events that put an alarm before the operator when the alarm is unacknowledged after them. */
const annunciating: ReadonlySet<AlarmEventKind> = new Set([
  'active',
  'reAlarmed',
  'unshelved',
  'unsuppressed',
  'returnedToService',
])

export class AlarmCore {
  readonly flood = new AlarmFlood(defaultAlarmPhilosophy)
  readonly chattering = new Chattering(defaultAlarmPhilosophy)
  readonly #parts: AlarmCoreParts
  readonly #groups = new Map<string, FirstOutGroup>()
  #languages: readonly string[] = ['en']
  #settlement: Generator<undefined, void, undefined> | null = null
  #annunciationCount = 0
  #annunciatedPriority: AlarmPriority | null = null

  constructor(parts: AlarmCoreParts) {
    this.#parts = parts
  }

  get annunciationCount(): number {
    return this.#annunciationCount
  }

  get annunciatedPriority(): AlarmPriority | null {
    return this.#annunciatedPriority
  }

  configure(philosophy: AlarmPhilosophy, languages: readonly string[]): void {
    this.flood.limits = philosophy
    this.chattering.limits = philosophy
    this.#languages = languages
    this.#restoreGroups()
  }

  /** One step of one alarm, with everything that follows from it. null when nothing happened. */
  apply(slot: number, input: AlarmInput): AlarmOutcome {
    const { register, commits, clock, conditions, statusCode } = this.#parts
    const before = register.storedOrNew(slot)
    const rules = { definition: register.definition(slot), alarmClass: register.classOf(slot) }
    const moment = {
      sequence: commits.nextSequence,
      now: clock.now(),
      statusCode: statusCode(slot),
      limit: conditions.presentLimit(slot),
    }
    const outcome = reduce(before, input, rules, moment)
    if (outcome === null || 'refusal' in outcome) return outcome
    register.store(slot, outcome.stored)
    commits.add(outcome)
    this.#follow(slot, before, outcome)
    return outcome
  }

  /**
   * Takes over what conditions and expressions have found out. Suppressions begin before the alarms they are for become active, and
   * end after they have returned: what changes together is not annunciated in between.
   */
  settle(): void {
    this.settleSome(Number.POSITIVE_INFINITY)
  }

  /** The same, at most so many alarms of it; true when all is taken over. Until then nothing else may be applied. */
  settleSome(alarmCount: number): boolean {
    this.#settlement ??= this.#settled()
    for (let count = 0; count < alarmCount; count++)
      if (this.#settlement.next().done) {
        this.#settlement = null
        return true
      }
    return false
  }

  /** Halts after each alarm. */
  *#settled(): Generator<undefined, void, undefined> {
    const { conditions, suppression } = this.#parts
    do {
      const judged = this.#judged()
      for (const slot of judged) {
        this.suppressIfDue(slot)
        yield
      }
      this.#moveLimits()
      for (let edges = conditions.takeEdges(); edges.length > 0; edges = conditions.takeEdges()) {
        const sorted = sortEdges(edges)
        for (let at = 0; at < sorted.length; at++) {
          this.#applyEdge(sorted[at]!, sorted, at)
          if (suppression.isByDevice(sorted[at]!.slot)) judged.add(sorted[at]!.slot)
          yield
        }
      }
      for (const slot of judged) {
        this.unsuppressIfOver(slot)
        yield
      }
    } while (conditions.hasEdges)
  }

  /** Alarms whose suppression may be another one now. */
  #judged(): Set<number> {
    const { conditions, suppression, commits, register } = this.#parts
    const judged = new Set<number>()
    for (const formula of conditions.takeEvaluatedFormulas())
      for (const slot of suppression.slotsOfFormula(formula)) judged.add(slot)
    for (const slot of conditions.takeQualityChanges()) {
      if (suppression.hasSources(slot)) judged.add(slot)
      const stored = register.stored(slot)
      if (stored !== undefined && stateOf(stored.regions) !== 'normal') commits.touch(stored.id)
    }
    return judged
  }

  #moveLimits(): void {
    const { conditions, register } = this.#parts
    for (const { slot, before, after } of conditions.takeLimitChanges())
      if (register.stored(slot)?.regions.isActive)
        this.apply(slot, { kind: 'change', comment: `limit ${before} → ${after}`, limit: after })
  }

  /** Suppresses it when there is a reason to. */
  suppressIfDue(slot: number): void {
    const verdict = this.#parts.suppression.judge(slot)
    if (typeof verdict === 'object') this.apply(slot, { kind: 'suppress', reason: verdict.reason })
  }

  /** Ends a suppression whose reason is gone; one that nothing decides yet is held. */
  unsuppressIfOver(slot: number): void {
    const { register, suppression, dues, clock } = this.#parts
    const suppressed = register.stored(slot)?.regions.suppressed ?? null
    if (suppressed === null) return
    const verdict = suppression.judge(slot)
    if (verdict === 'none') this.apply(slot, { kind: 'unsuppress', reason: `no longer: ${suppressed.reason}` })
    else if (suppression.isWaitingForDevice(slot)) dues.set(dueKey(slot, 'device'), clock.monotonic() + 1000)
  }

  /** Starts a test of an alarm; the refusal when it is not one that can be tested. */
  startTest(slot: number, operator: AlarmOperator): AlarmOutcome {
    const occurrence = this.#occurrence('testStart', slot, this.#present(slot, this.#parts.clock.now()), false, false)
    return this.apply(slot, { ...occurrence, operator, comment: 'test' })
  }

  /** The real condition counts again: also when it became true meanwhile. */
  endTest(slot: number): void {
    const { conditions } = this.#parts
    this.apply(slot, { kind: 'testEnd' })
    const { effective, since } = conditions.columns
    if (effective[slot] === 1)
      this.apply(slot, this.#occurrence('conditionTrue', slot, this.#present(slot, since[slot]!), false, false))
  }

  #present(slot: number, timestamp: number): ProcessFacts {
    const { conditions, statusCode } = this.#parts
    const value = conditions.presentValue(slot)
    return { timestamp, value, limit: conditions.presentLimit(slot), statusCode: statusCode(slot) }
  }

  #applyEdge(edge: ConditionEdge, edges: readonly ConditionEdge[], at: number): void {
    const { register, suppression } = this.#parts
    const { slot } = edge
    if (!register.isPresent(slot) || register.stored(slot)?.isTest) return
    if (!edge.isTrue) {
      const { timestamp, value, limit, statusCode } = edge
      this.apply(slot, { kind: 'conditionFalse', timestamp, value, limit, statusCode })
      return
    }
    if (suppression.isByDevice(slot)) this.suppressIfDue(slot)
    const group = this.#groupOf(slot)
    const stored = register.stored(slot)
    if (group === null || (stored !== undefined && isHeld(stored.regions))) {
      this.apply(slot, this.#occurrence('conditionTrue', slot, edge, false, false))
      return
    }
    const { own, others } = group.activate(slot, edge.timestamp)
    const isTie = own.isFirstOutTie || (own.isFirstOut && this.#isTieAhead(edge, edges, at))
    this.apply(slot, this.#occurrence('conditionTrue', slot, edge, own.isFirstOut, isTie))
    for (const other of others) this.#markAnew(other, slot)
  }

  /** A group member of the same time comes next: the mark is right at once instead of being corrected. */
  #isTieAhead(edge: ConditionEdge, edges: readonly ConditionEdge[], at: number): boolean {
    const name = this.#parts.register.definition(edge.slot).firstOutGroup
    for (let next = at + 1; next < edges.length && edges[next]!.timestamp === edge.timestamp; next++) {
      const other = edges[next]!
      if (other.isTrue && this.#parts.register.definition(other.slot).firstOutGroup === name) return true
    }
    return false
  }

  #markAnew({ slot, isFirstOut, isFirstOutTie }: FirstOutChange, by: number): void {
    const { register } = this.#parts
    const stored = register.stored(slot)
    if (stored === undefined || (stored.isFirstOut === isFirstOut && stored.isFirstOutTie === isFirstOutTie)) return
    const comment = isFirstOut
      ? `first out together with ${register.definition(by).id}`
      : `not first out: ${register.definition(by).id} came before`
    this.apply(slot, { kind: 'firstOut', isFirstOut, isFirstOutTie, comment })
  }

  /** One object for each activation: in a flood there are ten thousand of them. */
  #occurrence<Kind extends string>(
    kind: Kind,
    slot: number,
    { timestamp, value, limit, statusCode }: ProcessFacts,
    isFirstOut: boolean,
    isFirstOutTie: boolean,
  ): Occurrence & { readonly kind: Kind } {
    const definition = this.#parts.register.definition(slot)
    const { message, messages } = fillMessage(definition, value, limit, this.#languages)
    return { kind, timestamp, value, limit, statusCode, message, messages, isFirstOut, isFirstOutTie }
  }

  /** What follows from a step. */
  #follow(slot: number, before: StoredAlarm, { event, stored }: AlarmTransition): void {
    const { clock, conditions, shelvings } = this.#parts
    const { regions } = stored
    if (event.state === 'unacknowledged' && annunciating.has(event.event)) {
      this.#annunciationCount++
      this.#annunciatedPriority = event.priority
      if (!event.isTest) this.flood.add(clock.monotonic(), clock.now())
    }
    if (event.event === 'active' && !event.isTest) this.#noteActivation(slot, event.timestamp)
    if (regions.shelved !== before.regions.shelved) {
      if (regions.shelved === null) shelvings.delete(slot)
      else shelvings.set(slot, regions.shelved.until)
    }
    if (before.regions !== regions) {
      this.awaitReAlarm(slot, stored)
      this.#groupOf(slot)?.setOpen(slot, isOpen(stored))
      if (isHeld(before.regions) !== isHeld(regions)) conditions.holdChanged(slot)
    }
    if (event.event === 'returned' && regions.shelved?.isOneShot)
      this.apply(slot, { kind: 'unshelve', operator: null, comment: 'returned to normal (one-shot)' })
  }

  /** An acknowledged alarm that stays active is annunciated again. */
  awaitReAlarm(slot: number, { regions, reAlarmCount, acknowledgedTimestamp }: StoredAlarm): void {
    const { register, dues, clock } = this.#parts
    const { reAlarmMs, mostReAlarms } = register.definition(slot)
    const key = dueKey(slot, 'reAlarm')
    if (reAlarmMs === null || reAlarmCount >= mostReAlarms || stateOf(regions) !== 'acknowledged') {
      dues.delete(key)
      return
    }
    const passed = acknowledgedTimestamp === null ? 0 : clock.now() - acknowledgedTimestamp
    dues.set(key, clock.monotonic() + reAlarmMs - Math.max(0, Math.min(passed, reAlarmMs)))
  }

  #noteActivation(slot: number, timestamp: number): void {
    const { dues, clock } = this.#parts
    const lasts = this.chattering.activate(slot, timestamp)
    if (lasts !== null) dues.set(dueKey(slot, 'chattering'), clock.monotonic() + lasts)
  }

  #groupOf(slot: number): FirstOutGroup | null {
    const name = this.#parts.register.definition(slot).firstOutGroup
    return name === null ? null : (this.#groups.get(name) ?? null)
  }

  /** Groups as they are after a start or a change of the plant: made of the marks that the alarms carry. */
  #restoreGroups(): void {
    const { register } = this.#parts
    this.#groups.clear()
    for (const { slot, definition } of register.members) {
      if (definition.firstOutGroup === null) continue
      const group = this.#groups.get(definition.firstOutGroup) ?? new FirstOutGroup()
      this.#groups.set(definition.firstOutGroup, group)
      const stored = register.stored(slot)
      if (stored !== undefined && isOpen(stored)) group.restore(slot, stored.isFirstOut, stored.activeTimestamp ?? 0)
    }
  }
}

/** It is before the operator, in whatever process state. */
function isOpen({ regions }: StoredAlarm): boolean {
  return !isHeld(regions) && stateOf(regions) !== 'normal'
}
