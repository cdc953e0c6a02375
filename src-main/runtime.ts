// THE page to read first: builds every part of the plant side and wires the two walks, a value up and a command down. What
// one part needs of another is handed over here; there is no event bus.
import { join } from 'node:path'
import { type Access, openAccess } from './access/access.ts'
import { ApiServer } from './api/api-server.ts'
import { type Clock, systemClock } from './base/clock.ts'
import { Closing } from './base/closing.ts'
import type { Logger } from './base/logger.ts'
import { DriverHost } from './drivers/driver-host.ts'
import { protocolCatalog } from './drivers/protocol-catalog.ts'
import { CalculatedTags } from './expressions/calculated-tags.ts'
import { type Historian, openHistorian } from './historian/historian.ts'
import { defaultHistorySettings } from './historian/history-settings.ts'
import { alarmMarkers, deviceMarkers, operatorMarkers, recorderMarkers, writeMarkers } from './history-markers.ts'
import { StationIdentifiers } from './labelling/station-identifiers.ts'
import { StationLabels } from './labelling/station-labels.ts'
import { Health } from './maintenance/health.ts'
import { openPlantStore, type PlantStore } from './plant/plant-store.ts'
import { PlantThread } from './plant-thread.ts'
import { historianHealth, isRecording, Recording } from './recording.ts'
import type { AlarmEvent } from './shared/alarm.ts'
import type { DeviceRow } from './shared/contract.ts'
import type { JsonValue } from './shared/data-value.ts'
import type { Plant, PlantHistory } from './shared/plant.ts'
import { isBad } from './shared/status-code.ts'
import { joinedBatch, type ValueBatch, ValueBatchBuilder } from './shared/value-batch.ts'
import { StationAlarms } from './station-alarms.ts'
import { StationEquipment } from './station-equipment.ts'
import { lockDataFolder } from './storage/data-folder-lock.ts'
import { TagInterlocks } from './tags/tag-interlocks.ts'
import { TagTable } from './tags/tag-table.ts'
import { TagWriter, type WriteResult } from './tags/tag-writer.ts'

/** Expressions that ask for the age of a value change with time alone. */
const calculationIntervalMs = 1000
const noChanges: ValueBatch = new ValueBatchBuilder(1).take()

export interface RuntimeOptions {
  readonly plantFolder: string
  /** State that is not the plant: accounts, journals, keys. Made when it does not exist. */
  readonly dataFolder: string
  /** The Lineside version. */
  readonly version: string
  readonly logger: Logger
  readonly clock?: Clock
}

/** Opens a plant and keeps it running. Throws a RuntimeError when the data folder cannot be used; a faulty plant is no error. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const clock = options.clock ?? systemClock
  const closing = new Closing()
  let runtime: Runtime | null = null
  try {
    const access = closing.add(openAccess({ dataFolder: options.dataFolder, clock }))
    closing.add(lockDataFolder(options.dataFolder))
    const plantLogger = options.logger.part('plant')
    const plantThread = closing.add(new PlantThread({ clock, logger: plantLogger }))
    const plantStore = closing.add(
      await openPlantStore({
        folder: options.plantFolder,
        dataFolder: options.dataFolder,
        work: plantThread,
        clock,
        logger: plantLogger,
        onChange: () => runtime?.plantChanged(),
      }),
    )
    const historian = closing.add(
      openHistorian({
        folder: join(options.dataFolder, 'history'),
        settings: { ...defaultHistorySettings, ...plantStore.plant.history },
        clock,
        logger: options.logger.part('historian'),
        onResumed: (handles) => runtime?.recordPresent(handles),
      }),
    )
    runtime = new Runtime(options, clock, access, plantStore, historian, closing)
    return runtime
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Made by {@link startRuntime}. */
export class Runtime {
  readonly api: ApiServer
  readonly access: Access
  readonly plantStore: PlantStore
  readonly tagTable: TagTable
  readonly drivers: DriverHost
  readonly #closing: Closing
  #configured: Plant | null = null
  readonly #tagWriter: TagWriter
  readonly #interlocks: TagInterlocks
  readonly #calculatedTags: CalculatedTags
  readonly #historian: Historian
  readonly #recording: Recording
  readonly #alarms: StationAlarms
  readonly #equipment: StationEquipment
  readonly #labels: StationLabels
  #wasRecording = true
  readonly #clock: Clock

