// Modbus as plant files see it: over TCP, on a serial line (RTU), and RTU frames over TCP as serial device servers pass
// them on. Device keys, tag keys and address texts; the meaning of each is in docs/drivers/modbus.md.
import * as v from 'valibot'
import type { AddressCheck, Protocol } from '../../shared/protocol.ts'
import type { DataType } from '../../shared/tag.ts'
import { dataTypeOf, isWritableTable, parseAddress } from './modbus-address.ts'

/** Order of the bytes A (most significant) to D of a 32-bit value in two registers; 64-bit values alike. */
export const wordOrders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const
export type WordOrder = (typeof wordOrders)[number]

/** Which character of a pair stands first: in the high byte (AB, as Modbus sends) or in the low one (BA). */
export const stringOrders = ['AB', 'BA'] as const
export type StringOrder = (typeof stringOrders)[number]

export const textEncodings = ['utf-8', 'latin1'] as const
export type TextEncoding = (typeof textEncodings)[number]

/** Most registers one read may ask for (specification section 6.3). */
export const maximumReadRegisters = 125
/** Most bits one read may ask for (section 6.1). */
export const maximumReadBits = 2_000

const wholeNumber = (low: number, high: number) =>
  v.pipe(
    v.number(),
    v.integer(`a whole number from ${low} to ${high} is expected`),
    v.minValue(low, `a whole number from ${low} to ${high} is expected`),
    v.maxValue(high, `a whole number from ${low} to ${high} is expected`),
  )

const probe = v.pipe(
  v.string(),
  v.check(
    (text) => text === 'none' || parseAddress(text, null, null).ok,
    'a Modbus address that may be read to see whether the device answers, as "40001", or "none"',
  ),
)

const commonOptions = {
  wordOrder: v.optional(v.picklist(wordOrders), 'ABCD'),
  stringOrder: v.optional(v.picklist(stringOrders), 'AB'),
  textEncoding: v.optional(v.picklist(textEncodings), 'utf-8'),
  maxGap: v.optional(wholeNumber(0, maximumReadRegisters), 16),
  maxRegisters: v.optional(wholeNumber(4, maximumReadRegisters), maximumReadRegisters),
  maxBits: v.optional(wholeNumber(1, maximumReadBits), maximumReadBits),
  writeSingle: v.optional(v.boolean(), true),
  maskWrite: v.optional(v.boolean(), true),
  retries: v.optional(wholeNumber(0, 5), 0),
  probe: v.optional(probe, '40001'),
}

const tcpOptions = v.strictObject({ unitId: v.optional(wholeNumber(0, 255), 1), ...commonOptions })

/** On a serial line unit 0 is the broadcast, which no device answers. */
const serialUnit = wholeNumber(1, 255)
const rtuOverTcpOptions = v.strictObject({ unitId: v.optional(serialUnit, 1), ...commonOptions })
const rtuOptions = v.strictObject({
  unitId: v.optional(serialUnit, 1),
  baudRate: v.optional(wholeNumber(50, 4_000_000), 19_200),
  parity: v.optional(v.picklist(['none', 'even', 'odd', 'mark', 'space']), 'even'),
  dataBits: v.optional(v.picklist([7, 8]), 8),
  stopBits: v.optional(v.picklist([1, 1.5, 2]), 1),
  ...commonOptions,
})

const tagOptions = (unit: typeof serialUnit) =>
  v.strictObject({
    unitId: v.optional(unit),
    wordOrder: v.optional(v.picklist(wordOrders)),
    stringOrder: v.optional(v.picklist(stringOrders)),
    textEncoding: v.optional(v.picklist(textEncodings)),
  })

/** Device keys of all three protocols, defaults filled in. */
export type ModbusOptions = v.InferOutput<typeof tcpOptions>
/** Device keys of `modbus-rtu`. */
export type ModbusSerialOptions = v.InferOutput<typeof rtuOptions>
/** Tag keys. */
export type ModbusTagOptions = v.InferOutput<ReturnType<typeof tagOptions>>

/** Where a device is reached: a TCP port, or a serial line. */
export type ModbusEndpoint =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'serial'; readonly path: string }

const standardPort = 502

/** `10.0.0.5`, `plc.local:1502`, `[fe80::1]:502`; null when it is none of these. */
export function parseTcpAddress(address: string): { kind: 'tcp'; host: string; port: number } | null {
  const match = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?))(?::(\d{1,5}))?$/.exec(
    address,
  )
  if (!match) return null
  const port = match[3] === undefined ? standardPort : Number(match[3])
  if (port < 1 || port > 65_535) return null
  return { kind: 'tcp', host: (match[1] ?? match[2])!, port }
}

/** Where the device of a checked plant is reached. Throws nothing: the address was accepted by `checkDeviceAddress`. */
export function endpointOf(protocol: string, address: string): ModbusEndpoint | null {
  if (protocol !== 'modbus-rtu') return parseTcpAddress(address)
  if (address.startsWith('tcp://')) return parseTcpAddress(address.slice('tcp://'.length))
  return /^(\/\S.*|COM\d{1,3})$/i.test(address) ? { kind: 'serial', path: address } : null
}

function checkAddress(address: string, dataType: DataType | null, arrayLength: number | null): AddressCheck {
  const parsed = parseAddress(address, dataType, arrayLength)
  if (!parsed.ok) return parsed
  const { type, table } = parsed.address
  return {
    ok: true,
    dataType: dataTypeOf(type),
    arrayLength: parsed.address.arrayLength,
    writable: isWritableTable(table),
  }
}

function modbus(
  name: string,
  deviceOptions: Protocol['deviceOptions'],
  unit: typeof serialUnit,
  rule: string,
): Protocol {
  return {
    name,
    worker: 'modbus',
    deviceOptions,
    tagOptions: tagOptions(unit),
    checkDeviceAddress: (address) =>
      endpointOf(name, address) ? null : `"${address}" is no address of ${name}: ${rule}`,
    checkAddress,
  }
}

const tcpRule = 'give host and port, as 10.0.0.5:502; the port is 502 when left out'
const serialRule = 'give the serial port, as /dev/ttyUSB0 or COM3, or a serial device server as tcp://10.0.0.5:4001'

/** Modbus TCP, Modbus RTU on a serial line, RTU frames over TCP. */
export const modbusProtocols: readonly Protocol[] = [
  modbus('modbus-tcp', tcpOptions, wholeNumber(0, 255), tcpRule),
  modbus('modbus-rtu', rtuOptions, serialUnit, serialRule),
  modbus('modbus-rtu-over-tcp', rtuOverTcpOptions, serialUnit, tcpRule),
]
