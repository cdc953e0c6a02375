// Triggers of a running station: what they see becomes orders to the label thread, each with how far its trigger is, so that none is lost
// and none comes twice, whatever dies in between.
import type { AlarmJournal } from '../alarms/journal/alarm-journal.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { LabelTriggers, type TriggerEvent } from '../labels/triggers/label-triggers.ts'
import type { TriggerMarkState } from '../labels/triggers/trigger-mark.ts'
import type { AlarmEvent } from '../shared/alarm.ts'
import type { JsonValue } from '../shared/data-value.ts'
import type { TriggerTrouble } from '../shared/label.ts'
import type { Plant } from '../shared/plant.ts'
import { messageOf } from '../shared/runtime-error.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { TagTable } from '../tags/tag-table.ts'
import type { LabelOrders } from './label-orders.ts'
import type { LabelThread } from './label-thread.ts'

/** Who makes these labels, in ledger and records. */
const triggerUser = 'trigger'
/** Rows of the alarm journal that are caught up at once. */
const pageLength = 1000

export interface StationTriggersParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly table: TagTable
  readonly orders: LabelOrders
  readonly thread: LabelThread
  readonly journal: Pick<AlarmJournal, 'eventsSince' | 'lastSequence'>
  /** {@link StationTriggers.troubles} may be others. */
  readonly onTroubles: () => void
}

export class StationTriggers {
  readonly #parts: StationTriggersParts
  readonly #triggers: LabelTriggers
  /** Trigger → why its last labels were not made. */
  readonly #refused = new Map<string, string>()
  #areMarksAsked = false
  #hasAlarmTriggers = false
  #isCatchingUp = true
  #madeCount = 0

