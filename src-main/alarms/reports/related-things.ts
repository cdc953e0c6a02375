// What of the plant is related to an alarm, nearest relation first: its tag, inputs of its expressions, its first-out group, its
// equipment, its device, its area. Where "what came before" looks (docs/alarm-kpis.md).
import type { AlarmDefinition } from '../../shared/alarm.ts'
import { type AlarmRelation, alarmRelations } from '../../shared/alarm-report.ts'
import { compileExpression, type ExpressionScope } from '../../shared/expression.ts'
import type { Plant } from '../../shared/plant.ts'
import { type TagDefinition, valueTypeOf } from '../../shared/tag.ts'

/** Tags whose history is looked at, nearest first; more would be read for nothing. */
const mostTags = 200

/** Plant words, looked up by name. Made once for each plant. */
export class PlantIndex {
  readonly plant: Plant
  readonly #tags: ReadonlyMap<string, TagDefinition>
  readonly #places: ReadonlyMap<string, string>
  readonly #scope: ExpressionScope
  /** Expression → the tags it reads. */
  readonly #inputs = new Map<string, readonly string[]>()

  constructor(plant: Plant) {
    this.plant = plant
    this.#tags = new Map(plant.tags.map((tag) => [tag.name, tag]))
    this.#places = new Map(plant.equipment.map(({ name, place }) => [name, place]))
    this.#scope = {
      tagType: (name) => {
        const tag = this.#tags.get(name)
        return tag === undefined ? null : valueTypeOf(tag)
      },
    }
  }

  tag(name: string): TagDefinition | undefined {
    return this.#tags.get(name)
  }

  /** Area of a tag: the place of its equipment; '' = the line itself. */
  areaOf(tag: TagDefinition): string {
    return tag.equipment === null ? '' : (this.#places.get(tag.equipment) ?? '')
  }

  /** Tags an expression reads; none where it does not compile (the plant check tells). */
  inputsOf(expression: string): readonly string[] {
    let inputs = this.#inputs.get(expression)
    if (inputs === undefined) {
      const result = compileExpression(expression, this.#scope)
      inputs = result.ok ? result.expression.inputs : []
      this.#inputs.set(expression, inputs)
    }
    return inputs
  }
}

export class RelatedThings {
  readonly #index: PlantIndex
  readonly #subject: AlarmDefinition
  readonly #inputs: ReadonlySet<string>
  readonly #groupIds: ReadonlySet<string>
  readonly #groupTags: ReadonlySet<string>
  readonly #devices: ReadonlySet<string>

  constructor(subject: AlarmDefinition, definitions: readonly AlarmDefinition[], index: PlantIndex) {
    this.#index = index
    this.#subject = subject
    this.#inputs = inputsOf(subject, index)
    const group = subject.firstOutGroup
    const members = group === null ? [] : definitions.filter(({ firstOutGroup }) => firstOutGroup === group)
    this.#groupIds = new Set(members.map(({ id }) => id))
    this.#groupTags = new Set(members.map(({ tag }) => tag))
    const near = [subject.tag, ...this.#inputs].map((name) => index.tag(name)?.device ?? null)
    this.#devices = new Set([subject.device, ...near].filter((device) => device !== null))
  }

  /** Ids of its first-out group, itself among them. */
  get groupIds(): readonly string[] {
    return [...this.#groupIds]
  }

  /** Devices of its tag and of the tags its expressions read. */
  get devices(): readonly string[] {
    return [...this.#devices]
  }

  /** null = it has nothing to do with the alarm. */
  ofTag(name: string): AlarmRelation | null {
    if (name === this.#subject.tag) return 'sameTag'
    if (this.#inputs.has(name)) return 'input'
    if (this.#groupTags.has(name)) return 'firstOutGroup'
    const tag = this.#index.tag(name)
    if (tag === undefined) return null
    return this.#byPlace(tag.equipment, tag.device, this.#index.areaOf(tag))
  }

  ofAlarm({
    id,
    tag,
    equipment,
    area,
  }: Pick<AlarmDefinition, 'id' | 'tag' | 'equipment' | 'area'>): AlarmRelation | null {
    if (this.#groupIds.has(id)) return 'firstOutGroup'
    const device = /^device:(.+):state$/su.exec(tag)?.[1] ?? this.#index.tag(tag)?.device ?? null
    return nearest(this.ofTag(tag), this.#byPlace(equipment, device, area))
  }

  ofDevice(device: string): AlarmRelation | null {
    return this.#devices.has(device) ? 'sameDevice' : null
  }

  /** Recorded tags to look at, nearest first, then in the order of the plant. */
  tags(): readonly string[] {
    return this.#index.plant.tags
      .filter(({ history }) => history !== false)
      .flatMap(({ name }) => {
        const relation = this.ofTag(name)
        return relation === null ? [] : [{ name, rank: alarmRelations.indexOf(relation) }]
      })
      .sort((a, b) => a.rank - b.rank)
      .slice(0, mostTags)
      .map(({ name }) => name)
  }

  #byPlace(equipment: string | null, device: string | null, area: string): AlarmRelation | null {
    if (equipment !== null && equipment === this.#subject.equipment) return 'sameEquipment'
    if (device !== null && this.#devices.has(device)) return 'sameDevice'
    return area !== '' && area === this.#subject.area ? 'sameArea' : null
  }
}

function nearest(a: AlarmRelation | null, b: AlarmRelation | null): AlarmRelation | null {
  if (a === null || b === null) return a ?? b
  return alarmRelations.indexOf(a) <= alarmRelations.indexOf(b) ? a : b
}

/** Everything its condition, limit and suppression read, through calculated tags however deep. */
function inputsOf(subject: AlarmDefinition, index: PlantIndex): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = [subject.expression, subject.limit, subject.suppressedWhen, index.tag(subject.tag)?.expression]
  for (let expression = waiting.pop(); waiting.length > 0 || expression !== undefined; expression = waiting.pop()) {
    if (typeof expression !== 'string') continue
    for (const input of index.inputsOf(expression)) {
      if (found.has(input) || input === subject.tag) continue
      found.add(input)
      waiting.push(index.tag(input)?.expression ?? null)
    }
  }
  return found
}
