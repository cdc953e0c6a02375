// A printer that is shown on a screen: labels lie in a tray, and everything that can happen to a real one can be tried on it.
import type { PrinterCondition } from '../../shared/label.ts'
import {
  type OpenChannel,
  type OutgoingLabel,
  type PrinterAnswer,
  type PrinterChannel,
  PrinterFault,
  type PrinterMemory,
  type SimulatedFault,
} from './printer-channel.ts'

export const openVirtualChannel: OpenChannel = (_printer, memory) => new VirtualChannel(memory)

class VirtualChannel implements PrinterChannel {
  readonly isHere = true
  readonly #memory: PrinterMemory
  #fault: SimulatedFault = 'none'

  constructor(memory: PrinterMemory) {
    this.#memory = memory
  }

  simulate(fault: SimulatedFault): void {
    this.#fault = fault
  }

  status(): Promise<PrinterAnswer> {
    const condition: PrinterCondition = this.#fault === 'none' || this.#fault === 'tear' ? 'ready' : this.#fault
    return Promise.resolve({ conditions: [condition], message: '', hasAnswered: condition !== 'silent' })
  }

  prepare(): Promise<PrinterAnswer> {
    return this.status()
  }

  async send({ job }: OutgoingLabel): Promise<void> {
    const isTorn = this.#fault === 'tear'
    await this.#memory.putInTray(job, isTorn)
    if (!isTorn) return
    // A label tears once; the next one is whole again.
    this.#fault = 'none'
    throw new PrinterFault(['jam'], 'the label was torn while it came out', 'unknown')
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
