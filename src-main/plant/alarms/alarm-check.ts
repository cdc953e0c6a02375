// All alarms of a plant folder together: those of its tags, those of its devices, the files of alarms/, and what they say of
// each other.
import { createHash } from 'node:crypto'
import type { AlarmDefinition, AlarmPhilosophy, PlantWords } from '../../shared/alarm.ts'
import { didYouMean } from '../../shared/closest-name.ts'
import type { Equipment } from '../../shared/equipment.ts'
import { deviceSeriesName } from '../../shared/own-series.ts'
import type { AlarmDatabaseIndex, PlantFault } from '../../shared/plant.ts'
import type { DeviceAlarmEntry } from '../device-file.ts'
import type { Origin } from '../source/origin.ts'
import { type AlarmedTag, buildAlarms, type ExpressionChecker } from './alarm-build.ts'
import { buildClasses, buildFigures, buildSuppressions, type OpenAlarmFile } from './alarm-philosophy.ts'
import { checkLanguages, checkPlaceholders, inLanguages, type Languages } from './alarm-words.ts'
import { type BuiltAlarm, rationalise } from './rationalisation.ts'

/** An enabled device and what its file says of its alarm. */
export interface AlarmedDevice {
  readonly name: string
  readonly alarm: DeviceAlarmEntry | false | undefined
  readonly origin: Origin
}

/** Everything alarms are made from. */
export interface AlarmParts {
  readonly languages: Languages
  readonly tags: readonly AlarmedTag[]
  readonly devices: Iterable<AlarmedDevice>
  readonly equipment: ReadonlyMap<string, Equipment>
  /** Member names of an equipment type; null when there is none. */
  membersOf(type: string): Iterable<string> | null
  typeNames(): Iterable<string>
  readonly expressions: ExpressionChecker
  /** The files of alarms/ that could be read. */
  readonly files: readonly OpenAlarmFile[]
  /** Texts of all files of alarms/, by file. */
  readonly texts: ReadonlyMap<string, string>
  /** True when a file of alarms/ could not be read: what it would have said is unknown. */
  readonly hasLostFiles: boolean
  /** True for a tag, equipment or device that is missing only because of a fault already listed. */
  isLost(name: string): boolean
  readonly hasLostDevices: boolean
  readonly hasLostTypes: boolean
  mayHint(): boolean
  /** What is odd but stops nothing. */
  hint(fault: PlantFault): void
}

/** What a plant has of alarms. */
export interface CheckedAlarms {
  readonly alarms: readonly AlarmDefinition[]
  readonly alarmPhilosophy: AlarmPhilosophy
  readonly alarmDatabase: AlarmDatabaseIndex
}

/** Checks and builds; faults go to where the wrong thing is written. */
export function checkAlarms(parts: AlarmParts): CheckedAlarms {
  const { languages, expressions, files, equipment } = parts
  const classes = buildClasses(files, languages)
  const classFault = (name: string): string | null =>
    classes.has(name) || parts.hasLostFiles
      ? null
      : `there is no alarm class "${name}"${didYouMean(name, classes.keys()) || `; there are ${[...classes.keys()].join(', ')}`}`
  const figures = buildFigures(files)
  const placeOf = (name: string) => equipment.get(name)?.place ?? ''
  const equipmentAbove = (tag: string): string | null => {
    for (let dot = tag.lastIndexOf('.'); dot > 0; dot = tag.lastIndexOf('.', dot - 1))
      if (equipment.has(tag.slice(0, dot))) return tag.slice(0, dot)
    return null
  }
  const scope = { languages, expressions, equipmentAbove, placeOf, classFault, shared: sharedWords() }
  const built: BuiltAlarm[] = []
  for (const tag of parts.tags)
    if (tag.alarms.length > 0) {
      const file = tag.origin.fileOf(['alarms'])
      for (const definition of buildAlarms(tag, scope)) built.push({ definition, file })
    }
  hintAtSingles(parts, built)
  for (const device of parts.devices)
    if (device.alarm !== false)
      built.push({ definition: deviceLost(device, figures, languages, classFault), file: device.origin.fileOf([]) })
  const isLostAlarm = (id: string) =>
    id.startsWith('device:') ? parts.hasLostDevices : parts.isLost(id.slice(0, Math.max(0, id.lastIndexOf('/'))))
  const { alarms, sources } = rationalise(built, files, {
    ...parts,
    equipment: equipment.values(),
    isLostAlarm,
    classFault,
    enforceApproved: figures.enforceApproved,
  })
  const suppressions = buildSuppressions(files, {
    languages,
    expressions,
    alarms,
    isLostAlarm,
    hasEquipment: (name) => equipment.has(name) || parts.isLost(name),
    equipmentNames: () => equipment.keys(),
    places: () => [...equipment.values()].map(({ place }) => place),
    alarmIds: () => (parts.mayHint() ? alarms.map(({ id }) => id) : []),
  })
  return {
    alarms,
    alarmPhilosophy: { classes: [...classes.values()], suppressions, ...figures },
    alarmDatabase: { version: alarmFilesVersion(parts.texts), sources },
  }
}

