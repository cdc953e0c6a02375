// The base state model of ISA-TR88.00.02-2015 as a list of arrows, written down apart from the code that is tested by it.
import { type PackmlState, packmlStates } from '../../../src-main/shared/simulation.ts'

/** States that Stop leaves; Abort leaves these and the ones on the way to Stopped. */
const stoppable: readonly PackmlState[] = [
  ...(['Starting', 'Idle', 'Suspended', 'Execute', 'Holding', 'Held', 'Unholding', 'Suspending'] as const),
  ...(['Unsuspending', 'Resetting', 'Completing', 'Complete'] as const),
]

/** Every arrow, as `Idle → Starting`. */
export const legalTransitions: ReadonlySet<string> = new Set([
  ...['Clearing → Stopped', 'Stopped → Resetting', 'Resetting → Idle', 'Idle → Starting', 'Starting → Execute'],
  ...['Execute → Completing', 'Completing → Complete', 'Complete → Resetting', 'Stopping → Stopped'],
  ...['Aborting → Aborted', 'Aborted → Clearing', 'Execute → Holding', 'Holding → Held', 'Held → Unholding'],
  ...['Unholding → Execute', 'Execute → Suspending', 'Suspending → Suspended', 'Suspended → Unsuspending'],
  'Unsuspending → Execute',
  ...stoppable.map((state) => `${state} → Stopping`),
  ...[...stoppable, 'Stopping', 'Stopped', 'Clearing'].map((state) => `${state} → Aborting`),
])

export function packmlStateOf(number: number): PackmlState | undefined {
  return (packmlStates as Readonly<Record<number, PackmlState>>)[number]
}
