// Proposed cures of bad actors: from what an alarm did (journal) and from replaying its recorded samples with other settings. The same
// journal and history always give the same proposals; the time is bounded by the samples that are looked at.
import type { AlarmDefinition, AlarmPhilosophy } from '../../shared/alarm.ts'
import { type AlarmProposal, type AlarmProposalNote, alarmPeriodsMs } from '../../shared/alarm-report.ts'
import { type AlarmReplay, replayAlarm } from './alarm-replay.ts'
import {
  type CureKind,
  isReplayable,
  judgeCure,
  longestOnDelayMs,
  nuisanceCount,
  preferredKinds,
  usualSettings,
} from './cure-candidates.ts'
import type { AlarmConduct, ProposalRows } from './proposal-report.ts'
import type { ReadHistory } from './recorded-samples.ts'
import type { PlantIndex } from './related-things.ts'

/** Span of the journal that is looked at; ms. */
export const proposalSpanMs = alarmPeriodsMs.month
/** An alarm that did not occur for so long is to be reviewed; ms. */
const neverActiveMs = 365 * alarmPeriodsMs.day
/** Alarms that are replayed for one answer, worst first. */
const mostReplayed = 20
/** From so many activations in the span on an alarm is frequent, if it also is one of the first ten. */
const frequentCount = 10
const topCount = 10
/** From so many judged occurrences on, of which so large a share was without action, it is no alarm. */
const leastJudged = 10
const withoutActionShare = 0.9
/** Share of the activations that a proposed limit leaves. */
const limitShare = 0.1

export interface ProposalSpan {
  readonly from: number
  readonly to: number
}

/** What can be known of one alarm. */
interface Patient {
  readonly definition: AlarmDefinition
  readonly conduct: AlarmConduct
  readonly isFrequent: boolean
}

/** RuntimeError BadRequestInterrupted when cancelled. */
export async function alarmProposals(
  rows: ProposalRows,
  definitions: readonly AlarmDefinition[],
  span: ProposalSpan,
  philosophy: AlarmPhilosophy,
  index: PlantIndex,
  read: ReadHistory,
  signal?: AbortSignal,
): Promise<readonly AlarmProposal[]> {
  const proposals: AlarmProposal[] = []
  let replayedCount = 0
  for (const patient of patientsOf(rows, definitions)) {
    const writer = new ProposalWriter(patient, span, philosophy, index)
    const tags = writer.watchedTags()
    if (writer.hasNuisance && isReplayable(patient.definition) && tags !== null && replayedCount < mostReplayed) {
      replayedCount++
      writer.cures(await replayAlarm(patient.definition, tags, patient.conduct.activations, read, signal))
    } else if (writer.hasNuisance) writer.redesign([])
    writer.others()
    proposals.push(...writer.proposals)
  }
  return [...proposals, ...neverActive(rows, definitions, span)]
}

/** Worst first: nuisance, then the number of activations, then the id. */
function patientsOf({ conducts }: ProposalRows, definitions: readonly AlarmDefinition[]): Patient[] {
  const byId = new Map(definitions.map((definition) => [definition.id, definition]))
  const top = [...conducts]
    .sort((a, b) => b.activationCount - a.activationCount || (a.id < b.id ? -1 : 1))
    .slice(0, topCount)
    .filter(({ activationCount }) => activationCount >= frequentCount)
  const frequent = new Set(top.map(({ id }) => id))
  const nuisance = (conduct: AlarmConduct) => conduct.chatteringActivationCount + conduct.fleetingCount
  return [...conducts]
    .sort((a, b) => nuisance(b) - nuisance(a) || b.activationCount - a.activationCount || (a.id < b.id ? -1 : 1))
    .flatMap((conduct): Patient[] => {
      const definition = byId.get(conduct.id)
      return definition === undefined ? [] : [{ definition, conduct, isFrequent: frequent.has(conduct.id) }]
    })
}

/** Puts proposals for one alarm together. */
class ProposalWriter {
  readonly proposals: AlarmProposal[] = []
  readonly #patient: Patient
  readonly #span: ProposalSpan
  readonly #philosophy: AlarmPhilosophy
  readonly #index: PlantIndex

  constructor(patient: Patient, span: ProposalSpan, philosophy: AlarmPhilosophy, index: PlantIndex) {
    this.#patient = patient
    this.#span = span
    this.#philosophy = philosophy
    this.#index = index
  }

  /** It chatters, is fleeting several times, or comes very often. */
  get hasNuisance(): boolean {
    const { conduct, isFrequent } = this.#patient
    return conduct.episodeCount > 0 || conduct.fleetingCount >= 3 || isFrequent
  }

