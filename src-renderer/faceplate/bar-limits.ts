// Limits of alarms as they stand on the bar of a value.
import type { AlarmDefinition } from '../../src-main/shared/alarm.ts'

/** One limit that does not move; engineering units. */
export interface BarLimit {
  readonly id: string
  readonly value: number
  /** HH, H, L, LL. */
  readonly letters: string
}

const letters: Readonly<Partial<Record<AlarmDefinition['condition'], string>>> = {
  highHigh: 'HH',
  high: 'H',
  low: 'L',
  lowLow: 'LL',
}

/** Those of the alarms that have a number as a limit on one side of the value. */
export function barLimits(definitions: readonly AlarmDefinition[]): readonly BarLimit[] {
  return definitions.flatMap(({ id, condition, limit }) => {
    const side = letters[condition]
    return side !== undefined && typeof limit === 'number' ? [{ id, value: limit, letters: side }] : []
  })
}
