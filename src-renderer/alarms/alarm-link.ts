// The list of alarms as an address: a filter and an alarm can be linked to from anywhere, sent and bookmarked.
import {
  type AlarmFilter,
  type AlarmOrder,
  alarmConditions,
  alarmOrders,
  alarmPriorities,
  alarmStates,
} from '../../src-main/shared/alarm.ts'
import { linkTo } from '../ui/route.svelte.ts'

/** Which alarms the list shows: those that are annunciated, or those that are not. */
export const alarmTabs = ['annunciated', 'shelved', 'suppressedByDesign', 'outOfService', 'all'] as const
export type AlarmTab = (typeof alarmTabs)[number]

/** What of the list stands in the address; absent = as usual. */
export interface AlarmListView extends AlarmFilter {
  readonly tab?: AlarmTab | undefined
  readonly order?: AlarmOrder | undefined
  readonly groupBy?: 'area' | 'equipment' | undefined
  /** Id of the alarm whose guidance is open. */
  readonly alarm?: string | undefined
}

/** Names in the address; null takes one out of it. */
export type AlarmParameters = Readonly<
  Record<
    | 'tab'
    | 'order'
    | 'group'
    | 'alarm'
    | 'states'
    | 'priorities'
    | 'area'
    | 'of'
    | 'classes'
    | 'conditions'
    | 'tags'
    | 'text',
    string | null
  >
>

/** The view as parameters. Equipment is `of`, because `equipment` opens a faceplate. */
export function alarmParameters(view: AlarmListView): AlarmParameters {
  const list = (items: readonly string[] | undefined) =>
    items && items.length > 0 ? items.map(encodeURIComponent).join(',') : null
  return {
    tab: view.tab ?? null,
    order: view.order ?? null,
    group: view.groupBy ?? null,
    alarm: view.alarm ?? null,
    states: list(view.states),
    priorities: list(view.priorities),
    area: view.area ?? null,
    of: view.equipment ?? null,
    classes: list(view.classes),
    conditions: list(view.conditions),
    tags: list(view.tags),
    text: view.text || null,
  }
}

/** What the parameters say; what cannot be read is left out. */
export function readAlarmParameters(parameters: Readonly<Record<string, string>>): AlarmListView {
  const view: Record<keyof AlarmListView, unknown> = {
    tab: alarmTabs.find((tab) => tab === parameters.tab),
    order: alarmOrders.find((order) => order === parameters.order),
    groupBy: (['area', 'equipment'] as const).find((one) => one === parameters.group),
    alarm: parameters.alarm,
    states: chosen(parameters.states, alarmStates),
    priorities: chosen(parameters.priorities, alarmPriorities),
    area: parameters.area,
    equipment: parameters.of,
    classes: items(parameters.classes),
    conditions: chosen(parameters.conditions, alarmConditions),
    tags: items(parameters.tags),
    text: parameters.text,
  }
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined)) as AlarmListView
}

/** The `href` of the list with this view. */
export function alarmListLink(view: AlarmListView): string {
  const kept = Object.entries(alarmParameters(view)).filter((entry): entry is [string, string] => entry[1] !== null)
  const query = new URLSearchParams(kept).toString()
  return linkTo('alarms') + (query === '' ? '' : `?${query}`)
}

function items(text: string | undefined): readonly string[] | undefined {
  const found = text
    ?.split(',')
    .filter((item) => item !== '')
    .map(decoded)
  return found && found.length > 0 ? found : undefined
}

function chosen<Item extends string>(text: string | undefined, among: readonly Item[]): readonly Item[] | undefined {
  const found = among.filter((item) => items(text)?.includes(item))
  return found.length > 0 ? found : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Typed by hand with a lone %: taken as it stands.
    return text
  }
}
