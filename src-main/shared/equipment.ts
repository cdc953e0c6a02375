// Equipment types and instances as the runtime and screens see them once the plant is checked: what one can do with a motor, what
// keeps it from starting, what state it is in, how it fares. Names are full tag names, parameters are filled in, nested
// instances stand beside their parents (docs/equipment-types.md).
import type { JsonValue } from './data-value.ts'

/** BCP 47 language → text, the plant's first language first: `{ en: Running, zh-CN: 运行 }`. */
export type PlantText = Readonly<Record<string, string>>

/** What a state means to an operator, whatever the PLC calls it. Symbols and lists draw kinds, faceplates say titles. */
export const stateKinds = [
  'stopped',
  'idle',
  'starting',
  'running',
  'stopping',
  'held',
  'fault',
  'maintenance',
] as const
export type StateKind = (typeof stateKinds)[number]

/** One state of a state model. */
export interface EquipmentState {
  /** Value of the state's tag. */
  readonly value: number | boolean
  readonly name: string
  readonly title: PlantText
  readonly kind: StateKind
}

/** The state model of an instance: PackML (ISA-TR88.00.02) or its type's own list. */
export interface StateModel {
  readonly model: 'packml' | 'own'
  /** Tag that says which state. */
  readonly tag: string
  readonly states: readonly EquipmentState[]
}

/** One thing an operator can order: a value written to a tag. */
export interface EquipmentCommand {
  readonly name: string
  readonly title: PlantText
  readonly tag: string
  readonly value: number | boolean | string
  /** It starts the equipment: refused while a permissive or an interlock is not fulfilled. */
  readonly starts: boolean
  /** CEL: when it is offered at all (PackML: in which states); null = always. */
  readonly when: string | null
  /** What it does to the process, said before it is confirmed; empty = nothing more than its title. */
  readonly consequence: PlantText
}

/**
 * A condition for running. `permissive`: has to be fulfilled to start; `interlock`: to start and to go on running (the PLC stops it;
 * Lineside explains). Neither is a safety function.
 */
export interface EquipmentCondition {
  readonly kind: 'permissive' | 'interlock'
  readonly name: string
  /** What has to be: "Suction tank is not empty". */
  readonly title: PlantText
  /** CEL over full tag names; true = fulfilled. */
  readonly condition: string
  /** bool tag: while it is true the condition counts as fulfilled and is shown as bypassed; null = cannot be bypassed. */
  readonly bypass: string | null
}

/** NAMUR NE 107 status signals, worst first; `good` where none applies, `unknown` where values are Bad. */
export const healthStates = ['failure', 'functionCheck', 'outOfSpecification', 'maintenanceRequired'] as const
export type HealthState = (typeof healthStates)[number]

/** One rule of a health model. */
export interface HealthRule {
  readonly name: string
  readonly state: HealthState
  readonly title: PlantText
  /** CEL over full tag names; true = the rule applies. */
  readonly condition: string
}

/** What a maintenance counter counts. */
export type CounterSource =
  /** The device counts itself. */
  | { readonly kind: 'tag'; readonly tag: string }
  /** Hours during which a CEL condition is true. */
  | { readonly kind: 'hours'; readonly condition: string }
  /** How often a CEL condition became true. */
  | { readonly kind: 'count'; readonly condition: string }
  /** Distance a value has moved, in its unit. */
  | { readonly kind: 'travel'; readonly tag: string }

/** A maintenance counter: wear, and when something is due. */
export interface MaintenanceCounter {
  readonly name: string
  readonly title: PlantText
  readonly source: CounterSource
  /** UCUM code: `h` for hours, '1' for counts. */
  readonly unit: string
  /** Due at this value since the last reset; null = only counted. */
  readonly due: number | null
  /** Bool or number tag that a reset writes 1 to (the device counts); null = the runtime resets its own count. */
  readonly resetTag: string | null
}

/** A document of a type or instance. */
export interface EquipmentDocument {
  readonly title: PlantText
  /** File of the plant or library, as plant.document takes it; null when it is a link. */
  readonly file: string | null
  /** https: or http: link; null when it is a file. */
  readonly url: string | null
}

/** Which members stand where on the faceplate; tag names. Filled in by rules where the type does not say. */
export interface FaceplateLayout {
  /** Shown large, with limits, set-point and trend arrow. */
  readonly overview: readonly string[]
  readonly setpoints: readonly string[]
  readonly trend: readonly string[]
  /** Everything else worth a row. */
  readonly details: readonly string[]
}

/** A parameter of a type. */
export interface TypeParameter {
  readonly name: string
  readonly title: PlantText
  /** null = an instance that needs it has to say. */
  readonly standard: string | number | boolean | null
}

/** A member of a type as written: a tag, or an instance of another type. */
export interface TypeMember {
  readonly name: string
  readonly title: PlantText
  /** Type of a nested instance; null = it is a tag. */
  readonly type: string | null
  /** Not every instance has it. */
  readonly isOptional: boolean
}

