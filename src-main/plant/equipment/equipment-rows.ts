// What is known of an instance beyond its tags, once all tags of the plant are known: states, commands, conditions, health rules,
// counters, documents. Parameters are filled in, names are full, types are checked; rows that name a member which the instance does
// not have are left out.
import { didYouMean } from '../../shared/closest-name.ts'
import type {
  CounterSource,
  Equipment,
  EquipmentCommand,
  EquipmentCondition,
  EquipmentDocument,
  HealthRule,
  MaintenanceCounter,
  PlantText,
  StateModel,
  WriteCondition,
} from '../../shared/equipment.ts'
import { ExpressionFault } from '../../shared/expression-names.ts'
import { coerceValue, isNumericType, type TagDefinition, valueTypeOf } from '../../shared/tag.ts'
import { documentEndings } from '../equipment/document-file.ts'
import type { ExpressionCheck } from '../expression-check.ts'
import type { Path } from '../source/fault-list.ts'
import { NotedOrigin, type Origin } from '../source/origin.ts'
import { plantText, type WrittenText } from '../source/plant-text.ts'
import type { TagDraft } from '../tags/tag-build.ts'
import type { BuiltInstance } from './equipment-build.ts'
import { documentPath } from './equipment-build.ts'
import { layoutOf } from './equipment-faceplate.ts'
import type {
  CommandEntry,
  ConditionEntry,
  CounterEntry,
  DocumentEntry,
  HealthEntry,
  StatesEntry,
} from './equipment-file.ts'
import { PlacedFault } from './equipment-parameters.ts'
import { packmlCommands, statesOf, stateWords } from './equipment-states.ts'
import type { RowPart } from './equipment-type-merge.ts'
import { MemberExpressions } from './member-expressions.ts'

/** Rows that an instance's own entry adds. */
export interface OwnRows {
  readonly permissives: readonly RowPart<ConditionEntry>[]
  readonly interlocks: readonly RowPart<ConditionEntry>[]
  readonly documents: readonly (RowPart<DocumentEntry> & { readonly folder: string })[]
}
export const noRows: OwnRows = { permissives: [], interlocks: [], documents: [] }

/** What rows are checked against. */
export interface RowScope {
  readonly drafts: { get(name: string): TagDraft | undefined; keys(): Iterable<string> }
  readonly expressions: ExpressionCheck
  /** True when a tag is missing only because of a fault already listed. */
  isLost(name: string): boolean
  mayHint(): boolean
  /** The plant's first language. */
  readonly language: string
  /** Is there such a file, relative to the plant folder? */
  hasFile(file: string): boolean
}

export class RowBuilder {
  readonly #scope: RowScope
  readonly #expressions: MemberExpressions

  constructor(scope: RowScope) {
    this.#scope = scope
    this.#expressions = new MemberExpressions(scope.expressions)
  }

