// Two states of one job that came by different ways.
import type { LabelJob } from '../../src-main/shared/label.ts'

/** The later of two states of a job. */
export function newer(a: LabelJob, b: LabelJob): LabelJob {
  return b.changedTimestamp >= a.changedTimestamp ? b : a
}