  constructor(
    options: RuntimeOptions,
    clock: Clock,
    access: Access,
    plantStore: PlantStore,
    historian: Historian,
    closing: Closing,
  ) {
    this.#clock = clock
    this.#historian = historian
    this.#closing = closing
    this.access = access
    this.plantStore = plantStore
    this.tagTable = new TagTable(clock)
    this.#interlocks = new TagInterlocks(this.tagTable)
    this.#calculatedTags = new CalculatedTags({ table: this.tagTable, clock })
    this.#recording = new Recording(historian, this.tagTable, clock)
    this.#recording.started()
    this.#alarms = closing.add(
      new StationAlarms({
        dataFolder: options.dataFolder,
        clock,
        logger: options.logger.part('alarms'),
        table: this.tagTable,
        historian,
        audit: access.audit,
        plant: () => this.plantStore.plant,
        onEvents: (events) => this.#alarmsTold(events),
      }),
    )
    this.#recording.presentAlarms(this.#alarms.states())
    this.#equipment = closing.add(
      new StationEquipment({
        dataFolder: options.dataFolder,
        clock,
        logger: options.logger.part('equipment'),
        table: this.tagTable,
        writeTag: (name, value) => this.writeTag(name, value),
      }),
    )
    this.drivers = closing.add(
      new DriverHost({
        protocols: protocolCatalog,
        dataFolder: options.dataFolder,
        clock,
        logger: options.logger.part('drivers'),
        secret: (name) => access.secrets.read(name),
        onValues: (batch) => this.onDriverValues(batch),
        onDevices: () => this.#devicesChanged(),
      }),
    )
    this.#tagWriter = new TagWriter({
      table: this.tagTable,
      clock,
      send: (handle, raw) => this.drivers.write(handle, raw),
      interlock: (tag, isWritten) => this.#interlocks.refusal(tag, isWritten),
    })
    this.#labels = closing.add(
      new StationLabels(
        {
          dataFolder: options.dataFolder,
          clock,
          logger: options.logger.part('labels'),
          table: this.tagTable,
          templateFiles: plantStore,
          journal: this.#alarms.journal,
          applyTags: (batch) => this.#spread(this.tagTable.apply(batch)),
          writeTag: (name, value) => this.writeTag(name, value),
        },
        plantStore.plant,
      ),
    )
    const identifiers = new StationIdentifiers({
      clock,
      labels: this.#labels,
      plant: () => this.plantStore.plant,
      history: historian,
      journal: this.#alarms.journal,
      audit: access.audit,
    })
    const health = closing.add(new Health({ clock, dataFolder: options.dataFolder, sections: this.#healthSections() }))
    this.api = closing.add(
      new ApiServer({
        clock,
        logger: options.logger.part('api'),
        version: options.version,
        tags: this.tagTable,
        writeTag: (name, value) => this.writeTag(name, value),
        devices: {
          list: () => this.devices(),
          reconnect: (device) => this.drivers.reconnect(device),
          browse: (device, path) => this.drivers.browse(device, path),
          readTest: (device, address, dataType, arrayLength) =>
            this.drivers.readTest(device, address, dataType, arrayLength),
          callMethod: (device, path, inputs) => this.drivers.callMethod(device, path, inputs),
          certificates: () => this.drivers.certificates(),
          setCertificateTrust: (thumbprint, trusted) => this.drivers.setCertificateTrust(thumbprint, trusted),
        },
        plantStore,
        history: {
          get isRecording() {
            return isRecording(historian)
          },
          read: (request, signal) => historian.read(request, signal),
          statistics: (tags, from, to, signal) => historian.statistics(tags, from, to, signal),
          seriesRows: (prefix, limit, cursor) => historian.seriesRows(prefix, limit, cursor),
          write: (series) => this.#recording.backfill(series),
        },
        historyMarkers: [
          writeMarkers(access.audit),
          operatorMarkers(access.audit),
          alarmMarkers(this.#alarms.journal),
          deviceMarkers({ history: historian, deviceOf: (tag) => this.#deviceOf(tag) }),
          recorderMarkers({ history: historian, gaps: () => this.#recording.gaps() }),
        ],
        alarms: this.#alarms.api,
        equipment: this.#equipment.api,
        labels: this.#labels.api,
        identifiers: identifiers.api,
        access,
        health: () => health.read(),
      }),
    )
    this.#configure()
    const timer = clock.every(calculationIntervalMs, () => {
      this.#spread(noChanges)
      this.#watchHistorian()
      const { troubles } = this.#labels
      this.#alarms.secondPassed({
        isRecording: this.#wasRecording,
        isAudited: access.audit.isWriting,
        labels: troubles,
      })
      this.#equipment.secondPassed()
      this.#labels.secondPassed()
    })
    closing.onClose(() => timer.cancel())
  }

  /** One batch up, from a driver to everybody who wants to know. */
  onDriverValues(batch: ValueBatch): void {
    this.#tagWriter.observe(batch)
    this.#spread(this.tagTable.apply(batch))
    this.#labels.reported(batch)
  }

  /** One command down; what was written is kept in history with the device's answer. */
  async writeTag(name: string, value: unknown): Promise<WriteResult> {
    const timestamp = this.#clock.now()
    const result = await this.#tagWriter.write(name, value)
    this.#recording.written(name, value, timestamp, result)
    return result
  }

  /** The historian lost samples and goes on: what does not change soon is known again. null = of every tag. */
  recordPresent(handles: readonly number[] | null): void {
    this.#recording.present(handles)
    if (handles === null) this.#recording.presentAlarms(this.#alarms.states())
  }

  /** The plant folder changed and was accepted, or only its faults changed. */
  plantChanged(): void {
    if (this.plantStore.plant !== this.#configured) this.#configure()
    this.api.plantChanged()
  }

  /** Every connection, with how many of its tags are Bad. */
  devices(): readonly DeviceRow[] {
    return this.drivers.list().map((row) => {
      const bad = this.drivers.handlesOf(row.device).filter((handle) => isBad(this.tagTable.statusCode(handle)))
      return { ...row, badTagCount: bad.length }
    })
  }

  #healthSections(): Readonly<Record<string, () => JsonValue>> {
    return {
      devices: () => this.devices().map((row) => ({ ...row, details: row.details })),
      tags: () => ({ count: this.tagTable.size, badCount: this.#badTagCount() }),
      // The sample ledger: what drivers offered is what was accepted, unchanged or unknown; dropped ones never arrived.
      valuePath: () => ({ ...this.tagTable.ledger, droppedCount: this.drivers.droppedValueCount }),
      alarms: () => this.#alarms.health(),
      equipment: () => this.#equipment.health(),
      labels: () => this.#labels.health(),
      historian: () => historianHealth(this.#historian.health()),
      api: () => ({ ...this.api.counters }),
      plant: () => ({ revision: this.plantStore.revision, faultCount: this.plantStore.faults.length }),
    }
  }

  /** Screens say so when history is not kept any more, or is again. */
  #watchHistorian(): void {
    const isRecordingNow = isRecording(this.#historian)
    if (isRecordingNow === this.#wasRecording) return
    this.#wasRecording = isRecordingNow
    this.api.plantRowChanged()
  }

  #deviceOf(tag: string): string | null {
    const handle = this.tagTable.handleOf(tag)
    return handle === undefined ? null : (this.tagTable.definition(handle)?.device ?? null)
  }

  #badTagCount(): number {
    let count = 0
    for (const { handle } of this.tagTable.entries()) if (isBad(this.tagTable.statusCode(handle))) count++
    return count
  }

  close(): Promise<void> {
    return this.#closing.close()
  }

  /**
   * Changes of the tag table, and the calculated tags that they, or time alone, touch. Alarms come first and see both in one piece, so
   * that measured and calculated values fit each other: what they find is on its way to the disk while screens are told.
   */
  #spread(changes: ValueBatch): void {
    const calculated = this.#calculatedTags.evaluate(changes)
    const results = calculated.count === 0 ? noChanges : this.tagTable.applyCalculated(calculated)
    const all = joinedBatch(changes, results)
    this.#alarms.changes(all)
    this.#equipment.changes(all)
    this.#labels.changes(all)
    this.api.publish(changes)
    this.api.publish(results)
    // Last of all: the historian takes the columns away.
    this.#recording.changes(changes)
    this.#recording.changes(results)
  }

  /** Alarms that are in the journal. */
  #alarmsTold(events: readonly AlarmEvent[]): void {
    this.#recording.alarms(events)
    this.#labels.alarms(events)
  }

  #devicesChanged(): void {
    const rows = this.drivers.list()
    this.#alarms.devices(rows)
    this.#recording.devices(rows)
  }

  #configure(): void {
    const { plant } = this.plantStore
    const before = this.#configured
    this.#configured = plant
    // The same list when no tag changed: then no expression is compiled again.
    if (plant.tags !== before?.tags) {
      this.tagTable.configure(plant.tags)
      this.#interlocks.configure()
      this.#calculatedTags.configure(plant.tags)
    }
    if (plant.tags !== before?.tags || !isSame(plant.history, before.history)) this.#recording.configure(plant)
    // Handles are the new ones from here on.
    if (isOtherForAlarms(plant, before)) this.#alarms.configure(plant, this.plantStore.revision > 0)
    if (plant.tags !== before?.tags || plant.equipment !== before.equipment) this.#equipment.configure(plant)
    if (plant.tags !== before?.tags) this.#spread(noChanges)
    this.#labels.configure(plant)
    this.drivers.configure(
      plant.devices,
      [...this.tagTable.entries()].filter(({ definition }) => definition.device !== null),
    )
  }
}

function isOtherForAlarms(plant: Plant, before: Plant | null): boolean {
  return (
    plant.tags !== before?.tags ||
    plant.alarms !== before.alarms ||
    plant.alarmPhilosophy !== before.alarmPhilosophy ||
    plant.languages !== before.languages
  )
}

function isSame(a: PlantHistory, b: PlantHistory): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
