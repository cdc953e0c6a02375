// What a change of the plant changed in an alarm, for the journal (ISA-18.2 clause 17, management of change).
import { type AlarmDefinition, alarmPriorities } from '../../shared/alarm.ts'

const watched = [
  'condition',
  'tag',
  'limit',
  'expression',
  'deadband',
  'onDelayMs',
  'offDelayMs',
  'windowMs',
  'isExclusive',
  'usesUncertain',
  'onBadQuality',
  'priority',
  'latching',
  'reAlarmMs',
  'mostReAlarms',
  'suppressedWhen',
  'firstOutGroup',
  'alarmClass',
  'area',
  'equipment',
  'message',
] as const satisfies readonly (keyof AlarmDefinition)[]

/** As a line of text: `limit 90 → 95, priority high → urgent`; '' when nothing that matters to a running alarm is different. */
export function definitionChange(before: AlarmDefinition, after: AlarmDefinition): string {
  if (before === after) return ''
  return watched
    .filter((key) => inWords(before[key]) !== inWords(after[key]))
    .map((key) => `${key} ${inWords(before[key])} → ${inWords(after[key])}`)
    .join(', ')
}

/** The consequence became more severe, so an acknowledgement of before does not count any more. */
export function isMoreSevere(before: AlarmDefinition, after: AlarmDefinition): boolean {
  return alarmPriorities.indexOf(after.priority) > alarmPriorities.indexOf(before.priority)
}

function inWords(value: AlarmDefinition[(typeof watched)[number]]): string {
  if (value === null) return 'none'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
