// What a faceplate needs to show and operate alarms: handed in, because alarms are screens of their own.
import type { Component } from 'svelte'
import type { AlarmDefinition } from '../../src-main/shared/alarm.ts'

/** Loads the component that shows the alarms of these tags and operates them. */
export type LoadAlarms = () => Promise<{
  readonly default: Component<{ tags: readonly string[]; definitions: readonly AlarmDefinition[] }>
}>
