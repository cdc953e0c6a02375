// The runtime as the API sees it, in memory: a tag table of two dictionaries, a device list, a plant; access is the real one
// in a temporary data folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Access, openAccess } from '../../src-main/access/access.ts'
import type { ApiParts, TagReader, WriteOutcome } from '../../src-main/api/api-parts.ts'
import type { Clock } from '../../src-main/base/clock.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import type { AlarmDatabaseChange, AlarmDatabaseEdit } from '../../src-main/shared/alarm-database.ts'
import type { DeviceRow } from '../../src-main/shared/contract.ts'
import type { DataValue, TagValue } from '../../src-main/shared/data-value.ts'
import type { Plant } from '../../src-main/shared/plant.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'
import { coerceValue, type TagDefinition } from '../../src-main/shared/tag.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'
import { emptyPlant } from './empty-plant.ts'
import { FakeAlarms } from './fake-alarms.ts'
import { FakeHistory } from './fake-history.ts'
import { fakeIdentifiers, fakeLabels } from './fake-labels.ts'
import { tagDefinition } from './tag-definition.ts'

/** Tags by name, with values that tests set. */
export class FakeTags implements TagReader {
  readonly #definitions = new Map<number, TagDefinition>()
  readonly #handles = new Map<string, number>()
  readonly #values = new Map<number, DataValue>()
  readonly #clock: Clock
  #next = 1

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(name: string, value: TagValue, over: Partial<TagDefinition> = {}): number {
    const handle = this.#next++
    this.#handles.set(name, handle)
    this.#definitions.set(handle, tagDefinition(name, over))
    this.set(name, value)
    return handle
  }

  remove(name: string): void {
    this.#handles.delete(name)
  }

  /** The batch to publish. */
  set(name: string, value: TagValue, statusCode = 0): ValueBatch {
    const handle = this.#handles.get(name)!
    const now = this.#clock.now()
    this.#values.set(handle, { value, statusCode, sourceTimestamp: now, serverTimestamp: now })
    const builder = new ValueBatchBuilder(1)
    builder.add(handle, value, statusCode, now)
    return builder.take()
  }

  handleOf(name: string): number | undefined {
    return this.#handles.get(name)
  }

  definition(handle: number): TagDefinition | undefined {
    return this.#definitions.get(handle)
  }

  read(handle: number): DataValue {
    return this.#values.get(handle)!
  }

