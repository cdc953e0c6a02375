// What IPP printers say of themselves: printer-state and printer-state-reasons (RFC 8011 clauses 5.4.11 and 5.4.12; PWG 5100.9). Whatever
// comes in, nothing here throws.
import type { PrinterCondition } from '../../shared/label.ts'
import { type IppAnswer, type IppValue, ippGroups } from './ipp-codec.ts'
import { sortedConditions } from './printer-channel.ts'

/** Reasons without their ending (`-error`, `-warning`, `-report`), by their beginning. */
const reasonWords: readonly (readonly [beginning: string, condition: PrinterCondition])[] = [
  ['media-empty', 'mediaOut'],
  ['media-needed', 'mediaOut'],
  ['media-jam', 'jam'],
  ['cover-open', 'headOpen'],
  ['door-open', 'headOpen'],
  ['interlock-open', 'headOpen'],
  ['marker-supply-empty', 'ribbonOut'],
  ['marker-supply-missing', 'ribbonOut'],
  ['marker-ribbon-empty', 'ribbonOut'],
  ['toner-empty', 'ribbonOut'],
  ['fuser-over-temp', 'overheated'],
  ['fuser-under-temp', 'overheated'],
  ['trimmer', 'cutterFault'],
  ['cutter', 'cutterFault'],
  ['paused', 'paused'],
  ['moving-to-paused', 'paused'],
  ['offline', 'offline'],
  ['shutdown', 'offline'],
  ['timed-out', 'offline'],
  ['connecting-to-device', 'printing'],
]

const states = { idle: 3, processing: 4, stopped: 5 } as const

/** What Get-Printer-Attributes says. */
export interface IppStatus {
  readonly conditions: readonly PrinterCondition[]
  /** Its own words; '' = none. */
  readonly message: string
}

export function ippStatus(answer: IppAnswer): IppStatus {
  const printer = answer.groups.find(({ tag }) => tag === ippGroups.printer)?.attributes
  const state = printer?.get('printer-state')?.[0] ?? null
  const reasons = texts(printer?.get('printer-state-reasons'))
  const message = texts(printer?.get('printer-state-message'))[0]?.slice(0, 200) ?? ''
  if (typeof state !== 'number') return { conditions: ['unknown'], message: 'the printer does not say how it is' }
  const conditions = reasons.flatMap((reason) => conditionOf(reason) ?? [])
  if (state === states.processing) conditions.push('printing')
  const isExplained = conditions.some((condition) => condition !== 'printing')
  if (state === states.stopped && !isExplained) conditions.push('fault')
  const isAccepting = printer?.get('printer-is-accepting-jobs')?.[0]
  if (isAccepting === false && !isExplained) conditions.push('paused')
  return { conditions: sortedConditions(conditions.length > 0 ? conditions : ['ready']), message }
}

/** null = it keeps nothing from being printed. */
function conditionOf(reason: string): PrinterCondition | null {
  // Warnings and reports: it prints all the same.
  if (reason === 'none' || /-(warning|report)$/.test(reason)) return null
  const word = reasonWords.find(([beginning]) => reason.startsWith(beginning))
  if (word) return word[1]
  return reason.endsWith('-error') ? 'fault' : null
}

/** States of a job (RFC 8011 clause 5.3.7). */
export type IppJobState = 'waiting' | 'processing' | 'stopped' | 'canceled' | 'aborted' | 'completed' | 'unknown'

export function ippJobState(answer: IppAnswer): IppJobState {
  const state = answer.groups.find(({ tag }) => tag === ippGroups.job)?.attributes.get('job-state')?.[0]
  switch (state) {
    case 3:
    case 4:
      return 'waiting'
    case 5:
      return 'processing'
    case 6:
      return 'stopped'
    case 7:
      return 'canceled'
    case 8:
      return 'aborted'
    case 9:
      return 'completed'
    default:
      return 'unknown'
  }
}

/** Of the job that was made; null = none was. */
export function ippJobId(answer: IppAnswer): number | null {
  const id = answer.groups.find(({ tag }) => tag === ippGroups.job)?.attributes.get('job-id')?.[0]
  return typeof id === 'number' ? id : null
}

/** Words of a status that is not well (RFC 8011 appendix B.1). */
export function ippStatusWords(answer: IppAnswer): string {
  const operation = answer.groups.find(({ tag }) => tag === ippGroups.operation)?.attributes
  const own = texts(operation?.get('status-message'))[0]?.slice(0, 200) ?? ''
  const code = `0x${answer.status.toString(16).padStart(4, '0')}`
  return own === '' ? code : `${own} (${code})`
}

function texts(values: readonly IppValue[] | undefined): string[] {
  return values?.filter((value) => typeof value === 'string') ?? []
}
