// From the alarms a tag is written with to their definitions: limits, delays and texts with everything filled in that the file
// leaves out, and checked against the tag and each other.
import type { AlarmDefinition, PlantWords } from '../../shared/alarm.ts'
import type { TagDefinition } from '../../shared/tag.ts'
import { isNumericType } from '../../shared/tag.ts'
import type { Path } from '../source/fault-list.ts'
import type { Origin } from '../source/origin.ts'
import { inWords } from '../source/schema-check.ts'
import { type AlarmEntry, type Signal, signalDefaults } from './alarm-entry.ts'
import {
  checkLanguages,
  checkPlaceholders,
  type Languages,
  type TagAlarmCondition,
  usualMessage,
} from './alarm-words.ts'

/** A tag with the alarms its file gives it. */
export interface AlarmedTag {
  readonly definition: TagDefinition
  readonly alarms: readonly AlarmEntry[]
  readonly signal: Signal | null
  /** Of its limits only the outermost one is active at a time. */
  readonly hasExclusiveLevels: boolean
  readonly origin: Origin
}

/** Compiles an expression of the plant; faults go to the origin (expression-check.ts). */
export interface ExpressionChecker {
  check(text: string, origin: Origin, path: Path, types: readonly string[] | null): string | null
}

/** What alarms refer to beyond their tag. */
export interface AlarmScope {
  readonly languages: Languages
  readonly expressions: ExpressionChecker
  /** Equipment a tag stands under in the tree, by its name, where it is no member of one. */
  equipmentAbove(tag: string): string | null
  /** Place of equipment, '' when it has none. */
  placeOf(equipment: string): string
  /** Why there is no such class; null when there is. */
  classFault(name: string): string | null
  /** Equal texts as one object: a hundred thousand of them cross to another thread as a few. */
  shared(words: PlantWords): PlantWords
}

/** Which keys a condition goes with, and which tags it is for. */
interface ConditionRule {
  readonly limit: 'needed' | 'possible' | 'none'
  readonly hasDeadband: boolean
  readonly hasExpression: boolean
  readonly isFor: 'numbers' | 'switches' | 'everything'
}

const level: ConditionRule = { limit: 'needed', hasDeadband: true, hasExpression: false, isFor: 'numbers' }
const plain: ConditionRule = { limit: 'none', hasDeadband: false, hasExpression: false, isFor: 'everything' }
const conditionRules: Readonly<Record<TagAlarmCondition, ConditionRule>> = {
  highHigh: level,
  high: level,
  low: level,
  lowLow: level,
  deviation: { ...level, hasExpression: true },
  rateOfChange: level,
  discrete: { ...plain, limit: 'possible', isFor: 'switches' },
  changeOfState: plain,
  badQuality: plain,
  stale: plain,
  expression: { ...plain, hasExpression: true },
}

/** Limits of one tag, rising. */
const levels = ['lowLow', 'low', 'high', 'highHigh'] as const
const isLevel = (condition: string): boolean => (levels as readonly string[]).includes(condition)

const usualWindowMs = 10_000
const usualReAlarmCount = 3

/** The alarms of a tag. Faults go to its origin; a faulty alarm is given as far as it goes, so that what refers to it finds it. */
export function buildAlarms(tag: AlarmedTag, scope: AlarmScope): readonly AlarmDefinition[] {
  const names = new Set<string>()
  const built = tag.alarms.map((entry, index) => {
    const path = ['alarms', index]
    const name = nameOf(entry, names)
    if (names.has(name)) tag.origin.at([...path, 'name'], `the tag has an alarm named ${name} already`)
    names.add(name)
    checkKeys(entry, tag, path)
    checkTexts(entry, tag.origin, path, scope)
    const definition = definitionOf(entry, name, tag, path, scope)
    checkReturn(definition, tag, path)
    return definition
  })
  checkLimitOrder(tag)
  return built
}

/** `name:` or the condition; of several without a name the second is `discrete-2`. */
function nameOf(entry: AlarmEntry, taken: ReadonlySet<string>): string {
  if (entry.name !== undefined) return entry.name
  let name: string = entry.condition
  for (let count = 2; taken.has(name); count++) name = `${entry.condition}-${count}`
  return name
}

