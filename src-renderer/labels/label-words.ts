// Labels, printers and what was done to them, in words.
import type { LabelJobState, PrinterCondition, PrinterStatusRow } from '../../src-main/shared/label.ts'
import { t } from './texts.ts'

export function jobStateText(state: LabelJobState): string {
  return t(`state.${state}`)
}

/** What the state means for who stands in front of the printer. */
export function jobStateHint(state: LabelJobState): string {
  return t(`hint.${state}`)
}

export function conditionText(condition: PrinterCondition): string {
  return t(`condition.${condition}`)
}

/** What to do at the printer; '' = nothing. */
export function conditionAdvice(condition: PrinterCondition): string {
  return isWell(condition) || condition === 'unknown' ? '' : t(`advice.${condition}`)
}

/** Nobody has to go there. */
export function isWell(condition: PrinterCondition): condition is 'ready' | 'printing' {
  return condition === 'ready' || condition === 'printing'
}

/** How a printer is drawn: well, held by a person, not known, or in need of somebody. */
export type PrinterNeed = 'well' | 'held' | 'unknown' | 'fault'

export function needOf(condition: PrinterCondition): PrinterNeed {
  if (isWell(condition)) return 'well'
  if (condition === 'paused') return 'held'
  return condition === 'unknown' ? 'unknown' : 'fault'
}

/** What is said of a printer, the most serious first: one that a person holds is not called ready. */
export function shownConditions({
  conditions,
  isPaused,
}: Pick<PrinterStatusRow, 'conditions' | 'isPaused'>): readonly [PrinterCondition, ...PrinterCondition[]] {
  const faults = conditions.filter((condition) => condition !== 'paused' && !(isPaused && isWell(condition)))
  const held: readonly PrinterCondition[] = isPaused || conditions.includes('paused') ? ['paused'] : []
  const [first = 'unknown', ...others] = [...faults, ...held]
  return [first, ...others]
}

/** Sentences of the runtime an operator decides by, in the words of this screen. The ledger keeps them as they were said. */
const sentences: Readonly<Record<string, () => string>> = {
  'the label was torn while it came out': () => t('message.torn'),
  'the station ended while the label was on its way to the printer': () => t('message.stationEnded'),
  'the printer took the label and does not get on with it': () => t('message.stuck'),
  'no labels left': () => t('condition.mediaOut'),
  'no ribbon left': () => t('condition.ribbonOut'),
  'the print head is open': () => t('condition.headOpen'),
  'labels are jammed': () => t('condition.jam'),
  'the print head is too hot or too cold': () => t('message.temperature'),
  'the cutter is stuck': () => t('condition.cutterFault'),
  'the printer reports a fault': () => t('message.fault'),
  'the printer does not answer': () => t('condition.silent'),
  'the printer cannot be reached': () => t('condition.offline'),
  'the printer is paused at its own keys': () => t('message.pausedAtPrinter'),
}

/** Why a label or a printer is as it is; what this screen has no words for stays as the runtime said it. */
export function messageText(message: string): string {
  const parts = Object.hasOwn(sentences, message) ? [message] : message.split(', ')
  if (!parts.every((part) => Object.hasOwn(sentences, part))) return message
  return parts.map((part) => sentences[part]?.() ?? part).join(t('and'))
}

const ledgerActions = [
  'allocated',
  'queued',
  'sent',
  'printed',
  'verified',
  'inDoubt',
  'failed',
  'void',
  'reprinted',
  'resolved',
  'approved',
  'cancelled',
  'movedTo',
  'notSent',
  'rejected',
  'serialStays',
  'paused',
  'resumed',
] as const

/** A row of the ledger in words; an action that this screen does not know as the runtime calls it. */
export function ledgerActionText(action: string): string {
  const known = ledgerActions.find((one) => one === action)
  return known === undefined ? action : t(`action.${known}`)
}
