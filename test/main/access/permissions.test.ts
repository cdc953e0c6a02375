import { describe, expect, test } from 'vitest'
import { Permissions } from '../../../src-main/access/permissions.ts'

describe('permissions', () => {
  test('what a role may do grows from viewer to administrator', () => {
    const permissions = new Permissions()
    expect(permissions.of(['viewer'])).toEqual([
      'plant.view',
      'tags.read',
      'history.read',
      'alarms.read',
      'devices.view',
      'access.own',
      'maintenance.view',
      'identifiers.read',
      'labels.view',
    ])
    expect(permissions.has(['viewer'], 'tags.write')).toBe(false)
    expect(permissions.has(['operator'], 'tags.write')).toBe(true)
    for (const permission of ['plant.change', 'history.write', 'trends.save'] as const) {
      expect(permissions.has(['operator'], permission)).toBe(false)
      expect(permissions.has(['engineer'], permission)).toBe(true)
    }
    expect(permissions.has(['engineer'], 'access.administer')).toBe(false)
    expect(permissions.has(['administrator'], 'access.administer')).toBe(true)
  })

  test('access.yaml of the plant says otherwise for the roles it names', () => {
    const permissions = new Permissions()
    permissions.configure({ operator: ['tags.read', 'tags.write', 'devices.operate'] })
    expect(permissions.has(['operator'], 'devices.operate')).toBe(true)
    expect(permissions.has(['operator'], 'plant.view')).toBe(false)
    expect(permissions.has(['viewer'], 'plant.view')).toBe(true)
    permissions.configure({})
    expect(permissions.has(['operator'], 'devices.operate')).toBe(false)
  })

  test('unknown roles and permissions give nothing, and administrators cannot be locked out', () => {
    const permissions = new Permissions()
    permissions.configure({ administrator: [], viewer: ['everything'], constructor: ['tags.write'] })
    expect(permissions.of(['administrator'])).toEqual(['access.own', 'access.administer', 'audit.read'])
    expect(permissions.of(['viewer'])).toEqual(['access.own'])
    expect(permissions.of([])).toEqual([])
  })
})