function definitionOf(
  entry: AlarmEntry,
  name: string,
  tag: AlarmedTag,
  path: Path,
  scope: AlarmScope,
): AlarmDefinition {
  const { definition } = tag
  const { condition } = entry
  const usual = usualOf(condition, tag.signal)
  const equipment = definition.equipment ?? scope.equipmentAbove(definition.name)
  return {
    id: `${definition.name}/${name}`,
    tag: definition.name,
    condition,
    limit: entry.limit ?? (condition === 'discrete' ? 1 : null),
    expression: entry.expression ?? null,
    deadband: deadbandOf(entry, tag, path),
    onDelayMs: entry.onDelay ?? usual?.delayMs ?? 0,
    offDelayMs: entry.offDelay ?? usual?.delayMs ?? 0,
    windowMs: condition === 'rateOfChange' ? (entry.window ?? usualWindowMs) : 0,
    isExclusive: tag.hasExclusiveLevels && isLevel(condition),
    usesUncertain: entry.uncertain ?? condition !== 'badQuality',
    onBadQuality: entry.onBadQuality ?? 'hold',
    priority: entry.priority,
    latching: entry.latching ?? false,
    reAlarmMs: entry.reAlarm ?? null,
    mostReAlarms: entry.reAlarm === undefined ? 0 : (entry.reAlarmCount ?? usualReAlarmCount),
    suppressedWhen: entry.suppressedWhen ?? null,
    firstOutGroup: entry.firstOut ?? null,
    alarmClass: entry.class ?? 'process',
    device: definition.device,
    equipment,
    area: entry.area ?? (equipment === null ? '' : scope.placeOf(equipment)),
    message: scope.shared(entry.message ?? messageOf(condition, definition, scope.languages)),
    unit: definition.unit,
    decimals: definition.decimals,
    states: definition.states,
    rationalisation: null,
  }
}

function messageOf(condition: TagAlarmCondition, tag: TagDefinition, languages: Languages): PlantWords {
  return usualMessage(condition, tag.description === '' ? tag.name : tag.description, tag.unit !== '', languages)
}

/** Delays and deadband of the signal, for the conditions that watch how large it is. */
function usualOf(condition: TagAlarmCondition, signal: Signal | null) {
  return signal !== null && (isLevel(condition) || condition === 'deviation') ? signalDefaults[signal] : null
}

/** Engineering units; 0 where the condition has none. */
function deadbandOf(entry: AlarmEntry, { definition, signal, origin }: AlarmedTag, path: Path): number {
  const { deadband } = entry
  if (typeof deadband === 'number') return deadband
  const usual = usualOf(entry.condition, signal)
  const percent = deadband === undefined ? usual?.deadbandPercent : Number.parseFloat(deadband)
  if (percent === undefined) return 0
  const { low, high } = definition.limits
  // Twelve digits: 5 % of 0 to 1.4 is 0.07, not 0.06999999999999999.
  if (low !== null && high !== null) return Number((((high - low) * percent) / 100).toPrecision(12))
  if (deadband === undefined)
    origin.at(
      path,
      `signal: ${signal} gives a deadband of ${percent} % of the tag's limits, but ${definition.name} has none; give it limits, or the alarm a deadband`,
    )
  else
    origin.at(
      [...path, 'deadband'],
      `${inWords(deadband)} is a part of the tag's limits, but ${definition.name} has none`,
    )
  return 0
}

