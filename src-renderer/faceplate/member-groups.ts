// The members of an equipment instance in the order an operator looks for them.
import type { TagRow } from '../../src-main/shared/contract.ts'

/** Operated (writable), measured (numbers), or told (states, booleans, texts). */
export type MemberGroup = 'operation' | 'values' | 'states'
export const memberGroups: readonly MemberGroup[] = ['operation', 'values', 'states']

/** The group of a member; tags whose row is not known yet count as values. */
export function memberGroupOf(row: TagRow | null | undefined): MemberGroup {
  if (!row) return 'values'
  if (row.writable) return 'operation'
  if (row.states || row.dataType === 'bool' || row.dataType === 'string') return 'states'
  return 'values'
}

/** The tag that is the set-point of `tag` by the naming of its equipment type: `Level` → `LevelSetpoint` or `LevelSP`. */
export function setpointOf(tag: string, members: Readonly<Record<string, string>>): string | null {
  const member = Object.keys(members).find((name) => members[name] === tag)
  if (member === undefined) return null
  const wanted = [`${member}setpoint`, `${member}sp`].map((name) => name.toLowerCase())
  const found = Object.keys(members).find((name) => wanted.includes(name.toLowerCase()))
  return found === undefined ? null : members[found]!
}
