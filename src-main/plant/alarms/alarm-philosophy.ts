// From the classes, rules and figures of alarms/*.yaml to the plant's alarm philosophy; what the files leave out is as usual.
import {
  type AlarmClass,
  type AlarmDefinition,
  type AlarmPhilosophy,
  alarmPriorities,
  commonClasses,
  consequenceSeverities,
  defaultAlarmPhilosophy,
  processClass,
  type SuppressionRule,
} from '../../shared/alarm.ts'
import { didYouMean } from '../../shared/closest-name.ts'
import { type FileOrigin, placeInWords } from '../source/origin.ts'
import type { ExpressionChecker } from './alarm-build.ts'
import type { AlarmClassEntry, AlarmFile, PhilosophyEntry, SuppressionEntry } from './alarm-file.ts'
import { checkLanguages, type Languages } from './alarm-words.ts'

/** A checked file of alarms/ with its place. */
export interface OpenAlarmFile {
  readonly value: AlarmFile
  readonly origin: FileOrigin
}

type Placed = { readonly origin: FileOrigin }

/** Classes of all files, by name; the common ones (`process`, `system`, `safety` …) are there without being written. */
export function buildClasses(files: readonly OpenAlarmFile[], languages: Languages): ReadonlyMap<string, AlarmClass> {
  const classes = new Map<string, AlarmClass>(commonClasses.map((known) => [known.name, known]))
  const written = new Map<string, Placed>()
  for (const { value, origin } of files)
    for (const [index, entry] of value.classes.entries()) {
      const own = origin.part(['classes', index])
      if (isFirst(entry.name, own, written, 'an alarm class'))
        classes.set(entry.name, classOf(entry, classes.get(entry.name) ?? { ...processClass, title: entry.name }))
      if (entry.title !== undefined) checkLanguages(entry.title, own, ['title'], languages)
    }
  return classes
}

function classOf(entry: AlarmClassEntry, usual: AlarmClass): AlarmClass {
  return {
    name: entry.name,
    title: entry.title ?? usual.title,
    commentRequired: entry.commentRequired ?? usual.commentRequired,
    acknowledgeOnReturn: entry.acknowledgeOnReturn ?? usual.acknowledgeOnReturn,
    isShelvingAllowed: entry.shelvingAllowed ?? usual.isShelvingAllowed,
    longestShelvingMs: entry.longestShelving ?? usual.longestShelvingMs,
    resetAcknowledges: entry.resetAcknowledges ?? usual.resetAcknowledges,
    isHighlyManaged: entry.highlyManaged ?? usual.isHighlyManaged,
  }
}

function isFirst(name: string, origin: FileOrigin, written: Map<string, Placed>, what: string): boolean {
  const first = written.get(name)
  if (first === undefined) written.set(name, { origin })
  else origin.at(['name'], `there is ${what} ${name} already: ${placeInWords(first.origin.where(['name']))}`)
  return first === undefined
}

/** The figures; `philosophy:` may stand in one file only. */
export function buildFigures(files: readonly OpenAlarmFile[]): Omit<AlarmPhilosophy, 'classes' | 'suppressions'> {
  const [first, second] = files.filter(({ value }) => value.philosophy !== undefined)
  const usual = defaultAlarmPhilosophy
  if (second !== undefined)
    second.origin.atKey(
      ['philosophy'],
      `there is a philosophy already: ${placeInWords(first!.origin.where(['philosophy']))}`,
    )
  const entry: PhilosophyEntry = first?.value.philosophy ?? {}
  const figures = {
    priorityMatrix: {
      minor: entry.priorityMatrix?.minor ?? usual.priorityMatrix.minor,
      major: entry.priorityMatrix?.major ?? usual.priorityMatrix.major,
      severe: entry.priorityMatrix?.severe ?? usual.priorityMatrix.severe,
    },
    floodStartCount: entry.floods?.start ?? usual.floodStartCount,
    floodEndCount: entry.floods?.end ?? usual.floodEndCount,
    chatteringCount: entry.chattering?.count ?? usual.chatteringCount,
    chatteringWindowMs: entry.chattering?.window ?? usual.chatteringWindowMs,
    fleetingMs: entry.fleeting ?? usual.fleetingMs,
    staleMs: entry.stale ?? usual.staleMs,
    mostShelvedPerUser: entry.shelving?.mostPerUser ?? usual.mostShelvedPerUser,
    mostShelvedAtOnce: entry.shelving?.mostAtOnce ?? usual.mostShelvedAtOnce,
    enforceApproved: entry.enforceApproved ?? usual.enforceApproved,
    journalRetentionMs: entry.journalRetention ?? usual.journalRetentionMs,
    deviceLost: {
      priority: entry.deviceLost?.priority ?? usual.deviceLost.priority,
      onDelayMs: entry.deviceLost?.onDelay ?? usual.deviceLost.onDelayMs,
    },
  }
  if (first !== undefined) checkFigures(figures, first.origin.part(['philosophy']))
  return figures
}

