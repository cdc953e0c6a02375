// What the station says of itself as alarms.
import { describe, expect, test } from 'vitest'
import { systemAlarms } from '../../../src-main/alarms/system-alarms.ts'
import { isOwnSeriesName } from '../../../src-main/shared/own-series.ts'

const labels = { notRunning: '', stoppedPools: '', noWitness: '', rejects: '', lostScanners: '', triggers: '' }
const well = { isRecording: true, isAudited: true, isJournalled: true, labels }

describe('system alarms', () => {
  test('a station that is well has none; each fault raises its own and no other', () => {
    const raised = (state: typeof well) =>
      systemAlarms.filter(({ trouble }) => trouble(state) !== null).map(({ id }) => id)
    expect(raised(well)).toEqual([])
    expect(raised({ ...well, isRecording: false })).toEqual(['runtime:history/notRecorded'])
    expect(raised({ ...well, isAudited: false })).toEqual(['runtime:audit/notWritten'])
    expect(raised({ ...well, isJournalled: false })).toEqual(['runtime:alarms/notJournalled'])
    for (const name of Object.keys(labels))
      expect(raised({ ...well, labels: { ...labels, [name]: 'x' } })).toEqual([`runtime:labels/${name}`])
  })

  test('their names can be no tag’s, and operators read them in both languages', () => {
    for (const { definition } of systemAlarms) {
      expect(isOwnSeriesName(definition.tag)).toBe(true)
      expect(Object.keys(definition.message)).toEqual(['en', 'zh-CN'])
      expect((definition.message as Record<string, string>)['zh-CN']).toMatch(/\p{Script=Han}/u)
    }
  })
})
