// Why an order cannot be given now, in words.
import type { CommandRow } from '../../../src-main/shared/equipment.ts'
import { plantText } from '../../ui/i18n.svelte.ts'
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
}

/** '' = it can be given. `command` is what the runtime says of it; undefined = it has not said anything yet. */
export function whyNotOrder(command: CommandRow | undefined, now: OrderCircumstances): string {
  if (!now.mayOrder) return t('mayNotOrder')
  if (!now.isLive) return t('linkLost')
  if (command === undefined) return t('asking')
  if (command.isOffered === null) return t('offerUnknown')
  if (!command.isOffered) return now.state === null ? t('notOfferedNow') : t('notOffered', { state: now.state })
  if (!command.isAllowed) return blockedText(now.conditions)
  return now.isBusy ? t('anotherOnItsWay') : ''
}

/** The conditions that refuse it; the last answer may be half a second older than the values. */
function blockedText(conditions: readonly LiveCondition[]): string {
  const unmet = conditions.filter((condition) => !isMet(condition))
  const titles = unmet.map(({ condition }) => plantText(condition.title, condition.name))
  return titles.length === 0 ? t('asking') : t('blockedBy', { titles: titles.join(t('listSeparator')) })
}
