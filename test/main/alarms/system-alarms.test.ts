// What the station says of itself as alarms.
import { describe, expect, test } from 'vitest'
import { systemAlarms } from '../../../src-main/alarms/system-alarms.ts'
import { isOwnSeriesName } from '../../../src-main/shared/own-series.ts'

const well = { isRecording: true, isAudited: true, isJournalled: true }

describe('system alarms', () => {
  test('a station that is well has none; each fault raises its own and no other', () => {
    const raised = (state: typeof well) => systemAlarms.filter(({ isTrue }) => isTrue(state)).map(({ id }) => id)
    expect(raised(well)).toEqual([])
    expect(raised({ ...well, isRecording: false })).toEqual(['runtime:history/notRecorded'])
    expect(raised({ ...well, isAudited: false })).toEqual(['runtime:audit/notWritten'])
    expect(raised({ ...well, isJournalled: false })).toEqual(['runtime:alarms/notJournalled'])
  })

  test('their names can be no tag’s, and operators read them in both languages', () => {
    for (const { definition } of systemAlarms) {
      expect(isOwnSeriesName(definition.tag)).toBe(true)
      expect(Object.keys(definition.message)).toEqual(['en', 'zh-CN'])
      expect((definition.message as Record<string, string>)['zh-CN']).toMatch(/\p{Script=Han}/u)
    }
  })
})
