// What an operator does with alarms: each command names the occurrences that were seen, and each alarm has its own answer.
import type { AlarmClass, AlarmResult, AlarmRow, AlarmState } from '../../src-main/shared/alarm.ts'
import { statusCodeName } from '../../src-main/shared/status-code.ts'
import type { RuntimeClient } from '../connection/runtime-client.ts'
import { statusText } from '../tags/status-texts.ts'
import { isUnacknowledged } from '../ui/alarm-shapes.ts'
import { type Language, language } from '../ui/i18n.svelte.ts'
import { refusalTexts } from '../ui/refusal-texts.ts'
import { errorText } from '../ui/texts.ts'
import { bannerTexts as t } from './banner/banner-texts.ts'

export const alarmCommands = [
  'acknowledge',
  'shelve',
  'unshelve',
  'outOfService',
  'returnToService',
  'reset',
  'comment',
] as const
export type AlarmCommand = (typeof alarmCommands)[number]

/** What a command needs besides the alarms. */
export interface CommandWords {
  readonly comment?: string | undefined
  readonly durationMs?: number | undefined
  readonly oneShot?: boolean | undefined
}

/** How a command went. */
export interface CommandOutcome {
  readonly command: AlarmCommand
  readonly doneCount: number
  /** Alarms that were left as they were, with the reason in words. */
  readonly refused: readonly { readonly row: AlarmRow; readonly reason: string }[]
  /** Why nothing is known of any of them: the call itself failed. */
  readonly failure: string | null
}

const highlyManagedOnly: ReadonlySet<AlarmCommand> = new Set<AlarmCommand>(['outOfService', 'returnToService'])

/** The permission a command needs. */
export function permissionOf(command: AlarmCommand): 'alarms.operate' | 'alarms.manage' {
  return highlyManagedOnly.has(command) ? 'alarms.manage' : 'alarms.operate'
}

/** Whether a command makes sense for an alarm in this state; the runtime has the last word. */
export function fits(command: AlarmCommand, state: AlarmState): boolean {
  switch (command) {
    case 'acknowledge':
      return isUnacknowledged(state)
    case 'shelve':
      return state !== 'shelved' && state !== 'outOfService'
    case 'unshelve':
      return state === 'shelved'
    case 'outOfService':
      return state !== 'outOfService'
    case 'returnToService':
      return state === 'outOfService'
    case 'reset':
      return state === 'latchedAcknowledged' || state === 'latchedUnacknowledged'
    case 'comment':
      return true
  }
}

/** Whether the operator is asked for words before the command is sent. */
export function needsDialog(command: AlarmCommand, classes: readonly AlarmClass[]): boolean {
  if (command === 'acknowledge') return classes.some(({ commentRequired }) => commentRequired)
  return command === 'shelve' || command === 'outOfService' || command === 'returnToService' || command === 'comment'
}

/** Sends commands and keeps the last outcome. */
export class AlarmCommands {
  readonly #client: Pick<RuntimeClient, 'call'>
  #outcome = $state.raw<CommandOutcome | null>(null)
  #isWorking = $state(false)

  constructor(client: Pick<RuntimeClient, 'call'>) {
    this.#client = client
  }

  /** Reactive: how the last command went; null before the first and after {@link forget}. */
  get outcome(): CommandOutcome | null {
    return this.#outcome
  }

  /** Reactive: an answer is awaited. */
  get isWorking(): boolean {
    return this.#isWorking
  }

  forget(): void {
    this.#outcome = null
  }

  /** Never rejects: how it went is the outcome. */
  async run(command: AlarmCommand, rows: readonly AlarmRow[], words: CommandWords = {}): Promise<CommandOutcome> {
    this.#isWorking = true
    this.#outcome = null
    const outcome = await this.#ask(command, rows, words)
    this.#isWorking = false
    this.#outcome = outcome
    return outcome
  }

  async #ask(command: AlarmCommand, rows: readonly AlarmRow[], words: CommandWords): Promise<CommandOutcome> {
    const { comment, durationMs, oneShot } = words
    const input = {
      ids: rows.map(({ id }) => id),
      ...(command === 'acknowledge' ? { eventIds: rows.map(({ eventId }) => eventId) } : {}),
      ...(comment ? { comment } : {}),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(oneShot === undefined ? {} : { oneShot }),
    }
    try {
      const { results } = await this.#client.call(`alarms.${command}`, input)
      const refused = rows.flatMap((row, index) => {
        const result = results[index]
        return result && result.statusCode !== 0 ? [{ row, reason: reasonText(result) }] : []
      })
      return { command, doneCount: rows.length - refused.length, refused, failure: null }
    } catch (error) {
      return { command, doneCount: 0, refused: [], failure: errorText(error) }
    }
  }
}

/** Why an alarm was left as it was: the runtime's sentence; in another language ours, followed by it. */
export function reasonText({ statusCode, message }: AlarmResult): string {
  if (message === undefined) return statusText(statusCode)
  return language.current === 'en' ? message : `${meantBy(statusCode, language.current)}（${message}）`
}

/** Codes of OPC 10000-9: they mean alarms wherever they are read. */
const ofAlarmsAlone = /^Bad(?:Condition|EventId|ShelvingTime)/

/** What a code means of alarms; the words of status codes speak of values and devices. */
function meantBy(statusCode: number, spoken: Exclude<Language, 'en'>): string {
  const code = statusCodeName(statusCode)
  // The one answer of a command that was carried out all the same.
  if (code === 'BadResourceUnavailable') return t('doneNotKept')
  if (ofAlarmsAlone.test(code)) return statusText(statusCode)
  return refusalTexts[spoken][code] ?? statusText(statusCode)
}
