import { beforeEach, describe, expect, it } from 'vitest'
import {
  type AlarmProposal,
  alarmProposalKinds,
  alarmProposalReasons,
} from '../../../../src-main/shared/alarm-report.ts'
import {
  effectText,
  proposalEdit,
  proposalText,
  reasonText,
} from '../../../../src-renderer/alarms/database/proposal-words.ts'
import { language, languages } from '../../../../src-renderer/ui/i18n.svelte.ts'

const proposal: AlarmProposal = {
  id: 'Tank.Level/high',
  tag: 'Tank.Level',
  kind: 'deadband',
  reason: 'chattering',
  presentValue: 1,
  proposedValue: 2.5,
  unit: '%',
  from: 0,
  to: 7 * 86_400_000,
  activationCount: 40,
  remainingCount: 3,
  detectionDelayMs: 0,
  isBest: true,
  figures: { activationCount: 40, episodeCount: 4, worstCount: 12, windowMs: 60_000, chatterIndex: 0.2 },
  notes: [],
}

beforeEach(() => language.choose('en'))

describe('a proposed cure', () => {
  it('says what, why, and what a replay gave', () => {
    expect(proposalText(proposal)).toBe('Deadband 1 % → 2.5 %')
    expect(reasonText(proposal)).toBe('Chatters: 40 activations in 4 bursts, up to 12 within 60 s.')
    expect(effectText(proposal)).toBe('Replayed over 7 d: 40 activations become 3.')
    expect(effectText({ ...proposal, remainingCount: null })).toBe('')
    expect(effectText({ ...proposal, detectionDelayMs: 3500 })).toContain('at most 3.5 s later')
  })

  it('has words without holes for every kind and reason in every language', () => {
    const figures = {
      ...proposal.figures,
      fleetingCount: 3,
      averageMs: 4000,
      share: 0.31,
      perDay: 5.66,
      longestMs: 200_000_000,
      staleCount: 2,
      days: 90,
      judgedCount: 20,
      count: 19,
      togetherCount: 18,
      medianGapMs: 2500,
    }
    for (const tongue of languages) {
      language.choose(tongue)
      for (const kind of alarmProposalKinds) expect(proposalText({ ...proposal, kind })).not.toMatch(/\{|NaN|undefined/)
      for (const reason of alarmProposalReasons)
        expect(reasonText({ ...proposal, reason, figures })).not.toMatch(/\{|NaN|undefined/)
    }
  })

  it('that is a value becomes an edit of what is approved; others are for people to do', () => {
    expect(proposalEdit(proposal)).toEqual({ id: 'Tank.Level/high', 'approved.deadband': 2.5 })
    expect(proposalEdit({ ...proposal, kind: 'onDelay', proposedValue: 5000 })).toEqual({
      id: 'Tank.Level/high',
      'approved.onDelayMs': 5000,
    })
    for (const kind of ['suppress', 'redesign', 'review'] as const)
      expect(proposalEdit({ ...proposal, kind, proposedValue: 'Other/high' })).toBeNull()
    expect(proposalEdit({ ...proposal, proposedValue: null })).toBeNull()
  })
})
