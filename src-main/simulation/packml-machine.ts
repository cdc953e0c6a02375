// A machine's PackML state model (ISA-TR88.00.02-2015, base state model): commands, waiting, faults, and an operator who
// clears them. Pure: time comes in as seconds of each step.
import { parseDuration } from '../shared/duration.ts'
import {
  type PackmlBehaviour,
  type PackmlCommand,
  type PackmlFault,
  type PackmlState,
  packmlCommands,
} from '../shared/simulation.ts'
import { exponential, type Random } from './random.ts'

/** What a machine is told in one step. */
export interface PackmlInput {
  readonly suspend: boolean
  readonly hold: boolean
  readonly abort: boolean
  readonly complete: boolean
}

/** Acting states end by themselves in these. */
const stateAfter: Partial<Record<PackmlState, PackmlState>> = {
  Clearing: 'Stopped',
  Starting: 'Execute',
  Stopping: 'Stopped',
  Aborting: 'Aborted',
  Holding: 'Held',
  Unholding: 'Execute',
  Suspending: 'Suspended',
  Unsuspending: 'Execute',
  Resetting: 'Idle',
  Completing: 'Complete',
}

/** Where a command leads, by the state it is given in; every other command is ignored. */
const commandTable: Readonly<Record<PackmlCommand, Partial<Record<PackmlState, PackmlState>>>> = {
  Reset: { Stopped: 'Resetting', Complete: 'Resetting' },
  Start: { Idle: 'Starting' },
  Stop: everyBut('Stopping', ['Stopped', 'Stopping', 'Clearing', 'Aborting', 'Aborted']),
  Hold: { Execute: 'Holding' },
  Unhold: { Held: 'Unholding' },
  Suspend: { Execute: 'Suspending' },
  Unsuspend: { Suspended: 'Unsuspending' },
  Abort: everyBut('Aborting', ['Aborting', 'Aborted']),
  Clear: { Aborted: 'Clearing' },
  Complete: { Execute: 'Completing' },
}

function everyBut(target: PackmlState, left: readonly PackmlState[]): Partial<Record<PackmlState, PackmlState>> {
  const all: PackmlState[] = [...(Object.keys(stateAfter) as PackmlState[])]
  all.push('Stopped', 'Idle', 'Suspended', 'Execute', 'Aborted', 'Held', 'Complete')
  return Object.fromEntries(all.filter((state) => !left.includes(state)).map((state) => [state, target]))
}

const defaultActingSeconds = 2
/** A fault takes its duration give or take this share. */
const durationSpread = 0.4

interface ActiveFault {
  readonly fault: PackmlFault
  remaining: number
}

export class PackmlMachine {
  state: PackmlState
  readonly #behaviour: PackmlBehaviour
  readonly #random: Random
  /** Seconds of running time until each fault strikes. */
  readonly #untilFault: number[]
  #inState = 0
  #fault: ActiveFault | null = null
  /** Stopped by a fault: the simulated operator will bring it back. */
  #recovers = false
  /** Suspended or held by a command, so only a command ends it. */
  #waitsForCommand = false

  constructor(behaviour: PackmlBehaviour, random: Random) {
    this.#behaviour = behaviour
    this.#random = random
    this.state = behaviour.initial
    this.#untilFault = (behaviour.faults ?? []).map((fault) => this.#timeTo(fault))
  }

  /** Code of the present fault, 0 = none. */
  get faultCode(): number {
    return this.#fault?.fault.code ?? 0
  }

  /** A command by its number (PackTags CntrlCmd). What the present state does not allow is ignored, as machines do. */
  command(number: number): void {
    const command = (packmlCommands as Readonly<Record<number, PackmlCommand>>)[number]
    const target = command === undefined ? undefined : commandTable[command][this.state]
    if (target === undefined || (command === 'Clear' && this.#fault !== null)) return
    if (command === 'Stop' || command === 'Abort') this.#recovers = false
    this.#waitsForCommand = command === 'Hold' || command === 'Suspend'
    this.#enter(target)
  }

  step(seconds: number, input: PackmlInput): void {
    this.#inState += seconds
    this.#ageFault(seconds)
    if (input.abort && this.state !== 'Aborting' && this.state !== 'Aborted') {
      this.#recovers = this.#recovers || !['Stopping', 'Stopped', 'Idle', 'Complete'].includes(this.state)
      return this.#enter('Aborting')
    }
    const next = stateAfter[this.state]
    if (next !== undefined) {
      if (this.#inState >= this.#actingSeconds()) this.#enter(next)
    } else if (this.state === 'Execute') this.#execute(seconds, input)
    else this.#wait(input)
  }

  #execute(seconds: number, input: PackmlInput): void {
    this.#recovers = false
    const struck = this.#strike(seconds)
    if (struck !== null) {
      this.#fault = { fault: struck, remaining: this.#lengthOf(struck) }
      this.#waitsForCommand = false
      this.#recovers = true
      this.#enter(struck.response === 'hold' ? 'Holding' : 'Aborting')
    } else if (input.hold) this.#enter('Holding')
    else if (input.suspend) this.#enter('Suspending')
    else if (input.complete) this.#enter('Completing')
  }

  /** What ends a state that waits, unless a command made it wait. */
  #wait(input: PackmlInput): void {
    if (this.state === 'Suspended' && !this.#waitsForCommand && !input.suspend) return this.#enter('Unsuspending')
    if (this.state === 'Held' && !this.#waitsForCommand && !input.hold && this.#fault === null)
      return this.#enter('Unholding')
    if (!this.#recovers || !this.#behaviour.restart || this.#fault !== null || input.abort) return
    if (this.state === 'Aborted') this.#enter('Clearing')
    else if (this.state === 'Stopped') this.#enter('Resetting')
    else if (this.state === 'Idle') this.#enter('Starting')
  }

  #enter(state: PackmlState): void {
    this.state = state
    this.#inState = 0
    if (state === 'Execute') this.#waitsForCommand = false
  }

  #actingSeconds(): number {
    const text = this.#behaviour.times?.[this.state]
    return text === undefined ? defaultActingSeconds : secondsOf(text)
  }

  /** The fault that strikes in this step of running, if any. */
  #strike(seconds: number): PackmlFault | null {
    for (const [index, fault] of (this.#behaviour.faults ?? []).entries()) {
      this.#untilFault[index]! -= seconds
      if (this.#untilFault[index]! > 0) continue
      this.#untilFault[index] = this.#timeTo(fault)
      return fault
    }
    return null
  }

  #ageFault(seconds: number): void {
    if (this.#fault === null) return
    this.#fault.remaining -= seconds
    if (this.#fault.remaining <= 0) this.#fault = null
  }

  #timeTo(fault: PackmlFault): number {
    return exponential(this.#random, secondsOf(fault.meanTimeBetween))
  }

  #lengthOf(fault: PackmlFault): number {
    return secondsOf(fault.duration) * (1 + durationSpread * (2 * this.#random() - 1))
  }
}

/** Seconds of a duration that the schema let through. */
export function secondsOf(text: string): number {
  return parseDuration(text)! / 1000
}
