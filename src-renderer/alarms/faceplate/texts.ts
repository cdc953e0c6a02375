// Texts of alarms in faceplates.
import { defineTexts } from '../../ui/i18n.svelte.ts'

export const t = defineTexts({
  en: {
    alarms: 'Alarms',
    normal: '{count} {count#alarm is|alarms are} normal',
    firstOut: 'first out',
    firstOutTie: 'first out, with others at the same time',
    left: '{time} left',
    guidance: 'What to do',
    before: 'What came before',
    entry: 'Entry',
    acknowledge: 'Acknowledge',
    shelve: 'Shelve …',
    unshelve: 'Unshelve',
    reset: 'Reset',
    returnToService: 'Back into service …',
    outOfService: 'Out of service …',
    comment: 'Comment …',
  },
  'zh-CN': {
    alarms: '报警',
    normal: '{count} 条报警正常',
    firstOut: '首出',
    firstOutTie: '首出（与其他报警同时）',
    left: '剩余 {time}',
    guidance: '处理指导',
    before: '此前发生了什么',
    entry: '条目',
    acknowledge: '确认',
    shelve: '搁置…',
    unshelve: '取消搁置',
    reset: '复位',
    returnToService: '恢复投用…',
    outOfService: '停用…',
    comment: '备注…',
  },
})
