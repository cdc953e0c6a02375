// The equipment of a running station put together: state and health, what keeps it from starting, maintenance counters.
import type { EquipmentParts, WriteOutcome } from './api/api-parts.ts'
import type { Clock } from './base/clock.ts'
import type { Logger } from './base/logger.ts'
import { type CounterStore, openCounterStore } from './equipment/counter-store.ts'
import { equipmentOutlook } from './equipment/equipment-outlook.ts'
import { EquipmentStatuses } from './equipment/equipment-statuses.ts'
import { MaintenanceCounters } from './equipment/maintenance-counters.ts'
import type { JsonValue } from './shared/data-value.ts'
import type { Equipment } from './shared/equipment.ts'
import type { ExpressionInput, ExpressionScope } from './shared/expression.ts'
import type { Plant } from './shared/plant.ts'
import { messageOf, RuntimeError } from './shared/runtime-error.ts'
import { StatusCodes } from './shared/status-code.ts'
import { valueTypeOf } from './shared/tag.ts'
import type { ValueBatch } from './shared/value-batch.ts'
import type { TagTable } from './tags/tag-table.ts'

export interface StationEquipmentParts {
  readonly dataFolder: string
  readonly clock: Clock
  readonly logger: Logger
  readonly table: TagTable
  /** The ordinary write path. */
  readonly writeTag: (tag: string, value: unknown) => Promise<WriteOutcome>
}

export class StationEquipment {
  readonly #parts: StationEquipmentParts
  readonly #statuses: EquipmentStatuses
  readonly #counters: MaintenanceCounters
  readonly #scope: ExpressionScope
  #equipment = new Map<string, Equipment>()

  constructor(parts: StationEquipmentParts) {
    this.#parts = parts
    const { clock, table, logger, writeTag } = parts
    this.#statuses = new EquipmentStatuses({ table, clock, dueCounters: (equipment) => this.#counters.due(equipment) })
    const onDue = (equipment: string) => this.#statuses.dueChanged(equipment)
    this.#counters = new MaintenanceCounters({ table, clock, logger, store: this.#openStore(), writeTag, onDue })
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
    this.#counters.configure(plant)
  }

  /** A batch of changes, before anybody takes its columns away. */
  changes(batch: ValueBatch): void {
    this.#statuses.changes(batch)
    this.#counters.changes(batch)
  }

  /** To be called every second. */
  secondPassed(): void {
    this.#statuses.secondPassed()
    this.#counters.secondPassed()
  }

  /** What the API asks. */
  get api(): EquipmentParts {
    return {
      status: (names) => this.#statuses.read(names),
      watch: (names, notify) => this.#statuses.watch(names, notify),
      explain: (name) => equipmentOutlook(this.#equipmentOf(name), this.#scope, (tag) => this.#read(tag)),
      counters: (name) => this.#counters.rows(name === undefined ? undefined : this.#equipmentOf(name).name),
      resetCounter: (name, counter, user) => this.#counters.reset(this.#equipmentOf(name).name, counter, user),
    }
  }

  /** Figures for maintenance.health. */
  health(): JsonValue {
    return { count: this.#equipment.size, ...this.#statuses.counters, ...this.#counters.health() }
  }

  /** What was counted is on disk. */
  close(): void {
    this.#counters.close()
  }

  /** A file that cannot be used keeps no station from running; maintenance.health says that counters are not kept. */
  #openStore(): CounterStore | null {
    try {
      return openCounterStore(this.#parts.dataFolder)
    } catch (error) {
      this.#parts.logger.error(`maintenance counters cannot be opened and are not kept: ${messageOf(error)}`)
      return null
    }
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