/** A flood ends below its begin; more time or less harm never makes an alarm more important. */
function checkFigures(figures: Omit<AlarmPhilosophy, 'classes' | 'suppressions'>, origin: FileOrigin): void {
  if (figures.floodEndCount >= figures.floodStartCount)
    origin.at(
      ['floods'],
      `a flood that begins with ${figures.floodStartCount} alarms has to end below ${figures.floodStartCount}; end is ${figures.floodEndCount}`,
    )
  const rank = (severity: (typeof consequenceSeverities)[number], column: number) =>
    alarmPriorities.indexOf(figures.priorityMatrix[severity][column]!)
  for (const [row, severity] of consequenceSeverities.entries())
    for (const column of [0, 1, 2, 3]) {
      if (column > 0 && rank(severity, column) > rank(severity, column - 1))
        origin.at(['priorityMatrix', severity, column], `${severity}: more time to respond gives a higher priority`)
      const milder = consequenceSeverities[row - 1]
      if (milder !== undefined && rank(severity, column) < rank(milder, column))
        origin.at(
          ['priorityMatrix', severity, column],
          `${severity} gives a lower priority than ${milder} in the same time`,
        )
    }
}

/** What rules of suppression refer to. */
export interface SuppressionScope {
  readonly languages: Languages
  readonly expressions: ExpressionChecker
  readonly alarms: readonly AlarmDefinition[]
  /** True for an id that is missing only because of a fault already listed. */
  isLostAlarm(id: string): boolean
  hasEquipment(name: string): boolean
  equipmentNames(): Iterable<string>
  /** Of all equipment. */
  places(): readonly string[]
  alarmIds(): Iterable<string>
}

/** Rules of all files; each refers to something and has a condition. */
export function buildSuppressions(
  files: readonly OpenAlarmFile[],
  scope: SuppressionScope,
): readonly SuppressionRule[] {
  const rules: SuppressionRule[] = []
  const written = new Map<string, Placed>()
  for (const { value, origin } of files)
    for (const [index, entry] of value.suppressions.entries()) {
      const own = origin.part(['suppressions', index])
      isFirst(entry.name, own, written, 'a suppression')
      checkSuppression(entry, own, scope)
      rules.push({
        name: entry.name,
        title: entry.title ?? entry.name,
        when: entry.when,
        ids: entry.ids ?? null,
        area: entry.area ?? null,
        equipment: entry.equipment ?? null,
        priorities: entry.priorities ?? null,
      })
    }
  return rules
}

function checkSuppression(entry: SuppressionEntry, origin: FileOrigin, scope: SuppressionScope): void {
  scope.expressions.check(entry.when, origin, ['when'], ['bool'])
  if (entry.title !== undefined) checkLanguages(entry.title, origin, ['title'], scope.languages)
  if (entry.ids === undefined && entry.area === undefined && entry.equipment === undefined)
    origin.at([], 'the rule names no alarms: ids, area or equipment is expected; area: "" is the whole line')
  for (const [index, id] of (entry.ids ?? []).entries())
    if (!fitsAny(id, scope))
      origin.at(
        ['ids', index],
        id.endsWith('*')
          ? `there is no alarm whose id begins with "${id.slice(0, -1)}"`
          : `there is no alarm "${id}"${didYouMean(id, scope.alarmIds())}`,
      )
  for (const [index, name] of (entry.equipment ?? []).entries())
    if (!scope.hasEquipment(name))
      origin.at(['equipment', index], `there is no equipment "${name}"${didYouMean(name, scope.equipmentNames())}`)
  const { area } = entry
  if (area === undefined) return
  const areas = new Set([...scope.alarms.map((alarm) => alarm.area), ...scope.places()].flatMap(levelsOf))
  if (area !== '' && !areas.has(area)) origin.at(['area'], `there is no area "${area}"${didYouMean(area, areas)}`)
}

function fitsAny(id: string, { alarms, isLostAlarm }: SuppressionScope): boolean {
  if (isLostAlarm(id)) return true
  const start = id.endsWith('*') ? id.slice(0, -1) : null
  return alarms.some((alarm) => (start === null ? alarm.id === id : alarm.id.startsWith(start)))
}

/** `Packaging/Filling` → `Packaging`, `Packaging/Filling`. */
function levelsOf(place: string): readonly string[] {
  const parts = place.split('/')
  return place === '' ? [] : parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
