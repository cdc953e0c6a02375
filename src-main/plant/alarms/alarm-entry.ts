// An alarm as tags and members of equipment types write it (docs/alarm-configuration.md).
import * as v from 'valibot'
import { alarmPriorities } from '../../shared/alarm.ts'
import {
  amount,
  duration,
  expressionText,
  interval,
  numberValue,
  place,
  plainName,
  wordOf,
  yesNo,
} from '../source/plant-words.ts'
import { line, tagAlarmConditions, words } from './alarm-words.ts'

/** What is measured; gives delays and deadband where an alarm does not say its own (`signalDefaults`). */
export const signals = ['flow', 'level', 'pressure', 'temperature'] as const
export type Signal = (typeof signals)[number]

/** Usual delays and deadbands after ISA-18.2 and EEMUA 191; deadband in % of the tag's `limits`. */
export const signalDefaults: Readonly<Record<Signal, { readonly delayMs: number; readonly deadbandPercent: number }>> =
  {
    flow: { delayMs: 15_000, deadbandPercent: 5 },
    level: { delayMs: 60_000, deadbandPercent: 5 },
    pressure: { delayMs: 15_000, deadbandPercent: 2 },
    temperature: { delayMs: 60_000, deadbandPercent: 1 },
  }

/** Part of an id behind the last slash. */
const alarmName = v.pipe(
  v.string('a name is expected'),
  v.maxLength(64, 'a name has at most 64 characters'),
  v.regex(
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}_. -]*[\p{L}\p{N}_])?$/u,
    'letters, digits, . _ - and inner blanks are expected',
  ),
)

/** Longer would mean that nobody waits for it: 23 days. */
export const delay = v.pipe(duration, v.maxValue(2_000_000_000, 'at most 23 days are possible'))

const numberText = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i
const limitRule = 'a number or an expression that gives one is expected'
/** A number, the abnormal state of a switch, or CEL; a text that is a number is that number. */
export const limitValue = v.pipe(
  v.union([numberValue, v.boolean(), expressionText], limitRule),
  v.transform((value) =>
    typeof value === 'boolean'
      ? Number(value)
      : typeof value === 'string' && numberText.test(value)
        ? Number(value)
        : value,
  ),
)

const percentRule = 'a number from 0, or a part of the tag\'s limits as "2 %", is expected'
const deadbandValue = v.union(
  [amount, v.pipe(v.string(percentRule), v.regex(/^\d{1,3}(\.\d{1,6})? ?%$/, percentRule))],
  percentRule,
)

const countRule = 'a whole number from 1 to 1000 is expected'

export const alarmSchema = v.strictObject(
  {
    condition: wordOf(tagAlarmConditions),
    /** Last part of the id `<tag>/<name>`; the condition when left out. */
    name: v.optional(alarmName),
    /** Engineering units; per second for rateOfChange; the abnormal value for discrete (1 when left out); or CEL. */
    limit: v.optional(limitValue),
    /** How far back inside the limit the value must come before the alarm ends; engineering units, or "2 %" of the tag's limits. */
    deadband: v.optional(deadbandValue),
    onDelay: v.optional(delay),
    offDelay: v.optional(delay),
    /** rateOfChange: span over which the change is taken. */
    window: v.optional(interval),
    priority: v.optional(wordOf(alarmPriorities), 'medium'),
    /** Stays until it is reset, also when the condition is gone. */
    latching: v.optional(yesNo),
    message: v.optional(words(line)),
    /** CEL: the condition of `expression`, the reference value of `deviation`. */
    expression: v.optional(expressionText),
    /** CEL: suppressed by design while true. */
    suppressedWhen: v.optional(expressionText),
    /** Acknowledged and still active for so long: annunciated again, at most `reAlarmCount` times. */
    reAlarm: v.optional(v.pipe(interval, v.minValue(1000, 'at least 1 s is expected'))),
    reAlarmCount: v.optional(
      v.pipe(v.number(countRule), v.integer(countRule), v.minValue(1, countRule), v.maxValue(1000, countRule)),
    ),
    /** Group of which the first alarm is flagged. */
    firstOut: v.optional(plainName),
    class: v.optional(plainName),
    /** What a Bad value means: the last result stays, or the alarm is suppressed by design. */
    onBadQuality: v.optional(wordOf(['hold', 'suppress'])),
    /** badQuality: Uncertain counts too. Others: false = Uncertain values are not evaluated. */
    uncertain: v.optional(yesNo),
    /** Instead of the place of its equipment. */
    area: v.optional(place),
  },
  'an alarm is expected as { condition: high, limit: 90, message: "…" }',
)
export type AlarmEntry = v.InferOutput<typeof alarmSchema>
