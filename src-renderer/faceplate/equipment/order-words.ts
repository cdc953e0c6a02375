// Why an order cannot be given now, in words.
import type { CommandRow, TermInput } from '../../../src-main/shared/equipment.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { plantText } from '../../ui/i18n.svelte.ts'
import { termWords, type ValueWords } from './condition-words.ts'
import { isMet, type LiveCondition } from './live-conditions.svelte.ts'
import { t } from './texts.ts'

export interface OrderCircumstances {
  readonly isLive: boolean
  readonly mayOrder: boolean
  /** Another order of this equipment waits for its answer. */
  readonly isBusy: boolean
  /** Title of the present state; null = not known. */
  readonly state: string | null
  readonly conditions: readonly LiveCondition[]
  /** How the values that decide are written. */
  readonly words: ValueWords
}

/** '' = it can be given. `command` is what the runtime says of it; undefined = it has not said anything yet. */
export function whyNotOrder(command: CommandRow | undefined, now: OrderCircumstances): string {
  if (!now.mayOrder) return t('mayNotOrder')
  if (!now.isLive) return t('linkLost')
  if (command === undefined) return t('asking')
  if (command.isOffered === null) return t('offerUnknown')
  if (!command.isOffered) return notOfferedText(command, now)
  if (!command.isAllowed) return blockedText(now.conditions)
  return now.isBusy ? t('anotherOnItsWay') : ''
}

/** What decides that it is not offered, in words; the present state where the runtime named no term. */
function notOfferedText(command: CommandRow, { state, words }: OrderCircumstances): string {
  const { tag, value, reasons } = command
  const inputs = reasons.flatMap((term) => term.inputs)
  const isSoAlready = inputs.every((input) => input.tag === tag && isSame(input.value, value))
  if (reasons.length > 0) {
    if (isSoAlready) return t('alreadySo', { tag, value: words.value(tag, value, StatusCodes.Good) })
    const terms = reasons.map((term) => termWords(term, false, words))
    return t('notOfferedBecause', { terms: terms.join(t('termSeparator')) })
  }
  return state === null ? t('notOfferedNow') : t('notOffered', { state })
}

/** A bit may be told as `true` and ordered as 1. */
function isSame(present: TermInput['value'], ordered: CommandRow['value']): boolean {
  return present === ordered || (present !== null && Number(present) === Number(ordered))
}

/** The conditions that refuse it; the last answer may be half a second older than the values. */
function blockedText(conditions: readonly LiveCondition[]): string {
  const unmet = conditions.filter((condition) => !isMet(condition))
  const titles = unmet.map(({ condition }) => plantText(condition.title, condition.name))
  return titles.length === 0 ? t('asking') : t('blockedBy', { titles: titles.join(t('listSeparator')) })
}
