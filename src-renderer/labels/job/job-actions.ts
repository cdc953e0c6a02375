// What can be done to a label as it stands, so that no button offers what would be refused.
import type { LabelJob } from '../../../src-main/shared/label.ts'

/** The same dots may come out once more: the picture is there, and the label was on its way at least once. */
export function canReprint({ state, imageHash }: Pick<LabelJob, 'state' | 'imageHash'>): boolean {
  return (
    imageHash !== null && (state === 'printed' || state === 'verified' || state === 'inDoubt' || state === 'failed')
  )
}

/** A label that may exist and is in use. */
export function canVoid({ state }: Pick<LabelJob, 'state'>): boolean {
  return state === 'printed' || state === 'verified'
}

/** Number of the next reprint of an identifier. @param prints all its jobs */
export function nextReprint(prints: readonly Pick<LabelJob, 'reprintCount'>[]): number {
  return Math.max(0, ...prints.map(({ reprintCount }) => reprintCount)) + 1
}
