// Types without an instance are checked by a trial instance, so that a library can be checked by itself: its members are built, its
// expressions compiled, as far as its parameters have defaults.
import * as v from 'valibot'
import { didYouMean } from '../../shared/closest-name.ts'
import type { Equipment } from '../../shared/equipment.ts'
import type { ExpressionScope } from '../../shared/expression.ts'
import type { AddressCheck, ProtocolKeys, ProtocolTable } from '../../shared/protocol.ts'
import { checkSimulation } from '../../shared/simulation-rules.ts'
import { type DataType, dataTypes } from '../../shared/tag.ts'
import { ExpressionCheck } from '../expression-check.ts'
import { SimulationList } from '../simulation-list.ts'
import type { FaultList } from '../source/fault-list.ts'
import { keysAt } from '../source/schema-check.ts'
import { fillTemplate, type ParameterValue, TemplateFault } from '../source/template-text.ts'
import type { DeviceTable, KnownDevice, TagDraft } from '../tags/tag-build.ts'
import { type BuiltInstance, buildInstance } from './equipment-build.ts'
import { familyOf } from './equipment-members.ts'
import { noRows, RowBuilder, type RowScope } from './equipment-rows.ts'
import { isGroup, type KnownType } from './equipment-type-merge.ts'
import type { TypeList } from './equipment-types.ts'

export interface TrialOptions extends Omit<RowScope, 'drafts' | 'expressions'> {
  readonly types: TypeList
  readonly protocols: ProtocolTable
  readonly faults: FaultList
  /** Of the plant; a library by itself has none. */
  readonly devices: DeviceTable
  readonly drafts: ReadonlyMap<string, TagDraft>
  readonly scope: ExpressionScope
}

/** Stands for a text that nobody gave: no address that holds it is judged. */
const anyText = 'TrialText'
/** Stands for a number: the first register of a block. */
const anyNumber = 40_001

export class TypeTrials {
  /** Trial instances by type. */
  readonly equipment = new Map<string, Equipment>()
  readonly #options: TrialOptions
  readonly #drafts = new Map<string, TagDraft>()
  /** Trial instances with those nested in them, by name. */
  readonly #instances = new Map<string, Equipment>()
  readonly #expressions: ExpressionCheck
  readonly #looseProtocol: ProtocolKeys

  constructor(options: TrialOptions) {
    this.#options = options
    this.#expressions = new ExpressionCheck(this.#drafts, options.faults, options.isLost, options.scope)
    this.#looseProtocol = looseProtocol(options.protocols)
  }

  /** Tags of trial instances and of the plant. */
  get expressions(): ExpressionCheck {
    return this.#expressions
  }

