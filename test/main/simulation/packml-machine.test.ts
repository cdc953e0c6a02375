import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PackmlBehaviour, PackmlState } from '../../../src-main/shared/simulation.ts'
import { PackmlMachine } from '../../../src-main/simulation/packml-machine.ts'
import { randomOf } from '../../../src-main/simulation/random.ts'
import { legalTransitions } from './packml-diagram.ts'

const quiet = { suspend: false, hold: false, abort: false, complete: false }

function machine(behaviour: Partial<PackmlBehaviour> = {}, seed = 1): PackmlMachine {
  return new PackmlMachine({ initial: 'Idle', restart: true, ...behaviour }, randomOf(seed, 'machine'))
}

/** Runs for some seconds and gives the states it went through. */
function pass(subject: PackmlMachine, seconds: number, input = quiet): PackmlState[] {
  const states: PackmlState[] = [subject.state]
  for (let step = 0; step < seconds * 10; step++) {
    subject.step(0.1, input)
    if (subject.state !== states.at(-1)) states.push(subject.state)
  }
  return states
}

describe('a PackML machine', () => {
  it('starts on command and runs, through Starting', () => {
    const subject = machine()
    expect(pass(subject, 5)).toEqual(['Idle'])
    subject.command(2)
    expect(pass(subject, 5)).toEqual(['Starting', 'Execute'])
  })

  it('takes as long for an acting state as the plant file says', () => {
    const subject = machine({ times: { Starting: '10 s' } })
    subject.command(2)
    pass(subject, 9)
    expect(subject.state).toBe('Starting')
    pass(subject, 2)
    expect(subject.state).toBe('Execute')
  })

  it('ignores a command its state does not allow', () => {
    const subject = machine()
    subject.command(5)
    subject.command(9)
    subject.command(99)
    expect(subject.state).toBe('Idle')
  })

  it('waits in Suspended while starved and goes on by itself', () => {
    const subject = machine({ initial: 'Execute' })
    expect(pass(subject, 10, { ...quiet, suspend: true })).toEqual(['Execute', 'Suspending', 'Suspended'])
    expect(pass(subject, 10)).toEqual(['Suspended', 'Unsuspending', 'Execute'])
  })

  it('suspended by a command waits for the command that ends it', () => {
    const subject = machine({ initial: 'Execute' })
    subject.command(6)
    expect(pass(subject, 60)).toEqual(['Suspending', 'Suspended'])
    subject.command(7)
    expect(pass(subject, 5)).toEqual(['Unsuspending', 'Execute'])
  })

  it('aborts on a fault, shows its code, and is brought back when the fault has gone', () => {
    const faults = [
      { code: 21, name: 'Bottle burst', meanTimeBetween: '30 s', duration: '20 s', response: 'abort' as const },
    ]
    const subject = machine({ initial: 'Execute', faults })
    const codes = new Set<number>()
    const states: PackmlState[] = []
    for (let step = 0; step < 6000 && !(states.length > 1 && subject.state === 'Execute'); step++) {
      subject.step(0.1, quiet)
      codes.add(subject.faultCode)
      if (subject.state !== states.at(-1)) states.push(subject.state)
    }
    expect(states).toEqual([
      'Execute',
      'Aborting',
      'Aborted',
      'Clearing',
      'Stopped',
      'Resetting',
      'Idle',
      'Starting',
      'Execute',
    ])
    expect([...codes].sort()).toEqual([0, 21])
    expect(subject.faultCode).toBe(0)
  })

  it('stays aborted after a fault when nobody is there to restart it', () => {
    const faults = [{ code: 1, name: 'Jam', meanTimeBetween: '1 s', duration: '5 s', response: 'abort' as const }]
    const subject = machine({ initial: 'Execute', faults, restart: false })
    pass(subject, 120)
    expect(subject.state).toBe('Aborted')
  })

  it('cannot be cleared while the fault is there', () => {
    const faults = [{ code: 1, name: 'Jam', meanTimeBetween: '1 ms', duration: '100 s', response: 'abort' as const }]
    const subject = machine({ initial: 'Execute', faults, restart: false })
    pass(subject, 10)
    expect([subject.state, subject.faultCode]).toEqual(['Aborted', 1])
    subject.command(9)
    expect(subject.state).toBe('Aborted')
    pass(subject, 150)
    subject.command(9)
    expect(subject.state).toBe('Clearing')
  })

  it('stays stopped after a Stop command, whatever stood before', () => {
    const subject = machine({ initial: 'Execute' })
    subject.command(3)
    expect(pass(subject, 600)).toEqual(['Stopping', 'Stopped'])
  })

  // Every path a machine takes under any commands and conditions is one of the standard's.
  it('never leaves the state model of the standard', () => {
    const inputs = fc.record({
      command: fc.integer({ min: 0, max: 12 }),
      suspend: fc.boolean(),
      hold: fc.boolean(),
      abort: fc.boolean(),
      complete: fc.boolean(),
      seconds: fc.integer({ min: 1, max: 30 }),
    })
    const faults = [
      { code: 1, name: 'A', meanTimeBetween: '20 s', duration: '5 s', response: 'abort' as const },
      { code: 2, name: 'B', meanTimeBetween: '30 s', duration: '5 s', response: 'hold' as const },
    ]
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 60 }), fc.integer(), (steps, seed) => {
        const subject = machine({ initial: 'Execute', faults }, seed)
        let before: PackmlState = subject.state
        const look = () => {
          if (subject.state !== before && !legalTransitions.has(`${before} → ${subject.state}`))
            throw new Error(`${before} → ${subject.state}`)
          before = subject.state
        }
        for (const { command, seconds, ...input } of steps) {
          subject.command(command)
          look()
          for (let step = 0; step < seconds; step++) {
            subject.step(1, input)
            look()
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})
