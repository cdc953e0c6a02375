// What the plant calls the alarms of a report: their message without the values of one occurrence.
import type { AlarmDefinition } from '../../../src-main/shared/alarm.ts'
import type { AlarmKpi } from '../../../src-main/shared/alarm-report.ts'
import type { RuntimeClient } from '../../connection/runtime-client.ts'
import { plantText } from '../../ui/i18n.svelte.ts'

/** Ids in one question; the runtime takes many more. */
const mostIds = 2000

/** Asks for the messages of every alarm a report names; gives '' for one that is no longer in the plant. Reactive to the language. */
export async function alarmMessages(
  client: Pick<RuntimeClient, 'call'>,
  kpi: AlarmKpi,
): Promise<(id: string) => string> {
  const { definitions } = await client.call('alarms.describe', { ids: idsOf(kpi).slice(0, mostIds) })
  const messages = new Map(definitions.map((definition) => [definition.id, definition.message]))
  return (id) => {
    const message = messages.get(id)
    return message === undefined ? '' : withoutValues(message)
  }
}

function idsOf(kpi: AlarmKpi): string[] {
  const lists = [
    kpi.frequent.alarms,
    kpi.chattering.alarms,
    kpi.fleeting.alarms,
    kpi.stale.alarms,
    kpi.standing.alarms,
    kpi.withoutAction.alarms,
    kpi.shelved.alarms,
    kpi.suppressedByDesign.alarms,
    kpi.outOfService.alarms,
    kpi.floods.map(({ firstAlarm }) => firstAlarm),
    kpi.floods.flatMap(({ firstOut }) => firstOut ?? []),
  ]
  return [...new Set(lists.flatMap((list) => list.map(({ id }) => id)))]
}

/** `Level high: {value} {unit}` → `Level high: …` */
export function withoutValues(message: AlarmDefinition['message']): string {
  const text = typeof message === 'string' ? message : plantText(message, '')
  return text
    .replace(/(\{\w+\}\s*)+/g, '… ')
    .replace(/\s+(?=[:;,.)：；，。）])/g, '')
    .trim()
}
