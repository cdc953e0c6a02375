// Calls about the health of the runtime.
import type { ApiParts } from './api-parts.ts'
import type { NounCalls } from './call-handlers.ts'

export function maintenanceCalls(parts: ApiParts): NounCalls<'maintenance'> {
  return { 'maintenance.health': () => parts.health() }
}
