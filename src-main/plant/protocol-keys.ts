// What the plant folder needs to know of a protocol: its keys and how it checks addresses. The drivers' catalog fulfils it;
// runtime.ts hands it in, because plant/ and drivers/ do not know each other.
import type * as v from 'valibot'
import type { DataType } from '../shared/tag.ts'

/** An address text that was understood, or a sentence why not. */
export type AddressCheck =
  | {
      readonly ok: true
      readonly dataType: DataType | null
      readonly arrayLength: number | null
      readonly writable: boolean
    }
  | { readonly ok: false; readonly message: string }

export interface ProtocolKeys {
  readonly name: string
  /** The protocol's own keys of a device file, a strict valibot object. */
  readonly deviceOptions: v.GenericSchema<Record<string, unknown>, Record<string, unknown>>
  /** The protocol's own keys of a tag, a strict valibot object. */
  readonly tagOptions: v.GenericSchema<Record<string, unknown>, Record<string, unknown>>
  /** A sentence why the device address is wrong, or null. */
  checkDeviceAddress(address: string): string | null
  /** Type and length as the tag file gives them, null where it does not. */
  checkAddress(address: string, dataType: DataType | null, arrayLength: number | null): AddressCheck
}

/** Protocol name → what is known of it. */
export type ProtocolTable = ReadonlyMap<string, ProtocolKeys>