  /** The instance with everything filled in; its tags get state words and write conditions. */
  build(built: BuiltInstance, own: OwnRows): Equipment {
    const { spec, parameters, names, children } = built
    const { type } = spec
    const rows = new InstanceRows(built, this.#scope, this.#expressions)
    const states = type.states === null ? null : rows.states(type.states)
    const commands = [
      ...rows.modelCommands(states),
      ...[...type.commands.values()].flatMap((row) => rows.command(row)),
    ].filter(({ name }, index, all) => index === all.findLastIndex((other) => other.name === name))
    const conditions = [
      ...rows.conditions('permissive', [...type.permissives.values()], own.permissives),
      ...rows.conditions('interlock', [...type.interlocks.values()], own.interlocks),
    ]
    const health = [...type.health.values()].flatMap((row) => rows.health(row))
    const counters = [...type.counters.values()].flatMap((row) => rows.counter(row))
    const documents = [...own.documents, ...type.documents].flatMap((row) => rows.document(row))
    this.#guardStarts(spec.name, commands, conditions)
    return {
      name: spec.name,
      type: type.name,
      description: plantText(spec.description ?? type.description, this.#scope.language),
      place: spec.place,
      parent: spec.parent,
      members: names.members,
      children,
      parameters: Object.fromEntries(
        [...type.parameters.keys()]
          .filter((name) => Object.hasOwn(parameters.values, name))
          .map((name) => [name, parameters.values[name]!]),
      ),
      states,
      commands,
      conditions,
      health,
      counters,
      faceplate: layoutOf(built, { states, commands, conditions, counters }, this.#scope),
      documents,
    }
  }

  /** Starting is refused while a condition is not fulfilled, over whatever way the write comes. */
  #guardStarts(
    equipment: string,
    commands: readonly EquipmentCommand[],
    conditions: readonly EquipmentCondition[],
  ): void {
    if (conditions.length === 0) return
    for (const { tag, value, starts } of commands) {
      const definition = starts ? this.#scope.drafts.get(tag)?.definition : undefined
      if (definition === undefined) continue
      const added = conditions.map((condition): WriteCondition => ({ value, equipment, condition }))
      definition.writeConditions = [...(definition.writeConditions ?? []), ...added]
    }
  }
}

/** Ends the making of a row that is faulty, or that names a member which the instance does not have. */
class Skipped extends Error {}
const skipped = new Skipped('the row is left out')

class InstanceRows {
  readonly #built: BuiltInstance
  readonly #scope: RowScope
  readonly #expressions: MemberExpressions

  constructor(built: BuiltInstance, scope: RowScope, expressions: MemberExpressions) {
    this.#built = built
    this.#scope = scope
    this.#expressions = expressions
  }

  states(row: RowPart<StatesEntry>): StateModel | null {
    const [model] = this.#row(row, (entry, origin) => {
      const { tag, definition } = this.#tag(entry.of, origin, ['of'])
      const states = statesOf(entry, this.#scope.language)
      if (definition !== null) {
        const { dataType, arrayLength } = valueTypeOf(definition)
        const isBool = dataType === 'bool'
        const fits =
          isNumericType(dataType) && arrayLength === null && isBool === (typeof states[0]!.value === 'boolean')
        if (!fits)
          this.#refuse(
            origin,
            ['of'],
            `${entry.of} is ${dataType}${arrayLength === null ? '' : `[${arrayLength}]`}; its states are ${typeof states[0]!.value === 'boolean' ? 'true and false' : 'numbers'}`,
          )
        definition.states ??= stateWords(states)
      }
      return { model: entry.model ?? 'own', tag, states } satisfies StateModel
    })
    return model ?? null
  }

