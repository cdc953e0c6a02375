// Which alarms there are: a slot for each id, which it keeps as long as the station runs.
import { type AlarmClass, type AlarmDefinition, type AlarmPhilosophy, processClass } from '../../shared/alarm.ts'
import { newAlarm } from '../alarm-regions.ts'
import type { StoredAlarm } from '../alarm-transition.ts'

export interface AlarmMember {
  readonly slot: number
  readonly definition: AlarmDefinition
}

export class AlarmRegister {
  readonly #slots = new Map<string, number>()
  readonly #definitions: AlarmDefinition[] = []
  /** 1 = of the present plant. */
  #isPresent = new Uint8Array(0)
  #classes: ReadonlyMap<string, AlarmClass> = new Map()
  /** As it is; undefined = it never occurred. */
  readonly #stored: (StoredAlarm | undefined)[] = []
  /** As it may be shown: what is on the disk. */
  readonly #shown: (StoredAlarm | undefined)[] = []
  #members: readonly AlarmMember[] = []

  /** Alarms of before the start, until the first plant comes. */
  restore(stored: StoredAlarm): number {
    const slot = this.#slotFor(stored.id, stored.definition)
    this.#stored[slot] = this.#shown[slot] = stored
    return slot
  }

  /** Takes over what a changed plant has; answers the slots of alarms that are missing now. */
  configure(definitions: readonly AlarmDefinition[], philosophy: AlarmPhilosophy): readonly number[] {
    this.#classes = new Map(philosophy.classes.map((alarmClass) => [alarmClass.name, alarmClass]))
    this.#members = definitions.map((definition) => ({ slot: this.#slotFor(definition.id, definition), definition }))
    const isPresent = new Uint8Array(this.#definitions.length)
    for (const { slot } of this.#members) isPresent[slot] = 1
    const missing: number[] = []
    for (let slot = 0; slot < isPresent.length; slot++)
      if (isPresent[slot] === 0 && (this.#isPresent[slot] === 1 || this.#stored[slot] !== undefined)) missing.push(slot)
    this.#isPresent = isPresent
    return missing
  }

  /** Alarms of the present plant, in its order. */
  get members(): readonly AlarmMember[] {
    return this.#members
  }

  get slotCount(): number {
    return this.#definitions.length
  }

  slotOf(id: string): number | undefined {
    return this.#slots.get(id)
  }

  /** Of the plant it belongs to, or belonged to last. */
  definition(slot: number): AlarmDefinition {
    return this.#definitions[slot]!
  }

  isPresent(slot: number): boolean {
    return this.#isPresent[slot] === 1
  }

  classOf(slot: number): AlarmClass {
    return this.#classes.get(this.#definitions[slot]!.alarmClass) ?? processClass
  }

  /** undefined for an alarm that never occurred and that nobody ever touched. */
  stored(slot: number): StoredAlarm | undefined {
    return this.#stored[slot]
  }

  storedOrNew(slot: number): StoredAlarm {
    return this.#stored[slot] ?? newAlarm(this.#definitions[slot]!)
  }

  store(slot: number, stored: StoredAlarm): void {
    this.#stored[slot] = stored
  }

  shown(slot: number): StoredAlarm | undefined {
    return this.#shown[slot]
  }

  show(slot: number, stored: StoredAlarm): void {
    this.#shown[slot] = stored
  }

  #slotFor(id: string, definition: AlarmDefinition): number {
    const known = this.#slots.get(id)
    if (known !== undefined) {
      this.#definitions[known] = definition
      return known
    }
    const slot = this.#definitions.length
    this.#slots.set(id, slot)
    this.#definitions.push(definition)
    this.#stored.push(undefined)
    this.#shown.push(undefined)
    return slot
  }
}
