// An edit made on screen is taken over only with the whole folder; a fault elsewhere keeps it back.
import type { PlantFault } from '../../shared/plant.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'

/** Why the edit cannot be taken over now; `what` completes "repair them first, then …". */
export function otherFault(other: PlantFault | undefined, what: string): RuntimeError {
  const where = other === undefined ? '' : ` (${other.file}:${other.line}: ${other.message})`
  return new RuntimeError('BadInvalidState', `The plant folder has faults${where}; repair them first, then ${what}`)
}