  /** What it watches first, then what its expressions read; null where it watches no tag of the plant. */
  watchedTags() {
    const { definition } = this.#patient
    const subject = this.#index.tag(definition.tag)
    if (subject === undefined || subject.history === false) return null
    const texts = [definition.expression, definition.limit].filter((text) => typeof text === 'string')
    const names = new Set(texts.flatMap((text) => this.#index.inputsOf(text)))
    names.delete(subject.name)
    return [subject, ...[...names].flatMap((name) => this.#index.tag(name) ?? [])]
  }

  /** The smallest value of each kind that takes 90 % of the nuisance away, or that nothing does. */
  cures(replay: AlarmReplay | null): void {
    if (replay === null) return this.redesign(['noHistory'])
    const { present } = replay
    const rules = this.#philosophy
    const before = nuisanceCount(present, rules)
    const notes = this.#notesOf(replay)
    const figures = { ...this.#figures(), replayedCount: present.length, replayedSpanMs: replay.replayedSpanMs }
    const boundMs = longestOnDelayMs(this.#patient.definition)
    const judged = replay.candidates.map(({ candidate, activations }) => ({
      candidate,
      activations,
      ...judgeCure(present, activations, rules, boundMs),
    }))
    const cures =
      before === 0
        ? []
        : preferredKinds(this.#reason === 'fleeting').flatMap(
            (kind) => judged.find(({ candidate, isCured }) => candidate.kind === kind && isCured) ?? [],
          )
    for (const [rank, { candidate, activations, detectionDelayMs }] of cures.entries())
      this.#propose(candidate.kind, {
        presentValue: this.#presentValue(candidate.kind),
        proposedValue: candidate.value,
        activationCount: present.length,
        remainingCount: activations.length,
        detectionDelayMs,
        isBest: rank === 0,
        figures,
        notes,
      })
    if (cures.length > 0) return
    if (before === 0 && this.#limitHint(replay, figures, notes)) return
    const isBound = longestOnDelayMs(this.#patient.definition) < alarmPeriodsMs.minute * 5
    this.redesign(isBound && before > 0 ? [...notes, 'boundByResponseTime'] : notes, present.length, figures)
  }

  /** No deadband or delay does it, or nothing is known of it. */
  redesign(notes: readonly AlarmProposalNote[], replayedCount: number | null = null, figures = this.#figures()): void {
    const usual = usualSettings(this.#patient.definition.unit)
    const isUntried = replayedCount === null
    // Without history the usual delay of what is measured is better than none.
    if (
      isUntried &&
      usual !== null &&
      this.#patient.definition.offDelayMs < usual.delayMs &&
      this.#reason === 'chattering'
    )
      return this.#propose('offDelay', {
        presentValue: this.#patient.definition.offDelayMs,
        proposedValue: usual.delayMs,
        isBest: true,
        figures,
        notes: [...new Set<AlarmProposalNote>([...notes, 'noHistory'])],
      })
    this.#propose('redesign', {
      activationCount: replayedCount ?? this.#patient.conduct.activationCount,
      isBest: true,
      figures,
      notes: isUntried ? [...new Set<AlarmProposalNote>([...notes, 'noHistory'])] : notes,
    })
  }

  /** What the journal alone tells: stale, following another alarm, acknowledged without action. */
  others(): void {
    const { conduct } = this.#patient
    const { activationCount, staleCount, longestMs, follows, judgedCount, withoutActionCount } = conduct
    if (staleCount > 0) this.#propose('suppress', { figures: { longestMs, staleCount }, isBest: true }, 'stale')
    if (follows !== null) {
      const figures = { activationCount, togetherCount: follows.count, medianGapMs: follows.medianGapMs }
      this.#propose('suppress', { proposedValue: follows.id, figures, isBest: true }, 'follows')
    }
    if (judgedCount >= leastJudged && withoutActionCount >= withoutActionShare * judgedCount)
      this.#propose('redesign', { figures: { judgedCount, count: withoutActionCount }, isBest: true }, 'withoutAction')
  }

  /** The limit that only every tenth of the excursions would have reached; false where there is no such limit. */
  #limitHint(replay: AlarmReplay, figures: Record<string, number>, notes: readonly AlarmProposalNote[]): boolean {
    const { definition } = this.#patient
    if (typeof definition.limit !== 'number' || replay.extremes.length < frequentCount) return false
    const isHigh = definition.condition.startsWith('high')
    const ordered = [...replay.extremes].sort((a, b) => (isHigh ? b - a : a - b))
    const limit = Number(ordered[Math.floor(ordered.length * limitShare)]!.toPrecision(4))
    if (isHigh ? limit <= definition.limit : limit >= definition.limit) return false
    this.#propose('limit', {
      presentValue: definition.limit,
      proposedValue: limit,
      activationCount: replay.extremes.length,
      remainingCount: ordered.filter((extreme) => (isHigh ? extreme > limit : extreme < limit)).length,
      isBest: true,
      figures,
      notes,
    })
    return true
  }

