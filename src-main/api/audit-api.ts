// Calls about the audit trail.
import { invalidInput } from './api-error.ts'
import type { ApiParts } from './api-parts.ts'
import type { NounCalls } from './call-handlers.ts'

const usualPageLength = 200

export function auditCalls({ access }: ApiParts): NounCalls<'audit'> {
  return {
    'audit.read': ({ from, to, user, limit = usualPageLength, cursor }) => {
      const before = cursor === undefined ? undefined : Number(cursor)
      if (before !== undefined && !Number.isSafeInteger(before))
        throw invalidInput('the cursor is not one of audit.read', 'cursor')
      const events = access.audit.read({ from, to, user, limit, before })
      const last = events.at(-1)
      return events.length === limit && last ? { events, cursor: String(last.sequence) } : { events }
    },
    'audit.verify': () => access.audit.verify(),
  }
}
