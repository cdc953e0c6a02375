// What the rules of the display check share: what they look at and how they say what they find.
import type { DisplayFinding, DisplayRule } from '../../shared/display-quality.ts'
import type { DisplayLimits } from '../../shared/display-style.ts'
import type { MimicEntry, Plant } from '../../shared/plant.ts'
import type { Drawing, DrawnElement } from './display-drawing.ts'

/** Of one rule and display so many are listed; the last one says how many more there are. */
export const mostListed = 30

/** The rule, how bad it is, what is meant and the sentence about it. */
export interface Finding {
  readonly rule: DisplayRule
  readonly severity: DisplayFinding['severity']
  /** null = the display as a whole. */
  readonly element: DrawnElement | null
  readonly message: string
  readonly details?: Readonly<Record<string, string | number>>
}

/** One display under the check. */
export interface CheckedDisplay {
  readonly entry: MimicEntry
  readonly drawing: Drawing
  readonly plant: Plant
  readonly limits: DisplayLimits
  /** Names of all tags → their unit, '' = none, and whether they are plain numbers. */
  readonly tags: ReadonlyMap<string, { readonly unit: string; readonly isNumber: boolean }>
}

/** Looks at one display. */
export type DisplayRuleCheck = (display: CheckedDisplay) => Iterable<Finding>

/** Bindings by which an element lives. */
const liveBindings = ['text', 'fill', 'stroke', 'visible', 'level', 'rotate', 'move', 'class', 'equipment'] as const

export function isBound({ name, bindings }: DrawnElement): boolean {
  return liveBindings.some((binding) => bindings.has(binding)) || (name === 'text' && bindings.has('tag'))
}

/** Does a text show something live, itself or as a part of it? */
export function isLiveText(element: DrawnElement): boolean {
  return (
    element.bindings.has('text') ||
    element.bindings.has('tag') ||
    element.children.some((child) => child.bindings.has('text') || child.bindings.has('tag'))
  )
}

/** What a person would call the element: its id, its words, or its name. */
export function called(element: DrawnElement): string {
  const words = element.text.trim().replaceAll(/\s+/g, ' ')
  if (words !== '') return `"${words.length > 40 ? `${words.slice(0, 40)}…` : words}"`
  return element.id === null ? `<${element.name}>` : `#${element.id}`
}
