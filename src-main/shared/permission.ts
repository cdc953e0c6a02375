// What one may be allowed to do. One permission per row of the contract; roles are sets of permissions.

export const permissions = [
  'plant.view',
  'tags.read',
  'tags.write',
  'history.read',
  'history.write',
  'trends.save',
  'alarms.read',
  'alarms.operate',
  'alarms.manage',
  'devices.view',
  'devices.test',
  'devices.operate',
  'certificates.trust',
  'plant.change',
  'equipment.maintain',
  'access.own',
  'access.administer',
  'audit.read',
  'maintenance.view',
  'identifiers.read',
  'identifiers.allocate',
  'identifiers.hold',
  'labels.view',
  'labels.print',
  'labels.reprint',
  'labels.manage',
] as const
export type Permission = (typeof permissions)[number]

export const roles = ['viewer', 'operator', 'engineer', 'administrator'] as const
export type Role = (typeof roles)[number]

const viewer: readonly Permission[] = [
  'plant.view',
  'tags.read',
  'history.read',
  'alarms.read',
  'devices.view',
  'access.own',
  'maintenance.view',
  'identifiers.read',
  'labels.view',
]
const operator: readonly Permission[] = [
  ...viewer,
  'tags.write',
  'alarms.operate',
  'identifiers.allocate',
  // Parts found bad are held back by whoever finds them.
  'identifiers.hold',
  'labels.print',
  'labels.reprint',
]
const engineer: readonly Permission[] = [
  ...operator,
  // Out of service and back, tests, shelving many at a time, highly managed classes.
  'alarms.manage',
  'devices.test',
  'devices.operate',
  'certificates.trust',
  'plant.change',
  // Maintenance counters are set back after the work.
  'equipment.maintain',
  // Templates, their approval, serial pools, printers that take over.
  'labels.manage',
  // A plant that wants its operators to save trend groups gives them this one in access.yaml.
  'trends.save',
  'history.write',
  'audit.read',
]
const administrator: readonly Permission[] = [...engineer, 'access.administer']

/** What each role may do unless access.yaml of the plant says otherwise. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  viewer,
  operator,
  engineer,
  administrator,
}
