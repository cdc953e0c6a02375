import { describe, expect, test } from 'vitest'
import { stateKinds } from '../../../src-main/shared/equipment.ts'
import { packmlOrders, packmlStateModel } from '../../../src-main/shared/packml.ts'
import { legalTransitions } from '../simulation/packml-diagram.ts'

const stateName = (value: number) => packmlStateModel.find((state) => state.value === value)?.name

/** Where each command leads, from the names of the standard's acting states. */
const leadsTo: Readonly<Record<string, string>> = {
  reset: 'Resetting',
  start: 'Starting',
  stop: 'Stopping',
  hold: 'Holding',
  unhold: 'Unholding',
  suspend: 'Suspending',
  unsuspend: 'Unsuspending',
  abort: 'Aborting',
  clear: 'Clearing',
  complete: 'Completing',
}

describe('the PackML model', () => {
  test('has the seventeen states of the standard under their numbers', () => {
    expect(packmlStateModel.map(({ value }) => value)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1))
    expect(stateName(6)).toBe('Execute')
    expect(stateName(9)).toBe('Aborted')
    for (const { kind, title } of packmlStateModel) {
      expect(stateKinds).toContain(kind)
      expect(Object.keys(title)).toEqual(['en', 'zh-CN'])
    }
  })

  test('offers a command exactly where the state diagram has an arrow for it', () => {
    expect(packmlOrders.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (const { name, offeredIn } of packmlOrders) {
      const arrows = packmlStateModel
        .filter((state) => legalTransitions.has(`${state.name} → ${leadsTo[name]}`))
        .map(({ value }) => value)
      expect({ name, offeredIn }).toEqual({ name, offeredIn: arrows })
    }
  })

  test('has three commands that set a machine going, and none of them is a way to stop', () => {
    expect(packmlOrders.filter(({ starts }) => starts).map(({ name }) => name)).toEqual([
      'start',
      'unhold',
      'unsuspend',
    ])
  })
})
