// Role → permission: the built-in table of shared/permission.ts, or what access.yaml of the plant says instead.
import { type Permission, permissions, type Role, rolePermissions, roles } from '../shared/permission.ts'

/** What everybody who is logged in may do, and what administrators keep whatever access.yaml says. */
const always: readonly Permission[] = ['access.own']
const keptByAdministrators: readonly Permission[] = ['access.own', 'access.administer', 'audit.read']

/** The permissions of roles. Deny by default: an unknown role or permission gives nothing. */
export class Permissions {
  #table: ReadonlyMap<Role, ReadonlySet<Permission>> = tableOf({})

  /** Takes over the `roles` of a plant; a role it does not name keeps its built-in permissions. */
  configure(override: Readonly<Record<string, readonly string[]>>): void {
    this.#table = tableOf(override)
  }

  has(given: readonly Role[], permission: Permission): boolean {
    return given.some((role) => this.#table.get(role)?.has(permission) === true)
  }

  /** All permissions of the roles together, in the order of shared/permission.ts. */
  of(given: readonly Role[]): readonly Permission[] {
    return permissions.filter((permission) => this.has(given, permission))
  }
}

function tableOf(override: Readonly<Record<string, readonly string[]>>): Map<Role, ReadonlySet<Permission>> {
  return new Map(roles.map((role) => [role, permissionsOf(role, override)]))
}

function permissionsOf(role: Role, override: Readonly<Record<string, readonly string[]>>): ReadonlySet<Permission> {
  const given = Object.hasOwn(override, role) ? override[role]! : rolePermissions[role]
  const known = permissions.filter((permission) => given.includes(permission))
  return new Set([...known, ...always, ...(role === 'administrator' ? keptByAdministrators : [])])
}
