// The devices of one protocol: what its worker thread keeps connected. Knows no thread.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { TagValue } from '../shared/data-value.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { StatusCodes } from '../shared/status-code.ts'
import { badBatch, type ValueBatch } from '../shared/value-batch.ts'
import { DeviceConnection, type DeviceStatus } from './device-connection.ts'
import type { ProtocolDriver } from './driver.ts'
import type { ConfiguredDevice, DriverRequest } from './driver-message.ts'

export interface DeviceGroupOptions {
  readonly driver: ProtocolDriver
  readonly folder: string
  readonly clock: Clock
  readonly logger: Logger
  readonly onValues: (batch: ValueBatch) => void
  readonly onState: () => void
}

interface Member {
  readonly key: string
  readonly connection: DeviceConnection
}

export class DeviceGroup {
  readonly #options: DeviceGroupOptions
  readonly #members = new Map<string, Member>()
  /** Connections that are still closing; a new one to the same device waits for the old one. */
  readonly #leaving = new Map<string, Promise<void>>()

  constructor(options: DeviceGroupOptions) {
    this.#options = options
  }

  /** Exactly these devices from now on. One whose definition is the same keeps its link and gets its new items. */
  configure(devices: readonly ConfiguredDevice[]): void {
    const wanted = new Map(devices.map((device) => [device.device.name, device]))
    for (const [name, member] of this.#members) {
      const next = wanted.get(name)
      if (next?.device.enabled && keyOf(next) === member.key) continue
      this.#remove(name, member)
      // After what is still on its way to the runtime, so that no value of the old link stays.
      if (next) this.#sayBad(next, next.device.enabled ? StatusCodes.BadNoCommunication : StatusCodes.BadOutOfService)
    }
    for (const [name, configured] of wanted) {
      const member = this.#members.get(name)
      if (member) member.connection.setItems(configured.items)
      else if (configured.device.enabled) this.#add(configured)
    }
  }

  get statuses(): readonly DeviceStatus[] {
    return [...this.#members.values()].map(({ connection }) => connection.status)
  }

  /** Does what was asked. Throws a RuntimeError. */
  async answer(request: DriverRequest): Promise<unknown> {
    const { driver, folder } = this.#options
    switch (request.kind) {
      case 'write':
        return this.#connection(request.device).write(request.handle, request.value as TagValue)
      case 'read':
        return this.#connection(request.device).read(request.items)
      case 'browse':
        return this.#connection(request.device).browse(request.path)
      case 'callMethod':
        return this.#connection(request.device).callMethod(request.path, request.inputs)
      case 'reconnect':
        return this.#connection(request.device).reconnect()
      case 'certificates':
        return (await driver.listCertificates?.(folder)) ?? []
      case 'trust':
        if (!driver.setCertificateTrust) throw new RuntimeError('BadNotSupported', 'this protocol has no certificates')
        return driver.setCertificateTrust(folder, request.thumbprint, request.trusted)
    }
  }

  async close(): Promise<void> {
    for (const [name, member] of this.#members) this.#remove(name, member)
    await Promise.all(this.#leaving.values())
  }

  #add(configured: ConfiguredDevice): void {
    const { device, items, secrets } = configured
    const { clock, logger, folder, onValues, onState, driver } = this.#options
    const connection = new DeviceConnection({
      device,
      createDriver: (environment) => driver.createDriver(environment),
      clock,
      logger,
      folder,
      secret: (name) => secrets[name] ?? null,
      onValues,
      onState,
    })
    connection.setItems(items)
    this.#members.set(device.name, { key: keyOf(configured), connection })
    const before = this.#leaving.get(device.name) ?? Promise.resolve()
    void before.then(() => {
      if (this.#members.get(device.name)?.connection === connection) connection.start()
    })
  }

  #sayBad({ items }: ConfiguredDevice, statusCode: number): void {
    if (items.length === 0) return
    const handles = items.map(({ handle }) => handle)
    this.#options.onValues(badBatch(handles, statusCode, this.#options.clock.now()))
  }

  #remove(name: string, member: Member): void {
    this.#members.delete(name)
    const leaving = member.connection.close().finally(() => {
      if (this.#leaving.get(name) === leaving) this.#leaving.delete(name)
    })
    this.#leaving.set(name, leaving)
  }

  #connection(name: string): DeviceConnection {
    const member = this.#members.get(name)
    if (!member) throw new RuntimeError('BadNotFound', `Device "${name}" does not exist or is disabled`)
    return member.connection
  }
}

/** Two definitions with the same key are the same link. */
function keyOf({ device, secrets }: ConfiguredDevice): string {
  return JSON.stringify([device, secrets])
}
