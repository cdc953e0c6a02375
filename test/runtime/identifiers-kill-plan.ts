// What the process that is killed gives out, known to it and to the test.
import { identifierScheme } from '../fakes/identity-station.ts'

export const killedSchemes = [
  identifierScheme({ name: 'case' }),
  identifierScheme({ name: 'pallet', template: '(00)09521234{counter:09}{check}' }),
]
