// The devices of a plant: every devices/*.yaml with its protocol's own keys checked.
import { didYouMean } from '../shared/closest-name.ts'
import type { DeviceDefinition } from '../shared/plant.ts'
import type { ProtocolKeys, ProtocolTable } from '../shared/protocol.ts'
import type { AlarmedDevice } from './alarms/alarm-check.ts'
import { type DeviceEntry, deviceEntries, deviceListSchema, deviceSchema } from './device-file.ts'
import type { FileOrigin, Origin } from './source/origin.ts'
import { placeInWords } from './source/origin.ts'
import type { PlantSources } from './source/plant-sources.ts'
import { checkSchema, keysAt, unknownKey } from './source/schema-check.ts'
import type { DeviceTable, KnownDevice } from './tags/tag-build.ts'

/** A device with what its file says of its alarm. */
interface FiledDevice extends KnownDevice {
  readonly alarm: DeviceEntry['alarm']
}

export class DeviceList implements DeviceTable {
  readonly language: string
  readonly #sources: PlantSources
  readonly #protocols: ProtocolTable
  readonly #devices = new Map<string, FiledDevice & { readonly origin: Origin }>()
  #isIncomplete = false

  /** `language`: the plant's first one. */
  constructor(sources: PlantSources, protocols: ProtocolTable, language: string) {
    this.#sources = sources
    this.#protocols = protocols
    this.language = language
  }

  async read(): Promise<void> {
    for (const { file } of this.#sources.of('device')) await this.#readFile(file)
  }

  get(name: string): KnownDevice | undefined {
    return this.#devices.get(name)
  }

  names(): Iterable<string> {
    return this.#devices.keys()
  }

  isIncomplete(): boolean {
    return this.#isIncomplete
  }

  definitions(): readonly DeviceDefinition[] {
    return [...this.#devices.values()].map(({ definition }) => definition)
  }

  /** Enabled devices and what their files say of their alarms. */
  alarmed(): readonly AlarmedDevice[] {
    return [...this.#devices.values()]
      .filter(({ definition }) => definition.enabled)
      .map(({ definition, alarm, origin }) => ({ name: definition.name, alarm, origin }))
  }

  async #readFile(file: string): Promise<void> {
    const faultsBefore = this.#sources.faults.count
    const opened = await this.#sources.open(file, null)
    if (opened === null) {
      if (this.#sources.faults.count > faultsBefore) this.#isIncomplete = true
      return
    }
    const { value, origin } = opened
    if (typeof value !== 'object' || !Object.hasOwn(value as object, 'devices')) return this.#add(value, origin)
    const list = checkSchema(deviceListSchema, value, origin)
    if (list === null) this.#isIncomplete = true
    for (const [index, device] of (list?.devices ?? []).entries()) this.#add(device, origin.part(['devices', index]))
  }

  #add(value: unknown, origin: FileOrigin): void {
    const device = this.#build(value, origin)
    if (device === null) {
      this.#isIncomplete = true
      return
    }
    const { name } = device.definition
    const first = this.#devices.get(name)
    if (first !== undefined)
      return origin.at(
        ['name'],
        `there is a device named ${name} already: ${placeInWords(first.origin.where(['name']))}`,
      )
    this.#devices.set(name, { ...device, origin })
  }

  #build(value: unknown, origin: FileOrigin): FiledDevice | null {
    const entry = checkSchema(deviceSchema, value, origin)
    if (entry === null) return null
    const protocol = this.#protocols.get(entry.protocol)
    if (protocol === undefined) {
      const names = [...this.#protocols.keys()]
      origin.at(
        ['protocol'],
        `there is no protocol "${entry.protocol}"${didYouMean(entry.protocol, names) || `; there are ${names.join(', ')}`}`,
      )
      return null
    }
    const options = deviceOptions(entry, protocol, origin)
    const addressFault = protocol.checkDeviceAddress(entry.address)
    if (addressFault !== null) origin.at(['address'], addressFault)
    if (options === null) return null
    const definition: DeviceDefinition = {
      name: entry.name,
      description: entry.description,
      protocol: entry.protocol,
      address: entry.address,
      timeoutMs: entry.timeout,
      scanRates: { normal: 1000, ...entry.scanRates },
      enabled: entry.enabled,
      options,
    }
    return { definition, protocol, alarm: entry.alarm }
  }
}

const commonDeviceKeys: readonly string[] = Object.keys(deviceEntries)

/** The protocol's own keys of a device, defaults filled in; null after faults. */
function deviceOptions(
  entry: Readonly<Record<string, unknown>>,
  protocol: ProtocolKeys,
  origin: Origin,
): Readonly<Record<string, unknown>> | null {
  const allowed = keysAt(protocol.deviceOptions, [])
  const own = Object.fromEntries(Object.entries(entry).filter(([key]) => !commonDeviceKeys.includes(key)))
  const unknown = Object.keys(own).filter((key) => !allowed.includes(key))
  for (const key of unknown)
    origin.atKey([key], `${unknownKey(key, [...commonDeviceKeys, ...allowed])} (protocol ${protocol.name})`)
  return unknown.length > 0 ? null : checkSchema(protocol.deviceOptions, own, origin)
}