/** Keys and condition belong together, and to this type of tag. */
function checkKeys(entry: AlarmEntry, { definition, origin }: AlarmedTag, path: Path): void {
  const { condition, limit, expression } = entry
  const rule = conditionRules[condition]
  const { dataType, arrayLength } = definition
  const isNumber = isNumericType(dataType) && arrayLength === null
  if (rule.isFor === 'numbers' && !(isNumber && dataType !== 'bool'))
    origin.at(path, `the condition ${condition} is for single numbers`)
  if (rule.isFor === 'switches' && !isNumber)
    origin.at(path, `the condition ${condition} is for single numbers, states and switches`)
  if (rule.limit === 'needed' && limit === undefined) origin.at(path, `the condition ${condition} needs a limit`)
  if (rule.limit === 'none' && limit !== undefined)
    origin.atKey([...path, 'limit'], `the condition ${condition} takes no limit`)
  if (rule.hasExpression && expression === undefined) origin.at(path, `the condition ${condition} needs an expression`)
  if (!rule.hasExpression && expression !== undefined) origin.at(path, `the condition ${condition} takes no expression`)
  if (!rule.hasDeadband && entry.deadband !== undefined)
    origin.atKey([...path, 'deadband'], `the condition ${condition} takes no deadband`)
  if (condition !== 'rateOfChange' && entry.window !== undefined)
    origin.atKey([...path, 'window'], 'a window is for the condition rateOfChange')
  if (condition === 'stale' && entry.onDelay === undefined)
    origin.at(path, 'the condition stale needs an onDelay: how long the value may stay without an update')
  if (entry.reAlarmCount !== undefined && entry.reAlarm === undefined)
    origin.atKey([...path, 'reAlarmCount'], 'reAlarmCount counts re-alarms; the alarm has no reAlarm')
  if ((condition === 'rateOfChange' || condition === 'deviation') && typeof limit === 'number' && limit <= 0)
    origin.at([...path, 'limit'], `the limit of ${condition} is a size: a number above 0`)
}

function checkTexts(entry: AlarmEntry, origin: Origin, path: Path, scope: AlarmScope): void {
  const { condition, limit, expression, suppressedWhen, message } = entry
  const { expressions } = scope
  if (typeof limit === 'string') expressions.check(limit, origin, [...path, 'limit'], ['double', 'int'])
  if (expression !== undefined)
    expressions.check(
      expression,
      origin,
      [...path, 'expression'],
      condition === 'deviation' ? ['double', 'int'] : ['bool'],
    )
  if (suppressedWhen !== undefined) expressions.check(suppressedWhen, origin, [...path, 'suppressedWhen'], ['bool'])
  if (message !== undefined) {
    checkLanguages(message, origin, [...path, 'message'], scope.languages)
    checkPlaceholders(message, origin, [...path, 'message'])
  }
  const classFault = entry.class === undefined ? null : scope.classFault(entry.class)
  if (classFault !== null) origin.at([...path, 'class'], classFault)
}

/** Within the tag's limits the value can come back far enough for the alarm to end. */
function checkReturn(
  { condition, limit, deadband }: AlarmDefinition,
  { definition, origin }: AlarmedTag,
  path: Path,
): void {
  if (typeof limit !== 'number' || deadband === 0) return
  const { low, high } = definition.limits
  const isUpper = condition === 'high' || condition === 'highHigh'
  const isLower = condition === 'low' || condition === 'lowLow'
  if ((isUpper && low !== null && limit - deadband < low) || (isLower && high !== null && limit + deadband > high))
    origin.at(
      path,
      `with the deadband ${deadband} the alarm would never end within the tag's limits ${low ?? ''} to ${high ?? ''}`,
    )
  if ((condition === 'deviation' || condition === 'rateOfChange') && deadband >= limit)
    origin.at(path, `with the deadband ${deadband} the alarm would never end: its limit is ${limit}`)
}

/** lowLow < low < high < highHigh, as far as they are there and numbers; and each can be left again. */
function checkLimitOrder({ alarms, origin }: AlarmedTag): void {
  const limits = new Map<string, { readonly limit: number; readonly index: number }>()
  for (const [index, { condition, limit }] of alarms.entries())
    if (isLevel(condition) && typeof limit === 'number' && !limits.has(condition))
      limits.set(condition, { limit, index })
  const rising = levels.filter((condition) => limits.has(condition))
  for (const [index, condition] of rising.entries()) {
    const below = rising[index - 1]
    if (below === undefined) continue
    const [lower, upper] = [limits.get(below)!, limits.get(condition)!]
    if (lower.limit >= upper.limit)
      origin.at(
        ['alarms', upper.index, 'limit'],
        `the ${condition} limit ${upper.limit} is not above the ${below} limit ${lower.limit}`,
      )
  }
}
