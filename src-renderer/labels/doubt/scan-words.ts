// What came of a scan, for somebody who wants to know whether a label is there.
import type { ScanRow } from '../../../src-main/shared/label.ts'
import { shownText } from '../shown-text.ts'
import { t } from './texts.ts'

/** True when the scan settled something. */
export function isSettling({ outcome }: ScanRow): boolean {
  return outcome.kind === 'resolved' || outcome.kind === 'verified'
}

export function scanText(scan: ScanRow): string {
  const identifier = shownText(scan.parsed.identifier === '' ? scan.text : scan.parsed.identifier)
  const { outcome } = scan
  switch (outcome.kind) {
    case 'resolved':
      return t('scan.resolved', { identifier })
    case 'verified':
      return t('scan.verified', { identifier })
    case 'mismatch':
      return t('scan.mismatch', { identifier, expected: shownText(outcome.expected) })
    case 'part':
      return t('scan.part', { identifier })
    case 'equipment':
      return t('scan.equipment', { identifier, equipment: outcome.equipment })
    case 'unknown':
      return t('scan.unknown', { identifier })
  }
}
