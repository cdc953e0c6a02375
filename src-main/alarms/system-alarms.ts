// Alarms that the station raises of itself, about what an operator relies on without seeing it. They cannot be configured away; a
// plant folder with faults is none of them: the last good plant runs on, and the faults have a page of their own.
import { type AlarmDefinition, type AlarmPriority, type PlantWords, systemClass } from '../shared/alarm.ts'

/** What the station knows of itself. */
export interface StationState {
  /** History is kept. */
  readonly isRecording: boolean
  /** The last record of the audit trail could be written. */
  readonly isAudited: boolean
  /** Alarms are in the journal within milliseconds. */
  readonly isJournalled: boolean
}

interface SystemAlarm {
  readonly id: string
  readonly definition: AlarmDefinition
  readonly isTrue: (state: StationState) => boolean
}

export const systemAlarms: readonly SystemAlarm[] = [
  systemAlarm('runtime:history', 'notRecorded', 'medium', ({ isRecording }) => !isRecording, {
    en: 'History is not recorded',
    'zh-CN': '历史数据未记录',
  }),
  systemAlarm('runtime:audit', 'notWritten', 'medium', ({ isAudited }) => !isAudited, {
    en: 'The audit trail cannot be written',
    'zh-CN': '审计日志无法写入',
  }),
  systemAlarm('runtime:alarms', 'notJournalled', 'high', ({ isJournalled }) => !isJournalled, {
    en: 'The alarm journal cannot be written: alarms and acknowledgements are lost when the station ends',
    'zh-CN': '报警日志无法写入：站点停止时报警和确认将丢失',
  }),
]

/** `tag` is no tag of the plant: names with a colon are the runtime's own. */
function systemAlarm(
  tag: string,
  name: string,
  priority: AlarmPriority,
  isTrue: (state: StationState) => boolean,
  message: PlantWords,
): SystemAlarm {
  const id = `${tag}/${name}`
  const definition: AlarmDefinition = {
    id,
    tag,
    condition: 'system',
    limit: null,
    expression: null,
    deadband: 0,
    onDelayMs: 0,
    offDelayMs: 0,
    windowMs: 0,
    isExclusive: false,
    usesUncertain: true,
    onBadQuality: 'hold',
    priority,
    latching: false,
    reAlarmMs: null,
    mostReAlarms: 0,
    suppressedWhen: null,
    firstOutGroup: null,
    alarmClass: systemClass.name,
    device: null,
    equipment: null,
    area: '',
    message,
    unit: '',
    decimals: null,
    states: null,
    rationalisation: null,
  }
  return { id, definition, isTrue }
}