  isWritable(tag: string): boolean {
    const definition = (this.#drafts.get(tag) ?? this.#options.drafts.get(tag))?.definition
    return definition?.writable ?? this.#options.isLost(tag)
  }

  /** Checks every type that is not `used`. */
  run(used: ReadonlySet<string>): void {
    const built: BuiltInstance[] = []
    for (const type of this.#options.types.all()) {
      this.#checkProtocolNames(type)
      if (used.has(type.name)) continue
      const first = this.#build(type)
      if (first !== null) built.push(first)
    }
    for (const instance of built) this.#addDrafts(instance)
    this.#expressions.run()
    const rows = new RowBuilder({
      ...this.#options,
      drafts: {
        get: (name) => this.#drafts.get(name) ?? this.#options.drafts.get(name),
        keys: () => this.#drafts.keys(),
      },
      expressions: this.#expressions,
    })
    for (const instance of built)
      for (const equipment of withNested(instance).map((each) => rows.build(each, noRows)))
        this.#instances.set(equipment.name, equipment)
    for (const { spec } of built) this.equipment.set(spec.type.name, this.#instances.get(spec.name)!)
    if (this.#options.faults.count === 0) this.#checkSimulation(built)
  }

  /** The rules of the types, as they would be for an instance of each. */
  #checkSimulation(built: readonly BuiltInstance[]): void {
    const { faults, drafts } = this.#options
    const simulation = new SimulationList()
    for (const instance of built) simulation.addInstance(instance)
    simulation.check(
      (name) => this.#drafts.has(name),
      () => false,
      () => this.#drafts.keys(),
    )
    const entries = simulation.entries()
    if (faults.count > 0 || entries.length === 0) return
    const tags = [...drafts.values(), ...this.#drafts.values()].map(({ definition }) => definition)
    simulation.tell(checkSimulation({ tags, equipment: [...this.#instances.values()], simulation: entries }))
  }

  /** Builds the type on a device of every protocol it has addresses for; the first that has no faults counts on. */
  #build(type: KnownType): BuiltInstance | null {
    const { types, faults } = this.#options
    const parameters = guessedParameters(type)
    const faultsBefore = faults.count
    const results = this.#protocolsOf(type).map((protocol) =>
      buildInstance(
        {
          name: type.name,
          type,
          place: '',
          parent: null,
          description: undefined,
          parameters,
          layers: [],
          origin: type.origin,
          note: '',
          outer: null,
        },
        { devices: this.#devicesOf(type, protocol), findType: (name, library) => types.find(name, library) },
      ),
    )
    const [first] = results
    return faults.count > faultsBefore || first === undefined || first === null || first.hasFaults ? null : first
  }

  #addDrafts(built: BuiltInstance): void {
    for (const draft of built.drafts) this.#drafts.set(draft.definition.name, draft)
    for (const inner of built.nested) this.#addDrafts(inner)
  }

  /** Protocols that members have addresses for; one that takes every address when no member names one. */
  #protocolsOf(type: KnownType): readonly ProtocolKeys[] {
    const names = new Set<string>()
    for (const { members } of this.#withNestedTypes(type))
      for (const { value } of members.values())
        for (const key of isGroup(value.address) ? Object.keys(value.address) : []) names.add(key)
    const found = [...names].map((name) => this.#protocol(name)).filter((each) => each !== undefined)
    return found.length > 0 ? found : [this.#looseProtocol]
  }

  /** The type and all types nested in it, each once. */
  #withNestedTypes(type: KnownType, found: Set<KnownType> = new Set()): ReadonlySet<KnownType> {
    if (found.has(type)) return found
    found.add(type)
    for (const { nested } of type.members.values()) {
      const inner = nested === null ? undefined : this.#options.types.find(nested.type, type.library)
      if (inner !== undefined) this.#withNestedTypes(inner, found)
    }
    return found
  }

  /** Addresses are for protocols there are. */
  #checkProtocolNames(type: KnownType): void {
    for (const { value, origin } of type.members.values())
      for (const key of isGroup(value.address) ? Object.keys(value.address) : [])
        if (this.#protocol(key) === undefined) {
          const names = [...this.#options.protocols.keys()].flatMap((each) => [each, familyOf(each)])
          origin.atKey(['address', key], `there is no protocol "${key}"${didYouMean(key, names)}`)
        }
  }

  /** By its name, or the first of a family. */
  #protocol(name: string): ProtocolKeys | undefined {
    const { protocols } = this.#options
    return protocols.get(name) ?? [...protocols.values()].find((each) => familyOf(each.name) === name)
  }

  #devicesOf(type: KnownType, protocol: ProtocolKeys): DeviceTable {
    const { devices, language } = this.#options
    const trial: KnownDevice = {
      protocol: protocol === this.#looseProtocol ? protocol : lenient(protocol),
      definition: {
        name: anyText,
        description: '',
        protocol: protocol.name,
        address: '',
        timeoutMs: 1000,
        scanRates: this.#scanRates(type),
        enabled: true,
        options: {},
      },
    }
    const isLoose = protocol === this.#looseProtocol
    return {
      get: (name) => (isLoose ? (devices.get(name) ?? trial) : trial),
      names: () => devices.names(),
      isIncomplete: () => false,
      language,
    }
  }

  /** Every rate the type asks for: which ones a device has is its own affair. */
  #scanRates(type: KnownType): Readonly<Record<string, number>> {
    const rates: Record<string, number> = { normal: 1000, [anyText]: 1000 }
    for (const { members } of this.#withNestedTypes(type))
      for (const { value } of members.values()) if (typeof value.scan === 'string') rates[value.scan] = 1000
    return rates
  }
}

function withNested(built: BuiltInstance): readonly BuiltInstance[] {
  return [built, ...built.nested.flatMap(withNested)]
}

/** Values for the parameters that have no default: texts, or numbers where texts do not fit. */
function guessedParameters(type: KnownType): Readonly<Record<string, ParameterValue>> {
  const open = [...type.parameters].filter(([, { standard }]) => standard === null).map(([name]) => name)
  const guessed: Record<string, ParameterValue> = Object.fromEntries(open.map((name) => [name, anyText]))
  if (open.length === 0) return guessed
  const known = [...type.parameters].flatMap(([name, { standard }]) =>
    standard === null ? [] : [[name, standard] as const],
  )
  const texts = templatesIn([...type.members.values()].map(({ value }) => value))
  for (const text of texts)
    for (const name of open) {
      if (typeof guessed[name] !== 'string' || !new RegExp(`\\b${name}\\b`).test(text)) continue
      const fits = (value: ParameterValue) => {
        try {
          fillTemplate(text, { ...Object.fromEntries(known), ...guessed, name: type.name, place: '', [name]: value })
          return true
        } catch (error) {
          if (error instanceof TemplateFault) return false
          throw error
        }
      }
      const right = [anyText, anyNumber, true].find(fits)
      if (right !== undefined) guessed[name] = right
    }
  return guessed
}

/** All texts with `${…}` in a value. */
function templatesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.includes('${') ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(templatesIn)
}

/** A protocol that does not judge addresses in which a text is only guessed. */
function lenient(protocol: ProtocolKeys): ProtocolKeys {
  return {
    ...protocol,
    checkAddress(address, dataType, arrayLength) {
      const check = protocol.checkAddress(address, dataType, arrayLength)
      return check.ok || !address.includes(anyText) ? check : anyAddress(address, dataType, arrayLength)
    },
  }
}

/** A protocol that takes the addresses and keys of all of them. */
function looseProtocol(protocols: ProtocolTable): ProtocolKeys {
  const keys = [...protocols.values()].flatMap((protocol) => keysAt(protocol.tagOptions, []))
  return {
    name: 'any',
    deviceOptions: v.strictObject({}),
    tagOptions: v.strictObject(Object.fromEntries(keys.map((key) => [key, v.optional(v.unknown())]))),
    checkDeviceAddress: () => null,
    checkAddress: anyAddress,
  }
}

/** Of an address that nobody can judge: `…:float32` tells its type. */
function anyAddress(address: string, dataType: DataType | null, arrayLength: number | null): AddressCheck {
  const said = /:(\w+)$/.exec(address)?.[1]
  const known = dataTypes.find((each) => each === said) ?? null
  return { ok: true, dataType: dataType ?? known ?? 'float64', arrayLength, writable: true }
}
