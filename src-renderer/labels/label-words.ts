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
