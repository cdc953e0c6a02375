// Kinds of SVG elements in words of people who draw.
import { defineTexts } from '../../ui/i18n.svelte.ts'

export const kindTexts = defineTexts({
  en: {
    equipment: 'Equipment',
    g: 'Group',
    svg: 'Drawing',
    switch: 'Text',
    text: 'Text',
    tspan: 'Text line',
    rect: 'Rectangle',
    circle: 'Circle',
    ellipse: 'Ellipse',
    line: 'Line',
    polyline: 'Line',
    polygon: 'Polygon',
    path: 'Path',
    use: 'Copy',
    image: 'Picture',
    a: 'Link',
    defs: 'Definitions',
    style: 'Styles',
  },
  'zh-CN': {
    equipment: '设备',
    g: '组',
    svg: '图形',
    switch: '文字',
    text: '文字',
    tspan: '文字行',
    rect: '矩形',
    circle: '圆',
    ellipse: '椭圆',
    line: '直线',
    polyline: '折线',
    polygon: '多边形',
    path: '路径',
    use: '副本',
    image: '图片',
    a: '链接',
    defs: '定义',
    style: '样式',
  },
})

export type ElementKind = keyof typeof kindTexts.texts.en
