import { afterEach, describe, expect, it } from 'vitest'
import { withoutValues } from '../../../../src-renderer/alarms/kpi/alarm-messages.ts'
import { lengthText } from '../../../../src-renderer/alarms/kpi/figure-text.ts'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'

describe('the message of an alarm without an occurrence', () => {
  afterEach(() => language.choose('en'))

  it('has a gap where a value would stand, in the language of the screen', () => {
    const message = { en: 'Pressure {value} {unit}: valve opens', 'zh-CN': '压力 {value} {unit}，阀动作' }
    expect(withoutValues(message)).toBe('Pressure …: valve opens')
    language.choose('zh-CN')
    expect(withoutValues(message)).toBe('压力 …，阀动作')
    expect(withoutValues('Level high')).toBe('Level high')
  })
})

describe('how long something took', () => {
  // Fleeting alarms last tenths of a second; "0 s" would say that they did not happen.
  it('is not rounded to nothing', () => {
    expect([260, 1500, 200_000, null].map(lengthText)).toEqual(['260 ms', '1 s', '3 min', '–'])
  })
})