/** An equipment type as far as the runtime and screens need it. */
export interface EquipmentType {
  /** As instances name it. */
  readonly name: string
  readonly title: PlantText
  readonly description: PlantText
  /** What an installer has to know; plain paragraphs. */
  readonly help: PlantText
  /** Type it builds on; null = none. */
  readonly extends: string | null
  /** Library it comes from; null = the plant's own. */
  readonly library: string | null
  /** Of the library, or of the type's own file; '' = none. */
  readonly version: string
  /** Relative to the plant folder; `libraries/<name>/…` for types of libraries. */
  readonly file: string
  /** null when the type has none (one it extends counts). */
  readonly symbolFile: string | null
  readonly parameters: readonly TypeParameter[]
  readonly members: readonly TypeMember[]
  readonly documents: readonly EquipmentDocument[]
}

/** A type library as the plant uses it: a folder with a version that plants share. */
export interface TypeLibrary {
  readonly name: string
  readonly version: string
  readonly title: PlantText
  /** Where it was found: in the plant folder, in a folder that plant.yaml names, or shipped with Lineside. */
  readonly origin: 'plant' | 'folder' | 'shipped'
  readonly types: readonly string[]
}

/** An instance of an equipment type, placed in the hierarchy (ISA-95: site / area / line / cell / unit). */
export interface Equipment {
  readonly name: string
  readonly type: string
  readonly description: PlantText
  /** Place without the site, as `Packaging/Filling/Filler`; '' = the line itself. */
  readonly place: string
  /** Instance whose member it is (`Filler` of `Filler.Pump`); null = none. */
  readonly parent: string | null
  /** Member name → tag name; members of nested instances as `Pump.Speed`. */
  readonly members: Readonly<Record<string, string>>
  /** Member name → name of the nested instance. */
  readonly children: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string | number | boolean>>
  readonly states: StateModel | null
  readonly commands: readonly EquipmentCommand[]
  readonly conditions: readonly EquipmentCondition[]
  readonly health: readonly HealthRule[]
  readonly counters: readonly MaintenanceCounter[]
  readonly faceplate: FaceplateLayout
  /** Of the instance, then of its type. */
  readonly documents: readonly EquipmentDocument[]
  /** What its name plate says, as it is written in the plant folder; absent = it has none. */
  readonly identifier?: string
}

/** A condition that a write of certain values to a tag has to meet, made from commands that start and their conditions. */
export interface WriteCondition {
  /** Value that is refused; in engineering units. */
  readonly value: number | boolean | string
  readonly equipment: string
  readonly condition: EquipmentCondition
}

// What is said of equipment while it runs.

/** One comparison, call or tag of a condition, as far as it decides. */
export interface ConditionTerm {
  /** As written: `Tank1.Level > 10`. */
  readonly text: string
  /** null = cannot be decided (Bad quality). */
  readonly isTrue: boolean | null
  /** Tags it reads, with what they are now. */
  readonly inputs: readonly TermInput[]
}

export interface TermInput {
  readonly tag: string
  readonly value: JsonValue
  readonly statusCode: number
}

/** A condition with its present outcome. */
export interface ConditionRow {
  readonly kind: EquipmentCondition['kind']
  readonly name: string
  readonly title: PlantText
  readonly condition: string
  /** null = cannot be decided; then it counts as not fulfilled. */
  readonly isFulfilled: boolean | null
  readonly isBypassed: boolean
  /** Terms that keep it from being fulfilled; empty while it is. */
  readonly reasons: readonly ConditionTerm[]
}

/** What an operator can order now, and why not. */
export interface CommandRow {
  readonly name: string
  readonly title: PlantText
  readonly tag: string
  readonly value: number | boolean | string
  readonly starts: boolean
  readonly consequence: PlantText
  /** Offered in the present state; null = cannot be decided. */
  readonly isOffered: boolean | null
  /** Terms that keep it from being offered; empty while it is. */
  readonly reasons: readonly ConditionTerm[]
  /** Not refused by a condition. */
  readonly isAllowed: boolean
}

/** State and health of an instance now. */
export interface EquipmentStatusRow {
  readonly equipment: string
  /** null: it has no state model, its tag is Bad, or the value is none of the model's. */
  readonly state: { readonly name: string; readonly title: PlantText; readonly kind: StateKind } | null
  readonly health: HealthState | 'good' | 'unknown'
  /** Rules that apply, worst first, those of nested instances too. */
  readonly reasons: readonly { readonly equipment: string; readonly state: HealthState; readonly title: PlantText }[]
}

/** A maintenance counter now. */
export interface CounterRow {
  readonly name: string
  readonly title: PlantText
  readonly unit: string
  /** Since the last reset; null while it is not known. */
  readonly value: number | null
  readonly due: number | null
  /** ms since 1970-01-01 UTC; null = never. */
  readonly resetTimestamp: number | null
  readonly resetBy: string | null
  /** When it will be due at the pace since the last reset; null = not known or never. */
  readonly dueTimestamp: number | null
}

/** One order somebody gave. */
export interface CommandHistoryRow {
  /** ms since 1970-01-01 UTC. */
  readonly timestamp: number
  readonly user: string
  /** Where from. */
  readonly station: string
  readonly tag: string
  readonly oldValue: JsonValue
  readonly newValue: JsonValue
  readonly statusCode: number
  readonly comment: string
}
