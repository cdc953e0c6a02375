// The address of the list as the question the runtime is asked.
import { type AlarmPriority, type AlarmState, alarmStates } from '../../../src-main/shared/alarm.ts'
import type { AlarmListView, AlarmTab } from '../alarm-link.ts'
import type { ListFilterInput, ListQuestion } from './alarm-window.svelte.ts'

/** States of a tab. */
export const statesOfTab: Readonly<Record<AlarmTab, readonly AlarmState[]>> = {
  annunciated: [
    'unacknowledged',
    'acknowledged',
    'returnedUnacknowledged',
    'latchedUnacknowledged',
    'latchedAcknowledged',
  ],
  shelved: ['shelved'],
  suppressedByDesign: ['suppressedByDesign'],
  outOfService: ['outOfService'],
  all: alarmStates.filter((state) => state !== 'normal'),
}

export const unacknowledgedStates: readonly AlarmState[] = [
  'unacknowledged',
  'returnedUnacknowledged',
  'latchedUnacknowledged',
]
/** The condition is there now. */
export const activeStates: readonly AlarmState[] = ['unacknowledged', 'acknowledged']
export const importantPriorities: readonly AlarmPriority[] = ['high', 'urgent']

/** What of a view narrows the list, besides its tab. */
export function isFiltered(view: AlarmListView): boolean {
  const { states, priorities, area, equipment, classes, conditions, tags, text } = view
  return [states, priorities, area, equipment, classes, conditions, tags, text].some((part) => part !== undefined)
}

/** The filter of a view: its tab's states, of those the chosen ones; none chosen that the tab has = all of the tab. */
export function filterOf(view: AlarmListView): ListFilterInput {
  const { tab = 'annunciated', states, priorities, area, equipment, classes, conditions, tags, text } = view
  const ofTab = statesOfTab[tab]
  const chosen = states?.filter((state) => ofTab.includes(state)) ?? []
  return {
    states: [...(chosen.length > 0 ? chosen : ofTab)],
    ...(priorities && { priorities: [...priorities] }),
    ...(area !== undefined && { area }),
    ...(equipment !== undefined && { equipment }),
    ...(classes && { classes: [...classes] }),
    ...(conditions && { conditions: [...conditions] }),
    ...(tags && { tags: [...tags] }),
    ...(text !== undefined && { text }),
  }
}

/** The list of a view; most important first unless it says otherwise. */
export function questionOf(view: AlarmListView): ListQuestion {
  return { ...filterOf(view), order: view.order ?? 'priority' }
}

/** Both lists hold the same, in any order. */
export function isSame(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && a.every((item) => b.includes(item))
}
