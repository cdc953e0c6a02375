// alarms/*.yaml: how this plant handles its alarms (classes, suppressions, philosophy) and its master alarm database. Each file
// may hold any of these parts (docs/alarm-configuration.md).
import * as v from 'valibot'
import { alarmPriorities, consequenceSeverities, rationalisationStatuses } from '../../shared/alarm.ts'
import {
  amount,
  expressionText,
  interval,
  longDuration,
  nameText,
  place,
  plainName,
  wordOf,
  yesNo,
} from '../source/plant-words.ts'
import { delay, limitValue } from './alarm-entry.ts'
import { line, paragraph, words } from './alarm-words.ts'

const priority = wordOf(alarmPriorities)

function count(least: number, most: number) {
  const rule = `a whole number from ${least} to ${most} is expected`
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule))
}

const alarmClassSchema = v.strictObject(
  {
    name: plainName,
    title: v.optional(words(line)),
    /** Acknowledging needs a comment. */
    commentRequired: v.optional(yesNo),
    /** Returns to normal without acknowledgement. */
    acknowledgeOnReturn: v.optional(yesNo),
    shelvingAllowed: v.optional(yesNo),
    /** Longest time of one shelving. */
    longestShelving: v.optional(v.pipe(interval, v.minValue(60_000, 'at least 1 min is expected'))),
    /** A reset before the acknowledgement acknowledges too. */
    resetAcknowledges: v.optional(yesNo),
    /** Taking it out of service needs the permission alarms.manage as well. */
    highlyManaged: v.optional(yesNo),
  },
  'a class is expected as { name: safety, highlyManaged: true }',
)
export type AlarmClassEntry = v.InferOutput<typeof alarmClassSchema>

const suppressionSchema = v.strictObject(
  {
    name: plainName,
    title: v.optional(words(line)),
    /** CEL: suppressed by design while true. */
    when: expressionText,
    /** Ids of alarms; `Filler.*` fits every id that begins so. */
    ids: v.optional(v.array(nameText, 'a list of ids is expected, as [Filler.Level/high, "Rinser.*"]')),
    area: v.optional(place),
    equipment: v.optional(v.array(nameText, 'a list of equipment is expected, as [Filler, Capper]')),
    priorities: v.optional(v.array(priority, 'a list of priorities is expected, as [low, medium]')),
  },
  'a rule is expected as { name: cip, when: "Cip.Running", area: Filling }',
)
export type SuppressionEntry = v.InferOutput<typeof suppressionSchema>

const rowRule =
  'four priorities are expected: for up to 3, 10 and 30 minutes and for longer, as [high, medium, low, low]'
const matrixRow = v.strictTuple([priority, priority, priority, priority], rowRule)

const philosophySchema = v.strictObject({
  /** Severity of the consequence → priority for up to 3, 10 and 30 minutes to respond and for longer. */
  priorityMatrix: v.optional(
    v.strictObject(
      { minor: v.optional(matrixRow), major: v.optional(matrixRow), severe: v.optional(matrixRow) },
      'a matrix is expected as { minor: [medium, low, low, low], major: […], severe: […] }',
    ),
  ),
  /** Annunciated alarms in 10 minutes with which a flood begins, and below which it ends. */
  floods: v.optional(
    v.strictObject(
      { start: v.optional(count(2, 10_000)), end: v.optional(count(1, 10_000)) },
      'floods are expected as { start: 10, end: 5 }',
    ),
  ),
  chattering: v.optional(
    v.strictObject(
      { count: v.optional(count(2, 1000)), window: v.optional(interval) },
      'chattering is expected as { count: 3, window: 1 min }',
    ),
  ),
  fleeting: v.optional(interval),
  stale: v.optional(v.pipe(interval, v.minValue(60_000, 'at least 1 min is expected'))),
  shelving: v.optional(
    v.strictObject(
      { mostPerUser: v.optional(count(1, 100_000)), mostAtOnce: v.optional(count(1, 100_000)) },
      'shelving is expected as { mostPerUser: 30, mostAtOnce: 10 }',
    ),
  ),
  /** Alarms run with the approved values of entries that are neither drafts nor retired, whatever their tags say. */
  enforceApproved: v.optional(yesNo),
  journalRetention: v.optional(longDuration),
  deviceLost: v.optional(
    v.strictObject(
      { priority: v.optional(priority), onDelay: v.optional(delay) },
      'deviceLost is expected as { priority: high, onDelay: 2 s }',
    ),
  ),
})
export type PhilosophyEntry = v.InferOutput<typeof philosophySchema>

const dateRule = 'a date is expected, as 2026-11-22'

/** What may be approved of an alarm. */
export const approvedSchema = v.strictObject(
  {
    priority: v.optional(priority),
    limit: v.optional(limitValue),
    deadband: v.optional(amount),
    onDelay: v.optional(delay),
    offDelay: v.optional(delay),
  },
  'approved values are expected as { priority: high, limit: 90 }',
)

/** One row of the master alarm database. */
export const databaseEntrySchema = v.strictObject(
  {
    /** Id of the alarm; with `type` without the instance: `Speed/low`. */
    alarm: v.pipe(
      v.string('the id of an alarm is expected, as Filler.Level/high'),
      v.maxLength(400, 'at most 400 characters are possible'),
    ),
    /** Equipment type whose instances share the entry. */
    type: v.optional(plainName),
    status: v.optional(wordOf(rationalisationStatuses)),
    consequence: v.optional(words(paragraph)),
    severity: v.optional(wordOf(consequenceSeverities)),
    cause: v.optional(words(paragraph)),
    action: v.optional(words(paragraph)),
    /** Time an operator has to respond. */
    responseTime: v.optional(interval),
    class: v.optional(plainName),
    reviewer: v.optional(line),
    date: v.optional(v.pipe(v.string(dateRule), v.regex(/^\d{4}-\d{2}-\d{2}$/, dateRule), v.check(isDate, dateRule))),
    revision: v.optional(count(1, 1_000_000)),
    approved: v.optional(approvedSchema),
  },
  'an entry is expected as { alarm: Filler.Level/high, status: draft, … }',
)
export type DatabaseEntry = v.InferOutput<typeof databaseEntrySchema>

export const alarmFileSchema = v.strictObject({
  classes: v.optional(v.array(alarmClassSchema, 'a list of classes is expected'), []),
  suppressions: v.optional(v.array(suppressionSchema, 'a list of rules is expected'), []),
  philosophy: v.optional(philosophySchema),
  alarms: v.optional(v.array(databaseEntrySchema, 'a list of entries is expected'), []),
})
export type AlarmFile = v.InferOutput<typeof alarmFileSchema>

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
