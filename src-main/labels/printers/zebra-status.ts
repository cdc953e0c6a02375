// What ZPL printers say of themselves: ~HS (host status, three strings) and ~HQES (errors and warnings as hexadecimal nibbles).
// Zebra ZPL II Programming Guide, "~HS Host Status Return" and "~HQ Host Query". Whatever comes in, nothing here throws.
import type { PrinterCondition } from '../../shared/label.ts'
import { sortedConditions } from './printer-channel.ts'

/** ~HS, as far as it tells whether labels come out. */
export interface HostStatus {
  readonly isPaperOut: boolean
  readonly isPaused: boolean
  /** Labels that were taken and not begun. */
  readonly formatsInBuffer: number
  readonly isBufferFull: boolean
  /** A label was begun and its end has not come. */
  readonly isFormatPartial: boolean
  readonly isMemoryLost: boolean
  readonly isTooCold: boolean
  readonly isTooHot: boolean
  readonly isHeadOpen: boolean
  readonly isRibbonOut: boolean
  /** A label waits to be taken off. */
  readonly isLabelWaiting: boolean
  /** Of the label that is printed now, copies that have not come out. */
  readonly labelsRemaining: number
}

/** Longest answer that is looked at; three strings are 82 bytes. */
const longestAnswer = 4096

/** Three strings, each between STX and ETX. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: STX and ETX frame each string
const hostStrings = /\x02([^\x02\x03]*)\x03[^\x02]*\x02([^\x02\x03]*)\x03[^\x02]*\x02[^\x02\x03]*\x03(?:\r?\n)?/

/** Where the first whole answer to ~HS ends in what came; 0 = not yet. */
export function hostStatusEnd(bytes: Buffer): number {
  const match = hostStrings.exec(bytes.toString('latin1', 0, longestAnswer))
  return match ? match.index + match[0].length : 0
}

/** The first whole answer to ~HS; null = there is none, or it is not one. */
export function parseHostStatus(answer: Uint8Array): HostStatus | null {
  const match = hostStrings.exec(Buffer.from(answer).toString('latin1', 0, longestAnswer))
  if (!match) return null
  const first = numbersOf(match[1]!)
  const second = numbersOf(match[2]!)
  if (!first || !second || first.length < 12 || second.length < 9) return null
  return {
    isPaperOut: first[1] === 1,
    isPaused: first[2] === 1,
    formatsInBuffer: first[4]!,
    isBufferFull: first[5] === 1,
    isFormatPartial: first[7] === 1,
    isMemoryLost: first[9] === 1,
    isTooCold: first[10] === 1,
    isTooHot: first[11] === 1,
    isHeadOpen: second[2] === 1,
    isRibbonOut: second[3] === 1,
    isLabelWaiting: second[7] === 1,
    labelsRemaining: second[8]!,
  }
}

function numbersOf(text: string): number[] | null {
  const parts = text.split(',').map((part) => part.trim())
  return parts.every((part) => /^\d{1,9}$/.test(part)) ? parts.map(Number) : null
}

export function hostConditions(status: HostStatus): readonly PrinterCondition[] {
  const conditions: PrinterCondition[] = ['ready']
  if (status.isPaperOut) conditions.push('mediaOut')
  if (status.isRibbonOut) conditions.push('ribbonOut')
  if (status.isHeadOpen) conditions.push('headOpen')
  if (status.isTooCold || status.isTooHot) conditions.push('overheated')
  if (status.isMemoryLost) conditions.push('fault')
  if (status.isPaused) conditions.push('paused')
  if (isBusy(status)) conditions.push('printing')
  return sortedConditions(conditions)
}

/** It still has something to print. */
export function isBusy(status: HostStatus): boolean {
  return status.formatsInBuffer > 0 || status.labelsRemaining > 0 || status.isFormatPartial
}

/** Error bits of ~HQES, first group (nibbles 8 to 1). Bits that are not here are faults nobody has a word for. */
const errorBits: readonly (readonly [bit: number, condition: PrinterCondition])[] = [
  [0x00001, 'mediaOut'],
  [0x00002, 'ribbonOut'],
  [0x00004, 'headOpen'],
  [0x00008, 'cutterFault'],
  [0x00010, 'overheated'],
  [0x00020, 'overheated'],
  [0x00040, 'fault'],
  [0x00080, 'fault'],
  [0x00100, 'fault'],
  [0x00200, 'fault'],
  [0x01000, 'jam'],
  [0x02000, 'jam'],
  [0x04000, 'jam'],
  [0x08000, 'jam'],
  [0x10000, 'paused'],
]
const knownErrorBits = errorBits.reduce((all, [bit]) => all | bit, 0)

const errorsLine = /ERRORS:\s*([01])\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})/
const warningsLine = /WARNINGS:\s*([01])\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})/

/** What ~HQES says. */
export interface HostErrors {
  readonly conditions: readonly PrinterCondition[]
  /** As a sentence: what will soon want care; '' = nothing. */
  readonly warning: string
}

/** null = it is no answer to ~HQES. */
export function parseHostErrors(answer: string): HostErrors | null {
  const text = answer.slice(0, longestAnswer)
  const errors = errorsLine.exec(text)
  if (!errors) return null
  const warnings = warningsLine.exec(text)
  return {
    conditions: errors[1] === '1' ? errorConditions(errors[2]!, errors[3]!) : ['ready'],
    warning: warnings?.[1] === '1' ? warningWords(Number.parseInt(warnings[3]!, 16)) : '',
  }
}

function errorConditions(second: string, first: string): readonly PrinterCondition[] {
  const bits = Number.parseInt(first, 16)
  const conditions = errorBits.filter(([bit]) => (bits & bit) !== 0).map(([, condition]) => condition)
  const isUnknown = (bits & ~knownErrorBits) !== 0 || Number.parseInt(second, 16) !== 0
  // The flag says that there is an error, whatever the bits are.
  if (isUnknown || conditions.length === 0) conditions.push('fault')
  return sortedConditions(conditions)
}

function warningWords(bits: number): string {
  const words: string[] = []
  if (bits & 1) words.push('media has to be calibrated')
  if (bits & 2) words.push('the print head has to be cleaned')
  if (bits & 4) words.push('the print head has to be replaced')
  if (bits & 8) words.push('labels are nearly used up')
  return words.join(', ')
}
