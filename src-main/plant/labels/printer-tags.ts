// What the station knows of each printer as tags and alarms of the plant: `Printers.<name>.State` … They have neither device nor
// expression; the station sets their values.
import type { PlantWords } from '../../shared/alarm.ts'
import { printerConditions } from '../../shared/label.ts'
import { type DataType, usualTagHistory } from '../../shared/tag.ts'
import type { AlarmEntry } from '../alarms/alarm-entry.ts'
import { inLanguages } from '../alarms/alarm-words.ts'
import type { Origin } from '../source/origin.ts'
import type { TagDraft } from '../tags/tag-build.ts'

/** In front of the names of printers. */
export const printerTagPrefix = 'Printers.'

type Words = { readonly en: string; readonly 'zh-CN': string }

/** Words of `State`, which is the place in `printerConditions`. */
const stateWords: Readonly<Record<(typeof printerConditions)[number], Words>> = {
  ready: { en: 'Ready', 'zh-CN': '就绪' },
  printing: { en: 'Printing', 'zh-CN': '打印中' },
  paused: { en: 'Paused', 'zh-CN': '已暂停' },
  mediaOut: { en: 'No labels left', 'zh-CN': '缺纸' },
  ribbonOut: { en: 'No ribbon left', 'zh-CN': '缺碳带' },
  headOpen: { en: 'Head is open', 'zh-CN': '打印头打开' },
  jam: { en: 'Label jam', 'zh-CN': '卡纸' },
  overheated: { en: 'Head too hot', 'zh-CN': '打印头过热' },
  cutterFault: { en: 'Cutter fault', 'zh-CN': '切刀故障' },
  fault: { en: 'Fault', 'zh-CN': '故障' },
  silent: { en: 'Does not answer', 'zh-CN': '无应答' },
  offline: { en: 'No connection', 'zh-CN': '未连接' },
  unknown: { en: 'Not known', 'zh-CN': '未知' },
}

const yesNoWords: Readonly<Record<string, Words>> = {
  0: { en: 'No', 'zh-CN': '否' },
  1: { en: 'Yes', 'zh-CN': '是' },
}

interface PrinterTag {
  readonly name: string
  readonly dataType: DataType
  readonly words: Words
  readonly states: Readonly<Record<string, Words>> | null
  readonly alarms: readonly (Pick<AlarmEntry, 'condition' | 'priority'> & {
    readonly name: string
    readonly limit: number
    readonly onDelay: number
    /** Flag of the printer with which this one says nothing new. */
    readonly unless?: string
    readonly words: (printer: string) => Words
  })[]
}

const flag = (name: string, words: Words, alarms: PrinterTag['alarms'] = []): PrinterTag => ({
  name,
  dataType: 'bool',
  words,
  states: yesNoWords,
  alarms,
})
const count = (name: string, words: Words, alarms: PrinterTag['alarms'] = []): PrinterTag => ({
  name,
  dataType: 'uint32',
  words,
  states: null,
  alarms,
})

const printerTags: readonly PrinterTag[] = [
  {
    name: 'State',
    dataType: 'uint8',
    words: { en: 'State of the printer', 'zh-CN': '打印机状态' },
    states: Object.fromEntries(printerConditions.map((condition, index) => [index, stateWords[condition]])),
    alarms: [],
  },
  flag('Ready', { en: 'Prints what it is sent', 'zh-CN': '可以打印' }),
  flag('MediaOut', { en: 'No labels left', 'zh-CN': '缺纸' }),
  flag('RibbonOut', { en: 'No ribbon left', 'zh-CN': '缺碳带' }),
  flag('HeadOpen', { en: 'Head is open', 'zh-CN': '打印头打开' }),
  flag('Paused', { en: 'Held by a person, here or at the printer', 'zh-CN': '已人工暂停' }),
  flag('Fault', { en: 'Cannot print', 'zh-CN': '无法打印' }, [
    {
      name: 'fault',
      condition: 'discrete',
      limit: 1,
      onDelay: 2000,
      unless: 'Silent',
      priority: 'high',
      words: (printer) => ({
        en: `Label printer ${printer} cannot print: see its state`,
        'zh-CN': `标签打印机 ${printer} 无法打印：请查看其状态`,
      }),
    },
  ]),
  flag('Silent', { en: 'Is connected and does not answer', 'zh-CN': '已连接但无应答' }, [
    {
      name: 'silent',
      condition: 'discrete',
      limit: 1,
      onDelay: 0,
      priority: 'high',
      words: (printer) => ({
        en: `Label printer ${printer} is connected and does not answer`,
        'zh-CN': `标签打印机 ${printer} 已连接但无应答`,
      }),
    },
  ]),
  count('QueueLength', { en: 'Labels that wait', 'zh-CN': '排队标签数' }),
  count('InDoubt', { en: 'Labels of which nobody knows whether they came out', 'zh-CN': '未确认标签数' }, [
    {
      name: 'inDoubt',
      condition: 'high',
      limit: 0.5,
      onDelay: 0,
      priority: 'medium',
      words: (printer) => ({
        en: `{value} labels of printer ${printer} are in doubt: scan them, or say whether they came out`,
        'zh-CN': `打印机 ${printer} 有 {value} 张标签未确认：请扫描或说明是否打出`,
      }),
    },
  ]),
  count('Printed', { en: 'Labels printed', 'zh-CN': '已打印标签数' }),
]

/** Tags of a printer. `origin`: where the printer is written. */
export function printerDrafts(
  printer: string,
  origin: Origin,
  languages: readonly string[] | null,
): readonly TagDraft[] {
  return printerTags.map((tag) => draftOf(`${printerTagPrefix}${printer}.${tag.name}`, tag, printer, origin, languages))
}

function draftOf(
  name: string,
  { dataType, words, states, alarms }: PrinterTag,
  printer: string,
  origin: Origin,
  languages: readonly string[] | null,
): TagDraft {
  const said = inLanguages(languages, (language) => words[language])
  const entries = alarms.map(({ words: message, unless, ...alarm }) => ({
    ...alarm,
    class: 'system',
    message: inLanguages(languages, (language) => message(printer)[language]),
    ...(unless === undefined
      ? {}
      : { suppressedWhen: `tag(${JSON.stringify(`${printerTagPrefix}${printer}.${unless}`)})` }),
  }))
  const definition: TagDraft['definition'] = {
    name,
    description: textOf(said),
    device: null,
    address: null,
    addressOptions: {},
    expression: null,
    dataType,
    arrayLength: null,
    unit: '',
    writable: false,
    scanIntervalMs: 1000,
    scaling: null,
    limits: { low: null, high: null },
    deadband: 0,
    readBackTimeoutMs: 2000,
    interlock: null,
    decimals: dataType === 'uint32' ? 0 : null,
    states:
      states === null
        ? null
        : Object.fromEntries(
            Object.entries(states).map(([value, each]) => [
              value,
              inLanguages(languages, (language) => each[language]),
            ]),
          ),
    history: usualTagHistory(dataType),
    alarms: entries.map(({ onDelay, ...entry }) => ({ ...entry, onDelay: `${onDelay} ms` })),
    equipment: null,
  }
  if (typeof said !== 'string') definition.descriptions = said
  return {
    definition,
    hasType: true,
    origin,
    alarms: entries,
    signal: null,
    hasExclusiveLevels: false,
    setType: () => undefined,
  }
}

/** In the plant's first language. */
function textOf(words: PlantWords): string {
  return typeof words === 'string' ? words : Object.values(words)[0]!
}
