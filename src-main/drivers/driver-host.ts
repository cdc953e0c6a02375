// The runtime's side of the drivers: which device needs which protocol's worker, whose values come from where, and what is asked
// of them. A worker that is down turns its tags Bad at once; the runtime goes on.
import type { Worker } from 'node:worker_threads'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { BrowseRow, CertificateRow, DeviceRow } from '../shared/contract.ts'
import type { TagValue } from '../shared/data-value.ts'
import type { DeviceDefinition } from '../shared/plant.ts'
import type { Protocol, WorkerName } from '../shared/protocol.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { StatusCodes } from '../shared/status-code.ts'
import type { DataType, TagDefinition } from '../shared/tag.ts'
import { badBatch, type ValueBatch } from '../shared/value-batch.ts'
import type { DeviceStatus } from './device-connection.ts'
import type { DriverItem } from './driver.ts'
import type { ConfiguredDevice, DriverRequest, DriverWorkerStart } from './driver-message.ts'
import { DriverWorkerProcess } from './driver-worker-process.ts'

/** A request that its worker does not answer is given up after this much more than the device's time-outs. */
const requestGraceMs = 5_000

/** A tag with the number its values carry. */
export interface HandledTag {
  readonly handle: number
  readonly definition: TagDefinition
}

export interface DriverHostOptions {
  readonly protocols: ReadonlyMap<string, Protocol>
  readonly dataFolder: string
  readonly clock: Clock
  readonly logger: Logger
  readonly secret: (name: string) => string | null
  /** The receiver owns the columns. */
  readonly onValues: (batch: ValueBatch) => void
  readonly onDevices: () => void
  /** Starts the worker thread; tests put a faulty one in its place. */
  readonly startWorker?: (start: DriverWorkerStart) => Worker
}

/** What a method answered. */
export interface MethodOutcome {
  readonly statusCode: number
  readonly outputs: readonly TagValue[]
}

interface KnownDevice {
  readonly definition: DeviceDefinition
  readonly protocol: Protocol
  readonly items: readonly DriverItem[]
  readonly itemsByHandle: ReadonlyMap<number, DriverItem>
  status: DeviceStatus | null
}

export class DriverHost {
  readonly #options: DriverHostOptions
  #devices = new Map<string, KnownDevice>()
  #deviceOfHandle = new Map<number, string>()
  readonly #workers = new Map<WorkerName, DriverWorkerProcess>()
  #closed = false

  constructor(options: DriverHostOptions) {
    this.#options = options
  }

  /** Exactly these devices and tags from now on; links and tags that did not change are not disturbed. */
  configure(devices: readonly DeviceDefinition[], tags: readonly HandledTag[]): void {
    const tagsByDevice = Map.groupBy(tags, ({ definition }) => definition.device)
    const before = this.#devices
    this.#devices = new Map()
    this.#deviceOfHandle = new Map()
    for (const definition of devices) {
      const protocol = this.#options.protocols.get(definition.protocol)
      if (!protocol)
        throw new RuntimeError(
          'BadConfigurationError',
          `Device "${definition.name}": protocol "${definition.protocol}" is not known`,
        )
      const items = (tagsByDevice.get(definition.name) ?? []).map(toItem)
      const itemsByHandle = new Map(items.map((item) => [item.handle, item]))
      const status = before.get(definition.name)?.status ?? null
      this.#devices.set(definition.name, { definition, protocol, items, itemsByHandle, status })
      for (const { handle } of items) this.#deviceOfHandle.set(handle, definition.name)
      if (!definition.enabled) this.#sayBad(items, StatusCodes.BadOutOfService)
    }
    this.#configureWorkers()
    this.#options.onDevices()
  }

