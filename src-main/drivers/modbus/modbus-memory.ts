// The inside of a Modbus device: four tables, and the answer to any request. Pure: bytes in, bytes out.
// Source: MODBUS Application Protocol Specification V1.1b3 section 6 (functions 1-6, 15, 16, 22, 23) and 7 (exceptions).
import { type ModbusTable, tableSize } from './modbus-address.ts'
import { exceptionFlag, functionCodes, maximumWriteBits, maximumWriteRegisters } from './modbus-frame.ts'
import { maximumReadBits, maximumReadRegisters } from './modbus-protocol.ts'

const illegalFunction = 1
const illegalDataAddress = 2
const illegalDataValue = 3
/** Most registers that function 23 may write (section 6.17). */
const maximumReadWriteRegisters = 121

/** Part of a table that a client wrote; zero-based. */
export interface WrittenPart {
  readonly table: ModbusTable
  readonly start: number
  readonly count: number
}

export class ModbusMemory {
  /** Registers as on the wire, high byte first: 2 bytes each; bits packed, lowest first. */
  readonly tables: Readonly<Record<ModbusTable, Buffer>> = {
    coil: Buffer.alloc(tableSize / 8),
    discreteInput: Buffer.alloc(tableSize / 8),
    inputRegister: Buffer.alloc(tableSize * 2),
    holdingRegister: Buffer.alloc(tableSize * 2),
  }
  /** How many addresses of each table exist; beyond them "illegal data address". */
  readonly sizes: Record<ModbusTable, number>

  constructor(sizes: Partial<Record<ModbusTable, number>> = {}) {
    this.sizes = {
      coil: tableSize,
      discreteInput: tableSize,
      inputRegister: tableSize,
      holdingRegister: tableSize,
      ...sizes,
    }
  }

  /** Changes bits or registers; `bytes` as in `tables`, only those bits that `mask` has (all when null). */
  put(table: ModbusTable, start: number, bytes: Buffer, mask: Buffer | null): void {
    const at = start * 2
    const registers = this.tables[table]
    for (const [index, byte] of bytes.entries()) {
      const own = mask === null ? 0xff : mask[index]!
      registers[at + index] = (registers[at + index]! & ~own) | (byte & own)
    }
  }

  putBit(table: ModbusTable, index: number, value: boolean): void {
    const bits = this.tables[table]
    if (value) bits[index >> 3]! |= 1 << (index & 7)
    else bits[index >> 3]! &= ~(1 << (index & 7))
  }

  bit(table: ModbusTable, index: number): boolean {
    return (this.tables[table][index >> 3]! & (1 << (index & 7))) !== 0
  }

  /** What a request would write; null when nothing. For requests that `answer` refuses the part may not exist. */
  writtenBy(request: Buffer): WrittenPart | null {
    if (request.length < 5) return null
    const start = request.readUInt16BE(1)
    const count = request.readUInt16BE(3)
    switch (request[0]) {
      case functionCodes.writeSingleCoil:
        return { table: 'coil', start, count: 1 }
      case functionCodes.writeMultipleCoils:
        return { table: 'coil', start, count }
      case functionCodes.writeSingleRegister:
      case functionCodes.maskWriteRegister:
        return { table: 'holdingRegister', start, count: 1 }
      case functionCodes.writeMultipleRegisters:
        return { table: 'holdingRegister', start, count }
      case functionCodes.readWriteMultipleRegisters:
        return request.length < 9
          ? null
          : { table: 'holdingRegister', start: request.readUInt16BE(5), count: request.readUInt16BE(7) }
      default:
        return null
    }
  }

  /** The answer PDU to a request PDU, which may be any bytes: an exception where it is wrong. Never throws. */
  answer(request: Buffer): Buffer {
    switch (request[0]) {
      case functionCodes.readCoils:
        return this.#readBits(request, 'coil')
      case functionCodes.readDiscreteInputs:
        return this.#readBits(request, 'discreteInput')
      case functionCodes.readHoldingRegisters:
        return this.#readRegisters(request, 'holdingRegister')
      case functionCodes.readInputRegisters:
        return this.#readRegisters(request, 'inputRegister')
      case functionCodes.writeSingleCoil:
        return this.#writeCoil(request)
      case functionCodes.writeSingleRegister:
        return this.#writeRegister(request)
      case functionCodes.writeMultipleCoils:
        return this.#writeCoils(request)
      case functionCodes.writeMultipleRegisters:
        return this.#writeRegisters(request)
      case functionCodes.maskWriteRegister:
        return this.#maskWrite(request)
      case functionCodes.readWriteMultipleRegisters:
        return this.#readWrite(request)
      default:
        return exception(request, illegalFunction)
    }
  }

