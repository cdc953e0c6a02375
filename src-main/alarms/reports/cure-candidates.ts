// Deadbands and delays that are tried on recorded samples, and which of them cure an alarm (docs/alarm-kpis.md, "Proposed cures").
import type { AlarmCondition, AlarmDefinition } from '../../shared/alarm.ts'
import type { ReplayedActivation } from './condition-replay.ts'

/** What is changed. */
export type CureKind = 'deadband' | 'onDelay' | 'offDelay'

/** One thing to try; `value` in engineering units or ms. */
export interface CureCandidate {
  readonly kind: CureKind
  readonly value: number
  readonly definition: AlarmDefinition
}

const second = 1000
const delaysMs = [1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300].map((seconds) => seconds * second)
/** Parts of the range of the tag. */
const deadbandParts = [0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1]
/** Longest on-delay of an alarm whose response time is not known; ms. */
const usualLongestOnDelayMs = 60 * second
/** Part of the response time that may pass before the operator is called. */
const responsePart = 4
const withDeadband: ReadonlySet<AlarmCondition> = new Set([
  'highHigh',
  'high',
  'low',
  'lowLow',
  'deviation',
  'rateOfChange',
])
/** Conditions that depend on samples alone; the others are no matter of deadbands and delays. */
const replayable: ReadonlySet<AlarmCondition> = new Set([...withDeadband, 'discrete', 'expression', 'badQuality'])

export function isReplayable({ condition }: AlarmDefinition): boolean {
  return replayable.has(condition)
}

/** Longest on-delay that leaves the operator time: a quarter of the response time. ms. */
export function longestOnDelayMs({ rationalisation }: AlarmDefinition): number {
  const responseMs = rationalisation?.responseTimeMs ?? null
  return responseMs === null ? usualLongestOnDelayMs : Math.floor(responseMs / responsePart)
}

/** Everything that is tried, each kind from small to large. `range`: of the tag's values, engineering units; null = not known. */
export function cureCandidates(definition: AlarmDefinition, range: number | null): readonly CureCandidate[] {
  const longest = longestOnDelayMs(definition)
  const deadbands =
    range === null || !withDeadband.has(definition.condition)
      ? []
      : deadbandParts.map((part) => Number((part * range).toPrecision(2)))
  return [
    ...deadbands
      .filter((deadband) => deadband > definition.deadband)
      .map((value) => candidate('deadband', value, { ...definition, deadband: value })),
    ...delaysMs
      .filter((delay) => delay > definition.onDelayMs && delay <= longest)
      .map((value) => candidate('onDelay', value, { ...definition, onDelayMs: value })),
    ...delaysMs
      .filter((delay) => delay > definition.offDelayMs)
      .map((value) => candidate('offDelay', value, { ...definition, offDelayMs: value })),
  ]
}

function candidate(kind: CureKind, value: number, definition: AlarmDefinition): CureCandidate {
  return { kind, value, definition }
}

/** Rules by which activations are told apart; ms. */
export interface NuisanceRules {
  readonly chatteringWindowMs: number
  readonly fleetingMs: number
}

/** Activations that follow each other closely: one event of the process, however often it was annunciated. ms. */
export interface AlarmBurst {
  readonly start: number
  /** Infinity while the last activation goes on. */
  readonly end: number
}

/** Bursts the operator must know of: those that are over within the fleeting time are none. */
function burstsOf(activations: readonly ReplayedActivation[], rules: NuisanceRules): readonly AlarmBurst[] {
  const bursts: { start: number; end: number; lastStart: number }[] = []
  for (const { start, end } of activations) {
    const last = bursts.at(-1)
    const ended = end ?? Number.POSITIVE_INFINITY
    if (last !== undefined && start - last.lastStart < rules.chatteringWindowMs) {
      last.end = Math.max(last.end, ended)
      last.lastStart = start
    } else bursts.push({ start, end: ended, lastStart: start })
  }
  return bursts.filter(({ start, end }) => end - start >= rules.fleetingMs)
}

/** Activations that tell nothing new: all but one of each burst. */
export function nuisanceCount(activations: readonly ReplayedActivation[], rules: NuisanceRules): number {
  return activations.length - burstsOf(activations, rules).length
}

/** Share of the nuisance that must go. */
const curedShare = 0.9

/**
 * What another setting would have done to the activations: `isCured` when 90 % of the nuisance is gone and every burst is still told
 * within `boundMs`. `detectionDelayMs`: the longest time a burst would have been told later; null when one is not told at all.
 */
export function judgeCure(
  present: readonly ReplayedActivation[],
  tried: readonly ReplayedActivation[],
  rules: NuisanceRules,
  boundMs: number,
): { readonly isCured: boolean; readonly detectionDelayMs: number | null } {
  const bursts = burstsOf(present, rules)
  const nuisance = present.length - bursts.length
  let detectionDelayMs: number | null = 0
  let at = 0
  for (const { start, end } of bursts) {
    while (at < tried.length && (tried[at]!.end ?? Number.POSITIVE_INFINITY) <= start) at++
    const detected = at < tried.length && tried[at]!.start <= end ? Math.max(0, tried[at]!.start - start) : null
    detectionDelayMs = detected === null || detectionDelayMs === null ? null : Math.max(detectionDelayMs, detected)
  }
  const isEnough = present.length - tried.length >= curedShare * nuisance
  return { isCured: isEnough && detectionDelayMs !== null && detectionDelayMs <= boundMs, detectionDelayMs }
}

/** Which cure is taken where several do: at a limit a deadband, then what delays no detection. Fleeting ones need an on-delay. */
export function preferredKinds(isFleeting: boolean): readonly CureKind[] {
  return isFleeting ? ['onDelay', 'deadband', 'offDelay'] : ['deadband', 'offDelay', 'onDelay']
}

/** Deadband (part of the range) and delay by what is measured, after EEMUA 191 and ISA-18.2 clause 10 (conformance A14). */
export interface UsualSettings {
  readonly deadbandPart: number
  readonly delayMs: number
}

const flowUnits = /\/(h|min|s|d)$/
const pressureUnits = /^([khmM]?Pa|m?bar|\[psi\]|atm)/
const temperatureUnits = /^(Cel|K|\[degF\])$/

/** What the UCUM unit says of the measurement; a level where it is a share or a length; null = it says nothing. */
export function usualSettings(unit: string): UsualSettings | null {
  if (temperatureUnits.test(unit)) return { deadbandPart: 0.01, delayMs: 60 * second }
  if (pressureUnits.test(unit)) return { deadbandPart: 0.02, delayMs: 15 * second }
  if (/^(m3|L|l|kg|t|mL|g)/.test(unit) && flowUnits.test(unit)) return { deadbandPart: 0.05, delayMs: 15 * second }
  if (/^(%|m|mm|cm)$/.test(unit)) return { deadbandPart: 0.05, delayMs: 60 * second }
  return null
}
