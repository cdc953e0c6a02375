// What people do with alarms: one answer for each alarm, once what was done is on the disk.
import type { Clock } from '../../base/clock.ts'
import {
  type AlarmOperator,
  type AlarmPhilosophy,
  type AlarmResult,
  defaultAlarmPhilosophy,
} from '../../shared/alarm.ts'
import { type StatusCodeName, StatusCodes } from '../../shared/status-code.ts'
import { stateOf } from '../alarm-regions.ts'
import type { AcknowledgeOptions, ShelveOptions } from '../alarms.ts'
import type { AlarmCommits } from './alarm-commits.ts'
import type { AlarmCore } from './alarm-core.ts'
import { dueKey } from './alarm-dues.ts'
import type { AlarmOutcome, AlarmRefusal } from './alarm-input.ts'
import type { AlarmRegister } from './alarm-register.ts'
import type { DueTimes } from './due-times.ts'

/** Longest test of an alarm; ms. */
const longestTestMs = 3_600_000

export interface AlarmCommandsParts {
  readonly clock: Clock
  readonly register: AlarmRegister
  readonly core: AlarmCore
  readonly commits: AlarmCommits
  /** Monotonic times. */
  readonly dues: DueTimes
  /** Ends a call of the engine: what was done goes to the journal. */
  readonly end: () => void
}

/** One alarm of a command; `at`: its place among the ids. */
type Act = (slot: number, id: string, at: number) => AlarmOutcome

export class AlarmCommands {
  philosophy: AlarmPhilosophy = defaultAlarmPhilosophy
  readonly #parts: AlarmCommandsParts
  #commandCount = 0
  #refusedCount = 0

  constructor(parts: AlarmCommandsParts) {
    this.#parts = parts
  }

  /** Alarms that somebody wanted to do something with. */
  get commandCount(): number {
    return this.#commandCount
  }

  get refusedCount(): number {
    return this.#refusedCount
  }

  /** A command that needs nothing but a comment. */
  each(
    kind: 'unshelve' | 'outOfService' | 'returnToService' | 'reset' | 'comment',
    ids: readonly string[],
    operator: AlarmOperator,
    comment: string,
  ): Promise<readonly AlarmResult[]> {
    return this.#run(ids, (slot) => this.#parts.core.apply(slot, { kind, operator, comment }))
  }

  acknowledge(
    ids: readonly string[],
    operator: AlarmOperator,
    { comment = '', eventIds }: AcknowledgeOptions = {},
  ): Promise<readonly AlarmResult[]> {
    return this.#run(ids, (slot, _, at) =>
      this.#parts.core.apply(slot, { kind: 'acknowledge', operator, comment, eventId: eventIds?.[at] ?? null }),
    )
  }

  shelve(
    ids: readonly string[],
    operator: AlarmOperator,
    { comment = '', durationMs, oneShot: isOneShot = false }: ShelveOptions,
  ): Promise<readonly AlarmResult[]> {
    const { mostShelvedAtOnce, mostShelvedPerUser } = this.philosophy
    const { user, isManager } = operator
    let shelvedCount = this.#shelvedBy(user)
    return this.#run(ids, (slot, id) => {
      if (ids.length > mostShelvedAtOnce && !isManager)
        return refusal(
          'BadUserAccessDenied',
          `${id}: more than ${mostShelvedAtOnce} alarms at once are shelved with the permission alarms.manage only`,
        )
      if (shelvedCount >= mostShelvedPerUser)
        return refusal(
          'BadTooManyOperations',
          `${id}: ${user} holds ${shelvedCount} alarms shelved already, the most there may be`,
        )
      const input = { kind: 'shelve', operator, comment, durationMs: durationMs ?? null, isOneShot } as const
      const outcome = this.#parts.core.apply(slot, input)
      if (!isRefused(outcome)) shelvedCount++
      return outcome
    })
  }

  test(ids: readonly string[], operator: AlarmOperator, durationMs: number): Promise<readonly AlarmResult[]> {
    const { core, dues, clock } = this.#parts
    return this.#run(ids, (slot, id) => {
      if (!(durationMs > 0 && durationMs <= longestTestMs))
        return refusal('BadOutOfRange', `${id}: a test lasts longer than 0 and at most ${longestTestMs / 60_000} min`)
      const outcome = core.startTest(slot, operator)
      if (!isRefused(outcome)) dues.set(dueKey(slot, 'test'), clock.monotonic() + durationMs)
      return outcome
    })
  }

  async #run(ids: readonly string[], act: Act): Promise<readonly AlarmResult[]> {
    const results = ids.map((id, at) => this.#one(id, at, act))
    this.#parts.end()
    try {
      await this.#parts.commits.flushed()
      return results
    } catch {
      // Why the disk refuses is in the log and in an alarm of its own; who gave the command learns that it may not last.
      return results.map((result) => (result.statusCode === StatusCodes.Good ? notKept(result.id) : result))
    }
  }

  #one(id: string, at: number, act: Act): AlarmResult {
    this.#commandCount++
    const slot = this.#parts.register.slotOf(id)
    const outcome =
      slot === undefined || !this.#isKnown(slot)
        ? refusal('BadNodeIdUnknown', `There is no alarm ${id}`)
        : act(slot, id, at)
    if (!isRefused(outcome)) return { id, statusCode: StatusCodes.Good }
    this.#refusedCount++
    return { id, statusCode: StatusCodes[outcome.refusal.code], message: outcome.refusal.message }
  }

  /** Of the present plant, or gone from it but still listed. */
  #isKnown(slot: number): boolean {
    const { register } = this.#parts
    const stored = register.stored(slot)
    return register.isPresent(slot) || (stored !== undefined && stateOf(stored.regions) !== 'normal')
  }

  #shelvedBy(user: string): number {
    const { register } = this.#parts
    let count = 0
    for (let slot = 0; slot < register.slotCount; slot++)
      if (register.stored(slot)?.regions.shelved?.user === user) count++
    return count
  }
}

function isRefused(outcome: AlarmOutcome): outcome is AlarmRefusal {
  return outcome !== null && 'refusal' in outcome
}

function refusal(code: StatusCodeName, message: string): AlarmRefusal {
  return { refusal: { code, message } }
}

function notKept(id: string): AlarmResult {
  const message = `${id}: it was done, but the alarm journal cannot be written; it is lost when the station ends`
  return { id, statusCode: StatusCodes.BadResourceUnavailable, message }
}
