// The checked plant: what the folder of text files means once every reference resolves. Read-only; a change of the folder
// makes a new one. Documents as written on disk are described by plant/, this is their result.
import type { AlarmDefinition, AlarmPhilosophy, ApprovedAlarmValues } from './alarm.ts'
import type { Equipment, EquipmentType, TypeLibrary } from './equipment.ts'
import type { PlantLabels } from './label.ts'
import type { SimulationEntry } from './simulation.ts'
import type { TagDefinition } from './tag.ts'
import type { SavedTrendGroup } from './trend-group.ts'

/** A fault of the plant folder. `file` is relative to the folder, `line` and `column` count from 1. */
export interface PlantFault {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** One connection. `options` holds the protocol's own keys, already validated by the protocol's schema. */
export interface DeviceDefinition {
  readonly name: string
  readonly description: string
  /** modbus-tcp, modbus-rtu, modbus-rtu-over-tcp, opcua, mqtt, sparkplug, simulator … */
  readonly protocol: string
  readonly address: string
  /** Bound of a connect and of a request; ms. */
  readonly timeoutMs: number
  /** Name → interval in ms; always has `normal`. */
  readonly scanRates: Readonly<Record<string, number>>
  readonly enabled: boolean
  readonly options: Readonly<Record<string, unknown>>
}

/** One display of the hierarchy (ISA-101: level 1 overview … level 4 detail). */
export interface MimicEntry {
  /** File name without `.svg`; the screen is at `#/mimic/<name>`. */
  readonly name: string
  readonly title: Readonly<Record<string, string>>
  readonly level: 1 | 2 | 3 | 4
  readonly parent: string | null
  readonly file: string
  /** Tags and equipment its elements are bound to. */
  readonly tags: readonly string[]
  readonly equipment: readonly string[]
  /** The place in the hierarchy that all of that equipment shares, '' = the line itself; null = it shows no equipment. */
  readonly area: string | null
}

/** How history is kept (`history:` of plant.yaml, docs/history.md); tags may say otherwise for themselves. */
export interface PlantHistory {
  /** How long samples are kept; ms; null = as long as there is room. */
  readonly retentionMs: number | null
  /** Most bytes of history on disk; null = as the disk has room. */
  readonly maximumByteCount: number | null
  /** When there is no room any more: the oldest goes, or recording stops and says so. */
  readonly whenFull: 'dropOldest' | 'stop'
  /** Samples are on the disk so long after they came, at the latest; 0 = before they are acknowledged; ms. */
  readonly syncIntervalMs: number
}

export const defaultPlantHistory: PlantHistory = {
  retentionMs: null,
  maximumByteCount: null,
  whenFull: 'dropOldest',
  syncIntervalMs: 1000,
}

/** Where an alarm of the plant comes from. Files are relative to the plant folder. */
export interface AlarmSource {
  /** File of its tag, equipment type, override or device. */
  readonly file: string
  /** File of its entry in the master alarm database; null = it has none. */
  readonly entryFile: string | null
  /** Equipment type whose entry it takes over; null = it has none or only one of its own. */
  readonly inheritedFrom: string | null
  /** What the tag itself says, where `enforceApproved` runs it with other values; null = the definition says it. */
  readonly own: ApprovedAlarmValues | null
}

/** What a checked plant knows of its master alarm database beyond the definitions. */
export interface AlarmDatabaseIndex {
  /** Of all files of alarms/: an edit made from an older one is refused. */
  readonly version: string
  /** In the order of `Plant.alarms`. */
  readonly sources: readonly AlarmSource[]
}

/** A window of the desktop station (`windows:` of plant.yaml). */
export interface PlantWindow {
  /** Name of a display; null = the start display. */
  readonly mimic: string | null
  /** From 1, monitors counted from the left, then from the top; null = where the window was last. */
  readonly monitor: number | null
}

export interface Plant {
  /** Absolute path. */
  readonly folder: string
  readonly name: string
  readonly line: string
  readonly site: string
  readonly description: string
  /** BCP 47, first is the default: `en`, `zh-CN`. */
  readonly languages: readonly string[]
  /** IANA name. */
  readonly timeZone: string
  readonly startMimic: string | null
  /** Opened at the start of the desktop station, the first is window 1; empty = one window. */
  readonly windows: readonly PlantWindow[]
  readonly devices: readonly DeviceDefinition[]
  readonly tags: readonly TagDefinition[]
  readonly equipment: readonly Equipment[]
  readonly equipmentTypes: readonly EquipmentType[]
  /** In the order of plant.yaml. */
  readonly libraries: readonly TypeLibrary[]
  readonly mimics: readonly MimicEntry[]
  readonly history: PlantHistory
  /** Of all tags in their order, then `deviceLost` of every enabled device. */
  readonly alarms: readonly AlarmDefinition[]
  readonly alarmPhilosophy: AlarmPhilosophy
  readonly alarmDatabase: AlarmDatabaseIndex
  /** Printers, identifier schemes, label templates and what belongs to them. */
  readonly labels: PlantLabels
  /** By name. */
  readonly trends: readonly SavedTrendGroup[]
  /** Behaviour of simulated tags and hidden values; used by `lineside simulate` only (docs/simulation.md). */
  readonly simulation: readonly SimulationEntry[]
  /** Role → permissions, where access.yaml says other than the built-in table. */
  readonly roles: Readonly<Record<string, readonly string[]>>
}
