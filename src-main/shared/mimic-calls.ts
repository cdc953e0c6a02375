// Rows of the contract about drawing displays: their source, saving it, how good they are, and new equipment to place on them.
import * as v from 'valibot'
import { call, name, nothing, result, text, wholeNumber } from './contract-row.ts'
import type { DisplayQuality, PlantDisplayQuality } from './display-quality.ts'
import type { PlantFault } from './plant.ts'

/** File name of a display without `.svg`. */
const mimicName = v.pipe(
  v.string(),
  v.regex(/^[\p{L}\p{N}_-]{1,64}$/u, 'letters, digits, _ and - are expected, at most 64'),
)
/** Of the state an edit was made from; null = it must not exist yet; absent = whatever is there. */
const version = v.optional(v.nullable(text(64)))

const navigationEntry = v.strictObject({
  title: v.record(
    v.pipe(v.string(), v.minLength(1), v.maxLength(35)),
    v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  ),
  level: wholeNumber(1, 4),
  parent: v.nullable(mimicName),
})

const instanceEdit = v.strictObject({
  name,
  type: name,
  /** '' takes the key away. */
  place: v.optional(text(1024)),
  description: v.optional(text(1000)),
  /** Merged into those that are written. */
  parameters: v.optional(v.record(name, v.union([text(4096), v.number(), v.boolean()]))),
})

/** An instance as far as the screens write it; what is absent stays as it is written, or is not written. */
export type InstanceEdit = v.InferOutput<typeof instanceEdit>

export const mimicCalls = {
  'plant.mimicSource': call(
    'plant.change',
    'A display as it is in the folder now (not as last accepted), with the version an edit of it has to name.',
    v.object({ name: mimicName }),
    result<{
      name: string
      file: string
      svg: string
      version: string
      entry: { title: Readonly<Record<string, string>>; level: number; parent: string | null } | null
    }>(),
  ),
  'plant.saveMimic': call(
    'plant.change',
    'Save a display as mimics/<name>.svg, and its row of navigation.yaml if given. With faults nothing is written; `dryRun` only checks. Refused (409) when the file changed meanwhile.',
    v.object({
      name: mimicName,
      svg: text(16_000_000),
      version,
      entry: v.optional(navigationEntry),
      dryRun: v.optional(v.boolean()),
    }),
    result<{ version: string; faults: readonly PlantFault[]; quality: DisplayQuality | null }>(),
    true,
  ),
  'plant.deleteMimic': call(
    'plant.change',
    'Delete a display and its row of navigation.yaml; refused (409) when it changed meanwhile, 422 while others lead to it.',
    v.object({ name: mimicName, version }),
    result<object>(),
    true,
  ),
  'plant.displayQuality': call(
    'plant.view',
    'What the display check says of every display (docs/display-quality.md).',
    nothing,
    result<PlantDisplayQuality>(),
  ),
  'plant.saveEquipment': call(
    'plant.change',
    'Add an instance to a file of equipment/, or several as one step, or change those of that name where they are written; comments stay. With faults nothing is written; `dryRun` only checks.',
    v.object({
      instance: v.optional(instanceEdit),
      /** Instead of one: all of them or none. */
      instances: v.optional(v.pipe(v.array(instanceEdit), v.maxLength(200))),
      /** File of equipment/ without ending, for new instances. */
      file: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/))),
      dryRun: v.optional(v.boolean()),
    }),
    result<{ faults: readonly PlantFault[]; file: string }>(),
    true,
  ),
  'plant.document': call(
    'plant.view',
    'A document of a type or instance; at most 20 MB.',
    v.object({ file: text(1024) }),
    result<{ file: string; mediaType: string; base64: string }>(),
  ),
} as const
