// What persons did in a span, from the audit trail, as the figures of alarm performance need it.
import { isGood, StatusCodes } from '../../shared/status-code.ts'
import type { SearchAudit } from './alarm-before.ts'
import type { OperatorActions } from './operator-actions.ts'
import type { PlantIndex } from './related-things.ts'

/** More rows than this of one span are not read: then it is not judged whether anybody acted. */
const mostRows = 50_000

const operations: ReadonlySet<string> = new Set(['tags.write', 'devices.callMethod', 'devices.reconnect'])
const commands: ReadonlySet<string> = new Set(['alarms.shelve', 'alarms.outOfService'])
const alarmCalls = [
  'alarms.acknowledge',
  'alarms.shelve',
  'alarms.unshelve',
  'alarms.outOfService',
  'alarms.returnToService',
  'alarms.reset',
  'alarms.comment',
  'alarms.test',
  'alarms.saveDatabase',
  'alarms.importDatabase',
]
const looked: ReadonlySet<string> = new Set([...operations, ...alarmCalls])

/** Of [from, to), ms; null where there are more rows than can be judged. Rejects where the audit trail cannot be read. */
export async function auditedActions(
  search: SearchAudit,
  index: PlantIndex,
  from: number,
  to: number,
): Promise<OperatorActions | null> {
  const rows = await search({ from, to, actions: looked, targets: null, limit: mostRows })
  if (rows.length === mostRows) return null
  const good = rows.filter(({ statusCode }) => isGood(statusCode))
  return {
    operations: good
      .filter(({ action }) => operations.has(action))
      .map(({ timestamp, action, target }) => ({
        timestamp,
        tag: action === 'tags.write' ? target : '',
        equipment: (action === 'tags.write' ? index.tag(target)?.equipment : null) ?? '',
      })),
    commands: good
      .filter(({ action }) => commands.has(action))
      .map(({ timestamp, user, action }) => ({ timestamp, user, action })),
    refusedAttemptCount: rows.filter(
      ({ action, statusCode }) => !operations.has(action) && statusCode === StatusCodes.BadUserAccessDenied,
    ).length,
  }
}
