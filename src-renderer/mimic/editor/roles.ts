// What a thing is, in the classes of docs/mimics.md, with the colours that other viewers show. The theme decides how it looks here.
import type { RoleName } from './role-texts.ts'

export interface Role {
  readonly name: RoleName
  readonly fill: string | null
  readonly stroke: string | null
  /** For texts, or for shapes. */
  readonly isText: boolean
}

const role = (name: RoleName, fill: string | null, stroke: string | null, isText = false): Role => ({
  name,
  fill,
  stroke,
  isText,
})

export const elementRoles: readonly Role[] = [
  role('ls-title', '#1a1a1a', null, true),
  role('ls-text', '#1a1a1a', null, true),
  role('ls-label', '#474747', null, true),
  role('ls-value', '#1b3a6b', null, true),
  role('ls-unit', '#474747', null, true),
  role('ls-state', '#1a1a1a', null, true),
  role('ls-ground', '#dadada', null),
  role('ls-panel', '#e6e6e6', '#b0b0b0'),
  role('ls-divider', 'none', '#b0b0b0'),
  role('ls-pipe', 'none', '#8a8a8a'),
  role('ls-arrow', '#8a8a8a', null),
  role('ls-body', '#a6a6a6', '#4a4a4a'),
  role('ls-outline', 'none', '#4a4a4a'),
  role('ls-detail', '#4a4a4a', null),
  role('ls-vessel', '#cdcdcd', '#4a4a4a'),
  role('ls-content', '#8a8a8a', null),
  role('ls-scale', '#cdcdcd', '#b0b0b0'),
  role('ls-range', '#b0b0b0', null),
  role('ls-limit', null, '#6f6f6f'),
  role('ls-pointer', '#1b3a6b', null),
  role('ls-setpoint', 'none', '#1d5e20'),
  role('ls-key', '#f2f2f2', '#6f6f6f'),
]

/** The role in a class attribute; null when it names none. */
export function roleOf(classes: string | null): Role | null {
  const words = (classes ?? '').split(/\s+/)
  return elementRoles.find(({ name }) => words.includes(name)) ?? null
}

/** The class attribute with another role; other classes stay. Null when nothing is left. */
export function withRole(classes: string | null, name: string | null): string | null {
  const old = roleOf(classes)?.name
  const words = (classes ?? '').split(/\s+/).filter((word) => word !== '' && word !== old)
  const all = name === null ? words : [name, ...words]
  return all.length === 0 ? null : all.join(' ')
}
