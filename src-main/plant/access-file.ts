// access.yaml: what each role may do in this plant. Accounts and secrets are never in the plant folder.
import * as v from 'valibot'
import { permissions, roles } from '../shared/permission.ts'
import { wordOf } from './plant-words.ts'

const allowed = v.array(wordOf(permissions), 'a list of permissions is expected')

export const accessFileSchema = v.strictObject({
  /** Role → everything it may do; roles that are not named keep the built-in table. */
  roles: v.strictObject(
    Object.fromEntries(roles.map((role) => [role, v.optional(allowed)])) as Record<
      (typeof roles)[number],
      v.OptionalSchema<typeof allowed, undefined>
    >,
    'roles are expected as { operator: [plant.view, tags.read, tags.write] }',
  ),
})
export type AccessFile = v.InferOutput<typeof accessFileSchema>
