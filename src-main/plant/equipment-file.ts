// equipment/types/*.yaml: one type each, its members written once; equipment/*.yaml: instances, forty pumps in forty lines.
import * as v from 'valibot'
import { equipmentSimulationSchema } from '../shared/simulation.ts'
import { freeText, identifier, nameText, place, plainName } from './plant-words.ts'

const parameterValue = v.union([v.string(), v.number(), v.boolean()], 'a text, a number, true or false is expected')

export const equipmentTypeSchema = v.strictObject({
  name: plainName,
  description: v.optional(freeText, ''),
  /** Name → default; null = every instance has to say. */
  parameters: v.optional(
    v.record(identifier, v.nullable(parameterValue), 'parameters are expected as { device: filler-plc, base: 40001 }'),
    {},
  ),
  /** Tags of each instance; texts may hold `${parameter + 1}`. Checked once the parameters are known. */
  members: v.array(v.unknown(), 'a list of members is expected'),
  simulation: v.optional(equipmentSimulationSchema),
})
export type EquipmentTypeEntry = v.InferOutput<typeof equipmentTypeSchema>

export const instanceSchema = v.strictObject(
  {
    name: nameText,
    type: plainName,
    description: v.optional(freeText),
    place: v.optional(place, ''),
    parameters: v.optional(v.record(identifier, parameterValue, 'parameters are expected as { base: 40001 }'), {}),
    /** Member → keys that replace the type's; false leaves the member out. */
    overrides: v.optional(
      v.record(
        nameText,
        v.union(
          [v.literal(false), v.record(v.string(), v.unknown())],
          'keys of a tag are expected, or false to leave the member out',
        ),
        'overrides are expected as { Speed: { limits: { low: 0, high: 60 } } }',
      ),
      {},
    ),
    simulation: v.optional(equipmentSimulationSchema),
  },
  'an instance is expected as { name: Filler.Pump, type: pump, parameters: { … } }',
)
export type InstanceEntry = v.InferOutput<typeof instanceSchema>

export const equipmentFileSchema = v.strictObject({
  equipment: v.array(instanceSchema, 'a list of instances is expected'),
})
