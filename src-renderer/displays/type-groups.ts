// Equipment types by the library they come from, those of the plant first.
import type { EquipmentType, TypeLibrary } from '../../src-main/shared/equipment.ts'

/** A type with how many instances it has. */
export type TypeRow = EquipmentType & { readonly instanceCount: number }

/** The types of one library; `library` null = of the plant itself. */
export interface LibraryGroup {
  readonly library: TypeLibrary | null
  readonly types: readonly TypeRow[]
}

/** Groups whose types have the search in name or title, by title; groups without any are left out. */
export function typeGroups(
  types: readonly TypeRow[],
  libraries: readonly TypeLibrary[],
  search: string,
  titleOf: (type: TypeRow) => string,
): readonly LibraryGroup[] {
  const wanted = search.trim().toLowerCase()
  const fitting = types
    .filter((type) => `${type.name}\n${titleOf(type)}`.toLowerCase().includes(wanted))
    .toSorted((a, b) => titleOf(a).localeCompare(titleOf(b)))
  return [null, ...libraries]
    .map((library) => ({ library, types: fitting.filter((type) => type.library === (library?.name ?? null)) }))
    .filter((group) => group.types.length > 0)
}
