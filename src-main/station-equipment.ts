// The equipment of a running station put together: state and health, what keeps it from starting, maintenance counters.
import type { EquipmentParts } from './api/api-parts.ts'
import type { Clock } from './base/clock.ts'
import { equipmentOutlook } from './equipment/equipment-outlook.ts'
import { EquipmentStatuses } from './equipment/equipment-statuses.ts'
import type { JsonValue } from './shared/data-value.ts'
import type { Equipment } from './shared/equipment.ts'
import type { ExpressionInput, ExpressionScope } from './shared/expression.ts'
import type { Plant } from './shared/plant.ts'
import { RuntimeError } from './shared/runtime-error.ts'
import { StatusCodes } from './shared/status-code.ts'
import { valueTypeOf } from './shared/tag.ts'
import type { ValueBatch } from './shared/value-batch.ts'
import type { TagTable } from './tags/tag-table.ts'

export interface StationEquipmentParts {
  readonly clock: Clock
  readonly table: TagTable
}

export class StationEquipment {
  readonly #parts: StationEquipmentParts
  readonly #statuses: EquipmentStatuses
  readonly #scope: ExpressionScope
  #equipment = new Map<string, Equipment>()

  constructor(parts: StationEquipmentParts) {
    this.#parts = parts
    const { clock, table } = parts
    this.#statuses = new EquipmentStatuses({ table, clock, dueCounters: () => [] })
    this.#scope = {
      tagType: (name) => {
        const handle = table.handleOf(name)
        const tag = handle === undefined ? undefined : table.definition(handle)
        return tag === undefined ? null : valueTypeOf(tag)
      },
      now: () => clock.now(),
    }
  }

  /** The equipment of this plant; the tag table knows its tags already. */
  configure(plant: Plant): void {
    this.#equipment = new Map(plant.equipment.map((equipment) => [equipment.name, equipment]))
    this.#statuses.configure(plant)
  }

  /** A batch of changes, before anybody takes its columns away. */
  changes(batch: ValueBatch): void {
    this.#statuses.changes(batch)
  }

  /** To be called every second. */
  secondPassed(): void {
    this.#statuses.secondPassed()
  }

  /** What the API asks. */
  get api(): EquipmentParts {
    return {
      status: (names) => this.#statuses.read(names),
      watch: (names, notify) => this.#statuses.watch(names, notify),
      explain: (name) => equipmentOutlook(this.#equipmentOf(name), this.#scope, (tag) => this.#read(tag)),
      counters: () => [],
      resetCounter: async (_equipment, counter) => {
        throw new RuntimeError('BadNotFound', `There is no counter "${counter}"`)
      },
    }
  }

  /** Figures for maintenance.health. */
  health(): JsonValue {
    return { count: this.#equipment.size, ...this.#statuses.counters }
  }

  #equipmentOf(name: string): Equipment {
    const found = this.#equipment.get(name)
    if (!found) throw new RuntimeError('BadNotFound', `No equipment is called "${name}"`)
    return found
  }

  #read(tag: string): ExpressionInput {
    const handle = this.#parts.table.handleOf(tag)
    if (handle === undefined) return { value: null, statusCode: StatusCodes.BadNodeIdUnknown, sourceTimestamp: 0 }
    return this.#parts.table.read(handle)
  }
}