  /** The commands a state model brings. */
  modelCommands(states: StateModel | null): readonly EquipmentCommand[] {
    const row = this.#built.spec.type.states
    if (states === null || row === null || row.entry.command === undefined) return []
    return this.#row(row, (entry, origin) => {
      const { tag, definition } = this.#tag(entry.command!, origin, ['command'])
      this.#needsWritable(definition, entry.command!, origin, ['command'])
      return packmlCommands(tag, this.#built.names.qualify(entry.of).text)
    }).flat()
  }

  command(row: RowPart<CommandEntry>): readonly EquipmentCommand[] {
    return this.#row(row, (entry, origin) => {
      const { tag, definition } = this.#tag(entry.write, origin, ['write'])
      this.#needsWritable(definition, entry.write, origin, ['write'])
      const value = this.#fill(entry.value, ['value']) as EquipmentCommand['value']
      if (definition !== null) this.#fits(value, definition, entry.write, origin)
      return {
        name: entry.name,
        title: this.#text(entry.title ?? entry.name, ['title']),
        tag,
        value,
        starts: entry.starts,
        when: entry.when === undefined ? null : this.#condition(entry.when, origin, ['when']),
        consequence: this.#text(entry.consequence, ['consequence']),
      }
    })
  }

  conditions(
    kind: EquipmentCondition['kind'],
    ofType: readonly RowPart<ConditionEntry>[],
    own: readonly RowPart<ConditionEntry>[],
  ): readonly EquipmentCondition[] {
    const names = new Set(ofType.map(({ entry }) => entry.name))
    for (const { entry, origin } of own) {
      if (names.has(entry.name)) origin.at(['name'], `there is ${article(kind)} ${entry.name} already`)
      names.add(entry.name)
    }
    const added = own.map(({ entry, origin }) => ({ entry, origin, isOwn: true }))
    return [...ofType, ...added].flatMap((row) =>
      this.#row(row, (entry, origin) => ({
        kind,
        name: entry.name,
        title: this.#text(entry.title, ['title']),
        condition: this.#condition(entry.condition, origin, ['condition']),
        bypass: entry.bypass === undefined ? null : this.#bypass(entry.bypass, origin),
      })),
    )
  }

  health(row: RowPart<HealthEntry>): readonly HealthRule[] {
    return this.#row(row, (entry, origin) => ({
      name: entry.name,
      state: entry.state,
      title: this.#text(entry.title, ['title']),
      condition: this.#condition(entry.condition, origin, ['condition']),
    }))
  }

  counter(row: RowPart<CounterEntry>): readonly MaintenanceCounter[] {
    return this.#row(row, (entry, origin) => {
      const { source, unit } = this.#source(entry, origin)
      return {
        name: entry.name,
        title: this.#text(entry.title ?? entry.name, ['title']),
        source,
        unit: entry.unit === undefined ? unit : String(this.#fill(entry.unit, ['unit'])),
        due: entry.due === undefined ? null : this.#due(entry.due, origin),
        resetTag: entry.reset === undefined ? null : this.#reset(entry.reset, origin),
      }
    })
  }

  document(row: RowPart<DocumentEntry> & { readonly folder: string }): readonly EquipmentDocument[] {
    return this.#row(row, (entry, origin) => {
      const written = entry.file === undefined ? null : String(this.#fill(entry.file, ['file']))
      const file = written === null ? null : documentPath(row.folder, written)
      if (file !== null && !this.#scope.hasFile(file)) this.#refuse(origin, ['file'], `there is no file ${file}`)
      if (file !== null && !documentEndings.some((ending) => file.toLowerCase().endsWith(`.${ending}`)))
        this.#refuse(
          origin,
          ['file'],
          `${file} cannot be opened on a screen: documents are ${documentEndings.join(', ')}`,
        )
      const url = entry.url === undefined ? null : String(this.#fill(entry.url, ['url']))
      return { title: this.#text(entry.title, ['title']), file, url }
    })
  }

  /** Nothing when the row is left out or faulty. */
  #row<Entry, Row>(row: RowPart<Entry>, make: (entry: Entry, origin: Origin) => Row): readonly Row[] {
    const { note } = this.#built.spec
    const origin = note === '' || 'isOwn' in row ? row.origin : new NotedOrigin(row.origin, note)
    try {
      return [make(row.entry, origin)]
    } catch (error) {
      if (error instanceof PlacedFault) error.tell(origin)
      else if (!(error instanceof Skipped)) throw error
      return []
    }
  }

  #refuse(origin: Origin, path: Path, message: string): never {
    origin.at(path, message)
    throw skipped
  }

  #fill(value: unknown, path: Path): unknown {
    return this.#built.parameters.fillAll(value, path)
  }

  #text(text: WrittenText | undefined, path: Path): PlantText {
    return plantText(this.#fill(text, path) as WrittenText | undefined, this.#scope.language)
  }

  /** CEL over full tag names, after its check as a condition. */
  #condition(text: string, origin: Origin, path: Path): string {
    const filled = String(this.#fill(text, path))
    const { names } = this.#built
    try {
      const { text: qualified, absent } = names.qualify(filled)
      if (absent !== null) throw skipped
      if (!this.#expressions.isCondition(filled, names, origin, path)) throw skipped
      return qualified
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error
      throw new PlacedFault(error.message, path, error.offset)
    }
  }

  /** The tag that a member's name, or the name of a tag of the plant, stands for; null = it is lost to another fault. */
  #tag(written: string, origin: Origin, path: Path): { tag: string; definition: TagDraft['definition'] | null } {
    const member = String(this.#fill(written, path))
    const { names, spec } = this.#built
    const tag = names.tagOf(member) ?? member
    const draft = this.#scope.drafts.get(tag)
    if (draft !== undefined) return { tag, definition: draft.definition }
    if (names.isAbsent(member)) throw skipped
    if (names.tagOf(member) !== null || this.#scope.isLost(tag) || spec.type.members.get(member)?.nested != null)
      return this.#withoutTag(member, tag, origin, path)
    const candidates = this.#scope.mayHint() ? Object.keys(names.members) : []
    return this.#refuse(origin, path, `type ${spec.type.name} has no member ${member}${didYouMean(member, candidates)}`)
  }

  #isAbsent(written: string): boolean {
    const member = String(this.#fill(written, []))
    return this.#built.names.isAbsent(member)
  }

  #withoutTag(member: string, tag: string, origin: Origin, path: Path): { tag: string; definition: null } {
    if (this.#built.spec.type.members.get(member)?.nested == null) return { tag, definition: null }
    return this.#refuse(origin, path, `${member} is equipment, not a tag: name one of its members, as ${member}.Speed`)
  }

  #needsWritable(definition: TagDefinition | null, member: string, origin: Origin, path: Path): void {
    if (definition !== null && !definition.writable)
      this.#refuse(origin, path, `${member} cannot be written: a command needs a member with writable: true`)
  }

  #fits(value: EquipmentCommand['value'], definition: TagDefinition, member: string, origin: Origin): void {
    const { dataType, arrayLength } = valueTypeOf(definition)
    const coerced = coerceValue(value, dataType, arrayLength)
    const { low, high } = definition.limits
    if (!coerced.ok)
      this.#refuse(origin, ['value'], `the value ${value} does not fit ${member} (${dataType}): ${coerced.message}`)
    if (typeof value === 'number' && ((low !== null && value < low) || (high !== null && value > high)))
      this.#refuse(
        origin,
        ['value'],
        `the value ${value} is outside of the limits of ${member}, ${low ?? ''} to ${high ?? ''}`,
      )
  }

  /** Without the member that would bypass it a condition stands all the same. */
  #bypass(member: string, origin: Origin): string | null {
    if (this.#isAbsent(member)) return null
    const { tag, definition } = this.#tag(member, origin, ['bypass'])
    if (definition !== null && (definition.dataType !== 'bool' || definition.arrayLength !== null))
      this.#refuse(origin, ['bypass'], `a bypass is true or false; ${member} is ${definition.dataType}`)
    return tag
  }

  #source(entry: CounterEntry, origin: Origin): { source: CounterSource; unit: string } {
    if (entry.hours !== undefined)
      return { source: { kind: 'hours', condition: this.#condition(entry.hours, origin, ['hours']) }, unit: 'h' }
    if (entry.count !== undefined)
      return { source: { kind: 'count', condition: this.#condition(entry.count, origin, ['count']) }, unit: '1' }
    const kind = entry.tag === undefined ? 'travel' : 'tag'
    const member = entry.tag ?? entry.travel!
    const { tag, definition } = this.#tag(member, origin, [kind])
    if (definition !== null && !isNumber(definition))
      this.#refuse(origin, [kind], `a counter needs a number; ${member} is ${definition.dataType}`)
    return { source: { kind, tag }, unit: definition?.unit ?? '' }
  }

  #due(due: number | string, origin: Origin): number {
    const value = this.#fill(due, ['due'])
    if (typeof value === 'number' && value > 0) return value
    return this.#refuse(origin, ['due'], `due: a number above 0 is expected, not ${JSON.stringify(value)}`)
  }

  /** Without the member that would set it back a counter counts all the same. */
  #reset(member: string, origin: Origin): string | null {
    if (this.#isAbsent(member)) return null
    const { tag, definition } = this.#tag(member, origin, ['reset'])
    if (definition !== null && !(definition.dataType === 'bool' || isNumber(definition)))
      this.#refuse(origin, ['reset'], `a reset writes 1; ${member} is ${definition.dataType}`)
    if (definition !== null && !definition.writable)
      this.#refuse(origin, ['reset'], `${member} cannot be written: a reset needs a member with writable: true`)
    return tag
  }
}

function isNumber({ dataType, arrayLength }: TagDefinition): boolean {
  return isNumericType(dataType) && dataType !== 'bool' && arrayLength === null
}

function article(kind: EquipmentCondition['kind']): string {
  return kind === 'interlock' ? 'an interlock' : 'a permissive'
}
