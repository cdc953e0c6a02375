import { beforeEach, describe, expect, it } from 'vitest'
import type { AlarmChange } from '../../../../src-main/shared/alarm-report.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import {
  changeSubject,
  changeText,
  changeValueText,
  gapText,
  occurrenceText,
} from '../../../../src-renderer/alarms/before/before-text.ts'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { alarmDefinition } from '../../../fakes/alarm-row.ts'

const change: AlarmChange = {
  kind: 'value',
  timestamp: 1_800_000_000_000,
  beforeMs: 506,
  relation: 'sameEquipment',
  tag: 'Boiler.Water',
  alarmId: null,
  event: null,
  priority: null,
  message: null,
  action: null,
  target: null,
  user: null,
  oldValue: 60,
  newValue: 22,
  unit: '%',
  states: null,
  decimals: 0,
  statusCode: 0,
  changeCount: 1,
  equipment: 'Boiler',
}

beforeEach(() => language.choose('en'))

describe('what changed before an alarm, in words', () => {
  it('gives a value with decimals and unit, a state by its word, a missing one as no value', () => {
    expect(changeText(change)).toBe('60 % → 22 %')
    const states = { 0: { en: 'Off', 'zh-CN': '停' }, 1: 'Burning' }
    expect(changeText({ ...change, states, unit: '', oldValue: true, newValue: false })).toBe('Burning → Off')
    expect(changeText({ ...change, oldValue: null })).toBe('– – – → 22 %')
  })

  it('says who wrote, that it was refused, and that it was the station itself', () => {
    expect(changeText({ ...change, kind: 'write', user: 'anna' })).toBe('anna wrote 60 % → 22 %')
    expect(changeText({ ...change, kind: 'write', user: '', statusCode: StatusCodes.BadNotWritable })).toBe(
      'The station wrote 60 % → 22 % (refused)',
    )
  })

  it('names another alarm by its id and what happened to it', () => {
    const other: AlarmChange = {
      ...change,
      kind: 'alarm',
      alarmId: 'Boiler.Water/low',
      event: 'active',
      message: 'Low',
    }
    expect(changeSubject(other)).toBe('Boiler.Water/low')
    expect(changeText(other)).toBe('Alarm: Low')
  })

  it('writes distances so that they can be read: ms, seconds with ms, minutes, hours', () => {
    expect([0, 12, 1027, 252_000, 7_500_000].map(gapText)).toEqual([
      '0 ms',
      '12 ms',
      '1.027 s',
      '4 min 12 s',
      '2 h 5 min',
    ])
  })
})

describe('the message of an occurrence', () => {
  const message = { en: '{tag} {value} {unit} above {limit}', 'zh-CN': '{tag} {value} {unit} 高于 {limit}' }
  const definition = alarmDefinition('Tank.Level/high', { message })
  const values = { value: 91.5, limit: 90 }

  it('is the one of the journal in the language of the plant', () => {
    expect(occurrenceText('as it was', definition, values, 'en')).toBe('as it was')
  })

  it('is filled in anew in another language, where its values are known', () => {
    language.choose('zh-CN')
    expect(occurrenceText('as it was', definition, values, 'en')).toBe('Tank.Level 91.5 % 高于 90.0')
    // Without its values the words of the journal say more than a text with holes.
    expect(occurrenceText('as it was', definition, null, 'en')).toBe('as it was')
    expect(occurrenceText('as it was', undefined, values, 'en')).toBe('as it was')
    expect(changeValueText({ states: null, decimals: null, unit: '' }, 'text')).toBe('text')
  })
})
