// Deadbands and delays that are tried on recorded samples, and which of them cure an alarm (docs/alarm-kpis.md, "Proposed cures").
import type { AlarmCondition, AlarmDefinition } from '../shared/alarm.ts'
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

/**
 * Activations that tell nothing new: those that follow another one within the chattering window, and those that are gone again within
 * the fleeting time.
 */
export function nuisanceCount(activations: readonly ReplayedActivation[], rules: NuisanceRules): number {
  let count = 0
  for (const [index, { start, end }] of activations.entries()) {
    const before = activations[index - 1]
    const isRepeated = before !== undefined && start - before.start < rules.chatteringWindowMs
    const isFleeting = end !== null && end - start < rules.fleetingMs
    if (isRepeated || isFleeting) count++
  }
  return count
}

/** Share of the nuisance that must go. */
const curedShare = 0.9

export function isCured(nuisanceBefore: number, nuisanceAfter: number): boolean {
  return nuisanceAfter <= nuisanceBefore * (1 - curedShare) + 1e-9
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
