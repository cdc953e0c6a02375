import { describe, expect, it } from 'vitest'
import { figureText } from '../../../../src-renderer/alarms/kpi/figure-text.ts'
import { findings, kpiFigureKeys, kpiFigures } from '../../../../src-renderer/alarms/kpi/kpi-figures.ts'
import { chatteringDay, kpiSample } from './kpi-sample.ts'

const verdictOf = (kpi: Parameters<typeof kpiFigures>[0], key: string) =>
  kpiFigures(kpi).find((figure) => figure.key === key)?.verdict

describe('headline figures', () => {
  it('are all there once, and a quiet day needs nobody', () => {
    const figures = kpiFigures(kpiSample())
    expect(figures.map(({ key }) => key)).toEqual([...kpiFigureKeys])
    expect(findings(figures)).toEqual([])
  })

  it('are judged by ISA-18.2 and EEMUA 191: 144, 150 and 300 a day (A45)', () => {
    const day = (average: number) => {
      const { rates } = kpiSample()
      return verdictOf(kpiSample({ rates: { ...rates, day: { average, peak: null, slidingPeak: null } } }), 'perDay')
    }
    expect([day(144), day(150), day(150.01), day(300), day(300.01)]).toEqual([
      'good',
      'good',
      'warning',
      'warning',
      'bad',
    ])
  })

  it('that cannot be known are not called good', () => {
    expect(verdictOf(kpiSample(), 'topTen')).toBeNull()
    expect(verdictOf(kpiSample({ steadyRate: null }), 'steadyRate')).toBeNull()
    const unknown = { suppressionCount: 0, changeCount: 0, refusedAttemptCount: 0, isKnown: false }
    expect(verdictOf(kpiSample({ unauthorised: unknown }), 'unauthorised')).toBeNull()
  })

  it('name what is worst first, and one trouble once', () => {
    const found = findings(kpiFigures(chatteringDay))
    expect(found.map(({ key }) => key)).toEqual(['perTenMinutes', 'peakTenMinutes', 'topTen', 'chattering'])
    expect(found.every(({ verdict }) => verdict === 'bad')).toBe(true)
  })

  it('just above their target do not look like it', () => {
    expect(figureText(1.04, 'rate')).toBe('1.04')
    expect(figureText(150.3, 'rate')).toBe('150.3')
    expect(figureText(0.0004, 'share')).toBe('< 0.1 %')
    expect([figureText(0, 'share'), figureText(0.83, 'share'), figureText(null, 'count')]).toEqual(['0 %', '83 %', '–'])
    expect(figureText(12_345, 'count')).toBe('12,345')
  })
})