function sharedWords(): (words: PlantWords) => PlantWords {
  const known = new Map<string, PlantWords>()
  return (words) => {
    if (typeof words === 'string') return words
    const key = JSON.stringify(words)
    const first = known.get(key) ?? words
    if (first === words) known.set(key, words)
    return first
  }
}

/** The same version = the same files of alarms/. */
export function alarmFilesVersion(texts: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  for (const file of [...texts.keys()].sort())
    hash.update(`${file}\u0000${texts.get(file)!.length}\u0000`).update(texts.get(file)!)
  return hash.digest('hex').slice(0, 32)
}

/** A first-out group of one tells nothing: its name is misspelt, or the others are missing. */
function hintAtSingles({ tags, hint }: AlarmParts, built: readonly BuiltAlarm[]): void {
  const counts = new Map<string, number>()
  for (const { firstOutGroup: group } of built.map(({ definition }) => definition))
    if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1)
  const single = new Set([...counts].filter(([, count]) => count === 1).map(([group]) => group))
  if (single.size === 0) return
  for (const { alarms, origin } of tags)
    for (const [index, { firstOut }] of alarms.entries())
      if (firstOut !== undefined && single.has(firstOut))
        hint({
          ...origin.where(['alarms', index, 'firstOut']),
          message: `no other alarm is in the first-out group "${firstOut}"${didYouMean(firstOut, counts.keys())}`,
        })
}

function deviceLost(
  { name, alarm, origin }: AlarmedDevice,
  { deviceLost: usual }: Pick<AlarmPhilosophy, 'deviceLost'>,
  languages: Languages,
  classFault: (name: string) => string | null,
): AlarmDefinition {
  const entry = alarm === false || alarm === undefined ? {} : alarm
  if (entry.message !== undefined) {
    checkLanguages(entry.message, origin, ['alarm', 'message'], languages)
    checkPlaceholders(entry.message, origin, ['alarm', 'message'])
  }
  const fault = entry.class === undefined ? null : classFault(entry.class)
  if (fault !== null) origin.at(['alarm', 'class'], fault)
  const tag = deviceSeriesName(name)
  return {
    id: `device:${name}/deviceLost`,
    tag,
    condition: 'deviceLost',
    limit: null,
    expression: null,
    deadband: 0,
    onDelayMs: entry.onDelay ?? usual.onDelayMs,
    offDelayMs: 0,
    windowMs: 0,
    isExclusive: false,
    usesUncertain: true,
    onBadQuality: 'hold',
    priority: entry.priority ?? usual.priority,
    latching: false,
    reAlarmMs: null,
    mostReAlarms: 0,
    suppressedWhen: null,
    firstOutGroup: null,
    alarmClass: entry.class ?? 'system',
    device: name,
    equipment: null,
    area: entry.area ?? '',
    message:
      entry.message ??
      inLanguages(languages, (language) =>
        language === 'en' ? `No connection to ${name}: its values are not known` : `与 ${name} 的通信中断：数值未知`,
      ),
    unit: '',
    decimals: null,
    states: null,
    rationalisation: null,
  }
}
