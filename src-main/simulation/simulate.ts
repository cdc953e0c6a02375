// A whole line without hardware: for each device of a plant a server that speaks its protocol, filled from the behaviour
// of the plant folder, taking back what clients write.
import type { Clock } from '../base/clock.ts'
import { Closing } from '../base/closing.ts'
import type { Logger } from '../base/logger.ts'
import type { TagValue } from '../shared/data-value.ts'
import type { DeviceDefinition, Plant } from '../shared/plant.ts'
import type { DeviceSimulator, SimulatedItem, SimulatorOptions } from '../shared/protocol.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { compileSimulation } from '../shared/simulation-rules.ts'
import type { TagDefinition } from '../shared/tag.ts'
import { PlantBehaviour } from './plant-behaviour.ts'
import { engineeringOf, rawOf } from './raw-value.ts'

/** Starts the server for one device; null when its protocol needs none (values from inside the runtime). */
export type StartDevice = (options: SimulatorOptions) => Promise<DeviceSimulator | null>

export interface SimulationOptions {
  readonly plant: Plant
  readonly startSimulator: StartDevice
  readonly host: string
  /** First of the ports to use, one for each device; null = the ports of the device files. 0 = any free ones. */
  readonly portBase: number | null
  readonly clock: Clock
  readonly logger: Logger
  /** Lines for people: where each device listens, then `lineside simulators ready`. */
  readonly onLine: (line: string) => void
  /** The same seed gives the same course of events; {@link defaultSeed} where nothing is said. */
  readonly seed?: number
}

export interface Simulation {
  /** Device name → the address where its simulator listens. */
  readonly endpoints: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** With it the demo plant has its first fault after about four minutes: time to see the line as it should be. */
export const defaultSeed = 10

/** How often the plant takes a step. */
const stepMs = 200
/** A process that was asleep goes on, it does not catch up: the longest step. */
const longestStepMs = 1000

/**
 * Starts the simulators of all enabled devices and keeps the plant moving. Throws a RuntimeError when rules are faulty or a
 * port cannot be had; nothing stays open then.
 */
export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const { plant, clock, onLine } = options
  const logger = options.logger.part('simulation')
  const simulation = compileSimulation(plant)
  const fault = simulation.faults[0]
  if (fault) throw new RuntimeError('BadConfigurationError', fault.message)
  const behaviour = new PlantBehaviour({
    simulation,
    seed: options.seed ?? defaultSeed,
    onFault: (rule, message) => logger.warn(`Rule of ${rule} keeps its last value: ${message}`),
  })
  const closing = new Closing()
  const devices: ServedDevice[] = []
  // The plant lives from the first device on, also while the slowest is still starting.
  let last = clock.monotonic()
  const timer = clock.every(stepMs, () => {
    const now = clock.monotonic()
    behaviour.step(Math.min(Math.max(now - last, 1), longestStepMs) / 1000)
    last = now
    for (const device of devices) device.serve()
  })
  // The plant stops first: nothing may be served by a server that is closing.
  const close = () => {
    timer.cancel()
    return closing.close()
  }
  try {
    await startDevices(options, behaviour, closing, devices)
  } catch (error) {
    await close()
    throw error
  }
  onLine('lineside simulators ready')
  return {
    endpoints: Object.fromEntries(devices.map((device) => [device.name, device.address])),
    close,
  }
}

/** One device with the tags it serves. */
class ServedDevice {
  readonly name: string
  #server: DeviceSimulator | null = null
  readonly #behaviour: PlantBehaviour
  readonly #tags: readonly { readonly tag: TagDefinition; readonly slot: number }[]
  /** Raw values as last given to the server or written by a client, by handle. */
  readonly #raw: TagValue[]

  constructor(name: string, tags: readonly TagDefinition[], behaviour: PlantBehaviour) {
    this.name = name
    this.#behaviour = behaviour
    this.#tags = tags.map((tag) => ({ tag, slot: behaviour.slotOf(tag.name)! }))
    this.#raw = tags.map(() => null)
  }

  get address(): string {
    return this.#server?.address ?? ''
  }

