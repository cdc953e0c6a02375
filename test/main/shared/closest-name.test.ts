// The name somebody probably meant; a wrong guess is worse than none.
import { expect, it } from 'vitest'
import { closestName } from '../../../src-main/shared/closest-name.ts'
import { limitHere } from '../../fakes/busy-machine.ts'

const names = ['Filler.Level', 'Filler.LevelSetpoint', 'Capper.Torque', 'plc', 'languages', 'unitId']

it.each([
  ['Filler.Levle', 'Filler.Level'],
  ['filler.level', 'Filler.Level'],
  ['Filler.Leve', 'Filler.Level'],
  ['Filer.LevelSetpoint', 'Filler.LevelSetpoint'],
  ['pcl', 'plc'],
  ['langauges', 'languages'],
  ['unitid', 'unitId'],
  ['Palletiser.Speed', null],
  ['x', null],
  ['', null],
])('%s → %s', (written, meant) => {
  expect(closestName(written, names)).toBe(meant)
})

it('searches 100,000 names in well under a second', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `Line.Machine${index}.Value`)
  const started = performance.now()
  expect(closestName('Line.Machine99999.Vlaue', many)).toBe('Line.Machine99999.Value')
  expect(performance.now() - started).toBeLessThan(limitHere(3000))
})
