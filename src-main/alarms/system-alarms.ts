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
  /** What is wrong with labels, in words; '' = nothing. */
  readonly labels: {
    /** They cannot be made at all. */
    readonly notRunning: string
    readonly stoppedPools: string
    /** An old backup of the station would not be noticed. */
    readonly noWitness: string
    /** Labels that were not what they should be when they were scanned back. */
    readonly rejects: string
    readonly lostScanners: string
    /** Triggers that stopped, or whose labels could not be made. */
    readonly triggers: string
  }
}

interface SystemAlarm {
  readonly id: string
  readonly definition: AlarmDefinition
  /** In words what is wrong, for `{value}` of the message; null = nothing is. */
  readonly trouble: (state: StationState) => string | null
}

export const systemAlarms: readonly SystemAlarm[] = [
  systemAlarm('runtime:history', 'notRecorded', 'medium', ({ isRecording }) => (isRecording ? null : ''), {
    en: 'History is not recorded',
    'zh-CN': '历史数据未记录',
  }),
  systemAlarm('runtime:audit', 'notWritten', 'medium', ({ isAudited }) => (isAudited ? null : ''), {
    en: 'The audit trail cannot be written',
    'zh-CN': '审计日志无法写入',
  }),
  systemAlarm('runtime:alarms', 'notJournalled', 'high', ({ isJournalled }) => (isJournalled ? null : ''), {
    en: 'The alarm journal cannot be written: alarms and acknowledgements are lost when the station ends',
    'zh-CN': '报警日志无法写入：站点停止时报警和确认将丢失',
  }),
  labelAlarm('notRunning', 'high', { en: 'Labels cannot be made: {value}', 'zh-CN': '无法制作标签：{value}' }),
  labelAlarm('stoppedPools', 'high', {
    en: 'Serial numbers are not given out: {value}',
    'zh-CN': '序列号停止分配：{value}',
  }),
  labelAlarm('noWitness', 'medium', {
    en: 'An old backup of this station would not be noticed, and serial numbers could come twice: {value}',
    'zh-CN': '无法发现本站恢复了旧备份，序列号可能重复：{value}',
  }),
  labelAlarm('rejects', 'high', { en: 'A label was rejected: {value}', 'zh-CN': '标签校验不合格：{value}' }),
  labelAlarm('triggers', 'high', {
    en: 'Labels were not made by a trigger: {value}',
    'zh-CN': '触发器未能制作标签：{value}',
  }),
  labelAlarm('lostScanners', 'medium', { en: 'A scanner is not connected: {value}', 'zh-CN': '扫码器未连接：{value}' }),
]

function labelAlarm(name: keyof StationState['labels'], priority: AlarmPriority, message: PlantWords): SystemAlarm {
  return systemAlarm('runtime:labels', name, priority, ({ labels }) => labels[name] || null, message)
}

/** `tag` is no tag of the plant: names with a colon are the runtime's own. */
function systemAlarm(
  tag: string,
  name: string,
  priority: AlarmPriority,
  trouble: (state: StationState) => string | null,
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
  return { id, definition, trouble }
}