  items(): SimulatedItem[] {
    return this.#tags.map(({ tag }, handle) => ({
      handle,
      address: tag.address!,
      dataType: tag.dataType,
      arrayLength: tag.arrayLength,
      writable: tag.writable,
      options: tag.addressOptions,
    }))
  }

  begin(server: DeviceSimulator): void {
    this.#server = server
    this.serve()
  }

  /** Gives the server every raw value that is no longer what it was. */
  serve(): void {
    for (const [handle, { tag, slot }] of this.#tags.entries()) {
      const raw = rawOf(this.#behaviour.measured(slot), tag)
      if (isSame(raw, this.#raw[handle]!)) continue
      this.#raw[handle] = raw
      this.#server?.set(handle, raw)
    }
  }

  /** A client wrote a raw value, which the server shows already. */
  written(handle: number, raw: TagValue): void {
    const served = this.#tags[handle]
    if (served === undefined) return
    this.#raw[handle] = raw
    this.#behaviour.write(served.slot, engineeringOf(raw, served.tag))
  }
}

/** Starts the server of each device, all at the same time; `served` grows as they answer. */
async function startDevices(
  { plant, startSimulator, host, portBase, onLine }: SimulationOptions,
  behaviour: PlantBehaviour,
  closing: Closing,
  served: ServedDevice[],
): Promise<void> {
  const enabled = plant.devices.filter((device) => device.enabled)
  const ports = portsOf(enabled, portBase)
  const start = async (device: DeviceDefinition): Promise<void> => {
    const tags = plant.tags.filter((tag) => tag.device === device.name)
    const one = new ServedDevice(device.name, tags, behaviour)
    const place = { device, host, port: ports.get(device.name)! }
    const onWrite = (handle: number, value: TagValue) => one.written(handle, value)
    const server = await startOne(startSimulator, { ...place, items: one.items(), onWrite })
    if (server === null) return
    closing.add(server)
    one.begin(server)
    served.push(one)
    onLine(listensAt(device, server.address))
  }
  const outcomes = await Promise.allSettled(enabled.map(start))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

async function startOne(
  startSimulator: StartDevice,
  options: Parameters<StartDevice>[0],
): Promise<DeviceSimulator | null> {
  try {
    return await startSimulator(options)
  } catch (error) {
    const { device, host, port } = options
    const isTaken = messageOf(error).includes('EADDRINUSE')
    const where = `Simulator of device ${device.name} (${device.protocol}) at ${host} port ${port}`
    throw new RuntimeError(
      'BadResourceUnavailable',
      `${where} cannot be started: ${messageOf(error)}${isTaken ? takenHint : ''}`,
      error,
    )
  }
}

/** What usually stands in the way of a port. */
const takenHint = ' (is another `lineside simulate` running? --port-base takes other ports)'

/** Ports by device name; each only once. */
function portsOf(devices: readonly DeviceDefinition[], portBase: number | null): ReadonlyMap<string, number> {
  const ports = new Map<string, number>()
  for (const [index, device] of devices.entries()) {
    const port = portBase === null ? portOf(device) : portBase === 0 ? 0 : portBase + index
    const other = [...ports].find(([, taken]) => taken === port && port !== 0)?.[0]
    if (other !== undefined)
      throw new RuntimeError(
        'BadConfigurationError',
        `Devices ${other} and ${device.name} both have port ${port}; one simulator can listen there: use --port-base`,
      )
    ports.set(device.name, port)
  }
  return ports
}

/** Ports where an address names none. */
const usualPorts: Readonly<Record<string, number>> = {
  'modbus-tcp': 502,
  'modbus-rtu-over-tcp': 502,
  opcua: 4840,
  mqtt: 1883,
  sparkplug: 1883,
}

/** Port of a device address (`host:port`, `scheme://host:port/path`); 0 = any free one where it has none. */
export function portOf(device: Pick<DeviceDefinition, 'address' | 'protocol'>): number {
  const port = /^(?:[a-z.]+:\/\/)?(?:\[[^\]]*\]|[^:/[\]]+):(\d{1,5})(?:\/|$)/.exec(device.address)?.[1]
  return port === undefined ? (usualPorts[device.protocol] ?? 0) : Number(port)
}

function listensAt(device: DeviceDefinition, address: string): string {
  const line = `${device.name} (${device.protocol}) listens at ${address}`
  return address === device.address ? line : `${line}; the device file says ${device.address}`
}

function isSame(a: TagValue, b: TagValue): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((element, index) => isSame(element, b[index] as TagValue))
  return false
}