  /** State and counters of every device, in the order of the plant. `badTagCount` is left to the caller: 0. */
  list(): readonly DeviceRow[] {
    return [...this.#devices.values()].map(toRow)
  }

  /** Handles of a device's tags. */
  handlesOf(device: string): readonly number[] {
    return this.#devices.get(device)?.items.map(({ handle }) => handle) ?? []
  }

  /** Values that newer ones overtook because the runtime did not keep up, since the start. */
  get droppedValueCount(): number {
    return [...this.#workers.values()].reduce((sum, worker) => sum + worker.droppedValueCount, 0)
  }

  /** Writes a raw value; the device's answer as a status code. Never throws. */
  async write(handle: number, value: TagValue): Promise<number> {
    const device = this.#deviceOfHandle.get(handle)
    if (device === undefined) return StatusCodes.BadNodeIdUnknown
    try {
      return (await this.#ask(device, { kind: 'write', device, handle, value })) as number
    } catch (error) {
      return error instanceof RuntimeError ? error.statusCode : StatusCodes.BadUnexpectedError
    }
  }

  /** Drops the link and connects at once; a secret that was set meanwhile is used. */
  async reconnect(device: string): Promise<void> {
    this.#configureWorkers()
    await this.#ask(device, { kind: 'reconnect', device })
  }

  async browse(device: string, path: string): Promise<readonly BrowseRow[]> {
    return (await this.#ask(device, { kind: 'browse', device, path })) as readonly BrowseRow[]
  }

  /** Reads an address once. Throws RuntimeError: BadNotFound, BadInvalidArgument for a faulty address, BadNoCommunication. */
  async readTest(
    device: string,
    address: string,
    dataType: DataType | null = null,
    arrayLength: number | null = null,
  ): Promise<{ value: TagValue; statusCode: number; sourceTimestamp: number; latencyMs: number }> {
    const known = this.#known(device)
    const check = known.protocol.checkAddress(address, dataType, arrayLength)
    if (!check.ok) throw new RuntimeError('BadInvalidArgument', check.message)
    const item: DriverItem = {
      handle: 0,
      address,
      dataType: dataType ?? check.dataType ?? 'float64',
      arrayLength: arrayLength ?? check.arrayLength,
      scanIntervalMs: 1000,
      writable: false,
      // A driver whose device tells the types (OPC UA) answers with the one it finds.
      options: dataType === null && check.dataType === null ? { detectType: true } : {},
    }
    const begin = this.#options.clock.monotonic()
    const batch = (await this.#ask(device, { kind: 'read', device, items: [item] })) as ValueBatch
    const latencyMs = this.#options.clock.monotonic() - begin
    if (batch.count === 0)
      throw new RuntimeError('BadNoCommunication', `Device "${device}": no answer to a read of ${address}`)
    const other = batch.others?.[0]
    const raw = other === undefined ? batch.value[0]! : other
    const value = item.dataType === 'bool' && typeof raw === 'number' ? raw !== 0 : raw
    return { value, statusCode: batch.statusCode[0]!, sourceTimestamp: batch.sourceTimestamp[0]!, latencyMs }
  }

  async callMethod(device: string, path: string, inputs: readonly unknown[]): Promise<MethodOutcome> {
    return (await this.#ask(device, { kind: 'callMethod', device, path, inputs })) as MethodOutcome
  }

  /** Certificates of all protocols that run now. */
  async certificates(): Promise<readonly CertificateRow[]> {
    const answers = await Promise.all(
      [...this.#workers.values()].map((worker) => worker.request({ kind: 'certificates' }, requestGraceMs)),
    )
    return answers.flat() as readonly CertificateRow[]
  }

  /** Trusts or rejects a certificate, wherever it is known. Throws BadNotFound. */
  async setCertificateTrust(thumbprint: string, trusted: boolean): Promise<void> {
    for (const [name, worker] of this.#workers) {
      const known = (await worker.request({ kind: 'certificates' }, requestGraceMs)) as readonly CertificateRow[]
      if (!known.some((row) => row.thumbprint === thumbprint)) continue
      await worker.request({ kind: 'trust', thumbprint, trusted }, requestGraceMs)
      return trusted ? this.#retryWaiting(name) : undefined
    }
    throw new RuntimeError('BadNotFound', `No certificate with thumbprint ${thumbprint} is known`)
  }

  /** What kept a device waiting may be gone: ask now instead of at the end of its wait. */
  async #retryWaiting(worker: WorkerName): Promise<void> {
    for (const { definition, protocol, status } of this.#devices.values())
      if (protocol.worker === worker && definition.enabled && status?.state === 'waiting')
        await this.reconnect(definition.name)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()))
    this.#workers.clear()
  }

  #configureWorkers(): void {
    const byWorker = Map.groupBy(this.#devices.values(), ({ protocol }) => protocol.worker)
    for (const name of new Set([...byWorker.keys(), ...this.#workers.keys()])) {
      const devices = (byWorker.get(name) ?? []).map((known) => this.#configured(known))
      // A disabled device needs no thread; one that is running hears of it all the same.
      const isNeeded = devices.some(({ device }) => device.enabled)
      if (isNeeded && !this.#workers.has(name)) this.#workers.set(name, this.#startWorker(name))
      this.#workers.get(name)?.configure(devices)
    }
  }

  #startWorker(name: WorkerName): DriverWorkerProcess {
    return new DriverWorkerProcess(name, this.#options, {
      onValues: (batch) => {
        if (!this.#closed) this.#options.onValues(batch)
      },
      onStatus: (statuses) => {
        for (const status of statuses) {
          const known = this.#devices.get(status.device)
          if (known) known.status = status
        }
        this.#options.onDevices()
      },
      onDown: (message) => this.#workerDown(name, message),
    })
  }

  #workerDown(name: WorkerName, message: string): void {
    const timestamp = this.#options.clock.now()
    for (const known of this.#devices.values()) {
      if (known.protocol.worker !== name || !known.definition.enabled) continue
      const lastError = { timestamp, statusCode: StatusCodes.BadInternalError, message }
      known.status = { ...(known.status ?? emptyStatus(known)), state: 'failed', stateTimestamp: timestamp, lastError }
      this.#sayBad(known.items, StatusCodes.BadNoCommunication)
    }
    this.#options.onDevices()
  }

  #sayBad(items: readonly DriverItem[], statusCode: number): void {
    if (items.length > 0)
      this.#options.onValues(
        badBatch(
          items.map((item) => item.handle),
          statusCode,
          this.#options.clock.now(),
        ),
      )
  }

  #configured({ definition, items }: KnownDevice): ConfiguredDevice {
    const secrets: Record<string, string> = {}
    for (const name of namedSecrets(definition.options)) {
      const secret = this.#options.secret(name)
      if (secret !== null) secrets[name] = secret
    }
    return { device: definition, items, secrets }
  }

  #known(device: string): KnownDevice {
    const known = this.#devices.get(device)
    if (!known) throw new RuntimeError('BadNotFound', `No device is called "${device}"`)
    return known
  }

  #ask(device: string, request: DriverRequest): Promise<unknown> {
    const { definition, protocol } = this.#known(device)
    const worker = this.#workers.get(protocol.worker)
    if (!definition.enabled || !worker)
      throw new RuntimeError('BadOutOfService', `Device "${device}" is disabled in the plant`)
    return worker.request(request, 4 * definition.timeoutMs + requestGraceMs)
  }
}

function toItem({ handle, definition }: HandledTag): DriverItem {
  return {
    handle,
    address: definition.address ?? '',
    dataType: definition.dataType,
    arrayLength: definition.arrayLength,
    scanIntervalMs: definition.scanIntervalMs,
    writable: definition.writable,
    options: definition.addressOptions,
  }
}

function toRow(known: KnownDevice): DeviceRow {
  const { definition, items } = known
  const status = known.status ?? emptyStatus(known)
  return {
    ...status,
    description: definition.description,
    protocol: definition.protocol,
    address: definition.address,
    state: definition.enabled ? status.state : 'disabled',
    tagCount: items.length,
    badTagCount: 0,
  }
}

function emptyStatus({ definition, items }: KnownDevice): DeviceStatus {
  return {
    device: definition.name,
    state: 'connecting',
    stateTimestamp: 0,
    tagCount: items.length,
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
  }
}

/** Values of all keys that end in "Secret", at any depth: names of secrets in the data folder. */
function namedSecrets(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) return []
  return Object.entries(options).flatMap(([key, value]) =>
    typeof value === 'string' ? (key.endsWith('Secret') ? [value] : []) : namedSecrets(value),
  )
}
