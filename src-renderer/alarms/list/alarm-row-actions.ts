// What can be done with one row of the list at once.
import type { AlarmRow } from '../../../src-main/shared/alarm.ts'

export interface AlarmRowActions {
  /** Into the selection or out of it; `isRange` = everything from the last one chosen to this. null where nothing may be done with it. */
  readonly select: ((row: AlarmRow, isRange: boolean) => void) | null
  /** null where this user may not, or nothing is live. */
  readonly acknowledge: ((row: AlarmRow) => void) | null
  readonly show: (row: AlarmRow) => void
  /** Address of the trend at an instant; null where history may not be seen. */
  readonly trendAt: ((tag: string, timestamp: number) => string) | null
}
