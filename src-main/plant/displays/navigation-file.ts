// mimics/navigation.yaml: the display hierarchy (ISA-101 levels 1 to 4). Mimics that are not listed stand at level 3.
import * as v from 'valibot'
import { plainName } from '../source/plant-words.ts'

const level = v.picklist([1, 2, 3, 4], '1 (overview), 2 (unit), 3 (detail) or 4 (diagnostics) is expected')
const words = v.pipe(
  v.string('a title is expected'),
  v.minLength(1, 'a title is expected'),
  v.maxLength(200, 'at most 200 characters are possible'),
)

export const navigationFileSchema = v.strictObject({
  mimics: v.array(
    v.strictObject(
      {
        /** File name without `.svg`. */
        name: plainName,
        /** One text for all languages, or one for each: `{ en: Filler, zh-CN: 灌装机 }`. */
        title: v.optional(
          v.union([words, v.record(v.string(), words)], 'a title is expected, or one for each language'),
        ),
        level: v.optional(level),
        /** The mimic above. */
        parent: v.optional(plainName),
      },
      'a mimic is expected as { name: overview, title: Overview, level: 1 }',
    ),
    'a list of mimics is expected',
  ),
})
export type NavigationFile = v.InferOutput<typeof navigationFileSchema>
