// A tag definition with everything left out that a test does not care about.
import { type TagDefinition, usualTagHistory } from '../../src-main/shared/tag.ts'

export function tagDefinition(name: string, over: Partial<TagDefinition> = {}): TagDefinition {
  return {
    name,
    description: '',
    device: 'plc',
    address: '40001:float32',
    addressOptions: {},
    expression: null,
    dataType: 'float64',
    arrayLength: null,
    unit: '',
    writable: true,
    scanIntervalMs: 1000,
    scaling: null,
    limits: { low: null, high: null },
    deadband: 0,
    readBackTimeoutMs: 2000,
    interlock: null,
    decimals: null,
    states: null,
    history: usualTagHistory(over.dataType ?? 'float64', over.scaling ?? null),
    alarms: [],
    equipment: null,
    ...over,
  }
}
