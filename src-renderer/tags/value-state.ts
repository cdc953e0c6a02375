// What the look of a value has to say: one state, from the link and the status code.
import { qualityOf, StatusCodes } from '../../src-main/shared/status-code.ts'

/**
 * - stale: the link is dead, whatever the value was
 * - waiting: nothing has come yet
 * - bad: must not be used
 * - outOfRange: measured, but outside the engineering range
 * - substituted, manual: not measured but put in by the device or by hand
 * - uncertain: anything else that may be wrong
 */
export type ValueState = 'good' | 'stale' | 'waiting' | 'bad' | 'outOfRange' | 'substituted' | 'manual' | 'uncertain'

/** The state of a value with this status code on a link that lives or not. */
export function valueStateOf(statusCode: number, isLive: boolean): ValueState {
  if (!isLive) return 'stale'
  const code = (statusCode & 0xffff0000) >>> 0
  switch (code) {
    case StatusCodes.BadWaitingForInitialData:
      return 'waiting'
    case StatusCodes.UncertainEngineeringUnitsExceeded:
      return 'outOfRange'
    case StatusCodes.UncertainSubstituteValue:
      return 'substituted'
    case StatusCodes.GoodLocalOverride:
      return 'manual'
  }
  const quality = qualityOf(statusCode)
  return quality === 'Good' ? 'good' : quality === 'Bad' ? 'bad' : 'uncertain'
}
