// Types that contain each other would never end: the ring is found before anything is built.
import type { KnownType, MemberPart } from './equipment-type-merge.ts'

/** Types of a ring, and the member that closes it. */
export interface TypeCycle {
  readonly ring: readonly KnownType[]
  readonly member: MemberPart
}

/** The first ring that is reached from a type; null when there is none. `find`: type that a name means in another type. */
export function typeCycle(
  start: KnownType,
  find: (name: string, from: KnownType) => KnownType | undefined,
): TypeCycle | null {
  const done = new Set<KnownType>()
  const path: KnownType[] = []
  const visit = (type: KnownType): TypeCycle | null => {
    if (done.has(type)) return null
    path.push(type)
    for (const member of type.members.values()) {
      const next = member.nested === null ? undefined : find(member.nested.type, type)
      if (next === undefined) continue
      if (path.includes(next)) return { ring: path.slice(path.indexOf(next)), member }
      const found = visit(next)
      if (found !== null) return found
    }
    path.pop()
    done.add(type)
    return null
  }
  return visit(start)
}
