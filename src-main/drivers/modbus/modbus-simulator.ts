// A simulated Modbus device for `lineside simulate` and the tests: a real server on loopback whose tables hold the items of
// one device of the plant.
import * as v from 'valibot'
import type { TagValue } from '../../shared/data-value.ts'
import type { DeviceSimulator, SimulatorOptions, StartSimulator } from '../../shared/protocol.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isBitTable, type ModbusTable, tableSize } from './modbus-address.ts'
import { ModbusItem } from './modbus-item.ts'
import { ModbusMemory, type WrittenPart } from './modbus-memory.ts'
import { type ModbusOptions, modbusProtocols } from './modbus-protocol.ts'
import { startModbusServer } from './modbus-server.ts'

/** Each table ends at the next full hundred behind its last item, so that gaps can be read and the end is noticed. */
const sizeStep = 100
const exceptionFlag = 0x80
/** Answer for units that are not there: "gateway target device failed to respond". */
const gatewayTargetFailed = 11

/** Starts the device. Throws a RuntimeError when its options, an address or the port is wrong. */
export const startSimulator: StartSimulator = async (options) => {
  const device = new SimulatedDevice(options)
  const isTcp = options.device.protocol === 'modbus-tcp'
  const server = await startModbusServer({
    host: options.host,
    port: options.port,
    framing: isTcp ? 'tcp' : 'rtu',
    respond: (unit, request) => device.respond(unit, request, isTcp),
  })
  const address = `${options.host.includes(':') ? `[${options.host}]` : options.host}:${server.port}`
  const simulator: DeviceSimulator = {
    address: options.device.protocol === 'modbus-rtu' ? `tcp://${address}` : address,
    set: (handle, value) => device.set(handle, value),
    get: (handle) => device.get(handle),
    close: () => server.close(),
  }
  return simulator
}

class SimulatedDevice {
  readonly #items = new Map<number, ModbusItem>()
  readonly #units = new Map<number, ModbusMemory>()
  readonly #itemsByTable = new Map<string, ModbusItem[]>()
  readonly #onWrite: SimulatorOptions['onWrite']
  readonly #name: string

  constructor({ device, items, onWrite }: SimulatorOptions) {
    this.#onWrite = onWrite
    this.#name = device.name
    const schema = modbusProtocols.find(({ name }) => name === device.protocol)?.deviceOptions
    if (!schema) throw new RuntimeError('BadConfigurationError', `"${device.protocol}" is no Modbus protocol`)
    const settings = v.parse(schema, device.options) as ModbusOptions
    this.#units.set(settings.unitId, emptyUnit())
    for (const description of items) {
      const item = ModbusItem.of(description, settings)
      if (!item)
        throw new RuntimeError(
          'BadNodeIdInvalid',
          `Device "${device.name}": "${description.address}" is no Modbus address`,
        )
      this.#add(item)
    }
  }

  get(handle: number): TagValue {
    const item = this.#item(handle)
    return item.decode(this.#memory(item).tables[item.address.table], 0)
  }

  set(handle: number, value: TagValue): void {
    const item = this.#item(handle)
    const { table, start } = item.address
    const encoded = isBitTable(table) ? item.encodeBits(value) : item.encodeRegisters(value)
    if (!encoded.ok)
      throw new RuntimeError('BadTypeMismatch', `Device "${this.#name}", item ${handle}: ${encoded.message}`)
    const memory = this.#memory(item)
    if ('bytes' in encoded) memory.put(table, start, encoded.bytes, encoded.mask)
    else for (const [index, bit] of encoded.bits.entries()) memory.putBit(table, start + index, bit)
  }

  /** Units that are not there: a TCP device says so like a gateway, on a serial line nobody answers. */
  respond(unit: number, request: Buffer, isTcp: boolean): Buffer | null {
    const memory = this.#units.get(unit)
    if (!memory) return isTcp ? Buffer.of((request[0]! | exceptionFlag) & 0xff, gatewayTargetFailed) : null
    const part = memory.writtenBy(request)
    if (!part) return memory.answer(request)
    const touched = this.#touched(unit, part)
    const before = touched.map((item) => plain(item.decode(memory.tables[part.table], 0)))
    const answer = memory.answer(request)
    if ((answer[0]! & exceptionFlag) !== 0) return answer
    for (const [index, item] of touched.entries()) {
      const value = item.decode(memory.tables[part.table], 0)
      if (isWholly(item, part) || plain(value) !== before[index]) this.#onWrite(item.handle, value)
    }
    return answer
  }

  #add(item: ModbusItem): void {
    const { table, start, size } = item.address
    const memory = this.#units.get(item.unit) ?? emptyUnit()
    this.#units.set(item.unit, memory)
    const end = Math.ceil((start + size) / sizeStep) * sizeStep
    memory.sizes[table] = Math.min(tableSize, Math.max(memory.sizes[table], end))
    this.#items.set(item.handle, item)
    const key = tableKey(item.unit, table)
    const neighbours = this.#itemsByTable.get(key)
    if (neighbours) neighbours.push(item)
    else this.#itemsByTable.set(key, [item])
  }

  #touched(unit: number, { table, start, count }: WrittenPart): readonly ModbusItem[] {
    const items = this.#itemsByTable.get(tableKey(unit, table)) ?? []
    return items.filter(({ address }) => address.start < start + count && start < address.start + address.size)
  }

  #item(handle: number): ModbusItem {
    const item = this.#items.get(handle)
    if (!item) throw new RuntimeError('BadNodeIdUnknown', `Device "${this.#name}" has no item ${handle}`)
    return item
  }

  #memory(item: ModbusItem): ModbusMemory {
    return this.#units.get(item.unit)!
  }
}

function emptyUnit(): ModbusMemory {
  return new ModbusMemory({ coil: 0, discreteInput: 0, inputRegister: 0, holdingRegister: 0 })
}

function tableKey(unit: number, table: ModbusTable): string {
  return `${unit} ${table}`
}

/** The write covered all of it and nothing else shares its registers: then a repeated value is a write too. */
function isWholly({ address }: ModbusItem, { start, count }: WrittenPart): boolean {
  const isPartOfRegister = !isBitTable(address.table) && address.bit !== null
  return !isPartOfRegister && start <= address.start && address.start + address.size <= start + count
}

function plain(value: TagValue): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner))
}