  constructor(parts: StationTriggersParts) {
    this.#parts = parts
    const { clock, table, orders, thread } = parts
    this.#triggers = new LabelTriggers({
      tags: table,
      scope: orders.scope,
      now: () => clock.now(),
      onEvent: (event) => void this.#order(event),
      onMark: (trigger, mark) => {
        if (mark.stopped !== null) parts.onTroubles()
        thread
          .ask('keepMarks', [{ trigger, mark: asJson(mark) }])
          .catch((error) => parts.logger.error(`the trigger ${trigger} cannot be kept: ${messageOf(error)}`))
      },
    })
  }

  /** The triggers of this plant; the tag table knows its tags already. */
  configure({ labels, equipment, timeZone }: Plant): void {
    this.#triggers.configure(labels.triggers, equipment, timeZone)
    for (const name of this.#refused.keys())
      if (!labels.triggers.some((trigger) => trigger.name === name)) this.#refused.delete(name)
    this.#hasAlarmTriggers = labels.triggers.some(({ alarm }) => alarm !== null)
    this.#parts.onTroubles()
    if (labels.triggers.length === 0) return
    if (!this.#areMarksAsked) void this.#restore()
    else if (this.#hasAlarmTriggers) this.#triggers.beginAlarms(this.#parts.journal.lastSequence)
  }

  changes(batch: ValueBatch): void {
    this.#triggers.changes(batch)
  }

  /** Values as devices reported them, after the tag table took them. */
  reported(batch: ValueBatch): void {
    this.#triggers.reported(batch)
  }

  alarms(events: readonly AlarmEvent[]): void {
    // Those that come while older ones are caught up are read from the journal with them, in their order.
    if (this.#hasAlarmTriggers && !this.#isCatchingUp) this.#triggers.alarms(events)
  }

  secondPassed(): void {
    this.#triggers.secondPassed()
  }

  /** Triggers that stopped, and those whose last labels were not made, each with why. */
  troubles(): readonly TriggerTrouble[] {
    const stopped = this.#triggers.stopped().map((trouble) => ({ ...trouble, isStopped: true }))
    const names = new Set(stopped.map(({ trigger }) => trigger))
    const refused = [...this.#refused].filter(([trigger]) => !names.has(trigger))
    return [...stopped, ...refused.map(([trigger, message]) => ({ trigger, message, isStopped: false }))]
  }

  /** What is wrong, for an alarm; '' = nothing. */
  get trouble(): string {
    return this.troubles()
      .map(({ trigger, message }) => `${trigger}: ${message}`)
      .join('; ')
  }

  /**
   * Lets a trigger go on that stopped, with the labels it did not make or without them; of one whose last labels were not made, forgets
   * that. Throws RuntimeError BadInvalidState when nothing is wrong with it.
   */
  goOn(trigger: string, makesMissed: boolean): number {
    const isStopped = this.#triggers.stopped().some((one) => one.trigger === trigger)
    if (!isStopped && this.#refused.delete(trigger)) {
      this.#parts.onTroubles()
      return 0
    }
    const labelCount = this.#triggers.goOn(trigger, makesMissed)
    this.#refused.delete(trigger)
    this.#parts.onTroubles()
    return labelCount
  }

  health(): Readonly<Record<string, number>> {
    return {
      triggeredCount: this.#madeCount,
      stoppedTriggerCount: this.#triggers.stopped().length,
      refusedTriggerCount: this.#refused.size,
    }
  }

  /** How far the triggers were when the station ended, and the alarms since then. */
  async #restore(): Promise<void> {
    const { thread, logger, clock } = this.#parts
    this.#areMarksAsked = true
    try {
      const marks = await thread.ask('marks', null)
      this.#triggers.restore(marks.map(({ trigger, mark }) => [trigger, mark as unknown as TriggerMarkState] as const))
      this.#parts.onTroubles()
      await this.#catchUpAlarms()
    } catch (error) {
      // Without knowing how far they were no trigger works: some labels would come twice.
      logger.error(`the triggers wait, how far they were is not known: ${messageOf(error)}`)
      clock.after(1000, () => void this.#restore())
    }
  }

  async #catchUpAlarms(): Promise<void> {
    const { journal } = this.#parts
    let sequence = this.#triggers.beginAlarms(journal.lastSequence)
    while (this.#hasAlarmTriggers && sequence < journal.lastSequence) {
      const events = await journal.eventsSince(sequence, pageLength)
      this.#triggers.alarms(events)
      sequence = events.at(-1)?.sequence ?? journal.lastSequence
    }
    this.#isCatchingUp = false
  }

  async #order({ trigger, labelCount, fields, fault, id, mark }: TriggerEvent): Promise<void> {
    const { orders, thread, logger } = this.#parts
    const kept = { trigger: trigger.name, mark: asJson(mark) }
    try {
      if (fault !== '') throw new Error(fault)
      const request = {
        template: trigger.template,
        fields,
        copies: trigger.copies,
        count: labelCount,
        requestId: id,
        ...(trigger.printer === null ? {} : { printer: trigger.printer }),
      }
      await thread.ask('order', orders.order(request, { user: triggerUser, mark: kept }), triggerUser)
      this.#madeCount += labelCount
      if (this.#refused.delete(trigger.name)) this.#parts.onTroubles()
    } catch (error) {
      const message = `${labelCount === 1 ? 'a label was' : `${labelCount} labels were`} not made: ${messageOf(error)}`
      this.#refused.set(trigger.name, message)
      this.#parts.onTroubles()
      logger.error(`trigger ${trigger.name}: ${message}`)
      // The event is over: it is not tried again with other values later.
      thread
        .ask('keepMarks', [kept])
        .catch((failure) => logger.error(`the trigger ${trigger.name} cannot be kept: ${messageOf(failure)}`))
    }
  }
}

function asJson(mark: TriggerMarkState): JsonValue {
  const { stopped, eventTimestamp, ...rest } = mark
  // JSON has no infinity: a trigger without an event yet.
  return { ...rest, eventTimestamp: Math.max(eventTimestamp, 0), stopped: stopped === null ? null : { ...stopped } }
}
