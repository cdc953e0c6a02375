// access.yaml: what each role may do in this plant. Accounts and secrets are never in the plant folder.
import * as v from 'valibot'
import { permissions, roles } from '../shared/permission.ts'

const allowed = v.array(v.picklist(permissions, 'a permission is expected'), 'a list of permissions is expected')

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
