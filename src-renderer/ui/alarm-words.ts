// Priorities, states, conditions and events of alarms in the words of control rooms.
import type { AlarmCondition, AlarmEventKind, AlarmPriority, AlarmState } from '../../src-main/shared/alarm.ts'
import { defineTexts } from './i18n.svelte.ts'

/** Texts of this file, for the completeness test. */
export const alarmWords = defineTexts({
  en: {
    'priority.urgent': 'Urgent',
    'priority.high': 'High',
    'priority.medium': 'Medium',
    'priority.low': 'Low',
    'state.normal': 'Normal',
    'state.unacknowledged': 'Unacknowledged',
    'state.acknowledged': 'Acknowledged',
    'state.returnedUnacknowledged': 'Returned, unacknowledged',
    'state.latchedUnacknowledged': 'Latched, unacknowledged',
    'state.latchedAcknowledged': 'Latched, acknowledged',
    'state.shelved': 'Shelved',
    'state.suppressedByDesign': 'Suppressed',
    'state.outOfService': 'Out of service',
    'condition.highHigh': 'High high',
    'condition.high': 'High',
    'condition.low': 'Low',
    'condition.lowLow': 'Low low',
    'condition.deviation': 'Deviation',
    'condition.rateOfChange': 'Rate of change',
    'condition.discrete': 'Abnormal state',
    'condition.changeOfState': 'Change of state',
    'condition.badQuality': 'Bad quality',
    'condition.stale': 'No new values',
    'condition.expression': 'Calculated',
    'condition.deviceLost': 'Device lost',
    'condition.system': 'Station',
    'event.active': 'Alarm',
    'event.returned': 'Returned to normal',
    'event.acknowledged': 'Acknowledged',
    'event.reset': 'Reset',
    'event.reAlarmed': 'Alarm again',
    'event.shelved': 'Shelved',
    'event.unshelved': 'Unshelved',
    'event.suppressed': 'Suppressed',
    'event.unsuppressed': 'Suppression ended',
    'event.outOfService': 'Out of service',
    'event.returnedToService': 'Back in service',
    'event.comment': 'Comment',
    'event.changed': 'Changed',
    'event.removed': 'Removed',
    markOf: '{priority}, {state}',
    markOfTest: 'Test: {priority}, {state}',
    test: 'Test',
  },
  'zh-CN': {
    'priority.urgent': '紧急',
    'priority.high': '高',
    'priority.medium': '中',
    'priority.low': '低',
    'state.normal': '正常',
    'state.unacknowledged': '未确认',
    'state.acknowledged': '已确认',
    'state.returnedUnacknowledged': '已恢复，未确认',
    'state.latchedUnacknowledged': '已锁存，未确认',
    'state.latchedAcknowledged': '已锁存，已确认',
    'state.shelved': '已搁置',
    'state.suppressedByDesign': '已抑制',
    'state.outOfService': '已停用',
    'condition.highHigh': '高高限',
    'condition.high': '高限',
    'condition.low': '低限',
    'condition.lowLow': '低低限',
    'condition.deviation': '偏差',
    'condition.rateOfChange': '变化率',
    'condition.discrete': '状态异常',
    'condition.changeOfState': '状态变位',
    'condition.badQuality': '质量坏',
    'condition.stale': '数值不更新',
    'condition.expression': '计算报警',
    'condition.deviceLost': '通信中断',
    'condition.system': '系统',
    'event.active': '报警',
    'event.returned': '恢复正常',
    'event.acknowledged': '确认',
    'event.reset': '复位',
    'event.reAlarmed': '再次报警',
    'event.shelved': '搁置',
    'event.unshelved': '取消搁置',
    'event.suppressed': '抑制',
    'event.unsuppressed': '解除抑制',
    'event.outOfService': '停用',
    'event.returnedToService': '恢复投用',
    'event.comment': '备注',
    'event.changed': '组态更改',
    'event.removed': '已删除',
    markOf: '{priority}，{state}',
    markOfTest: '测试：{priority}，{state}',
    test: '测试',
  },
})

/** `Urgent`. */
export function priorityText(priority: AlarmPriority): string {
  return alarmWords(`priority.${priority}`)
}

/** `Returned, unacknowledged`. */
export function stateText(state: AlarmState): string {
  return alarmWords(`state.${state}`)
}

/** `High high`. */
export function conditionText(condition: AlarmCondition): string {
  return alarmWords(`condition.${condition}`)
}

/** What happened, as a row of the journal says it. */
export function eventText(event: AlarmEventKind): string {
  return alarmWords(`event.${event}`)
}

/** Priority and state in one, as a mark is named for who does not see it. */
export function markText(priority: AlarmPriority, state: AlarmState, isTest = false): string {
  return alarmWords(isTest ? 'markOfTest' : 'markOf', { priority: priorityText(priority), state: stateText(state) })
}
