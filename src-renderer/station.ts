// Everything a screen works with, built once for the page and handed down by Svelte's context.
import { getContext } from 'svelte'
import { AlarmSummaryState } from './alarms/alarm-summary.svelte.ts'
import { AlarmSound, AudioOutput } from './alarms/sound/alarm-sound.svelte.ts'
import { ConnectionState } from './connection/connection-state.svelte.ts'
import { PlantState } from './connection/plant-state.svelte.ts'
import { RuntimeClient, type RuntimeClientOptions } from './connection/runtime-client.ts'
import { LabelState } from './labels/label-state.svelte.ts'
import { LiveTags } from './tags/live-tags.svelte.ts'
import { TagCatalog } from './tags/tag-catalog.svelte.ts'

export interface Station {
  readonly client: RuntimeClient
  readonly connection: ConnectionState
  readonly plant: PlantState
  readonly liveTags: LiveTags
  readonly catalog: TagCatalog
  /** What every screen shows of alarms. */
  readonly alarms: AlarmSummaryState
  readonly alarmSound: AlarmSound
  /** Printers, labels in doubt, and jobs as they change. */
  readonly labels: LabelState
}

/** Key of the context; tests hand in their own station under it. */
export const stationKey = Symbol('station')

/** Opens the link and builds what reads from it. */
export function startStation(options: RuntimeClientOptions): Station {
  const client = new RuntimeClient(options)
  const connection = new ConnectionState(client)
  const catalog = new TagCatalog(client)
  const plant = new PlantState(client, () => catalog.forget())
  const alarms = new AlarmSummaryState(client)
  const station: Station = {
    client,
    connection,
    plant,
    liveTags: new LiveTags(client, connection),
    catalog,
    alarms,
    alarmSound: new AlarmSound(alarms, new AudioOutput()),
    labels: new LabelState(client),
  }
  client.start()
  return station
}

/** The station of this page; call it while a component is being made. */
export function useStation(): Station {
  return getContext<Station>(stationKey)
}
