// Changes before an alarm in words: values with their unit or state, durations as short as they can be read.
import type { AlarmDefinition } from '../../../src-main/shared/alarm.ts'
import type { AlarmChange } from '../../../src-main/shared/alarm-report.ts'
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import { isBad } from '../../../src-main/shared/status-code.ts'
import type { StateWords } from '../../../src-main/shared/tag.ts'
import { formatNumber, noValueText } from '../../tags/format-value.ts'
import { unitText } from '../../tags/unit-text.ts'
import { eventText } from '../../ui/alarm-words.ts'
import { language, plantText } from '../../ui/i18n.svelte.ts'
import { latencyText } from '../../ui/time-text.ts'
import { t } from './texts.ts'

/** A time difference to the millisecond where that matters: `12 ms`, `3.205 s`, `4 min 12 s`. */
export function gapText(durationMs: number): string {
  if (durationMs < 1000) return latencyText(durationMs)
  const seconds = durationMs / 1000
  if (seconds < 60) return t('gapSeconds', { seconds: formatNumber(seconds, 3, language.current) })
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (whole < 3600) return t('gapMinutes', { minutes, seconds: whole % 60 })
  return t('gapHours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}

/** A value of a change: its state's word, or the number with decimals and unit. */
export function changeValueText(
  { states, decimals, unit }: Pick<AlarmChange, 'states' | 'decimals' | 'unit'>,
  value: JsonValue,
): string {
  if (value === null || value === undefined) return noValueText
  const state = states?.[typeof value === 'boolean' ? String(Number(value)) : String(value)] ?? states?.[String(value)]
  if (state !== undefined) return wordsOf(state)
  if (typeof value === 'number') {
    const shown = unitText(unit)
    const number = formatNumber(value, decimals ?? undefined, language.current)
    return shown === '' ? number : `${number} ${shown}`
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What changed, as a sentence. */
export function changeText(change: AlarmChange): string {
  const who = change.user === null || change.user === '' ? t('runtime') : change.user
  const values = `${changeValueText(change, change.oldValue)} → ${changeValueText(change, change.newValue)}`
  switch (change.kind) {
    case 'value':
    case 'device':
      return values
    case 'write':
      return `${t('wrote', { user: who })} ${values}${isBad(change.statusCode) ? ` (${t('refused')})` : ''}`
    case 'alarm':
      return [change.event === null ? '' : eventText(change.event), change.message ?? '']
        .filter((part) => part)
        .join(': ')
    case 'operator': {
      const said = t('did', { user: who, action: change.action ?? '', target: change.target ?? '' })
      return `${said}${isBad(change.statusCode) ? ` (${t('refused')})` : ''}`
    }
  }
}

/**
 * The message of an occurrence in the language of the screen. The journal keeps it in the plant's first language; in another one
 * the plant's own text is filled in anew, where what it names is known.
 */
export function occurrenceText(
  message: string,
  definition: AlarmDefinition | undefined,
  values: { readonly value: JsonValue; readonly limit: JsonValue } | null,
  plantLanguage: string | undefined,
): string {
  if (!definition || typeof definition.message === 'string' || language.current === plantLanguage) return message
  const template = definition.message[language.current]
  if (template === undefined) return message
  const bare = { states: definition.states, decimals: definition.decimals, unit: '' }
  const known: Readonly<Record<string, string>> = {
    tag: definition.tag,
    unit: unitText(definition.unit),
    ...(values ? { value: changeValueText(bare, values.value), limit: changeValueText(bare, values.limit) } : {}),
  }
  const text = template.replace(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole)
  return /\{\w+\}/.test(text) ? message : text
}

/** What it is about: a tag, the alarm, the device. */
export function changeSubject({ kind, alarmId, tag, target }: AlarmChange): string {
  if (kind === 'alarm') return alarmId ?? tag ?? ''
  return tag ?? target ?? ''
}

function wordsOf(words: StateWords): string {
  return typeof words === 'string' ? words : plantText(words, '')
}
