// Every screen besides the displays of the plant: its address, who may see it, and where it is loaded from when it is opened.
import type { Component } from 'svelte'
import type { AlarmRow } from '../src-main/shared/alarm.ts'
import type { Permission } from '../src-main/shared/permission.ts'
import type { affectedLink } from './identifiers/identifier-links.ts'
import { t } from './texts.ts'

/** What App hands to a screen. */
export interface ScreenProps {
  /** Goes to the display that shows what an alarm is about. */
  readonly onShowAlarm: (row: AlarmRow) => void
  /** Address of a trend of a tag around an instant (ms); null where this user may not see history. */
  readonly trendAt: ((tag: string, timestamp: number) => string) | null
  /** Address of a trend of tags over exactly this time (ms); null where this user may not see history. */
  readonly trendOver: ((tags: readonly string[], from: number, to: number) => string) | null
  readonly onOpenFaceplate: (target: { readonly tag: string } | { readonly equipment: string }) => void
  /** Address of the parts that were there in a span or during an alarm; null where this user may not see them. */
  readonly affectedBy: typeof affectedLink | null
  /** The camera of a screen read a symbol; `aimId`: its symbology (ISO/IEC 15424), null = not said. */
  readonly onScan: (text: string, aimId: string | null) => void
  /** What of the address follows the screen's name, slashes and all: `#/alarm-before/Filler.Level/high` → `Filler.Level/high`. */
  readonly detail: string | undefined
}

export interface Screen {
  /** `#/<name>`. */
  readonly name: string
  readonly title: () => string
  readonly permission: Permission
  /** In the menu, or reached from another place (own password). */
  readonly isInMenu: boolean
  readonly load: () => Promise<{ readonly default: Component<ScreenProps> }>
}

type LoadedScreen = { readonly default: Component<ScreenProps> }
type LoadedPlainScreen = { readonly default: Component<Record<string, never>> }

export const screens: readonly Screen[] = [
  screen(
    'alarms',
    () => t('alarms'),
    'alarms.read',
    () => import('./alarms/list/AlarmList.svelte'),
  ),
  screen(
    'alarm-journal',
    () => t('alarmJournal'),
    'alarms.read',
    () => import('./alarms/journal/AlarmJournal.svelte'),
  ),
  screen(
    'alarm-kpi',
    () => t('alarmKpi'),
    'alarms.read',
    plain(() => import('./alarms/kpi/AlarmKpi.svelte')),
  ),
  screen(
    'shift-report',
    () => t('shiftReport'),
    'alarms.read',
    plain(() => import('./alarms/shift-report/ShiftReport.svelte')),
  ),
  screen(
    'alarm-database',
    () => t('alarmDatabase'),
    'alarms.read',
    () => import('./alarms/database/AlarmDatabase.svelte'),
  ),
  {
    ...screen(
      'alarm-before',
      () => t('alarmBefore'),
      'alarms.read',
      () => import('./alarms/before/AlarmBefore.svelte'),
    ),
    isInMenu: false,
  },
  screen(
    'trend',
    () => t('trends'),
    'history.read',
    () => import('./trends/TrendScreen.svelte'),
  ),
  screen(
    'labels',
    () => t('labels'),
    'labels.view',
    () => import('./labels/LabelScreen.svelte'),
  ),
  screen(
    'trace',
    () => t('trace'),
    'identifiers.read',
    () => import('./identifiers/TraceScreen.svelte'),
  ),
  {
    ...screen(
      'affected',
      () => t('affected'),
      'identifiers.read',
      plain(() => import('./identifiers/AffectedParts.svelte')),
    ),
    isInMenu: false,
  },
  screen(
    'editor',
    () => t('editor'),
    'plant.change',
    () => import('./mimic/editor/MimicEditor.svelte'),
  ),
  screen(
    'tags',
    () => t('tags'),
    'tags.read',
    () => import('./engineering/TagBrowser.svelte'),
  ),
  screen(
    'devices',
    () => t('devices'),
    'devices.view',
    () => import('./engineering/Devices.svelte'),
  ),
  screen(
    'faults',
    () => t('faults'),
    'plant.view',
    plain(() => import('./engineering/PlantFaults.svelte')),
  ),
  screen(
    'displays',
    () => t('displayQuality'),
    'plant.view',
    () => import('./displays/DisplayQuality.svelte'),
  ),
  screen(
    'types',
    () => t('equipmentTypes'),
    'plant.view',
    () => import('./displays/TypeLibrary.svelte'),
  ),
  screen(
    'tag-files',
    () => t('tagFiles'),
    'plant.view',
    plain(() => import('./engineering/TagFiles.svelte')),
  ),
  screen(
    'health',
    () => t('health'),
    'maintenance.view',
    plain(() => import('./maintenance/SystemHealth.svelte')),
  ),
  screen(
    'audit',
    () => t('audit'),
    'audit.read',
    plain(() => import('./access/AuditTrail.svelte')),
  ),
  screen(
    'accounts',
    () => t('accounts'),
    'access.administer',
    plain(() => import('./access/Accounts.svelte')),
  ),
  {
    ...screen(
      'password',
      () => t('changePassword'),
      'access.own',
      plain(() => import('./access/ChangePassword.svelte')),
    ),
    isInMenu: false,
  },
]

function screen(name: string, title: () => string, permission: Permission, load: () => Promise<LoadedScreen>): Screen {
  return { name, title, permission, isInMenu: true, load }
}

/** A screen that needs nothing handed in: what it is given all the same it does not look at. */
function plain(load: () => Promise<LoadedPlainScreen>): () => Promise<LoadedScreen> {
  return load as unknown as () => Promise<LoadedScreen>
}
