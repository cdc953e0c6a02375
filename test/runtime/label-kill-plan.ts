// What the killed station and its judge both know.
import type { LabelPrinter } from '../../src-main/shared/label.ts'
import { labelPrinter } from '../fakes/label-queue-parts.ts'

export const labelsPerOrder = 25

/** One that is asked for its state, and one that cannot answer. */
export function killPrinters(answeringPort: number, mutePort: number): readonly LabelPrinter[] {
  const limits = { timeoutMs: 400, statusIntervalMs: 200 }
  return [
    labelPrinter({ ...limits, name: 'answering', connection: `tcp://127.0.0.1:${answeringPort}` }),
    labelPrinter({ ...limits, name: 'mute', connection: `tcp://127.0.0.1:${mutePort}`, statusIntervalMs: 0 }),
  ]
}
