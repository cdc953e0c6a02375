// Which jobs a list shows: what the runtime is asked for, and whether a job that has just changed belongs to it.
import type { InputOf } from '../../../src-main/shared/contract.ts'
import { jobStates, type LabelJob, type LabelJobState } from '../../../src-main/shared/label.ts'

export interface JobQuestion {
  /** Empty = all. */
  readonly states: readonly LabelJobState[]
  /** '' = all. */
  readonly printer: string
  /** '' = any; else a part of anything that stands on the label, of its identifier, template or user. */
  readonly text: string
}

/** As the address has it: `?states=inDoubt,failed&printer=case&text=AB`. */
export function readQuestion(parameters: Readonly<Record<string, string>>): JobQuestion {
  const named = (parameters.states ?? '').split(',')
  return {
    states: jobStates.filter((state) => named.includes(state)),
    printer: parameters.printer ?? '',
    text: parameters.text ?? '',
  }
}

/** Parameters of the address; null = not there. */
export function questionParameters(question: JobQuestion): Readonly<Record<string, string | null>> {
  return {
    states: question.states.length === 0 ? null : question.states.join(','),
    printer: question.printer === '' ? null : question.printer,
    text: question.text === '' ? null : question.text,
  }
}

export function questionInput({ states, printer, text }: JobQuestion): InputOf<'labels.jobs'> {
  return {
    ...(states.length === 0 ? {} : { states: [...states] }),
    ...(printer === '' ? {} : { printer }),
    ...(text === '' ? {} : { text }),
  }
}

/** Whether a job belongs to the list. */
export function fits(job: LabelJob, { states, printer, text }: JobQuestion): boolean {
  if (states.length > 0 && !states.includes(job.state)) return false
  if (printer !== '' && job.printer !== printer) return false
  if (text === '') return true
  const wanted = text.toLowerCase()
  return textsOf(job).some((one) => one.toLowerCase().includes(wanted))
}

/** What a search looks at. */
function textsOf(job: LabelJob): readonly string[] {
  return [job.identifier ?? '', job.template, job.user, ...Object.values(job.fields).map(String)]
}
