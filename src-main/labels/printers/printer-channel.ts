// The way to a printer: what every connection (TCP, IPP, spooler, serial, file, screen) has in common. A channel sends one label at a
// time and says what became of it as far as the printer lets anybody know.
import type { LabelPrinter, PrinterCondition } from '../../shared/label.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'

/** What is known of a printer now. */
export interface PrinterAnswer {
  /** The most serious first; never empty. */
  readonly conditions: readonly PrinterCondition[]
  /** As a sentence; '' = nothing to say. */
  readonly message: string
  /** It answered when it was asked for its state. */
  readonly hasAnswered: boolean
  /** Labels are sent to it whatever the conditions are: it was never heard, and may not be able to answer. */
  readonly isTrustedUnheard?: boolean
}

/** A label on its way. */
export interface OutgoingLabel {
  readonly job: string
  readonly identifier: string | null
  readonly copies: number
  /** In the printer's language; all copies are in it. */
  readonly bytes: Uint8Array
  /** Dots of it, for printers that are pictures on a screen. */
  readonly imageHash: string
}

export interface PrinterChannel {
  /** It is here, not at the end of a line: it is asked for its state at once, whatever the plant says of asking. */
  readonly isHere?: boolean
  /** Asks for the state. Never throws: a printer that cannot be reached says so by its conditions. */
  status(): Promise<PrinterAnswer>
  /**
   * Gets ready to send: connects, clears what a label that broke off may have left in the printer's memory, asks for the state. Nothing
   * of a label is sent. Never throws; conditions that keep a printer from printing mean: not now.
   */
  prepare(): Promise<PrinterAnswer>
  /**
   * Sends one label and waits until the printer has put it out, as far as it lets that be known. Throws {@link PrinterFault}; never waits
   * for ever.
   */
  send(label: OutgoingLabel): Promise<void>
  /** Ends at once; a label on its way fails. */
  close(): Promise<void>
  /** Only of printers that are shown on a screen. */
  simulate?(fault: SimulatedFault): void
}

/** What can be done to a printer that is shown on a screen; `none`: it is well again. */
export type SimulatedFault = 'none' | 'mediaOut' | 'ribbonOut' | 'headOpen' | 'tear' | 'silent'

/** What a channel is given by the queue. */
export interface PrinterMemory {
  /** It once answered when asked for its state: its silence is a fault. */
  readonly hasAnswered: boolean
  /** A label broke off: a part of it may wait in the printer's memory and would run into the next one. */
  readonly mayHoldRest: boolean
  /** Where labels go that are shown on a screen; resolves when they lie there for good. */
  readonly putInTray: (job: string, isTorn: boolean) => Promise<void>
}

export type OpenChannel = (printer: LabelPrinter, memory: PrinterMemory) => PrinterChannel

/**
 * What became of a label that did not go out well. `untouched`: certainly nothing of it reached the printer, it can be sent again. `refused`:
 * the printer will not take this label, now or later. `unknown`: a part of it, all of it or nothing may have come out.
 */
export type LabelFate = 'untouched' | 'refused' | 'unknown'

/** A label did not go out well. */
export class PrinterFault extends RuntimeError {
  readonly conditions: readonly PrinterCondition[]
  readonly fate: LabelFate

  constructor(conditions: readonly PrinterCondition[], message: string, fate: LabelFate, cause?: unknown) {
    super('BadDeviceFailure', message, cause)
    this.conditions = conditions
    this.fate = fate
  }
}

/** Conditions from the most serious to none. */
const order: readonly PrinterCondition[] = [
  'offline',
  'silent',
  'headOpen',
  'mediaOut',
  'ribbonOut',
  'jam',
  'cutterFault',
  'overheated',
  'fault',
  'paused',
  'unknown',
  'printing',
  'ready',
]

/** In order of seriousness, each once; `ready` only where there is nothing else. */
export function sortedConditions(conditions: readonly PrinterCondition[]): readonly PrinterCondition[] {
  const sorted = order.filter((condition) => conditions.includes(condition))
  const worth = sorted.filter((condition) => condition !== 'ready')
  return worth.length > 0 ? worth : ['ready']
}

/** A label sent now would not come out, or nobody would know. */
export function keepsFromPrinting(condition: PrinterCondition): boolean {
  return condition !== 'ready' && condition !== 'printing' && condition !== 'unknown'
}

/** Words of the conditions of a printer, as a sentence; '' when all is well. */
export function conditionsMessage(conditions: readonly PrinterCondition[]): string {
  const words = conditions.map((condition) => conditionWords[condition]).filter((text) => text !== '')
  return words.join(', ')
}

const conditionWords: Readonly<Record<PrinterCondition, string>> = {
  ready: '',
  printing: '',
  unknown: '',
  paused: 'the printer is paused at its own keys',
  mediaOut: 'no labels left',
  ribbonOut: 'no ribbon left',
  headOpen: 'the print head is open',
  jam: 'labels are jammed',
  overheated: 'the print head is too hot or too cold',
  cutterFault: 'the cutter is stuck',
  fault: 'the printer reports a fault',
  silent: 'the printer does not answer',
  offline: 'the printer cannot be reached',
}
