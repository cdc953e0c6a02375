// Texts of the system health screen.
import { defineTexts } from '../ui/i18n.svelte.ts'

export const t = defineTexts({
  en: {
    title: 'System health',
    note: 'State and counters of every part of Lineside, renewed every few seconds.',
    refresh: 'Renew now',
    yes: 'yes',
    no: 'no',
    none: '–',
    asOf: 'As of {time}',
  },
  'zh-CN': {
    title: '系统状态',
    note: 'Lineside 各部分的状态与计数器，每隔几秒更新。',
    refresh: '立即更新',
    yes: '是',
    no: '否',
    none: '–',
    asOf: '截至 {time}',
  },
})
