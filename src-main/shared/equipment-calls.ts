// Rows of the contract about equipment: types, instances, what state they are in, why they do not start, their counters.
import * as v from 'valibot'
import { call, cursor, feed, limit, name, names, nothing, result, text } from './contract-row.ts'
import type { JsonValue } from './data-value.ts'
import type {
  CommandHistoryRow,
  CommandRow,
  ConditionRow,
  CounterRow,
  Equipment,
  EquipmentStatusRow,
  EquipmentType,
  TypeLibrary,
} from './equipment.ts'

export const equipmentCalls = {
  'equipment.types': call(
    'plant.view',
    'Equipment types and the libraries they come from, with how many instances each has.',
    nothing,
    result<{
      types: readonly (EquipmentType & { readonly instanceCount: number })[]
      libraries: readonly TypeLibrary[]
    }>(),
  ),
  'equipment.describe': call(
    'plant.view',
    'All that is known of an instance: members, state model, commands, conditions, health rules, counters, faceplate, documents.',
    v.object({ equipment: name }),
    result<{ equipment: Equipment; type: EquipmentType }>(),
  ),
  'equipment.read': call(
    'tags.read',
    'State and health of instances now.',
    v.object({ equipment: names(10_000) }),
    result<{ rows: readonly EquipmentStatusRow[] }>(),
  ),
  'equipment.watch': feed(
    'tags.read',
    'State and health of instances, now and whenever they change, at most five times a second.',
    v.object({ equipment: names(10_000) }),
    result<{ rows: readonly EquipmentStatusRow[] }>(),
  ),
  'equipment.explain': call(
    'tags.read',
    'What an instance can be ordered to do now, and which terms of which conditions keep it from starting.',
    v.object({ equipment: name }),
    result<{ commands: readonly CommandRow[]; conditions: readonly ConditionRow[] }>(),
  ),
  'equipment.command': call(
    'tags.write',
    'Give a command of the type by its name; the answer is that of tags.write.',
    v.object({ equipment: name, command: name, reason: v.optional(text(1000)) }),
    result<{ statusCode: number; confirmed: boolean; value: JsonValue; message?: string }>(),
    true,
  ),
  'equipment.history': call(
    'tags.read',
    'Who ordered what of an instance, newest first: writes to its tags, refused ones too.',
    v.object({ equipment: name, limit: limit(1000), cursor }),
    result<{ commands: readonly CommandHistoryRow[]; cursor?: string }>(),
  ),
  'equipment.counters': call(
    'tags.read',
    'Maintenance counters of an instance; without one, of all that have any.',
    v.object({ equipment: v.optional(name) }),
    result<{ rows: readonly (CounterRow & { readonly equipment: string })[] }>(),
  ),
  'equipment.resetCounter': call(
    'equipment.maintain',
    'Set a maintenance counter back to zero after the work is done.',
    v.object({ equipment: name, counter: name, reason: v.pipe(text(1000), v.minLength(1)) }),
    result<{ row: CounterRow }>(),
    true,
  ),
} as const
