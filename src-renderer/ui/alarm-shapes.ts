// The look of alarms, told apart without colour: a shape and a number for each priority, a sign for what is not annunciated
// (ISA-101 checklist H9, ISA-18.2 clause 11). Paths in a square of 24 × 24; the colours are tokens of theme.css.
import type { AlarmPriority, AlarmState } from '../../src-main/shared/alarm.ts'

export interface AlarmShape {
  /** Of the priority: 1 = urgent … 4 = low. */
  readonly number: 1 | 2 | 3 | 4
  readonly fill: string
  /** Around it: not acknowledged. */
  readonly ring: string
  /** Base line of the number. */
  readonly numberY: number
}

export const alarmShapes: Readonly<Record<AlarmPriority, AlarmShape>> = {
  urgent: { number: 1, fill: 'M4.5 4.5H19.5V19.5H4.5Z', ring: 'M1.2 1.2H22.8V22.8H1.2Z', numberY: 16.6 },
  high: { number: 2, fill: 'M12 4.6L20.4 20H3.6Z', ring: 'M12 .9L23.4 22.4H.6Z', numberY: 18.6 },
  medium: { number: 3, fill: 'M12 19.4L3.6 4H20.4Z', ring: 'M12 23.1L.6 1.6H23.4Z', numberY: 13.8 },
  low: {
    number: 4,
    fill: 'M12 4.2A7.8 7.8 0 1 1 12 19.8A7.8 7.8 0 1 1 12 4.2Z',
    ring: 'M12 1.2A10.8 10.8 0 1 1 12 22.8A10.8 10.8 0 1 1 12 1.2Z',
    numberY: 16.4,
  },
}

/** What stands in the hatched square of an alarm that is not annunciated: a clock, a funnel, a barred circle. */
export const holdSigns: Readonly<Record<'shelved' | 'suppressedByDesign' | 'outOfService', string>> = {
  shelved: 'M12 6A6 6 0 1 1 12 18A6 6 0 1 1 12 6ZM12 8.2V12L14.6 13.8',
  suppressedByDesign: 'M6 7H18L13.6 12.4V17.5L10.4 16V12.4Z',
  outOfService: 'M12 6A6 6 0 1 1 12 18A6 6 0 1 1 12 6ZM7.8 16.2L16.2 7.8',
}

/** Square of those signs. */
export const holdFrame = 'M2.5 2.5H21.5V21.5H2.5Z'

/** A bar below the shape: latched, waits for a reset. */
export const latchBar = 'M1 26.6H23'

/** The token of a priority's colour, for a style. */
export function alarmColour(priority: AlarmPriority): string {
  return `var(--alarm-${priority})`
}

/** Somebody still has to acknowledge it; its mark blinks. */
export function isUnacknowledged(state: AlarmState): boolean {
  return state === 'unacknowledged' || state === 'returnedUnacknowledged' || state === 'latchedUnacknowledged'
}

/** Why an alarm is not annunciated, null when it is. */
export function holdOf(state: AlarmState): keyof typeof holdSigns | null {
  return state === 'shelved' || state === 'suppressedByDesign' || state === 'outOfService' ? state : null
}
