// Attributes and values of the master alarm database in the words of the screen.
import type {
  AlarmDefinition,
  AlarmPriority,
  ConsequenceSeverity,
  PlantWords,
  RationalisationStatus,
} from '../../../src-main/shared/alarm.ts'
import type { AlarmDatabaseAttribute, AlarmDatabaseChange } from '../../../src-main/shared/alarm-database.ts'
import { formatDuration } from '../../../src-main/shared/duration.ts'
import { formatNumber } from '../../tags/format-value.ts'
import { unitText } from '../../tags/unit-text.ts'
import { priorityText } from '../../ui/alarm-words.ts'
import { language, plantText } from '../../ui/i18n.svelte.ts'
import { t } from './texts.ts'

export function statusText(status: RationalisationStatus | 'none'): string {
  return t(`status.${status}`)
}

export function severityText(severity: ConsequenceSeverity): string {
  return t(`severity.${severity}`)
}

/** A duration exactly: `90 s`, `10 min`. */
export function exactDuration(durationMs: number): string {
  const [value = '', unit = 'ms'] = formatDuration(durationMs).split(' ')
  return t(unit as 'ms' | 's' | 'min' | 'h' | 'd', { value })
}

/** A text of the plant in the language of the screen. */
export function wordsText(words: PlantWords): string {
  return typeof words === 'string' ? words : plantText(words, '')
}

/** A limit with its unit, an abnormal state by its word; CEL as it is written. */
export function limitText(limit: number | string | null, { unit, decimals, states }: AlarmDefinition): string {
  if (limit === null) return t('none')
  const state = states?.[String(limit)]
  if (state !== undefined) return wordsText(state)
  if (typeof limit === 'string') return limit
  const shown = unitText(unit)
  const number = formatNumber(limit, decimals ?? undefined, language.current)
  return shown === '' ? number : `${number} ${shown}`
}

const attributeTexts: Readonly<Record<AlarmDatabaseAttribute, () => string>> = {
  status: () => t('status'),
  consequence: () => t('consequence'),
  severity: () => t('severity'),
  cause: () => t('cause'),
  action: () => t('action'),
  responseTimeMs: () => t('responseTime'),
  alarmClass: () => t('alarmClass'),
  reviewer: () => t('reviewer'),
  date: () => t('date'),
  revision: () => t('revision'),
  'approved.priority': () => `${t('approvedValue')}: ${t('priority')}`,
  'approved.limit': () => `${t('approvedValue')}: ${t('limit')}`,
  'approved.deadband': () => `${t('approvedValue')}: ${t('deadband')}`,
  'approved.onDelayMs': () => `${t('approvedValue')}: ${t('onDelay')}`,
  'approved.offDelayMs': () => `${t('approvedValue')}: ${t('offDelay')}`,
}

export function attributeText(attribute: AlarmDatabaseAttribute): string {
  return attributeTexts[attribute]()
}

/** A value of an attribute as it is read: names of states and priorities, durations, texts by language. */
export function attributeValueText(attribute: AlarmDatabaseAttribute, value: AlarmDatabaseChange['old']): string {
  if (value === null || value === '') return t('none')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([tag, text]) => `${tag}: ${text}`)
      .join(' · ')
  switch (attribute) {
    case 'status':
      return statusText(value as RationalisationStatus)
    case 'severity':
      return severityText(value as ConsequenceSeverity)
    case 'approved.priority':
      return priorityText(value as AlarmPriority)
    case 'responseTimeMs':
    case 'approved.onDelayMs':
    case 'approved.offDelayMs':
      return exactDuration(Number(value))
    default:
      return typeof value === 'number' ? formatNumber(value, undefined, language.current) : value
  }
}