  get #reason(): 'chattering' | 'fleeting' | 'frequent' {
    const { chatteringActivationCount, episodeCount, fleetingCount, activationCount } = this.#patient.conduct
    if (episodeCount > 0 && chatteringActivationCount >= activationCount / 2) return 'chattering'
    return fleetingCount >= 3 ? 'fleeting' : episodeCount > 0 ? 'chattering' : 'frequent'
  }

  #figures(): Record<string, number> {
    const { conduct } = this.#patient
    const { activationCount } = conduct
    switch (this.#reason) {
      case 'chattering':
        return {
          activationCount,
          episodeCount: conduct.episodeCount,
          worstCount: conduct.worstCount,
          windowMs: this.#philosophy.chatteringWindowMs,
          chatterIndex: conduct.chatterIndex,
        }
      case 'fleeting':
        return { activationCount, fleetingCount: conduct.fleetingCount, averageMs: conduct.averageFleetingMs }
      case 'frequent': {
        const days = (this.#span.to - this.#span.from) / alarmPeriodsMs.day
        return { activationCount, share: conduct.share, perDay: activationCount / days }
      }
    }
  }

  #notesOf(replay: AlarmReplay): readonly AlarmProposalNote[] {
    const tags = this.watchedTags() ?? []
    const history = tags[0]?.history
    const notes: AlarmProposalNote[] = []
    if (history && (history.deadband > 0 || history.compression > 0)) notes.push('recordingDeadband')
    if (Math.abs(replay.present.length - replay.journalCount) > Math.max(1, 0.2 * replay.journalCount))
      notes.push('replayDiffers')
    if (!replay.isComplete || replay.journalCount < this.#patient.conduct.activationCount) notes.push('partlyReplayed')
    if (tags.length > 1) notes.push('otherInputs')
    return notes
  }

  #presentValue(kind: CureKind): number {
    const { deadband, onDelayMs, offDelayMs } = this.#patient.definition
    return { deadband, onDelay: onDelayMs, offDelay: offDelayMs }[kind]
  }

  #propose(
    kind: AlarmProposal['kind'],
    given: Partial<AlarmProposal>,
    reason: AlarmProposal['reason'] = this.#reason,
  ): void {
    const { definition, conduct } = this.#patient
    const history = this.#index.tag(definition.tag)?.history
    const recordingDeadband = history ? Math.max(history.deadband, history.compression) : 0
    this.proposals.push({
      id: definition.id,
      tag: definition.tag,
      kind,
      reason,
      presentValue: null,
      proposedValue: null,
      unit: kind === 'deadband' || kind === 'limit' ? definition.unit : kind.endsWith('Delay') ? 'ms' : '',
      ...this.#span,
      activationCount: conduct.activationCount,
      remainingCount: null,
      detectionDelayMs: null,
      isBest: false,
      notes: [],
      ...given,
      figures: {
        ...given.figures,
        ...(given.notes?.includes('recordingDeadband') ? { recordingDeadband } : {}),
      },
    })
  }
}

/** Alarms that did not occur for a year, where the journal goes back so far. */
function neverActive(
  { conducts, lastBefore, oldestTimestamp }: ProposalRows,
  definitions: readonly AlarmDefinition[],
  { from, to }: ProposalSpan,
): AlarmProposal[] {
  if (oldestTimestamp === null || to - oldestTimestamp < neverActiveMs) return []
  const seen = new Set(conducts.map(({ id }) => id))
  return definitions.flatMap((definition): AlarmProposal[] => {
    const lastTimestamp = lastBefore[definition.id] ?? oldestTimestamp
    if (seen.has(definition.id) || to - lastTimestamp < neverActiveMs) return []
    return [
      {
        id: definition.id,
        tag: definition.tag,
        kind: 'review',
        reason: 'neverActive',
        presentValue: null,
        proposedValue: null,
        unit: '',
        from,
        to,
        activationCount: 0,
        remainingCount: null,
        detectionDelayMs: null,
        isBest: true,
        figures: { days: Math.floor((to - lastTimestamp) / alarmPeriodsMs.day) },
        notes: [],
      },
    ]
  })
}
