// Equipment by place, as the panel lists it: sites of the hierarchy in their order, instances by name, members of instances below them.
import type { EquipmentRow } from '../../../src-main/shared/contract.ts'

export interface PlaceGroup {
  /** `Packaging/Filling`; '' = the line itself. */
  readonly place: string
  readonly rows: readonly EquipmentRow[]
}

/** Instances whose name, type, place or description holds all words; grouped by place. */
export function equipmentByPlace(rows: readonly EquipmentRow[], search: string): readonly PlaceGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const groups = new Map<string, EquipmentRow[]>()
  for (const row of rows) {
    const text = `${row.name} ${row.type} ${row.place} ${Object.values(row.description).join(' ')}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    const group = groups.get(row.place) ?? []
    group.push(row)
    groups.set(row.place, group)
  }
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([place, members]) => ({
      place,
      rows: members.toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })),
    }))
}
