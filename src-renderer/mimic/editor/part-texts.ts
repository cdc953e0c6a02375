// Names of the palette's parts, which are also the words that stand in them at first.
import { defineTexts } from '../../ui/i18n.svelte.ts'

export const partTexts = defineTexts({
  en: {
    panel: 'Area',
    rectangle: 'Rectangle',
    circle: 'Circle',
    vessel: 'Vessel',
    line: 'Line',
    arrow: 'Arrow',
    title: 'Title',
    text: 'Text',
    value: 'Value with unit',
    valueBox: 'Value box',
    kpi: 'Key figure',
    bar: 'Bar with limits',
    openButton: 'Open',
    writeButton: 'Write',
  },
  'zh-CN': {
    panel: '区域',
    rectangle: '矩形',
    circle: '圆',
    vessel: '容器',
    line: '直线',
    arrow: '箭头',
    title: '标题',
    text: '文字',
    value: '数值与单位',
    valueBox: '数值框',
    kpi: '关键指标',
    bar: '带限值的棒图',
    openButton: '打开',
    writeButton: '写入',
  },
})

export type PartName = keyof typeof partTexts.texts.en