  #exists(table: ModbusTable, start: number, count: number): boolean {
    return start + count <= this.sizes[table]
  }

  /** Exception number of a request for `count` addresses, or null when it is in order. */
  #fault(table: ModbusTable, start: number, count: number, most: number): number | null {
    if (count < 1 || count > most) return illegalDataValue
    return this.#exists(table, start, count) ? null : illegalDataAddress
  }

  #readBits(request: Buffer, table: ModbusTable): Buffer {
    if (request.length !== 5) return exception(request, illegalDataValue)
    const start = request.readUInt16BE(1)
    const count = request.readUInt16BE(3)
    const fault = this.#fault(table, start, count, maximumReadBits)
    if (fault) return exception(request, fault)
    const byteCount = Math.ceil(count / 8)
    const answer = Buffer.alloc(2 + byteCount)
    answer[0] = request[0]!
    answer[1] = byteCount
    for (let index = 0; index < count; index++)
      if (this.bit(table, start + index)) answer[2 + (index >> 3)]! |= 1 << (index & 7)
    return answer
  }

  #readRegisters(request: Buffer, table: ModbusTable): Buffer {
    if (request.length !== 5) return exception(request, illegalDataValue)
    const start = request.readUInt16BE(1)
    const count = request.readUInt16BE(3)
    const fault = this.#fault(table, start, count, maximumReadRegisters)
    return fault ? exception(request, fault) : this.#registers(request[0]!, table, start, count)
  }

  #registers(code: number, table: ModbusTable, start: number, count: number): Buffer {
    const answer = Buffer.allocUnsafe(2 + count * 2)
    answer[0] = code
    answer[1] = count * 2
    this.tables[table].copy(answer, 2, start * 2, (start + count) * 2)
    return answer
  }

  #writeCoil(request: Buffer): Buffer {
    const value = request.length === 5 ? request.readUInt16BE(3) : -1
    if (value !== 0 && value !== 0xff00) return exception(request, illegalDataValue)
    const start = request.readUInt16BE(1)
    if (!this.#exists('coil', start, 1)) return exception(request, illegalDataAddress)
    this.putBit('coil', start, value !== 0)
    return Buffer.from(request)
  }

  #writeRegister(request: Buffer): Buffer {
    if (request.length !== 5) return exception(request, illegalDataValue)
    const start = request.readUInt16BE(1)
    if (!this.#exists('holdingRegister', start, 1)) return exception(request, illegalDataAddress)
    this.put('holdingRegister', start, request.subarray(3, 5), null)
    return Buffer.from(request)
  }

  #writeCoils(request: Buffer): Buffer {
    const count = request.length > 6 ? request.readUInt16BE(3) : 0
    const isWhole = request[5] === Math.ceil(count / 8) && request.length === 6 + Math.ceil(count / 8)
    if (!isWhole) return exception(request, illegalDataValue)
    const start = request.readUInt16BE(1)
    const fault = this.#fault('coil', start, count, maximumWriteBits)
    if (fault) return exception(request, fault)
    for (let index = 0; index < count; index++)
      this.putBit('coil', start + index, (request[6 + (index >> 3)]! & (1 << (index & 7))) !== 0)
    return Buffer.from(request.subarray(0, 5))
  }

  #writeRegisters(request: Buffer): Buffer {
    const count = request.length > 6 ? request.readUInt16BE(3) : 0
    if (request[5] !== count * 2 || request.length !== 6 + count * 2) return exception(request, illegalDataValue)
    const start = request.readUInt16BE(1)
    const fault = this.#fault('holdingRegister', start, count, maximumWriteRegisters)
    if (fault) return exception(request, fault)
    this.put('holdingRegister', start, request.subarray(6), null)
    return Buffer.from(request.subarray(0, 5))
  }

  #maskWrite(request: Buffer): Buffer {
    if (request.length !== 7) return exception(request, illegalDataValue)
    const start = request.readUInt16BE(1)
    if (!this.#exists('holdingRegister', start, 1)) return exception(request, illegalDataAddress)
    const and = request.readUInt16BE(3)
    const or = request.readUInt16BE(5)
    const registers = this.tables.holdingRegister
    const present = registers.readUInt16BE(start * 2)
    registers.writeUInt16BE(((present & and) | (or & ~and)) & 0xffff, start * 2)
    return Buffer.from(request)
  }

  #readWrite(request: Buffer): Buffer {
    const writeCount = request.length > 10 ? request.readUInt16BE(7) : 0
    if (request[9] !== writeCount * 2 || request.length !== 10 + writeCount * 2)
      return exception(request, illegalDataValue)
    const readStart = request.readUInt16BE(1)
    const readCount = request.readUInt16BE(3)
    const writeStart = request.readUInt16BE(5)
    const fault =
      this.#fault('holdingRegister', readStart, readCount, maximumReadRegisters) ??
      this.#fault('holdingRegister', writeStart, writeCount, maximumReadWriteRegisters)
    if (fault) return exception(request, fault)
    this.put('holdingRegister', writeStart, request.subarray(10), null)
    return this.#registers(request[0]!, 'holdingRegister', readStart, readCount)
  }
}

function exception(request: Buffer, exceptionCode: number): Buffer {
  return Buffer.of(((request[0] ?? 0) | exceptionFlag) & 0xff, exceptionCode)
}
