import { afterEach, describe, expect, it } from 'vitest'
import { type AlarmProposal, alarmProposalKinds, alarmProposalNotes } from '../../../../src-main/shared/alarm-report.ts'
import { bestCures, cautionTexts, cureText, reductionText } from '../../../../src-renderer/alarms/kpi/cure-text.ts'
import { language, languages } from '../../../../src-renderer/ui/i18n.svelte.ts'

const deadband: AlarmProposal = {
  id: 'Tank.Level/high',
  tag: 'Tank.Level',
  kind: 'deadband',
  reason: 'chattering',
  presentValue: 0,
  proposedValue: 2.5,
  unit: '%',
  from: 0,
  to: 1,
  activationCount: 340,
  remainingCount: 12,
  detectionDelayMs: 0,
  isBest: false,
  figures: {},
  notes: [],
}

describe('a proposed cure', () => {
  afterEach(() => language.choose('en'))

  it('says the setting, old and new, and what it spares', () => {
    expect(cureText(deadband)).toBe('Deadband 0 % → 2.5 %')
    expect(cureText({ ...deadband, kind: 'onDelay', presentValue: 0, proposedValue: 5000, unit: 'ms' })).toBe(
      'On-delay 0 s → 5 s',
    )
    expect(reductionText(deadband)).toBe('340 → 12 activations (−96 %)')
  })

  it('promises nothing that was not computed', () => {
    expect(reductionText({ ...deadband, remainingCount: null })).toBeNull()
    expect(reductionText({ ...deadband, activationCount: 0, remainingCount: 0 })).toBeNull()
  })

  it('says what to know before it is taken', () => {
    const cautions = cautionTexts({
      ...deadband,
      detectionDelayMs: 5000,
      notes: ['partlyReplayed'],
      figures: { replayedSpanMs: 3 * 86_400_000 },
    })
    expect(cautions).toEqual(['Alarms that stay come up to 5 s later.', 'Computed from the newest 3 d only.'])
  })

  it('of every kind, with every note, reads without gaps in both languages', () => {
    for (const one of languages) {
      language.choose(one)
      for (const kind of alarmProposalKinds)
        for (const proposedValue of [5, null])
          expect(cureText({ ...deadband, kind, proposedValue })).toMatch(/^[^{}]+$/)
      for (const text of cautionTexts({ ...deadband, notes: alarmProposalNotes })) expect(text).toMatch(/^[^{}]+$/)
    }
  })

  it('is the best one of each alarm, else the first', () => {
    const first = { ...deadband, kind: 'offDelay' } as const
    const other = { ...deadband, id: 'Other/high' }
    const best = { ...deadband, isBest: true }
    expect([...bestCures([first, best, other])]).toEqual([
      ['Tank.Level/high', best],
      ['Other/high', other],
    ])
  })
})
