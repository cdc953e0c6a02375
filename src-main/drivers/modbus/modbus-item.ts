// One item of a device, understood: where it lies, how its registers or bits become a value, how a value becomes a write.
import type { TagValue } from '../../shared/data-value.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { DriverItem } from '../driver.ts'
import { isBitTable, isWritableTable, type ModbusAddress, parseAddress } from './modbus-address.ts'
import type { ModbusOptions, ModbusTagOptions } from './modbus-protocol.ts'
import { bitOf, type Encoded, type RegisterCodec, registerCodec } from './modbus-registers.ts'
import type { ReadBlock, ReadRange } from './read-blocks.ts'

/** What the codecs need of an item; a simulated one has it too. */
export type ItemDescription = Pick<
  DriverItem,
  'handle' | 'address' | 'dataType' | 'arrayLength' | 'writable' | 'options'
>

/** Coils to write. */
export interface EncodedBits {
  readonly ok: true
  readonly bits: readonly boolean[]
}

export class ModbusItem {
  readonly handle: number
  readonly unit: number
  readonly address: ModbusAddress
  readonly isWritable: boolean
  readonly #codec: RegisterCodec | null
  /** Parts of an item that is longer than one request, until the last one is in; else null. */
  #room: Buffer | null = null
  #received = 0

  private constructor(item: ItemDescription, unit: number, address: ModbusAddress, codec: RegisterCodec | null) {
    this.handle = item.handle
    this.unit = unit
    this.address = address
    this.isWritable = item.writable && isWritableTable(address.table)
    this.#codec = codec
  }

  /** Null when the address cannot be understood (the plant check refuses such tags). */
  static of(item: ItemDescription, device: ModbusOptions): ModbusItem | null {
    const parsed = parseAddress(item.address, item.dataType, item.arrayLength)
    if (!parsed.ok) return null
    const { address } = parsed
    const own = item.options as ModbusTagOptions
    const codec = isBitTable(address.table)
      ? null
      : registerCodec(address, {
          wordOrder: own.wordOrder ?? device.wordOrder,
          swaps16: own.wordOrder === 'BADC' || own.wordOrder === 'DCBA',
          stringOrder: own.stringOrder ?? device.stringOrder,
          textEncoding: own.textEncoding ?? device.textEncoding,
        })
    return new ModbusItem(item, own.unitId ?? device.unitId, address, codec)
  }

  get range(): ReadRange<ModbusItem> {
    const { table, start, size } = this.address
    return { unit: this.unit, table, start, count: size, owner: this }
  }

  /** Value of registers (or packed bits) that begin at `from` of the table. */
  decode(data: Buffer, from: number): TagValue {
    const { start } = this.address
    if (this.#codec) return this.#codec.decode(data, (start - from) * 2)
    const bit = (index: number) => {
      const at = start - from + index
      return (data[at >> 3]! & (1 << (at & 7))) !== 0
    }
    const { arrayLength } = this.address
    return arrayLength === null ? bit(0) : Array.from({ length: arrayLength }, (_, index) => bit(index))
  }

  /** Takes the part of a block's data that is this item's. Undefined while parts of it are missing. */
  receive(range: ReadRange<ModbusItem>, block: ReadBlock<ModbusItem>, data: Buffer): TagValue | undefined {
    const { start, size } = this.address
    if (range.count === size) return this.decode(data, block.start)
    if (range.start === start) this.#received = 0
    this.#room ??= Buffer.alloc(this.#codec ? size * 2 : Math.ceil(size / 8))
    this.#copy(range, block, data, this.#room)
    this.#received += range.count
    return this.#received === size ? this.decode(this.#room, start) : undefined
  }

  /** A part could not be read: the others of this scan do not make a value. */
  fail(): void {
    this.#received = Number.NEGATIVE_INFINITY
  }

  encodeRegisters(value: TagValue): Encoded {
    return (this.#codec as RegisterCodec).encode(value)
  }

  encodeBits(value: TagValue): EncodedBits | (Encoded & { ok: false }) {
    const { arrayLength } = this.address
    const values = arrayLength === null ? [value] : Array.isArray(value) ? (value as readonly TagValue[]) : null
    if (values === null || values.length !== (arrayLength ?? 1))
      return { ok: false, statusCode: StatusCodes.BadTypeMismatch, message: `${arrayLength} elements are expected` }
    const bits: boolean[] = []
    for (const element of values) {
      const bit = bitOf(element)
      if (bit === null)
        return { ok: false, statusCode: StatusCodes.BadTypeMismatch, message: 'true or false is expected' }
      bits.push(bit)
    }
    return { ok: true, bits }
  }

  #copy(range: ReadRange<ModbusItem>, block: ReadBlock<ModbusItem>, data: Buffer, room: Buffer): void {
    const from = range.start - block.start
    const to = range.start - this.address.start
    if (this.#codec) {
      data.copy(room, to * 2, from * 2, (from + range.count) * 2)
      return
    }
    for (let index = 0; index < range.count; index++) {
      const isSet = (data[(from + index) >> 3]! & (1 << ((from + index) & 7))) !== 0
      const mask = 1 << ((to + index) & 7)
      if (isSet) room[(to + index) >> 3]! |= mask
      else room[(to + index) >> 3]! &= ~mask
    }
  }
}