  names(): readonly string[] {
    return [...this.#handles.keys()].sort()
  }
}

export interface FakeRuntime {
  readonly parts: ApiParts
  readonly tags: FakeTags
  readonly history: FakeHistory
  readonly alarms: FakeAlarms
  readonly access: Access
  readonly dataFolder: string
  plant: Plant
  devices: DeviceRow[]
  /** Tags written so far, newest last. */
  readonly written: { readonly tag: string; readonly value: unknown }[]
  close(): void
}

export function fakeRuntime(clock: Clock = systemClock): FakeRuntime {
  const dataFolder = mkdtempSync(join(tmpdir(), 'lineside-api-'))
  const access = openAccess({ dataFolder, clock })
  const tags = new FakeTags(clock)
  const history = new FakeHistory()
  const alarms = new FakeAlarms()
  const runtime: FakeRuntime = {
    tags,
    history,
    alarms,
    access,
    dataFolder,
    plant: emptyPlant,
    devices: [],
    written: [],
    parts: {
      clock,
      logger: silentLogger,
      version: '0.0.0-test',
      tags,
      labels: fakeLabels(),
      identifiers: fakeIdentifiers(),
      access,
      writeTag: async (tag, value) => write(runtime, tag, value),
      devices: {
        list: () => runtime.devices,
        reconnect: async (device) => requireDevice(runtime, device),
        browse: async (device) => {
          requireDevice(runtime, device)
          return []
        },
        readTest: async (device) => {
          requireDevice(runtime, device)
          return { value: 7n, statusCode: 0, sourceTimestamp: 1, latencyMs: 2 }
        },
        callMethod: async (device) => {
          requireDevice(runtime, device)
          return { statusCode: 0, outputs: [] }
        },
        certificates: async () => [],
        setCertificateTrust: async (thumbprint) => {
          throw new RuntimeError('BadNotFound', `there is no certificate ${thumbprint}`)
        },
      },
      plantStore: {
        get plant() {
          return runtime.plant
        },
        revision: 1,
        faults: [],
        reload: async () => undefined,
        mimicSvg: async (name) => svgOf(name, 'overview'),
        symbolSvg: async (type) => svgOf(type, 'pump'),
        exportTags: async () => 'name\n',
        importTags: async () => ({ faults: [], tagCount: 0 }),
        trends: () => runtime.plant.trends,
        saveTrend: async () => ({ version: 'v1', faults: [] }),
        deleteTrend: async (name) => {
          throw new RuntimeError('BadNotFound', `There is no trend group "${name}"`)
        },
        alarmDatabase: () => ({ rows: [], version: 'v1', philosophy: runtime.plant.alarmPhilosophy }),
        saveAlarmDatabase: async (edits, { version }) => {
          if (version !== undefined && version !== 'v1')
            throw new RuntimeError('BadEntryExists', 'the master alarm database changed meanwhile')
          return { changes: edits.map(changeOf), faults: [], version: 'v2' }
        },
        exportAlarmDatabase: async () => 'id\r\n',
        importAlarmDatabase: async () => ({ changes: [], faults: [], version: 'v1' }),
        mimicSource: async (name) => {
          throw new RuntimeError('BadNotFound', `There is no display "${name}"`)
        },
        saveMimic: async (_name, _svg, { version }) => {
          if (version !== undefined && version !== null)
            throw new RuntimeError('BadEntryExists', 'the display was deleted meanwhile')
          return { version: 'v1', faults: [], quality: null }
        },
        deleteMimic: async (name) => {
          throw new RuntimeError('BadNotFound', `There is no display "${name}"`)
        },
        displayQuality: async () => ({ displays: [], findings: [], score: null }),
        saveEquipment: async () => ({ faults: [], file: 'equipment/equipment.yaml' }),
        document: async (file) => {
          throw new RuntimeError('BadNotFound', `No equipment has a document "${file}"`)
        },
      },
      equipment: {
        status: (names) => names.map((equipment) => ({ equipment, state: null, health: 'unknown', reasons: [] })),
        watch: () => ({ take: () => null, close: () => undefined }),
        explain: () => ({ commands: [], conditions: [] }),
        counters: () => [],
        resetCounter: async (equipment, counter) => {
          throw new RuntimeError('BadNotFound', `${equipment} has no counter "${counter}"`)
        },
      },
      history,
      historyMarkers: [],
      alarms: alarms.parts,
      health: async () => ({
        tags: { count: tags.names().length },
        devices: runtime.devices.map(({ device, state, requestCount }) => ({ device, state, requestCount })),
      }),
    },
    close() {
      access.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
  return runtime
}

function write(runtime: FakeRuntime, tag: string, value: unknown): WriteOutcome {
  const handle = runtime.tags.handleOf(tag)
  if (handle === undefined) throw new RuntimeError('BadNotFound', `No tag is called "${tag}"`)
  const definition = runtime.tags.definition(handle)!
  if (!definition.writable) throw new RuntimeError('BadNotWritable', `${tag} is not writable`)
  const coerced = coerceValue(value, definition.dataType, definition.arrayLength)
  if (!coerced.ok) throw new RuntimeError('BadTypeMismatch', `${tag}: ${coerced.message}`)
  const { high } = definition.limits
  if (high !== null && typeof coerced.value === 'number' && coerced.value > high)
    throw new RuntimeError('BadOutOfRange', `${tag}: ${coerced.value} is above ${high}`)
  runtime.written.push({ tag, value })
  runtime.tags.set(tag, coerced.value)
  return { statusCode: 0, confirmed: true, value: coerced.value }
}

function changeOf({ id, reviewer }: AlarmDatabaseEdit): AlarmDatabaseChange {
  return { id, attribute: 'reviewer', old: null, new: reviewer ?? null }
}

function requireDevice(runtime: FakeRuntime, device: string): void {
  if (!runtime.devices.some((row) => row.device === device))
    throw new RuntimeError('BadNotFound', `there is no device "${device}"`)
}

function svgOf(name: string, known: string): string {
  if (name !== known) throw new RuntimeError('BadNotFound', `there is no "${name}"`)
  return '<svg xmlns="http://www.w3.org/2000/svg"/>'
}

/** A row as the device page shows it. */
export function deviceRow(device: string, over: Partial<DeviceRow> = {}): DeviceRow {
  return {
    device,
    description: '',
    protocol: 'modbus-tcp',
    address: '127.0.0.1:502',
    state: 'connected',
    stateTimestamp: 0,
    tagCount: 0,
    badTagCount: 0,
    requestCount: 0,
    failedRequestCount: 0,
    updateCount: 0,
    reconnectCount: 0,
    lastLatencyMs: null,
    meanLatencyMs: null,
    maximumLatencyMs: null,
    lastGoodTimestamp: null,
    lastError: null,
    nextAttemptTimestamp: null,
    details: {},
    canBrowse: false,
    ...over,
  }
}
