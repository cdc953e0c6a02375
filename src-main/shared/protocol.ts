// What can be said of a protocol without loading it: its device keys, its address texts, how to simulate it.
import type * as v from 'valibot'
import type { TagValue } from './data-value.ts'
import type { DeviceDefinition } from './plant.ts'
import type { DataType } from './tag.ts'

/** An address text that was understood, or a sentence why not. */
export type AddressCheck =
  | {
      readonly ok: true
      /** Type the address implies (`40001:float32`); null when only the device knows (OPC UA): then the tag must say. */
      readonly dataType: DataType | null
      readonly arrayLength: number | null
      /** False for tables or topics that can only be read. */
      readonly writable: boolean
    }
  | { readonly ok: false; readonly message: string }

/** What the plant folder needs to know of a protocol: its keys and how it checks addresses. */
export interface ProtocolKeys {
  readonly name: string
  /**
   * The protocol's own keys of a device file, beside name, description, protocol, address, timeout, scanRates and
   * enabled. A strict valibot object, so that misspelt keys are faults; defaults are filled in by it.
   */
  readonly deviceOptions: v.GenericSchema<Record<string, unknown>, Record<string, unknown>>
  /** The protocol's own keys of a tag (wordOrder, timestampPath …), a strict valibot object. */
  readonly tagOptions: v.GenericSchema<Record<string, unknown>, Record<string, unknown>>
  /** A sentence why the device address is wrong, or null. */
  checkDeviceAddress(address: string): string | null
  /** `dataType` and `arrayLength` as the tag file gives them, null where it does not. */
  checkAddress(address: string, dataType: DataType | null, arrayLength: number | null): AddressCheck
}

/** Protocol name → what is known of it. */
export type ProtocolTable = ReadonlyMap<string, ProtocolKeys>

/** Light description of a protocol, for plant check, schemas and lists. Imports no protocol library. */
export interface Protocol extends ProtocolKeys {
  /** Worker that runs it: protocols of the same worker share a thread and a driver module. */
  readonly worker: WorkerName
}

/** One worker thread each; the name is also the folder below drivers/. */
export type WorkerName = 'modbus' | 'opcua' | 'mqtt' | 'simulator'

/** What a simulated device is made for. */
export interface SimulatedItem {
  readonly handle: number
  readonly address: string
  readonly dataType: DataType
  readonly arrayLength: number | null
  readonly writable: boolean
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * A protocol-true device simulator: a real server (or publisher) of the protocol on a loopback port, one for each device
 * of a plant, for `lineside simulate` and for the driver tests. Exported by drivers/<worker>/<worker>-simulator.ts as
 * `startSimulator`.
 */
export interface DeviceSimulator {
  /** What the device file's `address` has to be to reach it. */
  readonly address: string
  /** Sets the raw value of an item; it is served (or published) from now on. */
  set(handle: number, value: TagValue): void
  /** Current raw value, as last set or written by a client. */
  get(handle: number): TagValue
  close(): Promise<void>
}

export interface SimulatorOptions {
  readonly device: DeviceDefinition
  readonly items: readonly SimulatedItem[]
  readonly host: string
  /** 0 = any free. */
  readonly port: number
  /** A client wrote this raw value; it is already what `get` gives. */
  readonly onWrite: (handle: number, value: TagValue) => void
}

export type StartSimulator = (options: SimulatorOptions) => Promise<DeviceSimulator>
