// What an instance of a type without anything but members has.
import type { Equipment } from '../../src-main/shared/equipment.ts'

export const plainEquipment: Pick<
  Equipment,
  'parent' | 'children' | 'states' | 'commands' | 'conditions' | 'health' | 'counters' | 'faceplate' | 'documents'
> = {
  parent: null,
  children: {},
  states: null,
  commands: [],
  conditions: [],
  health: [],
  counters: [],
  faceplate: { overview: [], setpoints: [], trend: [], details: [] },
  documents: [],
}
