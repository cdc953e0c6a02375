// What a person can do to the queue of a printer, and when it would not be refused.
import type { PrinterStatusRow } from '../../../src-main/shared/label.ts'
import { t } from './texts.ts'

export type PrinterAction = 'pause' | 'resume' | 'cancel' | 'failOver'

/** Actions that make sense for a printer as it stands. */
export function actionsFor(
  { isPaused, queuedCount }: Pick<PrinterStatusRow, 'isPaused' | 'queuedCount'>,
  hasOtherPrinters: boolean,
): readonly PrinterAction[] {
  return [
    isPaused ? 'resume' : 'pause',
    ...(queuedCount > 0 && hasOtherPrinters ? (['failOver'] as const) : []),
    ...(queuedCount > 0 ? (['cancel'] as const) : []),
  ]
}

/** Reasons to choose from, as they are kept. */
export function reasonsFor(action: PrinterAction): readonly string[] {
  switch (action) {
    case 'pause':
      return [t('reason.media'), t('reason.cleaning'), t('reason.maintenance')]
    case 'cancel':
      return [t('reason.notNeeded'), t('reason.wrong'), t('reason.wrongPrinter')]
    case 'failOver':
      return [t('reason.broken'), t('reason.media'), t('reason.maintenance')]
    case 'resume':
      return []
  }
}
