// The alarm engine with a real tag table, a clock that a test moves and a journal in memory that keeps what a disk would.

import type { AlarmRecorder, AlarmTransition, StoredAlarm } from '../../src-main/alarms/alarm-transition.ts'
import type { AlarmDevice, Alarms, CommittedAlarms } from '../../src-main/alarms/alarms.ts'
import { openAlarms } from '../../src-main/alarms/engine/alarm-engine.ts'
import type { Logger } from '../../src-main/base/logger.ts'
import {
  type AlarmDefinition,
  type AlarmEvent,
  type AlarmOperator,
  type AlarmPhilosophy,
  defaultAlarmPhilosophy,
} from '../../src-main/shared/alarm.ts'
import type { TagValue } from '../../src-main/shared/data-value.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'
import type { TagDefinition } from '../../src-main/shared/tag.ts'
import { ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'
import { TagTable } from '../../src-main/tags/tag-table.ts'
import { FakeClock, settle } from './fake-clock.ts'
import { tagDefinition } from './tag-definition.ts'

/** An alarm `Tank.Level/high` above 90, no delays; overrides say otherwise. */
export function alarmDefinition(overrides: Partial<AlarmDefinition> = {}): AlarmDefinition {
  const condition = overrides.condition ?? 'high'
  const tag = overrides.tag ?? 'Tank.Level'
  return {
    id: `${tag}/${condition}`,
    tag,
    condition,
    limit: ['highHigh', 'high', 'low', 'lowLow', 'deviation', 'rateOfChange'].includes(condition) ? 90 : null,
    expression: null,
    deadband: 0,
    onDelayMs: 0,
    offDelayMs: 0,
    windowMs: 10_000,
    isExclusive: false,
    usesUncertain: true,
    onBadQuality: 'hold',
    priority: 'high',
    latching: false,
    reAlarmMs: null,
    mostReAlarms: 3,
    suppressedWhen: null,
    firstOutGroup: null,
    alarmClass: 'process',
    device: 'plc',
    equipment: null,
    area: 'Packaging',
    message: 'Level is high',
    unit: '%',
    decimals: null,
    states: null,
    rationalisation: null,
    ...overrides,
  }
}

/** Keeps everything, and says so a moment later. */
export class MemoryRecorder implements AlarmRecorder {
  readonly events: AlarmEvent[] = []
  readonly stored: Map<string, StoredAlarm>
  isWriting = true
  readonly #first: number

  /** With what another one kept: a station that starts again. */
  constructor(before: MemoryRecorder | null = null) {
    this.stored = new Map(before?.stored)
    this.#first = before?.lastSequence ?? 0
  }

  get lastSequence(): number {
    return this.events.at(-1)?.sequence ?? this.#first
  }

  load(): readonly StoredAlarm[] {
    // As a database gives it: nothing of the objects of before.
    return [...this.stored.values()].map((stored) => JSON.parse(JSON.stringify(stored)))
  }

  append(transitions: readonly AlarmTransition[]): void {
    for (const { event, stored } of transitions) {
      if (event.sequence !== this.lastSequence + 1) throw new Error(`row ${event.sequence} after ${this.lastSequence}`)
      this.events.push(event)
      this.stored.set(stored.id, stored)
    }
  }

  async flushed(): Promise<void> {
    await settle()
    if (!this.isWriting) throw new RuntimeError('BadResourceUnavailable', 'the disk is full')
  }
}

const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  part: () => silent,
} as unknown as Logger

export const operator: AlarmOperator = { user: 'anna', station: '10.0.0.7', isManager: false }
export const manager: AlarmOperator = { user: 'maria', station: 'desktop', isManager: true }

export interface AlarmStationOptions {
  readonly tags?: readonly TagDefinition[]
  readonly definitions: readonly AlarmDefinition[]
  readonly philosophy?: Partial<AlarmPhilosophy>
  readonly languages?: readonly string[]
  readonly clock?: FakeClock
  readonly recorder?: MemoryRecorder
}

export class AlarmStation {
  readonly clock: FakeClock
  readonly table: TagTable
  readonly recorder: MemoryRecorder
  readonly alarms: Alarms
  readonly committed: CommittedAlarms[] = []
  readonly #options: AlarmStationOptions

  constructor(options: AlarmStationOptions) {
    this.#options = options
    this.clock = options.clock ?? new FakeClock()
    this.table = new TagTable(this.clock)
    this.recorder = options.recorder ?? new MemoryRecorder()
    this.table.configure(options.tags ?? tagsOf(options.definitions))
    this.alarms = openAlarms({
      clock: this.clock,
      logger: silent,
      table: this.table,
      recorder: this.recorder,
      onCommitted: (committed) => this.committed.push(committed),
    })
    this.configure(options.definitions)
  }

  configure(
    definitions: readonly AlarmDefinition[],
    philosophy: Partial<AlarmPhilosophy> = {},
    removesMissing = true,
  ): void {
    this.alarms.configure({
      definitions,
      philosophy: { ...defaultAlarmPhilosophy, ...this.#options.philosophy, ...philosophy },
      languages: this.#options.languages ?? ['en', 'zh-CN'],
      removesMissing,
    })
  }

  /** Samples as a driver reports them, in this order: [tag, value, source time, status code]. */
  samples(...samples: readonly (readonly [string, TagValue, (number | undefined)?, number?])[]): void {
    const builder = new ValueBatchBuilder()
    for (const [tag, value, time, code] of samples)
      builder.add(this.table.handleOf(tag)!, value, code ?? 0, time ?? this.clock.now())
    this.alarms.changes(this.table.apply(builder.take()))
  }

  devices(...rows: readonly (readonly [string, AlarmDevice['state'], number?])[]): void {
    this.alarms.devices(
      rows.map(([device, state, time]) => ({ device, state, stateTimestamp: time ?? this.clock.now() })),
    )
  }

  /** State that is shown; `normal` when it is not listed. */
  state(id: string): string {
    return this.alarms.row(id)?.state ?? 'normal'
  }

  get events(): readonly AlarmEvent[] {
    return this.recorder.events
  }

  /** Rows of the journal in short: `active unacknowledged`. */
  story(id?: string): readonly string[] {
    return this.events
      .filter((event) => id === undefined || event.id === id)
      .map(({ event, state }) => `${event} ${state}`)
  }

  /** The station is killed and starts again on the same disk. */
  restart(definitions: readonly AlarmDefinition[] = this.#options.definitions): AlarmStation {
    this.alarms.close()
    return new AlarmStation({
      ...this.#options,
      definitions,
      clock: this.clock,
      recorder: new MemoryRecorder(this.recorder),
    })
  }
}

/** A station with one alarm, `Tank.Level/high` unless the overrides say otherwise. */
export function oneAlarm(overrides: Partial<AlarmDefinition> = {}): AlarmStation {
  return new AlarmStation({ definitions: [alarmDefinition(overrides)] })
}

/** A value above the usual limit of {@link alarmDefinition}. */
export function high(station: AlarmStation, tag = 'Tank.Level'): void {
  station.samples([tag, 95])
}

/** A value below it. */
export function low(station: AlarmStation, tag = 'Tank.Level'): void {
  station.samples([tag, 50])
}

function tagsOf(definitions: readonly AlarmDefinition[]): readonly TagDefinition[] {
  const names = new Set(definitions.map(({ tag }) => tag).filter((tag) => !tag.includes(':')))
  return [...names].map((name) => tagDefinition(name, { dataType: 'float64', limits: { low: null, high: null } }))
}
